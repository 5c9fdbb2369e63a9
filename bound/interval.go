// Interval stability: interval arithmetic on the deviation from the centre.
//
// Write z(x) = z(c) + δ. Layer by layer an interval [lo, hi] ∋ 0 bounds δ for every unit, and
// another the deviation of its output. All sums run over terms of one sign, since every interval
// holds 0, so rounding outward costs a relative error only. The bounds are monotone in the radius:
// so is each float operation. The idea is interval bound propagation (Gowal et al. 2018, and any
// text on interval arithmetic); the deviation form is ours.

package bound

import (
	"context"
	"math"
)

// span is an interval of deviations, lo ≤ 0 ≤ hi.
type span struct{ lo, hi float64 }

func interval(ctx context.Context, a *analysis) (*stability, error) {
	s, _, err := a.intervals(ctx)
	return s, err
}

// intervals returns the stability and, per layer, the spans of the pre-activations.
func (a *analysis) intervals(ctx context.Context) (*stability, [][]span, error) {
	if a.byInterval != nil {
		return a.byInterval, a.spans, nil
	}
	if err := a.pass(ctx); err != nil {
		return nil, nil, err
	}
	s := &stability{}
	var spans [][]span
	hw := halfWidths(a.ball)
	var in []span
	for i, l := range a.net.Layers() {
		units, z := make([]status, l.Out()), make([]span, l.Out())
		out := make([]span, l.Out())
		for j := range units {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			at, row := l.Row(j)
			if i == 0 {
				r := reach(a.ball, row, pick(hw, at))
				z[j] = span{-r, r}
				units[j] = a.settleFirst(j, r)
			} else {
				z[j] = dotSpan(row, pick(in, at))
				units[j] = settle(a.center().v[i][j], z[j].lo, z[j].hi)
			}
			out[j] = activationSpan(l.Below(j), a.center().v[i][j], z[j], units[j])
		}
		s.units, spans = append(s.units, units), append(spans, z)
		in = out
	}
	a.byInterval, a.spans = s, spans
	return s, spans, nil
}

// dotSpan returns the span of Σ w_k δ_k.
func dotSpan(w []float64, in []span) span {
	lo, hi := 0.0, 0.0
	for k, v := range w {
		switch d := in[k]; {
		case v > 0:
			lo, hi = lo+mulZero(v, d.lo), hi+mulZero(v, d.hi)
		case v < 0:
			lo, hi = lo+mulZero(v, d.hi), hi+mulZero(v, d.lo)
		}
	}
	if lo != 0 {
		lo = away(lo, len(w))
	}
	if hi != 0 {
		hi = away(hi, len(w))
	}
	return span{lo, hi}
}

// mulZero is v·d for v ≠ 0, a product that underflows to zero pushed to the least float, so that a
// sum is zero only if it is.
func mulZero(v, d float64) float64 {
	p := v * d
	if p == 0 && d != 0 {
		return math.Copysign(math.SmallestNonzeroFloat64, p)
	}
	return p
}

// activationSpan returns the span of act(v+δ) − act(v) for δ in z, given the unit's slope below 0
// and its status.
func activationSpan(slope float64, v bracket, z span, u status) span {
	switch {
	case slope == 1 || u == active:
		return z
	case slope == 0 && u == inactive:
		return span{}
	case slope == 0 && v.sign >= 0: // max(δ, −v)
		return span{math.Max(z.lo, -v.hi), z.hi}
	case slope == 0: // max(0, v+δ)
		if z.hi <= -v.hi {
			return span{}
		}
		return span{0, up(z.hi + v.hi)}
	case u == inactive:
		return scaleSpan(z, slope)
	}
	return leakySpan(slope, v, z)
}

// scaleSpan returns s·z.
func scaleSpan(z span, s float64) span {
	if s < 0 {
		z, s = span{-z.hi, -z.lo}, -s
	}
	return span{-mulUp(-z.lo, s), mulUp(z.hi, s)}
}

// leakySpan is activationSpan for an unsettled leaky unit. act(v+δ)−act(v) is linear in δ from lo
// to the break at δ = −v and from there to hi, and passes through 0 at δ = 0.
func leakySpan(slope float64, v bracket, z span) span {
	if v.sign < 0 { // slope·δ up to the break, slope·|v| + (δ+v) beyond
		left := scaleSpan(span{z.lo, math.Min(z.hi, -v.lo)}, slope)
		past := math.Max(0, up(z.hi+v.hi))
		if slope > 0 {
			return span{left.lo, up(left.hi + past)}
		}
		return span{left.lo, math.Max(left.hi, past)}
	}
	// δ down to the break, −v − slope·past beyond, past = −(δ+v)
	past := math.Max(0, up(-z.lo-v.lo))
	near := math.Max(z.lo, -v.hi)
	beyond := mulUp(math.Abs(slope), past)
	if slope > 0 {
		return span{down(near - beyond), z.hi}
	}
	return span{near, math.Max(z.hi, up(beyond-v.lo))}
}

// Lines above and below an activation over a span, in the deviation from the
// centre: the one fact that zonotopes, back-substitution and linear programmes
// share.
//
// Let φ(δ) = act(v+δ) − act(v) − λδ, v = z(c). It is linear in δ from lo to the break at −v, and
// from there to hi, so its range over the span is the hull of its values at lo, −v and hi. Hence
// for any float λ whatever, act(z) − act(v) = λδ + t with t in that hull; its two ends are the best
// lines of slope λ below and above. No finite λ can be unsound; a good one is tight.

package bound

import "math"

// rng is a closed interval computed with outward rounding.
type rng struct{ lo, hi float64 }

func (a rng) add(b rng) rng { return rng{down(a.lo + b.lo), up(a.hi + b.hi)} }
func (a rng) neg() rng      { return rng{-a.hi, -a.lo} }

// mul returns a·b; 0·∞ is 0 here, as ends are limits of finite numbers.
func (a rng) mul(b rng) rng {
	r := rng{math.Inf(1), math.Inf(-1)}
	for _, x := range [2]float64{a.lo, a.hi} {
		for _, y := range [2]float64{b.lo, b.hi} {
			low, high := 0.0, 0.0
			if x != 0 && y != 0 {
				low, high = down(x*y), up(x*y)
			}
			r.lo, r.hi = math.Min(r.lo, low), math.Max(r.hi, high)
		}
	}
	return r
}

func (a rng) hull(b rng) rng { return rng{math.Min(a.lo, b.lo), math.Max(a.hi, b.hi)} }

func exactly(x float64) rng { return rng{x, x} }

// phi returns an enclosure of φ's range over the span of an unsettled unit whose activation has the
// slope alpha below 0, the whole line for a λ that is not finite: with it φ is no number, and 0·λ
// not 0.
func phi(alpha, lambda float64, v bracket, z span) rng {
	if math.IsNaN(lambda) || math.IsInf(lambda, 0) {
		return rng{math.Inf(-1), math.Inf(1)}
	}
	val, one := rng{v.lo, v.hi}, exactly(1)
	a, lam := exactly(alpha), exactly(lambda)
	var atLo, atBreak, atHi rng
	if v.sign >= 0 {
		// act(v+δ)−act(v) is δ above the break, −v + α(δ+v) below
		atLo = val.neg().add(a.mul(exactly(z.lo).add(val))).add(lam.neg().mul(exactly(z.lo)))
		atBreak = one.add(lam.neg()).mul(val).neg()
		atHi = one.add(lam.neg()).mul(exactly(z.hi))
	} else {
		// it is αδ below the break, (δ+v) − αv above
		atLo = a.add(lam.neg()).mul(exactly(z.lo))
		atBreak = lam.add(a.neg()).mul(val)
		atHi = exactly(z.hi).add(val).add(a.neg().mul(val)).add(lam.neg().mul(exactly(z.hi)))
	}
	return atLo.hull(atBreak).hull(atHi).hull(rng{})
}

// chord returns the slope between the ends of the span, of the activation with slope alpha below 0:
// a finite number, 1 where floats cannot tell it.
func chord(alpha float64, v bracket, z span) float64 {
	l, u := math.Min(v.lo+z.lo, 0), math.Max(v.hi+z.hi, 0)
	if !(u-l > 0) || math.IsInf(u-l, 0) {
		return 1
	}
	if c := (u - alpha*l) / (u - l); math.Abs(c) <= math.MaxFloat64 {
		return c
	}
	return 1
}

// line is slope·δ + offset.
type line struct{ slope, offset float64 }

// lines are a line below and one above act(v+δ) − act(v) over a span.
type lines struct{ below, above line }

// settledSlope returns the slope of a settled unit's output, and whether the unit is settled, as
// one is that has the slope 1 below 0 too.
func settledSlope(below float64, u status) (float64, bool) {
	switch {
	case below == 1 || u == active:
		return 1, true
	case u == inactive:
		return below, true
	}
	return 0, false
}

// relax returns lines with the chord on the outer side of the bend, and on its inner side the one
// of the two legs that leaves the smaller triangle (DeepPoly's choice, Singh et al. 2019).
func relax(below float64, u status, v bracket, z span) lines {
	if s, ok := settledSlope(below, u); ok {
		return lines{line{s, 0}, line{s, 0}}
	}
	leg := below
	if v.lo+z.lo+v.hi+z.hi > 0 {
		leg = 1
	}
	return relaxLeg(below, v, z, leg)
}

// relaxLeg returns lines for an unsettled unit: the chord, and one of the given slope on the inner
// side.
func relaxLeg(below float64, v bracket, z span, leg float64) lines {
	c := chord(below, v, z)
	outer, inner := phi(below, c, v, z), phi(below, leg, v, z)
	if below < 1 { // convex: the chord is above
		return lines{below: line{leg, inner.lo}, above: line{c, outer.hi}}
	}
	return lines{below: line{c, outer.lo}, above: line{leg, inner.hi}}
}

// Back-substitution (DeepPoly, Singh et al. 2019; CROWN, Zhang et al. 2018), on
// the deviation from the centre, ended by the dual norm of the true ball.
//
// An upper bound on a pre-activation is an affine form in the outputs of the layer before; each
// output is replaced by its line above where the coefficient is positive, by its line below where
// it is negative, and the layer's affine map is put in, back to the input, where the supremum over
// the ball is exact. Lower bounds are upper bounds on the negated row.
//
// Rounding: let D_i bound the deviation of input i of layer k over the ball, and
// E_j = Σ_i|W_ji|D_i. One step from coefficients A over layer k's pre-activations to fl(A·W) loses
// at most γ_K Σ_j |A_j| Σ_i|W_ji|D_i ≤ γ_K Σ_j|A_j|E_j over the ball, and one rounding of A_j
// itself, |δz_j| ≤ E_j, is of the same kind: so an inner product with E pays for a step. Spans are
// intersected with those of interval arithmetic on the refined spans, which are never wider than
// the interval bound's.

package bound

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/relucell/relucell/network"
)

// relaxed is what back-substitution knows of the layers so far.
type relaxed struct {
	a     *analysis
	hw    []float64
	units [][]status
	spans [][]span
	lines [][]lines
	out   []span      // deviations of the last layer's outputs
	size  [][]float64 // E of each layer
	dev   []float64   // Σ D of each layer
}

func crown(ctx context.Context, a *analysis) (*stability, error) {
	r, err := a.crown(ctx)
	if err != nil {
		return nil, err
	}
	return &stability{units: r.units}, nil
}

func (a *analysis) crown(ctx context.Context) (*relaxed, error) {
	if a.byCrown == nil {
		base, spans, err := a.intervals(ctx)
		if err != nil {
			return nil, err
		}
		r, err := a.backSubstitute(ctx, base.units, spans, nil)
		if err != nil {
			return nil, err
		}
		a.byCrown = r
	}
	return a.byCrown, nil
}

// tighten may improve the span of unit j of layer i, given the layers before it.
type tighten func(ctx context.Context, r *relaxed, i, j int, z span) (span, error)

// backSubstitute runs layer after layer and improves on the given stability and spans; more, if not
// nil, improves what back-substitution leaves unsettled. (Back-substitution alone is not monotone
// in its spans: a narrower one may choose another leg. So whoever must not be looser than another
// starts from the other's spans.)
func (a *analysis) backSubstitute(ctx context.Context, known [][]status, given [][]span, more tighten) (*relaxed, error) {
	r := &relaxed{a: a, hw: halfWidths(a.ball)}
	for i, l := range a.net.Layers() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		units, zs := append([]status(nil), known[i]...), make([]span, l.Out())
		v := a.center().v[i]
		if i == 0 {
			copy(zs, given[0])
		} else {
			for j := range zs {
				at, row := l.Row(j)
				zs[j] = meet(dotSpan(row, pick(r.out, at)), given[i][j])
			}
			if err := r.refine(ctx, i, units, zs); err != nil {
				return nil, err
			}
		}
		for j := range zs {
			if units[j] == unsettled {
				units[j] = settle(v[j], zs[j].lo, zs[j].hi)
			}
			if i > 0 && more != nil && units[j] == unsettled && l.IsNeuron(j) {
				z, err := more(ctx, r, i, j, zs[j])
				if err != nil {
					return nil, err
				}
				zs[j] = meet(z, zs[j])
				units[j] = settle(v[j], zs[j].lo, zs[j].hi)
			}
		}
		r.push(l, units, zs, v)
	}
	return r, nil
}

func meet(a, b span) span {
	if a.lo > b.lo {
		b.lo = math.Min(a.lo, 0)
	}
	if a.hi < b.hi {
		b.hi = math.Max(a.hi, 0)
	}
	return b
}

// push adds a layer with known spans.
func (r *relaxed) push(l network.Layer, units []status, zs []span, v []bracket) {
	in := make([]float64, l.In()) // D
	if r.out == nil {
		copy(in, r.hw)
	}
	for k, d := range r.out {
		in[k] = math.Max(-d.lo, d.hi)
	}
	ls, out, size := make([]lines, l.Out()), make([]span, l.Out()), make([]float64, l.Out())
	for j := range ls {
		ls[j] = relax(l.Below(j), units[j], v[j], zs[j])
		out[j] = activationSpan(l.Below(j), v[j], zs[j], units[j])
		at, row := l.Row(j)
		size[j] = sumAbsUp(row, pick(in, at))
	}
	r.units, r.spans, r.lines = append(r.units, units), append(r.spans, zs), append(r.lines, ls)
	r.size, r.dev, r.out = append(r.size, size), append(r.dev, sumAbs(in)), out
}

// refine tightens the spans of layer i's unsettled neurons, and those of its other units.
func (r *relaxed) refine(ctx context.Context, i int, units []status, zs []span) error {
	l := r.a.net.Layers()[i]
	var todo []int
	for j, u := range units {
		if !l.IsNeuron(j) || u == unsettled && settle(r.a.center().v[i][j], zs[j].lo, zs[j].hi) == unsettled {
			todo = append(todo, j)
		}
	}
	if len(todo) == 0 {
		return nil
	}
	m := blas64.General{Rows: 2 * len(todo), Cols: l.In(), Stride: l.In(), Data: make([]float64, 2*len(todo)*l.In())}
	for q, j := range todo {
		for k, w := range l.Entries(j) {
			m.Data[2*q*m.Stride+k], m.Data[(2*q+1)*m.Stride+k] = w, -w
		}
	}
	sup, err := r.suprema(ctx, i, m, func(k, _ int) []lines { return r.lines[k] })
	if err != nil {
		return err
	}
	for q, j := range todo {
		zs[j] = meet(span{-sup[2*q+1], sup[2*q]}, zs[j])
	}
	return nil
}

// suprema returns upper bounds over the ball on the forms whose rows are coefficients over the
// outputs of layer i−1. pick returns the lines of layer k to be used for a row.
func (r *relaxed) suprema(ctx context.Context, i int, m blas64.General, pick func(k, row int) []lines) ([]float64, error) {
	offset, slack := make([]float64, m.Rows), make([]float64, m.Rows)
	for k := i - 1; k >= 0; k-- {
		l := r.a.net.Layers()[k]
		c := float64(l.Out()+16) * 0x1p-52
		for q := range m.Rows {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			row := m.Data[q*m.Stride : q*m.Stride+m.Cols]
			o, s := step(row, pick(k, q), r.size[k], c)
			s = up(s + r.dev[k]*float64(l.Out()+1)*0x1p-1073) // products that underflow
			// the offsets so far are rounded by one more addition
			slack[q] = up(slack[q] + up(s+0x1p-52*(math.Abs(offset[q])+math.Abs(o))))
			offset[q] += o
		}
		next := blas64.General{Rows: m.Rows, Cols: l.In(), Stride: l.In(), Data: make([]float64, m.Rows*l.In())}
		if err := timesFromLeft(ctx, m, l, next); err != nil {
			return nil, err
		}
		m = next
	}
	sup := make([]float64, m.Rows)
	for q := range sup {
		row := m.Data[q*m.Stride : q*m.Stride+m.Cols]
		sup[q] = up(up(reach(r.a.ball, row, r.hw)+slack[q]) + offset[q])
		if math.IsNaN(sup[q]) {
			sup[q] = math.Inf(1)
		}
	}
	return sup, nil
}

// step replaces outputs by lines in the row, in place, and returns the sum of the lines' offsets
// and a bound on what rounding loses in this step over the ball.
func step(row []float64, ls []lines, size []float64, c float64) (offset, slack float64) {
	abs, lost := 0.0, 0.0
	for j, w := range row {
		if w == 0 {
			continue
		}
		ln := ls[j].above
		if w < 0 {
			ln = ls[j].below
		}
		if ln.offset != 0 {
			p := w * ln.offset
			offset += p
			abs += math.Abs(p)
		}
		row[j] = w * ln.slope
		lost += math.Abs(row[j]) * size[j]
	}
	// products and sums of the offsets: γ_{K+1}·abs; of the coefficients: γ_{K+2}·lost; underflow
	// of either, over coefficients that size bounds
	tiny := 0.0
	for _, s := range size {
		tiny += s
	}
	slack = up(away(c*(abs+lost), len(row)) + away(tiny*0x1p-1070, len(row)))
	return offset, slack
}

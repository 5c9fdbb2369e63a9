// Zonotope stability (the idea of Singh et al. 2018, DeepZ; Gehr et al. 2018
// for zonotopes on networks), on the deviation from the centre and over the true ball.
//
// The deviation of a unit is G·e + mid ± err: the first generators e lie in the unit ball of the
// norm (so an l2 ball stays an l2 ball), one more in [−1,1] for each unsettled unit so far. Affine
// layers are exact up to rounding; an unsettled unit is λδ + t, t in an interval (relax.go), λ the
// chord's slope. Every |e_i| ≤ 1, so an error of the coefficients is at most the sum of theirs:
// with |fl(WG)−WG|_ji ≤ γ_K Σ_k|W_jk||G_ki| it is at most γ_K Σ_k |W_jk|·Σ_i|G_ki|, which a product
// with row sums gives. Each span is intersected with the interval's.

package bound

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// zono is a vector of deviations. Rows of g are units, columns generators.
type zono struct {
	g        blas64.General
	mid, err []float64
}

func zonotope(ctx context.Context, a *analysis) (*stability, error) {
	if a.byZonotope != nil {
		return a.byZonotope, nil
	}
	base, spans, err := a.intervals(ctx)
	if err != nil {
		return nil, err
	}
	hw := halfWidths(a.ball)
	s := &stability{units: [][]status{base.units[0]}}
	zs := spans[0]
	z, err := inputZono(ctx, a.net.Layers()[0], hw)
	if err != nil {
		return nil, err
	}
	for i, l := range a.net.Layers() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if i > 0 {
			if z, err = z.apply(ctx, l); err != nil {
				return nil, err
			}
			var units []status
			units, zs = a.zonoSpans(i, z, spans[i], base.units[i])
			s.units = append(s.units, units)
		}
		if i < len(a.net.Layers())-1 {
			z = z.activate(l, s.units[i], a.center().v[i], zs)
		}
	}
	a.byZonotope = s
	return s, nil
}

// inputZono returns the deviations of the first layer's pre-activations: W scaled by the
// half-widths, a product for each weight where apply would multiply matrices.
func inputZono(ctx context.Context, l network.Layer, hw []float64) (zono, error) {
	n := len(hw)
	out := newZono(l.Out(), n)
	in := make([]float64, n) // what apply makes of a row with one nonzero entry, whose error is more than that product's
	c := float64(n+8) * 0x1p-52
	for k, w := range hw {
		in[k] = up(up(c * away(w, n)))
	}
	tiny := float64(n+8) * float64(n+1) * 0x1p-1073
	for j := range out.err {
		if err := ctx.Err(); err != nil {
			return zono{}, err
		}
		to := out.row(j)
		for k, v := range l.Entries(j) {
			to[k] = v * hw[k]
		}
		at, row := l.Row(j)
		out.err[j] = up(sumAbsUp(row, pick(in, at)) + tiny)
	}
	return out, nil
}

func newZono(rows, gens int) zono {
	gens = max(gens, 1)
	return zono{
		g:   blas64.General{Rows: rows, Cols: gens, Stride: gens, Data: make([]float64, rows*gens)},
		mid: make([]float64, rows), err: make([]float64, rows),
	}
}

func (z zono) row(k int) []float64 { return z.g.Data[k*z.g.Stride : k*z.g.Stride+z.g.Cols] }

// apply returns W·z.
func (z zono) apply(ctx context.Context, l network.Layer) (zono, error) {
	n, gens := l.In(), z.g.Cols
	out := newZono(l.Out(), gens)
	if err := times(ctx, l, z.g, out.g); err != nil {
		return zono{}, err
	}
	c := float64(n+8) * 0x1p-52
	slack := make([]float64, n) // error of input k, and rounding of its coefficients
	for k := range slack {
		slack[k] = up(z.err[k] + up(c*(sumAbs(z.row(k))+math.Abs(z.mid[k]))))
	}
	tiny := float64(n+8) * float64(gens+1) * 0x1p-1073 // products that underflow
	for j := range out.mid {
		at, w := l.Row(j)
		for k, m := range pick(z.mid, at) {
			out.mid[j] += w[k] * m
		}
		out.err[j] = up(sumAbsUp(w, pick(slack, at)) + tiny)
	}
	return out, nil
}

// sumAbs returns an upper bound on Σ|x_i|.
func sumAbs(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += math.Abs(v)
	}
	return away(s, len(x))
}

// zonoSpans returns the status and the span of each unit of layer i, intersected with given ones.
func (a *analysis) zonoSpans(i int, z zono, given []span, known []status) ([]status, []span) {
	n := a.net.Inputs()
	units, zs := make([]status, len(given)), make([]span, len(given))
	unit := a.ball.Norm()
	for j := range given {
		row := z.row(j)
		var rad float64
		switch unit {
		case ball.L2:
			rad = norm2Up(row[:n])
		case ball.L1:
			rad = maxAbs(row[:n])
		default:
			rad = sumAbs(row[:n])
		}
		rad = up(up(rad+sumAbs(row[n:])) + z.err[j])
		zs[j] = given[j]
		// A mid that overflowed, perhaps on its way to a small number, says nothing. (A term of it
		// is at most its own generator, so that rad overflows too; but up(−∞) is finite.)
		if math.IsInf(z.mid[j], 0) {
			rad = math.Inf(1)
		}
		if hi := up(z.mid[j] + rad); hi < zs[j].hi { // false for NaN
			zs[j].hi = math.Max(hi, 0)
		}
		if lo := down(z.mid[j] - rad); lo > zs[j].lo {
			zs[j].lo = math.Min(lo, 0)
		}
		if units[j] = known[j]; units[j] == unsettled {
			units[j] = settle(a.center().v[i][j], zs[j].lo, zs[j].hi)
		}
	}
	return units, zs
}

// activate returns the deviations of the layer's outputs.
func (z zono) activate(l network.Layer, units []status, v []bracket, zs []span) zono {
	fresh := 0
	for j, u := range units {
		if _, ok := settledSlope(l.Below(j), u); !ok {
			fresh++
		}
	}
	out := newZono(len(units), z.g.Cols+fresh)
	next := z.g.Cols
	for j, u := range units {
		slope, settled := settledSlope(l.Below(j), u)
		if slope == 0 && settled {
			continue
		}
		var t rng
		if !settled {
			slope = chord(l.Below(j), v[j], zs[j])
			t = phi(l.Below(j), slope, v[j], zs[j])
		}
		from, to := z.row(j), out.row(j)
		for k, g := range from {
			to[k] = slope * g
		}
		out.err[j] = mulUp(math.Abs(slope), z.err[j])
		if slope != 1 { // one rounding per coefficient
			lost := shareUp(math.Abs(slope), up(sumAbs(from)+math.Abs(z.mid[j])))
			out.err[j] = up(up(out.err[j]+lost) + float64(len(from)+1)*0x1p-1073)
		}
		out.mid[j] = slope * z.mid[j]
		if !settled {
			m := t.lo/2 + t.hi/2
			out.mid[j] += m
			to[next] = math.Max(up(t.hi-m), up(m-t.lo))
			// the sum above was rounded once
			out.err[j] = up(out.err[j] + 0x1p-52*math.Abs(out.mid[j]))
			next++
		}
	}
	return out
}

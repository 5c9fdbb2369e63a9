// LP-tightened stability, layer by layer (the triangle relaxation of Ehlers
// 2017; that its dual is back-substitution with free slopes is Salman et al. 2019).
//
// For each neuron that back-substitution leaves unsettled, the supremum of ±δz over the relaxation
// of all layers before is sought by the simplex of simplex.go; its multipliers tell which slope
// between those of the two legs to use for each unit, and back-substitution with these slopes,
// rounded outward, is what is believed. The relaxation has all three sides of each triangle, so the
// optimum grows with the radius: a wider span has a higher chord.
//
// A linear programme has a row per input and per unsettled unit before; above lpRows rows, or when
// the work budget is spent, what back-substitution found stands.

package bound

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/relucell/relucell/ball"
)

const (
	// lpRows caps the rows of a linear programme: the work grows with their cube.
	lpRows = 300
	// lpWork caps the multiplications of all linear programmes of one bound: some seconds.
	lpWork = 1_000_000_000
)

// lpState is the relaxation in the variables p = (y, a), built as layers come.
type lpState struct {
	work  int
	built int         // layers taken in
	out   [][]float64 // outputs of the last layer taken in, as rows over p (short rows end in zeros)
	lines []lpColumn  // of all units so far, their g grown to one length when used
	units []lpUnit
}

// lpUnit is an unsettled unit.
type lpUnit struct{ layer, index int }

func lpTightened(ctx context.Context, a *analysis) (*stability, error) {
	r, err := a.programmes(ctx)
	if err != nil {
		return nil, err
	}
	return &stability{units: r.units}, nil
}

func (a *analysis) programmes(ctx context.Context) (*relaxed, error) {
	from, err := a.crown(ctx)
	if err != nil {
		return nil, err
	}
	st := &lpState{work: lpWork}
	return a.backSubstitute(ctx, from.units, from.spans, st.tighten)
}

// tighten is the tighten that solves two linear programmes.
func (st *lpState) tighten(ctx context.Context, r *relaxed, i, j int, z span) (span, error) {
	if err := ctx.Err(); err != nil {
		return z, err
	}
	for st.built < i && r.a.net.Inputs()+len(st.units) <= lpRows { // units only become more
		if err := st.build(ctx, r); err != nil {
			return z, err
		}
	}
	if r.a.net.Inputs()+len(st.units) > lpRows || len(st.units) == 0 {
		return z, nil // without unsettled units before, back-substitution is exact
	}
	row := r.a.net.Layers()[i].W.RawRowView(j)
	for _, sign := range []float64{1, -1} {
		if st.work < 0 {
			break
		}
		sup, err := st.supremum(ctx, r, i, row, sign)
		if err != nil {
			return z, err
		}
		if sign > 0 {
			z = meet(span{z.lo, sup}, z)
		} else {
			z = meet(span{-sup, z.hi}, z)
		}
		if settle(r.a.center().v[i][j], z.lo, z.hi) != unsettled {
			break
		}
	}
	return z, nil
}

// build takes the next layer in.
func (st *lpState) build(ctx context.Context, r *relaxed) error {
	i, n := st.built, r.a.net.Inputs()
	l := r.a.net.Layers()[i]
	out := make([][]float64, l.Out())
	for j := range out {
		if err := ctx.Err(); err != nil {
			return err
		}
		slope, settled := settledSlope(l.Below(j), r.units[i][j])
		if settled && slope == 0 {
			continue
		}
		z := st.row(r, l.W.RawRowView(j))
		if settled {
			for k := range z {
				z[k] *= slope
			}
			out[j] = z
			continue
		}
		u := len(st.units)
		st.units = append(st.units, lpUnit{i, j})
		v, zs := r.a.center().v[i][j], r.spans[i][j]
		moves := activationSpan(l.Below(j), v, zs, unsettled)
		size := math.Max(moves.hi, -moves.lo) // a is scaled by it, so that tiny balls have sane programmes
		if !(size > 0) || math.IsInf(size, 0) {
			size = 1
		}
		st.addLines(l.Below(j), n+u, z, size, v, zs)
		out[j] = make([]float64, n+u+1)
		out[j][n+u] = size
	}
	st.out, st.built = out, i+1
	return nil
}

// row returns the form with coefficients w over the last layer's outputs, as a row over p.
func (st *lpState) row(r *relaxed, w []float64) []float64 {
	z := make([]float64, r.a.net.Inputs()+len(st.units))
	for k, v := range w {
		if st.built == 0 {
			z[k] = v * r.hw[k]
			continue
		}
		for c, f := range st.out[k] {
			z[c] += v * f
		}
	}
	return z
}

// addLines adds the three sides of a unit's triangle, s·a ≤ s·(slope·z + offset), in the variable
// a/size.
func (st *lpState) addLines(below float64, at int, z []float64, size float64, v bracket, zs span) {
	add := func(ln line, sign float64) {
		g := make([]float64, at+1)
		for k, f := range z {
			g[k] = -sign * ln.slope * f / size
		}
		g[at] = sign
		st.lines = append(st.lines, lpColumn{g: g, cost: sign * ln.offset / size, unit: len(st.units) - 1, leg: ln.slope, sign: sign})
	}
	one, other := relaxLeg(below, v, zs, 1), relaxLeg(below, v, zs, below)
	if below < 1 {
		add(one.above, 1)
		add(one.below, -1)
		add(other.below, -1)
	} else {
		add(one.below, -1)
		add(one.above, 1)
		add(other.above, 1)
	}
}

// supremum returns an upper bound on sign·(row · outputs of layer i−1) over the ball.
func (st *lpState) supremum(ctx context.Context, r *relaxed, i int, row []float64, sign float64) (float64, error) {
	q := st.row(r, row)
	size := maxAbs(q)
	if size == 0 || math.IsInf(size, 0) {
		size = 1
	}
	for k := range q {
		q[k] *= sign / size
	}
	basis := st.start(r, q)
	legs := make([]float64, len(st.units))
	weight := make([]float64, len(st.units))
	price := func(p []float64) (lpColumn, bool) {
		st.work -= len(st.lines) * len(p)
		if ctx.Err() != nil {
			return lpColumn{}, false
		}
		return mostViolated(normOf(r.a.ball), r.a.net.Inputs(), st.lines, p)
	}
	if basis, mu, _ := dualSimplex(price, basis, q, &st.work); basis != nil {
		for k, c := range basis {
			if c.unit >= 0 && mu[k] > 0 && c.sign == st.bend(r, c.unit) {
				legs[c.unit] += mu[k] * c.leg
				weight[c.unit] += mu[k]
			}
		}
	}
	picked := make([][]lines, i)
	for k := range picked {
		picked[k] = append([]lines(nil), r.lines[k]...)
	}
	for u, at := range st.units {
		if w := weight[u]; w > 0 {
			below := r.a.net.Layers()[at.layer].Below(at.index)
			picked[at.layer][at.index] = relaxLeg(below, r.a.center().v[at.layer][at.index], r.spans[at.layer][at.index], legs[u]/w)
		}
	}
	m := blas64.General{Rows: 1, Cols: len(row), Stride: len(row), Data: make([]float64, len(row))}
	for k, w := range row {
		m.Data[k] = sign * w
	}
	sup, err := r.suprema(ctx, i, m, func(k, _ int) []lines { return picked[k] })
	if err != nil {
		return 0, err
	}
	return sup[0], nil
}

// bend returns the side on which a unit's two legs lie: −1 below, for a convex activation.
func (st *lpState) bend(r *relaxed, u int) float64 {
	if at := st.units[u]; r.a.net.Layers()[at.layer].Below(at.index) < 1 {
		return -1
	}
	return 1
}

func normOf(b ball.Ball) ball.Norm {
	if b.Norm() == ball.Box {
		return ball.LInf
	}
	return b.Norm()
}

// start returns the basis of plain back-substitution for the objective q, all columns grown to its
// length.
func (st *lpState) start(r *relaxed, q []float64) []lpColumn {
	n, m := r.a.net.Inputs(), len(q)
	for k := range st.lines {
		if c := &st.lines[k]; len(c.g) < m {
			c.g = append(c.g, make([]float64, m-len(c.g))...)
		}
	}
	basis, rest := make([]lpColumn, m), append([]float64(nil), q...)
	for u := len(st.units) - 1; u >= 0; u-- {
		want := 1.0
		if rest[n+u] < 0 {
			want = -1
		}
		for _, c := range st.lines[3*u : 3*u+3] {
			if c.sign == want {
				basis[n+u] = c
				break
			}
		}
		f := rest[n+u] * want
		for k, g := range basis[n+u].g {
			rest[k] -= f * g
		}
	}
	for k := range n {
		g := make([]float64, m)
		g[k] = 1
		if rest[k] < 0 {
			g[k] = -1
		}
		basis[k] = lpColumn{g: g, cost: 1, unit: -1}
	}
	return basis
}

package exact

// Every answer against a slow obvious twin in rationals: all vertices of the cell, all
// active sets of the projection. Coefficients in {−2..2}, so that
// concurrent, repeated, opposite and zero rows are the ordinary case.

import (
	"math"
	"math/big"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
)

var norms = []ball.Norm{ball.L2, ball.LInf, ball.L1, ball.Box}

// drawRow draws a small form.
func drawRow(t *rapid.T, n int, name string) Row {
	v := rapid.SliceOfN(rapid.Int64Range(-2, 2), n+1, n+1).Draw(t, name)
	return NewRow(v[n], v[:n]...)
}

// drawCell draws a norm, a form to maximise, and rows with a point strictly inside.
func drawCell(t *rapid.T, maxDim, maxRows int) (ball.Norm, Row, []Row, []*big.Rat) {
	n := rapid.IntRange(1, maxDim).Draw(t, "n")
	norm := rapid.SampledFrom(norms).Draw(t, "norm")
	p := make([]*big.Rat, n)
	for k := range p {
		p[k] = big.NewRat(rapid.Int64Range(-4, 4).Draw(t, "p"), int64(5*n))
	}
	var rows []Row
	for range rapid.IntRange(0, maxRows).Draw(t, "rows") {
		r := drawRow(t, n, "row")
		switch r.Eval(p).Sign() {
		case 1:
			rows = append(rows, r)
		case -1:
			rows = append(rows, r.Neg())
		}
		if len(rows) > 0 && rapid.IntRange(0, 5).Draw(t, "twice") == 0 {
			rows = append(rows, rows[len(rows)-1])
		}
	}
	obj := drawRow(t, n, "obj")
	if len(rows) > 0 && rapid.IntRange(0, 3).Draw(t, "opposite") == 0 {
		obj = rows[0].Neg()
	}
	return norm, obj, rows, p
}

// faces returns the facets of the polytopal ball as rows.
func faces(norm ball.Norm, n int) []Row {
	var out []Row
	if norm == ball.L1 {
		for s := range 1 << n {
			g := make([]int64, n)
			for k := range g {
				g[k] = 1 - 2*int64(s>>k&1)
			}
			out = append(out, NewRow(1, g...))
		}
		return out
	}
	for k := range n {
		for _, s := range []int64{1, -1} {
			g := make([]int64, n)
			g[k] = s
			out = append(out, NewRow(1, g...))
		}
	}
	return out
}

// solveRat solves a square rational system, nil when singular.
func solveRat(a [][]*big.Rat) []*big.Rat {
	n := len(a)
	for c := range n {
		r := c
		for r < n && a[r][c].Sign() == 0 {
			r++
		}
		if r == n {
			return nil
		}
		a[r], a[c] = a[c], a[r]
		for i := range n {
			if i == c || a[i][c].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Quo(a[i][c], a[c][c])
			for j := c; j <= n; j++ {
				a[i][j] = new(big.Rat).Sub(a[i][j], new(big.Rat).Mul(f, a[c][j]))
			}
		}
	}
	x := make([]*big.Rat, n)
	for i := range x {
		x[i] = new(big.Rat).Quo(a[i][n], a[i][i])
	}
	return x
}

func nonNegative(rows []Row, y []*big.Rat) bool {
	for _, r := range rows {
		if r.Eval(y).Sign() < 0 {
			return false
		}
	}
	return true
}

// bruteMax is the largest value of obj over all vertices.
func bruteMax(norm ball.Norm, obj Row, rows []Row, n int) *big.Rat {
	all := append(append([]Row(nil), rows...), faces(norm, n)...)
	var best *big.Rat
	for set := uint64(0); set < 1<<len(all); set++ {
		if bits.OnesCount64(set) != n {
			continue
		}
		var a [][]*big.Rat
		for i := range all {
			if set>>i&1 == 1 {
				eq := make([]*big.Rat, n+1)
				for k, g := range all[i].G {
					eq[k] = new(big.Rat).SetInt(g)
				}
				eq[n] = new(big.Rat).SetInt(new(big.Int).Neg(all[i].H))
				a = append(a, eq)
			}
		}
		y := solveRat(a)
		if y == nil || !nonNegative(all, y) {
			continue
		}
		if v := obj.Eval(y); best == nil || v.Cmp(best) > 0 {
			best = v
		}
	}
	return best
}

// bruteProject is the least |y|² over the projections onto all flats that lie in the polyhedron.
func bruteProject(rows []Row, n int) *big.Rat {
	var best *big.Rat
	for set := range 1 << len(rows) {
		var active []Row
		for i, r := range rows {
			if set>>i&1 == 1 {
				active = append(active, r)
			}
		}
		if len(active) > n {
			continue
		}
		a := make([][]*big.Rat, len(active))
		for i, r := range active {
			a[i] = make([]*big.Rat, len(active)+1)
			for j, s := range active {
				a[i][j] = new(big.Rat)
				for k := range r.G {
					a[i][j].Add(a[i][j], new(big.Rat).SetInt(new(big.Int).Mul(r.G[k], s.G[k])))
				}
			}
			a[i][len(active)] = new(big.Rat).SetInt(new(big.Int).Neg(r.H))
		}
		u := solveRat(a)
		if u == nil {
			continue
		}
		y, d := make([]*big.Rat, n), new(big.Rat)
		for k := range y {
			y[k] = new(big.Rat)
			for i, r := range active {
				y[k].Add(y[k], new(big.Rat).Mul(u[i], new(big.Rat).SetInt(r.G[k])))
			}
			d.Add(d, new(big.Rat).Mul(y[k], y[k]))
		}
		if nonNegative(rows, y) && (best == nil || d.Cmp(best) < 0) {
			best = d
		}
	}
	return best
}

func requireProof(t require.TestingT, norm ball.Norm, obj Row, rows []Row, self *big.Int, lambda []*big.Int) {
	require.Equal(t, 1, self.Sign())
	require.Len(t, lambda, len(rows))
	for _, l := range lambda {
		require.GreaterOrEqual(t, l.Sign(), 0)
	}
	require.True(t, NonPositive(norm, Combine(self, obj, lambda, rows)))
}

// Forms of 53 bits and of all exponents, as deep layers have, and rows a hair apart.
func TestSideOnWideIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		norm, obj, rows, p := drawCell(t, 4, 8)
		wide := func(r Row) Row {
			shift := uint(rapid.IntRange(0, 300).Draw(t, "shift"))
			jitter := rapid.Int64Range(-1<<52, 1<<52)
			for k := range r.G {
				r.G[k] = new(big.Int).Lsh(r.G[k], shift)
				r.G[k].Add(r.G[k], big.NewInt(jitter.Draw(t, "jitter")))
			}
			r.H = new(big.Int).Lsh(r.H, shift)
			return r
		}
		obj = wide(Row{G: append([]*big.Int(nil), obj.G...), H: obj.H})
		var kept []Row
		for _, r := range rows {
			r = wide(Row{G: append([]*big.Int(nil), r.G...), H: r.H})
			if r.Eval(p).Sign() > 0 {
				kept = append(kept, r)
			}
		}
		witness, self, lambda, err := Side(norm, obj, kept, p)
		require.NoError(t, err)
		if witness == nil {
			requireProof(t, norm, obj, kept, self, lambda)
		} else {
			require.True(t, Interior(norm, append([]Row{obj}, kept...), witness))
		}
	})
}

func TestMaximizeIsTheBestVertex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		norm, obj, rows, p := drawCell(t, 3, 6)
		m, err := Maximize(norm, obj, rows, p)
		require.NoError(t, err)
		require.Zero(t, m.Value.Cmp(bruteMax(norm, obj, rows, len(p))))
		require.Zero(t, m.Value.Cmp(obj.Eval(m.Y)))
		require.True(t, nonNegative(append(faces(norm, len(p)), rows...), m.Y))
		if m.Value.Sign() <= 0 {
			requireProof(t, norm, obj, rows, m.Self, m.Lambda)
		} else {
			require.Nil(t, m.Self)
		}
	})
}

func TestProjectIsTheNearestPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "n")
		rows := make([]Row, rapid.IntRange(1, 7).Draw(t, "rows"))
		for i := range rows {
			rows[i] = drawRow(t, n, "row")
		}
		y, lambda, dist2, feasible, err := Project(rows)
		require.NoError(t, err)
		want := bruteProject(rows, n)
		require.Equal(t, want != nil, feasible)
		zero := Row{G: make([]*big.Int, n), H: new(big.Int)}
		for k := range zero.G {
			zero.G[k] = new(big.Int)
		}
		f := Combine(new(big.Int), zero, lambda, rows)
		for _, l := range lambda {
			require.GreaterOrEqual(t, l.Sign(), 0)
		}
		if !feasible {
			require.Equal(t, -1, f.H.Sign())
			for _, g := range f.G {
				require.Zero(t, g.Sign())
			}
			return
		}
		require.Zero(t, want.Cmp(dist2))
		require.True(t, nonNegative(rows, y))
		// f = factor·(y·x − |y|²): parallel to y, and zero at y.
		require.Zero(t, f.Eval(y).Sign())
		for i, l := range lambda {
			require.True(t, l.Sign() == 0 || rows[i].Eval(y).Sign() == 0)
		}
		for i := range y {
			require.GreaterOrEqual(t, new(big.Rat).Mul(y[i], new(big.Rat).SetInt(f.G[i])).Sign(), 0)
			for j := range i {
				a := new(big.Rat).Mul(y[i], new(big.Rat).SetInt(f.G[j]))
				require.Zero(t, a.Cmp(new(big.Rat).Mul(y[j], new(big.Rat).SetInt(f.G[i]))))
			}
		}
	})
}

func TestSideIsProved(t *testing.T) {
	seen := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		norm, obj, rows, p := drawCell(t, 6, 12)
		witness, self, lambda, err := Side(norm, obj, rows, p)
		require.NoError(t, err)
		seen[witness != nil]++
		if witness == nil {
			requireProof(t, norm, obj, rows, self, lambda)
			return
		}
		require.True(t, Interior(norm, append([]Row{obj}, rows...), witness))
		for _, w := range witness {
			require.Equal(t, uint(w.Denom().BitLen()-1), w.Denom().TrailingZeroBits())
		}
	})
	if testing.Short() {
		return // rapid draws a fifth then, too few to ask how many of each kind came up
	}
	require.Greater(t, seen[true], 5)
	require.Greater(t, seen[false], 5)
}

// RowOf is its floats times one power of two, at every exponent.
func TestRowOfIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64), 3, 3).Draw(t, "v")
		r := RowOf(v[:2], v[2])
		scale := new(big.Rat)
		odd := false
		for i, x := range append(r.G[:2:2], r.H) {
			odd = odd || x.Bit(0) == 1
			want := new(big.Rat).SetFloat64(v[i])
			require.Equal(t, want.Sign(), x.Sign())
			if want.Sign() == 0 {
				continue
			}
			q := new(big.Rat).Quo(new(big.Rat).SetInt(x), want)
			if scale.Sign() == 0 {
				scale.Set(q)
			}
			require.Zero(t, scale.Cmp(q))
		}
		require.True(t, odd || scale.Sign() == 0)
	})
	require.Panics(t, func() { RowOf([]float64{math.NaN()}, 0) })
}

package lp_test

// The polygon solver: deep cells against the exact tier and against the vertex form, and the
// degenerate positions where its multipliers must be exact.

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/exact"
)

var (
	polytopal = []ball.Norm{ball.LInf, ball.L1, ball.Box}
	planar    = []ball.Norm{ball.LInf, ball.L1, ball.Box, ball.L2}
)

func TestPlanesAndLinesAreSolvedByPolygons(t *testing.T) {
	for _, norm := range planar {
		require.IsType(t, new(lp.Polygon), lp.NewIncremental(norm, 1))
		require.IsType(t, new(lp.Polygon), lp.NewIncremental(norm, 2))
	}
	for _, norm := range polytopal {
		require.IsType(t, new(lp.Vertex), lp.NewIncremental(norm, 3))
	}
	require.IsType(t, new(lp.Projection), lp.NewIncremental(ball.L2, 3))
}

// Deeper than the other solvers are taken, as a polygon has many edges then.
func TestPolygonsOfManyEdgesAgainstTheExactTier(t *testing.T) {
	for _, norm := range planar {
		for name, forms := range map[string]func(*rapid.T, int) func() lp.Form{"small integers": smallForm, "997ths": genericForm} {
			t.Run(norm.String()+", "+name, func(t *testing.T) {
				var count tally
				rapid.Check(t, func(t *rapid.T) {
					n := rapid.IntRange(1, 2).Draw(t, "n")
					tr := &tree{s: lp.NewIncremental(norm, n), norm: norm, draw: forms(t, n), count: &count, limit: 6}
					p := make([]*big.Rat, n)
					for k := range p {
						p[k] = big.NewRat(int64(rapid.IntRange(-7, 7).Draw(t, "p")), int64(16*n+1))
					}
					tr.cell(t, p)
					require.Zero(t, tr.s.Depth())
				})
				count.requireMost(t)
			})
		}
	}
}

// Both solvers go down the same path; what either is sure of the other does not contradict.
func TestPolygonAgreesWithVertex(t *testing.T) {
	var count tally
	rapid.Check(t, func(t *rapid.T) {
		norm := rapid.SampledFrom(polytopal).Draw(t, "norm")
		n := rapid.IntRange(1, 2).Draw(t, "n")
		draw := smallForm(t, n)
		if rapid.Bool().Draw(t, "generic") {
			draw = genericForm(t, n)
		}
		polygon, vertex := new(lp.Polygon), new(lp.Vertex)
		polygon.Reset(norm, n)
		vertex.Reset(norm, n)
		p := make([]*big.Rat, n)
		for k := range p {
			p[k] = big.NewRat(int64(rapid.IntRange(-7, 7).Draw(t, "p")), int64(16*n+1))
		}
		a := &tree{s: polygon, norm: norm, count: &count}
		b := &tree{s: vertex, norm: norm, count: new(tally)}
		for range 8 {
			f := draw()
			side := float64(exact.RowOf(f.G, f.H).Eval(p).Sign())
			if side == 0 || a.question(t, a.s, len(a.cons), f, -side, p) == nil {
				continue
			}
			b.cons, b.rows = a.cons, a.rows
			b.question(t, b.s, len(b.cons), f, -side, p)
			if !a.s.Split() || !b.s.Split() {
				return
			}
			a.s.Enter(side)
			b.s.Enter(side)
			c := lp.Constraint{Form: f, Sign: side}
			a.cons, a.rows = append(a.cons, c), append(a.rows, exactRow(c))
		}
	})
	count.requireMost(t)
}

// enter goes to side s of the form, which must be possible.
func enter(t *testing.T, v lp.Incremental, s, h float64, g ...float64) {
	r, err := v.Ask(g, h, s)
	require.NoError(t, err)
	require.True(t, r.Meets)
	require.True(t, v.Split())
	v.Enter(s)
}

// requireEmpty asks, and wants exactly these multipliers, by constraint.
func requireEmpty(t *testing.T, v lp.Incremental, want map[int32]float64, s, h float64, g ...float64) {
	require.False(t, v.Seen(g, h, s))
	r, err := v.Ask(g, h, s)
	require.NoError(t, err)
	require.False(t, r.Meets)
	got := map[int32]float64{}
	for i, id := range r.ID {
		got[id] = r.Lambda[i]
	}
	require.Equal(t, want, got)
}

// Duplicates, negations and concurrent lines have small rational multipliers, and get exactly
// those.
func TestPolygonMultipliersOfDegeneratePositionsAreExact(t *testing.T) {
	for _, norm := range planar {
		v := lp.NewIncremental(norm, 2)
		third := 1.0 / 3
		enter(t, v, 1, 0.1, third, 0.7)
		requireEmpty(t, v, map[int32]float64{0: 1}, -1, 0.1, third, 0.7)
		requireEmpty(t, v, map[int32]float64{0: 1}, 1, -0.1, -third, -0.7)
		requireEmpty(t, v, map[int32]float64{0: 8}, 1, -0.8, -8*third, -5.6)
		v.Leave()
		// Three lines through one point: x > 0 and y > 0 exclude x + y < 0.
		enter(t, v, 1, 0, 1, 0)
		enter(t, v, -1, 0, 0, -1)
		requireEmpty(t, v, map[int32]float64{0: 1, 1: 1}, -1, 0, 1, 1)
		requireEmpty(t, v, map[int32]float64{0: 2, 1: 3}, 1, -0.25, -2, -3)
		// By the ball alone.
		requireEmpty(t, v, map[int32]float64{}, 1, -4, 1, 1)
		// A zero form.
		requireEmpty(t, v, map[int32]float64{}, 1, 0, 0, 0)
		requireEmpty(t, v, map[int32]float64{}, 1, -1, 0, 0)
	}
	v := lp.NewIncremental(ball.LInf, 1)
	enter(t, v, 1, -0.25, 1)
	requireEmpty(t, v, map[int32]float64{0: 1}, -1, -0.25, 1)
	requireEmpty(t, v, map[int32]float64{0: 2}, -1, 0, 2)
}

// Strips of width 2⁻⁶⁰ are cells as any others.
func TestPolygonSplitsSlivers(t *testing.T) {
	for _, norm := range planar {
		for n := 1; n <= 2; n++ {
			v := lp.NewIncremental(norm, n)
			g := make([]float64, n)
			g[0] = 1
			const width = 0x1p-60
			for i := range 20 {
				h := -width * float64(i)
				for _, s := range []float64{-1, 1} {
					r, err := v.Ask(g, h, s)
					require.NoError(t, err)
					require.True(t, r.Meets, "strip %d", i)
				}
				require.True(t, v.Split())
				v.Enter(-1)
				if i > 0 {
					r, err := v.Ask(g, h+width/2, 1)
					require.NoError(t, err)
					require.True(t, r.Meets && r.Interior)
					require.Greater(t, r.Point[0], width*(float64(i)-0.5))
					require.Less(t, r.Point[0], width*float64(i))
				}
				v.Leave()
				v.Enter(1)
			}
		}
	}
}

// A side that is too thin for floats, but known to live, is a cell without extent: it
// can be split, entered and left, and its multipliers still hold.
func TestPolygonWithoutExtent(t *testing.T) {
	for _, norm := range planar {
		v := lp.NewIncremental(norm, 2)
		enter(t, v, 1, 0, 1, 0)
		requireEmpty(t, v, map[int32]float64{0: 1}, -1, 0, 1, 0)
		require.True(t, v.Split())
		for _, s := range []float64{-1, 1} {
			v.Enter(s)
			r, err := v.Ask([]float64{1, 0}, 0.5, -1)
			require.NoError(t, err)
			require.False(t, r.Meets)
			require.Len(t, r.ID, 1)
			require.True(t, r.ID[0] == 0 || s > 0) // constraint 1 is then the same
			require.Equal(t, []float64{1}, r.Lambda)
			r, err = v.Ask([]float64{1, 0}, 0.5, 1)
			require.NoError(t, err)
			require.True(t, r.Meets)
			require.False(t, math.IsNaN(r.Point[0]+r.Point[1]))
			require.True(t, v.Split())
			v.Enter(1)
			v.Refresh()
			v.Leave()
			v.Leave()
		}
		require.Equal(t, 1, v.Depth())
	}
}

// What is in a reply does not depend on the scale of the rows.
func TestPolygonScales(t *testing.T) {
	for _, e := range []int{-900, -60, 0, 60, 900} {
		t.Run(fmt.Sprint(e), func(t *testing.T) {
			v := lp.NewIncremental(ball.LInf, 2)
			u := math.Ldexp(1, e)
			enter(t, v, 1, 0.25*u, u, 0.5*u)
			requireEmpty(t, v, map[int32]float64{0: 1 / u}, -1, 0.25, 1, 0.5)
			requireEmpty(t, v, map[int32]float64{0: 1}, -1, 0.25*u, u, 0.5*u)
		})
	}
}

package cone_test

// Descriptions against a slow twin: by definition, over all subsets of the constraints.

import (
	"context"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/cone"
)

func ints(v ...int64) []*big.Int {
	w := make([]*big.Int, len(v))
	for k, x := range v {
		w[k] = big.NewInt(x)
	}
	return w
}

func matrix(rows ...[]int64) (list [][]*big.Int) {
	for _, r := range rows {
		list = append(list, ints(r...))
	}
	return list
}

func describe(t require.TestingT, dim int, rows [][]*big.Int, order cone.Order) *cone.Description {
	d, err := cone.Describe(context.Background(), dim, rows, cone.Options{Order: order})
	require.NoError(t, err)
	return d
}

// rationals copies a matrix.
func rationals(rows [][]*big.Int) [][]*big.Rat {
	list := make([][]*big.Rat, len(rows))
	for i, r := range rows {
		for _, x := range r {
			list[i] = append(list[i], new(big.Rat).SetInt(x))
		}
	}
	return list
}

// solve returns a basis of {x : row·x = 0} by Gauss-Jordan over rationals, columns from the right:
// each vector is 1 at a column that is no pivot and 0 at the others.
func solve(dim int, rows [][]*big.Int) (basis [][]*big.Rat, free []int) {
	m := rationals(rows)
	pivot, next := make([]int, dim), 0
	for c := dim - 1; c >= 0; c-- {
		pivot[c] = -1
		at := slices.IndexFunc(m[next:], func(r []*big.Rat) bool { return r[c].Sign() != 0 })
		if at < 0 {
			continue
		}
		m[next], m[next+at] = m[next+at], m[next]
		for i := range m {
			if i == next || m[i][c].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Quo(m[i][c], m[next][c])
			for k := range m[i] {
				m[i][k] = new(big.Rat).Sub(m[i][k], new(big.Rat).Mul(f, m[next][k]))
			}
		}
		pivot[c] = next
		next++
	}
	for f := range dim {
		if pivot[f] >= 0 {
			continue
		}
		v := make([]*big.Rat, dim)
		for c := range v {
			v[c] = new(big.Rat)
			if pivot[c] >= 0 {
				v[c].Neg(v[c].Quo(m[pivot[c]][f], m[pivot[c]][c]))
			}
		}
		v[f] = big.NewRat(1, 1)
		basis, free = append(basis, v), append(free, f)
	}
	return basis, free
}

// whole scales a vector to primitive integers.
func whole(v []*big.Rat) []*big.Int {
	den, w := big.NewInt(1), make([]*big.Int, len(v))
	for _, x := range v {
		den.Mul(den, x.Denom())
	}
	for k, x := range v {
		w[k] = new(big.Int).Mul(x.Num(), new(big.Int).Quo(den, x.Denom()))
	}
	return cone.Primitive(w)
}

// obvious is the description by definition: an extreme ray is where, modulo the linear space, all
// but one dimension of constraints hold with equality, and no constraint is violated.
func obvious(dim int, rows [][]*big.Int) *cone.Description {
	d := &cone.Description{Dim: dim}
	basis, free := solve(dim, rows)
	for _, v := range basis {
		d.Lineality = append(d.Lineality, whole(v))
	}
	var flat [][]*big.Int // 0 at the pivots of the linear space
	for _, f := range free {
		unit := make([]int64, dim)
		unit[f] = 1
		flat = append(flat, ints(unit...))
	}
	rank := dim - len(free)
	var choose func(from int, chosen [][]*big.Int)
	choose = func(from int, chosen [][]*big.Int) {
		if len(chosen) == rank-1 {
			line, _ := solve(dim, append(slices.Clone(flat), chosen...))
			if len(line) != 1 {
				return
			}
			for _, r := range [][]*big.Int{whole(line[0]), whole(minus(line[0]))} {
				if ok, _ := cone.Contains(rows, r); ok {
					d.Rays = append(d.Rays, r)
				}
			}
			return
		}
		for i := from; i < len(rows); i++ {
			choose(i+1, append(slices.Clip(chosen), rows[i]))
		}
	}
	if rank > 0 {
		choose(0, nil)
	}
	slices.SortFunc(d.Rays, compare)
	d.Rays = slices.CompactFunc(d.Rays, func(a, b []*big.Int) bool { return compare(a, b) == 0 })
	return d
}

func minus(v []*big.Rat) []*big.Rat {
	w := make([]*big.Rat, len(v))
	for k, x := range v {
		w[k] = new(big.Rat).Neg(x)
	}
	return w
}

func compare(a, b []*big.Int) int {
	return slices.CompareFunc(a, b, func(x, y *big.Int) int { return x.Cmp(y) })
}

// text writes a description for comparison.
func text(d *cone.Description) (lines []string) {
	for _, v := range d.Lineality {
		lines = append(lines, "line "+words(v))
	}
	for _, v := range d.Rays {
		lines = append(lines, words(v))
	}
	return lines
}

func words(v []*big.Int) (s string) {
	for _, x := range v {
		s += x.String() + " "
	}
	return s
}

// drawn draws rows that are degenerate as often as not.
func drawn(t *rapid.T, dim int) (rows [][]*big.Int) {
	most := rapid.SampledFrom([]int64{1, 2, 9}).Draw(t, "size")
	for range rapid.IntRange(0, 8).Draw(t, "rows") {
		r := make([]*big.Int, dim)
		for k := range r {
			r[k] = big.NewInt(rapid.Int64Range(-most, most).Draw(t, "entry"))
		}
		rows = append(rows, r)
		switch rapid.IntRange(0, 7).Draw(t, "more") {
		case 0: // an equation
			rows = append(rows, scaled(r, -2))
		case 1: // the same again
			rows = append(rows, scaled(r, 3))
		case 2: // a redundant one
			if n := len(rows); n > 1 {
				rows = append(rows, sum(rows[n-1], rows[n-2]))
			}
		}
	}
	return rows
}

func scaled(v []*big.Int, f int64) []*big.Int {
	w := make([]*big.Int, len(v))
	for k, x := range v {
		w[k] = new(big.Int).Mul(x, big.NewInt(f))
	}
	return w
}

func sum(a, b []*big.Int) []*big.Int {
	w := make([]*big.Int, len(a))
	for k, x := range a {
		w[k] = new(big.Int).Add(x, b[k])
	}
	return w
}

func TestDescriptionsAreTheObviousOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(0, 5).Draw(t, "dimensions")
		rows := drawn(t, dim)
		want := text(obvious(dim, rows))
		require.Equal(t, want, text(describe(t, dim, rows, cone.Lex)))
		require.Equal(t, want, text(describe(t, dim, rows, cone.MaxCut)))
	})
}

// Equal cones have equal descriptions: the order and the scale of rows mean nothing, nor does what
// is redundant, nor how large numbers get on the way.
func TestDescriptionsAreCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 6).Draw(t, "dimensions")
		rows := drawn(t, dim)
		want := text(describe(t, dim, rows, cone.Lex))
		other := rapid.Permutation(rows).Draw(t, "order")
		for i := range other {
			f := big.NewInt(rapid.Int64Range(1, 1<<40).Draw(t, "factor"))
			other[i] = slices.Clone(other[i])
			for k, x := range other[i] {
				other[i][k] = new(big.Int).Mul(x, new(big.Int).Mul(f, f))
			}
		}
		if len(other) > 0 {
			other = append(other, other[0], sum(other[0], other[len(other)-1]))
		}
		require.Equal(t, want, text(describe(t, dim, other, cone.MaxCut)))
	})
}

// A half-space, {0}, the whole space, a line, and no dimensions at all.
func TestLinealityOfConesThatAreNotPointed(t *testing.T) {
	for name, c := range map[string]struct {
		dim         int
		rows        [][]*big.Int
		lines, rays [][]*big.Int
	}{
		"whole space":        {2, nil, matrix([]int64{1, 0}, []int64{0, 1}), nil},
		"whole space by 0":   {2, matrix([]int64{0, 0}), matrix([]int64{1, 0}, []int64{0, 1}), nil},
		"half-space":         {3, matrix([]int64{2, 4, 0}), matrix([]int64{2, -1, 0}, []int64{0, 0, 1}), matrix([]int64{0, -1, 0})},
		"origin":             {2, matrix([]int64{1, 0}, []int64{0, 1}, []int64{-1, -1}), nil, nil},
		"line":               {2, matrix([]int64{1, 1}, []int64{-3, -3}), matrix([]int64{1, -1}), nil},
		"half-line":          {1, matrix([]int64{-7}), nil, matrix([]int64{1})},
		"half-plane in 3":    {3, matrix([]int64{0, 0, 1}, []int64{0, 0, -1}, []int64{1, 1, 0}), matrix([]int64{1, -1, 0}), matrix([]int64{0, -1, 0})},
		"no dimensions":      {0, nil, nil, nil},
		"no dimensions, row": {0, [][]*big.Int{{}}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := describe(t, c.dim, c.rows, cone.Lex)
			require.Equal(t, text(&cone.Description{Lineality: c.lines, Rays: c.rays}), text(d))
		})
	}
}

// metric returns the triangle inequalities on n points: x_ij − x_ik − x_jk ≤ 0.
func metric(n int) (dim int, rows [][]*big.Int) {
	at := map[[2]int]int{}
	for j := range n {
		for i := range j {
			at[[2]int{i, j}] = len(at)
		}
	}
	pair := func(i, j int) int { return at[[2]int{min(i, j), max(i, j)}] }
	for i := range n {
		for j := range i {
			for k := range n {
				if k == i || k == j {
					continue
				}
				r := make([]int64, len(at))
				r[pair(i, j)], r[pair(i, k)], r[pair(j, k)] = 1, -1, -1
				rows = append(rows, ints(r...))
			}
		}
	}
	return len(at), rows
}

func TestMetricConesHaveTheRaysOfTheLiterature(t *testing.T) {
	for n, want := range map[int]int{3: 3, 4: 7, 5: 25, 6: 296} {
		dim, rows := metric(n)
		for _, order := range []cone.Order{cone.Lex, cone.MaxCut} {
			require.Len(t, describe(t, dim, rows, order).Rays, want, "%d points", n)
		}
	}
}

// random returns a pointed cone of so many constraints with an interior, entries −9 … 9.
func random(seed uint64, constraints, dim int) (rows [][]*big.Int) {
	rng := rand.New(rand.NewPCG(seed, 0))
	inside := make([]int64, dim)
	for k := range inside {
		inside[k] = rng.Int64N(19) - 9
	}
	for len(rows) < constraints {
		r, at := make([]int64, dim), int64(0)
		for k := range r {
			r[k] = rng.Int64N(19) - 9
			at += r[k] * inside[k]
		}
		switch {
		case at < 0:
			rows = append(rows, ints(r...))
		case at > 0:
			rows = append(rows, scaled(ints(r...), -1))
		}
	}
	return rows
}

func TestManyRaysEndInAnError(t *testing.T) {
	rows := random(1, 32, 8)
	_, err := cone.Describe(context.Background(), 8, rows, cone.Options{MaxRays: 50})
	require.ErrorIs(t, err, cone.ErrTooLarge)
	require.ErrorContains(t, err, "more than 50 rays at a time")
	_, err = cone.Describe(context.Background(), 5000, nil, cone.Options{}) // it took all memory there was
	require.ErrorIs(t, err, cone.ErrTooLarge)
	require.ErrorContains(t, err, "5000 lines of 5000 numbers each")
}

func TestAStopEndsADescription(t *testing.T) {
	stop := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	_, err := cone.Describe(ctx, 8, random(1, 32, 8), cone.Options{})
	require.ErrorIs(t, err, stop)
}

func TestRowsOfAnotherLengthAreRefused(t *testing.T) {
	_, err := cone.Describe(context.Background(), 2, matrix([]int64{1, 2}, []int64{1}), cone.Options{})
	require.EqualError(t, err, "row 1 has 1 numbers, expected 2")
	_, err = cone.Describe(context.Background(), -1, nil, cone.Options{})
	require.EqualError(t, err, "-1 dimensions, expected 0 at least")
}

// 0.1 is a dyadic number with 55 bits behind the point, and is taken as that.
func TestFloatsAreTakenAsTheyAre(t *testing.T) {
	tenth, ok := new(big.Int).SetString("3602879701896397", 10)
	require.True(t, ok)
	eighth := new(big.Int).Lsh(big.NewInt(1), 52)
	require.Equal(t, words([]*big.Int{tenth, eighth}), words(cone.RowOf([]float64{0.1, 0.125})))
	require.Panics(t, func() { cone.RowOf([]float64{math.Inf(1)}) })
}

// Rays divided by their norm leave the cone as soon as they are rounded, which integers never do.
func TestRaysNormalisedInFloatsLeaveTheCone(t *testing.T) {
	rows := random(3, 32, 8)
	outside := 0
	rays := describe(t, 8, rows, cone.Lex).Rays
	for _, r := range rays {
		ok, _ := cone.Contains(rows, r)
		require.True(t, ok)
		norm, v := 0.0, make([]float64, len(r))
		for k, x := range r {
			v[k], _ = x.Float64()
			norm += v[k] * v[k]
		}
		for k := range v {
			v[k] = float64(float32(v[k] / math.Sqrt(norm)))
		}
		if ok, _ := cone.Contains(rows, cone.RowOf(v)); !ok {
			outside++
		}
	}
	require.Greater(t, 2*outside, len(rays), "most of them")
}

// Sixteen constraints in 784 dimensions, as a checkerboard of 4 × 4 blocks of 7 × 7 pixels has
// them: 16 rays beside 768 lines. The lines go first; without that the method does not end.
func TestTheCheckerboardIsSmallWithoutItsLines(t *testing.T) {
	rows := cone.Checkerboard(28, 4)
	d := describe(t, 784, rows, cone.Lex)
	require.Len(t, rows, 16)
	require.Len(t, d.Rays, 16)
	require.Len(t, d.Lineality, 768)
}

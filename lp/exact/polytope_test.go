package exact_test

// Polytopes: their vertices, facets and volumes where these are known otherwise.

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp/exact"
)

func TestVolumesThatAreKnown(t *testing.T) {
	factorial := big.NewRat(1, 1)
	for n := 1; n <= 5; n++ {
		two := new(big.Rat).SetFrac(new(big.Int).Lsh(big.NewInt(1), uint(n)), big.NewInt(1))
		factorial.Mul(factorial, big.NewRat(int64(n), 1))
		require.Zero(t, two.Cmp(exact.NewPolytope(ball.LInf, n).Volume()), "the cube")
		cross := exact.NewPolytope(ball.L1, n)
		require.Zero(t, new(big.Rat).Quo(two, factorial).Cmp(cross.Volume()), "the cross-polytope")
		require.Len(t, cross.Facets(), 1<<n)
		if n < 2 {
			continue
		}
		// A corner of the cube that Σ y_k ≥ n − 1 leaves is a simplex.
		g := make([]int64, n)
		for k := range g {
			g[k] = 1
		}
		p := exact.NewPolytope(ball.LInf, n)
		p.Cut(exact.NewRow(1-int64(n), g...))
		require.Len(t, p.Vertices, n+1)
		require.Len(t, p.Facets(), n+1)
		require.Zero(t, new(big.Rat).Inv(factorial).Cmp(p.Volume()), "a corner")
	}
}

// What a hyperplane parts adds up, also where it meets vertices, and a vertex is where n of its
// constraints meet.
func TestVolumesOfPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "dimension")
		norm := rapid.SampledFrom([]ball.Norm{ball.LInf, ball.L1}).Draw(t, "norm")
		var rows []exact.Row
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			g, h := make([]int64, n), rapid.Int64Range(-2, 2).Draw(t, "offset")
			for k := range g {
				g[k] = rapid.Int64Range(-3, 3).Draw(t, "gradient")
			}
			if h == 0 && !slices.ContainsFunc(g, func(v int64) bool { return v != 0 }) {
				h = 1 // or neither side is there
			}
			rows = append(rows, exact.NewRow(h, g...))
		}
		whole, sum := exact.NewPolytope(norm, n), new(big.Rat)
		var divide func(cut []exact.Row, rest []exact.Row)
		divide = func(cut, rest []exact.Row) {
			p := exact.NewPolytope(norm, n)
			for _, r := range cut {
				p.Cut(r)
			}
			if len(rest) == 0 {
				sum.Add(sum, p.Volume())
				byFaces(t, n, p)
				for _, v := range p.Vertices {
					holds(t, n, &v, append(facets(norm, n), cut...))
				}
				return
			}
			for _, side := range []exact.Row{rest[0], rest[0].Neg()} {
				for _, v := range p.Vertices { // the part has an interior if a vertex is on its side
					if side.Eval(v.Rats()).Sign() > 0 {
						divide(append(cut[:len(cut):len(cut)], side), rest[1:])
						break
					}
				}
			}
		}
		divide(nil, rows)
		require.Zero(t, whole.Volume().Cmp(sum))
	})
}

// byFaces holds the volume of a polytope against that of all simplices, and says whether it is
// simple: n facets meet at each vertex.
func byFaces(t require.TestingT, n int, p *exact.Polytope) bool {
	facets, simple := p.Facets(), true
	for _, v := range p.Vertices {
		at := 0
		for _, f := range facets {
			at += int(v.On.Bit(f))
		}
		simple = simple && at == n
	}
	want := p.BySimplices()
	require.Equal(t, want.String(), p.Volume().String())
	times := big.NewRat(6, 35)
	v, took := p.Simple(times)
	if require.Equal(t, simple, took); simple {
		require.Equal(t, times.Mul(times, want).String(), v.String(), "in lowest terms")
	}
	return simple
}

// Polytopes with facets in general position, are simple.
func TestVolumesOfSimplePolytopes(t *testing.T) {
	for seed := range uint64(12) {
		rnd, n := rand.New(rand.NewPCG(seed, 1)), int(2+seed%4)
		p := exact.NewPolytope(ball.LInf, n)
		for range 6 - n/2 {
			g, size := make([]int64, n), int64(0)
			for k := range g {
				g[k] = rnd.Int64N(2001) - 1000
				size += max(g[k], -g[k])
			}
			p.Cut(exact.NewRow(size/2+1, g...))
		}
		require.True(t, byFaces(t, n, p), "seed %d", seed)
	}
}

// holds tells that just those constraints with a bit hold at a vertex, and that they say where it
// is.
func holds(t *rapid.T, n int, v *exact.Vertex, rows []exact.Row) {
	var on []exact.Row
	for i, r := range rows {
		require.Equal(t, r.Eval(v.Rats()).Sign() == 0, v.On.Bit(i) == 1)
		if v.On.Bit(i) == 1 {
			on = append(on, r)
		}
	}
	num, den := exact.Meet(n, on)
	require.Zero(t, den.Cmp(v.Den))
	for k := range num {
		require.Zero(t, num[k].Cmp(v.Num[k]))
	}
}

// facets are the constraints that a polytope begins with.
func facets(norm ball.Norm, n int) (rows []exact.Row) {
	for i := range 1 << n {
		g := make([]int64, n)
		for k := range g {
			g[k] = int64(1 - 2*(i>>k&1))
		}
		if norm == ball.L1 {
			rows = append(rows, exact.NewRow(1, g...))
		}
	}
	for i := 0; norm != ball.L1 && i < 2*n; i++ {
		g := make([]int64, n)
		g[i/2] = int64(1 - 2*(i&1))
		rows = append(rows, exact.NewRow(1, g...))
	}
	return rows
}

func TestReachesTheBall(t *testing.T) {
	line := exact.NewRow(-5, 3, 4) // touches the disc
	require.False(t, exact.Reaches([]exact.Row{line, line.Neg()}))
	nearer := exact.NewRow(-49, 30, 40)
	require.True(t, exact.Reaches([]exact.Row{nearer, nearer.Neg()}))
	require.False(t, exact.Reaches([]exact.Row{nearer, nearer.Neg(), exact.NewRow(-9, 10, 0)}), "that part of it does not")
}

// A point on the sphere counts for NearestTouching alone, and only where no row is farther.
func TestNearestTouching(t *testing.T) {
	row := func(g0, g1, h int64) exact.Row {
		return exact.Row{G: []*big.Int{big.NewInt(g0), big.NewInt(g1)}, H: big.NewInt(h)}
	}
	tangent, farther, nearer := row(3, 4, -5), row(10, 0, -7), row(10, 0, -6)
	for _, c := range []struct {
		rows     []exact.Row
		touching bool
	}{{[]exact.Row{tangent}, true}, {[]exact.Row{tangent, nearer}, true}, {[]exact.Row{tangent, farther}, false}, {[]exact.Row{farther, tangent}, false}, {[]exact.Row{row(3, 4, -6)}, false}} {
		y, err := exact.Nearest(nil, c.rows)
		require.NoError(t, err)
		require.Nil(t, y)
		y, err = exact.NearestTouching(nil, c.rows)
		require.NoError(t, err)
		if !c.touching {
			require.Nil(t, y)
			continue
		}
		require.Equal(t, []string{"3/5", "4/5"}, []string{y[0].RatString(), y[1].RatString()})
	}
	inside := []exact.Row{row(3, 4, -4)}
	y, err := exact.Nearest(nil, inside)
	require.NoError(t, err)
	z, err := exact.NearestTouching(nil, inside)
	require.NoError(t, err)
	require.Equal(t, y, z)
}

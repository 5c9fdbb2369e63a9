package enumerate_test

// The vertices and facets of regions, against rationals.

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/network"
)

func TestVerticesAreThoseOfTheClosure(t *testing.T) {
	marks, regions := attack.NewMarks(), 0
	see := func(name string, n *network.Network, b ball.Ball) {
		if b.Norm() == ball.L2 && n.Inputs() > 1 || n.Inputs() > 3 || n.Neurons() > 12 {
			return
		}
		all := regionsOf(t, n, b)
		gen.NewRand(1).Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		for _, r := range all[:min(len(all), 12)] {
			regions++
			require.Empty(t, enumerate.WrongVertices(r, marks), "%s, region %v", name, r.Pattern)
		}
	}
	for _, c := range samples() {
		see(c.Name, c.Net, c.Ball)
	}
	for seed := range uint64(8) {
		for k, norm := range []ball.Norm{ball.L1, ball.LInf, ball.Box} {
			in := 1 + (int(seed)+k)%3
			see(fmt.Sprint(seed, norm), he(seed, in, 4, 4), ballAt(t, norm, in, 0.25, 2))
			see(fmt.Sprint(seed, norm, " central"), gen.Threshold(2), ballAt(t, norm, 3, 0, 1))
		}
	}
	require.Greater(t, regions, 300)
	t.Logf("%d regions, a vertex is off by %.3g of its bound at most", regions, marks.Ratio("vertex of a region"))
}

// In the plane they go around the region.
func TestVerticesGoAroundInThePlane(t *testing.T) {
	n, b := he(21, 2, 8, 8), ballAt(t, ball.L1, 2, 0.5, 1)
	exact, err := twin.Polygons(n, b)
	require.NoError(t, err)
	all := regionsOf(t, n, b)
	require.Len(t, all, len(exact))
	sum := 0.0
	for _, r := range all {
		list, err := r.Vertices()
		require.NoError(t, err)
		for i, v := range list {
			w := list[(i+1)%len(list)]
			sum += (v.X[0]*w.X[1] - v.X[1]*w.X[0]) / 2
		}
	}
	require.InDelta(t, 2, sum, 1e-12, "their areas add up to the ball's")
}

// The area of a sliver is beyond floats, which had its vertices go clockwise as often as not.
func TestVerticesOfSliversGoCounterclockwise(t *testing.T) {
	slivers := 0
	for seed := range uint64(12) {
		rng := gen.NewRand(seed)
		var w, b []float64
		for range 2 {
			g, h, c := float64(rng.IntN(7)-3), float64(1+rng.IntN(3)), float64(rng.IntN(5)-2)/4
			for k := range 3 {
				w, b = append(w, g, h), append(b, c+math.Ldexp(float64(k), -52-int(seed%4)))
			}
		}
		n := netOf(t, dense(network.ReLU, w, b))
		for _, norm := range []ball.Norm{ball.LInf, ball.L1, ball.Box} {
			for _, r := range regionsOf(t, n, ballAt(t, norm, 2, 0.25, 1)) {
				list, err := r.Vertices()
				require.NoError(t, err)
				exact, err := r.VerticesExact()
				require.NoError(t, err)
				x := func(i int) []*big.Rat {
					f := list[i%len(list)].Facets
					return exact[slices.IndexFunc(exact, func(v enumerate.ExactVertex) bool { return slices.Equal(v.Facets, f) })].X
				}
				for i := range list {
					o, p, q := x(i), x(i+1), x(i+2)
					side := func(j, k int) *big.Rat {
						a, b := new(big.Rat).Sub(p[j], o[j]), new(big.Rat).Sub(q[k], o[k])
						return a.Mul(a, b)
					}
					turn := new(big.Rat).Sub(side(0, 1), side(1, 0))
					require.Positive(t, turn.Sign(), "seed %d, %v, %v", seed, norm, r.Pattern)
					if f, _ := turn.Float64(); f < 1e-15 {
						slivers++
					}
				}
			}
		}
	}
	require.Greater(t, slivers, 100)
}

func TestFacetsAreTheNeuronsAround(t *testing.T) {
	n, b := folded()
	want := map[string][]int{"-+-": {0, 2}, "-++": {2}, "+--": {0, 2}, "+-+": {2}} // both first neurons are zero at 0
	for _, r := range regionsOf(t, n, b) {
		got, err := r.Facets()
		require.NoError(t, err)
		require.Equal(t, want[r.Pattern.String()], got, r.Pattern.String())
	}
}

func TestNoVertices(t *testing.T) {
	for _, c := range []struct {
		norm   ball.Norm
		inputs int
		says   string
	}{{ball.L2, 2, "no polytope"}, {ball.L1, 6, "expected 5 at most"}, {ball.LInf, 8, "expected 7 at most"}} {
		for r, err := range enumerate.Regions(context.Background(), he(1, c.inputs, 2), ballAt(t, c.norm, c.inputs, 0, 1), enumerate.Options{Workers: 1}) {
			require.NoError(t, err)
			_, err = r.Vertices()
			require.ErrorIs(t, err, enumerate.ErrNoVertices)
			require.ErrorContains(t, err, c.says)
			_, err = r.Facets()
			require.ErrorIs(t, err, enumerate.ErrNoVertices)
		}
	}
	for r, err := range enumerate.Regions(context.Background(), he(1, 7, 2), ballAt(t, ball.Box, 7, 0, 1), enumerate.Options{Workers: 1}) {
		require.NoError(t, err)
		list, err := r.Vertices()
		require.NoError(t, err)
		require.Greater(t, len(list), 7)
	}
}

// The network without neurons has the ball's.
func TestVerticesOfTheBall(t *testing.T) {
	n := netOf(t, dense(network.None, []float64{1, 2}, []float64{0.5}))
	for norm, want := range map[ball.Norm]int{ball.L1: 4, ball.LInf: 4, ball.Box: 4} {
		list, err := regionsOf(t, n, ballAt(t, norm, 2, 0, 1))[0].Vertices()
		require.NoError(t, err)
		require.Len(t, list, want)
	}
}

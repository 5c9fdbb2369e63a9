package enumerate_test

// The graph of the regions, their vertices and their volumes, exactly.

import (
	"context"
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// graphOf returns the graph, which is symmetric and connected, or there would be an error.
func graphOf(t fataler, n *network.Network, b ball.Ball) *enumerate.Graph {
	t.Helper()
	g, err := enumerate.NewGraph(context.Background(), regionsOf(t, n, b))
	require.NoError(t, err, "%v in %v", n.Widths(), b)
	return g
}

// addUp insists that the volumes of all regions add up to the ball's.
func addUp(t fataler, all []enumerate.Region, b ball.Ball) {
	t.Helper()
	want, polytope := enumerate.BallVolume(b)
	if !polytope {
		return
	}
	var sum enumerate.Volumes
	for _, r := range all {
		v, err := r.Volume()
		require.NoError(t, err)
		require.Positive(t, v.Sign())
		sum.Add(r.Pattern, v)
	}
	require.Zero(t, want.Cmp(sum.Sum()), "%v, the ball has %v", sum.Sum(), want)
}

func TestGraphsAndVolumesOfAllSamples(t *testing.T) {
	graphs := 0
	for _, c := range samples() {
		if c.Net.Inputs() > 4 || c.Net.Neurons() > 24 {
			continue
		}
		graphs++
		g := graphOf(t, c.Net, c.Ball)
		addUp(t, g.Regions, c.Ball)
	}
	require.Greater(t, graphs, 40)
}

// Degenerate networks of small integers, in all balls: hyperplanes that are one, that meet in more
// than n, neurons that are zero on a region, and neurons that bend back.
func TestGraphsAreThoseOfAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, 1, 3, 7)
		g := graphOf(t, c.Net, c.Ball)
		addUp(t, g.Regions, c.Ball)
		if len(g.Regions) > 24 || c.Net.Inputs() == 3 && (c.Ball.Norm() == ball.L2 || len(g.Regions) > 8) {
			return
		}
		edges := map[[2]int]int{}
		for _, e := range g.Edges {
			edges[[2]int{e.A, e.B}] = e.Neuron
		}
		require.Len(t, edges, len(g.Edges))
		for i, r := range g.Regions {
			for k := range i {
				neuron, ok := edges[[2]int{k, i}]
				require.Equal(t, enumerate.Beside(g.Regions[k], r), ok, "%v and %v", g.Regions[k].Pattern, r.Pattern)
				if ok {
					require.Equal(t, firstDifference(g.Regions[k].Pattern, r.Pattern), neuron)
				}
			}
		}
	})
}

func firstDifference(p, q network.Pattern) int {
	for i := range p {
		if p[i] != q[i] {
			return i
		}
	}
	return -1
}

// What a region is does not depend on whether floats told.
func TestRegionsAreTheSameWithoutFloats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, 1, 4, 8)
		for i, r := range regionsOf(t, c.Net, c.Ball) {
			if i > 6 {
				break
			}
			beside, vertices, volume := r.Described()
			b, v, w := r.Undescribed()
			require.Equal(t, b, beside, r.Pattern)
			require.Equal(t, v, vertices)
			require.Zero(t, w.Cmp(volume))
		}
	})
}

// In the plane regions have the areas of an exact clipping, and in space their number of neighbours
// is known for cubes.
func TestVolumesAreThoseOfExactPolygons(t *testing.T) {
	for seed := range uint64(4) {
		n, b := he(seed, 2, 6, 6), ballAt(t, ball.LInf, 2, 0.25, 1)
		exact, err := twin.Polygons(n, b)
		require.NoError(t, err)
		area := map[string]*big.Rat{}
		for _, p := range exact {
			area[p.Pattern.String()] = p.Area()
		}
		for _, r := range regionsOf(t, n, b) {
			v, err := r.Volume()
			require.NoError(t, err)
			require.Zero(t, area[r.Pattern.String()].Cmp(v))
			list, err := r.VerticesExact()
			require.NoError(t, err)
			near, err := r.Vertices()
			require.NoError(t, err)
			require.Len(t, near, len(list))
		}
	}
}

func TestGraphOfAGridIsTheGrid(t *testing.T) {
	// x, x − ½, y, y − ½, z in a cube: 3 × 3 × 2 boxes.
	n := planes(t, []float64{1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1}, []float64{0, -0.5, 0, -0.5, 0})
	g := graphOf(t, n, ballAt(t, ball.Box, 3, 0, 1))
	require.Len(t, g.Regions, 18)
	require.Len(t, g.Edges, 2*3*2+2*3*2+9)
	require.InDelta(t, 66.0/18, g.Degree(), 1e-12)
	degrees := 0
	for _, list := range g.Neighbours() {
		degrees += len(list)
	}
	require.Equal(t, 66, degrees)
}

// Floats of a vertex used to depend on which regions had been asked for before.
func TestVerticesDoNotDependOnWhatWasAskedBefore(t *testing.T) {
	for seed := range uint64(3) {
		n, b := he(seed, 3, 8, 8), ballAt(t, ball.LInf, 3, 0.25, 1)
		want := map[string]string{}
		for _, r := range regionsOf(t, n, b) {
			list, err := r.Vertices()
			require.NoError(t, err)
			want[r.Pattern.String()] = fmt.Sprint(list)
		}
		all := regionsOf(t, n, b)
		gen.NewRand(seed).Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		for _, r := range all {
			list, err := r.Vertices()
			require.NoError(t, err)
			require.Equal(t, want[r.Pattern.String()], fmt.Sprint(list))
		}
	}
}

func TestNoGraph(t *testing.T) {
	n, b := he(1, 2, 4), ballAt(t, ball.LInf, 2, 0, 1)
	all := regionsOf(t, n, b)
	_, err := enumerate.NewGraph(context.Background(), all[1:])
	require.ErrorContains(t, err, "expected all of the ball")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = enumerate.NewGraph(ctx, all)
	require.ErrorIs(t, err, context.Canceled)
	_, err = enumerate.NewGraph(context.Background(), regionsOf(t, he(1, 8, 2), ballAt(t, ball.LInf, 8, 0, 1)))
	require.ErrorIs(t, err, enumerate.ErrNoVertices)
	_, err = regionsOf(t, he(1, 2, 2), ballAt(t, ball.L2, 2, 0, 1))[0].Volume()
	require.ErrorIs(t, err, enumerate.ErrNoVertices)
}

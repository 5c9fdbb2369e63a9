package bound_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/network"
)

func drawMaxima(t *rapid.T) (*network.Network, ball.Ball) {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	inputs := 1 + rng.IntN(3)
	n := gen.Maxima(rng, inputs, 6)
	center := make([]float64, inputs)
	for k := range center {
		center[k] = float64(rng.IntN(5)-2) / 4
	}
	b, err := ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[rng.IntN(3)], center, []float64{0.25, 0.5, 1, 3}[rng.IntN(4)])
	require.NoError(t, err)
	return n, b
}

func countOf(t require.TestingT, n *network.Network, b ball.Ball) int64 {
	c, err := twin.CountExactly(n, b)
	require.NoError(t, err)
	return c.Int64()
}

// No bound is on the wrong side of a count of a network with maxima, and they are ordered as for
// others; the network that comes nearest to a boundary is the one with one region.
func TestBoundsOfMaxima(t *testing.T) {
	ones, equal := 0, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		n, b := drawMaxima(t)
		count := countOf(t, n, b)
		rs := all(n, b)
		requireSound(t, rs, count)
		requireDominance(t, rs)
		for _, r := range rs {
			if r.Value.Int64() == count {
				equal[r.Name]++
			}
			switch r.Name {
			case "boundary":
				require.Equal(t, min(count, 2), r.Value.Int64())
			case "combined":
				require.True(t, count > 1 || r.Value.Int64() == 1)
			}
		}
		if count == 1 {
			ones++
		}
		ws, err := bound.Sample(context.Background(), n, b, 50, 1)
		require.NoError(t, err)
		seen := map[string]bool{}
		for _, w := range ws {
			_, p := n.ForwardExact(w.X)
			require.Equal(t, p, w.Pattern)
			require.False(t, seen[p.String()])
			seen[p.String()] = true
		}
	})
	require.NotZero(t, ones)
	t.Log(equal)
}

// A maximum of k forms makes k cells, m of them at most Σ_{j≤d} C(m,j)(k−1)^j, and that is
// attained.
func TestMaximaMakeAsManyCellsAsTheTheoremAllows(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for _, c := range []struct {
		inputs int
		pieces []int
		want   int64
	}{
		{1, []int{4}, 4}, {1, []int{3, 4, 2}, 1 + 2 + 3 + 1}, {2, []int{3, 4}, 12}, {2, []int{3, 3, 3}, 1 + 6 + 12}, {3, []int{2, 5}, 10}, {2, []int{2, 3, 5}, 1 + 7 + 2 + 4 + 8},
	} {
		rows := 0
		for _, k := range c.pieces {
			rows += k
		}
		l := network.Layer{Act: network.Max, Pieces: c.pieces, B: make([]float64, rows)}
		w := mat.NewDense(rows, c.inputs, nil)
		most := int64(0)
		for range 60 {
			for j := range rows {
				norm := 0.0
				for k := range c.inputs {
					w.Set(j, k, rng.NormFloat64())
					norm += w.At(j, k) * w.At(j, k)
				}
				l.B[j] = -norm / 2 // each form is the largest of its group somewhere: tangents of a paraboloid
			}
			l.W = w
			n, err := network.New([]network.Layer{l})
			require.NoError(t, err)
			b, err := ball.New(ball.LInf, make([]float64, c.inputs), 64)
			require.NoError(t, err)
			for _, name := range []string{"zaslavsky", "montufar", "serra", "hinz-montufar", "hinz-serra"} {
				require.Equal(t, c.want, value(t, name, n, b).Int64(), name)
			}
			if most < c.want {
				most = max(most, countOf(t, n, b))
			}
		}
		require.LessOrEqual(t, most, c.want)
		if c.inputs == 1 {
			require.Equal(t, c.want, most)
		}
		t.Log(c, most)
	}
}

// The nearest boundary of a network with maxima: a ball of that radius has one region, a larger one
// not.
func TestNearestBoundaryOfMaxima(t *testing.T) {
	finite := 0
	rapid.Check(t, func(t *rapid.T) {
		n, b := drawMaxima(t)
		d, err := bound.NearestBoundaryOf(context.Background(), n, b)
		require.NoError(t, err)
		if d.Neuron < 0 {
			require.EqualValues(t, 1, countOf(t, n, b))
			return
		}
		require.Less(t, d.Neuron, n.Neurons())
		if d.Lower > 0 && d.Lower < 64 {
			inner, err := ball.New(b.Norm(), b.Center(), d.Lower)
			require.NoError(t, err)
			require.EqualValues(t, 1, countOf(t, n, inner))
			finite++
		}
		if d.Upper < 64 {
			outer, err := ball.New(b.Norm(), b.Center(), math.Nextafter(d.Upper, 100))
			require.NoError(t, err)
			require.Greater(t, countOf(t, n, outer), int64(1))
		}
	})
	require.NotZero(t, finite)
}

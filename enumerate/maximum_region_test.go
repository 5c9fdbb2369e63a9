package enumerate_test

// What is asked of the regions of networks with maxima: constraints, vertices, volumes, neighbours.

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/network"
)

func drawMaxima(t *rapid.T, maxInputs int, norms ...ball.Norm) (*network.Network, ball.Ball) {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	n := gen.Maxima(rng, 1+rng.IntN(maxInputs), 5)
	b, err := ball.New(norms[rng.IntN(len(norms))], make([]float64, n.Inputs()), 2)
	require.NoError(t, err)
	return n, b
}

// The graph of the regions is that of all pairs with a facet in common, and volumes add up.
func TestGraphsOfMaximaAreThoseOfAllPairs(t *testing.T) {
	pairs := 0
	rapid.Check(t, func(t *rapid.T) {
		n, b := drawMaxima(t, 3, ball.L2, ball.LInf, ball.L1)
		g := graphOf(t, n, b)
		addUp(t, g.Regions, b)
		if len(g.Regions) > 24 || n.Inputs() == 3 && (b.Norm() == ball.L2 || len(g.Regions) > 8) {
			return
		}
		edges := map[[2]int]int{}
		for _, e := range g.Edges {
			edges[[2]int{e.A, e.B}] = e.Neuron
		}
		for i, r := range g.Regions {
			for k := range i {
				neuron, ok := edges[[2]int{k, i}]
				require.Equal(t, enumerate.Beside(g.Regions[k], r), ok, "%v and %v", g.Regions[k].Pattern, r.Pattern)
				if ok {
					pairs++
					require.Equal(t, firstDifference(g.Regions[k].Pattern, r.Pattern), neuron)
				}
			}
		}
	})
	if !testing.Short() { // of a fifth of the draws
		require.Greater(t, pairs, 100)
	}
}

// Vertices and facets are those of all choices of constraints, and a region's constraints hold at
// its point and say what its pattern does.
func TestRegionsOfMaximaByTheirConstraints(t *testing.T) {
	marks := attack.NewMarks()
	rapid.Check(t, func(t *rapid.T) {
		n, b := drawMaxima(t, 3, ball.LInf, ball.L1)
		for i, r := range regionsOf(t, n, b) {
			if i > 8 {
				break
			}
			if n.Signs() <= 12 {
				require.Empty(t, enumerate.WrongVertices(r, marks), "region %v", r.Pattern)
			}
			c, err := r.Cell()
			require.NoError(t, err)
			require.Len(t, c.Rows, len(c.Neurons))
			for i, row := range c.Rows {
				require.Positive(t, row.Eval(c.Inside).Sign())
				r.NeuronIntegers(c.Neurons[i], func(of []*big.Int, exp int) {
					same, times := c.RowOf(of)
					require.Equal(t, int(r.Pattern[c.Neurons[i]]), same.Eval(c.Inside).Sign(), times)
				})
			}
		}
	})
}

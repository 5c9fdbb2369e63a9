// Bounds that cost nothing.

package tree

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/network"
)

func drawNet(rng *rand.Rand, n int, widths ...int) *network.Network {
	var ls []network.Layer
	for _, m := range widths {
		l := network.Layer{W: mat.NewDense(m, n, nil), B: make([]float64, m), Act: network.ReLU}
		l.W.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, l.W)
		for j := range l.B {
			l.B[j] = rng.NormFloat64()
		}
		ls, n = append(ls, l), m
	}
	net, err := network.New(ls)
	if err != nil {
		panic(err)
	}
	return net
}

// A rough bound is never below the recursion's.
func TestRoughUpperIsAnUpperBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		widths := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 4).Draw(t, "widths")
		inputs := rapid.IntRange(1, 40).Draw(t, "inputs")
		net := drawNet(rand.New(rand.NewPCG(1, 2)), inputs, widths...)
		require.GreaterOrEqual(t, RoughUpper(net).Cmp(bound.Recursion(bound.Unsettled(net), inputs)), 0)
	})
}

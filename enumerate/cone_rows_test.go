package enumerate_test

// Central arrangements in more inputs than a table of their square has room for.

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/network"
)

// central is a layer without biases.
func central(t *testing.T, rng *rand.Rand, inputs, neurons int) (*network.Network, ball.Ball) {
	w := mat.NewDense(neurons, inputs, nil)
	for i := range neurons {
		for k := range inputs {
			w.Set(i, k, float64(rng.IntN(5)-2))
		}
	}
	n, err := network.New([]network.Layer{{W: w, B: make([]float64, neurons), Act: network.ReLU}})
	require.NoError(t, err)
	b, err := ball.New(ball.L2, make([]float64, inputs), 1)
	require.NoError(t, err)
	return n, b
}

func TestConesByRowsAreThoseByVertices(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 7))
	for range 20 {
		n, b := central(t, rng, 2+rng.IntN(7), 3+rng.IntN(8))
		byRows := enumerate.Forced{NoVertices: true, Solver: func(_ ball.Norm, n int) lp.Incremental {
			c := &lp.Cone{Incremental: new(lp.Rows)}
			c.Reset(ball.L2, n)
			return c
		}}
		got, err := enumerate.CountForced(t.Context(), n, b, enumerate.Options{Workers: 1}, byRows)
		require.NoError(t, err)
		want, err := enumerate.CountForced(t.Context(), n, b, enumerate.Options{Workers: 1}, enumerate.Forced{NoVertices: true})
		require.NoError(t, err)
		require.Equal(t, want.Lower, got.Lower)
		require.True(t, got.Exact)
	}
}

// The process ended for want of memory.
func TestACentralNetworkOfManyInputsIsCounted(t *testing.T) {
	n, b := central(t, rand.New(rand.NewPCG(3, 8)), 100_000, 3)
	r, err := enumerate.Count(t.Context(), n, b, enumerate.Options{Workers: 1})
	require.NoError(t, err)
	require.Equal(t, int64(8), r.Lower.Int64())
	require.True(t, r.Exact)
}

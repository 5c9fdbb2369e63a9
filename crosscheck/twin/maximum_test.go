package twin_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/network"
)

// Cells that are cut themselves and cells that are questions agree on maxima.
func TestTwinsAgreeOnMaxima(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		inputs := 1 + rng.IntN(3)
		n := gen.Maxima(rng, inputs, 4)
		b, err := ball.New(ball.LInf, make([]float64, inputs), 2)
		require.NoError(t, err)
		count := []func(*network.Network, ball.Ball) (*big.Int, error){twin.CountIntervals, twin.CountPolygons, twin.CountPolyhedra}[inputs-1]
		want, err := count(n, b)
		require.NoError(t, err)
		got, err := twin.CountExactly(n, b)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// The counter for any number of inputs against the independent ones, and
// against theorems where those do not reach.

package twin

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
)

func TestCountExactlyOnKnownCases(t *testing.T) {
	for _, c := range gen.KnownCases() {
		if c.Want.Cmp(big.NewInt(120)) > 0 {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			got, err := CountExactly(c.Net, c.Ball)
			require.NoError(t, err)
			require.Equal(t, c.Want.String(), got.String())
		})
	}
}

func TestCountExactlyAgreesWithClipping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawTernary(t, rapid.IntRange(1, 2).Draw(t, "inputs"))
		if rapid.Bool().Draw(t, "random weights") {
			c = gen.RandomCase(gen.NewRand(rapid.Uint64().Draw(t, "case")), gen.RandomOptions{Inputs: c.Net.Inputs(), MaxNeurons: 6})
		}
		got, err := CountExactly(c.Net, c.Ball)
		require.NoError(t, err)
		require.Equal(t, exactCount(t, c.Net, c.Ball), got.String())
	})
}

func TestCountExactlyRefusesAnotherDimension(t *testing.T) {
	_, err := CountExactly(gen.Resonance(3), gen.AtOrigin(ball.L2, 2))
	require.EqualError(t, err, "ball: 2 coordinates, expected 3, one per input of the network")
}

package onnx

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

func readBack(t require.TestingT, n *network.Network) *network.Network {
	var b bytes.Buffer
	require.NoError(t, Write(&b, n, false))
	back, im, err := Read(&b)
	require.NoError(t, err)
	require.Empty(t, im.Rounded)
	return back
}

// A network with maxima is read back as the same function.
func TestMaximaAreWrittenAsTheSameFunction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		n := gen.Maxima(rng, 1+rng.IntN(3), 6)
		back := readBack(t, n)
		require.Equal(t, n.Hidden(), back.Hidden())
		for range 5 {
			x := make([]*big.Float, n.Inputs())
			for k := range x {
				x[k] = big.NewFloat(float64(rng.IntN(17)-8) / 4)
			}
			want, _ := n.ForwardExact(x)
			got, _ := back.ForwardExact(x)
			for i := range want {
				require.Zero(t, want[i].Cmp(got[i]))
			}
		}
		require.Equal(t, back.Fingerprint(), readBack(t, back).Fingerprint(), "what is read is written as it is")
	})
}

// The files that PyTorch 1.13 writes of one module, an RNN(2, 3, nonlinearity='relu',
// batch_first=True) and a Linear(3, 1) of its last step, from seed 1: as ONNX with a free number of
// steps, and its state dict by numpy.savez. Both are the same network, and PyTorch's value at a
// sequence is near the exact one.

package rnn

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/arrays"
	"github.com/relucell/relucell/network/onnx"
)

// singlePrecision bounds the relative error of some dozen operations in float32.
const singlePrecision = 0x1p-19

func TestFilesOfTorchAreTheSameNetwork(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "torch.npz"))
	require.NoError(t, err)
	state, floats, err := arrays.NPZ(bytes.NewReader(raw))
	require.NoError(t, err)
	require.Equal(t, "float32", floats)
	r, _, err := FromState(state)
	require.NoError(t, err)
	require.Nil(t, r.B2, "the sums of these biases are exact")
	graph, err := os.ReadFile(filepath.Join("testdata", "torch.onnx"))
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 1))
	for _, steps := range []int{1, 4, 9} {
		a, err := r.Unroll(steps)
		require.NoError(t, err)
		b, _, err := onnx.ReadWith(bytes.NewReader(graph), onnx.Options{Steps: steps})
		require.NoError(t, err)
		require.Equal(t, a.Neurons(), b.Neurons())
		for range 20 {
			x := make([]*big.Float, a.Inputs())
			for i := range x {
				x[i] = big.NewFloat(rng.NormFloat64())
			}
			ya, pa := a.ForwardExact(x)
			yb, pb := b.ForwardExact(x)
			require.Equal(t, pa, pb)
			require.Zero(t, ya[0].Cmp(yb[0]))
		}
	}
	n, err := r.Unroll(4)
	require.NoError(t, err)
	x := []float64{0.22219669818878174, 0.5773255228996277, -1.7637077569961548, 0.22638598084449768,
		-0.2355145961046219, 0.30185946822166443, -0.27700409293174744, 0.47707608342170715}
	require.InEpsilon(t, -0.3694912791252136, n.Forward(x)[0], singlePrecision)
	require.Equal(t, proved(t, n, 0), proved(t, mustRead(t, graph, 4), 0))
}

func mustRead(t *testing.T, graph []byte, steps int) *network.Network {
	n, _, err := onnx.ReadWith(bytes.NewReader(graph), onnx.Options{Steps: steps})
	require.NoError(t, err)
	return n
}

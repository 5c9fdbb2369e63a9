package network

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/dyadic"
)

// TestNeuronForms holds the forms of neurons to the network that ends with them as outputs.
func TestNeuronForms(t *testing.T) {
	w := func(m, n int, v ...float64) *mat.Dense { return mat.NewDense(m, n, v) }
	layers := []Layer{
		{W: w(2, 2, 1, 2, 0.1, 1), B: []float64{0, 1}},
		{W: w(3, 2, 1, -1, 2, 0.3, 1, 1), B: []float64{0.5, 0, -1}, Act: Mixed, Slopes: []float64{0, 1, -0.7}},
		{W: w(2, 3, 1, 2, 3, -1, 0.25, 0), B: []float64{0, 0.1}},
		{W: w(2, 2, 1, 1, -2, 1), B: []float64{0, 0}, Act: ReLU},
		{W: w(1, 2, 1, 1), B: []float64{0}},
	}
	n, err := New(layers)
	require.NoError(t, err)
	require.Equal(t, 4, n.Neurons())
	pass := n.NewAffinePass()
	units := [][2]int{{1, 0}, {1, 2}, {3, 0}, {3, 1}}
	for _, p := range []Pattern{{1, 1, 1, 1}, {-1, 1, -1, 1}, {1, -1, 0, -1}, {-1, -1, 1, 1}} {
		for j, u := range units {
			cut := append([]Layer(nil), layers[:u[0]+1]...)
			cut[u[0]].Act, cut[u[0]].Slopes = None, nil
			m, err := New(cut)
			require.NoError(t, err)
			W, b := m.Affine(p[:m.Neurons()])
			row, exp := pass.Neuron(p, j)
			for k, want := range append(append([]*big.Float(nil), W[u[1]]...), b[u[1]]) {
				require.Zero(t, want.Cmp(dyadic.Float(row[k], exp)), "%v %d", p, j)
			}
		}
	}
	require.Panics(t, func() { pass.Neuron(Pattern{1, 1, 1, 1}, 4) })
	require.Panics(t, func() { pass.Neuron(Pattern{1}, 0) })
}

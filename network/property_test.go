package network

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func TestProperty(t *testing.T) {
	n, err := New([]Layer{{W: mat.NewDense(2, 1, []float64{1, -1}), B: []float64{0, 0}, Act: ReLU},
		{W: mat.NewDense(2, 2, []float64{1, 1, 0, 0.1}), B: []float64{0, 0.5}}})
	require.NoError(t, err)
	p, err := Property(n, [][]float64{{1, 0}, {-1, 3}}, []float64{2, 0x1p-60})
	require.NoError(t, err)
	require.Equal(t, n.Neurons()+2, p.Neurons())
	require.Equal(t, Pattern{-1, 1, -1, 1}, p.Pattern([]float64{-2 + 0x1p-52}))
	require.Equal(t, Pattern{-1, 1, 0, 1}, p.Pattern([]float64{-2}))
	require.Equal(t, Pattern{1, -1, -1, 1}, p.Pattern([]float64{1}))
	for name, c := range map[string]struct {
		rows   [][]float64
		limits []float64
	}{
		"expected as many of each": {[][]float64{{1, 0}}, nil},
		"and one at least":         {nil, nil},
		"row 0: 1 coefficients":    {[][]float64{{1}}, []float64{0}},
		"layer 2: bias":            {[][]float64{{1, 0}}, []float64{math.Inf(1)}},
		"layer 2: weights":         {[][]float64{{1, math.NaN()}}, []float64{0}},
	} {
		_, err := Property(n, c.rows, c.limits)
		require.ErrorContains(t, err, name)
	}
}

package network_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

// deep is a network of so many layers of two neurons between three inputs and one output.
func deep(t *testing.T, layers int) *network.Network {
	t.Helper()
	all := []network.Layer{gen.ReLU([]float64{1, 1, 1, 1, 1, 1}, []float64{0, 1})}
	for len(all) < layers {
		all = append(all, gen.ReLU([]float64{1, 2, 3, 4}, []float64{0, 1}))
	}
	return gen.Build(append(all, gen.Affine([]float64{1, 1}, []float64{0}))...)
}

func TestWidthsOfManyLayersAreCounted(t *testing.T) {
	require.Equal(t, "3-2-1", deep(t, 1).Widths())
	require.Equal(t, "3-2-2-2-2-2-2-2-2-2-1", deep(t, 9).Widths())
	require.Equal(t, "3-2×10-1", deep(t, 10).Widths())
	require.Equal(t, "3-2×200-1", deep(t, 200).Widths())
}

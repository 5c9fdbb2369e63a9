package bound_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

// TestSparseRowsHaveTheSameBounds: all of them, for networks of few weights in either storage.
func TestSparseRowsHaveTheSameBounds(t *testing.T) {
	rng := gen.NewRand(11)
	for i := range 8 {
		n := gen.Random(rng, gen.RandomOptions{Inputs: 1 + i%4, Widths: []int{6, 5, 4}})
		dense := gen.CopyLayers(n)
		sparse := gen.CopyLayers(n)
		for l := range dense {
			for j := range dense[l].B {
				for k := range dense[l].In() {
					if rng.IntN(2) == 0 {
						dense[l].Dense().Set(j, k, 0)
					}
				}
			}
			sparse[l].W = dense[l].Sparse()
		}
		center := make([]float64, n.Inputs())
		for k := range center {
			center[k] = rng.NormFloat64()
		}
		for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
			b, err := ball.New(norm, center, 0.25)
			require.NoError(t, err)
			want := values(t, dense, b)
			require.Equal(t, want, values(t, sparse, b))
			require.Len(t, want, len(bound.All()))
		}
	}
}

func values(t *testing.T, layers []network.Layer, b ball.Ball) map[string]string {
	n, err := network.New(layers)
	require.NoError(t, err)
	v := map[string]string{}
	for _, r := range bound.Evaluate(context.Background(), bound.All(), n, b) {
		require.NoError(t, r.Err, r.Name)
		v[r.Name] = r.Value.String()
	}
	return v
}

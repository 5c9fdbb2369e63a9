package safety

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
)

// TestSparseRowsAreSearchedAsDenseOnes: the same nodes, the same answer.
func TestSparseRowsAreSearchedAsDenseOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 0))
	seen := map[Verdict]int{}
	for range 150 {
		dense := randomNet(t, rng)
		layers := slices.Clone(dense.Layers())
		for i := range layers {
			for j := range layers[i].B {
				layers[i].Dense().Set(j, rng.IntN(layers[i].In()), 0)
			}
			layers[i].W = layers[i].Sparse()
		}
		sparse, err := network.New(layers)
		require.NoError(t, err)
		var asserts []string
		for k := range dense.Inputs() {
			asserts = append(asserts, fmtInput(k)...)
		}
		q := ask(t, dense, append(asserts, "(>= Y_0 1.5)")...)
		a, err := Verify(context.Background(), dense, q, Options{Workers: 1})
		require.NoError(t, err)
		b, err := Verify(context.Background(), sparse, q, Options{Workers: 1})
		require.NoError(t, err)
		a.Elapsed, b.Elapsed = 0, 0
		require.Equal(t, a, b)
		seen[a.Verdict]++
	}
	require.Greater(t, seen[Holds], 10)
	require.Greater(t, seen[Violated], 10)
}

func fmtInput(k int) []string {
	name := "X_" + string(rune('0'+k))
	return []string{"(>= " + name + " -1)", "(<= " + name + " 1)"}
}

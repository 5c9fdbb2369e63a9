package enumerate_test

// Bounds of cells left waiting, against what is in them.

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
)

func TestEveryWaitingCellHasAtMostItsBound(t *testing.T) {
	waiting := 0
	var regions, bounds float64
	for seed := range uint64(48) {
		o := gen.RandomOptions{Inputs: 2 + int(seed%4), Widths: [][]int{{8, 8, 6}, {7, 6, 6, 5}, {9, 9}}[seed%3], OnlyReLU: seed%5 != 0}
		n := gen.Random(gen.NewRand(seed), o)
		for _, norm := range norms {
			b := ballAt(t, norm, o.Inputs, 0.25, 0.5)
			for _, limit := range []int64{2, 40} {
				cells, err := enumerate.WaitingCells(n, b, limit)
				require.NoError(t, err)
				for _, c := range cells {
					require.True(t, c.Upper.IsInt64() && c.Regions <= c.Upper.Int64(), "seed %d, %v: %d regions, at most %v", seed, norm, c.Regions, c.Upper)
					waiting++
					regions += float64(c.Regions)
					bounds += float64(c.Upper.Int64())
				}
			}
		}
	}
	t.Logf("%d cells, %.0f regions, bounds %.0f", waiting, regions, bounds)
	require.Greater(t, waiting, 300)
}

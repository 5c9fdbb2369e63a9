// Bounds that cost nothing.

package tree

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
)

// A rough bound is never below the recursion's.
func TestRoughUpperIsAnUpperBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		widths := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 4).Draw(t, "widths")
		inputs := rapid.IntRange(1, 40).Draw(t, "inputs")
		net := gen.Random(gen.NewRand(1), gen.RandomOptions{Inputs: inputs, Widths: widths, OnlyReLU: true, NoAffine: true})
		require.GreaterOrEqual(t, RoughUpper(net).Cmp(bound.Recursion(bound.Unsettled(net), inputs)), 0)
	})
}

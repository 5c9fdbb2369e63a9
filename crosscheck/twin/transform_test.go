package twin

// The transformations of package gen, counted.

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/crosscheck/gen"
)

// Every transformation leaves the count alone, on random and degenerate cases.
func TestTransformationsKeepTheCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawTernary(t, rapid.IntRange(1, 2).Draw(t, "inputs"))
		rng := gen.NewRand(rapid.Uint64().Draw(t, "transformation seed"))
		if rapid.Bool().Draw(t, "random weights") {
			c = gen.RandomCase(rng, gen.RandomOptions{Inputs: c.Net.Inputs(), MaxNeurons: 7})
		}
		want := exactCount(t, c.Net, c.Ball)
		n, b := c.Net, c.Ball
		switch rapid.IntRange(0, 5).Draw(t, "transformation") {
		case 0:
			n = gen.AppendCopies(n, rng)
		case 1:
			n = gen.AppendNegations(n, rng)
		case 2:
			n = gen.AppendZeros(n)
		case 3:
			n = gen.PermuteNeurons(n, rng)
		case 4:
			n = gen.ScaleNeurons(n, rng)
		case 5:
			var err error
			n, b, err = gen.ScaleBall(n, b, rapid.SampledFrom([]int{-300, 300}).Draw(t, "e"))
			require.NoError(t, err)
		}
		require.Equal(t, want, exactCount(t, n, b))
	})
}

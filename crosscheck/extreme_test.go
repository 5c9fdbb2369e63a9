package crosscheck

// Bounds at the ends of the range of float64: they are rounded outward, which must hold where
// numbers leave it too.

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
)

func TestSoakBoundsOfExtremeNetworks(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("RELUCELL_SOAK is not set")
	}
	for seed := range uint64(1000) {
		c := gen.ExtremeCase(gen.NewRand(seed))
		if c.Net.Neurons() > 100 { // there lp alone takes minutes
			continue
		}
		patterns, err := twin.ExactPatterns(c.Net, c.Ball)
		require.NoError(t, err)
		for _, r := range bound.Evaluate(context.Background(), Bounds(), c.Net, c.Ball) {
			require.NoError(t, r.Err, "seed %d, %s", seed, r.Name)
			if n := int64(len(patterns)); r.Kind == bound.Upper {
				require.False(t, r.Value.IsInt64() && r.Value.Int64() < n, "seed %d, %s: %v, below %d", seed, r.Name, r.Value, n)
			} else {
				require.True(t, r.Value.IsInt64() && r.Value.Int64() <= n, "seed %d, %s: %v, above %d", seed, r.Name, r.Value, n)
			}
		}
	}
}

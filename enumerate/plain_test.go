package enumerate_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"relucell/crosscheck"
	"relucell/enumerate"
	"relucell/lp"
)

// solvers are the pure Go solvers; the tag clp adds CLP.
var solvers = map[string]func() lp.Solver{"native": lp.NewNative, "reference": lp.NewReference}

func TestPlainWalkCountsWhatTheFastWalkCounts(t *testing.T) {
	for name, make := range solvers {
		t.Run(name, func(t *testing.T) {
			for seed := uint64(0); seed < 80; seed++ {
				rng := crosscheck.NewRand(seed)
				c := crosscheck.RandomCase(rng, crosscheck.RandomOptions{MaxNeurons: 10})
				if seed%3 == 0 {
					c = crosscheck.TernaryCase(rng, 3, 4, 3)
				}
				want := count(t, c.Net, c.Ball, 2)
				got, err := enumerate.CountPlain(context.Background(), c.Net, c.Ball, make(), enumerate.Options{})
				require.NoError(t, err, "seed %d", seed)
				require.True(t, got.Exact)
				require.Equal(t, want.Lower.String(), got.Lower.String(), "seed %d %s", seed, c.Name)
			}
		})
	}
}

package enumerate_test

// The plain walk over every solver, beside the fast walk.

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

// plain counts with the plain walk and insists on an exact answer.
func plain(t fataler, c crosscheck.Case, s lp.Solver) enumerate.Result {
	t.Helper()
	r, err := enumerate.CountPlain(context.Background(), c.Net, c.Ball, s, enumerate.Options{})
	require.NoError(t, err)
	requireExact(t, r)
	return r
}

func TestPlainWalkCountsWhatTheFastWalkCounts(t *testing.T) {
	for name, solver := range solvers {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(80) {
				rng := crosscheck.NewRand(seed)
				c := crosscheck.RandomCase(rng, crosscheck.RandomOptions{MaxNeurons: 10})
				if seed%3 == 0 {
					c = crosscheck.TernaryCase(rng, 3, 4, 3)
				}
				want := count(t, c.Net, c.Ball, 2)
				require.Equal(t, want.Lower, plain(t, c, solver()).Lower, "seed %d %s", seed, c.Name)
			}
		})
	}
}

// Slivers below the native solver's noise are beyond the plain walk over it: an error, never an answer.
func TestPlainWalkOnKnownCounts(t *testing.T) {
	for name, solver := range solvers {
		for _, c := range crosscheck.KnownCases() {
			if c.Want.Int64() > 150 {
				continue
			}
			r, err := enumerate.CountPlain(context.Background(), c.Net, c.Ball, solver(), enumerate.Options{})
			if err != nil && name == "native" && c.Name == "parallel slivers" {
				continue
			}
			require.NoError(t, err, "%s, %s", c.Name, name)
			require.Equal(t, c.Want.String(), r.Lower.String(), "%s, %s", c.Name, name)
		}
	}
}

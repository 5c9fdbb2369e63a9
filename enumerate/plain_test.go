package enumerate_test

// The plain walk over every solver, beside the fast walk.

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/lptest"
	"github.com/relucell/relucell/network"
)

// solvers are the pure Go solvers; the tag clp adds CLP.
var solvers = map[string]func() lp.Solver{"native": lptest.NewNative, "reference": lp.NewReference}

// plain counts with the plain walk and insists on an exact answer.
func plain(t fataler, c gen.Case, s lp.Solver) enumerate.Result {
	t.Helper()
	r, err := enumerate.CountPlain(context.Background(), c.Net, c.Ball, s, enumerate.Options{})
	require.NoError(t, err)
	requireExact(t, r)
	audit(t, c.Net, c.Ball, r)
	return r
}

func TestPlainWalkCountsWhatTheFastWalkCounts(t *testing.T) {
	for name, solver := range solvers {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(80) {
				rng := gen.NewRand(seed)
				c := gen.RandomCase(rng, gen.RandomOptions{MaxNeurons: 10})
				if seed%3 == 0 {
					c = gen.TernaryCase(rng, 3, 4, 3)
				}
				want := count(t, c.Net, c.Ball, 2)
				require.Equal(t, want.Lower, plain(t, c, solver()).Lower, "seed %d %s", seed, c.Name)
			}
		})
	}
}

// Slivers below the native solver's noise are beyond the plain walk over it: an error, never an
// answer.
func TestPlainWalkOnKnownCounts(t *testing.T) {
	for name, solver := range solvers {
		for _, c := range gen.KnownCases() {
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

// A constraint that rounding had put outside the ball was once an error of the solver: here a sum
// that is 2⁻⁵¹ on the whole ball, and not above 0 in floats.
func TestPlainWalkOfACellThinnerThanRounding(t *testing.T) {
	leaky := func(weights, bias []float64) network.Layer {
		l := dense(network.LeakyReLU, weights, bias)
		l.Slope = 0.01
		return l
	}
	n := netOf(t, dense(network.None, []float64{1}, []float64{1}),
		leaky([]float64{1, 1, 1}, []float64{1, 1, 1}),
		leaky([]float64{1, 1, 1, 1, 1, 1, 1, 1, -2, 1, 1, 1}, []float64{1, 1, 0x1p-51, 1}),
		dense(network.None, []float64{1, 1, 1, 1}, []float64{1}))
	c := gen.Case{Net: n, Ball: ballAt(t, ball.L2, 1, 0, 0.25)}
	want := count(t, c.Net, c.Ball, 1).Lower
	for name, solver := range solvers {
		require.Equal(t, want, plain(t, c, solver()).Lower, name)
	}
}

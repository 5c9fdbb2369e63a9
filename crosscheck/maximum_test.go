package crosscheck

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
)

// casesOfMaxima are networks with maxima in balls of all norms.
func casesOfMaxima(seed uint64, cases int) iter.Seq[gen.Case] {
	return func(yield func(gen.Case) bool) {
		for i := range cases {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			n := gen.Maxima(rng, 1+rng.IntN(4), 6)
			if !yield(gen.Case{Name: fmt.Sprint("maxima ", seed, " ", i), Net: n, Ball: gen.RandomBall(rng, n)}) {
				return
			}
		}
	}
}

// Bounds of networks with maxima hold and are ordered as those of others; the dial ends at the
// count; and counts are proved.
func TestBoundsOfMaximaHold(t *testing.T) {
	rep, err := Run(context.Background(), casesOfMaxima(1, 80), ownBounds(), RunOptions{Workers: 2, Limit: 5000,
		Each: func(r Record) { requireDial(t, r); requireAudited(t, r) }})
	require.NoError(t, err)
	require.Empty(t, rep.WrongCounts)
	for _, f := range rep.Violations {
		t.Error(f)
	}
	for _, d := range rep.Dominances {
		for _, f := range d.Failures {
			t.Errorf("claim %s ≤ %s: %s", d.Finer, d.Coarser, f)
		}
	}
	for _, s := range rep.Bounds {
		require.NoError(t, s.FirstError)
	}
	require.Greater(t, rep.Exact, 75)
}

func TestMaximaAreNotMeasured(t *testing.T) {
	for c := range casesOfMaxima(1, 1) {
		_, err := Measure(context.Background(), c.Net, c.Ball)
		require.ErrorContains(t, err, "it has maxima, expected neurons of two slopes")
	}
}

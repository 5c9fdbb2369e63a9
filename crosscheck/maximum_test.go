package crosscheck

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
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

// What is measured of maxima, against counts of truncated networks and the terms of bounds.
func TestMeasuredMaximaAgainstCountsAndBounds(t *testing.T) {
	combined, ok := bound.ByName("combined")
	require.True(t, ok)
	maxima := 0
	for c := range casesOfMaxima(1, 40) {
		ms, err := Measure(context.Background(), c.Net, c.Ball)
		require.NoError(t, err)
		terms, err := combined.(bound.Explainer).Terms(context.Background(), c.Net, c.Ball)
		require.NoError(t, err)
		for _, m := range ms {
			layers := c.Net.Layers()
			r, err := enumerate.Count(context.Background(), gen.Build(layers[:m.Layer+1]...), c.Ball, enumerate.Options{Workers: 1})
			require.NoError(t, err)
			require.Equal(t, r.Lower, m.Cells, c.Name)
			require.Equal(t, layers[m.Layer].Neurons(), m.Width)
			require.Equal(t, m.Width, m.Changing+m.Active+m.Inactive)
			require.LessOrEqual(t, m.Changing, terms[m.Layer].Cutting, "%s: layer %d", c.Name, m.Layer)
			require.LessOrEqual(t, m.Splitting, m.Changing)
			if layers[m.Layer].Act == network.Max {
				maxima++
				require.Zero(t, m.Inactive)
				require.Equal(t, m.Cells, m.ByActive[m.Width])
			}
		}
	}
	require.Positive(t, maxima)
}

// max(x, y, 0) is 0 in the ball around (−2, −2), and falls into three in that around 0.
func TestAMaximumIsMeasured(t *testing.T) {
	l := gen.ReLU([]float64{1, 0, 0, 1, 0, 0}, make([]float64, 3))
	l.Act, l.Pieces = network.Max, []int{3}
	for at, want := range map[float64]MeasuredLayer{-2: {Width: 1, Active: 1, Dim: 2}, 0: {Width: 1, Changing: 1, Splitting: 1, Dim: 2}} {
		b, err := ball.New(ball.LInf, []float64{at, at}, 1)
		require.NoError(t, err)
		ms, err := Measure(context.Background(), gen.Build(l), b)
		require.NoError(t, err)
		want.Cells, want.ByActive = ms[0].Cells, ms[0].ByActive
		require.Equal(t, []MeasuredLayer{want}, ms)
		require.Equal(t, int64(1+2*want.Splitting), ms[0].Cells.Int64())
	}
}

package enumerate_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/looks"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

// roundRegion returns the first region of a walk, which has so many facets.
func roundRegion(t *testing.T, inputs, facets int) (r enumerate.Region) {
	rng := rand.New(rand.NewPCG(1, 2))
	w, b := mat.NewDense(facets, inputs, nil), make([]float64, facets)
	for j := range b {
		square := 0.0
		for k := range inputs {
			v := rng.NormFloat64()
			w.Set(j, k, v)
			square += v * v
		}
		b[j] = -math.Sqrt(square)
	}
	n, err := network.New([]network.Layer{{W: w, B: b, Act: network.ReLU}})
	require.NoError(t, err)
	box, err := ball.New(ball.LInf, make([]float64, inputs), 9)
	require.NoError(t, err)
	for r, err = range enumerate.Regions(context.Background(), n, box, enumerate.Options{Workers: 1}) {
		break
	}
	require.NoError(t, err)
	return r
}

// What was asked of a region of many facets went on for minutes after a stop.
func TestWhatIsAskedOfARegionHeedsAStop(t *testing.T) {
	r := roundRegion(t, 3, 70) // more than a word has bits, so without floats
	var asked, most int
	stop := func() bool { asked++; return asked > most }
	for name, ask := range map[string]func() error{
		"vertices":       func() error { _, err := r.VerticesUntil(stop); return err },
		"exact vertices": func() error { _, err := r.VerticesExactUntil(stop); return err },
		"neighbours":     func() error { _, err := r.NeighboursUntil(stop); return err },
		"polytope":       func() error { _, _, err := r.PolytopeUntil(stop); return err },
	} {
		asked, most = 0, math.MaxInt
		require.NoError(t, ask(), name)
		all := asked
		require.Greater(t, all, 70, "%s: it looks at each cut at least", name)
		for _, at := range []int{0, 1, all / 3, all / 2, all - 1} {
			asked, most = 0, at
			require.ErrorIs(t, ask(), exact.ErrStopped, "%s, stopped at look %d of %d", name, at, all)
			require.LessOrEqual(t, asked-at, 5, "%s: looks after the stop", name)
		}
	}
	all := looks.Counting(context.Background())
	want, err := enumerate.VolumesOf(all, []enumerate.Region{r})
	require.NoError(t, err)
	for _, at := range []int{0, all.Made() / 3, all.Made() - 2} {
		ctx := looks.After(context.Background(), at)
		_, err := enumerate.VolumesOf(ctx, []enumerate.Region{r})
		require.ErrorIs(t, err, looks.ErrEnough)
		require.LessOrEqual(t, ctx.Made()-at, 1000, "looks after the stop")
	}
	again, err := r.Volume()
	require.NoError(t, err)
	require.Zero(t, again.Cmp(want[0]), "a guide that was stopped is as good as new")
}

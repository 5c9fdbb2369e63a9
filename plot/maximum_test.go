package plot

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
)

// Networks with maxima: regions tile, have the areas and neighbours that they have exactly, and can
// be drawn in every way.
func TestMapOfMaxima(t *testing.T) {
	sides := 0
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		n := gen.Maxima(rng, 2, 6)
		b := newBall(t, []ball.Norm{ball.L2, ball.LInf, ball.L1, ball.Box}[rng.IntN(4)], []float64{0.25, 0}, 2)
		m := newMap(t, n, b)
		requireTiling(t, m)
		number := map[string]int{}
		for i, r := range m.Regions {
			number[r.Pattern.String()] = i
		}
		next := m.Neighbours()
		var all []enumerate.Region
		for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{}) {
			require.NoError(t, err)
			all = append(all, r)
			if b.Norm() == ball.L2 {
				continue
			}
			v, err := r.Volume()
			require.NoError(t, err)
			of := m.Regions[number[r.Pattern.String()]]
			whole, _ := enumerate.BallVolume(b)
			share, _ := v.Quo(v, whole).Float64()
			require.InDelta(t, share, of.Area/unitArea(b.Norm()), cornerError)
		}
		if m.Slivers() > 0 {
			return
		}
		g, err := enumerate.NewGraph(context.Background(), all)
		require.NoError(t, err)
		for _, e := range g.Edges {
			sides++
			i, k := number[all[e.A].Pattern.String()], number[all[e.B].Pattern.String()]
			require.True(t, slices.Contains(next[i], k) && slices.Contains(next[k], i), "%v beside %v", all[e.A].Pattern, all[e.B].Pattern)
		}
		colours, _ := m.Colours(len(tints) / 2)
		for i := range next {
			for _, k := range next[i] {
				require.NotEqual(t, colours[i], colours[k])
			}
		}
	})
	require.Greater(t, sides, 100)
}

package enumerate_test

// The regions themselves, one by one: each with a pattern of its own and a point in it.

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// collect takes the regions until limit, 0 for all.
func collect(t *testing.T, n *network.Network, b ball.Ball, limit int) []enumerate.Region {
	t.Helper()
	var all []enumerate.Region
	for r, err := range enumerate.Regions(context.Background(), n, b) {
		require.NoError(t, err)
		all = append(all, r)
		if len(all) == limit {
			break
		}
	}
	return all
}

// less orders patterns as the walk does: the minus side of a neuron before its plus side.
func less(a, b network.Pattern) bool {
	for j := range a {
		if a[j] != b[j] {
			return a[j] < b[j]
		}
	}
	return false
}

func TestRegionsAreDistinctOrderedAndHaveTheirWitness(t *testing.T) {
	for i, c := range samples() {
		want := count(t, c.Net, c.Ball, 1).Lower.Int64()
		all := collect(t, c.Net, c.Ball, 0)
		require.Len(t, all, int(want), "%d %s", i, c.Name)
		for k, r := range all {
			_, pattern := c.Net.ForwardExact(r.Witness)
			require.Equal(t, pattern.String(), r.Pattern.String(), "%d %s", i, c.Name)
			require.True(t, c.Ball.Interior(ball.RatsOf(r.Witness)), "%d %s", i, c.Name)
			if k > 0 { // strictly increasing, so distinct
				require.True(t, less(all[k-1].Pattern, r.Pattern), "%d %s", i, c.Name)
			}
		}
	}
}

// The regions stay what they are while the walk goes on: nothing of the walker leaks out.
func TestRegionsBelongToTheCaller(t *testing.T) {
	n, b := he(4, 3, 6, 6), ballAt(t, ball.L2, 3, 0, 1)
	var before []string
	all := []enumerate.Region{}
	for r, err := range enumerate.Regions(context.Background(), n, b) {
		require.NoError(t, err)
		before = append(before, r.Pattern.String()+r.Witness[0].String())
		all = append(all, r)
	}
	for i, r := range all {
		require.Equal(t, before[i], r.Pattern.String()+r.Witness[0].String())
	}
}

func TestRegionsStopAtABreak(t *testing.T) {
	n, b := he(4, 3, 8, 8), ballAt(t, ball.LInf, 3, 0, 1)
	all := collect(t, n, b, 0)
	for _, limit := range []int{1, 2, 17} {
		part := collect(t, n, b, limit)
		require.Len(t, part, limit)
		for i := range part {
			require.Equal(t, all[i].Pattern, part[i].Pattern)
		}
	}
}

func TestRegionsEndWithTheContext(t *testing.T) {
	n, b := he(4, 3, 10, 10), ballAt(t, ball.LInf, 3, 0, 1)
	want := count(t, n, b, 1).Lower.Int64()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var seen int64
	var last error
	for _, err := range enumerate.Regions(ctx, n, b) {
		require.NoError(t, last, "the error comes last")
		if last = err; err == nil {
			seen++
		}
		if seen >= 3 {
			cancel()
			time.Sleep(time.Millisecond) // the walk is told by a goroutine of its own
		}
	}
	require.ErrorIs(t, last, context.Canceled)
	require.Less(t, seen, want)
}

// A network without neurons has one region, with an empty pattern.
func TestNetworkWithoutNeurons(t *testing.T) {
	n := netOf(t, dense(network.None, []float64{1, 2}, []float64{0.5}))
	for _, norm := range norms {
		b := ballAt(t, norm, 2, 0, 1)
		all := collect(t, n, b, 0)
		require.Len(t, all, 1)
		require.Empty(t, all[0].Pattern)
		require.EqualValues(t, 1, prove(t, n, b, 2, 0).result.Lower.Int64())
	}
}

// Where the count is a theorem the patterns are, too: the tent map of two layers.
func TestRegionsOfTheTentMap(t *testing.T) {
	n, b := gen.TentMap(2)
	var got []string
	for _, r := range collect(t, n, b, 0) {
		got = append(got, r.Pattern.String())
	}
	require.Equal(t, []string{"+-+-", "+-++", "+++-", "++++"}, got)
}

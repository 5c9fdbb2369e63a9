package enumerate_test

// The regions themselves, one by one: each with a pattern of its own and a point in it.

import (
	"context"
	"runtime"
	"sync/atomic"
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
	for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
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
			_, pattern := c.Net.ForwardExact(r.Point())
			require.Equal(t, pattern.String(), r.Pattern.String(), "%d %s", i, c.Name)
			require.True(t, c.Ball.Interior(ball.RatsOf(r.Point())), "%d %s", i, c.Name)
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
	for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
		require.NoError(t, err)
		before = append(before, r.Pattern.String()+r.Point()[0].String())
		all = append(all, r)
	}
	for i, r := range all {
		require.Equal(t, before[i], r.Pattern.String()+r.Point()[0].String())
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
	for _, err := range enumerate.Regions(ctx, n, b, enumerate.Options{Workers: 1}) {
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

// visited hears of regions from all workers.
type visited struct{ patterns []string }

func (v *visited) Region(r enumerate.Region) { v.patterns = append(v.patterns, r.Pattern.String()) }
func (v *visited) Fork() enumerate.Visitor   { return new(visited) }
func (v *visited) Join(o enumerate.Visitor) {
	v.patterns = append(v.patterns, o.(*visited).patterns...)
}

// Workers change the order in which an iterator yields, and nothing that a visitor is told.
func TestRegionsOfSeveralWorkersAreTheSame(t *testing.T) {
	n, b := he(3, 3, 12, 12), ballAt(t, ball.LInf, 3, 0, 1)
	var want []string
	for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
		require.NoError(t, err)
		want = append(want, r.Pattern.String())
	}
	var got []string
	for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 4}) {
		require.NoError(t, err)
		_, p := n.ForwardExact(r.Point())
		require.Equal(t, r.Pattern, p)
		got = append(got, r.Pattern.String())
	}
	require.ElementsMatch(t, want, got)
	for _, workers := range []int{1, 3} {
		v := new(visited)
		r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: workers, Visitor: v})
		require.NoError(t, err)
		require.EqualValues(t, len(want), r.Lower.Int64())
		require.Equal(t, want, v.patterns)
	}
	for _, workers := range []int{1, 4} {
		some := 0
		for _, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: workers, Limit: 5}) {
			require.NoError(t, err)
			some++
		}
		require.Equal(t, 5, some)
		for range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: workers}) {
			break
		}
	}
	for _, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Gap: 1}) {
		require.ErrorIs(t, err, enumerate.ErrInput)
	}
	_, err := enumerate.Count(context.Background(), n, ballAt(t, ball.LInf, 2, 0, 1), enumerate.Options{})
	require.ErrorIs(t, err, enumerate.ErrInput)
}

// An observer that embeds the empty one hears of what it has a method for.
type splits struct {
	enumerate.NoObserver
	n *int
}

func (s splits) Split()                    { *s.n++ }
func (s splits) Fork() enumerate.Observer  { return splits{n: new(int)} }
func (s splits) Join(o enumerate.Observer) { *s.n += *o.(splits).n }

func TestAnObserverOfSplitsAlone(t *testing.T) {
	n, b := he(3, 3, 10, 10), ballAt(t, ball.LInf, 3, 0, 1)
	s := splits{n: new(int)}
	r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 2, Observer: s})
	require.NoError(t, err)
	require.EqualValues(t, r.Lower.Int64()-1, *s.n)
}

// A caller whose goroutine ended, as a failed test's does, waited for the walk of all regions,
// whose progress was told to the end of the program.
func TestRegionsEndWithTheirCallersGoroutine(t *testing.T) {
	n, b := he(1, 8, 24, 24, 24), ballAt(t, ball.LInf, 8, 0, 1)
	for _, workers := range []int{1, 4} {
		ended, told := make(chan struct{}), new(atomic.Int64)
		go func() {
			defer close(ended)
			o := enumerate.Options{Workers: workers, ProgressEvery: time.Millisecond, Progress: func(enumerate.Progress) { told.Add(1) }}
			for range enumerate.Regions(context.Background(), n, b, o) {
				runtime.Goexit()
			}
		}()
		<-ended // without the walk's end: in hours
		before := told.Load()
		time.Sleep(50 * time.Millisecond)
		require.Equal(t, before, told.Load(), "%d workers", workers)
	}
}

package enumerate_test

// Regions from several workers: to an iterator, which is the caller's goroutine, and to visitors.

import (
	"context"
	"math/big"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
)

func TestVisitorsAreToldEveryRegionInOrder(t *testing.T) {
	for i, c := range samples() {
		var want []string
		for _, r := range collect(t, c.Net, c.Ball, 0) {
			want = append(want, r.Pattern.String())
		}
		for _, workers := range []int{1, 3, 8} {
			l := new(visited)
			r, err := enumerate.Count(context.Background(), c.Net, c.Ball, enumerate.Options{Workers: workers, Visitor: l})
			require.NoError(t, err)
			requireExact(t, r)
			require.Equal(t, want, l.patterns, "%d %s", i, c.Name)
		}
	}
}

func TestSeveralWorkersYieldTheSameRegions(t *testing.T) {
	for i, c := range samples() {
		want := map[string]bool{}
		for _, r := range collect(t, c.Net, c.Ball, 0) {
			want[r.Pattern.String()] = true
		}
		for r, err := range enumerate.Regions(context.Background(), c.Net, c.Ball, enumerate.Options{Workers: 4}) {
			require.NoError(t, err)
			require.True(t, want[r.Pattern.String()], "%d %s: %v came twice, or is none", i, c.Name, r.Pattern)
			delete(want, r.Pattern.String())
			_, pattern := c.Net.ForwardExact(r.Point())
			require.Equal(t, pattern.String(), r.Pattern.String())
			require.True(t, c.Ball.Interior(ball.RatsOf(r.Point())))
		}
		require.Empty(t, want, "%d %s", i, c.Name)
	}
}

// However the loop is left, no worker goes on.
func TestNoWorkerOutlivesTheLoop(t *testing.T) {
	n, b := he(4, 3, 24, 24), ballAt(t, ball.LInf, 3, 0, 1)
	before := runtime.NumGoroutine()
	leave := func(opt enumerate.Options, body func() bool) (seen int) {
		for _, err := range enumerate.Regions(context.Background(), n, b, opt) {
			require.NoError(t, err)
			if seen++; !body() {
				break
			}
		}
		return seen
	}
	for _, workers := range []int{1, 2, 8} {
		opt := enumerate.Options{Workers: workers}
		require.Equal(t, 1, leave(opt, func() bool { return false }))
		require.Panics(t, func() { leave(opt, func() bool { panic("the caller's") }) })
		opt.Limit = 17
		require.Equal(t, 17, leave(opt, func() bool { return true }))
	}
	for range 1000 { // those that are ending may take a moment
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func TestRegionsTellProgress(t *testing.T) {
	n, b := he(4, 3, 8, 8), ballAt(t, ball.LInf, 3, 0, 1)
	seen := int64(0)
	var last enumerate.Progress
	opt := enumerate.Options{Workers: 2, Progress: func(p enumerate.Progress) { last = p }}
	for _, err := range enumerate.Regions(context.Background(), n, b, opt) {
		require.NoError(t, err)
		seen++
	}
	require.Zero(t, last.Lower.Cmp(big.NewInt(seen)))
	require.Zero(t, last.Upper.Cmp(big.NewInt(seen)))
}

func TestErrorsTellWhatTheyAre(t *testing.T) {
	n, b, ctx := he(4, 3, 4), ballAt(t, ball.LInf, 3, 0, 1), context.Background()
	for _, opt := range []enumerate.Options{{Gap: 1}, {Observer: enumerate.NoObserver{}}, {Visitor: new(visited)}, {Checkpoint: "x"}} {
		for _, err := range enumerate.Regions(ctx, n, b, opt) {
			require.ErrorIs(t, err, enumerate.ErrInput)
		}
	}
	for _, opt := range []enumerate.Options{{Visitor: new(visited), Observer: enumerate.NoObserver{}}, {Visitor: new(visited), Checkpoint: "x"}, {Observer: enumerate.NoObserver{}, Checkpoint: "x"}} {
		_, err := enumerate.Count(ctx, n, b, opt)
		require.ErrorIs(t, err, enumerate.ErrInput)
	}
	_, err := enumerate.Count(ctx, n, ballAt(t, ball.LInf, 2, 0, 1), enumerate.Options{})
	require.ErrorIs(t, err, enumerate.ErrInput)
	require.NotErrorIs(t, err, enumerate.ErrUndecided)
}

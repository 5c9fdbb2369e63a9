package enumerate_test

// Counts that stop early: the bracket contains the truth, and its proof is accepted.

import (
	"context"
	"fmt"
	"math/big"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/proof"
)

// requireBracket says that the true count is in the bracket.
func requireBracket(t *testing.T, want *big.Int, r enumerate.Result, what string) {
	t.Helper()
	require.True(t, r.Lower.Cmp(want) <= 0 && want.Cmp(r.Upper) <= 0, "%s: %v is not in [%v, %v]", what, want, r.Lower, r.Upper)
	require.Equal(t, r.Exact, r.Lower.Cmp(r.Upper) == 0, what)
}

// stopCases are large enough to be stopped.
func stopCases(t *testing.T) []gen.Case {
	return []gen.Case{
		{Name: "generic", Net: he(1, 4, 12, 12), Ball: ballAt(t, ball.LInf, 4, 0, 1)},
		{Name: "deep, l2", Net: he(3, 3, 8, 8, 8, 8), Ball: ballAt(t, ball.L2, 3, 0, 4)},
		{Name: "central", Net: gen.Threshold(3), Ball: ballAt(t, ball.L1, 4, 0, 1)},
		{Name: "ternary", Net: gen.Ternary(gen.NewRand(9), 4, 8, 8, 1), Ball: ballAt(t, ball.Box, 4, 0, 2)},
	}
}

func TestLimitLeavesACertifiedBracket(t *testing.T) {
	for _, c := range stopCases(t) {
		want := count(t, c.Net, c.Ball, 1).Lower
		for _, limit := range []int64{1, 2, 10, 100, 257, 1 << 40} {
			for _, workers := range []int{1, 3} {
				r, err := enumerate.Count(context.Background(), c.Net, c.Ball, enumerate.Options{Workers: workers, Limit: limit})
				require.NoError(t, err)
				requireBracket(t, want, r, c.Name)
				require.True(t, r.Exact || r.Lower.Cmp(big.NewInt(limit)) >= 0, "%s: %v of %d", c.Name, r.Lower, limit)
				if want.Cmp(big.NewInt(limit)) < 0 {
					require.True(t, r.Exact)
				}
			}
			r, err := enumerate.CountPlain(context.Background(), c.Net, c.Ball, solvers["native"](), enumerate.Options{Limit: min(limit, 20)})
			require.NoError(t, err)
			requireBracket(t, want, r, c.Name+", plain")
		}
	}
}

func TestDoneContextLeavesACertifiedBracket(t *testing.T) {
	for _, c := range stopCases(t) {
		want := count(t, c.Net, c.Ball, 1).Lower
		done, cancel := context.WithCancel(context.Background())
		cancel()
		r, err := enumerate.Count(done, c.Net, c.Ball, enumerate.Options{Workers: 2})
		require.NoError(t, err)
		requireBracket(t, want, r, c.Name)
		r, err = enumerate.CountPlain(done, c.Net, c.Ball, solvers["native"](), enumerate.Options{})
		require.NoError(t, err)
		requireBracket(t, want, r, c.Name+", plain")
	}
}

// Whenever the deadline falls, and however many workers it finds at work.
func TestDeadlinesLeaveACertifiedBracket(t *testing.T) {
	stopped := 0
	for _, c := range stopCases(t) {
		want := count(t, c.Net, c.Ball, 1).Lower
		for d := 20 * time.Microsecond; d < 20*time.Millisecond; d *= 2 {
			for _, workers := range []int{1, 2, 8} {
				ctx, cancel := context.WithTimeout(context.Background(), d)
				r, err := enumerate.Count(ctx, c.Net, c.Ball, enumerate.Options{Workers: workers})
				cancel()
				require.NoError(t, err)
				requireBracket(t, want, r, c.Name)
				if !r.Exact {
					stopped++
				}
			}
		}
	}
	require.Positive(t, stopped)
}

// The proof of a count that stopped is accepted, as "at least".
func TestProofOfAStoppedCountIsVerifiedAsAtLeast(t *testing.T) {
	for _, c := range stopCases(t) {
		for _, workers := range []int{1, 3} {
			want := count(t, c.Net, c.Ball, 1).Lower
			path := filepath.Join(t.TempDir(), "proof.gz")
			r, err := proof.Prove(context.Background(), c.Net, c.Ball, path, enumerate.Options{Workers: workers, Limit: 20})
			require.NoError(t, err)
			requireBracket(t, want, r, c.Name)
			require.False(t, r.Exact)
			text := c.Net.Canonical()
			report, err := certificate.Check(text, path, certificate.Options{})
			require.NoError(t, err)
			require.True(t, report.AtLeast)
			require.Equal(t, r.Lower.String(), fmt.Sprint(report.Count))
		}
	}
}

// Progress is told what is true at the time, by one goroutine at a time, and not after the end.
func TestProgress(t *testing.T) {
	n, b := he(1, 4, 14, 14), ballAt(t, ball.LInf, 4, 0, 1)
	want := count(t, n, b, 1).Lower
	var mu sync.Mutex
	var calls []enumerate.Progress
	ended := false
	r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 2, ProgressEvery: 100 * time.Microsecond,
		Progress: func(p enumerate.Progress) {
			require.True(t, mu.TryLock(), "two calls at a time")
			defer mu.Unlock()
			require.False(t, ended)
			calls = append(calls, p)
		}})
	mu.Lock()
	ended = true
	mu.Unlock()
	require.NoError(t, err)
	require.Equal(t, want, r.Lower)
	require.NotEmpty(t, calls)
	for i, p := range calls {
		require.True(t, p.Lower.Cmp(want) <= 0)
		require.True(t, p.Upper == nil || p.Upper.Cmp(want) >= 0)
		require.True(t, i == 0 || calls[i-1].Lower.Cmp(p.Lower) <= 0)
	}
}

// A time limit says that the bracket is what is wanted. For a while the walk did not know of it,
// and stayed depth first to the end.
func TestATimeLimitMakesTheWalkGoBestFirst(t *testing.T) {
	n, b := he(4, 3, 10, 10), ballAt(t, ball.LInf, 3, 0, 1)
	start := time.Now()
	ctx, cancel := context.WithDeadline(context.Background(), start.Add(time.Hour))
	defer cancel()
	after := func(ctx context.Context, opt enumerate.Options) time.Duration {
		d, err := enumerate.BestFirstAfter(ctx, n, b, opt, start)
		require.NoError(t, err)
		return d
	}
	require.Equal(t, 15*time.Minute, after(ctx, enumerate.Options{}))
	require.Equal(t, 2*time.Second, after(ctx, enumerate.Options{Gap: 0.1}))
	require.Zero(t, after(context.Background(), enumerate.Options{}))
	require.Zero(t, after(ctx, enumerate.Options{Observer: prover{}}))
}

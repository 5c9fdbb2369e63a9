package enumerate_test

// Stops at any moment: before the walk, in the middle of a decision, on the way along a script. The
// bracket holds the truth, whatever was given up, and its proof is accepted.

import (
	"context"
	"fmt"
	"math/big"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/looks"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/proof"
)

// The survey ran without the context, and nothing before the walk looked at it: a wide network
// could not be stopped.
func TestAStopBeforeTheWalkLeavesABracket(t *testing.T) {
	for _, c := range stopCases(t) {
		want := count(t, c.Net, c.Ball, 1).Lower
		free := looks.Counting(t.Context())
		_, err := enumerate.CountForced(free, c.Net, c.Ball, enumerate.Options{Workers: 1, Limit: 3}, enumerate.Forced{Hasty: true})
		require.NoError(t, err)
		all := free.Made()
		require.Greater(t, all, 30, "%s: compiling and the survey hardly look", c.Name)
		for _, left := range []int{0, 1, 3, 7, all / 8, all / 4, all / 2, 3 * all / 4, all - 1} {
			path := filepath.Join(t.TempDir(), "proof")
			w, err := proof.NewWriter(path, proof.HeaderOf(c.Net, c.Ball))
			require.NoError(t, err)
			r, err := enumerate.CountForced(looks.After(t.Context(), left), c.Net, c.Ball,
				enumerate.Options{Workers: 1, Limit: 3, Observer: w}, enumerate.Forced{Hasty: true})
			require.NoError(t, err)
			requireBracket(t, want, r, c.Name)
			requireAtLeast(t, c, w, path, r)
		}
	}
}

// requireAtLeast closes the proof of a stopped count and checks it.
func requireAtLeast(t *testing.T, c gen.Case, w *proof.Writer, path string, r enumerate.Result) {
	t.Helper()
	require.NoError(t, w.Close(r.Lower), c.Name)
	text := c.Net.Canonical()
	report, err := certificate.Check(text, path, certificate.Options{})
	require.NoError(t, err, c.Name)
	require.Equal(t, r.Lower.String(), fmt.Sprint(report.Count))
}

// tired gives the question up at which a shared count runs out: it ends the context, waits until
// the walkers know, and says what a solver says then.
type tired struct {
	lp.Incremental
	asks   *atomic.Int64
	cancel func()
	late   func() bool
}

func (s *tired) StopWhen(stop func() bool) { s.late = stop }

func (s *tired) CopyFrom(other lp.Incremental, depth int) {
	s.Incremental.CopyFrom(other.(*tired).Incremental, depth)
}

func (s *tired) Ask(g []float64, h, t float64) (*lp.Reply, error) {
	if s.asks.Add(-1) < 0 {
		s.cancel()
		for !s.late() {
			runtime.Gosched()
		}
		return nil, lp.ErrStopped
	}
	return s.Incremental.Ask(g, h, t)
}

// A question that is given up is no answer, wherever it was asked: its cell stays open, and so do
// those of all frames.
func TestAQuestionGivenUpLeavesItsCellOpen(t *testing.T) {
	for _, c := range stopCases(t) {
		want := count(t, c.Net, c.Ball, 1).Lower
		for _, asks := range []int64{0, 1, 2, 5, 17, 60, 200} {
			for _, opt := range []enumerate.Options{{Workers: 1}, {Workers: 3}, {Workers: 1, Limit: 1 << 40}, {Workers: 2, Limit: 1 << 40}, {Workers: 1, Gap: 1e-9}} {
				ctx, cancel := context.WithCancel(t.Context())
				var left atomic.Int64
				left.Store(asks)
				f := enumerate.Forced{Hasty: true, NoVertices: true, Solver: func(norm ball.Norm, n int) lp.Incremental {
					return &tired{Incremental: lp.NewIncremental(norm, n), asks: &left, cancel: cancel, late: func() bool { return false }}
				}}
				what := fmt.Sprintf("%s, %d asks, %+v", c.Name, asks, opt)
				r, err := enumerate.CountForced(ctx, c.Net, c.Ball, opt, f)
				require.NoError(t, err, what)
				requireBracket(t, want, r, what)
				if opt.Limit == 0 && opt.Gap == 0 {
					left.Store(asks)
					ctx, cancel = context.WithCancel(t.Context())
					path := filepath.Join(t.TempDir(), "proof")
					w, err := proof.NewWriter(path, proof.HeaderOf(c.Net, c.Ball))
					require.NoError(t, err)
					opt.Observer = w
					r, err = enumerate.CountForced(ctx, c.Net, c.Ball, opt, f)
					require.NoError(t, err, what)
					requireBracket(t, want, r, what)
					requireAtLeast(t, c, w, path, r)
				}
				cancel()
			}
		}
	}
}

// Cells kept by their vertices are left open too, and so is one that the solver was to take over.
func TestACellOfVerticesIsLeftOpenWhenTheWalkIsLate(t *testing.T) {
	for _, c := range stopCases(t) {
		want := count(t, c.Net, c.Ball, 1).Lower
		for _, cells := range []int64{1, 2, 9, 40, 150} {
			for _, opt := range []enumerate.Options{{Workers: 1}, {Workers: 3}, {Workers: 1, Limit: 1 << 40}} {
				ctx, cancel := context.WithCancel(t.Context())
				var left atomic.Int64
				left.Store(cells)
				r, err := enumerate.CountForced(ctx, c.Net, c.Ball, opt, enumerate.Forced{Hasty: true, Spare: 30, Cell: func(late func() bool) {
					if left.Add(-1) == 0 {
						cancel()
						for !late() {
							runtime.Gosched()
						}
					}
				}})
				cancel()
				require.NoError(t, err)
				requireBracket(t, want, r, fmt.Sprintf("%s, %d cells, %+v", c.Name, cells, opt))
			}
		}
	}
}

// The exit code said 3 although the bracket met the gap, when the time ran out before anyone
// looked.
func TestTheGapIsThatOfTheFinalBracket(t *testing.T) {
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range stopCases(t) {
		for gap, reached := range map[float64]bool{1e300: true, 1e-9: false} {
			r, err := enumerate.Count(done, c.Net, c.Ball, enumerate.Options{Workers: 1, Gap: gap})
			require.NoError(t, err)
			require.False(t, r.Exact)
			require.Equal(t, reached, r.GapReached, c.Name)
			f := enumerate.Forced{Hasty: true} // before the walk
			r, err = enumerate.CountForced(done, c.Net, c.Ball, enumerate.Options{Workers: 1, Gap: gap}, f)
			require.NoError(t, err)
			require.Equal(t, big.NewInt(1), r.Lower)
			require.Equal(t, reached, r.GapReached, c.Name)
		}
	}
}

package cluster

// How it grows: workers that only wait an item's time, against a real server.

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/journal"
)

// simulated is a walk that waits and leaves eight cells open, down to a depth: three sides each.
func simulated(wait time.Duration, depth int, done *atomic.Int64) func(*project, []int8, int64, enumerate.Observer) (journal.Answer, error) {
	return func(p *project, path []int8, _ int64, _ enumerate.Observer) (journal.Answer, error) {
		time.Sleep(wait)
		done.Add(1)
		a := journal.Answer{Record: journal.Record{Path: path, Tally: journal.Tally{Regions: 1}}}
		for i := range 8 {
			if len(path) >= 3*depth {
				break
			}
			c := journal.Cell{Path: append([]int8(nil), path...), Upper: p.items.RootUpper().Upper}
			for b := range 3 {
				c.Path = append(c.Path, int8(2*(i>>b&1)-1))
			}
			a.Open = append(a.Open, c)
		}
		return a, nil
	}
}

// folderSize is what the files below a folder take.
func folderSize(t *testing.T, folder string) (size int64) {
	require.NoError(t, filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			info, err := d.Info()
			if err != nil {
				return err
			}
			size += info.Size()
		}
		return err
	}))
	return size
}

// A thousand workers of two seconds an item, and few that do not wait, which shows what a server
// can do at most. The figures are printed, for docs/cluster.md.
func TestSoakOfAThousandWorkers(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
	for _, c := range []struct {
		workers, depth int
		wait           time.Duration
	}{{1000, 5, 2 * time.Second}, {32, 5, 0}} {
		n := gen.Random(gen.NewRand(7), gen.RandomOptions{Inputs: 2, Widths: []int{4}, OnlyReLU: true, NoAffine: true})
		b, err := ball.New(ball.LInf, make([]float64, 2), 1)
		require.NoError(t, err)
		site := newCluster(t, 0, 0)
		var done atomic.Int64
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		for range c.workers {
			group.Go(func() {
				_ = Worker{Access: site.access(), Workers: 1, walk: simulated(c.wait, c.depth, &done)}.Work(ctx)
			})
		}
		items := int64(0)
		for d, level := 0, int64(1); d <= c.depth; d, level = d+1, 8*level {
			items += level
		}
		half := time.Time{}
		start := time.Now()
		got, err := Count(t.Context(), n, b, Options{Access: site.access(), Progress: func(p Progress) {
			if half.IsZero() && p.Items > items-int64(c.workers) {
				half = time.Now()
			}
		}})
		took := time.Since(start)
		require.NoError(t, err)
		require.Equal(t, items, got.Lower.Int64())
		require.Equal(t, items, got.Items)
		cancel()
		group.Wait()
		kill(site.server)
		server := site.server.ProcessState
		ideal := time.Duration(items) * c.wait / time.Duration(c.workers)
		t.Logf("%d workers, %v an item: %d items in %v, %.0f a second; without any price %v; the last %d took %v; %d items walked twice; %d bytes of store and %v of the server's processors an item",
			c.workers, c.wait, items, took.Round(time.Millisecond), float64(items)/took.Seconds(), ideal, c.workers, time.Since(half).Round(time.Millisecond),
			done.Load()-items, folderSize(t, filepath.Join(site.folder, "server"))/items,
			((server.UserTime() + server.SystemTime()) / time.Duration(items)).Round(time.Microsecond))
	}
}

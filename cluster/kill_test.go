package cluster

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
)

// someSubjects are three that take some tenths of a second each: by vertices, in the round ball,
// and by the solver.
func someSubjects(t require.TestingT) map[string]subject {
	all := map[string]subject{}
	for name, c := range map[string]struct {
		norm   ball.Norm
		inputs int
		widths []int
		budget int64 // for about four hundred items
	}{
		"vertices": {ball.LInf, 4, []int{12, 12, 12}, 1750},
		"round":    {ball.L2, 3, []int{14, 14, 14}, 500},
		"solver":   {ball.LInf, 8, []int{8, 7}, 30_000},
	} {
		n := gen.Random(gen.NewRand(7), gen.RandomOptions{Inputs: c.inputs, Widths: c.widths, OnlyReLU: true, NoAffine: true})
		b, err := ball.New(c.norm, make([]float64, c.inputs), 1)
		require.NoError(t, err)
		all[name] = subject{n, b, c.budget}
	}
	return all
}

// Three workers, of which one is killed every second; the coordinator is killed once, and the
// server once. Nothing is lost, and nothing is counted twice.
func TestKillsLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts and kills processes for some seconds, and -short was asked for")
	}
	for name, s := range someSubjects(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			r, want := s.plain(t, 0)
			t.Log(name, r.Lower, time.Since(start))
			every := func(kills int) []string {
				switch kills {
				case 1:
					return []string{"worker", "coordinator"}
				case 2:
					return []string{"worker", "server"}
				}
				return []string{"worker"}
			}
			c := newCluster(t, 3, 15*time.Millisecond)
			out, kills := c.countUnderKills(s, time.Second, every)
			require.GreaterOrEqual(t, kills, 2, "the server was not killed")
			t.Log("kills", kills, strings.TrimSpace(out), time.Since(start))
			c.requireProof(out, r.Lower.String(), want)
		})
	}
}

// countUnderKills counts the subject, and kills what every says, so often. It returns what the
// coordinator printed, and how often there were kills.
func (c *testCluster) countUnderKills(s subject, often time.Duration, every func(kills int) []string) (string, int) {
	folder := filepath.Join(c.folder, "proof")
	require.NoError(c.tb, os.Mkdir(folder, 0o700))
	count, out := c.coordinator(s, folder, s.budget)
	ended := make(chan error, 1)
	wait := func() { ended <- count.Wait() }
	go wait()
	tick := time.NewTicker(often)
	defer tick.Stop()
	for kills := 0; ; {
		select {
		case err := <-ended:
			require.NoError(c.tb, err)
			return out.String(), kills
		case <-tick.C:
		}
		kills++
		for _, what := range every(kills) {
			switch what {
			case "worker":
				c.replaceWorker(kills % len(c.workers))
			case "stop": // it is slow, for longer than the server's patience
				p := c.workers[kills%len(c.workers)].Process
				_ = p.Signal(syscall.SIGSTOP)
				time.AfterFunc(3*patienceOfTests, func() { _ = p.Signal(syscall.SIGCONT) })
			case "coordinator":
				_ = count.Process.Kill()
				if <-ended == nil {
					return out.String(), kills // it had ended
				}
				count, out = c.coordinator(s, folder, s.budget)
				go wait()
			case "server":
				kill(c.server)
				c.startServer()
			}
		}
	}
}

// requireProof holds a count and a proof against those of a plain run.
func (c *testCluster) requireProof(out, regions string, want map[string]string) {
	require.True(c.tb, strings.HasPrefix(out, regions+" "), out)
	got := filesOf(c.tb, filepath.Join(c.folder, "proof"))
	for name := range got { // of a coordinator that was killed while it wrote
		if strings.HasSuffix(name, ".tmp") {
			delete(got, name)
		}
	}
	require.Equal(c.tb, len(want), len(got))
	for name, text := range want {
		require.True(c.tb, got[name] == text, name)
	}
}

// Fifty kills of anything, in any order, and workers that are stopped for a while.
func TestSoakOfKills(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
	for name, s := range someSubjects(t) {
		t.Run(name, func(t *testing.T) {
			s.budget /= 8
			r, want := s.plain(t, 0)
			rng := rand.New(rand.NewPCG(50, 50))
			c := newCluster(t, 4, 100*time.Millisecond)
			out, kills := c.countUnderKills(s, 400*time.Millisecond, func(kills int) []string {
				if kills > 50 {
					return nil
				}
				return []string{[]string{"worker", "worker", "worker", "stop", "coordinator", "server"}[rng.IntN(6)]}
			})
			t.Log("kills", min(kills, 50), out)
			require.GreaterOrEqual(t, kills, 50)
			c.requireProof(out, r.Lower.String(), want)
		})
	}
}

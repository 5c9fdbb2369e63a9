package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
)

// someSubjects are three that take some tenths of a second each: by vertices, in the round ball, and
// by the solver.
func someSubjects(t require.TestingT) map[string]subject {
	all := map[string]subject{}
	for name, c := range map[string]struct {
		norm   ball.Norm
		inputs int
		widths []int
		budget int64 // for about a thousand items
	}{
		"vertices": {ball.LInf, 4, []int{12, 12, 12}, 3000},
		"round":    {ball.L2, 3, []int{14, 14, 14}, 3000},
		"solver":   {ball.LInf, 8, []int{8, 7}, 60_000},
	} {
		n := gen.Random(gen.NewRand(7), gen.RandomOptions{Inputs: c.inputs, Widths: c.widths, OnlyReLU: true, NoAffine: true})
		b, err := ball.New(c.norm, make([]float64, c.inputs), 1)
		require.NoError(t, err)
		all[name] = subject{n, b, c.budget}
	}
	return all
}

// Three workers, of which one is killed every second; the coordinator is killed once, and the server
// once. Nothing is lost, and nothing is counted twice.
func TestKillsLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts processes")
	}
	for name, s := range someSubjects(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			r, want := s.plain(t, 0)
			t.Log(name, r.Lower, time.Since(start))
			c := newCluster(t, 3)
			folder := filepath.Join(c.folder, "proof")
			require.NoError(t, os.Mkdir(folder, 0o700))
			count, out := c.coordinator(s, folder, s.budget)
			ended := make(chan error, 1)
			wait := func() { ended <- count.Wait() }
			go wait()
			kills := 0
			tick := time.NewTicker(time.Second)
			defer tick.Stop()
			for done := false; !done; {
				select {
				case err := <-ended:
					require.NoError(t, err)
					done = true
				case <-tick.C:
					kills++
					c.replaceWorker(kills % 3)
					if kills == 1 {
						_ = count.Process.Kill()
						require.Error(t, <-ended)
						count, out = c.coordinator(s, folder, s.budget)
						go wait()
					}
					if kills == 2 {
						kill(c.server)
						c.startServer()
					}
				}
			}
			require.GreaterOrEqual(t, kills, 2, "the server was not killed")
			t.Log("kills", kills, strings.TrimSpace(out.String()), time.Since(start))
			require.True(t, strings.HasPrefix(out.String(), fmt.Sprint(r.Lower, " ")), out.String())
			got := files(t, folder)
			require.Equal(t, len(want), len(got))
			for name, text := range want {
				require.True(t, got[name] == text, name)
			}
		})
	}
}

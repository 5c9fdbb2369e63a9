package main

// Ends at once: signals that leave a command no time.

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

// neverBelowNought writes a network of very many regions whose output 1 − 2⁻⁴⁰·h is above 0 on
// small balls, which its layers do not show.
func neverBelowNought(t *testing.T) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 6))
	const inputs, width = 3, 400
	layers := []network.Layer{{W: mat.NewDense(width, inputs, nil), B: make([]float64, width), Act: network.ReLU},
		{W: mat.NewDense(width, width, nil), B: make([]float64, width), Act: network.ReLU},
		{W: mat.NewDense(1, width, nil), B: []float64{1}}}
	for _, l := range layers[:2] {
		l.Dense().Apply(func(_, _ int, _ float64) float64 { return float64(float32(rng.NormFloat64())) }, l.W)
		for j := range l.B {
			l.B[j] = float64(float32(rng.NormFloat64()))
		}
	}
	layers[2].Dense().Set(0, 0, -0x1p-40)
	n, err := network.New(layers)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "net.json")
	require.NoError(t, os.WriteFile(path, n.Canonical(), 0o644))
	return path
}

// A second interrupt left what was under a temporary name: nothing that is deferred runs when a
// signal ends a process.
func TestASecondInterruptLeavesNoTemporaryFile(t *testing.T) {
	net, table, folder := neverBelowNought(t), filepath.Join(t.TempDir(), "A.csv"), t.TempDir()
	require.NoError(t, os.WriteFile(table, []byte("-1\n"), 0o644))
	t.Setenv("TMPDIR", folder)
	for _, signals := range [][]syscall.Signal{{syscall.SIGHUP}, {syscall.SIGINT, syscall.SIGINT}, {syscall.SIGTERM, syscall.SIGINT}} {
		if signals[0] == syscall.SIGHUP && signal.Ignored(syscall.SIGHUP) {
			t.Log("not tested with SIGHUP, which is ignored here, as by nohup")
			continue
		}
		p := start(t, "cone", "check", net, table, "--center", "0", "--radius", "1")
		require.Eventually(t, func() bool { return len(namesIn(t, folder)) > 0 }, loose, time.Millisecond)
		for _, s := range signals {
			if err := p.Process.Signal(s); !errors.Is(err, os.ErrProcessDone) {
				require.NoError(t, err)
			}
		}
		p.end(t)
		require.Empty(t, namesIn(t, folder), "after %v", signals)
		if status, ok := p.ProcessState.Sys().(syscall.WaitStatus); ok && len(signals) == 1 {
			require.True(t, status.Signaled(), "it ends as the signal ends programs: %s", p.errs.String())
			require.Equal(t, signals[0], status.Signal())
		}
	}
}

func namesIn(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestTheSecondInterruptIsHeardByNobody(t *testing.T) {
	var b bell
	require.False(t, b.ring(), "nobody is to hear it")
	heard := make(chan int, 2)
	release := b.heed(func() { heard <- 1 })
	defer b.heed(func() { heard <- 2 })()
	release()
	require.True(t, b.ring())
	require.Equal(t, 2, <-heard)
	require.False(t, b.ring(), "once")
	require.Empty(t, heard)
}

// The benchmark program on small networks, where it takes a second: its yardstick is the network's
// own pass, its tables and files are complete, and what it cannot do it says.

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
)

// passTolerance is far above the rounding of a few dozen additions, and far below a mistake.
const passTolerance = 1e-12

func TestPlainPassIsTheNetwork(t *testing.T) {
	n := he(3, 4, 16, 16, 2)
	pass := plainPass(n)
	require.InDeltaSlice(t, n.Forward(passPoint(4)), pass(), passTolerance)
	require.Zero(t, testing.AllocsPerRun(10, func() { pass() }))
}

func TestNetworksOfTheSetHaveTheirNamesWidths(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range set() {
		require.False(t, seen[e.name], e.name)
		seen[e.name] = true
		if e.make == nil || strings.HasPrefix(e.name, "resonance") || strings.HasPrefix(e.name, "threshold") {
			continue
		}
		n, w := e.make(), parseWidths(e.name)
		require.Equal(t, w[0], n.Inputs())
		require.Equal(t, w[1:len(w)-1], n.Hidden())
		require.Equal(t, w[len(w)-1], n.Outputs())
		for _, l := range n.Layers() {
			require.NotContains(t, l.B, 0.0, "%s: a layer without biases is another kind of network", e.name)
		}
	}
}

func TestQuickRunWritesTablesJSONAndDocs(t *testing.T) {
	dir := t.TempDir()
	doc := filepath.Join(dir, "performance.md")
	places := "before\n<!-- begin counts -->\nold\n<!-- end counts -->\n<!-- begin proofs -->\n<!-- end proofs -->\n" +
		"<!-- begin scaling --><!-- end scaling -->\nafter\n"
	require.NoError(t, os.WriteFile(doc, []byte(places), 0o644))
	file := filepath.Join(dir, "bench.json")
	var out, log bytes.Buffer
	err := bench(context.Background(), []string{"-quick", "-run", "3-16-16-2 l", "-nets", dir, "-o", file}, &out, &log)
	require.NoError(t, err, log.String())
	require.Contains(t, out.String(), "3-16-16-2")
	require.Contains(t, out.String(), "Proofs")

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var r report
	require.NoError(t, json.Unmarshal(text, &r))
	require.Len(t, r.Counts, 6, "three norms, two numbers of workers")
	require.NotEmpty(t, r.Proofs)
	for _, c := range r.Counts {
		require.Greater(t, c.Regions, int64(100))
		require.Positive(t, c.Passes)
		require.Zero(t, c.Questions, "three inputs are counted by vertices")
		require.GreaterOrEqual(t, c.Float, 1.0, "each region is a decision")
	}

	// The document's tables come from the file alone, and its words stay.
	err = bench(context.Background(), []string{"-from", file, "-docs", dir}, io.Discard, io.Discard)
	require.NoError(t, err)
	text, err = os.ReadFile(doc)
	require.NoError(t, err)
	require.Contains(t, string(text), "| 3-16-16-2 | linf 1 |")
	require.True(t, strings.HasPrefix(string(text), "before\n") && strings.HasSuffix(string(text), "after\n"))
	require.NotContains(t, string(text), "old")
}

func TestScalingStudyIsDrawn(t *testing.T) {
	rows, err := measureScaling(context.Background(), options{rounds: 1, quick: true, log: io.Discard})
	require.NoError(t, err)
	require.Len(t, rows, scalingSeeds*len(scalingNorms))
	for _, format := range []string{"svg", "png"} {
		path := filepath.Join(t.TempDir(), "scaling."+format)
		require.NoError(t, drawScaling(rows, path))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Greater(t, info.Size(), int64(1000))
	}
}

func TestTwinsCountTheSame(t *testing.T) {
	j, err := newJob(he(1, 2, 6, 6, 1), "2-6-6-1", spot{ball.LInf, 0, 1})
	require.NoError(t, err)
	j.twins = true
	opt := options{rounds: 1, workers: []int{1}, log: io.Discard}
	counts, err := measureCounts(context.Background(), []job{j}, opt)
	require.NoError(t, err)
	rows, err := measureTwins(context.Background(), []job{j}, counts, opt)
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	require.Equal(t, "reference", rows[len(rows)-1].Solver)
	counts[0].Regions++
	_, err = measureTwins(context.Background(), []job{j}, counts, opt)
	require.ErrorContains(t, err, "the plain walk counts")
}

func TestMissingNetworksAreNamed(t *testing.T) {
	var log bytes.Buffer
	err := bench(context.Background(), []string{"-run", "cartpole", "-nets", t.TempDir()}, io.Discard, &log)
	require.NoError(t, err)
	require.Contains(t, log.String(), "skipped: cartpole.onnx")
}

func TestBadFlagsAreRefused(t *testing.T) {
	for _, args := range [][]string{{"-run", "("}, {"-workers", "0"}, {"-workers", "1,x"}, {"-rounds", "0"}, {"more"}, {"-from", "missing.json"}} {
		require.Error(t, bench(context.Background(), args, io.Discard, io.Discard), args)
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "performance.md"), nil, 0o644))
	require.ErrorContains(t, report{Counts: []countRow{{}}}.writeDocs(filepath.Join(dir, "performance.md")), "no place for a table")
}

func TestInterruptEndsTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, bench(ctx, []string{"-quick"}, io.Discard, io.Discard), context.Canceled)
}

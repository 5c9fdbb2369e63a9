package main

// Sweeps are one tidy table, and their centres are read or refused.

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

func TestSweepIsOneTidyTable(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "..", "testdata", "two_moons_2-16-16-1.json"))
	require.NoError(t, err)
	defer f.Close()
	n, err := network.ReadCanonical(f)
	require.NoError(t, err)
	centers, err := readCenters(t.Context(), written(t, "x1,x2\n# origin\n0,0\n0.5, 0.25\n"), 2)
	require.NoError(t, err)
	serra, _ := bound.ByName("serra")
	opt := sweepOptions{Norm: ball.LInf, Centers: centers, Radii: []float64{0.25, 0.5, 1}, Bounds: []bound.Bound{serra}}
	var out bytes.Buffer
	require.NoError(t, writeRows(&out, n, opt, sweep(context.Background(), n, opt)))
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"center", "x0", "x1", "norm", "radius", "lower", "upper", "exact", "seconds", "serra"}, rows[0])
	require.Len(t, rows, 7)
	counts := []string{}
	for _, r := range rows[4:] { // testdata/README.md states them
		require.Equal(t, []string{"1", "0.5", "0.25", "linf"}, r[:4])
		require.Equal(t, "true", r[7])
		counts = append(counts, r[5])
	}
	require.Equal(t, []string{"46", "170", "345"}, counts)
}

func TestSweepRefusals(t *testing.T) {
	for text, says := range map[string]string{
		"":             "no points",
		"a,b\n":        "no points",
		"1,2,3\n":      "line 1: 3 columns, expected 2",
		"1,2\n3,x\n":   "line 2: column 2",
		"1,2\n3\n":     "line 2: 1 columns",
		"1,2\n\"3,4\n": "centers:",
		"1,inf\n":      "column 2",
		"x,y\n1,1e999": "beyond float64",
	} {
		_, err := readCenters(t.Context(), written(t, text), 2)
		require.ErrorContains(t, err, says, text)
	}
	n, _ := gen.Folding(1)
	for says, opt := range map[string]sweepOptions{
		"0 centres":    {Radii: []float64{1}},
		"0 radii":      {Centers: [][]float64{{0, 0}}},
		"has 1 number": {Centers: [][]float64{{0}}, Radii: []float64{1}},
		"radius: -1":   {Centers: [][]float64{{0, 0}}, Radii: []float64{1, -1}},
	} {
		for _, err := range sweep(context.Background(), n, opt) {
			require.ErrorContains(t, err, says)
		}
	}
	// An end before the end: the rows so far, then the reason.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := 0
	opt := sweepOptions{Centers: [][]float64{{0, 0}}, Radii: []float64{1, 2, 3}, Count: enumerate.Options{Workers: 1}}
	for _, err := range sweep(ctx, n, opt) {
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
			break
		}
		seen++
		cancel()
	}
	require.Equal(t, 1, seen)
}

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "points.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

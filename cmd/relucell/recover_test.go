package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExperimentRecover(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	out := succeed(t, "experiment", "recover", "--shapes", "3x2", "--samples", "1e3,5e3", "--seeds", "2", "--no-baseline", "-o", dir)
	require.Contains(t, out, "2 of 2 recovered to 1e-06 from 5000 samples")
	require.Contains(t, out, "16 networks, ")
	for _, name := range []string{"measurements.csv", "statistics.csv", "figures/recover-3x2.png"} {
		_, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
	}
	require.Contains(t, succeed(t, "experiment", "recover", "--replay", filepath.Join(dir, "manifest.json"), "-o", filepath.Join(t.TempDir(), "b")),
		"Replayed: all 16 networks and 2 tables are as the manifest has them.")
	for want, args := range map[string][]string{
		"--output: missing":            {},
		`--shapes: "5", expected`:      {"--shapes", "5", "-o", "x"},
		"--shapes: 2x3, expected":      {"--shapes", "2x3", "-o", "x"},
		`--samples: "x", expected a`:   {"--samples", "x", "-o", "x"},
		"--seeds: 0":                   {"--seeds", "0", "-o", "x"},
		"--seeds: given beside --repl": {"--seeds", "1", "--replay", "y", "-o", "x"},
		"y: no such file":              {"--replay", "y", "-o", "x"},
		"made with other settings":     {"--shapes", "3x2", "--samples", "1e3", "-o", dir},
	} {
		_, errs, code := relucell(t, append([]string{"experiment", "recover"}, args...)...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, want)
	}
}

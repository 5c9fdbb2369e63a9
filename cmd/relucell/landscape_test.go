package main

// landscape, on small tables.

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// valley is data whose values first fall and then rise.
const valley = "x,y\n-2,3\n-1,1\n0,0.5\n1,1\n2,4\n"

func writeTable(t *testing.T, text string) string { return writeBytes(t, "data.csv", []byte(text)) }

func TestLandscapePatterns(t *testing.T) {
	table, dir := writeTable(t, valley), t.TempDir()
	out, gates := filepath.Join(dir, "patterns.csv"), filepath.Join(dir, "G.csv")
	text := succeed(t, "landscape", "patterns", table, "-o", out, "--gates", gates)
	require.Contains(t, text, "Data      data.csv: 5 points, a neuron has 2 weights, the bias among them\nPatterns  10 patterns, complete\n          10 in general position\n")
	raw, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, 11, strings.Count(string(raw), "\n"))
	raw, err = os.ReadFile(gates)
	require.NoError(t, err)
	require.Equal(t, 2*9, strings.Count(string(raw), ","))
	text = succeed(t, "landscape", "patterns", table, "--no-bias", "--format", "json")
	require.Contains(t, text, `{"data":{"points":5,"weights":1,"bias":false},"patterns":2,"general":"2","tight_float64":0,"tight_float32":0,"without_gate":0,`)
}

func TestLandscapeRefuses(t *testing.T) {
	table := writeTable(t, valley)
	for want, args := range map[string][]string{
		"subcommand: missing":                      {},
		`"x": unknown subcommand`:                  {"x"},
		"DATA: missing":                            {"patterns"},
		"no such file":                             {"patterns", "absent.csv"},
		"line 2: column 2: \"a\"":                  {"patterns", writeTable(t, "x,y\n1,a\n")},
		"is the data themselves":                   {"patterns", table, "-o", table},
		"is the file of --output too":              {"patterns", table, "-o", table + "1", "--gates", table + "1"},
		"--output: there is no folder ":            {"patterns", table, "-o", filepath.Join(table+"x", "y")},
		"--gates: there is no folder ":             {"patterns", table, "--gates", filepath.Join(table+"x", "y")},
		"expected at least one number and a value": {"patterns", writeTable(t, "1\n")},
	} {
		_, errs, code := relucell(t, append([]string{"landscape"}, args...)...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, want)
		require.Equal(t, 1, strings.Count(errs, "\n"))
	}
}

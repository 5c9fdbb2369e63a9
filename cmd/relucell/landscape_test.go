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

// What optimum writes, a third person verifies; with other data, another decay, or a network of
// another shape it is another bound or none.
func TestLandscapeOptimumIsProved(t *testing.T) {
	table, dir := writeTable(t, valley), t.TempDir()
	net, proof := filepath.Join(dir, "net.json"), filepath.Join(dir, "p")
	text := succeed(t, "landscape", "optimum", table, "--decay", "0.1", "--proof", proof, "-o", net)
	require.Contains(t, text, "Decay     1/10\nOptimum   between 0.57", text)
	require.Contains(t, text, "verified: neurons 5, 6 are on nowhere\n          relucell landscape check "+table+" "+proof+" --decay 1/10 --net "+net+"\n")
	require.Contains(t, succeed(t, "check", proof+".json", proof, "--never-on", "5,6"), "VERIFIED  neurons 5, 6 are on nowhere")
	text = succeed(t, "landscape", "check", table, proof, "--decay", "0.1", "--net", net)
	require.Contains(t, text, "VERIFIED  the objective of every network is at least 0.57")
	require.Contains(t, text, "relative gap at most ")
	require.NotContains(t, succeed(t, "landscape", "check", table, proof, "--decay", "0.2"), "gap")
	require.Contains(t, succeed(t, "landscape", "check", table, proof, "--decay", "0.1", "--format", "json"), `{"verified":true,"data":{"points":5,`)
	require.Contains(t, succeed(t, "landscape", "optimum", table, "--decay", "0.1", "--no-bias", "--format", "json"), `"optimum":{"lower":"`)
	succeed(t, "eval", net, "--at", "1")
	other := writeTable(t, strings.Replace(valley, "-2,3", "-2.5,3", 1))
	_, errs, code := relucell(t, "landscape", "check", other, proof, "--decay", "0.1")
	require.Equal(t, exitFailed, code)
	require.Equal(t, "relucell: NOT VERIFIED: "+proof+": row 0 is not point 0 of the data\n", errs)
	require.NoError(t, os.WriteFile(proof, []byte("relucell-certificate 2\n"), 0o644))
	_, errs, code = relucell(t, "landscape", "check", table, proof, "--decay", "0.1")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "NOT VERIFIED: p")
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
		"--decay: missing":                         {"optimum", table},
		"expected a decay above 0":                 {"optimum", table, "--decay", "0"},
		"expected a decimal":                       {"optimum", table, "--decay", "x"},
		"is a file of --proof too":                 {"optimum", table, "--decay", "1", "-o", table + "p.json", "--proof", table + "p"},
		"--decay: missing, expected the":           {"check", table, table},
		"PROOF: missing":                           {"check", table, "--decay", "1"},
		"expected the network of the":              {"check", table, "absent", "--decay", "1"},
		"expected a layer of relu units":           {"check", table, "absent", "--decay", "1", "--net", data + "two_moons_2-16-16-1.json"},
	} {
		_, errs, code := relucell(t, append([]string{"landscape"}, args...)...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, want)
		require.Equal(t, 1, strings.Count(errs, "\n"))
	}
}

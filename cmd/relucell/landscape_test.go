package main

// landscape, on small tables.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

func TestLandscapeOptimumOfAWidth(t *testing.T) {
	table, net := writeTable(t, valley), filepath.Join(t.TempDir(), "net.json")
	text := succeed(t, "landscape", "optimum", table, "--neurons", "2", "-o", net)
	require.Contains(t, text, "Neurons   2, no decay\nLeast     risk 0.25")
	require.Contains(t, text, "of 210 programmes in floats; that none is lower is not proved: --certify does\nCells     +00011 +11000\n")
	text = succeed(t, "landscape", "optimum", table, "--neurons", "2", "--certify")
	require.Contains(t, text, "Least     0.25, over all networks of the width\n          exactly 1/4 = 0.25\n          210 programmes by ")
	require.Contains(t, succeed(t, "landscape", "optimum", table, "--neurons", "2", "--certify", "--format", "json"), `"least":"1/4","least_decimal":"0.25","bounds":`)
	succeed(t, "info", net)
	require.Contains(t, succeed(t, "landscape", "optimum", table, "--neurons", "1", "--output-bias", "--format", "json"), `"neurons":1,"programmes":"20","risk":"`)
}

func TestLandscapeProofOfAWidth(t *testing.T) {
	dir := t.TempDir()
	table, net, proof := writeTable(t, valley), filepath.Join(dir, "net.json"), filepath.Join(dir, "p")
	for _, flags := range [][]string{nil, {"--no-bias"}, {"--output-bias"}} {
		with := func(args ...string) []string { return append(append([]string{"landscape"}, args...), flags...) }
		text := succeed(t, with("optimum", table, "--neurons", "1", "--certify", "--proof", proof, "-o", net)...)
		require.Contains(t, text, "Proof     "+proof+", verified\n          relucell landscape check "+table+" "+proof+" --neurons 1 --net "+net)
		text = succeed(t, with("check", table, proof, "--neurons", "1", "--net", net)...)
		require.Contains(t, text, "VERIFIED  the risk of every network of 1 neuron is at least ")
		require.Contains(t, text, "relative gap at most ")
	}
	require.Contains(t, succeed(t, "landscape", "check", table, proof, "--neurons", "1", "--output-bias", "--format", "json"), `"neurons":1,"optimum":{"lower":"`)
	refused := func(want string, code int, args ...string) {
		_, errs, got := relucell(t, append([]string{"landscape"}, args...)...)
		require.Equal(t, code, got, errs)
		require.Contains(t, errs, want)
	}
	refused("--proof: given beside --neurons without --certify", exitInput, "optimum", table, "--neurons", "1", "--proof", proof)
	refused("--output: "+proof+".cells is a file of --proof too", exitInput, "optimum", table, "--neurons", "1", "--certify", "--proof", proof, "-o", proof+".cells")
	refused("--decay: missing, expected the decay that the bound is for", exitInput, "check", table, proof)
	refused("expected one of them", exitInput, "check", table, proof, "--decay", "1", "--neurons", "1")
	refused("--output-bias: given beside --decay", exitInput, "check", table, proof, "--decay", "1", "--output-bias")
	refused("an output with a bias, expected none, or --output-bias", exitInput, "check", table, proof, "--neurons", "1", "--net", net)
	refused(`NOT VERIFIED: `+proof+`: line 2: expected "neurons 2"`, exitFailed, "check", table, proof, "--neurons", "2", "--output-bias")
	refused(`NOT VERIFIED: `+proof+`: line 3: expected "bias 0"`, exitFailed, "check", table, proof, "--neurons", "1")
	succeed(t, "landscape", "optimum", table, "--neurons", "2", "-o", net)
	refused("2 neurons, expected at most 1", exitInput, "check", table, proof, "--neurons", "1", "--net", net)
	require.NoError(t, os.Remove(proof+".cells"))
	refused("p.cells: no such file or directory, expected a proof", exitInput, "check", table, proof, "--neurons", "1", "--output-bias")
	require.NoError(t, os.Remove(proof))
	refused("expected a proof", exitInput, "check", table, proof, "--neurons", "1", "--output-bias")
}

func TestLandscapeCensus(t *testing.T) {
	table := writeTable(t, valley)
	text := succeed(t, "landscape", "census", table, "--neurons", "2")
	require.Contains(t, text, "Surface   100 cells of 2 neurons\n          210 cells with signs, neurons in any order\nMinima    in 53 cells, 19 values; 18 spurious\nLinear    44/5 = 8.8, ")
	require.Contains(t, text, "Known     1/4 = 0.25, ")
	require.Contains(t, succeed(t, "landscape", "census", table, "--neurons", "1", "--format", "json"), `"cells_with_minima":11,"values":[{"risk":"44/5","cells":1,"spurious":false,"cell":"+11111"},`)
}

func TestLandscapeSpurious(t *testing.T) {
	table, dir := writeTable(t, valley), t.TempDir()
	net, lower := filepath.Join(dir, "net.json"), filepath.Join(dir, "lower.json")
	text := succeed(t, "landscape", "spurious", table, "--neurons", "3", "-o", net, "--lower", lower)
	require.Contains(t, text, "Minimum   risk 44/5 = 8.8, 3 neurons\n")
	require.Contains(t, text, "level at 5 more points of its valley\n")
	require.Contains(t, text, "Lower     risk 0.37")
	succeed(t, "eval", net, "--at", "1")
	succeed(t, "eval", lower, "--at", "1")
	require.Contains(t, succeed(t, "landscape", "spurious", table, "--neurons", "1", "--format", "json"), `"neurons":1,"risk":"44/5","weights":[["1/5","2"]],"outputs":["1"],"output_bias":"-1/10",`)
	_, errs, code := relucell(t, "landscape", "spurious", writeTable(t, "0,1\n1,2\n2,5\n"), "--neurons", "1", "--timeout", "1ns")
	require.Equal(t, exitStopped, code, errs)
}

func TestLandscapePlot(t *testing.T) {
	table, out := data+"landscape/zigzag.csv", filepath.Join(t.TempDir(), "surface.svg")
	text := succeed(t, "landscape", "plot", table, "-o", out)
	require.Contains(t, text, "Surface   14 cells, a = +1\nMinima    7, exact; where the neuron is off, 20\n")
	require.Contains(t, text, " 3, -6                                                    11    wall  lowest\n")
	raw, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Contains(t, string(raw), "minimum on a wall")
	require.Contains(t, succeed(t, "landscape", "plot", table, "-o", out, "--sign=-", "--box=-1:1", "--format", "json"), `"sign":"-","cells":14,"minima":[{"w":["`)
}

// told are the lines of docs/landscape.md that rest on fractions: they must be there again.
var told = regexp.MustCompile(`^(Data|Patterns|Decay|Proof|Surface|Minima|Linear|Known|Minimum|Written   [a-zG]+\.[a-z]+$)|/|spurious`)

func TestCommandsOfTheLandscapePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/landscape.md")
	require.NoError(t, err)
	top, err := filepath.Abs("../..")
	require.NoError(t, err)
	work, ran, held := t.TempDir(), 0, 0
	require.NoError(t, os.Symlink(filepath.Join(top, "testdata"), filepath.Join(work, "testdata")))
	for _, block := range console.FindAllStringSubmatch(string(page), -1) {
		out := ""
		for line := range strings.Lines(block[1]) {
			line = strings.TrimSuffix(line, "\n")
			if cmd, ok := strings.CutPrefix(line, "$ relucell "); ok {
				run := exec.Command(binary, strings.Fields(cmd)...)
				run.Dir = work
				raw, err := run.Output()
				require.NoError(t, err, line)
				out, ran = string(raw), ran+1
			} else if told.MatchString(line) {
				require.Contains(t, out, line)
				held++
			}
		}
	}
	require.Equal(t, 8, ran)
	require.Greater(t, held, 30)
}

// A search of hours ends within a second of its limit, with nothing written.
func TestLandscapeStops(t *testing.T) {
	var text strings.Builder
	for i := range 40 {
		fmt.Fprintf(&text, "%d,%d,%d\n", i*i%41, i*7%41, i*3%5)
	}
	table, out := writeTable(t, text.String()), filepath.Join(t.TempDir(), "net.json")
	for _, args := range [][]string{
		{"optimum", table, "--neurons", "2", "-o", out}, {"census", table, "--neurons", "2"}, {"optimum", table, "--decay", "1e-9", "-o", out}, {"patterns", table, "-o", out},
	} {
		_, errs, code := relucell(t, append([]string{"landscape"}, append(args, "--timeout", "1ms")...)...)
		require.Equal(t, exitStopped, code, errs)
		require.NoFileExists(t, out)
	}
}

// A proof of which a file is not there is none that was refused.
func TestLandscapeCheckNamesAFileThatIsNotThere(t *testing.T) {
	table, dir := writeTable(t, valley), t.TempDir()
	bound, width := filepath.Join(dir, "b"), filepath.Join(dir, "w")
	succeed(t, "landscape", "optimum", table, "--decay", "1", "--proof", bound)
	succeed(t, "landscape", "optimum", table, "--neurons", "1", "--certify", "--proof", width)
	require.NoError(t, os.Remove(bound))
	require.NoError(t, os.Remove(width+".cells"))
	for missing, args := range map[string][]string{bound: {bound, "--decay", "1"}, width + ".cells": {width, "--neurons", "1"}} {
		_, errs, code := relucell(t, append([]string{"landscape", "check", table}, args...)...)
		require.Equal(t, exitInput, code)
		require.Equal(t, "relucell: "+missing+": no such file or directory, expected a proof\n", errs)
	}
}

func TestLandscapeRefuses(t *testing.T) {
	table := writeTable(t, valley)
	for want, args := range map[string][]string{
		"subcommand: missing":                      {},
		`"x": unknown subcommand`:                  {"x"},
		"DATA: missing":                            {"patterns"},
		"no such file":                             {"patterns", "absent.csv"},
		"line 2: column 2: \"a\"":                  {"patterns", writeTable(t, "x,y\n1,a\n")},
		"is another file of this command":          {"patterns", table, "-o", table},
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

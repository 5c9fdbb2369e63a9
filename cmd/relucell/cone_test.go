package main

// cone: descriptions, layers and checks, from file to file.

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// coneFiles writes a cone in three dimensions, its description, and a network constrained to it.
func coneFiles(t *testing.T) (table, description, net string) {
	dir := t.TempDir()
	table, description, net = filepath.Join(dir, "A.csv"), filepath.Join(dir, "cone.json"), filepath.Join(dir, "c.onnx")
	require.NoError(t, os.WriteFile(table, []byte("# y0 and y1 are not below 0, and 2·y0 is at most y1 + y2\n-1,0,0\n0,-1/2,0\n1,-0.5,-0.5\n"), 0o666))
	require.Contains(t, succeed(t, "cone", "rays", table, "-o", description), "Rays      3 extreme rays, exact\nLines     0 lines\n")
	out := succeed(t, "cone", "layer", data+"iris_sized_4-16-16-3.onnx", "--cone", description, "-o", net, "--float32")
	require.Contains(t, out, "4-16-16-3-3, 35 neurons\n")
	require.Contains(t, out, "Cone      cone.json: 3 rays and 0 lines in 3 dimensions\n")
	return table, description, net
}

func TestCone(t *testing.T) {
	table, description, net := coneFiles(t)
	text, err := os.ReadFile(description)
	require.NoError(t, err)
	require.Equal(t, `{"relucell-cone": 1, "dimensions": 3,
 "lineality": [],
 "rays": [
  [0,0,1],
  [0,1,-1],
  [1,0,2]]}
`, string(text))
	require.Contains(t, succeed(t, "cone", "check", net, table), "VERIFIED  for all inputs, by the network's last layers")
	old := written(t, "a proof of an earlier run")
	out, errs, code := relucell(t, "cone", "check", net, table, "--box=-1:1", "--proof", old)
	require.Equal(t, exitDone, code)
	require.Contains(t, out, "Proof     "+old+": none, as the layers show it without one\n")
	require.Contains(t, errs, old+": removed")
	require.NoFileExists(t, old)
	ine := filepath.Join(t.TempDir(), "A.ine")
	require.Contains(t, succeed(t, "cone", "rays", table, "-o", ine, "--order", "maxcut"), "Written")
	require.Contains(t, succeed(t, "cone", "check", net, ine), "VERIFIED")
	require.Equal(t, succeed(t, "cone", "rays", table, "--ext"), succeed(t, "cone", "rays", filepath.Join(filepath.Dir(table), "A.csv"), "--ext"))
	require.Contains(t, succeed(t, "cone", "rays", ine), "ray       0 0 1\nray       0 1 -1\nray       1 0 2\n")
}

// What the structure does not show a ball may, by a proof that the checker reads; or a point is
// found.
func TestConeCheckOnABall(t *testing.T) {
	_, _, net := coneFiles(t)
	dir := t.TempDir()
	table, p := filepath.Join(dir, "B.csv"), filepath.Join(dir, "p")
	require.NoError(t, os.WriteFile(table, []byte("-1000,-1000,1\n"), 0o666))
	_, errs, code := relucell(t, "cone", "check", net, table)
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "expected a ball as well")
	out := succeed(t, "cone", "check", net, table, "--center", "0", "--radius", "0.1", "--proof", p)
	require.Contains(t, out, "VERIFIED  on the ball")
	require.Contains(t, succeed(t, "check", p+".json", p, "--never-on", "35"), "neuron 35 is on nowhere")
	require.Contains(t, succeed(t, "cone", "check", net, table, "--center", "0", "--radius", "0.1"), "by a proof that was checked\nTime")

	require.NoError(t, os.WriteFile(table, []byte("0,0,1\n"), 0o666))
	out, errs, code = relucell(t, "cone", "check", net, table, "--box=-1:1")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "constraint 0 is violated")
	require.Regexp(t, `VIOLATED  constraint 0 is [0-9.]+, exactly 0x1\.[0-9a-f]+p[+-]\d+\n +at \(-?[0-9.]+, `, out)
	out, _, code = relucell(t, "cone", "check", net, table, "--box=-1:1", "--format", "json")
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, `"verdict":"violated"`)
	require.Contains(t, out, `"violated":0`)
}

// The value of a constraint is that of its row as it stands in the table, not of the integers that
// it is scaled to: it was, and was called exact.
func TestConeCheckTellsTheValueOfTheRowThatWasGiven(t *testing.T) {
	dir := t.TempDir()
	net, table := filepath.Join(dir, "n.json"), filepath.Join(dir, "A.csv")
	require.NoError(t, os.WriteFile(net, []byte(`{"relucell-network":1,"inputs":1,"layers":[
{"activation":"none","weights":[["0x0p+0"],["0x0p+0"]],"bias":["0x1p+0","0x1.8p+1"]}
]}
`), 0o666))
	for row, want := range map[string][2]string{ // y = (1, 3)
		"6,3":          {"15", `"0x1.ep+3"`},
		"-0.5,0.5":     {"1", `"0x1p+0"`},
		"1/3,1/7":      {"16/21", `"16/21"`},
		"-9/2,3":       {"9/2", `"0x1.2p+2"`},
		"1e-300,0":     {"", `"0x1.56e1fc2f8f359p-997"`},
		"-1/3,1/3":     {"2/3", `"2/3"`},
		"-2e300,1e300": {"", `"0x1.7e43c8800759cp+996"`},
	} {
		require.NoError(t, os.WriteFile(table, []byte(row+"\n"), 0o666))
		out, _, code := relucell(t, "cone", "check", net, table, "--box=-1:1", "--format", "json")
		require.Equal(t, exitFailed, code)
		require.Contains(t, out, `"value":`+want[1], row)
		if want[0] != "" {
			require.Contains(t, out, "the constant is "+want[0]+", expected at most 0")
		}
	}
}

func TestConeRefuses(t *testing.T) {
	table, description, net := coneFiles(t)
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.csv")
	require.NoError(t, os.WriteFile(bad, []byte("1,2\n1,x\n"), 0o666))
	short := filepath.Join(dir, "short.csv")
	require.NoError(t, os.WriteFile(short, []byte("1,2\n"), 0o666))
	lifted := filepath.Join(dir, "lifted.ine")
	require.NoError(t, os.WriteFile(lifted, []byte("H-representation\nbegin\n1 3 rational\n1 1 0\nend\n"), 0o666))
	for want, args := range map[string][]string{
		"missing, expected rays, layer":                     {"cone"},
		"unknown subcommand, expected rays, layer or check": {"cone", "describe"},
		"A.csv: missing":                                    {"cone", "rays"},
		"line 2: column 2: \"x\", expected":                 {"cone", "rays", bad},
		"row 1: the constant 1, expected 0":                 {"cone", "rays", lifted},
		"expected a file name that ends in .json,":          {"cone", "rays", table, "-o", filepath.Join(dir, "x.csv")},
		"given beside --ext":                                {"cone", "rays", table, "--ine", "--ext"},
		"beside --ext, expected --output":                   {"cone", "rays", table, "--ext", "--format", "json"},
		"--cone: missing":                                   {"cone", "layer", net, "-o", filepath.Join(dir, "x.json")},
		"ends in .json or .onnx":                            {"cone", "layer", net, "--cone", description, "-o", filepath.Join(dir, "x.txt")},
		"--float32: given for":                              {"cone", "layer", net, "--cone", description, "-o", filepath.Join(dir, "x.json"), "--float32"},
		"expected the description of a cone":                {"cone", "layer", net, "--cone", table, "-o", filepath.Join(dir, "x.json")},
		"row 0 has 2 numbers, expected 3":                   {"cone", "check", net, short},
		"is another file of this command":                   {"cone", "layer", net, "--cone", description, "-o", description},
	} {
		_, errs, code := relucell(t, args...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, want)
	}
	_, errs, code := relucell(t, "cone", "rays", table, "--max-rays", "1")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "more than 1 rays at a time")
	_, _, code = relucell(t, "cone", "rays", table, "--timeout", "1ns")
	require.Equal(t, exitStopped, code)
}

// A set in the place of the digits: what the folder has is checked like any other network.
func TestExperimentConstrained(t *testing.T) {
	dir := t.TempDir()
	var table strings.Builder
	for i := range 40 {
		for k := range 64 {
			fmt.Fprintf(&table, "%d,", (i*i*k+3*k*k+i)%17)
		}
		fmt.Fprintf(&table, "%d\n", i%2)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte(table.String()))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "digits.csv.gz"), packed.Bytes(), 0o666))
	out := filepath.Join(dir, "out")
	text := succeed(t, "experiment", "constrained", "--cache", dir, "--epochs", "2", "-o", out)
	require.Contains(t, text, "The cone has 16 rays and 48 lines")
	require.Contains(t, text, "for all inputs")
	require.Contains(t, succeed(t, "cone", "check", filepath.Join(out, "networks", "conic-abs.json"), filepath.Join(out, "A.csv")), "VERIFIED")
	require.Contains(t, succeed(t, "cone", "rays", filepath.Join(out, "A.csv"), "--format", "json"), `"lines":48,"rays":16`)
	_, errs, code := relucell(t, "experiment", "constrained", "--cache", dir, "-o", out)
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "expected a new folder")
	_, errs, code = relucell(t, "experiment", "constrained", "--cache", dir, "-o", out, "--data", "mnist")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "make data")
	_, errs, code = relucell(t, "experiment", "constrained", "--cache", dir, "-o", out, "--blocks", "3")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "--blocks: 3, expected a divisor of 8")
}

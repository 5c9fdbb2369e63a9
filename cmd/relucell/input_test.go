package main

// Bad input and bad usage: exit code 2 and one clear line, without a panic, a hang, or memory for
// what a file merely claims.

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// damagedONNX writes the two-moons network, changed by f, and returns the file's name.
func damagedONNX(t *testing.T, f func(*onnxpb.GraphProto)) string {
	t.Helper()
	raw, err := os.ReadFile(data + "two_moons_2-16-16-1.onnx")
	require.NoError(t, err)
	var m onnxpb.ModelProto
	require.NoError(t, proto.Unmarshal(raw, &m))
	f(m.Graph)
	raw, err = proto.Marshal(&m)
	require.NoError(t, err)
	return writeBytes(t, "damaged.onnx", raw)
}

func writeBytes(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, b, 0o644))
	return path
}

func TestBadNetworkFile(t *testing.T) {
	raw, err := os.ReadFile(data + "two_moons_2-16-16-1.onnx")
	require.NoError(t, err)
	ball := []string{"--center", "0", "--radius", "1"}
	for name, c := range map[string]struct {
		path string
		want []string
	}{
		"missing":     {"nowhere.onnx", []string{"nowhere.onnx", "no such file"}},
		"folder":      {t.TempDir(), []string{"ending"}},
		"ending":      {data + "README.md", []string{"README.md", ".safetensors or .json"}},
		"empty onnx":  {writeBytes(t, "empty.onnx", nil), []string{"empty.onnx"}},
		"empty nnet":  {writeBytes(t, "empty.nnet", nil), []string{"empty.nnet"}},
		"empty json":  {writeBytes(t, "empty.json", nil), []string{"empty.json"}},
		"junk onnx":   {writeBytes(t, "junk.onnx", []byte("junk")), []string{"junk.onnx"}},
		"truncated":   {writeBytes(t, "cut.onnx", raw[:len(raw)/2]), []string{"cut.onnx"}},
		"bad json":    {data + "reject/tanh.json", []string{"tanh.json", "activation", "relu"}},
		"json weight": {writeBytes(t, "big.json", []byte(`{"relucell-network":1,"inputs":1,"layers":[{"activation":"relu","weights":[["1e999"]],"bias":[0]}]}`)), []string{"big.json", "weights"}},
		"operator": {damagedONNX(t, func(g *onnxpb.GraphProto) { g.Node[1].OpType = proto.String("Softsign") }),
			[]string{"damaged.onnx", "Softsign", "choose the output"}},
		"NaN weight": {damagedONNX(t, func(g *onnxpb.GraphProto) { setFirst(g.Initializer[0], math.NaN()) }), []string{"damaged.onnx", "NaN"}},
		"Inf weight": {damagedONNX(t, func(g *onnxpb.GraphProto) { setFirst(g.Initializer[0], math.Inf(1)) }), []string{"damaged.onnx", "Inf"}},
		"claim of 2 GB": {damagedONNX(t, func(g *onnxpb.GraphProto) { g.Initializer[0].Dims = []int64{1 << 14, 1 << 15} }),
			[]string{"damaged.onnx"}},
		"claim of 2^126": {damagedONNX(t, func(g *onnxpb.GraphProto) { g.Initializer[0].Dims = []int64{1 << 62, 1 << 62, 4} }),
			[]string{"damaged.onnx"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, cmd := range []string{"count", "list", "bound"} {
				refused(t, append([]string{cmd, c.path}, ball...), c.want...)
			}
			refused(t, []string{"info", c.path}, c.want...)
		})
	}
}

// setFirst sets the first number of a float32 tensor.
func setFirst(p *onnxpb.TensorProto, v float64) {
	bits := math.Float32bits(float32(v))
	if len(p.RawData) >= 4 {
		p.RawData = append([]byte{byte(bits), byte(bits >> 8), byte(bits >> 16), byte(bits >> 24)}, p.RawData[4:]...)
		return
	}
	p.FloatData[0] = float32(v)
}

// refused requires exit code 2, nothing on standard output, and one line that has all the words.
func refused(t *testing.T, args []string, words ...string) {
	t.Helper()
	out, errs, code := relucell(t, args...)
	require.Equal(t, exitInput, code, "%v: %s", args, errs)
	require.Empty(t, out)
	require.Equal(t, 1, strings.Count(errs, "\n"), errs)
	require.True(t, strings.HasPrefix(errs, "relucell: "), errs)
	for _, w := range words {
		require.Contains(t, errs, w, args)
	}
}

func TestBadUsage(t *testing.T) {
	moons := data + "two_moons_2-16-16-1.onnx"
	short := writeBytes(t, "short.csv", []byte("0.5\n"))
	for _, c := range []struct {
		args string
		want []string
	}{
		{"nonsense", []string{"nonsense"}},
		{"completion nonsense", []string{"nonsense"}},
		{"completion", []string{"bash, zsh"}},
		{"count", []string{"NET"}},
		{"count NET NET", []string{"unexpected"}},
		{"check NET", []string{"PROOF"}},
		{"count NET --nonsense", []string{"--nonsense"}},
		{"count NET --center", []string{"--center"}},
		{"count NET", []string{"--center", "2 numbers", "--box"}},
		{"count NET --radius 1", []string{"--center", "missing"}},
		{"count NET --center 0,0", []string{"--radius", "missing"}},
		{"count NET --center 0,0 --radius 0", []string{"--radius", "greater than 0"}},
		{"count NET --center 0,0 --radius -1", []string{"--radius", "greater than 0"}},
		{"count NET --center 0,0 --radius nan", []string{"--radius", "finite"}},
		{"count NET --center 0,0 --radius inf", []string{"--radius", "finite"}},
		{"count NET --center 0,0 --radius 1e999", []string{"--radius", "beyond float64"}},
		{"count NET --center 0,0 --radius one", []string{"--radius", "one"}},
		{"count NET --center 0,nan --radius 1", []string{"--center", "coordinate 1", "finite"}},
		{"count NET --center -inf --radius 1", []string{"--center", "finite"}},
		{"count NET --center 0,0,0 --radius 1", []string{"--center", "3 numbers", "expected 2"}},
		{"count NET --center 0, --radius 1", []string{"--center", "coordinate 1"}},
		{"count NET --center @nowhere --radius 1", []string{"nowhere", "no such file"}},
		{"count NET --center @" + short + " --radius 1", []string{"short.csv", "1 numbers", "expected 2"}},
		{"count NET --center 0 --radius 1 --norm l3", []string{"--norm", "l2, linf or l1"}},
		{"count NET --center 0 --radius 1 --norm box", []string{"--norm", "l2, linf or l1"}},
		{"count NET --box 1:-1", []string{"--box", "lower below the upper"}},
		{"count NET --box 1:1", []string{"--box", "every input is fixed"}},
		{"count NET --box 0:nan", []string{"--box", "finite"}},
		{"count NET --box 0:1,0:1,0:1", []string{"--box", "3 pairs", "2 inputs"}},
		{"count NET --box 0", []string{"--box", "lo:hi"}},
		{"count NET --box 0:1 --center 0", []string{"--center", "--box"}},
		{"count NET --box 0:1 --radius 1", []string{"--radius", "--box"}},
		{"count NET --box 0:1 --norm l2", []string{"--norm", "--box"}},
		{"count NET --box 0:1 --workers 0", []string{"--workers", "whole number"}},
		{"count NET --box 0:1 --timeout 5", []string{"--timeout", "30s"}},
		{"count NET --box 0:1 --timeout -5s", []string{"--timeout", "greater than 0"}},
		{"count NET --box 0:1 --limit 0", []string{"--limit", "at least 1"}},
		{"count NET --box 0:1 --gap nan", []string{"--gap", "finite"}},
		{"count NET --box 0:1 --gap -1", []string{"--gap", "at least 0"}},
		{"count NET --box 0:1 --oracle gurobi", []string{"--oracle", "native, clp or reference"}},
		{"count NET --box 0:1 --oracle clp", []string{"--oracle clp", "-tags clp"}},
		{"count NET --box 0:1 --format xml", []string{"--format", "text, json or csv"}},
		{"count NET --box 0:1 --normalise", []string{".nnet"}},
		{"count NET --box 0:1 --proof nowhere/p", []string{"--proof", "nowhere/p", "no such file"}},
		{"count NET --box 0:1 --proof ..", []string{"--proof", "folder"}},
		{"count NET --box 0:1 --proof NET", []string{"--proof", "network itself"}},
		{"count NET --box 0:1 --proof=", []string{"--proof", "empty"}},
		{"check NET nowhere", []string{"nowhere", "no such file"}},
		{"check nowhere.json main.go", []string{"nowhere.json", "no such file"}},
		{"convert NET", []string{"--output", ".json"}},
		{"convert NET -o net.txt", []string{"--output", ".json or .onnx"}},
		{"convert NET -o nowhere/net.json", []string{"nowhere/net.json", "no such file"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			refused(t, strings.Fields(strings.ReplaceAll(c.args, "NET", moons)), c.want...)
		})
	}
}

// What is written as ONNX is the same network, whatever it came from.
func TestConvertWritesONNX(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	print := func(net string) string {
		_, stamp, _ := strings.Cut(succeed(t, "info", net), "\n")
		stamp, _, _ = strings.Cut(stamp, "\n")
		require.Contains(t, stamp, "sha256:")
		return stamp
	}
	for _, net := range []string{data + "two_moons_2-16-16-1.json", data + "degenerate/slivers.json"} {
		require.Contains(t, succeed(t, "convert", net, "-o", file("a.onnx")), "Network   a.onnx: ")
		require.Equal(t, print(net), print(file("a.onnx")))
	}
	succeed(t, "convert", data+"two_moons_2-16-16-1.onnx", "-o", file("b.onnx"), "--float32")
	require.Equal(t, print(data+"two_moons_2-16-16-1.onnx"), print(file("b.onnx")))
	wide := writeBytes(t, "wide.json", []byte(`{"relucell-network":1,"inputs":1,"layers":[{"activation":"relu","weights":[["0x1.0000000000001p+0"]],"bias":["0x0p+0"]}]}`))
	refused(t, []string{"convert", wide, "-o", file("c.onnx"), "--float32"}, "--output: layer 0: ", "float32")
	refused(t, []string{"convert", wide, "-o", file("c.json"), "--float32"}, "--float32: given for")
	refused(t, []string{"convert", file("b.onnx"), "-o", file("b.onnx")}, "expected one of its own")
	refused(t, []string{"convert", wide, "-o", "-", "--float32"}, ".json or .onnx")
	require.NoFileExists(t, file("c.onnx"))
}

// What one command writes to standard output another reads from standard input; the checker too.
func TestANetworkComesByAPipe(t *testing.T) {
	moons, proof := data+"two_moons_2-16-16-1.onnx", filepath.Join(t.TempDir(), "proof")
	text := succeed(t, "convert", moons, "-o", "-")
	piped := func(input string, args ...string) (out, errs string, code int) {
		cmd := exec.Command(binary, args...)
		var o, e strings.Builder
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &o, &e
		_ = cmd.Run()
		return o.String(), e.String(), cmd.ProcessState.ExitCode()
	}
	out, errs, code := piped(text, "count", "-", "--center", "0.5,0.25", "--radius", "0.5", "--format", "json", "--proof", proof)
	require.Zero(t, code, errs)
	want := parseCount(t, succeed(t, "count", moons, "--center", "0.5,0.25", "--radius", "0.5", "--format", "json"))
	require.Equal(t, want.Net, parseCount(t, out).Net)
	require.Equal(t, want.Regions, parseCount(t, out).Regions)
	out, errs, code = piped(text, "check", "-", proof)
	require.Zero(t, code, errs)
	require.Contains(t, out, "VERIFIED  exactly 131 activation regions")
	require.NotContains(t, out, "converted")
	for _, args := range [][]string{{"diff", "-", "-", "--box=-1:1"}, {"canonical", "-", "-"}, {"explore", "-", "a.onnx", "-"}} {
		_, errs, code = piped(text, args...)
		require.Equal(t, exitInput, code)
		require.Equal(t, "relucell: -: given twice, but standard input is read once; expected the name of a file for one of them\n", errs)
	}
	_, errs, code = piped("junk", "info", "-")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "stdin.json: canonical text: ")
	_, errs, code = piped(strings.Replace(text, "relu", "tanh", 1), "check", "-", proof)
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "NOT VERIFIED")
}

func TestCenterForms(t *testing.T) {
	moons := data + "two_moons_2-16-16-1.onnx"
	want := masked(succeed(t, "count", moons, "--center", "0.5,0.5", "--radius", "0.5", "--format", "json"))
	for _, center := range []string{
		"0.5", "0x1p-1", " 0.5 , 5e-1",
		"@" + writeBytes(t, "c.json", []byte("[0.5, \"0x1p-1\"]\n")),
		"@" + writeBytes(t, "c.csv", []byte("0.5,0.5\n")),
		"@" + writeBytes(t, "column.csv", []byte("0.5\r\n0.5\r\n")),
	} {
		require.Equal(t, want, masked(succeed(t, "count", moons, "--center", center, "--radius", "0x1p-1", "--format", "json")), center)
	}
	require.Equal(t, succeed(t, "list", moons, "--box", "0:0.5,0:0.5"), succeed(t, "list", moons, "--box", "0:0.5"))
}

func TestNormaliseChangesTheNetwork(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "nets", "ACASXU_experimental_v2a_1_1.nnet")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the public networks are not beside this module")
	}
	plain, normalised := succeed(t, "info", path), succeed(t, "info", path, "--normalise")
	require.Contains(t, plain, "normalisation: ")
	require.NotEqual(t, plain, normalised)
	require.Contains(t, succeed(t, "count", path, "--center", "0", "--radius", "0.025", "--norm", "linf"), "1,943 activation regions, exact")
}

// A flag of a variable that was not set was taken for one that is not there.
func TestEmptyFlagsAreRefused(t *testing.T) {
	folder := t.TempDir()
	for flag, args := range map[string][]string{
		"--output":   {"count", moons, "--box=-1:1"},
		"--points":   {"plot", moons, "--box=-1:1", "-o", filepath.Join(folder, "map.svg")},
		"--inverse":  {"reach", moons, "--box=-1:1", "-o", filepath.Join(folder, "set.jsonl")},
		"--spec":     {"check", moons, data + "two_moons.vnnlib"},
		"--proof":    {"range", moons, "--box=-1:1"},
		"--witness":  {"verify", moons, data + "two_moons.vnnlib"},
		"--corpus":   {"crosscheck", "--cases", "1"},
		"--failures": {"crosscheck", "--cases", "1"},
		"--centers":  {"count", moons, "--radius", "1"},
	} {
		refused(t, append(args, flag, ""), flag, "empty, expected")
	}
}

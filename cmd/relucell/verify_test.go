package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

const moonsNet = data + "two_moons_2-16-16-1.onnx"

// writeSpec writes a query about one input and one output.
func writeSpec(t *testing.T, asserts string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "spec.vnnlib")
	require.NoError(t, os.WriteFile(path, []byte(asserts), 0o644))
	return path
}

func TestVerifyHoldsAndIsViolated(t *testing.T) {
	require.Contains(t, succeed(t, "verify", moonsNet, data+"two_moons.vnnlib"), "Verdict   holds: no point satisfies the query\n")
	require.Equal(t, "unsat\n", succeed(t, "verify", moonsNet, data+"two_moons.vnnlib", "--format", "vnncomp", "--workers", "3"))
	point := filepath.Join(t.TempDir(), "point.txt")
	require.Contains(t, succeed(t, "verify", moonsNet, data+"two_moons_between.vnnlib", "--witness", point), "Verdict   violated: a point satisfies alternative 1 of the query\nInput ")
	text, err := os.ReadFile(point)
	require.NoError(t, err)
	require.Regexp(t, `^relucell-witness 1\nnet sha256:[0-9a-f]{64}\nspec sha256:[0-9a-f]{64}\ndisjunct 0\nx -?[0-9/]+ -?[0-9/]+\n$`, string(text))
	out := succeed(t, "verify", moonsNet, data+"two_moons_between.vnnlib", "--format", "vnncomp")
	require.Regexp(t, `^sat\n\(\(X_0 [^)]+\)\n \(X_1 [^)]+\)\n \(Y_0 [^)]+\)\)\n$`, out)
}

// What was asked for and is not written is told.
func TestVerifySaysWhereThereIsNoWitness(t *testing.T) {
	witness := filepath.Join(t.TempDir(), "point.txt")
	out := succeed(t, "verify", data+"two_moons_2-16-16-1.onnx", data+"two_moons.vnnlib", "--witness", witness)
	require.Contains(t, out, "Verdict   holds")
	require.Contains(t, out, "Witness   "+witness+": none, as the verdict is not that the property is violated\n")
	require.NoFileExists(t, witness)
}

func TestVerifyJSONIsExact(t *testing.T) {
	var j verifyJSON
	require.NoError(t, json.Unmarshal([]byte(succeed(t, "verify", moonsNet, data+"two_moons_between.vnnlib", "--format", "json")), &j))
	require.Equal(t, "violated", j.Verdict)
	y, ok := new(big.Rat).SetString(j.Witness.Output[0])
	require.True(t, ok)
	require.GreaterOrEqual(t, y.Sign(), 0)
	require.Len(t, j.Witness.Input, 2)
}

func TestVerifyNamesWhatIsWrong(t *testing.T) {
	float := writeSpec(t, "(vnnlib-version <2.0>)(declare-network f (declare-input X float32 [2])(declare-output Y float32 [1]))\n"+
		"(assert (and (>= X[0] 0) (<= X[0] 1) (>= X[1] 0) (<= X[1] 1) (<= Y[0] 0)))")
	small := writeSpec(t, "(declare-const X_0 Real)(declare-const Y_0 Real)(assert (and (>= X_0 0) (<= X_0 1)))")
	bad := writeSpec(t, "(declare-const X_0 Real)\n(declare-const Y_0 Real)\n(assert (<= Y_0 1/3))")
	for want, args := range map[string][]string{
		float + ": line 1, column 59: the element type is float32, expected Real: answers are about the reals, for which one must ask (--reals asks for them)": {float},
		small + ": inputs: 1 are declared, expected 2, as many as the network has":                                                                             {small},
		bad + ": line 3, column 17: 1/3: expected a decimal number, such as -0.5":                                                                              {bad},
		"nowhere.vnnlib: no such file or directory":                                                                                                            {"nowhere.vnnlib"},
		"--witness: " + small + " is another file of this command, expected one of its own":                                                                    {small, "--witness", small},
		"--witness: " + moonsNet + " is another file of this command, expected one of its own":                                                                 {small, "--witness", moonsNet},
		"--witness: empty, expected the name of a file":                                                                                                        {small, "--witness", ""},
	} {
		out, errs, code := relucell(t, append([]string{"verify", moonsNet}, args...)...)
		require.Equal(t, exitInput, code, errs)
		require.Equal(t, "relucell: "+want+"\n", errs)
		require.Empty(t, out)
	}
	require.Contains(t, succeed(t, "verify", moonsNet, float, "--reals"), "its type is float32: this is an answer about the reals\n")
}

// TestVerifyNamesWhatImportDid: what was rounded, and what became of a normalisation.
func TestVerifyNamesWhatImportDid(t *testing.T) {
	net := writeBytes(t, "scaled.nnet", []byte("// relu((x - 1)/3), and then twice that and 4\n2,1,1,1,\n1,1,1,\n0,\n-10,\n10,\n1,4,\n3,2,\n1,\n0,\n1,\n0,\n"))
	spec := writeSpec(t, "(declare-const X_0 Real)(declare-const Y_0 Real)(assert (and (>= X_0 1) (<= X_0 4) (>= Y_0 4.5)))")
	require.Regexp(t, `normalisation: in the file, ignored[^\n]*\nQuery [^\0]*\nVerdict   holds`, succeed(t, "verify", net, spec))
	out := succeed(t, "verify", net, spec, "--normalise")
	require.Regexp(t, `normalisation: applied[^\n]*\n +rounded by the import: normalisation: 1/range of an input\nQuery [^\0]*\nVerdict   violated`, out)
	require.Contains(t, succeed(t, "verify", net, spec, "--normalise", "--format", "json"), `"rounded":["normalisation: 1/range of an input"]`)
	require.NotContains(t, succeed(t, "verify", net, spec, "--format", "json"), `"rounded"`)
}

// TestVerifyStops: a query that nobody decides in a moment ends in time, as unknown.
func TestVerifyStops(t *testing.T) {
	path := wideNet(t, 40, 400, 400, 1)
	var s strings.Builder
	for k := range 40 {
		fmt.Fprintf(&s, "(declare-const X_%d Real)", k)
	}
	s.WriteString("(declare-const Y_0 Real)")
	for k := range 40 {
		fmt.Fprintf(&s, "(assert (and (>= X_%d -1) (<= X_%d 1)))", k, k)
	}
	spec := writeSpec(t, s.String()+"(assert (= (* 7 X_0) (+ 1.1 (* 11 X_1))))(assert (= Y_0 (+ 1000.1 (* 13.57 X_2))))")
	for format, want := range map[string]string{"vnncomp": "timeout\n", "text": "Verdict   unknown: --timeout reached\n", "json": `"verdict":"unknown","stopped":"--timeout reached"`} {
		p := start(t, "verify", path, spec, "--timeout", "400ms", "--format", format)
		require.Equal(t, exitStopped, p.end(t), p.errs.String())
		if format == "vnncomp" || !strings.Contains(p.errs.String(), "stopped before the network was read") {
			require.Contains(t, p.out.String(), want)
		}
	}
	cmd := exec.Command(binary, "verify", path, spec, "--verbose")
	var out bytes.Buffer
	cmd.Stdout = &out
	errs, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	late := time.AfterFunc(loose, func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(errs)
	for lines.Scan() && !strings.Contains(lines.Text(), "searching") {
	}
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	for lines.Scan() {
	}
	_ = cmd.Wait()
	require.True(t, late.Stop(), "it did not end")
	require.Equal(t, exitStopped, cmd.ProcessState.ExitCode())
	require.Contains(t, out.String(), "Verdict   unknown: interrupted\n")
}

// TestVerifyIsStoppedWhileItReads: a pipe that nobody writes to.
func TestVerifyIsStoppedWhileItReads(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "spec.vnnlib")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	p := start(t, "verify", moonsNet, pipe, "--timeout", "50ms", "--format", "vnncomp")
	require.Equal(t, exitStopped, p.end(t))
	require.Equal(t, "timeout\n", p.out.String())
	require.Equal(t, "relucell: "+pipe+": stopped before it was read: --timeout reached\n", p.errs.String())
}

// TestVerifyAsksAboutOutputsOfTheFile: a query about probabilities was answered about what goes into
// the sigmoid.
func TestVerifyAsksAboutOutputsOfTheFile(t *testing.T) {
	inner := ""
	net := damagedONNX(t, func(g *onnxpb.GraphProto) {
		inner = g.Output[0].GetName()
		g.Node = append(g.Node, &onnxpb.NodeProto{OpType: proto.String("Sigmoid"), Input: []string{inner}, Output: []string{"p"}})
		g.Output[0].Name = proto.String("p")
	})
	spec, safe := data+"two_moons.vnnlib", filepath.Join(t.TempDir(), "safe.proof")
	want := net + ": its outputs end in Sigmoid, which is left out of the network, and " + spec + ` is about them; expected --output "` + inner + `" to ask about what goes into it`
	for _, args := range [][]string{{"verify", net, spec, "--output", inner, "--proof", safe}, {"check", net, safe, "--spec", spec, "--output", inner}} {
		_, errs, code := relucell(t, args...)
		require.Equal(t, 0, code, errs)
	}
	for _, args := range [][]string{{"verify", net, spec}, {"verify", net, spec, "--output", "p"}, {"check", net, safe, "--spec", spec}} {
		out, errs, code := relucell(t, args...)
		require.Equal(t, exitInput, code)
		require.Empty(t, out)
		require.Contains(t, errs, want)
	}
}

// TestVerifyWritesProofs that check takes, with the same bytes for every number of workers.
func TestVerifyWritesProofs(t *testing.T) {
	dir := t.TempDir()
	plain, packed := filepath.Join(dir, "safe.proof"), filepath.Join(dir, "safe.proof.gz")
	spec := data + "two_moons.vnnlib"
	require.Contains(t, succeed(t, "verify", moonsNet, spec, "--proof", plain, "--workers", "1"), "Proof     "+plain+": holds\n")
	text, err := os.ReadFile(plain)
	require.NoError(t, err)
	require.Regexp(t, `^relucell-safety 1\nnet sha256:[0-9a-f]{64}\nspec sha256:[0-9a-f]{64}\nbits 36\nquery 1 1\n`, string(text))
	require.Contains(t, succeed(t, "check", moonsNet, plain, "--spec", spec), "VERIFIED  holds: no point satisfies the query\n")
	var j verifyJSON
	require.NoError(t, json.Unmarshal([]byte(succeed(t, "verify", moonsNet, spec, "--proof", packed, "--workers", "4", "--format", "json")), &j))
	require.Equal(t, packed, j.Proof)
	f, err := os.Open(packed)
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	again, err := io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, string(text), string(again))
	require.Contains(t, succeed(t, "check", moonsNet, packed, "--spec", spec), "VERIFIED  holds")
	_, errs, code := relucell(t, "check", moonsNet, plain, "--spec", data+"two_moons_between.vnnlib")
	require.Equal(t, 1, code, errs)

	point := filepath.Join(dir, "point")
	none := filepath.Join(dir, "none")
	out := succeed(t, "verify", moonsNet, data+"two_moons_between.vnnlib", "--proof", none, "--witness", point)
	require.Contains(t, out, "Proof     "+none+": none, as the verdict is not that the property holds\n")
	require.NoFileExists(t, none)
	require.Contains(t, succeed(t, "check", moonsNet, point, "--spec", data+"two_moons_between.vnnlib"), "VERIFIED")
	for want, args := range map[string][]string{
		"--proof: " + spec + " is another file of this command, expected one of its own":                           {"--proof", spec},
		"--proof: " + none + " is the witness, expected another file":                                              {"--proof", none, "--witness", none},
		"--proof: empty, expected the name of a file":                                                              {"--proof", ""},
		"--proof: there is no folder /nowhere (no such file or directory), expected /nowhere/p in one that exists": {"--proof", "/nowhere/p"},
	} {
		_, errs, code := relucell(t, append([]string{"verify", moonsNet, spec}, args...)...)
		require.Equal(t, exitInput, code)
		require.Equal(t, "relucell: "+want+"\n", errs)
	}
	huge := writeSpec(t, "(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(assert (and (>= X_0 0) (<= X_0 1e30) (>= X_1 0) (<= X_1 1) (<= Y_0 -1e40)))")
	_, errs, code = relucell(t, "verify", moonsNet, huge, "--proof", none)
	require.Equal(t, exitInput, code)
	require.Equal(t, "relucell: --proof: "+huge+": a box reaches beyond 2^44, where proofs have no grid: leave the proof out\n", errs)
}

// TestQueriesAreReadCompressed, as competitions publish them: what is proved is about the plain
// bytes.
func TestQueriesAreReadCompressed(t *testing.T) {
	dir := t.TempDir()
	spec, plain, packed := filepath.Join(dir, "spec.vnnlib.gz"), filepath.Join(dir, "plain.proof"), filepath.Join(dir, "packed.proof")
	text, err := os.ReadFile(data + "two_moons.vnnlib")
	require.NoError(t, err)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err = z.Write(text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(spec, b.Bytes(), 0o644))
	succeed(t, "verify", moonsNet, data+"two_moons.vnnlib", "--proof", plain)
	succeed(t, "verify", moonsNet, spec, "--proof", packed)
	want, err := os.ReadFile(plain)
	require.NoError(t, err)
	got, err := os.ReadFile(packed)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	require.Contains(t, succeed(t, "check", moonsNet, plain, "--spec", spec), "VERIFIED  holds")
}

// TestAStopLeavesNoProof, and an old one as it was.
func TestAStopLeavesNoProof(t *testing.T) {
	path := wideNet(t, 40, 400, 400, 1)
	var s strings.Builder
	for k := range 40 {
		fmt.Fprintf(&s, "(declare-const X_%d Real)", k)
	}
	s.WriteString("(declare-const Y_0 Real)")
	for k := range 40 {
		fmt.Fprintf(&s, "(assert (and (>= X_%d -1) (<= X_%d 1)))", k, k)
	}
	spec := writeSpec(t, s.String()+"(assert (= (* 7 X_0) (+ 1.1 (* 11 X_1))))(assert (= Y_0 (+ 1000.1 (* 13.57 X_2))))")
	proof := filepath.Join(t.TempDir(), "old")
	require.NoError(t, os.WriteFile(proof, []byte("old"), 0o644))
	p := start(t, "verify", path, spec, "--timeout", "400ms", "--proof", proof)
	require.Equal(t, exitStopped, p.end(t), p.errs.String())
	entries, err := os.ReadDir(filepath.Dir(proof))
	require.NoError(t, err)
	require.Empty(t, entries)
}

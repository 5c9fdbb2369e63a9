package main

// check of proofs of safety and of witnesses, through the built command.

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network/load"
)

// safeProof is a proof about relu(x) by hand, and its specification.
func safeProof(t *testing.T) (net, proof, spec, float string) {
	const asserts = "(assert (>= %s -1))\n(assert (<= %[1]s 0.5))\n(assert (or (<= %s -0.25) (> %[2]s 1)))\n"
	net = filepath.Join("..", "..", "testdata", "reject-safety", "x.json")
	text := "(declare-const X_0 Real)\n(declare-const Y_0 Real)\n" + fmt.Sprintf(asserts, "X_0", "Y_0")
	spec = writeSpec(t, text)
	float = writeSpec(t, "(vnnlib-version <2.0>)\n(declare-network f (declare-input X float32 []) (declare-output Y float32 []))\n"+fmt.Sprintf(asserts, "X", "Y"))
	proof = writeBytes(t, "safe.proof", fmt.Appendf(nil, "relucell-safety 1\nnet %s\nspec sha256:%x\nbits 20\nquery 1 2\nbox -1 1/2\nor 0; <= y0:1 1/4\nor 0; < y0:-1 1\ntree\nX0\nZ0 0\nZ1 0\nZ0 0\nZ1 0\nholds\n",
		fingerprintOf(t, net), sha256.Sum256([]byte(text))))
	return net, proof, spec, float
}

func TestCheckOfSafety(t *testing.T) {
	net, proof, spec, float := safeProof(t)
	out := succeed(t, "check", net, proof, "--spec", spec)
	require.Contains(t, out, "VERIFIED  holds: no point satisfies the query\n")
	require.Contains(t, out, "derived from spec.vnnlib: sha256:")
	require.Contains(t, out, "Checked   1 split, 4 refutations, in units of 2^-20\n")
	out = succeed(t, "check", net, proof)
	require.Contains(t, out, "spec not checked")
	require.Contains(t, out, "or 0; <= y0:1 1/4\n")
	var j checkJSON
	require.NoError(t, json.Unmarshal([]byte(succeed(t, "check", net, proof, "--spec", spec, "--format", "json")), &j))
	require.True(t, j.Verified)
	require.Equal(t, &safetyJSON{Verdict: "holds", Spec: j.Safety.Spec, SpecChecked: true, Boxes: 1, Disjuncts: 2, Bits: 20, Splits: 1, Leaves: 4,
		Query: []string{"box -1 1/2", "or 0; <= y0:1 1/4", "or 0; < y0:-1 1"}}, j.Safety)
	for want, args := range map[string][]string{
		"NOT VERIFIED: spec.vnnlib: line 2: the element type is float32, expected Real": {proof, "--spec", float},
		"NOT VERIFIED: safe.proof: line 3: the proof is about another specification":    {proof, "--spec", float, "--reals"},
	} {
		_, errs, code := relucell(t, append([]string{"check", net}, args...)...)
		require.Equal(t, exitFailed, code)
		require.Contains(t, errs, want)
	}
	_, errs, code := relucell(t, "check", net, filepath.Join("..", "..", "testdata", "reject", "blank-line"), "--spec", spec)
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "is no proof of safety and no witness")
	_, errs, code = relucell(t, "check", net, proof, "--spec", spec+"x")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "--spec")
}

func TestCheckOfWitnesses(t *testing.T) {
	point := filepath.Join(t.TempDir(), "point.txt")
	succeed(t, "verify", moonsNet, data+"two_moons_between.vnnlib", "--witness", point)
	require.Contains(t, succeed(t, "check", moonsNet, point, "--spec", data+"two_moons_between.vnnlib"), "VERIFIED  violated: the point satisfies the query\n")
	require.Contains(t, succeed(t, "check", moonsNet, point, "--spec", data+"two_moons_between.vnnlib", "--format", "json"), `"verdict":"violated"`)
	_, errs, code := relucell(t, "check", moonsNet, point)
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "a specification, which was not given")
	_, errs, code = relucell(t, "check", moonsNet, point, "--spec", data+"two_moons.vnnlib")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "another specification")
}

// TestCheckOfSafetyStops: a long proof, right in every line, ends at an interrupt.
func TestCheckOfSafetyStops(t *testing.T) {
	tree := "Z0 0\n"
	for depth := range 19 {
		tree = fmt.Sprintf("X%d\n", depth%2) + tree + tree
	}
	path := writeBytes(t, "long.proof", fmt.Appendf(nil, "relucell-safety 1\nnet %s\nspec -\nbits 36\nquery 1 1\nbox -8 8 -8 8\nor 0; <= y0:1 1000000\ntree\n%sholds\n",
		fingerprintOf(t, moonsNet), tree))
	text, err := os.ReadFile(moonsNet)
	require.NoError(t, err)
	net := filepath.Join(t.TempDir(), filepath.Base(moonsNet))
	require.NoError(t, syscall.Mkfifo(net, 0o600))
	p := start(t, "check", net, path)
	w, err := os.OpenFile(net, os.O_WRONLY, 0) // waits for the reader, which hears of signals by then
	require.NoError(t, err)
	_, err = w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	time.Sleep(500 * time.Millisecond) // for the check to begin; a machine too busy for that stops before
	require.NoError(t, p.Process.Signal(syscall.SIGTERM))
	require.Equal(t, exitStopped, p.end(t), p.errs.String())
	require.Regexp(t, "long.proof: stopped before it was checked: interrupted|stopped before the network was read: interrupted", p.errs.String())
}

func fingerprintOf(t *testing.T, path string) string {
	n, _, err := load.Read(path, load.Options{})
	require.NoError(t, err)
	return n.Fingerprint()
}

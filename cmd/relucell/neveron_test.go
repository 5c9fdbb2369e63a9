package main

// check --never-on, on a network whose output is |x| + |y| and stays below 2.

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

func TestCheckNeverOn(t *testing.T) {
	n, err := network.New([]network.Layer{{W: mat.NewDense(2, 2, []float64{1, 0, 0, 1}), B: []float64{0, 0}, Act: network.Abs},
		{W: mat.NewDense(1, 2, []float64{1, 1}), B: []float64{0}}})
	require.NoError(t, err)
	n, err = network.Property(n, [][]float64{{1}, {1}}, []float64{2, 2 - 0x1p-50})
	require.NoError(t, err)
	net, proof := writeNet(t, n), filepath.Join(t.TempDir(), "p")
	succeed(t, "count", net, "--box=-1:1", "--proof", proof)
	require.Contains(t, succeed(t, "check", net, proof, "--never-on", "2"), "VERIFIED  neuron 2 is on nowhere in the ball\n")
	require.Contains(t, succeed(t, "check", net, proof, "--never-on", "2", "--format", "json"), `"never_on":[2]`)
	require.NotContains(t, succeed(t, "check", net, proof), "nowhere")
	for list, want := range map[string]struct {
		code int
		text string
	}{
		"2,3": {exitFailed, "NOT VERIFIED: " + proof + ": neuron 3 is on somewhere in the ball"},
		"0":   {exitFailed, "neuron 0 is on somewhere"},
		"4":   {exitInput, "--never-on: neuron 4, expected one of the network's 4, counted from 0"},
		"":    {exitInput, "expected numbers of neurons"},
		"-1":  {exitInput, "expected numbers of neurons"},
		"2,":  {exitInput, "expected numbers of neurons"},
	} {
		_, errs, code := relucell(t, "check", net, proof, "--never-on="+list)
		require.Equal(t, want.code, code, errs)
		require.Contains(t, errs, want.text)
	}
	open := writeBytes(t, "open.proof", []byte("relucell-certificate 2\nnet "+n.Fingerprint()+"\nball box -0x1p+0 -0x1p+0 0x1p+0 0x1p+0\n?0 0 0\ncount >= 1\n"))
	_, errs, code := relucell(t, "check", net, open, "--never-on", "0")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "neuron 0 is left undecided by an unexplored cell")
}

// A question that a proof of another kind cannot answer was passed over, and the exit code was 0.
func TestProofsOfSafetyAreNotAskedForSigns(t *testing.T) {
	net, safe := pyramid(t), writeBytes(t, "safe.proof", []byte("relucell-safety 1\n"))
	for _, flag := range []string{"--never-on=0", "--reach=" + safe} {
		_, errs, code := relucell(t, "check", net, safe, flag)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, "is a proof of safety or a witness, expected the proof of a count")
	}
}

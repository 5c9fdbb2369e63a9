package main

// canonical, on functions that are written in several ways.

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
)

func TestCanonical(t *testing.T) {
	// 3σ(x+y) + σ(−2x−2y) + σ(x−1) − σ(1−x) + σ(y) and a dead neuron.
	net := writeNet(t, gen.Build(gen.ReLU([]float64{1, 1, -2, -2, 1, 0, -1, 0, 0, 1, 0, 0}, []float64{0, 0, -1, 1, 0, 2}), gen.Affine([]float64{3, 1, 1, -1, 1, 1}, []float64{0})))
	path := filepath.Join(t.TempDir(), "small.json")
	out := succeed(t, "canonical", net, "-o", path)
	require.Contains(t, out, "Minimal   2 neurons, affine part other than 0\n")
	require.Contains(t, out, "Merged    neurons 0, 1 are on one hyperplane, 1 turned round\n")
	require.Contains(t, out, "Cancelled neurons 2, 3 are on one hyperplane and add up to an affine function\n")
	require.Contains(t, out, "Unused    neuron 5 is constant or without effect\n")
	n, _, err := load.Read(path, load.Options{})
	require.NoError(t, err)
	require.Equal(t, 2, n.Neurons())
	require.Contains(t, out, n.Fingerprint())
	require.Contains(t, succeed(t, "canonical", path, "--format", "json"), `"minimal":{"sha256":"`+n.Fingerprint()[len("sha256:"):])
	out = succeed(t, "canonical", net, path)
	require.Contains(t, out, "Verdict   the same function over all of Rⁿ\nNeurons   4 of net.json: 0 of small.json\n          0, 1 of net.json: 1 of small.json\n          3 neurons of net.json without effect, alone or together\n")
}

func TestCanonicalTellsFunctionsApart(t *testing.T) {
	a := writeNet(t, gen.Build(gen.ReLU([]float64{1, 0}, []float64{-5}), gen.Affine([]float64{1}, []float64{0})))
	b := writeNet(t, gen.Build(gen.ReLU([]float64{-2, 0}, []float64{10}), gen.Affine([]float64{0.5}, []float64{0})))
	out, errs, code := relucell(t, "canonical", a, b)
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "are different functions")
	require.Contains(t, out, "Verdict   different functions\nPoint     (0, 0)\nValues    (0) of net.json\n          (5) of net.json\n")
	_, _, code = relucell(t, "canonical", a, b, "--format", "json")
	require.Equal(t, exitFailed, code)
	hidden := gen.Affine([]float64{-2, 0, 1, 0}, []float64{10, -5})
	hidden.Act, hidden.Slopes = network.Mixed, []float64{0, 1}
	c := writeNet(t, gen.Build(hidden, gen.Affine([]float64{0.5, 1}, []float64{0})))
	require.Contains(t, succeed(t, "canonical", a, c), "Neurons   0 of net.json: 0 of net.json, turned round\n")
	require.Contains(t, succeed(t, "canonical", a, c, "--format", "json"), `"same":true,"matches":[{"a":[0],"b":[0],"factor":"-2"}]`)
}

func TestCanonicalRefuses(t *testing.T) {
	a := pyramid(t)
	for want, args := range map[string][]string{
		"NET: missing":                   {},
		"unexpected argument":            {a, a, a},
		"layers 0 and 1 have neurons":    {data + "two_moons_2-16-16-1.onnx"},
		"given beside two networks":      {a, a, "-o", "x.json"},
		"1 input and 1 output, expected": {a, writeNet(t, gen.Build(gen.Affine([]float64{1}, []float64{1})))},
		"is the network itself":          {a, "-o", a},
	} {
		_, errs, code := relucell(t, append([]string{"canonical"}, args...)...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, want)
	}
}

package main

// range and lipschitz, on networks whose extremes are known.

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
)

// pyramid is 1 − |x| − |y|.
func pyramid(t *testing.T) string {
	return writeNet(t, gen.Build(gen.ReLU([]float64{1, 0, -1, 0, 0, 1, 0, -1}, []float64{0, 0, 0, 0}), gen.Affine([]float64{-1, -1, -1, -1}, []float64{1})))
}

func TestRange(t *testing.T) {
	net := pyramid(t)
	out := succeed(t, "range", net, "--box=-1:1,-1:2")
	require.Contains(t, out, "Largest   1, exact\n          at (0, 0)\n")
	require.Contains(t, out, "Smallest  -2, exact\n")
	require.Contains(t, succeed(t, "range", net, "--box=0.25:1", "--of", "1/3 y0", "--max"), "Largest   1/6 = 0.16666666666666666, exact")
	out = succeed(t, "range", net, "--center", "0", "--radius", "1", "--min")
	require.Contains(t, out, "Smallest  between -0.4142135623730951 and -0.41421356237309503\n")
	require.NotContains(t, out, "Largest")
}

func TestRangeIsProved(t *testing.T) {
	net, p := pyramid(t), filepath.Join(t.TempDir(), "p")
	for _, ball := range [][]string{{"--box=0.25:1"}, {"--center", "0", "--radius", "1"}} {
		out := succeed(t, append([]string{"range", net, "--of", "y0 - 1/3", "--proof", p}, ball...)...)
		require.Contains(t, out, "verified: neurons 4, 5 are on nowhere")
		require.Contains(t, succeed(t, "check", p+".json", p, "--never-on", "4,5"), "VERIFIED  neurons 4, 5 are on nowhere in the ball\n")
	}
}

func TestRangeAtLeast(t *testing.T) {
	net := pyramid(t)
	require.Contains(t, succeed(t, "range", net, "--box=-1:1", "--at-least", "0.5"), "Largest   at least 1, found first")
	_, errs, code := relucell(t, "range", net, "--box=-1:1", "--at-least", "1.5")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "no point of the ball has a value of at least 3/2")
}

func TestRangeRefuses(t *testing.T) {
	net := pyramid(t)
	for want, args := range map[string][]string{
		"--of: column 1": {"--box=-1:1", "--of", "x0"},
		"--of: column 1: \"y1\", expected y0, the only output": {"--box=-1:1", "--of", "y1"},
		"y0 is no float64":                {"--box=-1:1", "--of", "1/3 y0", "--proof", filepath.Join(t.TempDir(), "p")},
		"is another file of this command": {"--box=-1:1", "--proof", net},
		"--at-least: given beside":        {"--box=-1:1", "--at-least", "1", "--min"},
		"expected a decimal":              {"--box=-1:1", "--at-least", "1e999999999"},
		"--center: missing":               {},
		"expected a finite number":        {"--center", "0", "--radius", "x"},
		"one or the other":                {"--box=-1:1", "--norm", "l2"},
		"expected text or json":           {"--box=-1:1", "--format", "csv"},
	} {
		_, errs, code := relucell(t, append([]string{"range", net}, args...)...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, want)
	}
}

func TestLipschitz(t *testing.T) {
	net := pyramid(t)
	require.Contains(t, succeed(t, "lipschitz", net, "--box=-1:1", "--norm", "linf"), "Constant  2, exact, in linf\n")
	require.Contains(t, succeed(t, "lipschitz", net, "--box=-1:1", "--of", "l1"), "Constant  1, exact, in l1\n")
	require.Contains(t, succeed(t, "lipschitz", net, "--box=-1:1"), "Constant  between 1.414213562373095 and 1.4142135623730951, in l2\n")
	require.Contains(t, succeed(t, "lipschitz", net, "--center", "0", "--radius", "1", "--norm", "linf"), "in linf\n")
	_, errs, code := relucell(t, "lipschitz", net, "--box=-1:1", "--norm", "l3")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "expected")
}

func TestRadiusIsProved(t *testing.T) {
	for _, c := range [][]string{
		{pyramid(t), "--center", "0"},
		{pyramid(t), "--center", "0", "--norm", "l2"},
		{pyramid(t), "--center", "0", "--most", "0.25"},
		{diamond(t), "--center", "1,2", "--most", "9"},
	} {
		proof := filepath.Join(t.TempDir(), "radius.proof")
		out := succeed(t, append([]string{"radius", "--proof", proof}, c...)...)
		require.Contains(t, out, "on nowhere")
		var args []string
		for line := range strings.Lines(out) {
			if _, words, found := strings.Cut(line, "relucell check "); found {
				args = strings.Fields(words)
			}
		}
		require.Contains(t, succeed(t, append([]string{"check"}, args...)...), "VERIFIED")
	}
}

// A proof that was stopped is not told of.
func TestRadiusWithoutTimeForItsProof(t *testing.T) {
	proof := filepath.Join(t.TempDir(), "radius.proof")
	out, _, code := relucell(t, "radius", pyramid(t), "--center", "0", "--timeout", "1ns", "--proof", proof)
	require.Equal(t, 3, code)
	require.NotContains(t, out, "Proof")
	require.NoFileExists(t, proof)
}

// A radius that was stopped claims no upper end that it has not, and no class that it has not.
func TestRadiusStopped(t *testing.T) {
	out, errs, code := relucell(t, "radius", pyramid(t), "--center", "0", "--timeout", "1ns")
	require.Equal(t, exitStopped, code)
	require.Contains(t, out, "Class     y0 > 0\nRadius    at least ")
	require.Equal(t, "relucell: stopped early (--timeout reached): the radius is at least that\n", errs)
}

// Ends of boxes were spelt out in a query, which takes 1000 characters a number: this was refused.
func TestRadiusAroundTinyCoordinates(t *testing.T) {
	proof := filepath.Join(t.TempDir(), "radius.proof")
	out := succeed(t, "radius", pyramid(t), "--center", "1e-310", "--proof", proof)
	require.Contains(t, out, "Radius    between 0.49999999999999994 and 0.5 in linf")
	require.FileExists(t, proof)
}

func TestRadius(t *testing.T) {
	net := pyramid(t)
	out := succeed(t, "radius", net, "--center", "0")
	require.Contains(t, out, "Class     y0 > 0\nRadius    between 0.49999999999999994 and 0.5 in linf\nChanges   at (")
	out = succeed(t, "radius", net, "--center", "0", "--norm", "l2")
	require.Contains(t, out, "Radius    between 0.7071067811865475 and 0.7071067811865476 in l2\n          its square is 1/2 = 0.5\n")
	require.Contains(t, succeed(t, "radius", net, "--center", "0", "--norm", "l1"), "Radius    between 0.9999999999999999 and 1 in l1\n          exactly 1\n")
	require.Contains(t, succeed(t, "radius", net, "--center", "0", "--norm", "l1", "--format", "json"), `"upper":1,"distance":"1",`)
	proof := filepath.Join(t.TempDir(), "radius.proof")
	require.Contains(t, succeed(t, "radius", net, "--center", "0", "--norm", "l1", "--proof", proof), "verified: neuron 4 is on nowhere")
	require.Contains(t, succeed(t, "check", proof+".json", proof, "--never-on", "4"), "VERIFIED")
	require.Contains(t, succeed(t, "radius", net, "--center", "0", "--most", "0.25"), "at least 0.25 in linf: no change was found")
	require.Contains(t, succeed(t, "radius", diamond(t), "--center", "1,2", "--most", "9"), "where y1 is as large")
	require.Contains(t, succeed(t, "radius", net, "--center", "0,1.5", "--format", "json"), `"class":0,"lower":0.49999999999999994,"upper":0.5,"point":["0","1"]`)
	for want, args := range map[string][]string{
		"--center: missing": {},
		"--center: a tie":   {"--center", "1,0"},
		`"box"`:             {"--center", "0", "--norm", "box"},
		"expected a finite": {"--center", "0", "--most", "0"},
	} {
		_, errs, code := relucell(t, append([]string{"radius", net}, args...)...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, want)
	}
}

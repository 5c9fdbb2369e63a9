package main

// diff, on networks whose distance is known.

import (
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network/load"
)

// tents are 1 − |x| by two layers and by four.
func tents(t *testing.T) (one, other string) {
	return writeNet(t, gen.Build(gen.ReLU([]float64{1, -1}, []float64{0, 0}), gen.Affine([]float64{-1, -1}, []float64{1}))),
		writeNet(t, gen.Build(gen.Affine([]float64{1}, []float64{0}), gen.ReLU([]float64{1, -1}, []float64{0, 0}), gen.Affine([]float64{1, 1}, []float64{0}), gen.Affine([]float64{-1}, []float64{1})))
}

func TestDiffOfEqualNetworksIsProved(t *testing.T) {
	a, b := tents(t)
	p := filepath.Join(t.TempDir(), "p")
	for _, where := range [][]string{{"--box=-1:1"}, {"--center", "0.5", "--radius", "2"}} {
		out := succeed(t, append([]string{"diff", a, b, "--proof", p}, where...)...)
		require.Contains(t, out, "Verdict   equal on the ball\n")
		require.Contains(t, out, "verified: neurons 4, 5 are on nowhere")
		require.Contains(t, succeed(t, "check", p+".json", p, "--never-on", "4,5"), "VERIFIED  neurons 4, 5 are on nowhere in the ball\n")
	}
}

// The networks of testdata lie there in two formats.
func TestDiffOfFormats(t *testing.T) {
	for _, name := range []string{"two_moons_2-16-16-1", "iris_sized_4-16-16-3"} {
		out := succeed(t, "diff", data+name+".onnx", data+name+".json", "--center", "0", "--radius", "0.25", "--abs", "--output", filepath.Join(t.TempDir(), "d.json"))
		require.Contains(t, out, "Verdict   equal on the ball\n")
	}
}

func TestDiffFindsTheLargestDistance(t *testing.T) {
	pyramid := pyramid(t)
	flat := writeNet(t, gen.Build(gen.Affine([]float64{0, 0}, []float64{-0.25})))
	out := succeed(t, "diff", pyramid, flat, "--box=-1:1,-1:2")
	require.Contains(t, out, "Largest   5/4 = 1.25, exact\n          at (0, 0)\n")
	require.Contains(t, out, "Smallest  -7/4 = -1.75, exact\n")
	require.Contains(t, out, "Verdict   7/4 = 1.75 apart on the ball\n")
	require.Contains(t, succeed(t, "diff", pyramid, flat, "--box=-1:1,-1:2", "--abs"), "Apart     7/4 = 1.75, exact\n")
	require.Contains(t, succeed(t, "diff", flat, pyramid, "--box=-1:1,-1:2", "--at-most", "1.75"), "Verdict   at most 7/4 = 1.75 apart on the ball\n")
}

// The largest distance itself is allowed, the next float below is not; in an l2 ball too.
func TestDiffAtMost(t *testing.T) {
	one := writeNet(t, gen.Build(gen.ReLU([]float64{1, 1}, []float64{0}), gen.Affine([]float64{1}, []float64{0})))
	zero := writeNet(t, gen.Build(gen.Affine([]float64{0, 0}, []float64{0})))
	for v, code := range map[string]int{"2": exitDone, "1.9999999999999998": exitFailed, "2.1": exitDone} {
		out, errs, got := relucell(t, "diff", one, zero, "--box=-1:1", "--at-most", v)
		require.Equal(t, code, got, errs)
		if code == exitFailed {
			require.Contains(t, errs, "the networks are more than 9999999999999999/5000000000000000 apart")
			require.Contains(t, out, "Apart     at least ")
			require.Contains(t, out, "Verdict   more than 9999999999999999/5000000000000000 = 1.9999999999999998 apart\n")
		}
	}
	for v, code := range map[string]int{"1.4142135623730951": exitDone, "1.414213562373095": exitFailed, "1.4142135623730950488016887243": exitDone, "1.4142135623730950488016887242": exitFailed} {
		_, errs, got := relucell(t, "diff", one, zero, "--center", "0", "--radius", "1", "--at-most", v)
		require.Equal(t, code, got, v+errs)
	}
}

// A proof is about a float64: one that is not above V.
func TestDiffAtMostIsProved(t *testing.T) {
	one := writeNet(t, gen.Build(gen.ReLU([]float64{1, 1}, []float64{0}), gen.Affine([]float64{1}, []float64{0})))
	zero := writeNet(t, gen.Build(gen.Affine([]float64{0, 0}, []float64{0})))
	p := filepath.Join(t.TempDir(), "p")
	out := succeed(t, "diff", one, zero, "--box=-1:1", "--at-most", "2.1", "--proof", p, "--format", "json")
	require.Contains(t, out, `"at_most":true,"proof":{`)
	require.Contains(t, out, `"bounds":[2.0999999999999996,-2.0999999999999996]`)
	require.NotContains(t, out, `"equal"`)
	require.Contains(t, succeed(t, "check", p+".json", p, "--never-on", "1,2"), "VERIFIED")
	out, _, code := relucell(t, "diff", one, zero, "--box=-1:1", "--at-most", "1", "--proof", p+"2", "--format", "json")
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, `"at_most":false`)
	require.NoFileExists(t, p+"2")
}

func TestDiffOfSeveralOutputs(t *testing.T) {
	a := writeNet(t, gen.Build(gen.ReLU([]float64{1, -1}, []float64{0, 0}), gen.Affine([]float64{1, 0, 0, 1}, []float64{0, 0})))
	b := writeNet(t, gen.Build(gen.Affine([]float64{1, 1}, []float64{0, 0.5})))
	p := filepath.Join(t.TempDir(), "p")
	out := succeed(t, "diff", a, b, "--box=-1:1", "--proof", p, "--abs")
	require.Contains(t, out, "Output    y0\nApart     1, exact\n          at (-1)\n")
	require.Contains(t, out, "Output    y1\nApart     3/2 = 1.5, exact\n")
	require.Contains(t, out, "Verdict   3/2 = 1.5 apart on the ball\n")
	require.Contains(t, succeed(t, "check", p+".json", p, "--never-on", "2,3,4,5"), "VERIFIED")
	require.Contains(t, succeed(t, "diff", a, b, "--box=-1:1", "--format", "json"), `"equal":false`)
}

// √2 lies between two floats, and so does a constant just below it, which is exact: the networks
// were said to be that far apart, though the other output is farther.
func TestDiffDidNotTakeTheUpperEndsOfAllOutputs(t *testing.T) {
	a := writeNet(t, gen.Build(gen.Affine([]float64{0, 0, 1, 1}, []float64{0x1.6a09e667f3bccp+0, 0}), gen.Affine([]float64{1, 0, 0, 1}, []float64{0x1.21165f626cdd4p-53, 0})))
	b := writeNet(t, gen.Build(gen.Affine([]float64{0, 0, 0, 0}, []float64{0, 0})))
	out := succeed(t, "diff", a, b, "--center", "0", "--radius", "1")
	require.Contains(t, out, "digits), exact\n")
	require.Contains(t, out, "Verdict   at most 1.4142135623730951 apart on the ball\n")
}

// In a box nothing is beyond the range; JSON has no infinity, and there was no answer.
func TestDiffBeyondTheRangeInJSON(t *testing.T) {
	a := writeNet(t, gen.Build(gen.Affine([]float64{0x1p+1023, 0x1p+1023}, []float64{0})))
	b := writeNet(t, gen.Build(gen.Affine([]float64{0, 0}, []float64{0})))
	out := succeed(t, "diff", a, b, "--box=-1:1", "--format", "json")
	require.Contains(t, out, `"max":{"exact":"1797`)
	require.Contains(t, out, `,"lower":1.7976931348623157e+308,"value":"1797`)
	require.Contains(t, out, `"upper":-1.7976931348623157e+308,"value":"-1797`)
}

// A constant, or a distance, beyond float64 had no answer in JSON, and as text the answer was +Inf,
// or 0 for what is smaller than any.
func TestNumbersBeyondTheRange(t *testing.T) {
	large := writeNet(t, gen.Build(gen.Affine([]float64{0x1p+1000}, []float64{0}), gen.Affine([]float64{0x1p+1000}, []float64{0})))
	out := succeed(t, "lipschitz", large, "--box=-1:1", "--norm", "linf", "--format", "json")
	require.Contains(t, out, `,"norm":"linf","exact":"1148`)
	require.Contains(t, out, `,"lower":1.7976931348623157e+308,"pattern":`)
	require.Contains(t, succeed(t, "lipschitz", large, "--box=-1:1", "--norm", "linf"), "Constant  1.1481306952742545e+602 (a fraction of 603 digits), exact, in linf\n")
	small := writeNet(t, gen.Build(gen.Affine([]float64{0x1p-1000}, []float64{0}), gen.Affine([]float64{0x1p-1000}, []float64{0})))
	require.Contains(t, succeed(t, "range", small, "--box=-1:1"), "Largest   8.709809816217217e-603 (a fraction of 604 digits), exact\n")
	none := writeNet(t, gen.Build(gen.Affine([]float64{0}, []float64{0})))
	require.Contains(t, succeed(t, "diff", large, none, "--box=-1:1", "--at-most", "1e700", "--format", "json"), `"outputs":[{}],"at_most":true,"seconds":`)
	path := filepath.Join(t.TempDir(), "p")
	succeed(t, "diff", small, none, "--box=-1:1", "--pairs", "--proof", path)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	text = regexp.MustCompile("(?m)^at most .*$").ReplaceAll(text, []byte("at most 0x1p+2000"))
	require.NoError(t, os.WriteFile(path, text, 0o666))
	require.Contains(t, succeed(t, "check", path+".json", path, "--format", "json"), `"pairs":{"outputs":1,"pairs":0}`)
	far := writeNet(t, gen.OneLayer([]float64{0x1p-1000}, []float64{0x1p+1000}))
	require.Contains(t, succeed(t, "bound", far, "--center", "0", "--radius", "1", "--format", "json"), `,"lower":1.7976931348623157e+308}}`)
}

func TestDiffWritesADifference(t *testing.T) {
	a, b := tents(t)
	path := filepath.Join(t.TempDir(), "d.json")
	require.Contains(t, succeed(t, "diff", a, b, "-o", path), "4 neurons")
	n, _, err := load.Read(path, load.Options{})
	require.NoError(t, err)
	y, _ := n.ForwardExact([]*big.Float{big.NewFloat(0.3)})
	require.Zero(t, y[0].Sign())
	require.Contains(t, succeed(t, "diff", a, b, "-o", "-"), `{"relucell-network":1`)
	_, errs, code := relucell(t, "diff", a, a, "--box=0:0", "-o", path)
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "every input is fixed")
}

func TestDiffRefuses(t *testing.T) {
	a, b := tents(t)
	deep := data + "two_moons_2-16-16-1.json"
	for want, args := range map[string][]string{
		"B: missing":                         {a},
		"--center: missing, expected a ball": {a, b},
		"--abs: given without a ball":        {a, b, "--abs", "-o", "x.json"},
		"inputs: 2 beside 1":                 {a, pyramid(t), "--box=-1:1"},
		"is the network itself":              {a, b, "--box=-1:1", "-o", b},
		"proof: " + a + " is another file":   {b, a, "--box=-1:1", "--proof", a},
		"expected a decimal":                 {a, b, "--box=-1:1", "--at-most", "x"},
		"ends in .json":                      {a, b, "-o", "x.onnx"},
		"whose answer is written there":      {a, b, "--box=-1:1", "-o", "-"},
		"empty, expected the name":           {a, b, "--box=-1:1", "--proof", ""},
		"--abs: given beside --pairs":        {a, b, "--box=-1:1", "--abs", "--pairs"},
		"--pairs: layers 0 and 1 have":       {deep, deep, "--box=-1:1,-1:1", "--pairs"},
		"--at-most: -1, expected":            {a, b, "--box=-1:1", "--at-most", "-1"},
	} {
		_, errs, code := relucell(t, append([]string{"diff"}, args...)...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, want)
	}
}

func TestDiffStops(t *testing.T) {
	_, errs, code := relucell(t, "diff", data+"iris_sized_4-16-16-3.onnx", data+"iris_sized_4-16-16-3.json", "--box=-9:9", "--timeout", "300ms")
	require.Equal(t, exitStopped, code, errs)
	require.Contains(t, errs, "stopped early (--timeout reached): the networks are at least 0 apart, no bound")
}

// The hyperplanes of two networks of 14 neurons and 8 inputs lie side by side: the slivers between
// them are regions without number, and were walked.
func TestDiffOfNearlyEqualNetworksIsBoundInPairs(t *testing.T) {
	var nets [2]string
	for i := range nets {
		rng := rand.New(rand.NewPCG(1, 2))
		w, v := make([]float64, 14*8), make([]float64, 14)
		for k := range w {
			w[k] = rng.NormFloat64()
			if i == 1 {
				w[k] = math.Nextafter(w[k], 2)
			}
		}
		for k := range v {
			v[k] = rng.NormFloat64()
		}
		nets[i] = writeNet(t, gen.Build(gen.ReLU(w, make([]float64, 14)), gen.Affine(v, []float64{1})))
	}
	ball := []string{"--center", "0", "--radius", "1"}
	out := succeed(t, append([]string{"diff", nets[0], nets[1], "--at-most", "1e-9"}, ball...)...)
	require.Contains(t, out, "Verdict   at most 1/1000000000 = 1e-09 apart on the ball\n          by their neurons in pairs, in fractions: at most ")
	require.Contains(t, succeed(t, append([]string{"diff", nets[0], nets[1], "--at-most", "1e-9", "--format", "json"}, ball...)...), `"at_most":true,"pairs_at_most":`)
	_, errs, code := relucell(t, append([]string{"diff", nets[0], nets[1], "--timeout", "400ms"}, ball...)...)
	require.Equal(t, exitStopped, code, errs)
	require.Regexp(t, `at most [0-9.e-]+ by their neurons in pairs`, errs)
	// And proved so.
	p := filepath.Join(t.TempDir(), "p")
	out = succeed(t, append([]string{"diff", nets[0], nets[1], "--pairs", "--at-most", "1e-9", "--proof", p}, ball...)...)
	require.Contains(t, out, "Proof     "+p+", verified: the difference is at most 9.999999999999999e-10 in size\n          relucell check "+p+".json "+p+"\n")
	require.Contains(t, succeed(t, "check", p+".json", p), "VERIFIED  no output is larger in size than 9.999999999999999e-10 on the ball\n")
	require.Contains(t, succeed(t, "check", p+".json", p, "--format", "json"), `"pairs":{"at_most":9.999999999999999e-10,"outputs":1,"pairs":14}`)
	_, errs, code = relucell(t, "check", p+".json", p, "--never-on", "28,29")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "--never-on: "+p+" is a bound in pairs")
	_, errs, code = relucell(t, append([]string{"diff", nets[0], nets[1], "--pairs", "--at-most", "1e-17", "--proof", p}, ball...)...)
	require.Equal(t, exitStopped, code)
	require.Contains(t, errs, "undecided: by their neurons in pairs the networks are at most ")
	require.NoFileExists(t, p)
	require.Regexp(t, `Verdict   at most [0-9.]+e-15 \(a fraction of 47 digits\) apart`, succeed(t, append([]string{"diff", nets[0], nets[1], "--pairs", "--proof", p}, ball...)...))
	// Networks that are farther apart than their pairs say are searched as before.
	require.Contains(t, succeed(t, "diff", nets[0], nets[0], "--at-most", "0", "--box=-1:1"), "Verdict   equal on the ball\n")
}

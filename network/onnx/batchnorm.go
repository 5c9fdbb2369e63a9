// BatchNormalization at inference: (x − mean)·(scale/√(var+ε)) + B, channel by
// channel. Only the factor is not dyadic; it is rounded once. Subtracting the
// mean first, in a layer of its own, keeps everything else exact.

package onnx

import (
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

func batchNormalization(rd *reader, n *node) {
	training := n.integer("training_mode", 0)
	spatial := n.integer("spatial", 1)
	epsilon := n.float("epsilon", 1e-5)
	n.mustRun("X")
	n.inference()
	// From opset 7 to 13 the number of outputs says the mode: all five, or Y alone at inference.
	if n.outputs > 1 {
		panic(refusalf("%d outputs, which mean training, expected Y alone (export the network for inference)", n.outputs))
	}
	if training != 0 || spatial != 1 {
		panic(refusalf("attributes training_mode and spatial: supported are 0 and 1"))
	}
	if len(rd.shape) < 2 {
		panic(refusalf("shape %v, expected a batch, channels and the rest", rd.shape))
	}
	channels := rd.shape[1]
	var p [4]*tensor // scale, B, mean, variance
	for i, what := range []string{"scale", "B", "mean", "var"} {
		t := n.floats(i+1, what)
		if len(t.shape) != 1 || t.shape[0] != channels {
			panic(refusalf("input %d (%s): shape %v, expected [%d], one number a channel", i+1, what, t.shape, channels))
		}
		p[i] = t
	}
	rd.normalise(channels, p, epsilon)
}

// normalise adds the layers, given scale, B, mean and variance of the channels.
func (rd *reader) normalise(channels int, p [4]*tensor, epsilon float64) {
	rest := size(rd.shape[2:])
	perElement := func(f func(c int) float64) []float64 {
		v := make([]float64, rd.width)
		for i := range v {
			v[i] = f(i / rest % channels)
		}
		return v
	}
	factor, entries := make([]float64, channels), 0
	for c := range factor {
		rounded := false
		saying(func() { factor[c], rounded = normFactor(p[0].floats[c], p[3].floats[c], epsilon) }, "channel %d", c)
		if rounded {
			entries += rd.width / channels
		}
	}
	rd.im.Round("BatchNormalization: scale/√(var+epsilon)", entries)
	rd.add(perElement(func(c int) float64 { return 0 - p[2].floats[c] }))
	rd.scale(perElement(func(c int) float64 { return factor[c] }))
	rd.add(perElement(func(c int) float64 { return p[1].floats[c] }))
}

const (
	// exactBits holds the sum of two float64, from 2¹⁰²³ down to 2⁻¹⁰⁷⁴, and the square of the
	// factor times it, exactly.
	exactBits = 4400
	// rootBits is the precision of the root and of the quotient before the one rounding: their
	// relative errors of 2⁻⁵⁹⁹ could turn a rounding to 53 bits only where more than 500
	// consecutive bits of an irrational number were equal.
	rootBits = 600
)

// normFactor returns scale/√(variance+epsilon) rounded to the nearest float64,
// and whether that changed it.
func normFactor(scale, variance, epsilon float64) (f float64, rounded bool) {
	v := new(big.Float).SetPrec(exactBits).SetFloat64(variance)
	v.Add(v, big.NewFloat(epsilon))
	if v.Sign() <= 0 {
		panic(refusalf("var + epsilon is %g, expected a positive number", variance+epsilon))
	}
	root := new(big.Float).SetPrec(rootBits).Sqrt(v)
	q := new(big.Float).SetPrec(rootBits).Quo(new(big.Float).SetPrec(rootBits).SetFloat64(scale), root)
	f, _ = dyadic.FromFloat(q)
	got := new(big.Float).SetPrec(exactBits).SetFloat64(f)
	if got.IsInf() {
		panic(refusalf("scale/√(var+epsilon) is beyond the range of float64"))
	}
	// Exact iff f²·v = scale².
	want := new(big.Float).SetPrec(exactBits).SetFloat64(scale)
	got.Mul(got, got).Mul(got, v)
	return f, got.Cmp(want.Mul(want, want)) != 0
}

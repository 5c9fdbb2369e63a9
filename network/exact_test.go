// Exact evaluation against the same thing in rationals, written the obvious way.

package network_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
)

// anyFloat draws finite float64 of every kind, without negative zero, small
// integers among them so that exact zeros happen.
func anyFloat() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Map(rapid.IntRange(-2, 2), func(i int) float64 { return float64(i) }),
		rapid.Map(rapid.Float64Range(-4, 4), func(v float64) float64 { return v + 0 }),
		rapid.Map(rapid.Float64(), func(v float64) float64 {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return 0
			}
			return v + 0
		}),
	)
}

// tameFloat draws numbers whose products stay in the range of float64.
func tameFloat() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Map(rapid.IntRange(-2, 2), func(i int) float64 { return float64(i) }),
		rapid.Map(rapid.Float64Range(-4, 4), func(v float64) float64 { return v + 0 }),
		rapid.Map(rapid.Float32Range(-4, 4), func(v float32) float64 { return float64(v) + 0 }),
	)
}

// anyNetwork draws networks of 1–3 inputs and 1–4 layers.
func anyNetwork(entry *rapid.Generator[float64]) *rapid.Generator[*network.Network] {
	return rapid.Custom(func(t *rapid.T) *network.Network {
		width := rapid.IntRange(1, 3).Draw(t, "inputs")
		layers := make([]network.Layer, rapid.IntRange(1, 4).Draw(t, "layers"))
		for i := range layers {
			out := rapid.IntRange(1, 4).Draw(t, "width")
			w := rapid.SliceOfN(entry, out*width, out*width).Draw(t, "weights")
			l := network.Layer{W: mat.NewDense(out, width, w), B: rapid.SliceOfN(entry, out, out).Draw(t, "bias")}
			l.Act = rapid.SampledFrom([]network.Activation{network.None, network.ReLU, network.LeakyReLU, network.Mixed, network.Abs}).Draw(t, "activation")
			switch l.Act {
			case network.LeakyReLU:
				l.Slope = rapid.SampledFrom([]float64{0.01, -0.5, 3, -1, float64(float32(0.1)), 0x1p-40}).Draw(t, "slope")
			case network.Mixed:
				l.Slopes = rapid.SliceOfN(rapid.SampledFrom([]float64{0, 1, -1, 0.01, 6, 0x1p-40}), out, out).Draw(t, "slopes")
			}
			layers[i], width = l, out
		}
		n, err := network.New(layers)
		require.NoError(t, err)
		return n
	})
}

func anyPoint(n *network.Network, entry *rapid.Generator[float64]) *rapid.Generator[[]float64] {
	return rapid.SliceOfN(entry, n.Inputs(), n.Inputs())
}

func rat(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

// reference is the network at x in rationals, and the signs.
func reference(n *network.Network, x []float64) ([]*big.Rat, network.Pattern) {
	a := make([]*big.Rat, len(x))
	for i, v := range x {
		a[i] = rat(v)
	}
	p := network.Pattern{}
	for _, l := range n.Layers() {
		z := make([]*big.Rat, l.Out())
		for i := range z {
			z[i] = rat(l.B[i])
			for j := range a {
				z[i].Add(z[i], new(big.Rat).Mul(rat(l.W.At(i, j)), a[j]))
			}
			slope := 0.0
			switch l.Act {
			case network.None:
				slope = 1
			case network.Mixed:
				slope = l.Slopes[i]
			default:
				slope = l.Slope
			}
			if slope != 1 {
				p = append(p, int8(z[i].Sign()))
			}
			if z[i].Sign() < 0 {
				z[i].Mul(z[i], rat(slope))
			}
		}
		a = z
	}
	return a, p
}

func bigFloats(x []float64) []*big.Float {
	b := make([]*big.Float, len(x))
	for i, v := range x {
		b[i] = big.NewFloat(v)
	}
	return b
}

func requireSame(t require.TestingT, want *big.Rat, got *big.Float) {
	r, _ := got.Rat(nil)
	require.Zero(t, want.Cmp(r), "%v, expected %v", got, want)
}

func TestExactEvaluationMatchesRationals(t *testing.T) {
	for name, entry := range map[string]*rapid.Generator[float64]{"any": anyFloat(), "tame": tameFloat()} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			n := anyNetwork(entry).Draw(t, "network")
			x := anyPoint(n, entry).Draw(t, "x")
			want, pattern := reference(n, x)
			got, p := n.ForwardExact(bigFloats(x))
			require.Equal(t, pattern, p)
			require.Equal(t, pattern, n.Pattern(x))
			for i := range want {
				requireSame(t, want[i], got[i])
			}
			// The affine map of the point's own pattern gives its value: a sign 0 contributes 0
			// either way.
			w, b := n.Affine(p)
			for i := range want {
				sum, _ := b[i].Rat(nil)
				for j, v := range w[i] {
					r, _ := v.Rat(nil)
					sum.Add(sum, r.Mul(r, rat(x[j])))
				}
				require.Zero(t, want[i].Cmp(sum))
			}
		}))
	}
}

func TestAffineSaysWhatThePatternSays(t *testing.T) {
	n := goldenNetwork(t)
	w, b := n.Affine(network.Pattern{+1, -1, -1})
	// z₃ = x₁ − 3/16·x₂, and slope 0.01 since its sign is −.
	require.Equal(t, 0.01, value(w[0][0]))
	require.Zero(t, b[0].Sign())
	requireSame(t, new(big.Rat).Mul(rat(0.01), rat(-0.1875)), w[0][1])
	w, b = n.Affine(network.Pattern{0, 0, 0})
	require.Zero(t, w[0][0].Sign()+w[0][1].Sign()+b[0].Sign())
}

// TestMixedUnits: a ReLU, a unit that carries its value on, an absolute value and a leaky unit in
// one layer.
func TestMixedUnits(t *testing.T) {
	n, err := network.New([]network.Layer{
		{W: mat.NewDense(4, 1, []float64{1, 1, 1, 1}), B: make([]float64, 4), Act: network.Mixed, Slopes: []float64{0, 1, -1, 0.25}},
		{W: mat.NewDense(4, 4, []float64{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}), B: make([]float64, 4)},
	})
	require.NoError(t, err)
	require.Equal(t, 3, n.Neurons())
	require.Equal(t, []int{3}, n.Hidden())
	for x, want := range map[float64][]float64{-2: {0, -2, 2, -0.5}, 2: {2, 2, 2, 2}, 0: {0, 0, 0, 0}} {
		require.Equal(t, want, n.Forward([]float64{x}))
		y, p := n.ForwardExact(bigFloats([]float64{x}))
		sign := int8(big.NewFloat(x).Sign())
		require.Equal(t, network.Pattern{sign, sign, sign}, p)
		for i, v := range y {
			require.Equal(t, want[i], value(v))
		}
	}
	w, b := n.Affine(network.Pattern{+1, -1, 0})
	for i, want := range []float64{1, 1, -1, 0} {
		require.Equal(t, want, value(w[i][0]))
		require.Zero(t, b[i].Sign())
	}
	require.Equal(t, network.Pattern{-1, +1, 0, +1}, n.Layers()[0].SignsOf(network.Pattern{-1, 0, +1}))
}

func value(f *big.Float) float64 { v, _ := f.Float64(); return v }

func TestPatternSurvivesCancellation(t *testing.T) {
	// (2⁶⁰x + 1) − 2⁶⁰x is 1 whatever x is, and 0 in float64.
	n, err := network.New([]network.Layer{
		{W: mat.NewDense(2, 1, []float64{0x1p60, 0x1p60}), B: []float64{1, 0}},
		{W: mat.NewDense(1, 2, []float64{1, -1}), B: []float64{0}, Act: network.ReLU},
	})
	require.NoError(t, err)
	require.Equal(t, network.Pattern{+1}, n.Pattern([]float64{1}))
	require.Equal(t, []float64{0}, n.Forward([]float64{1}))
}

func TestPatternTakesDeepPoints(t *testing.T) {
	// A witness may need more bits than a float64 has: 10⁶ + 2⁻⁸⁰.
	n, err := network.New([]network.Layer{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{-1e6}, Act: network.ReLU}})
	require.NoError(t, err)
	x := new(big.Float).SetPrec(200).SetInt64(1e6)
	y, p := n.ForwardExact([]*big.Float{x.Add(x, big.NewFloat(0x1p-80))})
	require.Equal(t, network.Pattern{+1}, p)
	require.Equal(t, 0x1p-80, value(y[0]))
	require.Equal(t, network.Pattern{0}, n.Pattern([]float64{1e6}))
}

func TestExactEvaluationPanicsOnMisuse(t *testing.T) {
	n := goldenNetwork(t)
	require.Panics(t, func() { n.Pattern([]float64{1}) })
	require.Panics(t, func() { n.Pattern([]float64{1, math.NaN()}) })
	require.Panics(t, func() { n.Pattern([]float64{1, math.Inf(1)}) })
	require.Panics(t, func() { n.Affine(network.Pattern{1}) })
	require.Panics(t, func() { n.Forward(nil) })
}

// The float forward pass against the exact one, and New's refusals.

package network_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
)

// passError bounds |Forward − exact| by the usual running-error analysis: if the inputs a_k of a
// layer are off by at most e_k, a pre-activation is off by at most
// Σ|w|e_k + γ(Σ|w|(|a_k|) + |b|) with γ = (m+2)u/(1−(m+2)u), u = 2⁻⁵³, m the fan-in (the
// computed ã_k are used for a_k); an activation multiplies that by max(1, |slope|) and adds one
// rounding. Twice that covers the roundings of the bound itself; underflow is far above what
// products of a layer can lose below the normal range.
func passError(n *network.Network, x []float64) []float64 {
	const (
		u         = 0x1p-53
		underflow = 0x1p-1000
	)
	a, e := x, make([]float64, len(x))
	for _, l := range n.Layers() {
		z, ez := make([]float64, l.Out()), make([]float64, l.Out())
		for i := range z {
			z[i] = l.B[i]
			scale, carried := math.Abs(l.B[i]), 0.0
			for j, v := range a {
				w := l.W.At(i, j)
				z[i] += w * v
				scale += math.Abs(w * v)
				carried += math.Abs(w) * e[j]
			}
			ez[i] = 2*(carried+float64(len(a)+3)*u*scale) + underflow
			if l.IsNeuron(i) {
				ez[i] *= max(1, math.Abs(l.Below(i))) * (1 + u)
				if z[i] < 0 {
					z[i] *= l.Below(i)
				}
				ez[i] += u * math.Abs(z[i])
			}
		}
		a, e = z, ez
	}
	return e
}

// valueError covers the rounding of an exact value to a float64: u = 2⁻⁵³, relative to that value.
const valueError = 0x1p-52

func TestForwardIsCloseToExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(tameFloat()).Draw(t, "network")
		x := anyPoint(n, tameFloat()).Draw(t, "x")
		got := n.Forward(x)
		bound := passError(n, x)
		want, _ := n.ForwardExact(bigFloats(x))
		for i, v := range want {
			// value rounds once more.
			require.LessOrEqual(t, math.Abs(got[i]-value(v)), bound[i]+math.Abs(got[i])*valueError)
		}
	})
}

func TestPassAllocatesNothing(t *testing.T) {
	n := goldenNetwork(t)
	p := n.NewPass()
	x := []float64{1, 2}
	require.Zero(t, testing.AllocsPerRun(100, func() { p.Forward(x) }))
	require.Equal(t, n.Forward(x), p.Forward(x))
}

func TestNewRefusesWithLayerAndField(t *testing.T) {
	dense := func(r, c int, v float64) *mat.Dense {
		d := mat.NewDense(r, c, nil)
		d.Set(r-1, c-1, v)
		return d
	}
	ok := network.Layer{W: dense(2, 1, 1), B: make([]float64, 2), Act: network.ReLU}
	for want, l := range map[string]network.Layer{
		"layer 1: weights: missing":               {B: make([]float64, 2)},
		"layer 1: bias: 1 entries, expected 2":    {W: dense(2, 2, 1), B: make([]float64, 1)},
		"layer 1: weights: 3 columns, expected 2": {W: dense(2, 3, 1), B: make([]float64, 2)},
		"layer 1: weights: entry (1,1) is NaN":    {W: dense(2, 2, math.NaN()), B: make([]float64, 2)},
		"layer 1: bias: entry 0 is +Inf":          {W: dense(1, 2, 1), B: []float64{math.Inf(1)}},
		"layer 1: slope: given as 2":              {W: dense(1, 2, 1), B: make([]float64, 1), Slope: 2},
		"layer 1: slope: 1, expected":             {W: dense(1, 2, 1), B: make([]float64, 1), Act: network.LeakyReLU, Slope: 1},
		"layer 1: slope: NaN, expected":           {W: dense(1, 2, 1), B: make([]float64, 1), Act: network.LeakyReLU, Slope: math.NaN()},
		"layer 1: slopes: 2 are given, but only":  {W: dense(2, 2, 1), B: make([]float64, 2), Act: network.ReLU, Slopes: make([]float64, 2)},
		"layer 1: slopes: 0 are given, but only":  {W: dense(2, 2, 1), B: make([]float64, 2), Slopes: []float64{}},
		"layer 1: slopes: 1 entries, expected 2":  {W: dense(2, 2, 1), B: make([]float64, 2), Act: network.Mixed, Slopes: make([]float64, 1)},
		"layer 1: slopes: 0 entries, expected 2":  {W: dense(2, 2, 1), B: make([]float64, 2), Act: network.Mixed},
		"layer 1: slopes: entry 1 is -Inf":        {W: dense(2, 2, 1), B: make([]float64, 2), Act: network.Mixed, Slopes: []float64{0, math.Inf(-1)}},
		"layer 1: slope: given as 3":              {W: dense(2, 2, 1), B: make([]float64, 2), Act: network.Mixed, Slope: 3, Slopes: make([]float64, 2)},
		"layer 1: slope: given as 4":              {W: dense(1, 2, 1), B: make([]float64, 1), Act: network.Abs, Slope: 4},
		"layer 1: activation: unknown value 9":    {W: dense(1, 2, 1), B: make([]float64, 1), Act: 9},
	} {
		_, err := network.New([]network.Layer{ok, l})
		require.ErrorContains(t, err, want)
	}
	_, err := network.New(nil)
	require.ErrorContains(t, err, "layers: there are none")
}

// TestNewUnifiesUnitsThatAreAllAlike, so that equal networks have equal bytes.
func TestNewUnifiesUnitsThatAreAllAlike(t *testing.T) {
	layer := func(act network.Activation, slope float64, slopes ...float64) network.Layer {
		return network.Layer{W: mat.NewDense(2, 1, []float64{1, 2}), B: make([]float64, 2), Act: act, Slope: slope, Slopes: slopes}
	}
	for _, c := range []struct{ given, want network.Layer }{
		{layer(network.Mixed, 0, 0, math.Copysign(0, -1)), layer(network.ReLU, 0)},
		{layer(network.Mixed, 0, 1, 1), layer(network.None, 0)},
		{layer(network.Mixed, 0, 0.5, 0.5), layer(network.LeakyReLU, 0.5)},
		{layer(network.Mixed, 0, 0, 1), layer(network.Mixed, 0, 0, 1)},
		{layer(network.Abs, 0), layer(network.LeakyReLU, -1)},
	} {
		given := []network.Layer{c.given}
		n, err := network.New(given)
		require.NoError(t, err)
		require.Equal(t, c.want, n.Layers()[0])
		require.Equal(t, c.given, given[0], "what the caller has stays as it is")
	}
}

// BenchmarkPass is the yardstick: one forward pass of a He-initialised 4-16-16-2 network.
func BenchmarkPass(b *testing.B) {
	src := rand.New(rand.NewPCG(1, 2))
	widths := []int{4, 16, 16, 2}
	var layers []network.Layer
	for i := 1; i < len(widths); i++ {
		in, out := widths[i-1], widths[i]
		l := network.Layer{W: mat.NewDense(out, in, nil), B: make([]float64, out), Act: network.ReLU}
		l.Dense().Apply(func(_, _ int, _ float64) float64 { return src.NormFloat64() * math.Sqrt(2/float64(in)) }, l.W)
		layers = append(layers, l)
	}
	layers[len(layers)-1].Act = network.None
	n, err := network.New(layers)
	require.NoError(b, err)
	p, x := n.NewPass(), []float64{.1, -.2, .3, -.4}
	b.ReportAllocs()
	for b.Loop() {
		p.Forward(x)
	}
}

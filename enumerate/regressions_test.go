package enumerate_test

// Wrong counts that were called exact, each named after what broke: count, list, proof and check
// must agree with exact fractions there, in every way to count.

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
)

// requireAgreement requires so many regions, by exact fractions and in every way to count, and a
// proof of them.
func requireAgreement(t *testing.T, want int, n *network.Network, b ball.Ball) {
	t.Helper()
	patterns, err := twin.ExactPatterns(n, b)
	require.NoError(t, err)
	require.Len(t, patterns, want)
	require.Empty(t, disagreement(gen.Case{Net: n, Ball: b}, t.TempDir(), true))
}

// A vertex on an edge got the error e + far·off/(ru+rv−2·off), also where the denominator was
// negative and the term made the error smaller. A line runs 2⁻⁴⁵ beside another, and units that
// never cut have the vertices kept in more than one word.
func TestErrorOfAVertexBesideTheEdgeThatWasCut(t *testing.T) {
	const slope = 0x1.ff73948c0471dp-4
	weights := []float64{1, 0, -1, 0, slope, -1, -slope, 1, -0x1.ff73948c87793p-4, 1, -slope, 1}
	bias := []float64{-0x1.63be2bf0b2fedp-4, 0x1.83be2bf0b2fedp-4, 0x1.ea807f4d59a31p-3, -0x1.ea807f4d596d1p-3, -0x1.ea807f4d5395fp-3, -0x1.ea807f4d59834p-3}
	for _, dead := range []int{0, 19, 58} {
		units := len(bias) + dead
		last := make([]float64, units)
		last[0], last[5] = 1, 0x1p60
		n := netOf(t, dense(network.ReLU, append(append([]float64(nil), weights...), make([]float64, 2*dead)...), append(append([]float64(nil), bias...), make([]float64, dead)...)),
			dense(network.ReLU, last, []float64{-0x1.da8p-9}))
		requireAgreement(t, 23, n, ballAt(t, ball.LInf, 2, 0, 1))
	}
}

// scaledAlong returns depth layers that scale the first of two inputs by the same factor, the last
// of them with a bias, and a unit that sees both: y − (factor^depth·x + 1)/2, of which nothing is
// left in float64 but y or x.
func scaledAlong(t *testing.T, factor float64, depth int) *network.Network {
	var layers []network.Layer
	for i := range depth {
		bias := []float64{0, 0}
		if i == depth-1 {
			bias[0] = 1
		}
		layers = append(layers, dense(network.ReLU, []float64{factor, 0, 0, 1}, bias))
	}
	return netOf(t, append(layers, dense(network.ReLU, []float64{-0.5, 1}, []float64{0}))...)
}

// Where rows are scaled down as much as the first unit grows, the second underflows: its form
// counted as identically zero, and the unit that sees both did not cut where x < 0.
func TestUnderflowTakenForAnExactZero(t *testing.T) {
	for _, c := range []struct {
		factor float64
		depth  int
		norms  []ball.Norm
	}{{0x1p1000, 2, norms}, {0x1p600, 3, norms}, {0x1p100, 12, norms}, {16, 283, norms[1:2]}} {
		t.Run(fmt.Sprintf("%g in %d layers", c.factor, c.depth), func(t *testing.T) {
			n := scaledAlong(t, c.factor, c.depth)
			for _, norm := range c.norms {
				requireAgreement(t, 6, n, ballAt(t, norm, 2, 0, 1))
			}
		})
	}
}

func TestUnderflowOfFloat32Weights(t *testing.T) {
	const large, small = 0x1p127, 0x1p-126
	layers := []network.Layer{dense(network.ReLU, []float64{-large, small, -small}, []float64{0, 0, small / 2})}
	for range 4 {
		layers = append(layers, dense(network.ReLU, []float64{large, 0, 0, 0, small, 0, 0, 0, small}, make([]float64, 3)))
	}
	n := netOf(t, append(layers, dense(network.ReLU, []float64{1, 1, -1}, []float64{0}))...)
	requireAgreement(t, 5, n, ballAt(t, ball.Box, 1, 0, 1))
}

// The last unit is 1.5·2⁻⁹⁶³ of one before it, which is up to 2¹⁵⁹ where x < 0, beside the bias
// 1.25·2⁻⁸⁰⁴: they cancel at −⅓.
func TestUnderflowOfATermBesideABias(t *testing.T) {
	n := netOf(t, dense(network.ReLU, []float64{0, -1, 0}, []float64{0, 0, 0x1p159}),
		dense(network.ReLU, []float64{-0x1p651, 0, 0, 0, -0x1p158, 1}, []float64{0, 0}),
		dense(network.ReLU, []float64{-0x1p-382, -0x1.8p-963}, []float64{0x1.4p-804}))
	requireAgreement(t, 3, n, ballAt(t, ball.Box, 1, 0, 1))
}

// big.Rat.Float64 says exact of an underflow to 0: the witness between two planes became a point of
// one of them.
func TestWitnessThatUnderflowed(t *testing.T) {
	n := netOf(t, dense(network.ReLU, []float64{1, 1, 1}, []float64{0, -0x1p-300, -0x1p-299}))
	for _, norm := range norms {
		for _, radius := range []float64{1, 0x1p700, 0x1p1000} {
			requireAgreement(t, 4, n, ballAt(t, norm, 1, 0, radius))
		}
	}
}

// Products of two weights overflow: the run failed with "a witness lost its cell".
func TestProductsOfWeightsOverflow(t *testing.T) {
	const huge, tiny = 1e308, 1e-308
	n := netOf(t, dense(network.ReLU, []float64{huge, huge, huge, -huge}, []float64{0, -huge}),
		dense(network.ReLU, []float64{huge, -huge, tiny, huge}, []float64{-huge, 1}),
		dense(network.None, []float64{1, 1}, []float64{0}))
	requireAgreement(t, 6, n, ballAt(t, ball.Box, 2, 0, 1))
}

// The files from which these tests were drawn, where they lie beside the project.
func TestInputsThatWereCountedWrongly(t *testing.T) {
	for _, c := range []struct {
		file   string
		norm   ball.Norm
		radius float64
		want   int
	}{
		{"negative-denominator-1.json", ball.LInf, 1, 33},
		{"underflow-a.json", ball.LInf, 1, 6},
		{"underflow-w16.json", ball.LInf, 1, 6},
		{"underflow-float32.onnx", ball.Box, 1, 5},
		{"underflow-w1.json", ball.Box, 1, 3},
		{"sliver300.json", ball.LInf, math.Ldexp(1, 1000), 4},
		{"huge-weights.json", ball.Box, 1, 6},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := filepath.Join("..", "..", "shared", "cases", c.file)
			if _, err := os.Stat(path); err != nil {
				t.Skipf("the input %s is not beside the project", c.file)
			}
			n, _, err := load.Read(path, load.Options{})
			require.NoError(t, err)
			requireAgreement(t, c.want, n, ballAt(t, c.norm, n.Inputs(), 0, c.radius))
		})
	}
}

// No bound is below the exact count, on random tiny networks of every kind.

package bound_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"relucell/ball"
	"relucell/bound"
	"relucell/network"
)

// tinyNetwork draws a network with the given inputs: ReLU, leaky and affine layers, weights of several
// kinds.
func tinyNetwork(t *rapid.T, inputs int) *network.Network {
	entry := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-64, 64).Draw(t, "w")) / 32 })
	switch rapid.IntRange(0, 2).Draw(t, "weights") {
	case 0:
		entry = rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-1, 1).Draw(t, "w")) })
	case 1:
		entry = rapid.Float64Range(-2, 2)
	}
	var ls []network.Layer
	in := inputs
	for i := range rapid.IntRange(1, 4).Draw(t, "layers") {
		out := rapid.IntRange(1, 4).Draw(t, fmt.Sprintf("width %d", i))
		l := network.Layer{W: mat.NewDense(out, in, nil), B: make([]float64, out)}
		for r := range out {
			for c := range in {
				l.W.Set(r, c, entry.Draw(t, "w"))
			}
			l.B[r] = entry.Draw(t, "b")
		}
		switch rapid.IntRange(0, 5).Draw(t, "act") {
		case 0:
			l.Act = network.None
		case 1:
			l.Act, l.Slope = network.LeakyReLU, rapid.SampledFrom([]float64{0.01, 0.5, -1, -0.25, 2}).Draw(t, "slope")
		default:
			l.Act = network.ReLU
		}
		ls, in = append(ls, l), out
	}
	n, err := network.New(ls)
	require.NoError(t, err)
	return n
}

// tinyBall draws a ball in the given dimension, of one of the given norms.
func tinyBall(t *rapid.T, n int, norms ...ball.Norm) ball.Ball {
	norm := rapid.SampledFrom(norms).Draw(t, "norm")
	coord := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-16, 16).Draw(t, "c")) / 8 })
	c := rapid.SliceOfN(coord, n, n).Draw(t, "center")
	r := math.Ldexp(float64(rapid.IntRange(1, 8).Draw(t, "r")), rapid.IntRange(-12, 1).Draw(t, "e"))
	if norm == ball.Box {
		lo, hi := make([]float64, n), make([]float64, n)
		for k := range c {
			lo[k], hi[k] = c[k]-r, c[k]+r*float64(k+1)
		}
		b, err := ball.NewBox(lo, hi)
		require.NoError(t, err)
		return b
	}
	b, err := ball.New(norm, c, r)
	require.NoError(t, err)
	return b
}

// TestNoBoundIsOnTheWrongSideOfTheCount is the property that the package exists for.
func TestNoBoundIsOnTheWrongSideOfTheCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs := rapid.IntRange(1, 2).Draw(t, "inputs")
		n := tinyNetwork(t, inputs)
		b := tinyBall(t, inputs, ball.LInf, ball.L1, ball.Box)
		requireSound(t, n, b, bruteCount(n, b))
	})
}

// TestIntervalBallsOfOneInput: with one input all norms are one, l2 included.
func TestL2IsSoundForOneInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := tinyNetwork(t, 1)
		b := tinyBall(t, 1, ball.L2)
		same, err := ball.New(ball.LInf, b.Center(), b.Radius())
		require.NoError(t, err)
		requireSound(t, n, b, bruteCount(n, same))
	})
}

func requireSound(t require.TestingT, n *network.Network, b ball.Ball, count int64) {
	for _, r := range bound.Evaluate(context.Background(), bound.All(), n, b) {
		require.NoError(t, r.Err, r.Name)
		switch r.Kind {
		case bound.Upper:
			require.GreaterOrEqual(t, r.Value.Int64(), count, r.Name)
		case bound.Lower:
			require.LessOrEqual(t, r.Value.Int64(), count, r.Name)
		}
	}
}

// below lists pairs (finer, coarser) of which the docs claim finer ≤ coarser, always.
var below = [][2]string{
	{"zaslavsky", "2^N"}, {"montufar", "zaslavsky"}, {"serra", "montufar"}, {"serra-rank", "serra"},
	{"lipschitz", "serra-rank"}, {"lipschitz-masked", "lipschitz"}, {"interval", "serra-rank"},
	{"zonotope", "interval"}, {"crown", "interval"}, {"lp", "crown"},
	{"first-layer-pairs", "crown"}, {"first-layer-pairs", "zonotope"}, {"first-layer-pairs", "lipschitz-masked"}, {"first-layer", "first-layer-pairs"},
	{"combined", "lipschitz-masked"}, {"combined", "zonotope"}, {"combined", "crown"}, {"combined", "coefficients-local"},
	{"hinz-montufar", "montufar"}, {"montufar", "hinz-montufar"}, {"hinz-serra", "serra"}, {"serra", "hinz-serra"},
	{"coefficients", "serra-rank"}, {"coefficients-local", "coefficients"}, {"coefficients-local", "interval"},
}

// TestDominance: each claim of docs/bounds.md about which bound is below which.
func TestDominance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs := rapid.IntRange(1, 4).Draw(t, "inputs")
		n := tinyNetwork(t, inputs)
		b := tinyBall(t, inputs, ball.L2, ball.LInf, ball.L1, ball.Box)
		requireDominance(t, n, b)
	})
}

func requireDominance(t require.TestingT, n *network.Network, b ball.Ball) {
	v := map[string]bound.Result{}
	for _, r := range bound.Evaluate(context.Background(), bound.All(), n, b) {
		require.NoError(t, r.Err, r.Name)
		v[r.Name] = r
	}
	for _, p := range below {
		require.Contains(t, v, p[0])
		require.Contains(t, v, p[1])
		require.LessOrEqual(t, v[p[0]].Value.Cmp(v[p[1]].Value), 0, "%s = %s, %s = %s", p[0], v[p[0]].Value, p[1], v[p[1]].Value)
	}
}

// monotone lists the bounds that do not decrease when the radius grows.
var monotone = []string{"lipschitz", "interval", "lp"}

func TestMonotoneInTheRadius(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs := rapid.IntRange(1, 3).Draw(t, "inputs")
		n := tinyNetwork(t, inputs)
		b := tinyBall(t, inputs, ball.L2, ball.LInf, ball.L1)
		r := b.Radius() * rapid.Float64Range(1, 3).Draw(t, "factor")
		larger, err := ball.New(b.Norm(), b.Center(), r)
		require.NoError(t, err)
		for _, name := range monotone {
			require.LessOrEqual(t, value2(t, name, n, b), value2(t, name, n, larger), name)
		}
	})
}

func value2(t require.TestingT, name string, n *network.Network, b ball.Ball) int64 {
	bd, ok := bound.ByName(name)
	require.True(t, ok, name)
	v, err := bd.Value(context.Background(), n, b)
	require.NoError(t, err, name)
	return v.Int64()
}

// No bound is below the exact count, on random tiny networks of every kind.

package bound_test

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/network"
)

// tinyNetwork draws a network with the given inputs: ReLU, leaky, affine and mixed layers, weights
// of several kinds.
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
				l.Dense().Set(r, c, entry.Draw(t, "w"))
			}
			l.B[r] = entry.Draw(t, "b")
		}
		slope := rapid.SampledFrom([]float64{0.01, 0.5, -1, -0.25, 2})
		switch rapid.IntRange(0, 7).Draw(t, "act") {
		case 0:
			l.Act = network.None
		case 1:
			l.Act, l.Slope = network.LeakyReLU, slope.Draw(t, "slope")
		case 2, 3:
			l.Act, l.Slopes = network.Mixed, rapid.SliceOfN(rapid.OneOf(slope, rapid.SampledFrom([]float64{0, 1})), out, out).Draw(t, "slopes")
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
		requireSound(t, all(n, b), bruteCount(n, b))
	})
}

// TestIntervalBallsOfOneInput: with one input all norms are one, l2 included.
func TestL2IsSoundForOneInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := tinyNetwork(t, 1)
		b := tinyBall(t, 1, ball.L2)
		same, err := ball.New(ball.LInf, b.Center(), b.Radius())
		require.NoError(t, err)
		requireSound(t, all(n, b), bruteCount(n, same))
	})
}

func requireSound(t require.TestingT, rs []bound.Result, count int64) {
	for _, r := range rs {
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
		requireDominance(t, all(n, b))
	})
}

func all(n *network.Network, b ball.Ball) []bound.Result {
	return bound.Evaluate(context.Background(), bound.All(), n, b)
}

func requireDominance(t require.TestingT, rs []bound.Result) {
	v := map[string]bound.Result{}
	for _, r := range rs {
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
// lp is not among them: it is monotone but for the tolerance of its programmes, which shows where a
// ball touches a boundary to within rounding, as in the tests of package crosscheck.
var monotone = []string{"lipschitz", "interval"}

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

// TestL2IsSoundInThePlane: regions that meet a polygon inside the disc meet the disc, those that
// meet the disc meet a polygon around it.
func TestL2IsSoundInThePlane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := tinyNetwork(t, 2)
		b := tinyBall(t, 2, ball.L2)
		in, out := discPolygons(b)
		start := []form{{rat(1), rat(0), rat(0)}, {rat(0), rat(1), rat(0)}}
		low, high := bruteLayer(n.Layers(), start, in), bruteLayer(n.Layers(), start, out)
		for _, r := range bound.Evaluate(context.Background(), bound.All(), n, b) {
			require.NoError(t, r.Err, r.Name)
			if r.Kind == bound.Upper {
				require.GreaterOrEqual(t, r.Value.Int64(), low, r.Name)
			} else {
				require.LessOrEqual(t, r.Value.Int64(), high, r.Name)
			}
		}
	})
}

// discPolygons returns a polygon in the disc and one around it, from the rational points
// ((1−t²)/(1+t²), 2t/(1+t²)).
func discPolygons(b ball.Ball) (in, out []point) {
	const steps = 8 // to a quarter
	c, r := b.Center(), rat(b.Radius())
	at := func(x, y *big.Rat) point {
		return point{new(big.Rat).Add(rat(c[0]), x.Mul(x, r)), new(big.Rat).Add(rat(c[1]), y.Mul(y, r))}
	}
	for q := range 4 {
		for i := range int64(steps) {
			t := big.NewRat(i, steps)
			t2 := new(big.Rat).Mul(t, t)
			den := new(big.Rat).Add(rat(1), t2)
			x := new(big.Rat).Quo(new(big.Rat).Sub(rat(1), t2), den)
			y := new(big.Rat).Quo(new(big.Rat).Add(t, t), den)
			for range q {
				x, y = new(big.Rat).Neg(y), x
			}
			in = append(in, at(new(big.Rat).Set(x), new(big.Rat).Set(y)))
		}
	}
	// a polygon of these points scaled about the centre holds the disc once its edges clear it:
	// each edge spans an angle below 0.3, and 1/cos(0.15) < 1.02
	grow := big.NewRat(102, 100)
	for _, p := range in {
		var o point
		for k := range o {
			d := new(big.Rat).Sub(p[k], rat(c[k]))
			o[k] = d.Mul(d, grow).Add(d, rat(c[k]))
		}
		out = append(out, o)
	}
	return in, out
}

// TestExtremeBallsAreSound: radii 2^±300, and centres beside which the radius vanishes.
func TestExtremeBallsAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs := rapid.IntRange(1, 2).Draw(t, "inputs")
		n := tinyNetwork(t, inputs)
		c := make([]float64, inputs)
		for k := range c {
			c[k] = rapid.SampledFrom([]float64{0, 1, 1e6, -0x1p20, 0x1p-1000}).Draw(t, "c")
		}
		r := math.Ldexp(1, rapid.SampledFrom([]int{300, -300, -80, 1000, -1000, -1070}).Draw(t, "e"))
		b, err := ball.New(rapid.SampledFrom([]ball.Norm{ball.LInf, ball.L1}).Draw(t, "norm"), c, r)
		require.NoError(t, err)
		requireSound(t, all(n, b), bruteCount(n, b))
	})
}

// TestExtremeWeightsAreSound: weights from 2⁻⁶⁰⁰ to 2⁶⁰⁰, so that products leave the range of
// floats.
func TestExtremeWeightsAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := tinyNetwork(t, 2)
		ls := append([]network.Layer(nil), n.Layers()...)
		for i := range ls {
			w := mat.DenseCopyOf(ls[i].W)
			w.Scale(math.Ldexp(1, rapid.SampledFrom([]int{0, 600, -600, 40, -1000}).Draw(t, "scale")), w)
			ls[i].W = w
		}
		scaled, err := network.New(ls)
		require.NoError(t, err)
		b := tinyBall(t, 2, ball.LInf, ball.L1, ball.Box)
		requireSound(t, all(scaled, b), bruteCount(scaled, b))
	})
}

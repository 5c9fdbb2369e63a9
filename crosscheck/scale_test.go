package crosscheck

// Bounds against exact counts where exponents are extreme: no draw of the usual laws comes near the
// edges of float64, and a bound is as sound there as anywhere.

import (
	"context"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/network"
)

// exponents are drawn from the usual, the large (products of three leave float64) and the edges.
var exponents = rapid.OneOf(
	rapid.IntRange(-3, 3), rapid.IntRange(-60, 60), rapid.IntRange(-400, 400), rapid.IntRange(-1000, 1000),
	rapid.SampledFrom([]int{-1074, -1060, -1022, -540, 511, 700, 1000, 1022}),
)

// number draws a float64 other than ±Inf: an eighth of few bits or a full mantissa, times 2^e.
func number(t *rapid.T, e int) float64 {
	v := float64(rapid.IntRange(-16, 16).Draw(t, "eighths")) / 8
	if v != 0 && rapid.IntRange(0, 3).Draw(t, "full") == 0 {
		v = math.Copysign(1+rapid.Float64Range(0, 0.99).Draw(t, "mantissa"), v)
	}
	if v = math.Ldexp(v, e); math.IsInf(v, 0) {
		return math.Copysign(math.MaxFloat64, v)
	}
	return v
}

// wildNetwork draws a network whose numbers have exponents of any size, by unit or each its own,
// with zeros and copies of units with opposite signs, whose sums cancel.
func wildNetwork(t *rapid.T, inputs int) *network.Network {
	var layers []network.Layer
	in := inputs
	perUnit := rapid.Bool().Draw(t, "exponents by unit")
	before := make([]int, in) // what the outputs of the layer before are scaled by
	for range rapid.IntRange(1, 4).Draw(t, "layers") {
		out := rapid.IntRange(1, 4).Draw(t, "width")
		l := gen.Affine(make([]float64, out*in), make([]float64, out))
		scales := make([]int, out)
		for j := range out {
			if perUnit {
				scales[j] = rapid.IntRange(-900, 900).Draw(t, "scale")
			}
			for k := range in {
				e := scales[j] - before[k] // may leave the range, and then the unit is no copy of an ordinary one
				if !perUnit {
					e = exponents.Draw(t, "e")
				}
				l.Dense().Set(j, k, number(t, max(min(e, 1022), -1074)))
			}
			e := scales[j]
			if !perUnit {
				e = exponents.Draw(t, "e")
			}
			l.B[j] = number(t, e)
			if j > 0 && rapid.IntRange(0, 3).Draw(t, "copy") == 0 {
				s := float64(1 - 2*rapid.IntRange(0, 1).Draw(t, "sign"))
				for k := range in {
					l.Dense().Set(j, k, s*l.W.At(j-1, k))
				}
				scales[j] = scales[j-1]
			}
		}
		switch rapid.IntRange(0, 5).Draw(t, "act") {
		case 0:
		case 1:
			l.Act, l.Slope = network.LeakyReLU, rapid.SampledFrom([]float64{0.01, -1, 2, 0x1p-1074, -0x1p-700, 0x1p1000}).Draw(t, "slope")
		default:
			l.Act = network.ReLU
		}
		layers, in, before = append(layers, l), out, scales
	}
	n, err := network.New(layers)
	require.NoError(t, err)
	return n
}

// cancelling draws an ordinary network behind one whose sums leave float64 on the way and come
// back: copies of a unit of exponent e, added and taken off again.
func cancelling(t *rapid.T, inputs int) *network.Network {
	e := rapid.SampledFrom([]int{1023, 1022, 1000, -1074, -1070}).Draw(t, "e")
	copies, plain := rapid.IntRange(2, 7).Draw(t, "copies"), rapid.IntRange(1, 2).Draw(t, "others")
	first := gen.Affine(make([]float64, (copies+plain)*inputs), make([]float64, copies+plain))
	row := make([]float64, inputs)
	for k := range row {
		row[k] = number(t, e)
	}
	for j := range copies + plain {
		for k := range inputs {
			if first.Dense().Set(j, k, row[k]); j >= copies {
				first.Dense().Set(j, k, number(t, 0))
			}
		}
	}
	width := rapid.IntRange(1, 3).Draw(t, "width")
	second := gen.Affine(make([]float64, width*(copies+plain)), make([]float64, width))
	for j := range width {
		left := rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "sum")
		for k := range copies {
			v := rapid.IntRange(-1, 1).Draw(t, "copy")
			if k == copies-1 {
				v = left
			}
			left -= v
			second.Dense().Set(j, k, float64(v))
		}
		for k := range plain {
			second.Dense().Set(j, copies+k, number(t, 0))
		}
		second.B[j] = number(t, 0)
	}
	second.Act = network.ReLU
	layers := []network.Layer{first, second}
	if rapid.Bool().Draw(t, "one more") {
		third := gen.Affine(make([]float64, 2*width), make([]float64, 2))
		for j := range 2 {
			for k := range width {
				third.Dense().Set(j, k, number(t, 0))
			}
			third.B[j] = number(t, 0)
		}
		third.Act = network.ReLU
		layers = append(layers, third)
	}
	if rapid.IntRange(0, 3).Draw(t, "act") == 0 {
		layers[0].Act = network.ReLU
	}
	return gen.Build(layers...)
}

func anyNetwork(t *rapid.T, inputs int) *network.Network {
	if rapid.Bool().Draw(t, "cancelling") {
		return cancelling(t, inputs)
	}
	return wildNetwork(t, inputs)
}

// wildBall draws a ball whose centre and radius have exponents of any size.
func wildBall(t *rapid.T, inputs int, norms ...ball.Norm) ball.Ball {
	norm := rapid.SampledFrom(norms).Draw(t, "norm")
	c := make([]float64, inputs)
	for k := range c {
		c[k] = number(t, rapid.SampledFrom([]int{0, 0, 0, -300, 300, -1074, 20}).Draw(t, "centre"))
	}
	r := math.Ldexp(1, rapid.SampledFrom([]int{0, 0, 0, 1, 300, -300, 1000, -1000, -1070}).Draw(t, "radius"))
	if norm != ball.Box {
		return gen.Must(ball.New(norm, c, r))
	}
	lo, hi := make([]float64, inputs), make([]float64, inputs)
	for k := range c {
		lo[k], hi[k] = min(c[k]-r, math.Nextafter(c[k], math.Inf(-1))), max(c[k]+r, math.Nextafter(c[k], math.Inf(1)))
	}
	return gen.Must(ball.NewBox(lo, hi))
}

func requireBoundsHold(t *rapid.T, n *network.Network, b ball.Ball, count *big.Int) {
	for _, r := range bound.Evaluate(context.Background(), bound.All(), n, b) {
		require.NoError(t, r.Err, r.Name)
		if r.Kind == bound.Upper {
			require.GreaterOrEqual(t, r.Value.Cmp(count), 0, "%s is %v, the count %v", r.Name, r.Value, count)
		} else {
			require.LessOrEqual(t, r.Value.Cmp(count), 0, "%s is %v, the count %v", r.Name, r.Value, count)
		}
	}
}

func TestBoundsHoldAtAnyScaleInOneInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t, 1)
		b := wildBall(t, 1, ball.L2, ball.LInf, ball.L1, ball.Box)
		count, err := twin.CountIntervals(n, b)
		require.NoError(t, err)
		requireBoundsHold(t, n, b, count)
	})
}

func TestBoundsHoldAtAnyScaleInTwoInputs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t, 2)
		b := wildBall(t, 2, ball.L2, ball.LInf, ball.L1, ball.Box)
		count, err := twin.CountPolygons(n, b)
		require.NoError(t, err)
		requireBoundsHold(t, n, b, count)
	})
}

// TestNearestBoundaryAtAnyScale holds the distance in one input against the ends of the exact
// intervals of a large ball about the point: the least of their distances is the answer, where it
// is below the radius.
func TestNearestBoundaryAtAnyScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t, 1)
		c := wildBall(t, 1, ball.LInf).Center()
		const radius = 0x1p1023
		all, err := twin.Intervals(n, gen.Must(ball.New(ball.LInf, c, radius)))
		require.NoError(t, err)
		nearest := new(big.Rat).SetFloat64(radius)
		for _, i := range all[1:] { // ends that are no end of the ball
			for _, end := range []*big.Rat{i.Lo, i.Hi} {
				d := new(big.Rat).Sub(end, new(big.Rat).SetFloat64(c[0]))
				if d.Abs(d).Cmp(nearest) < 0 {
					nearest = d
				}
			}
		}
		d, err := bound.NearestBoundary(context.Background(), n, ball.LInf, c)
		require.NoError(t, err)
		if nearest.Cmp(new(big.Rat).SetFloat64(radius)) == 0 {
			require.GreaterOrEqual(t, d.Upper, radius)
			return
		}
		require.LessOrEqual(t, new(big.Rat).SetFloat64(d.Lower).Cmp(nearest), 0)
		require.True(t, math.IsInf(d.Upper, 1) || new(big.Rat).SetFloat64(d.Upper).Cmp(nearest) >= 0)
		require.Zero(t, d.Exact.Cmp(nearest))
	})
}

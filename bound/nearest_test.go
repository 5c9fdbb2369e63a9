// The distance to the nearest boundary, and what follows from it.

package bound_test

import (
	"context"
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

func allNames() []string {
	var names []string
	for _, b := range bound.All() {
		names = append(names, b.Name())
	}
	return names
}

// TestNearestBoundary: distances worked out by hand.
func TestNearestBoundary(t *testing.T) {
	line := oneLayer(t, [][]float64{{3, 4}}, []float64{-5})
	ctx := context.Background()
	d, err := bound.NearestBoundary(ctx, line, ball.L2, []float64{0, 0})
	require.NoError(t, err)
	require.Equal(t, "1/1", d.Squared.String())
	require.Equal(t, [2]float64{1, 1}, [2]float64{d.Lower, d.Upper})
	require.True(t, d.AtLeast(1))
	require.False(t, d.AtLeast(0x1.0000000000001p0))

	d, err = bound.NearestBoundary(ctx, line, ball.LInf, []float64{0, 0})
	require.NoError(t, err)
	require.Equal(t, "5/7", d.Exact.String())
	require.Equal(t, math.Nextafter(d.Lower, 1), d.Upper)

	d, err = bound.NearestBoundary(ctx, line, ball.L1, []float64{0, 0})
	require.NoError(t, err)
	require.Equal(t, "5/4", d.Exact.String())

	d, err = bound.NearestBoundary(ctx, line, ball.L2, []float64{1, 0.5})
	require.NoError(t, err)
	require.Zero(t, d.Squared.Sign(), "a centre on a boundary")
	require.Zero(t, d.Upper)

	dead := oneLayer(t, [][]float64{{0, 0}}, []float64{0})
	d, err = bound.NearestBoundary(ctx, dead, ball.L2, []float64{0, 0})
	require.NoError(t, err)
	require.Equal(t, -1, d.Neuron)
	require.True(t, d.AtLeast(math.MaxFloat64))
}

// TestNearestBoundaryBehindADeadUnit: the second neuron is identically zero around the centre, and
// so has no boundary there; the first one's is nearest.
func TestNearestBoundaryBehindADeadUnit(t *testing.T) {
	n, err := network.New([]network.Layer{
		{W: mat.NewDense(1, 1, []float64{1}), B: []float64{-0.5}, Act: network.ReLU},
		{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}, Act: network.ReLU},
	})
	require.NoError(t, err)
	d, err := bound.NearestBoundary(context.Background(), n, ball.L2, []float64{0})
	require.NoError(t, err)
	require.Equal(t, 0, d.Neuron)
	require.Equal(t, "1/4", d.Squared.String())
}

// TestOneRegionIffTheBoundaryIsFar holds the lower bound's 1 against exact polygon clipping.
func TestOneRegionIffTheBoundaryIsFar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs := rapid.IntRange(1, 2).Draw(t, "inputs")
		n := tinyNetwork(t, inputs)
		b := tinyBall(t, inputs, ball.LInf, ball.L1, ball.Box)
		one := bruteCount(n, b) == 1
		require.Equal(t, one, value2(t, "boundary", n, b) == 1)
		require.Equal(t, one, value2(t, "combined", n, b) == 1 && one)
	})
}

// TestWitnessesAreStrictlyInside: each is in the open ball, and the patterns are distinct.
func TestWitnessesAreStrictlyInside(t *testing.T) {
	n := heNetwork(t, 3, 3, 8, 8, 2)
	for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
		b, err := ball.New(norm, []float64{1e6, -0.25, 3}, 0x1p-20)
		require.NoError(t, err)
		ws, err := bound.Sample(context.Background(), n, b, 200, 7)
		require.NoError(t, err)
		require.NotEmpty(t, ws)
		seen := map[string]bool{}
		for _, w := range ws {
			require.False(t, seen[w.Pattern.String()])
			seen[w.Pattern.String()] = true
			sum, most := new(big.Rat), new(big.Rat)
			for k, x := range w.X {
				d, _ := x.Rat(nil)
				d.Sub(d, rat(b.Center()[k])).Abs(d)
				if d.Cmp(most) > 0 {
					most = d
				}
				if norm == ball.L2 {
					sum.Add(sum, new(big.Rat).Mul(d, d))
				} else {
					sum.Add(sum, d)
				}
			}
			r := rat(b.Radius())
			switch norm {
			case ball.L2:
				require.Negative(t, sum.Cmp(r.Mul(r, r)))
			case ball.L1:
				require.Negative(t, sum.Cmp(r))
			default:
				require.Negative(t, most.Cmp(r))
			}
		}
	}
}

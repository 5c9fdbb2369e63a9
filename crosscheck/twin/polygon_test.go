// The exact counters are themselves held against theorems, against each other,
// and against exact areas.

package twin

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

func TestExactCountersOnKnownCases(t *testing.T) {
	for _, c := range gen.KnownCases() {
		t.Run(c.Name, func(t *testing.T) {
			require.Equal(t, c.Net.Inputs(), c.Ball.Dim())
			switch {
			case c.Want.Cmp(big.NewInt(500)) > 0:
				t.Skip("more regions than the slow counters are for")
			case c.Net.Inputs() == 1:
				got, err := CountIntervals(c.Net, c.Ball)
				require.NoError(t, err)
				require.Equal(t, c.Want.String(), got.String())
			case c.Net.Inputs() == 2:
				got, err := CountPolygons(c.Net, c.Ball)
				require.NoError(t, err)
				require.Equal(t, c.Want.String(), got.String())
			default:
				t.Skip("more than two inputs")
			}
		})
	}
}

// Polygons tile the box or diamond: their areas add up to its area exactly.
func TestPolygonsTileTheBall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawTernary(t, 2)
		polygons, err := Polygons(c.Net, c.Ball)
		require.NoError(t, err)
		seen, total := map[string]bool{}, new(big.Rat)
		for _, p := range polygons {
			require.Positive(t, p.Area().Sign())
			require.Len(t, p.Pattern, c.Net.Neurons())
			require.False(t, seen[p.Pattern.String()], "pattern %v twice", p.Pattern)
			seen[p.Pattern.String()] = true
			total.Add(total, p.Area())
		}
		if c.Ball.Norm() != ball.L2 {
			whole := Polygon{}
			for _, v := range startPolygon(c.Ball).vertices {
				whole.Vertices = append(whole.Vertices, [2]*big.Rat{v[0], v[1]})
			}
			require.Zero(t, whole.Area().Cmp(total))
		}
	})
}

// An input that the network ignores makes the two counters answer alike.
func TestIntervalsAgreeWithPolygons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := gen.NewRand(rapid.Uint64().Draw(t, "seed"))
		one := gen.RandomCase(rng, gen.RandomOptions{Inputs: 1, MaxNeurons: 8})
		if one.Ball.Norm() == ball.Box {
			t.Skip("a box is an interval in its own way")
		}
		layers := append([]network.Layer(nil), one.Net.Layers()...)
		first := &layers[0]
		wide := gen.Affine(make([]float64, 2*first.Out()), first.B)
		for r := range first.Out() {
			wide.Dense().Set(r, 0, first.W.At(r, 0))
		}
		first.W = wide.W
		two := gen.Must(ball.New(one.Ball.Norm(), []float64{one.Ball.Center()[0], 3}, one.Ball.Radius()))
		n1, err := CountIntervals(one.Net, one.Ball)
		require.NoError(t, err)
		n2, err := CountPolygons(gen.Build(layers...), two)
		require.NoError(t, err)
		require.Equal(t, n1.String(), n2.String())
	})
}

// A region is never lost when the ball grows, and the norms nest.
func TestCountsGrowWithTheBall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := gen.NewRand(rapid.Uint64().Draw(t, "seed"))
		n := gen.Random(rng, gen.RandomOptions{Inputs: 2, MaxNeurons: 7})
		drawn := gen.RandomBall(rng, n)
		if drawn.Norm() == ball.Box {
			t.Skip("a box has no radius")
		}
		center, r := drawn.Center(), drawn.Radius()
		last := new(big.Int)
		for _, b := range []ball.Ball{
			gen.Must(ball.New(ball.L1, center, r)),
			gen.Must(ball.New(ball.L2, center, r)),
			gen.Must(ball.New(ball.LInf, center, r)),
			gen.Must(ball.New(ball.L1, center, 2*r)),
		} {
			count, err := CountPolygons(n, b)
			require.NoError(t, err)
			require.GreaterOrEqual(t, count.Cmp(last), 0)
			last = count
		}
	})
}

func TestDiscCutByAChordBeyondTheSquaresEdges(t *testing.T) {
	// x + y > 1.5 meets the square's corner but not the unit disc; x + y > 1.4 meets both.
	for want, h := range map[int64]float64{1: -1.5, 2: -1.4} {
		n := gen.OneLayer([]float64{1, 1}, []float64{h})
		got, err := CountPolygons(n, gen.AtOrigin(ball.L2, 2))
		require.NoError(t, err)
		require.Equal(t, want, got.Int64())
	}
}

func TestPolygonPatternsAndVertices(t *testing.T) {
	n := gen.Build(gen.ReLU([]float64{1, 0, 0, 0}, []float64{0, 0}), gen.Sum(2))
	polygons, err := Polygons(n, gen.Must(ball.NewBox([]float64{-1, -1}, []float64{1, 1})))
	require.NoError(t, err)
	require.Len(t, polygons, 2)
	require.Equal(t, "-0", polygons[0].Pattern.String())
	require.Equal(t, "+0", polygons[1].Pattern.String())
	require.Equal(t, "2", polygons[0].Area().RatString())
	require.Len(t, polygons[1].Vertices, 4)
}

func TestExactCountersRefuseOtherDimensions(t *testing.T) {
	n, b := gen.TentMap(1)
	_, err := Polygons(n, b)
	require.EqualError(t, err, "network: 1 inputs, expected 2")
	_, err = CountIntervals(n, gen.AtOrigin(ball.L1, 2))
	require.EqualError(t, err, "ball: 2 coordinates, expected 1, one per input of the network")
	_, err = Intervals(gen.Resonance(2), gen.AtOrigin(ball.L1, 2))
	require.Error(t, err)
	_, err = CountPolygons(gen.Resonance(2), gen.AtOrigin(ball.L1, 3))
	require.Error(t, err)
}

// drawTernary draws a small case with weights in {−1, 0, 1}.
func drawTernary(t *rapid.T, inputs int) gen.Case {
	rng := gen.NewRand(rapid.Uint64().Draw(t, "seed"))
	widths := []int{inputs}
	for range rapid.IntRange(1, 3).Draw(t, "layers") {
		widths = append(widths, rapid.IntRange(1, 4).Draw(t, "width"))
	}
	return gen.TernaryCase(rng, append(widths, 1)...)
}

// exactCount counts with the counter for the network's inputs, 1 or 2.
func exactCount(t require.TestingT, n *network.Network, b ball.Ball) string {
	count := CountPolygons
	if n.Inputs() == 1 {
		count = CountIntervals
	}
	c, err := count(n, b)
	require.NoError(t, err)
	return c.String()
}

// The counter in space is held against theorems, against the counter in the plane, and against the
// exact walk, with which it shares no way to decide a side.

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

func TestPolyhedraOnKnownCases(t *testing.T) {
	tried := 0
	for _, c := range gen.KnownCases() {
		if c.Net.Inputs() != 3 || c.Want.Cmp(big.NewInt(700)) > 0 {
			continue
		}
		tried++
		got, err := CountPolyhedra(c.Net, c.Ball)
		require.NoError(t, err)
		require.Equal(t, c.Want.String(), got.String(), c.Name)
	}
	require.Greater(t, tried, 5)
}

func TestPolyhedraEqualTheExactWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawTernary(t, 3)
		want, err := CountExactly(c.Net, c.Ball)
		require.NoError(t, err)
		got, err := CountPolyhedra(c.Net, c.Ball)
		require.NoError(t, err)
		require.Equal(t, want.String(), got.String())
	})
}

// A network that does not look at its third input has the regions of the plane, in a cube, and in a
// round ball or a diamond too when it is cut through the middle.
func TestPolyhedraOfACylinderArePolygons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		flat := drawTernary(t, 2)
		if flat.Ball.Norm() == ball.Box {
			flat.Ball = gen.Must(ball.New(ball.LInf, []float64{0.25, -0.5}, 1.25))
		}
		layers := append([]network.Layer(nil), flat.Net.Layers()...)
		first := gen.Affine(make([]float64, 3*layers[0].Out()), layers[0].B)
		first.Act = layers[0].Act
		for r := range first.Out() {
			first.Dense().Set(r, 0, layers[0].W.At(r, 0))
			first.Dense().Set(r, 1, layers[0].W.At(r, 1))
		}
		layers[0] = first
		center := append(append([]float64(nil), flat.Ball.Center()...), 3)
		space := gen.Must(ball.New(flat.Ball.Norm(), center, flat.Ball.Radius()))
		want, err := ExactPatterns(flat.Net, flat.Ball)
		require.NoError(t, err)
		got, err := ExactPatterns(gen.Build(layers...), space)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// A corner of the cube, an edge and a facet that miss the round ball, touch it, or reach into it.
func TestPolyhedraInTheRoundBall(t *testing.T) {
	for _, c := range []struct {
		weights []float64
		h       float64
		want    int64
	}{
		{[]float64{1, 1, 1}, -1.75, 1}, {[]float64{1, 1, 1}, -1.73, 2},
		{[]float64{1, 1, 0}, -1.5, 1}, {[]float64{1, 1, 0}, -1.4, 2},
		{[]float64{3, 4, 0}, -5, 1}, {[]float64{3, 4, 0}, -4.999, 2},
		{[]float64{2, -1, 2}, 3, 1}, {[]float64{2, -1, 2}, 2.999, 2},
		{[]float64{0, 0, 1}, -1, 1}, {[]float64{0, 0, 1}, -0.999, 2},
	} {
		got, err := CountPolyhedra(gen.OneLayer(c.weights, []float64{c.h}), gen.AtOrigin(ball.L2, 3))
		require.NoError(t, err)
		require.Equal(t, c.want, got.Int64(), "%v %g", c.weights, c.h)
	}
	// The edge x = y = 0.75 of a wedge passes the ball's centre outside, at 0.75·√2, though both
	// planes cut it.
	wedge := gen.OneLayer([]float64{1, 0, 0, 0, 1, 0}, []float64{-0.75, -0.75})
	got, err := CountPolyhedra(wedge, gen.AtOrigin(ball.L2, 3))
	require.NoError(t, err)
	require.EqualValues(t, 3, got.Int64())
}

func TestPolyhedraRefuseOtherDimensions(t *testing.T) {
	_, err := CountPolyhedra(gen.Resonance(2), gen.AtOrigin(ball.L1, 2))
	require.EqualError(t, err, "network: 2 inputs, expected 3")
	_, err = CountPolyhedra(gen.Resonance(3), gen.AtOrigin(ball.L1, 2))
	require.EqualError(t, err, "ball: 2 coordinates, expected 3, one per input of the network")
	_, err = ExactPatterns(gen.Resonance(4), gen.AtOrigin(ball.L1, 4))
	require.EqualError(t, err, "network: 4 inputs, expected 3")
}

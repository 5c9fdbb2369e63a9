package plot

import (
	"context"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
)

// tilingError is how far, relative to the ball's area, the areas may be from
// tiling it. A cut moves a corner by some 2⁻⁵² of the unit ball, and with it area
// from one cell to the next; only beside an edge of the ball, or an arc, is it lost.
const tilingError = 1e-9

// cornerError is how far an area may be from the exact one. The forms behind
// several layers have lost some digits to cancellation.
const cornerError = 1e-7

// outputError is how far two float passes through the two-moons network, with
// outputs up to some hundreds, may differ.
const outputError = 1e-6

func unitArea(n ball.Norm) float64 {
	switch n {
	case ball.L2:
		return math.Pi
	case ball.L1:
		return 2
	}
	return 4
}

func newBall(t require.TestingT, n ball.Norm, c []float64, r float64) ball.Ball {
	if n == ball.Box {
		b, err := ball.NewBox([]float64{c[0] - r, c[1] - r/2}, []float64{c[0] + r, c[1] + r/2})
		require.NoError(t, err)
		return b
	}
	b, err := ball.New(n, c, r)
	require.NoError(t, err)
	return b
}

func newMap(t require.TestingT, n *network.Network, b ball.Ball) *Map {
	m, err := New(context.Background(), n, b)
	require.NoError(t, err)
	return m
}

func twoMoons(t require.TestingT) *network.Network {
	n, _, err := load.Read("../testdata/two_moons_2-16-16-1.onnx", load.Options{})
	require.NoError(t, err)
	return n
}

// requireTiling requires as many regions as are counted, and that they tile.
func requireTiling(t require.TestingT, m *Map) {
	res, err := enumerate.Count(context.Background(), m.Net, m.Ball, enumerate.Options{Workers: 1})
	require.NoError(t, err)
	require.Equal(t, res.Lower.String(), big.NewInt(int64(len(m.Regions))).String())
	sum := 0.0
	for _, r := range m.Regions {
		sum += r.Area
	}
	require.InEpsilon(t, unitArea(m.Ball.Norm()), sum, tilingError)
}

func TestMapTilesTheBall(t *testing.T) {
	n := twoMoons(t)
	for _, c := range []struct {
		norm ball.Norm
		r    float64
		want int
	}{{ball.L1, 0.25, 19}, {ball.L2, 0.25, 34}, {ball.LInf, 0.25, 46}, {ball.L1, 1, 279}, {ball.L2, 1, 327}, {ball.LInf, 1, 345}, {ball.L2, 2, 444}, {ball.Box, 1, 327}} {
		m := newMap(t, n, newBall(t, c.norm, []float64{0.5, 0.25}, c.r))
		if c.norm != ball.Box {
			require.Len(t, m.Regions, c.want)
		}
		require.Zero(t, m.Slivers())
		requireTiling(t, m)
	}
}

func TestMapTilesRandomNetworks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := gen.NewRand(rapid.Uint64().Draw(t, "seed"))
		n := gen.Random(rng, gen.RandomOptions{Inputs: 2})
		requireTiling(t, newMap(t, n, gen.RandomBall(rng, n)))
	})
}

func TestMapAgreesWithExactPolygons(t *testing.T) {
	for seed := range uint64(40) {
		rng := gen.NewRand(seed)
		c := gen.TernaryCase(rng, 2, 5, 4, 1)
		m := newMap(t, c.Net, c.Ball)
		requireTiling(t, m)
		exact, err := twin.Polygons(c.Net, c.Ball)
		require.NoError(t, err)
		require.Len(t, exact, len(m.Regions))
		byPattern := map[string]Region{}
		for _, r := range m.Regions {
			byPattern[r.Pattern.String()] = r
		}
		sx, _ := m.scale[0].Float64()
		sy, _ := m.scale[1].Float64()
		for _, p := range exact {
			r, ok := byPattern[p.Pattern.String()]
			require.True(t, ok, "pattern %v", p.Pattern)
			if c.Ball.Norm() != ball.L2 { // exact areas are those before the disc
				want, _ := p.Area().Float64()
				require.InDelta(t, want/(sx*sy), r.Area, cornerError)
			}
		}
	}
}

// Subtrees that are walked side by side give what one walker gives.
func TestMapOfManyRegionsIsThatOfOneWalker(t *testing.T) {
	n := gen.Random(gen.NewRand(7), gen.RandomOptions{Inputs: 2, Widths: []int{60, 60}, Law: gen.He, OnlyReLU: true, NoAffine: true})
	m := newMap(t, n, newBall(t, ball.L2, []float64{0, 0}, 3))
	require.Greater(t, len(m.Regions), 2*aside)
	requireTiling(t, m)
	alone := *m
	alone.Regions = nil
	for _, r := range m.Regions {
		alone.Regions = append(alone.Regions, Region{Pattern: r.Pattern, Witness: r.Witness})
	}
	require.NoError(t, alone.cutRegions(context.Background(), 1))
	require.Equal(t, m.Regions, alone.Regions)
}

func TestOutputFormsAgreeWithForward(t *testing.T) {
	n := twoMoons(t)
	m := newMap(t, n, newBall(t, ball.L2, []float64{0.5, 0.25}, 1))
	for _, r := range m.Regions {
		x := []float64{0.5 + r.Witness[0], 0.25 + r.Witness[1]}
		require.InDelta(t, n.Forward(x)[0], r.Output[0].At(r.Witness), outputError)
	}
}

func TestSliversStillCount(t *testing.T) {
	n, b := gen.ParallelSlivers(20)
	m := newMap(t, n, b)
	require.Len(t, m.Regions, 21)
	require.Equal(t, 19, m.Slivers(), "planes 2⁻⁶⁰ apart are one line in floats")
	requireTiling(t, m)
}

func TestTangentAndNearTangentDisc(t *testing.T) {
	n, touching, cutting := gen.Tangent345()
	require.Len(t, newMap(t, n, touching).Regions, 1)
	m := newMap(t, n, cutting)
	require.Len(t, m.Regions, 2)
	requireTiling(t, m)
}

func TestTinyBallFarAway(t *testing.T) {
	// The line x = y through the centre of a ball that floats cannot tell from its centre.
	rng := gen.NewRand(1)
	n := gen.Random(rng, gen.RandomOptions{Inputs: 2, Widths: []int{6, 4}, NoAffine: true, OnlyReLU: true})
	c := []float64{1e6, 1e6}
	at, ok := gen.AtBoundary(n, 0, c)
	if !ok {
		at = n
	}
	for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
		requireTiling(t, newMap(t, at, newBall(t, norm, c, math.Ldexp(1, -80))))
	}
}

func TestNewRefusesOtherDimensions(t *testing.T) {
	rng := gen.NewRand(1)
	n := gen.Random(rng, gen.RandomOptions{Inputs: 3})
	_, err := New(context.Background(), n, newBall(t, ball.L2, []float64{0, 0}, 1))
	require.ErrorContains(t, err, "3 inputs, expected 2")
	b, err := ball.New(ball.L2, []float64{0, 0, 0}, 1)
	require.NoError(t, err)
	_, err = New(context.Background(), twoMoons(t), b)
	require.ErrorContains(t, err, "3 coordinates, expected 2")
}

func TestAStoppedMapIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := New(ctx, twoMoons(t), newBall(t, ball.L2, []float64{0, 0}, 1))
	require.ErrorIs(t, err, context.Canceled)
}

func TestSlicesAreMapsLikeAnyOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := gen.NewRand(rapid.Uint64().Draw(t, "seed"))
		n := gen.Random(rng, gen.RandomOptions{Inputs: 5, Widths: []int{7, 5}})
		draw := func() []float64 {
			x := make([]float64, 5)
			for k := range x {
				x[k] = rng.NormFloat64()
			}
			return x
		}
		s, err := network.Through(n, draw(), draw(), draw())
		require.NoError(t, err)
		requireTiling(t, newMap(t, s, newBall(t, ball.L2, []float64{0.25, 0.25}, 1)))
		line, err := network.Through(n, draw(), draw())
		require.NoError(t, err)
		b, err := ball.New(ball.LInf, []float64{0.5}, 0.5)
		require.NoError(t, err)
		res, err := enumerate.Count(context.Background(), line, b, enumerate.Options{Workers: 1})
		require.NoError(t, err)
		want, err := twin.CountIntervals(line, b)
		require.NoError(t, err)
		require.Equal(t, want.String(), res.Lower.String())
	})
}

func TestMapOfAtMostSoManyRegions(t *testing.T) {
	n, b := twoMoons(t), newBall(t, ball.L2, []float64{0.5, 0.25}, 1)
	all := newMap(t, n, b)
	k := len(all.Regions)
	m, err := AtMost(t.Context(), n, b, k)
	require.NoError(t, err)
	require.Equal(t, all.Regions, m.Regions)
	_, err = AtMost(t.Context(), n, b, k-1)
	var many *TooManyError
	require.ErrorAs(t, err, &many)
	require.Equal(t, k-1, many.Most)
	for i, next := range all.Neighbours() {
		for _, j := range next {
			require.Contains(t, all.Neighbours()[j], i, "a neighbour's neighbour")
		}
	}
}

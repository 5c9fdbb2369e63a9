package plot

import (
	"context"
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

func exact(x ...float64) []*big.Float {
	v := make([]*big.Float, len(x))
	for k := range v {
		v[k] = big.NewFloat(x[k])
	}
	return v
}

func TestSlicesAreExact(t *testing.T) {
	n, _, err := load.Read("../testdata/iris_sized_4-16-16-3.onnx", load.Options{})
	require.NoError(t, err)
	// Differences of these points are no float64 numbers.
	p := [][]float64{{0.1, 1e9, 0.3, 1e-9}, {1e8, 0.2, 1.5, 3}, {0.7, 0.7, 1e-7, -4}}
	same := func(s *network.Network, at []float64, x []float64) {
		got, gotSigns := s.ForwardExact(exact(at...))
		want, wantSigns := n.ForwardExact(exact(x...))
		require.Equal(t, wantSigns, gotSigns)
		for k := range want {
			require.Zero(t, want[k].Cmp(got[k]))
		}
	}
	plane, err := Through(n, p...)
	require.NoError(t, err)
	same(plane, []float64{0, 0}, p[0])
	same(plane, []float64{1, 0}, p[1])
	same(plane, []float64{0, 1}, p[2])
	line, err := Through(n, p[:2]...)
	require.NoError(t, err)
	same(line, []float64{0}, p[0])
	same(line, []float64{1}, p[1])
	along, err := Along(n, []float64{1, 2, 3, 4}, []float64{1, 0, 0.5, 0}, []float64{0, 1, 0, -2})
	require.NoError(t, err)
	same(along, []float64{2, 0.5}, []float64{3, 2.5, 4, 3})
	chosen, err := Inputs(n, []float64{1, 2, 3, 4}, 3, 0)
	require.NoError(t, err)
	same(chosen, []float64{-1, 7}, []float64{7, 2, 3, -1})
}

func TestSlicesAreRefusedWithAReason(t *testing.T) {
	n, _, err := load.Read("../testdata/iris_sized_4-16-16-3.onnx", load.Options{})
	require.NoError(t, err)
	o, u := []float64{1, 2, 3, 4}, []float64{0, 1, 0, 3}
	for _, c := range []struct {
		want string
		make func() (*network.Network, error)
	}{
		{"1 points", func() (*network.Network, error) { return Through(n, o) }},
		{"on one line", func() (*network.Network, error) { return Through(n, o, u, o) }},
		{"coincide", func() (*network.Network, error) { return Through(n, o, o) }},
		{"point 1: 2 numbers, expected 4", func() (*network.Network, error) { return Through(n, o, []float64{1, 2}) }},
		{"parallel", func() (*network.Network, error) { return Along(n, o, u, []float64{0, 2, 0, 6}) }},
		{"are 0", func() (*network.Network, error) { return Along(n, o, make([]float64, 4)) }},
		{"0 directions", func() (*network.Network, error) { return Along(n, o) }},
		{"input 4, expected one from 0 to 3", func() (*network.Network, error) { return Inputs(n, o, 4) }},
		{"input 1 twice", func() (*network.Network, error) { return Inputs(n, o, 1, 1) }},
	} {
		_, err := c.make()
		require.ErrorContains(t, err, c.want)
	}
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
		s, err := Through(n, draw(), draw(), draw())
		require.NoError(t, err)
		requireTiling(t, newMap(t, s, newBall(t, ball.L2, []float64{0.25, 0.25}, 1)))
		line, err := Through(n, draw(), draw())
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

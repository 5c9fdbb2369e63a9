package network_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

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
	plane, err := network.Through(n, p...)
	require.NoError(t, err)
	same(plane, []float64{0, 0}, p[0])
	same(plane, []float64{1, 0}, p[1])
	same(plane, []float64{0, 1}, p[2])
	line, err := network.Through(n, p[:2]...)
	require.NoError(t, err)
	same(line, []float64{0}, p[0])
	same(line, []float64{1}, p[1])
	along, err := network.Along(n, []float64{1, 2, 3, 4}, []float64{1, 0, 0.5, 0}, []float64{0, 1, 0, -2})
	require.NoError(t, err)
	same(along, []float64{2, 0.5}, []float64{3, 2.5, 4, 3})
	chosen, err := network.Inputs(n, []float64{1, 2, 3, 4}, 3, 0)
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
		{"1 points", func() (*network.Network, error) { return network.Through(n, o) }},
		{"on one line", func() (*network.Network, error) { return network.Through(n, o, u, o) }},
		{"coincide", func() (*network.Network, error) { return network.Through(n, o, o) }},
		{"point 1: 2 numbers, expected 4", func() (*network.Network, error) { return network.Through(n, o, []float64{1, 2}) }},
		{"parallel", func() (*network.Network, error) { return network.Along(n, o, u, []float64{0, 2, 0, 6}) }},
		{"are 0", func() (*network.Network, error) { return network.Along(n, o, make([]float64, 4)) }},
		{"0 directions", func() (*network.Network, error) { return network.Along(n, o) }},
		{"input 4, expected one from 0 to 3", func() (*network.Network, error) { return network.Inputs(n, o, 4) }},
		{"input 1 twice", func() (*network.Network, error) { return network.Inputs(n, o, 1, 1) }},
	} {
		_, err := c.make()
		require.ErrorContains(t, err, c.want)
	}
}

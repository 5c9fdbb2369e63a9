package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
)

// Maxima against values by hand, from the specification of ONNX, and the pieces that they have.
func TestMaximaByHand(t *testing.T) {
	row := func() *chain { return newChain(1, 1, 5) }
	ramp := []float64{5, 1, 4, 2, 3}
	for name, c := range map[string]struct {
		c       *chain
		x, want []float64
		pieces  []int
	}{
		"MaxPool": {row().node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 2)),
			ramp, []float64{5, 4, 4, 3}, []int{2, 2, 2, 2}},
		"MaxPool leaves padding out": {row().node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 2), intsAttr("pads", 1, 1)),
			[]float64{-5, -1, -4, -2, -3}, []float64{-5, -1, -1, -2, -2, -3}, []int{1, 2, 2, 2, 2, 1}},
		"MaxPool with strides": {row().node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 2), intsAttr("strides", 2)),
			ramp, []float64{5, 4}, []int{2, 2}},
		"MaxPool, rounded up": {row().node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 2), intsAttr("strides", 2), intAttr("ceil_mode", 1)),
			ramp, []float64{5, 4, 3}, []int{2, 2, 1}},
		"MaxPool, rounded up where windows fit": {newChain(1, 1, 4).node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 2), intsAttr("strides", 2), intAttr("ceil_mode", 1)),
			ramp[:4], []float64{5, 4}, []int{2, 2}},
		"MaxPool, no window in the padding alone": {newChain(1, 1, 4).node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 1), intsAttr("strides", 3), intsAttr("pads", 0, 1), intAttr("ceil_mode", 1)),
			ramp[:4], []float64{5, 2}, nil},
		"MaxPool, dilated": {row().node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 2), intsAttr("dilations", 3)),
			ramp, []float64{5, 3}, []int{2, 2}},
		"MaxPool in the plane": {newChain(1, 2, 2, 3).node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 2, 2)),
			[]float64{1, 2, 3, 6, 5, 4, -1, -2, -3, -6, -5, -4}, []float64{6, 5, -1, -2}, []int{4, 4, 4, 4}},
		"MaxPool in space": {newChain(1, 1, 2, 2, 3).node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 2, 1, 2), intsAttr("pads", 0, 0, 0, 0, 0, 1)),
			[]float64{1, 9, 2, 3, 4, 5, 8, 0, 7, -6, -7, 6}, []float64{9, 9, 7, 4, 6, 6}, []int{4, 4, 2, 4, 4, 2}},
		"GlobalMaxPool": {newChain(1, 2, 3).node("GlobalMaxPool", []string{"x"}),
			[]float64{1, 3, 2, -1, -3, -2}, []float64{3, -1}, []int{3, 3}},
		"ReduceMax": {newChain(2, 3).node("ReduceMax", []string{"x"}, intsAttr("axes", 0), intAttr("keepdims", 0)),
			[]float64{1, 3, 2, -1, 4, -2}, []float64{1, 4, 2}, []int{2, 2, 2}},
		"ReduceMin": {newChain(2, 3).node("ReduceMin", []string{"x"}, intsAttr("axes", -1)),
			[]float64{1, 3, 2, -1, 4, -2}, []float64{1, -2}, []int{3, 3}},
		// Two constants are one, and max(x, c) is a ReLU.
		"Max of three": {newChain(1, 2).doubles("d", []int64{2}, 10, -10).doubles("e", []int64{1}, 1).node("Max", []string{"x", "d", "e"}),
			[]float64{20, -3}, []float64{20, 1}, nil},
		"Min of three": {newChain(1, 2).doubles("d", []int64{2}, 10, -10).doubles("e", []int64{1}, 1).node("Min", []string{"x", "d", "e"}),
			[]float64{20, -3}, []float64{1, -10}, nil},
		"Max of one": {newChain(1, 2).node("Max", []string{"x"}),
			[]float64{20, -3}, []float64{20, -3}, nil},
		"a ReLU before, and one after": {row().node("Relu", []string{"x"}).node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 5)).node("Relu", []string{"x"}),
			[]float64{-5, -1, -4, -2, -3}, []float64{0}, []int{5}},
		"beside what is carried on": {row().node("Relu", []string{"x"}).node("GlobalMaxPool", []string{"x"}).node("Sub", []string{"x", "vA"}),
			ramp, []float64{0, 4, 1, 3, 2}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			n, _, err := c.c.read(t)
			require.NoError(t, err)
			require.Equal(t, c.want, n.Forward(c.x))
			if c.pieces == nil {
				return
			}
			var pieces []int
			for _, l := range n.Layers() {
				pieces = append(pieces, l.Pieces...)
			}
			require.Equal(t, c.pieces, pieces)
		})
	}
	_, _, err := row().node("MaxPool", []string{"x"}, intsAttr("kernel_shape", 1), intsAttr("pads", 1, 0)).read(t)
	require.ErrorContains(t, err, "a window lies in the padding alone")
}

// Neurons with slopes and maxima of one level become two layers, and each carries on what the other
// makes.
func TestSlopesAndMaximaAreLayersApart(t *testing.T) {
	c := newChain(1, 4)
	c.g.Node = append(c.g.Node, newNode("ReduceMax", "top", []string{"v0"}), newNode("Abs", "size", []string{"v0"}))
	n, _, err := c.node("Sub", []string{"size", "top"}).read(t)
	require.NoError(t, err)
	require.Equal(t, []float64{-1, 3, -2, 0}, n.Forward([]float64{3, -7, 2, 4}))
	var acts []network.Activation
	for _, l := range n.Layers() {
		acts = append(acts, l.Act)
	}
	require.Equal(t, []network.Activation{network.Mixed, network.Max, network.None}, acts)
}

// Operators against values by hand, from the specification of ONNX.

package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOperatorsByHand(t *testing.T) {
	scales := func(c *chain, s ...float64) *chain { return c.doubles("scales", []int64{int64(len(s))}, s...) }
	for name, c := range map[string]struct {
		c       *chain
		x, want []float64
	}{
		"Gather": {newChain(1, 3).ints("i", 2, 0, -1).node("Gather", []string{"x", "i"}, intAttr("axis", 1)),
			[]float64{1, 2, 3}, []float64{3, 1, 3}},
		"Gather of rows": {newChain(3, 2).ints("i", 1, -3).node("Gather", []string{"x", "i"}),
			[]float64{1, 2, 3, 4, 5, 6}, []float64{3, 4, 1, 2}},
		"Expand": {newChain(2, 1).ints("s", 2, 3).node("Expand", []string{"x", "s"}),
			[]float64{4, 7}, []float64{4, 4, 4, 7, 7, 7}},
		"Expand to a lower rank": {newChain(2, 3).ints("s", 1).node("Expand", []string{"x", "s"}),
			[]float64{1, 2, 3, 4, 5, 6}, []float64{1, 2, 3, 4, 5, 6}},
		"Tile": {newChain(1, 2).ints("r", 2, 2).node("Tile", []string{"x", "r"}),
			[]float64{4, 7}, []float64{4, 7, 4, 7, 4, 7, 4, 7}},
		"Tile of rows": {newChain(2, 2).ints("r", 1, 2).node("Tile", []string{"x", "r"}),
			[]float64{1, 2, 3, 4}, []float64{1, 2, 1, 2, 3, 4, 3, 4}},
		"HardSigmoid": {newChain(1, 4).node("HardSigmoid", []string{"x"}),
			[]float64{-5, 0, 1, 5}, []float64{0, 0.5, 0.5 + float64(float32(0.2)), 1}},
		"HardSigmoid of its own slope": {newChain(1, 3).node("HardSigmoid", []string{"x"}, floatAttr("alpha", 0.25), floatAttr("beta", 0.75)),
			[]float64{-4, 0, 2}, []float64{0, 0.75, 1}},
		"ReduceMean": {newChain(2, 4).node("ReduceMean", []string{"x"}, intsAttr("axes", 1), intAttr("keepdims", 0)),
			[]float64{1, 2, 3, 6, -1, -2, -3, -6}, []float64{3, -3}},
		"ReduceMean of a negative axis": {newChain(2, 2).node("ReduceMean", []string{"x"}, intsAttr("axes", -2)),
			[]float64{1, 2, 3, 6}, []float64{2, 4}},
		"ReduceMean of all": {newChain(2, 2).node("ReduceMean", []string{"x"}),
			[]float64{1, 2, 3, 6}, []float64{3}},
		"ReduceSum": {newChain(2, 2, 2).ints("a", 0, -1).node("ReduceSum", []string{"x", "a"}, intAttr("keepdims", 0)),
			[]float64{1, 2, 3, 4, 5, 6, 7, 8}, []float64{14, 22}},
		"Div": {newChain(2, 2).doubles("d", []int64{2}, 2, -4).node("Div", []string{"x", "d"}),
			[]float64{1, 2, 3, 4}, []float64{0.5, -0.5, 1.5, -1}},
		"Div by a column": {newChain(2, 2).doubles("d", []int64{2, 1}, 2, -4).node("Div", []string{"x", "d"}),
			[]float64{1, 2, 3, 4}, []float64{0.5, 1, -0.75, -1}},
		"Mul by a column": {newChain(2, 2).doubles("d", []int64{2, 1}, 2, -4).node("Mul", []string{"d", "x"}),
			[]float64{1, 2, 3, 4}, []float64{2, 4, -12, -16}},
		"Sum of three": {newChain(1, 2).doubles("d", []int64{2}, 10, 20).node("Sum", []string{"x", "d", "x"}),
			[]float64{1, 2}, []float64{12, 24}},
		"GlobalAveragePool": {newChain(1, 2, 2, 2).node("GlobalAveragePool", []string{"x"}),
			[]float64{1, 2, 3, 6, -1, -2, -3, -6}, []float64{3, -3}},
		"Slice backward": {newChain(1, 4).ints("s", -1).ints("e", -9).ints("a", 1).ints("p", -2).node("Slice", []string{"x", "s", "e", "a", "p"}),
			[]float64{1, 2, 3, 4}, []float64{4, 2}},
		"Slice beyond the end": {newChain(1, 4).ints("s", 1).ints("e", 99).ints("a", 1).node("Slice", []string{"x", "s", "e", "a"}),
			[]float64{1, 2, 3, 4}, []float64{2, 3, 4}},
		"Transpose": {newChain(2, 3).node("Transpose", []string{"x"}),
			[]float64{1, 2, 3, 4, 5, 6}, []float64{1, 4, 2, 5, 3, 6}},
		"Transpose of three": {newChain(1, 2, 3).node("Transpose", []string{"x"}, intsAttr("perm", 2, 0, 1)),
			[]float64{1, 2, 3, 4, 5, 6}, []float64{1, 4, 2, 5, 3, 6}},
		"Concat": {newChain(2, 2).doubles("d", []int64{2, 1}, 8, 9).node("Concat", []string{"x", "d", "x"}, intAttr("axis", -1)),
			[]float64{1, 2, 3, 4}, []float64{1, 2, 8, 1, 2, 3, 4, 9, 3, 4}},
		"Pad": {newChain(1, 2).ints("p", 0, 1, 0, 2).doubles("v", nil, 5).node("Pad", []string{"x", "p", "v"}),
			[]float64{1, 2}, []float64{5, 1, 2, 5, 5}},
		"Resize": {scales(newChain(1, 1, 1, 2), 1, 1, 1, 2).node("Resize", []string{"x", "", "scales"}, stringAttr("mode", "nearest"),
			stringAttr("coordinate_transformation_mode", "asymmetric"), stringAttr("nearest_mode", "floor")),
			[]float64{4, 7}, []float64{4, 4, 7, 7}},
		"Clip": {newChain(1, 3).doubles("l", nil, -1).doubles("h", nil, 2).node("Clip", []string{"x", "l", "h"}),
			[]float64{-3, 0.5, 4}, []float64{-1, 0.5, 2}},
		"Neg": {newChain(1, 2).node("Neg", []string{"x"}), []float64{1, -2}, []float64{-1, 2}},
		"Max": {newChain(1, 2).doubles("d", []int64{2}, 1, -1).node("Max", []string{"x", "d"}),
			[]float64{0.5, 3}, []float64{1, 3}},
		"Min": {newChain(1, 2).doubles("d", []int64{2}, 1, -1).node("Min", []string{"d", "x"}),
			[]float64{0.5, 3}, []float64{0.5, -1}},
		"PRelu of channels": {newChain(1, 2, 2).doubles("s", []int64{2, 1}, 0.5, -1).node("PRelu", []string{"x", "s"}),
			[]float64{-2, 2, -3, 3}, []float64{-1, 2, 3, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			n, _, err := c.c.read(t)
			require.NoError(t, err)
			requireExactly(t, n, rationals(c.x), rationals(c.want))
		})
	}
}

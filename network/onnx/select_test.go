// Compress, ReverseSequence, CenterCropPad, Col2Im, scatters that add up, and Clip between computed
// bounds, against values by hand; and what of them is refused.

package onnx

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

func TestChosenElementsByHand(t *testing.T) {
	six := []float64{1, 2, 3, 4, 5, 6}
	table := func() *chain { return newChain(2, 3) }
	columns := func() *chain { return newChain(1, 4, 4).ints("i", 3, 3).ints("b", 2, 2) }
	twelve := func() *chain { return newChain(1, 4, 3).ints("i", 4).ints("b", 2) }
	for name, b := range map[string]byHand{
		"Compress of columns": {table().tensor("c", onnxpb.TensorProto_BOOL, []int64{3}, 1, 0, 1).node("Compress", []string{"x", "c"}, intAttr("axis", -1)),
			11, six, []float64{1, 3, 4, 6}},
		"Compress of all, by less than all": {table().tensor("c", onnxpb.TensorProto_BOOL, []int64{5}, 0, 1, 0, 0, 1).node("Compress", []string{"x", "c"}),
			11, six, []float64{2, 5}},
		"ReverseSequence": {table().ints("n", 2, 3).node("ReverseSequence", []string{"x", "n"}, intAttr("batch_axis", 0), intAttr("time_axis", 1)),
			10, six, []float64{2, 1, 3, 6, 5, 4}},
		"ReverseSequence, time first": {table().ints("n", 1, 2, 2).node("ReverseSequence", []string{"x", "n"}),
			10, six, []float64{1, 5, 6, 4, 2, 3}},
		"CenterCropPad": {table().ints("n", 3, 2).node("CenterCropPad", []string{"x", "n"}), 18, six, []float64{1, 2, 4, 5, 0, 0}},
		"CenterCropPad of an axis": {table().ints("n", 6).node("CenterCropPad", []string{"x", "n"}, intsAttr("axes", -1)),
			18, six, []float64{0, 1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0}},
		// Blocks of 2 × 2 in a plane of 3 × 3: the middle is in all four.
		"Col2Im": {columns().node("Col2Im", []string{"x", "i", "b"}), 18,
			[]float64{1, 0, 0, 7, 0, 1, 0, 0, 0, 0, 10, 0, 2, 3, 4, 5}, []float64{1, 0, 1, 0, 2 + 7, 3, 10, 4, 5}},
		// Two channels of blocks of two, apart by one, in a line of four that is padded by one before.
		"Col2Im, dilated and padded": {twelve().node("Col2Im", []string{"x", "i", "b"}, intsAttr("dilations", 2), intsAttr("pads", 1, 0)), 18,
			[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, []float64{2, 3 + 4, 5, 6, 8, 9 + 10, 11, 12}},
		"Scatter that adds twice": {newChain(1, 3).tensor("i", int32s, []int64{1, 2}, 1, 1).doubles("u", []int64{1, 2}, 10, 20).
			node("ScatterElements", []string{"x", "i", "u"}, intAttr("axis", 1), stringAttr("reduction", "add")), 16, []float64{1, 2, 3}, []float64{1, 32, 3}},
		"constants scattered, whose sum is exact though floats on the way are not": {newChain(1, 2).doubles("d", []int64{1, 2}, 0x1p60, 4).tensor("i", int32s, []int64{1, 2}, 0, 0).
			doubles("u", []int64{1, 2}, 1, -0x1p60).made("ScatterElements", "s", []string{"d", "i", "u"}, intAttr("axis", 1), stringAttr("reduction", "add")).
			node("Add", []string{"x", "s"}), 18, []float64{1, 2}, []float64{2, 6}},
		"ScatterND that multiplies": {newChain(1, 3).ints("i", 0).doubles("u", []int64{3}, 2, -0.5, 0).
			node("ScatterND", []string{"x", "i", "u"}, stringAttr("reduction", "mul")), 18, []float64{1, 2, 3}, []float64{2, -1, 0}},
		"constants, multiplied by what is computed": {newChain(1, 2).doubles("d", []int64{1, 3}, 3, 5, 7).tensor("i", int32s, []int64{1, 2}, 2, 0).
			node("ScatterElements", []string{"d", "i", "x"}, intAttr("axis", 1), stringAttr("reduction", "mul")), 18, []float64{2, -1}, []float64{-3, 5, 14}},
		"ScatterND of the larger": {newChain(1, 3).ints("i", 0).doubles("u", []int64{3}, 2, 2, 2).
			node("ScatterND", []string{"x", "i", "u"}, stringAttr("reduction", "max")), 18, []float64{1, 2, 3}, []float64{2, 2, 3}},
		"Clip between computed bounds": {newChain(1, 4).made("ReduceMin", "l", []string{"v0"}, intAttr("keepdims", 0)).made("ReduceMean", "h", []string{"v0"}, intAttr("keepdims", 0)).
			node("Clip", []string{"x", "l", "h"}), 13, []float64{1, 2, 6, 3}, []float64{1, 2, 3, 3}},
		"Clip, the bounds crossed": {newChain(1, 3).made("ReduceMax", "l", []string{"v0"}, intAttr("keepdims", 0)).doubles("h", nil, 2).
			node("Clip", []string{"x", "l", "h"}), 13, []float64{1, 2, 6}, []float64{2, 2, 2}},
		"Clip of constants": {newChain(1, 2).doubles("c", []int64{3}, -5, 0, 5).made("ReduceMax", "h", []string{"v0"}, intAttr("keepdims", 0)).
			node("Clip", []string{"c", "", "h"}), 13, []float64{1, 2}, []float64{-5, 0, 2}},
	} {
		t.Run(name, b.check)
	}
}

// Scatters that multiply by constants, at places that may come several times.
func TestScattersThatMultiply(whole *testing.T) {
	rapid.Check(whole, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 3).Draw(t, "rows"), rapid.IntRange(1, 4).Draw(t, "columns")
		count := rapid.IntRange(1, 5).Draw(t, "updates of a row")
		c, to, of := newChain(rows, cols), []int32{}, []float64{}
		for range rows * count {
			to = append(to, int32(rapid.IntRange(0, cols-1).Draw(t, "column")))
			of = append(of, rapid.SampledFrom([]float64{0, 1, -1, 0.5, -3, 0.75, 0x1p-40}).Draw(t, "update"))
		}
		shape := []int64{int64(rows), int64(count)}
		c.tensor("i", int32s, shape, to...).doubles("u", shape, of...)
		attributes := []*onnxpb.AttributeProto{intAttr("axis", 1), stringAttr("reduction", "mul")}
		c.node("ScatterElements", []string{"x", "i", "u"}, attributes...)
		n, im, err := readModel(encode(whole, c.model()), testLimit, Options{Batch: AllRows})
		require.NoError(t, err)
		require.Empty(t, im.Rounded)
		x, updates, places := rats{dims: []int{rows, cols}}, rats{dims: []int{rows, count}, data: rationals(of)}, rats{dims: []int{rows, count}}
		for i := range rows * cols {
			x.data = append(x.data, big.NewRat(int64(2*i+3), 4))
		}
		for _, i := range to {
			places.data = append(places.data, big.NewRat(int64(i), 1))
		}
		want := twins["ScatterElements"](map[string]*onnxpb.AttributeProto{"reduction": attributes[1]}, []rats{x, places, updates})
		requireExactly(t, n, x.data, want[0].data)
	})
}

func TestChosenElementsRefused(t *testing.T) {
	table := func() *chain { return newChain(2, 3) }
	columns := func(image ...int64) *chain { return newChain(1, 4, 4).ints("i", image...).ints("b", 2, 2) }
	for want, c := range map[string]*chain{
		"expected a list of at most 3":                       table().tensor("c", onnxpb.TensorProto_BOOL, []int64{4}, 1, 0, 1, 1).node("Compress", []string{"x", "c"}, intAttr("axis", 1)),
		"the result, of shape [2 0], has no":                 table().tensor("c", onnxpb.TensorProto_BOOL, []int64{1}, 0).node("Compress", []string{"x", "c"}, intAttr("axis", 1)),
		"expected 0 and 1 in any order":                      table().ints("n", 1, 2).node("ReverseSequence", []string{"x", "n"}, intAttr("time_axis", 1)),
		"input 1 (sequence_lens): 4, expected 1":             table().ints("n", 1, 4).node("ReverseSequence", []string{"x", "n"}, intAttr("batch_axis", 0), intAttr("time_axis", 1)),
		"input 1 (sequence_lens): shape [2]":                 table().ints("n", 1, 2).node("ReverseSequence", []string{"x", "n"}),
		"input 1 (shape): shape [1], expected":               table().ints("n", 1).node("CenterCropPad", []string{"x", "n"}),
		"input 1 (shape): 0, expected 1":                     table().ints("n", 0, 1).node("CenterCropPad", []string{"x", "n"}),
		"elements of a block, and 1 blocks":                  columns(2, 2).node("Col2Im", []string{"x", "i", "b"}),
		"do not fit into an image of shape":                  columns(1, 9).node("Col2Im", []string{"x", "i", "b"}),
		"expected as many dimensions":                        columns(5).node("Col2Im", []string{"x", "i", "b"}),
		"input 1 (image_shape): [3 -1], expected sizes of 1": columns(3, -1).node("Col2Im", []string{"x", "i", "b"}),
		"one to 3 integers":                                  columns(1, 1, 1, 1).node("Col2Im", []string{"x", "i", "b"}),
		"a product of two values that are computed": table().tensor("i", int32s, []int64{2, 3}, 0, 0, 0, 1, 1, 1).
			node("ScatterElements", []string{"x", "i", "x"}, stringAttr("reduction", "mul")),
		`"reduction": "mul" of constants alone`: table().doubles("d", []int64{3}, 1, 1, 1).ints("i", 0).doubles("u", []int64{1}, 2).
			made("ScatterElements", "s", []string{"d", "i", "u"}, stringAttr("reduction", "mul")).node("Add", []string{"x", "s"}),
		"the product of updates at element 0 is beyond": table().ints("i", 0).doubles("u", []int64{3}, 1, 1, 1).doubles("h", nil, 0x1p1000).made("Mul", "xh", []string{"v0", "h"}).
			tensor("j", int32s, []int64{2, 3}, 0, 0, 0, 0, 0, 0).doubles("w", []int64{2, 3}, 0x1p1000, 1, 1, 0x1p1000, 1, 1).
			node("ScatterElements", []string{"x", "j", "w"}, intAttr("axis", 0), stringAttr("reduction", "mul")),
		"supported are none, add, mul, max and min":   table().ints("i", 0).doubles("u", []int64{3}, 1, 1, 1).node("ScatterND", []string{"x", "i", "u"}, stringAttr("reduction", "mean")),
		"input 1 (min): shape [2 3], expected a sc":   table().node("Clip", []string{"x", "x"}),
		"attribute \"max\" beside a bound that is an": table().made("ReduceMax", "m", []string{"v0"}, intAttr("keepdims", 0)).node("Clip", []string{"x", "m"}, floatAttr("max", 6)),
	} {
		_, err := c.readIn(t, 0)
		require.ErrorContains(t, err, want)
	}
}

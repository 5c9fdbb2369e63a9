// Operators against values by hand, most of them the examples of ONNX's documentation, and what
// they refuse.

package onnx

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

func counted(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(i)
	}
	return v
}

func TestMovesByIndices(t *testing.T) {
	for name, b := range map[string]byHand{
		"DepthToSpace": {newChain(1, 4, 1, 2).node("DepthToSpace", []string{"x"}, intAttr("blocksize", 2)), 0,
			counted(8), []float64{0, 2, 1, 3, 4, 6, 5, 7}},
		"DepthToSpace of two channels": {newChain(1, 8, 1, 1).node("DepthToSpace", []string{"x"}, intAttr("blocksize", 2)), 0,
			counted(8), []float64{0, 2, 4, 6, 1, 3, 5, 7}},
		"DepthToSpace by columns": {newChain(1, 8, 1, 1).node("DepthToSpace", []string{"x"}, intAttr("blocksize", 2), stringAttr("mode", "CRD")), 0,
			counted(8), []float64{0, 1, 2, 3, 4, 5, 6, 7}},
		"SpaceToDepth": {newChain(1, 2, 2, 2).node("SpaceToDepth", []string{"x"}, intAttr("blocksize", 2)), 0,
			counted(8), []float64{0, 4, 1, 5, 2, 6, 3, 7}},
		"GatherElements": {newChain(2, 2).made("Constant", "i", nil, intsAttr("value_ints", 0, 0, 1, 0)).made("Reshape", "j", []string{"i", "s"}).ints("s", 2, 2).
			node("GatherElements", []string{"x", "j"}, intAttr("axis", 1)), 0, []float64{1, 2, 3, 4}, []float64{1, 1, 4, 3}},
		"GatherND of elements": {newChain(2, 2).tensor("i", int32s, []int64{2, 2}, 0, 0, 1, 1).node("GatherND", []string{"x", "i"}), 0,
			counted(4), []float64{0, 3}},
		"GatherND of slices": {newChain(2, 2, 2).tensor("i", int32s, []int64{2, 1, 2}, 0, 1, -1, 0).node("GatherND", []string{"x", "i"}), 0,
			counted(8), []float64{2, 3, 4, 5}},
		"GatherND of a batch": {newChain(2, 2, 2).tensor("i", int32s, []int64{2, 1}, 1, 0).node("GatherND", []string{"x", "i"}, intAttr("batch_dims", 1)), 0,
			counted(8), []float64{2, 3, 4, 5}},
		"ScatterND": {newChain(8).tensor("i", int32s, []int64{4, 1}, 4, 3, 1, 7).doubles("u", []int64{4}, 9, 10, 11, 12).node("ScatterND", []string{"x", "i", "u"}), 0,
			[]float64{1, 2, 3, 4, 5, 6, 7, 8}, []float64{1, 11, 3, 10, 9, 6, 7, 12}},
		"ScatterND of computed updates": {newChain(1, 2).ints("i", 2).made("Unsqueeze", "j", []string{"i", "z"}).ints("z", 0).doubles("d", []int64{3, 2}, 1, 2, 3, 4, 5, 6).
			node("ScatterND", []string{"d", "j", "x"}), 0, []float64{8, 9}, []float64{1, 2, 3, 4, 8, 9}},
		"Trilu above": {newChain(2, 3).made("Constant", "k", nil, intsAttr("value_ints", 1)).node("Trilu", []string{"x", "k"}), 0,
			[]float64{1, 2, 3, 4, 5, 6}, []float64{0, 2, 3, 0, 0, 6}},
	} {
		t.Run(name, b.check)
	}
}

// spreadByHand is a ConvTranspose in one dimension, one channel: each input adds the kernel.
func TestConvTransposeByHand(t *testing.T) {
	base := func() *chain { return newChain(1, 1, 3).doubles("w", []int64{1, 1, 3}, 1, 10, 100) }
	x := []float64{1, 2, 3}
	for name, b := range map[string]byHand{
		"plain": {base().node("ConvTranspose", []string{"x", "w"}), 11, x, []float64{1, 12, 123, 230, 300}},
		"strides": {base().node("ConvTranspose", []string{"x", "w"}, intsAttr("strides", 2)), 11, x,
			[]float64{1, 10, 102, 20, 203, 30, 300}},
		"pads, dilations, output_padding": {base().node("ConvTranspose", []string{"x", "w"}, intsAttr("strides", 3), intsAttr("dilations", 2), intsAttr("pads", 1, 2),
			intsAttr("output_padding", 2)), 11, x, []float64{0, 10, 2, 100, 20, 3, 200, 30, 0, 300}},
		"output_shape, odd": {base().node("ConvTranspose", []string{"x", "w"}, intsAttr("strides", 2), intsAttr("output_shape", 6)), 11, x,
			[]float64{10, 102, 20, 203, 30, 300}},
		"the same size, odd above": {base().node("ConvTranspose", []string{"x", "w"}, intsAttr("strides", 2), stringAttr("auto_pad", "SAME_UPPER")), 11, x,
			[]float64{1, 10, 102, 20, 203, 30}},
		"more than there is": {base().node("ConvTranspose", []string{"x", "w"}, intsAttr("output_shape", 7)), 11, x,
			[]float64{1, 12, 123, 230, 300, 0, 0}},
		"groups and a bias": {newChain(1, 2, 1).doubles("w", []int64{2, 2, 1}, 1, 2, 3, 4).doubles("b", []int64{4}, 10, 20, 30, 40).
			node("ConvTranspose", []string{"x", "w", "b"}, intAttr("group", 2)), 11, []float64{5, 7}, []float64{15, 30, 51, 68}},
		"planes": {newChain(1, 1, 2, 2).doubles("w", []int64{1, 1, 1, 2}, 1, 10).node("ConvTranspose", []string{"x", "w"}, intsAttr("strides", 2, 1)), 11,
			[]float64{1, 2, 3, 4}, []float64{1, 12, 20, 0, 0, 0, 3, 34, 40}},
		"volumes": {newChain(1, 1, 2, 1, 2).doubles("w", []int64{1, 1, 2, 1, 2}, 1, 10, 100, 1000).node("ConvTranspose", []string{"x", "w"}), 11,
			[]float64{1, 2, 3, 4}, []float64{1, 12, 20, 103, 1234, 2040, 300, 3400, 4000}},
	} {
		t.Run(name, b.check)
	}
	_, err := base().node("ConvTranspose", []string{"x", "w"}, intsAttr("strides", 2), intsAttr("output_shape", 6)).readIn(t, 10)
	require.ErrorContains(t, err, "an odd number of elements is left out, 1, and operator set 10 does not say at which end")
	for want, attrs := range map[string][]*onnxpb.AttributeProto{
		`attribute "kernel_shape": [2], but the weights say [3]`: {intsAttr("kernel_shape", 2)},
		`spatial dimension 0: the result has -1 elements`:        {intsAttr("pads", 3, 3)},
		`attribute "auto_pad": "MAYBE"`:                          {stringAttr("auto_pad", "MAYBE")},
		`group 2: they do not fit 1 channels`:                    {intAttr("group", 2)},
	} {
		_, err := base().node("ConvTranspose", []string{"x", "w"}, attrs...).readIn(t, 11)
		require.ErrorContains(t, err, want)
	}
}

// What constants become, added to the input 0.
func TestConstantsOfAnyOperator(t *testing.T) {
	c := func(v ...float64) *chain { return newChain(1, len(v)).doubles("a", []int64{int64(len(v))}, v...) }
	for name, b := range map[string]struct {
		c       *chain
		want    []float64
		rounded []network.Rounding
	}{
		"Sqrt":              {c(4, 2, 0.25).made("Sqrt", "y", []string{"a"}), []float64{2, math.Sqrt2, 0.5}, []network.Rounding{{What: "Sqrt of constants", Entries: 1}}},
		"Reciprocal":        {c(4, 3).made("Reciprocal", "y", []string{"a"}), []float64{0.25, 1.0 / 3}, []network.Rounding{{What: "Reciprocal of constants", Entries: 1}}},
		"Exp":               {c(1).made("Exp", "y", []string{"a"}), []float64{math.E}, []network.Rounding{{What: "Exp of constants", Entries: 1}}},
		"Abs and Floor":     {c(-1.5).made("Abs", "z", []string{"a"}).made("Floor", "y", []string{"z"}), []float64{1}, nil},
		"Round":             {c(0.5, 1.5, -2.5).made("Round", "y", []string{"a"}), []float64{0, 2, -2}, nil},
		"Sign":              {c(-3, 0, 2).made("Sign", "y", []string{"a"}), []float64{-1, 0, 1}, nil},
		"Pow of an integer": {c(3, -2).ints("e", 2).made("Pow", "y", []string{"a", "e"}), []float64{9, 4}, nil},
		"Pow":               {c(3, -2).doubles("e", nil, 2).made("Pow", "y", []string{"a", "e"}), []float64{9, 4}, nil},
		"Max":               {c(3, -2).doubles("e", nil, 2).made("Max", "y", []string{"a", "e", "a"}), []float64{3, 2}, nil},
		"Min":               {c(3, -2).doubles("e", nil, 2).made("Min", "y", []string{"a", "e"}), []float64{2, -2}, nil},
		"ReduceL2":          {c(3, 4).made("ReduceL2", "y", []string{"a"}), []float64{5, 5}, nil},
		"ReduceL2 again":    {c(1, 1).made("ReduceL2", "y", []string{"a"}), []float64{math.Sqrt2, math.Sqrt2}, []network.Rounding{{What: "ReduceL2 of constants", Entries: 1}}},
		"ReduceProd":        {c(3, 4).made("ReduceProd", "y", []string{"a"}), []float64{12, 12}, nil},
		"ReduceMax":         {c(3, 4).made("ReduceMax", "y", []string{"a"}), []float64{4, 4}, nil},
		"ReduceMin":         {c(3, 4).made("ReduceMin", "y", []string{"a"}), []float64{3, 3}, nil},
		"ReduceMean":        {c(1, 0, 0).made("ReduceMean", "y", []string{"a"}), []float64{1.0 / 3, 1.0 / 3, 1.0 / 3}, []network.Rounding{{What: "ReduceMean of constants", Entries: 1}}},
		"Where": {c(3, 4).doubles("e", nil, 3.5).made("Greater", "g", []string{"a", "e"}).made("Not", "n", []string{"g"}).made("Where", "y", []string{"n", "a", "e"}),
			[]float64{3, 3.5}, nil},
		"Range": {newChain(1, 2).tensor("o", int32s, nil, 16).tensor("l", int32s, nil, 10).tensor("d", int32s, nil, -3).
			made("Range", "r", []string{"o", "l", "d"}).made("Cast", "y", []string{"r"}, intAttr("to", int64(single))), []float64{16, 13}, nil},
		"Pow of integers, with exponents that take no time": {newChain(1, 4).ints("a", 1, -1, -1, 3).ints("e", 1<<40, 1<<40, 1<<40+1, 0).made("Pow", "i", []string{"a", "e"}).
			made("Cast", "y", []string{"i"}, intAttr("to", int64(onnxpb.TensorProto_DOUBLE))), []float64{1, 1, -1, 1}, nil},
		"ConstantOfShape": {newChain(1, 2).ints("s", 2).made("ConstantOfShape", "y", []string{"s"}), []float64{0, 0}, nil},
		"EyeLike":         {newChain(2, 2).made("EyeLike", "y", []string{"v0"}, intAttr("k", -1)), []float64{0, 0, 1, 0}, nil},
		"Mod":             {newChain(1, 2).ints("a", -7, 7).ints("m", 3, -3).made("Mod", "r", []string{"a", "m"}).made("Cast", "y", []string{"r"}, intAttr("to", int64(single))), []float64{2, -2}, nil},
		"Cast to float16": {c(1.0/3, 65504).made("Cast", "y", []string{"a"}, intAttr("to", int64(onnxpb.TensorProto_FLOAT16))), []float64{0x1.554p-2, 65504}, nil},
		"Cast by name":    {c(1.0/3).made("Cast", "y", []string{"a"}, stringAttr("to", "FLOAT")), []float64{float64(float32(1.0 / 3))}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			n, im, err := b.c.node("Add", []string{"x", "y"}).read(t)
			require.NoError(t, err)
			require.Equal(t, b.want, n.Forward(make([]float64, n.Inputs())))
			require.Equal(t, b.rounded, im.Rounded)
		})
	}
}

// Integers wrap around in their type: 200 + 100 is 44 as a uint8. Such a constant was the number
// that does not fit.
func TestConstantsThatTheirTypeDoesNotHold(t *testing.T) {
	c := func(elem onnxpb.TensorProto_DataType, v ...int32) *chain {
		return newChain(1, 1).tensor("a", elem, []int64{1}, v[0]).tensor("b", elem, []int64{1}, v[len(v)-1])
	}
	for name, c := range map[string]*chain{
		"Add of uint8":       c(uint8s, 200, 100).made("Add", "r", []string{"a", "b"}),
		"Sub of uint8":       c(uint8s, 0, 1).made("Sub", "r", []string{"a", "b"}),
		"Neg of int8":        c(int8s, -128).made("Neg", "r", []string{"a"}),
		"Abs of int8":        c(int8s, -128).made("Abs", "r", []string{"a"}),
		"Pow of int8":        c(int8s, 100, 2).made("Pow", "r", []string{"a", "b"}),
		"Mul of int32":       c(int32s, 1<<20).made("Mul", "r", []string{"a", "b"}),
		"ReduceSum of int32": newChain(1, 1).tensor("a", int32s, []int64{2}, 1<<30, 1<<30).made("ReduceSum", "r", []string{"a"}),
		"Cast to int32":      newChain(1, 1).ints("a", 1<<33+5).made("Cast", "r", []string{"a"}, intAttr("to", int64(int32s))),
	} {
		_, _, err := c.made("Cast", "y", []string{"r"}, intAttr("to", int64(single))).node("Add", []string{"x", "y"}).read(t)
		require.ErrorContains(t, err, "which is beyond the type", name)
	}
	byHand{newChain(1, 1).tensor("r", onnxpb.TensorProto_BOOL, []int64{1}, 2).made("Cast", "y", []string{"r"}, intAttr("to", int64(single))).
		node("Add", []string{"x", "y"}), 0, []float64{1}, []float64{2}}.check(t)
}

// A bound above the largest float32 counted for none.
func TestBoundsBeyondFloat32(t *testing.T) {
	c := func() *chain { return newChain(1, 1).doubles("l", nil, -1e100).doubles("h", nil, 0x1p128) }
	least := func() *chain { return c().made("ReduceMin", "m", []string{"v0"}, intAttr("keepdims", 0)) }
	for name, b := range map[string]byHand{
		"below":                {c().node("Clip", []string{"x", "l"}), 13, []float64{-1e300}, []float64{-1e100}},
		"above":                {c().node("Clip", []string{"x", "", "h"}), 13, []float64{1e300}, []float64{0x1p128}},
		"below, and a value":   {least().node("Clip", []string{"x", "l", "m"}), 13, []float64{-1e300}, []float64{-1e300}},
		"above, and a value":   {least().node("Clip", []string{"x", "m", "h"}), 13, []float64{1e300}, []float64{0x1p128}},
		"none of float32":      {newChain(1, 1).doubles("h", nil, math.MaxFloat32).node("Clip", []string{"x", "", "h"}), 13, []float64{1e300}, []float64{1e300}},
		"none of float64":      {newChain(1, 1).doubles("h", nil, math.MaxFloat64).node("Clip", []string{"x", "", "h"}), 13, []float64{1e300}, []float64{1e300}},
		"none, as an argument": {newChain(1, 1).node("Clip", []string{"x"}, floatAttr("max", math.MaxFloat32), floatAttr("min", -math.MaxFloat32)), 6, []float64{1e300}, []float64{1e300}},
	} {
		t.Run(name, b.check)
	}
}

// Versions of the standard differ about what is left of these without axes; of constants they were
// left as they are, and of what is computed the sizes were taken.
func TestReductionsOfNothing(t *testing.T) {
	none := intAttr("noop_with_empty_axes", 1)
	for name, c := range map[string]*chain{
		"computed":  newChain(1, 1).node("ReduceL1", []string{"x"}, none),
		"sizes":     newChain(1, 1).doubles("a", []int64{1}, -3).made("ReduceL1", "y", []string{"a"}, none).node("Add", []string{"x", "y"}),
		"squares":   newChain(1, 1).doubles("a", []int64{1}, -3).made("ReduceSumSquare", "y", []string{"a"}, none).node("Add", []string{"x", "y"}),
		"euclidean": newChain(1, 1).doubles("a", []int64{1}, -3).made("ReduceL2", "y", []string{"a"}, none).node("Add", []string{"x", "y"}),
	} {
		_, _, err := c.read(t)
		require.ErrorContains(t, err, `"noop_with_empty_axes" without axes`, name)
	}
}

// In a branch stand nodes that nobody needs: one without outputs ended in a panic.
func TestAConstantOfNothingWithoutOutputs(t *testing.T) {
	empty := newNode("Constant", "", nil, intsAttr("value_ints"))
	empty.Output = nil
	branch := &onnxpb.GraphProto{Node: []*onnxpb.NodeProto{empty}, Output: []*onnxpb.ValueInfoProto{{Name: ptr("v0")}}}
	byHand{newChain(1, 1).tensor("c", onnxpb.TensorProto_BOOL, nil, 1).made("If", "y", []string{"c"}, graphAttr("then_branch", branch), graphAttr("else_branch", branch)).
		node("Neg", []string{"y"}), 0, []float64{2}, []float64{-2}}.check(t)
}

func TestSequences(t *testing.T) {
	six := []float64{1, 2, 3, 4, 5, 6}
	for name, b := range map[string]byHand{
		"chunks": {newChain(2, 3).tensor("k", int32s, nil, 2).made("SplitToSequence", "s", []string{"v0", "k"}, intAttr("axis", 1)).tensor("i", int32s, nil, -1).
			node("SequenceAt", []string{"s", "i"}), 0, six, []float64{3, 6}},
		"lengths": {newChain(2, 3).ints("k", 1, 2).made("SplitToSequence", "s", []string{"v0", "k"}, intAttr("axis", -1)).tensor("i", int32s, nil, 1).
			node("SequenceAt", []string{"s", "i"}), 0, six, []float64{2, 3, 5, 6}},
		"unbound and stacked": {newChain(2, 3).made("SplitToSequence", "s", []string{"v0"}, intAttr("axis", 1), intAttr("keepdims", 0)).
			node("ConcatFromSequence", []string{"s"}, intAttr("axis", 0), intAttr("new_axis", 1)), 0, six, []float64{1, 4, 2, 5, 3, 6}},
		"made": {newChain(1, 2).doubles("c", []int64{1, 2}, 8, 9).made("SequenceConstruct", "s", []string{"v0", "c", "v0"}).
			node("ConcatFromSequence", []string{"s"}, intAttr("axis", 1)), 0, []float64{1, 2}, []float64{1, 2, 8, 9, 1, 2}},
	} {
		t.Run(name, b.check)
	}
	_, _, err := newChain(1, 2).made("SequenceConstruct", "s", []string{"v0"}).node("Relu", []string{"s"}).read(t)
	require.ErrorContains(t, err, "an input is a sequence")
}

func TestMeanAndMaximaOfConstants(t *testing.T) {
	for name, b := range map[string]byHand{
		"Mean":                 {newChain(1, 2).doubles("a", nil, 2).node("Mean", []string{"x", "a"}), 0, []float64{4, -3}, []float64{3, -0.5}},
		"Max of constants":     {newChain(1, 2).doubles("a", nil, 2).doubles("b", []int64{2}, 1, 3).node("Max", []string{"a", "x", "b"}), 0, []float64{2.5, 2.5}, []float64{2.5, 3}},
		"Min of one":           {newChain(1, 2).node("Min", []string{"x"}), 0, []float64{2.5, -1}, []float64{2.5, -1}},
		"Gemm of a computed C": {newChain(1, 2).doubles("w", []int64{2, 2}, 1, 2, 3, 4).node("Gemm", []string{"x", "w", "x"}, floatAttr("beta", 2)), 0, []float64{1, 1}, []float64{6, 8}},
		"MatMul of a batch":    {newChain(1, 2).doubles("w", []int64{2, 2, 1}, 1, 2, 3, 4).node("MatMul", []string{"x", "w"}), 0, []float64{1, 10}, []float64{21, 43}},
		"MatMul from the left": {newChain(2, 1).doubles("w", []int64{2, 1, 2}, 1, 2, 3, 4).node("MatMul", []string{"w", "x"}), 0, []float64{1, 10}, []float64{21, 43}},
		"ceil_mode that fits":  {newChain(1, 1, 4).node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2), intsAttr("strides", 2), intAttr("ceil_mode", 1)), 0, []float64{1, 3, 5, 7}, []float64{2, 6}},
		"Einsum":               {newChain(2, 2).doubles("w", []int64{3, 2}, 1, 2, 3, 4, 5, 6).node("Einsum", []string{"w", "x"}, stringAttr("equation", "oi, bi -> bo")), 0, []float64{1, 10, 2, 0}, []float64{21, 43, 65, 2, 6, 10}},
		"Einsum of one":        {newChain(2, 2).node("Einsum", []string{"x"}, stringAttr("equation", "ii")), 0, []float64{1, 10, 2, 5}, []float64{6}},
		"Einsum, ellipsis":     {newChain(2, 2).doubles("w", []int64{3, 2}, 1, 2, 3, 4, 5, 6).node("Einsum", []string{"w", "x"}, stringAttr("equation", "oi, ...i -> ...o")), 0, []float64{1, 10, 2, 0}, []float64{21, 43, 65, 2, 6, 10}},
		"Einsum, ellipses":     {newChain(2, 2).doubles("w", []int64{1, 2, 2}, 1, 2, 3, 4).node("Einsum", []string{"x", "w"}, stringAttr("equation", "...i,...ij->j...")), 0, []float64{1, 10, 2, 0}, []float64{31, 2, 42, 4}},
		"Einsum, ellipsis all": {newChain(1, 2).node("Einsum", []string{"x"}, stringAttr("equation", "...")), 0, []float64{1, 10}, []float64{1, 10}},
		"Einsum, implicit":     {newChain(1, 2).node("Einsum", []string{"x"}, stringAttr("equation", "ba")), 0, []float64{1, 10}, []float64{1, 10}},
		"Resize, linear": {newChain(1, 1, 1, 2).doubles("s", []int64{4}, 1, 1, 1, 2).node("Resize", []string{"x", "", "s"}, stringAttr("mode", "linear")), 0,
			[]float64{4, 8}, []float64{4, 5, 7, 8}},
		"Resize, linear, between corners": {newChain(1, 1, 2, 2).ints("z", 1, 1, 3, 3).node("Resize", []string{"x", "", "", "z"}, stringAttr("mode", "linear"),
			stringAttr("coordinate_transformation_mode", "align_corners")), 0, []float64{0, 2, 4, 6}, []float64{0, 1, 2, 2, 3, 4, 4, 5, 6}},
		"CumSum":                {newChain(1, 3).ints("a", 1).node("CumSum", []string{"x", "a"}), 0, []float64{1, 2, 4}, []float64{1, 3, 7}},
		"CumSum of the others":  {newChain(1, 3).ints("a", -1).node("CumSum", []string{"x", "a"}, intAttr("exclusive", 1), intAttr("reverse", 1)), 0, []float64{1, 2, 4}, []float64{6, 4, 0}},
		"Pad by nothing at all": {newChain(1, 2).made("Constant", "e", nil, intsAttr("value_ints")).ints("p", 0, 1, 0, 0).made("Concat", "q", []string{"p", "e"}, intAttr("axis", 0)).node("Pad", []string{"x", "q"}), 0, []float64{1, 3}, []float64{0, 1, 3}},
	} {
		t.Run(name, b.check)
	}
}

// A maximum used to be taken for its first piece, so that branches seemed to meet that do not.
func TestWhereOfMaximaIsContinuousOrRefused(t *testing.T) {
	one := func() *chain { // m is the largest of three, a the first of them
		return newChain(1, 3).made("ReduceMax", "m", []string{"v0"}, intsAttr("axes", 1)).ints("i", 0).made("Gather", "a", []string{"v0", "i"}, intAttr("axis", 1)).
			doubles("z", nil, 0).doubles("t", nil, 2)
	}
	for name, c := range map[string]*chain{
		"a branch":              one().made("Greater", "g", []string{"a", "z"}).node("Where", []string{"g", "m", "z"}),
		"the condition":         one().made("Greater", "g", []string{"m", "z"}).node("Where", []string{"g", "a", "z"}),
		"through a sum":         one().made("Add", "s", []string{"m", "m"}).made("Greater", "g", []string{"a", "z"}).node("Where", []string{"g", "s", "z"}),
		"as a slope below zero": one().made("Mul", "s", []string{"m", "t"}).made("Greater", "g", []string{"a", "z"}).node("Where", []string{"g", "a", "s"}),
	} {
		_, err := c.readIn(t, 0)
		require.ErrorContains(t, err, "the branches are not seen to meet", name)
	}
	for name, b := range map[string]byHand{
		"of one maximum": {one().made("Greater", "g", []string{"m", "z"}).node("Where", []string{"g", "m", "z"}), 13, []float64{-1, 5, 2}, []float64{5}},
		"of a multiple, on the other side": {one().made("Mul", "s", []string{"m", "t"}).made("Greater", "g", []string{"m", "z"}).node("Where", []string{"g", "s", "m"}), 13,
			[]float64{-1, -5, -2}, []float64{-1}},
		"of what it is above its first piece": {one().made("Sub", "d", []string{"m", "a"}).made("Greater", "g", []string{"d", "z"}).node("Where", []string{"g", "m", "a"}), 13,
			[]float64{-1, 5, 2}, []float64{5}},
	} {
		t.Run(name, b.check)
	}
}

func TestWhereIsContinuousOrRefused(t *testing.T) {
	zero := func() *chain { return newChain(1, 2).doubles("z", nil, 0).made("Greater", "g", []string{"v0", "z"}) }
	n, _, err := zero().doubles("s", nil, 0.25).made("Mul", "l", []string{"v0", "s"}).node("Where", []string{"g", "x", "l"}).read(t)
	require.NoError(t, err)
	want, _, err := newChain(1, 2).node("LeakyRelu", []string{"x"}, floatAttr("alpha", 0.25)).read(t)
	require.NoError(t, err)
	require.Equal(t, want.Fingerprint(), n.Fingerprint())
	// As exporters write it behind an affine layer, it is one layer too.
	n, _, err = newChain(1, 2).doubles("w", []int64{2, 2}, 1, 2, 3, 4).node("MatMul", []string{"x", "w"}).doubles("z", nil, 0).made("Less", "g", []string{"vA", "z"}).
		doubles("s", nil, 0.25).made("Mul", "l", []string{"vA", "s"}).node("Where", []string{"g", "l", "x"}).read(t)
	require.NoError(t, err)
	require.Len(t, n.Layers(), 1, outline(n))
	for want, c := range map[string]*chain{
		"the branches are not seen to meet": zero().doubles("s", nil, 1).node("Where", []string{"g", "x", "s"}),
		"which jumps":                       zero().node("Cast", []string{"g"}, intAttr("to", int64(single))),
		"supported are Not, Where":          zero().node("Relu", []string{"g"}),
		"numbers, expected truth values":    zero().node("Where", []string{"x", "x", "z"}),
		"compares what is always equal":     newChain(1, 2).doubles("z", nil, 1).doubles("y", nil, 0).made("Mul", "o", []string{"v0", "y"}).made("Less", "g", []string{"o", "y"}).node("Where", []string{"g", "x", "z"}),
		"element 0: its condition compares": newChain(1, 2).doubles("two", nil, 2).doubles("z", nil, 0).made("Mul", "m", []string{"v0", "two"}).made("Add", "s", []string{"v0", "v0"}).
			made("Sub", "d", []string{"m", "s"}).made("Greater", "g", []string{"d", "z"}).node("Where", []string{"g", "d", "v0"}), // 2x − (x + x), which looks like a form
		`"alpha": 1, where the function`: newChain(1, 2).node("ThresholdedRelu", []string{"x"}),
		`"lambd" and "bias": 0.5 and 0`:  newChain(1, 2).node("Shrink", []string{"x"}),
		"is a truth value":               zero().node("Not", []string{"g"}),
	} {
		_, _, err := c.read(t)
		require.ErrorContains(t, err, want)
	}
}

// More operators against values by hand: constants that other nodes compute, attributes that moved
// to inputs in later operator sets, windows, and what is refused.

package onnx

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

func rationals(v []float64) []*big.Rat {
	out := make([]*big.Rat, len(v))
	for i, x := range v {
		out[i] = rat(x)
	}
	return out
}

// tensor adds an initializer of an integer type, or of float32.
func (c *chain) tensor(name string, elem onnxpb.TensorProto_DataType, dims []int64, data ...int32) *chain {
	p := &onnxpb.TensorProto{Name: &name, Dims: dims, DataType: ptr(int32(elem)), Int32Data: data}
	if elem == onnxpb.TensorProto_FLOAT {
		p.Int32Data = nil
		for _, v := range data {
			p.FloatData = append(p.FloatData, float32(v))
		}
	}
	c.g.Initializer = append(c.g.Initializer, p)
	return c
}

// made adds a node that does not carry the chain on: one of constants.
func (c *chain) made(op, output string, inputs []string, attributes ...*onnxpb.AttributeProto) *chain {
	c.g.Node = append(c.g.Node, newNode(op, output, inputs, attributes...))
	return c
}

func floatsAttr(name string, v ...float32) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_FLOATS.Enum(), Floats: v}
}

// split adds a Split with three outputs, the chain going on at the output chosen.
func (c *chain) split(chosen int, inputs []string, attributes ...*onnxpb.AttributeProto) *chain {
	c.node("Split", inputs, attributes...)
	names := []string{"s0", "s1", "s2"}
	c.g.Node[len(c.g.Node)-1].Output, c.value = names, names[chosen]
	return c
}

// scaler adds a node of the domain ai.onnx.ml.
func (c *chain) scaler(attributes ...*onnxpb.AttributeProto) *chain {
	c.node("Scaler", []string{"x"}, attributes...)
	c.g.Node[len(c.g.Node)-1].Domain = ptr("ai.onnx.ml")
	return c
}

// readIn reads the chain as one of that opset, 0 being the one that the writer uses.
func (c *chain) readIn(t *testing.T, version int64) (*network.Network, error) {
	m := c.model()
	if version > 0 {
		m.OpsetImport[0].Version = &version
	}
	n, _, err := read(encode(t, m), testLimit)
	return n, err
}

const (
	int8s  = onnxpb.TensorProto_INT8
	uint8s = onnxpb.TensorProto_UINT8
	int32s = onnxpb.TensorProto_INT32
	int64s = onnxpb.TensorProto_INT64
	single = onnxpb.TensorProto_FLOAT
)

// byHand is a chain read in an operator set, and its value at x.
type byHand struct {
	c       *chain
	opset   int64
	x, want []float64
}

func (b byHand) check(t *testing.T) {
	n, err := b.c.readIn(t, b.opset)
	require.NoError(t, err)
	requireExactly(t, n, rationals(b.x), rationals(b.want))
	fingerprints.holds(t, n)
}

func TestConstantsByHand(t *testing.T) {
	two := func() *chain { return newChain(1, 2) }
	one := []float64{1, 1}
	for name, b := range map[string]byHand{
		// (x − zero point)·scale
		"per tensor, uint8": {two().tensor("q", uint8s, []int64{2}, 0, 255).doubles("s", nil, 0.5).tensor("z", uint8s, nil, 128).
			made("DequantizeLinear", "w", []string{"q", "s", "z"}).node("Mul", []string{"x", "w"}), 0, one, []float64{-64, 63.5}},
		"per tensor, int8": {two().tensor("q", int8s, []int64{2}, -128, 127).doubles("s", nil, 0.25).tensor("z", int8s, nil, -8).
			made("DequantizeLinear", "w", []string{"q", "s", "z"}).node("Mul", []string{"x", "w"}), 0, one, []float64{-30, 33.75}},
		"a scale of one element": {two().tensor("q", int8s, []int64{2}, -3, 5).doubles("s", []int64{1}, 2).
			made("DequantizeLinear", "w", []string{"q", "s"}).node("Mul", []string{"x", "w"}), 0, one, []float64{-6, 10}},
		"int32 without a zero point": {two().tensor("q", int32s, []int64{2}, 1000000, -7).doubles("s", nil, 0.125).
			made("DequantizeLinear", "w", []string{"q", "s"}).node("Mul", []string{"x", "w"}), 0, one, []float64{125000, -0.875}},
		// x of columns 0, 1, 2: by default a scale for each column
		"axis 1 by default": {newChain(2, 3).tensor("q", int8s, []int64{2, 3}, 1, 2, 3, 4, 5, 6).doubles("s", []int64{3}, 1, 2, 4).tensor("z", int8s, []int64{3}, 0, 1, 2).
			made("DequantizeLinear", "w", []string{"q", "s", "z"}).node("Mul", []string{"x", "w"}), 0, []float64{1, 1, 1, 1, 1, 1}, []float64{1, 2, 4, 4, 8, 16}},
		"axis 0": {newChain(2, 3).tensor("q", int8s, []int64{2, 3}, 1, 2, 3, 4, 5, 6).doubles("s", []int64{2}, 1, 2).tensor("z", int8s, []int64{2}, 1, -1).
			made("DequantizeLinear", "w", []string{"q", "s", "z"}, intAttr("axis", 0)).node("Mul", []string{"x", "w"}), 0, []float64{1, 1, 1, 1, 1, 1}, []float64{0, 1, 2, 10, 12, 14}},
		"axis -2": {newChain(2, 3).tensor("q", uint8s, []int64{2, 3}, 1, 2, 3, 4, 5, 6).doubles("s", []int64{2}, 1, 2).tensor("z", uint8s, []int64{2}, 1, 200).
			made("DequantizeLinear", "w", []string{"q", "s", "z"}, intAttr("axis", -2)).node("Mul", []string{"x", "w"}), 0, []float64{1, 1, 1, 1, 1, 1}, []float64{0, 1, 2, -392, -390, -388}},
		// A cast to an integer cuts the fraction off, towards 0.
		"Cast to int64 and back": {newChain(1, 3).doubles("d", []int64{3}, 2.75, -2.75, 0.5).made("Cast", "i", []string{"d"}, intAttr("to", int64(int64s))).
			made("Cast", "w", []string{"i"}, intAttr("to", int64(single))).node("Mul", []string{"x", "w"}), 0, []float64{1, 1, 1}, []float64{2, -2, 0}},
		"Cast of a double to float32": {two().doubles("d", []int64{2}, 1+0x1p-30, 0.1).made("Cast", "w", []string{"d"}, intAttr("to", int64(single))).
			node("Mul", []string{"x", "w"}), 0, one, []float64{1, float64(float32(0.1))}},
		"Cast of integers to float32": {two().ints("d", 3, 1<<24+1).made("Cast", "w", []string{"d"}, intAttr("to", int64(single))).
			node("Mul", []string{"x", "w"}), 0, one, []float64{3, 1 << 24}},
		"Cast of what is computed": {two().node("Cast", []string{"x"}, intAttr("to", int64(onnxpb.TensorProto_DOUBLE))), 0, []float64{0.1, -3}, []float64{0.1, -3}},
		"Scaler":                   {two().scaler(floatsAttr("offset", 1, -2), floatsAttr("scale", 0.5, 4)), 0, []float64{3, 3}, []float64{1, 20}},
		"Scaler of one number":     {two().scaler(floatsAttr("offset", 1), floatsAttr("scale", 0.5)), 0, []float64{3, -3}, []float64{1, -2}},
		"Scaler of rows":           {newChain(2, 2).scaler(floatsAttr("offset", 1, -2), floatsAttr("scale", 2)), 0, []float64{3, 3, 0, 0}, []float64{4, 10, -2, 4}},
	} {
		t.Run(name, b.check)
	}
}

func TestMovesByHand(t *testing.T) {
	six := []float64{1, 2, 3, 4, 5, 6}
	five := []float64{1, 2, 3, 4, 5}
	slice := []string{"x", "s", "e", "a", "p"}
	scaled := func(mode, round string, s ...float64) *chain {
		return newChain(1, 1, 1, 4).doubles("s", []int64{4}, append([]float64{1, 1}, s...)...).node("Resize", []string{"x", "", "s"}, stringAttr("mode", "nearest"),
			stringAttr("coordinate_transformation_mode", mode), stringAttr("nearest_mode", round))
	}
	ten := []float64{10, 20, 30, 40}
	for name, b := range map[string]byHand{
		"Gather by a number takes the axis away": {newChain(2, 3).tensor("i", int32s, nil, 0).node("Gather", []string{"x", "i"}, intAttr("axis", 0)), 0, six, []float64{1, 2, 3}},
		"Gather by a negative number": {newChain(2, 3).tensor("i", int32s, nil, -1).node("Gather", []string{"x", "i"}, intAttr("axis", -1)).
			doubles("b", []int64{2}, 10, 20).node("Add", []string{"x", "b"}), 0, six, []float64{13, 26}},
		"Gather by a matrix":                     {newChain(3, 2).tensor("i", int32s, []int64{2, 2}, 0, -1, 1, 0).node("Gather", []string{"x", "i"}), 0, six, []float64{1, 2, 5, 6, 3, 4, 1, 2}},
		"Split as attribute":                     {newChain(1, 6).split(1, []string{"x"}, intAttr("axis", 1), intsAttr("split", 1, 3, 2)), 11, six, []float64{2, 3, 4}},
		"Split as input":                         {newChain(1, 6).ints("k", 3, 1, 2).split(2, []string{"x", "k"}, intAttr("axis", -1)), 13, six, []float64{5, 6}},
		"Split of equal parts":                   {newChain(3, 2).split(1, []string{"x"}), 13, six, []float64{3, 4}},
		"Split of rows, uneven":                  {newChain(3, 2).ints("k", 1, 1, 1).split(2, []string{"x", "k"}), 13, six, []float64{5, 6}},
		"Split by num_outputs, last is less":     {newChain(1, 5).split(2, []string{"x"}, intAttr("axis", 1), intAttr("num_outputs", 3)), 18, five, []float64{5}},
		"Split by num_outputs, second":           {newChain(1, 5).split(1, []string{"x"}, intAttr("axis", 1), intAttr("num_outputs", 3)), 18, five, []float64{3, 4}},
		"Slice by attributes":                    {newChain(2, 3).node("Slice", []string{"x"}, intsAttr("starts", 0, -2), intsAttr("ends", 1, 1<<40)), 9, six, []float64{2, 3}},
		"Slice of a negative axis, all backward": {newChain(2, 3).ints("s", -1).ints("e", -1<<62).ints("a", -1).ints("p", -1).node("Slice", slice), 0, six, []float64{3, 2, 1, 6, 5, 4}},
		"Slice of two axes with steps":           {newChain(2, 3).ints("s", 1, 9).ints("e", -9, 0).ints("a", 0, 1).ints("p", -1, -1).node("Slice", slice), 0, six, []float64{6, 5, 3, 2}},
		"Slice every second":                     {newChain(1, 5).ints("s", 0).ints("e", 1<<62).ints("a", 1).ints("p", 2).node("Slice", slice), 0, five, []float64{1, 3, 5}},
		"Pad by attributes":                      {newChain(1, 2).node("Pad", []string{"x"}, intsAttr("pads", 1, 0, 0, 1), floatAttr("value", -2)), 2, []float64{1, 2}, []float64{-2, -2, -2, 1, 2, -2}},
		"Pad by 0 without a value":               {newChain(1, 2).ints("p", 0, 1, 0, 0).node("Pad", []string{"x", "p"}), 0, []float64{7, 8}, []float64{0, 7, 8}},
		"Pad of an axis":                         {newChain(2, 2).ints("p", 1, 0).doubles("v", nil, 9).ints("a", -1).node("Pad", []string{"x", "p", "v", "a"}), 18, []float64{1, 2, 3, 4}, []float64{9, 1, 2, 9, 3, 4}},
		"Pad cuts and pads":                      {newChain(1, 4).ints("p", 0, -1, 0, 2).doubles("v", nil, 9).node("Pad", []string{"x", "p", "v"}), 0, []float64{1, 2, 3, 4}, []float64{2, 3, 4, 9, 9}},
		"Pad reflects":                           {newChain(1, 3).ints("p", 0, 2, 0, 1).node("Pad", []string{"x", "p"}, stringAttr("mode", "reflect")), 0, []float64{1, 2, 3}, []float64{3, 2, 1, 2, 3, 2}},
		"Pad repeats the edge":                   {newChain(1, 3).ints("p", 0, 2, 0, 1).node("Pad", []string{"x", "p"}, stringAttr("mode", "edge")), 0, []float64{1, 2, 3}, []float64{1, 1, 1, 2, 3, 3}},
		"Expand to a higher rank":                {newChain(3, 1).ints("s", 2, 1, 2).node("Expand", []string{"x", "s"}), 0, []float64{1, 2, 3}, []float64{1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3}},
		"Concat on the axis -2":                  {newChain(1, 2).doubles("d", []int64{2, 2}, 5, 6, 7, 8).node("Concat", []string{"d", "x"}, intAttr("axis", -2)), 0, []float64{1, 2}, []float64{5, 6, 7, 8, 1, 2}},
		"Transpose of three, reversed":           {newChain(1, 2, 3).node("Transpose", []string{"x"}), 0, six, []float64{1, 4, 2, 5, 3, 6}},
		// Twice as wide, half_pixel: x = (i + 0.5)/2 − 0.5 = −¼, ¼, ¾, 1¼, …
		"Resize half_pixel, round_prefer_floor": {scaled("half_pixel", "round_prefer_floor", 1, 2), 0, ten, []float64{10, 10, 20, 20, 30, 30, 40, 40}},
		"Resize half_pixel, floor":              {scaled("half_pixel", "floor", 1, 2), 0, ten, []float64{10, 10, 10, 20, 20, 30, 30, 40}},
		"Resize half_pixel, ceil":               {scaled("half_pixel", "ceil", 1, 2), 0, ten, []float64{10, 20, 20, 30, 30, 40, 40, 40}},
		// asymmetric: x = i/2 = 0, ½, 1, 1½, …: only here do the two roundings differ.
		"Resize asymmetric, round_prefer_floor": {scaled("asymmetric", "round_prefer_floor", 1, 2), 0, ten, []float64{10, 10, 20, 20, 30, 30, 40, 40}},
		"Resize asymmetric, round_prefer_ceil":  {scaled("asymmetric", "round_prefer_ceil", 1, 2), 0, ten, []float64{10, 20, 20, 30, 30, 40, 40, 40}},
		"Resize asymmetric by half":             {scaled("asymmetric", "floor", 1, 0.5), 0, ten, []float64{10, 30}},
		"Resize half_pixel by three":            {scaled("half_pixel", "round_prefer_floor", 1, 3), 0, ten, []float64{10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40}},
		"Resize by default":                     {newChain(1, 1, 1, 2).doubles("s", []int64{4}, 1, 1, 2, 2).node("Resize", []string{"x", "", "s"}), 0, []float64{1, 2}, []float64{1, 1, 2, 2, 1, 1, 2, 2}},
		"Resize to sizes":                       {newChain(1, 1, 1, 2).ints("z", 1, 1, 1, 4).node("Resize", []string{"x", "", "", "z"}), 0, []float64{1, 2}, []float64{1, 1, 2, 2}},
		"Resize by 3/2":                         {scaled("asymmetric", "floor", 1, 1.5), 0, ten, []float64{10, 10, 20, 30, 30, 40}},
		"Resize by 3/4 to corners":              {scaled("align_corners", "round_prefer_floor", 1, 0.75), 0, ten, []float64{10, 20, 40}},
		"Upsample by 3/2":                       {newChain(1, 1, 1, 4).node("Upsample", []string{"x"}, floatsAttr("scales", 1, 1, 1, 1.5)), 7, ten, []float64{10, 10, 20, 30, 30, 40}},
		"Upsample":                              {newChain(1, 1, 1, 2).node("Upsample", []string{"x"}, floatsAttr("scales", 1, 1, 1, 2)), 7, []float64{1, 2}, []float64{1, 1, 2, 2}},
	} {
		t.Run(name, b.check)
	}
}

func TestSumsAndMeansByHand(t *testing.T) {
	eight := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	cube := func() *chain { return newChain(2, 2, 2) }
	row := func() *chain { return newChain(1, 1, 4) }
	four := []float64{4, 8, 16, 32}
	column := func(c *chain) *chain { // tells the shapes [2, 1] and [2] apart: a sum with [1, 2]
		return c.doubles("c", []int64{1, 2}, 100, 200).node("Add", []string{"x", "c"})
	}
	for name, b := range map[string]byHand{
		"ReduceSum, axes an attribute":     {cube().node("ReduceSum", []string{"x"}, intsAttr("axes", -1)), 11, eight, []float64{3, 7, 11, 15}},
		"ReduceSum, axes an input":         {cube().ints("a", -3).node("ReduceSum", []string{"x", "a"}), 13, eight, []float64{6, 8, 10, 12}},
		"ReduceMean, axes an input":        {cube().ints("a", 1, 2).node("ReduceMean", []string{"x", "a"}), 18, eight, []float64{2.5, 6.5}},
		"ReduceMean, axes an attribute":    {cube().node("ReduceMean", []string{"x"}, intsAttr("axes", 0, -1)), 13, eight, []float64{3.5, 5.5}},
		"ReduceSum of all":                 {cube().node("ReduceSum", []string{"x"}, intAttr("keepdims", 0)), 13, eight, []float64{36}},
		"ReduceSum of no axes, noop":       {cube().node("ReduceSum", []string{"x"}, intAttr("noop_with_empty_axes", 1)), 13, eight, eight},
		"keepdims 1 leaves a column":       {column(newChain(2, 2).ints("a", 1).node("ReduceSum", []string{"x", "a"}, intAttr("keepdims", 1))), 13, []float64{1, 2, 3, 4}, []float64{103, 203, 107, 207}},
		"keepdims 0 leaves a row":          {column(newChain(2, 2).ints("a", 1).node("ReduceSum", []string{"x", "a"}, intAttr("keepdims", 0))), 13, []float64{1, 2, 3, 4}, []float64{103, 207}},
		"keepdims is 1 by default":         {column(newChain(2, 2).node("ReduceMean", []string{"x"}, intsAttr("axes", -1))), 13, []float64{1, 3, 5, 7}, []float64{102, 202, 106, 206}},
		"Div enlarges":                     {newChain(1, 2).doubles("d", []int64{2, 1}, 2, -4).node("Div", []string{"x", "d"}), 0, []float64{8, 16}, []float64{4, 8, -2, -4}},
		"Mul enlarges to a higher rank":    {newChain(2).doubles("d", []int64{2, 1, 1}, 2, -4).node("Mul", []string{"x", "d"}), 0, []float64{1, 3}, []float64{2, 6, -4, -12}},
		"Sum of shapes":                    {newChain(2, 1).doubles("d", []int64{1, 2}, 10, 20).doubles("e", nil, 0.5).node("Sum", []string{"e", "x", "d"}), 0, []float64{1, 2}, []float64{11.5, 21.5, 12.5, 22.5}},
		"Sum of one":                       {newChain(1, 2).node("Sum", []string{"x"}), 0, []float64{1, 2}, []float64{1, 2}},
		"GlobalAveragePool, 1-D":           {row().node("GlobalAveragePool", []string{"x"}), 0, four, []float64{15}},
		"AveragePool":                      {row().node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2), intsAttr("strides", 2)), 0, four, []float64{6, 24}},
		"AveragePool leaves padding out":   {row().node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2), intsAttr("pads", 1, 1)), 0, four, []float64{4, 6, 12, 24, 32}},
		"AveragePool counts padding":       {row().node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2), intsAttr("pads", 1, 1), intAttr("count_include_pad", 1)), 0, four, []float64{2, 6, 12, 24, 16}},
		"AveragePool, padding of one side": {newChain(1, 1, 2, 2).node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2, 2), intsAttr("pads", 1, 0, 0, 0)), 0, four, []float64{6, 15}},
		"AveragePool, that side counted":   {newChain(1, 1, 2, 2).node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2, 2), intsAttr("pads", 1, 0, 0, 0), intAttr("count_include_pad", 1)), 0, four, []float64{3, 15}},
		"AveragePool, rounded up":          {newChain(1, 1, 3).node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2), intsAttr("strides", 2), intAttr("ceil_mode", 1)), 0, []float64{4, 8, 5}, []float64{6, 5}},
		"AveragePool, up to the padding":   {newChain(1, 1, 4).node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 4), intsAttr("strides", 3), intsAttr("pads", 0, 1), intAttr("ceil_mode", 1), intAttr("count_include_pad", 1)), 0, []float64{1, 2, 3, 6}, []float64{3, 3}},
		"AveragePool, SAME_UPPER":          {row().node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2), stringAttr("auto_pad", "SAME_UPPER")), 0, four, []float64{6, 12, 24, 32}},
		"AveragePool, SAME_LOWER":          {row().node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2), stringAttr("auto_pad", "SAME_LOWER")), 0, four, []float64{4, 6, 12, 24}},
	} {
		t.Run(name, b.check)
	}
}

func TestWhatIsNotReadIsNamed(t *testing.T) {
	for want, c := range map[string]*chain{
		`attribute "mode": "spline"`: newChain(1, 1, 1, 2).doubles("s", []int64{4}, 1, 1, 1, 2).node("Resize", []string{"x", "", "s"}, stringAttr("mode", "spline")),
		`of which runtimes make`: newChain(1, 1, 1, 2).doubles("s", []int64{4}, 1, 1, 1, 1.75).
			node("Resize", []string{"x", "", "s"}, stringAttr("mode", "linear"), stringAttr("coordinate_transformation_mode", "align_corners")),
		`attribute "antialias": supported is 0`: newChain(1, 1, 1, 2).doubles("s", []int64{4}, 1, 1, 1, 2).
			node("Resize", []string{"x", "", "s"}, stringAttr("mode", "linear"), intAttr("antialias", 1)),
		`"coordinate_transformation_mode": "corners"`: newChain(1, 1, 1, 2).doubles("s", []int64{4}, 1, 1, 1, 2).
			node("Resize", []string{"x", "", "s"}, stringAttr("coordinate_transformation_mode", "corners")),
		`attribute "mode": "wrap"`:              newChain(1, 2).ints("p", 0, 1, 0, 0).node("Pad", []string{"x", "p"}, stringAttr("mode", "wrap")),
		`attribute "to": INT64`:                 newChain(1, 2).node("Cast", []string{"x"}, intAttr("to", int64(int64s))),
		`a divisor of 0`:                        newChain(1, 2).doubles("d", nil, 0).node("Div", []string{"x", "d"}),
		`input 1 (indices): -4 is out of range`: newChain(1, 3).ints("i", -4).node("Gather", []string{"x", "i"}, intAttr("axis", 1)),
		`attribute "block_size" is not supported`: newChain(1, 2).tensor("q", int8s, []int64{2}, 1, 2).doubles("s", nil, 1).
			made("DequantizeLinear", "w", []string{"q", "s"}, intAttr("block_size", 2)).node("Mul", []string{"x", "w"}),
		`parts [1 2 2] do not divide axis 1`: newChain(1, 6).ints("k", 1, 2, 2).split(0, []string{"x", "k"}, intAttr("axis", 1)),
	} {
		_, err := c.readIn(t, 0)
		require.ErrorContains(t, err, want)
	}
}

// Without lengths a Split is into equal parts; only num_outputs allows a shorter last one.
func TestSplitIntoUnequalPartsWasInvented(t *testing.T) {
	_, err := newChain(1, 5).split(1, []string{"x"}, intAttr("axis", 1)).readIn(t, 13)
	require.ErrorContains(t, err, "axis 1 of shape [1 5] has no 3 equal parts")
	_, err = newChain(1, 6).split(1, []string{"x"}, intAttr("axis", 1), intAttr("num_outputs", 2)).readIn(t, 18)
	require.ErrorContains(t, err, `attribute "num_outputs": 2, but the node has 3 outputs`)
}

func TestDequantizeLinearOfTheInputNamesWhatIsRead(t *testing.T) {
	_, err := newChain(1, 2).doubles("s", nil, 1).node("DequantizeLinear", []string{"x", "s"}).readIn(t, 0)
	require.ErrorContains(t, err, "an input of DequantizeLinear is computed from the network's input, supported are constants")
}

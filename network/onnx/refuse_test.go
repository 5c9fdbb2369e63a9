// What must be refused: by a clear error that names the node or the tensor,
// without a panic and without allocating what a file merely claims.

package onnx

import (
	"bytes"
	"math"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// good is a chain of a Gemm and a Relu, to be spoiled.
func good() *chain {
	return newChain(-1, 2).doubles("w", []int64{2, 3}, 1, 2, 3, 4, 5, 6).doubles("b", []int64{3}, 1, 2, 3).
		node("Gemm", []string{"x", "w", "b"}).node("Relu", []string{"x"})
}

func TestGraphRefusals(t *testing.T) {
	for want, spoil := range map[string]func(c *chain){
		`node 2 "vC" (Sin): Sin is smooth, the network is not piecewise linear; node 3 "vD" (DFT): operator DFT is not supported; node 4 "vE" (Sign): Sign jumps, the network is not continuous and piecewise linear (if Sin stands at the end, choose the output "vB", which goes into it; onnx-simplifier may leave fewer operators; if Sign stands at the end, choose the output "vD"`: func(c *chain) {
			c.node("Sin", []string{"x"}).node("DFT", []string{"x"}).node("Sign", []string{"x"}).node("DFT", []string{"x"})
		},
		`node 2 "vC" (DFT): operator DFT is not supported (onnx-simplifier may leave fewer operators); supported are Abs, Add, AveragePool,`: func(c *chain) { c.node("DFT", []string{"x"}) },
		`node 2 "vC" (HardSwish): HardSwish is not piecewise linear, and so the network is not`: func(c *chain) {
			c.node("HardSwish", []string{"x"}).node("Relu", []string{"x"})
		},
		`node 2 "vC" (Tanh): Tanh is smooth`: func(c *chain) { c.node("Tanh", []string{"x"}).node("Relu", []string{"x"}) },
		`node 2 "vC" (Sigmoid): Sigmoid is smooth`: func(c *chain) {
			c.node("Sigmoid", []string{"x"}).node("MatMul", []string{"x", "w3"}).doubles("w3", []int64{3, 1}, 1, 2, 3)
		},
		`(Relu): operator Relu of domain my.ops is not supported`: func(c *chain) { c.g.Node[1].Domain = ptr("my.ops") },
		`node 1 (Relu): attribute "gamma" is not supported`: func(c *chain) {
			c.g.Node[1].Name, c.g.Node[1].Attribute = nil, []*onnxpb.AttributeProto{intAttr("gamma", 1)}
		},
		`attribute "alpha" is given twice`: func(c *chain) {
			c.g.Node[0].Attribute = []*onnxpb.AttributeProto{floatAttr("alpha", 1), floatAttr("alpha", 2)}
		},
		`attribute "alpha": type INT, expected FLOAT`: func(c *chain) {
			c.g.Node[0].Attribute = []*onnxpb.AttributeProto{intAttr("alpha", 1)}
		},
		`attribute "beta": NaN, expected a finite number`: func(c *chain) {
			c.g.Node[0].Attribute = []*onnxpb.AttributeProto{floatAttr("beta", float32(math.NaN()))}
		},
		`node 2 "vC" (MatMul): a product of two values that are computed from the network's input: the network is not piecewise linear`: func(c *chain) { c.node("MatMul", []string{"x", "vA"}) },
		`(PRelu): input 1 (slope): shape [2 3] is more than that of the value, [1 3]`: func(c *chain) {
			c.doubles("s", []int64{2, 3}, 1, 2, 3, 4, 5, 6).node("PRelu", []string{"x", "s"})
		},
		`node 1 "vB" (Relu): it reads what is computed from it, by way of "vB"`: func(c *chain) { c.g.Node[0].Input[0] = "vB" },
		`it reads "ghost", which is neither`:                                    func(c *chain) { c.node("Add", []string{"x", "ghost"}) },
		`it reads "mask", which its node does not compute here`: func(c *chain) {
			c.node("Dropout", []string{"x"}).g.Node[2].Output = []string{"vC", "mask"}
			c.node("Relu", []string{"mask"})
		},
		`output "b": the name is taken`:                    func(c *chain) { c.g.Node[0].Output[0] = "b" },
		`(Relu): it has no output`:                         func(c *chain) { c.g.Node[1].Output = nil },
		`(Relu): 2 inputs, expected 1 to 1`:                func(c *chain) { c.g.Node[1].Input = []string{"vA", "w"} },
		`(Gemm): 1 inputs, expected 2 to 3`:                func(c *chain) { c.g.Node[0].Input = c.g.Node[0].Input[:1] },
		`output "vB": it does not depend on an input`:      func(c *chain) { c.g.Node[1].Input = []string{"w"} },
		`(Conv): all its inputs are constants`:             func(c *chain) { c.g.Node[1].OpType, c.g.Node[1].Input = ptr("Conv"), []string{"w", "w"} },
		`(Gemm): it reads "v0", which is neither an input`: func(c *chain) { c.g.Input = nil },
		`initializer "w": given twice`:                     func(c *chain) { c.doubles("w", nil, 1) },
		`the graph has sparse initializers`:                func(c *chain) { c.g.SparseInitializer = []*onnxpb.SparseTensorProto{{}} },
		`input "v0": elements of type INT8`:                func(c *chain) { c.input().ElemType = ptr(int32(onnxpb.TensorProto_INT8)) },
		`input "v0": it has no shape`:                      func(c *chain) { c.input().Shape = nil },
		`input "v0": it has no tensor type`:                func(c *chain) { c.g.Input[0].Type = nil },
		`input "v0": dimension 1 has no fixed size`:        func(c *chain) { c.input().Shape.Dim[1].Value = nil },
		`input "v0": dimension 0 has no fixed size`:        func(c *chain) { c.input().Shape.Dim = c.input().Shape.Dim[:1] },
		`input "v0": dimension 1 is 2147483648`:            func(c *chain) { c.setInput(1, 1<<31) },
		`input "v0": shape [67108864 67108864] has more`:   func(c *chain) { c.setInput(0, 1<<26); c.setInput(1, 1<<26) },
		`(Gemm): 1 × 5 times 2 × 3: the inner dimensions`:  func(c *chain) { c.setInput(1, 5) },
		`C of shape [2] does not broadcast to [1 3]`:       func(c *chain) { c.g.Initializer[1].Dims[0], c.g.Initializer[1].DoubleData = 2, []float64{1, 2} },
		`tensor "w": elements of type COMPLEX64`:           func(c *chain) { c.g.Initializer[0].DataType = ptr(int32(onnxpb.TensorProto_COMPLEX64)) },
		`tensor "w": double_data: 5 numbers, expected 6, the elements of dims [2 3]`: func(c *chain) {
			c.g.Initializer[0].DoubleData = c.g.Initializer[0].DoubleData[:5]
		},
		`tensor "w": raw_data: 7 bytes, expected 48`: func(c *chain) {
			c.g.Initializer[0].DoubleData, c.g.Initializer[0].RawData = nil, make([]byte, 7)
		},
		`tensor "w": raw_data and double_data are both given`: func(c *chain) { c.g.Initializer[0].RawData = make([]byte, 48) },
		`tensor "w": element 4 is NaN`:                        func(c *chain) { c.g.Initializer[0].DoubleData[4] = math.NaN() },
		`tensor "b": element 0 is -Inf`:                       func(c *chain) { c.g.Initializer[1].DoubleData[0] = math.Inf(-1) },
		`input 1 (B): missing, or without elements`:           func(c *chain) { c.g.Initializer[0].Dims[0] = 0 },
		`tensor "w": dims: dimension 1 is -3`:                 func(c *chain) { c.g.Initializer[0].Dims[1] = -3 },
		`tensor "w": dims: dimension 0 is 536870912`:          func(c *chain) { c.g.Initializer[0].Dims[0] = 1 << 29 },
		`tensor "w": dims: [32768 16384] has more than`:       func(c *chain) { c.g.Initializer[0].Dims = []int64{1 << 15, 1 << 14} },
		`tensor "w": double_data: 6 numbers, expected 33554432`: func(c *chain) {
			c.g.Initializer[0].Dims = []int64{1 << 12, 1 << 13}
		},
		`tensor "w": its data is in another file (external data)`: func(c *chain) {
			c.g.Initializer[0].DataLocation = onnxpb.TensorProto_EXTERNAL.Enum()
		},
		`tensor "w": it is segmented`: func(c *chain) { c.g.Initializer[0].Segment = &onnxpb.TensorProto_Segment{} },
		`input 1 (B), tensor "i": integers, expected FLOAT or DOUBLE`: func(c *chain) {
			c.ints("i", 1, 2).g.Node[0].Input[1] = "i"
		},
		`(MatMul): shape [1 2] times shape [2 3 1]: the inner dimensions differ`: func(c *chain) {
			c.g.Initializer[0].Dims = []int64{2, 3, 1}
			c.node("MatMul", []string{"x", "w"}).g.Node = c.g.Node[2:]
			c.g.Node[0].Input[0] = "v0"
		},
		`(Reshape): new shape [2 -1] does not divide`:  func(c *chain) { c.ints("s", 2, -1).node("Reshape", []string{"x", "s"}) },
		`(Reshape): new shape [-1 -1]: dimension 1`:    func(c *chain) { c.ints("s", -1, -1).node("Reshape", []string{"x", "s"}) },
		`(Reshape): shape [1 3] to [1 4]: the number`:  func(c *chain) { c.ints("s", 1, 4).node("Reshape", []string{"x", "s"}) },
		`(Reshape): new shape [4611686018427387904 4]`: func(c *chain) { c.ints("s", 1<<62, 4).node("Reshape", []string{"x", "s"}) },
		`(Reshape): the new shape is missing`:          func(c *chain) { c.node("Reshape", []string{"x"}) },
		`(Flatten): attribute "axis": out of range`:    func(c *chain) { c.node("Flatten", []string{"x"}, intAttr("axis", 7)) },
		`(Squeeze): axis 1 of shape [1 3] is not 1`:    func(c *chain) { c.node("Squeeze", []string{"x"}, intsAttr("axes", 1)) },
		`(Unsqueeze): axes: 9 is out of range`:         func(c *chain) { c.node("Unsqueeze", []string{"x"}, intsAttr("axes", 9)) },
		`(Unsqueeze): axes: [0 0] given twice`:         func(c *chain) { c.node("Unsqueeze", []string{"x"}, intsAttr("axes", 0, 0)) },
		`(Add): shapes [1 3] and [2] do not fit`:       func(c *chain) { c.doubles("c", []int64{2}, 1, 2).node("Add", []string{"x", "c"}) },
		`(Add): attribute "axis": 9223372036854775807 does not fit`: func(c *chain) {
			c.doubles("c", []int64{1}, 1).node("Add", []string{"x", "c"}, intAttr("broadcast", 1), intAttr("axis", math.MaxInt64))
		},
		`(Add): attribute "axis": 0 does not fit`: func(c *chain) {
			c.doubles("c", []int64{1}, 1).node("Add", []string{"c", "x"}, intAttr("axis", 0))
		},
		`(Reshape): input 1 (shape): it is computed from the network's input`: func(c *chain) { c.node("Reshape", []string{"w", "x"}) },
		`output "vC": it does not depend on an input of the network`:          func(c *chain) { c.node("Identity", []string{"w"}) },
		`(Conv): input 0 (X) is a constant`:                                   func(c *chain) { c.g.Node[1].Input, c.g.Node[1].OpType = []string{"w", "vA"}, ptr("Conv") },
		`(BatchNormalization): input 1 (scale): missing`:                      func(c *chain) { c.node("BatchNormalization", []string{"x", "", "", "", ""}) },
		`(Gemm): neither A nor B is computed`:                                 func(c *chain) { c.node("Gemm", []string{"w", "w", "x"}) },
		`(Flatten): attribute "axis": type FLOAT, expected INT`:               func(c *chain) { c.node("Flatten", []string{"x"}, floatAttr("axis", 1)) },
		`(Squeeze): attribute "axes": type INT, expected INTS`:                func(c *chain) { c.node("Squeeze", []string{"x"}, intAttr("axes", 1)) },
		`(Reshape): input 1 (shape): expected a list of INT64`:                func(c *chain) { c.node("Reshape", []string{"x", "b"}) },
		`(Constant): 0 attributes, expected exactly one value`:                func(c *chain) { c.node("Constant", nil) },
		`(Constant): attribute "value_int": type FLOAT, expected INT`:         func(c *chain) { c.node("Constant", nil, floatAttr("value_int", 1)) },
		`(Constant): attribute "value": no tensor`: func(c *chain) {
			c.node("Constant", nil, &onnxpb.AttributeProto{Name: ptr("value"), Type: onnxpb.AttributeProto_TENSOR.Enum()})
		},
		`(ConstantOfShape): attribute "value": expected a tensor of one element`: func(c *chain) {
			c.ints("s", 2).made("ConstantOfShape", "v", []string{"s"}, &onnxpb.AttributeProto{Name: ptr("value"), Type: onnxpb.AttributeProto_TENSOR.Enum()})
			c.node("Add", []string{"x", "v"})
		},
		`(Pow): 2 to the power of -1, supported are`: func(c *chain) {
			c.ints("two", 2).ints("e", -1).made("Pow", "p", []string{"two", "e"}).node("Reshape", []string{"x", "p"})
		},
		`(Pow): 2 to the power of 31, supported are`: func(c *chain) {
			c.ints("two", 2).ints("e", 31).made("Pow", "p", []string{"two", "e"}).node("Reshape", []string{"x", "p"})
		},
		`(Constant): value: element 0 is NaN`:             func(c *chain) { c.node("Constant", nil, floatAttr("value_float", float32(math.NaN()))) },
		`(Dropout): input 2 (training_mode): not false`:   func(c *chain) { c.ints("t", 1).node("Dropout", []string{"x", "", "t"}) },
		`(Conv): shape [1 3] and weights of shape [2 3]`:  func(c *chain) { c.node("Conv", []string{"x", "w"}) },
		`(AveragePool): shape [1 3], supported are one`:   func(c *chain) { c.node("AveragePool", []string{"x"}) },
		`(BatchNormalization): 2 inputs, expected 5 to 5`: func(c *chain) { c.node("BatchNormalization", []string{"x", "b"}) },
		`(BatchNormalization): channel 0: var + epsilon is`: func(c *chain) {
			c.doubles("v", []int64{3}, -1, 1, 1).node("BatchNormalization", []string{"x", "b", "b", "b", "v"})
		},
		`(BatchNormalization): attributes training_mode and`: func(c *chain) {
			c.node("BatchNormalization", []string{"x", "b", "b", "b", "b"}, intAttr("training_mode", 1))
		},
	} {
		t.Run(want, func(t *testing.T) {
			c := good()
			spoil(c)
			_, _, err := c.read(t)
			require.ErrorContains(t, err, want)
		})
	}
	_, _, err := readModel(encode(t, good().model()), testLimit, Options{Output: "ghost"})
	require.ErrorContains(t, err, `output "ghost": the graph has none of that name, expected one of ["vB"], or a value`)
}

func (c *chain) input() *onnxpb.TypeProto_Tensor { return c.g.Input[0].GetType().GetTensorType() }

func (c *chain) setInput(dim int, v int64) {
	c.input().Shape.Dim[dim].Value = &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: v}
}

func TestWindowRefusals(t *testing.T) {
	for want, attrs := range map[string][]*onnxpb.AttributeProto{
		`attribute "kernel_shape": [], expected 2 numbers`: nil,
		`attribute "kernel_shape": 0, expected 1 to`:       {intsAttr("kernel_shape", 0, 1)},
		`attribute "strides": 0, expected 1 to`:            {intsAttr("kernel_shape", 1, 1), intsAttr("strides", 0, 1)},
		`attribute "pads": 2 numbers, expected 4`:          {intsAttr("kernel_shape", 1, 1), intsAttr("pads", 0, 1)},
		`attribute "pads": -1, expected 0 to`:              {intsAttr("kernel_shape", 1, 1), intsAttr("pads", 0, 0, 0, -1)},
		`attribute "auto_pad": "MAYBE", supported are`:     {intsAttr("kernel_shape", 1, 1), stringAttr("auto_pad", "MAYBE")},
		`spatial dimension 1: a window of 5 does not fit`:  {intsAttr("kernel_shape", 1, 5)},
		`attribute "ceil_mode": not 0, and with auto_pad`:  {intsAttr("kernel_shape", 3, 3), intsAttr("strides", 2, 2), intAttr("ceil_mode", 1), stringAttr("auto_pad", "VALID")},
		`a window lies in the padding alone`:               {intsAttr("kernel_shape", 1, 1), intsAttr("pads", 1, 1, 1, 1)},
		`the result, of shape [1 1 67108868 4], has more`:  {intsAttr("kernel_shape", 1, 1), intsAttr("pads", 1<<26, 0, 0, 0)},
	} {
		_, _, err := newChain(1, 1, 4, 4).node("AveragePool", []string{"x"}, attrs...).read(t)
		require.ErrorContains(t, err, want)
	}
	_, _, err := newChain(1, 3, 4, 4).small(newSource(1), "w", 2, 1, 1, 1).node("Conv", []string{"x", "w"}, intAttr("group", 2)).read(t)
	require.ErrorContains(t, err, "group 2: they do not fit 3 channels")
	_, _, err = newChain(1, 1, 4, 4).small(newSource(1), "w", 2, 1, 1, 1).node("Conv", []string{"x", "w"}, intsAttr("kernel_shape", 2, 1)).read(t)
	require.ErrorContains(t, err, "but the weights say [1 1]")
}

func TestNotAModel(t *testing.T) {
	data := encode(t, good().model())
	_, _, err := Read(bytes.NewReader(nil))
	require.ErrorContains(t, err, "the model has no graph")
	_, _, err = Read(strings.NewReader("hello, world"))
	require.ErrorContains(t, err, "not an ONNX model, or a truncated one")
	for i := 1; i < len(data); i++ {
		_, _, err = Read(bytes.NewReader(data[:i])) // some prefixes are models without a graph
		require.Error(t, err, "prefix of %d bytes", i)
	}
	_, _, err = Read(brokenReader{})
	require.ErrorIs(t, err, errBroken)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

// TestClaimsAreNotAllocated: files of some hundred bytes that claim gigabytes.
func TestClaimsAreNotAllocated(t *testing.T) {
	claims := map[string]*chain{
		"tensor of 2 GB":       newChain(1, 2).doubles("w", []int64{1 << 14, 1 << 14}).node("MatMul", []string{"w", "x"}),
		"tensor of 2 TB":       newChain(1, 2).doubles("w", []int64{1 << 20, 1 << 20}).node("MatMul", []string{"w", "x"}),
		"overflowing tensor":   newChain(1, 2).doubles("w", []int64{1 << 26, 1 << 26, 1 << 26}).node("MatMul", []string{"w", "x"}),
		"input of 2 GB":        newChain(1, 1<<31-1).node("Relu", []string{"x"}),
		"wide input":           newChain(1, 1<<23).node("Relu", []string{"x"}),
		"outer sum":            newChain(1<<23, 1).doubles("b", []int64{1}, 1).node("Add", []string{"x", "b"}),
		"windows":              newChain(1, 1, 1).node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 1), intsAttr("pads", 1<<26, 0)),
		"windows over nothing": newChain(1, 1, 1).doubles("w", []int64{1, 1, 1}, 1).node("Conv", []string{"x", "w"}, intsAttr("pads", 1<<25, 1<<25)),
	}
	claims["constant"] = newChain(1, 2).ints("s", 1<<13, 1<<13).made("ConstantOfShape", "c", []string{"s"}).node("Add", []string{"x", "c"})
	claims["constant of three"] = newChain(1, 2).ints("s", 1<<26, 1<<26, 1<<26).made("ConstantOfShape", "c", []string{"s"}).node("Add", []string{"x", "c"})
	claims["range"] = newChain(1, 2).ints("s", 0).ints("l", 1<<26).ints("d", 1).made("Range", "c", []string{"s", "l", "d"}).made("Cast", "f", []string{"c"}, intAttr("to", 1)).node("Add", []string{"x", "f"})
	claims["spread"] = newChain(1, 1, 1).doubles("w", []int64{1, 1, 1}, 1).node("ConvTranspose", []string{"x", "w"}, intsAttr("output_shape", 1<<26))
	claims["einsum"] = newChain(1, 1<<12).node("Einsum", []string{"x", "x"}, stringAttr("equation", "ab,ab->a"))
	const most = 64 << 20 // a tenth of the least claim; the vectors of a layer of the limit's width fit
	for name, c := range claims {
		t.Run(name, func(t *testing.T) {
			data := encode(t, c.model())
			require.Less(t, len(data), 1000)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, err := read(data, testLimit)
			runtime.ReadMemStats(&after)
			require.Error(t, err)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(most))
		})
	}
}

func FuzzRead(f *testing.F) {
	src := newSource(9)
	for _, c := range []*chain{
		good(),
		newChain(1, 2, 3, 3).small(src, "w", 2, 1, 2, 2).small(src, "b", 2).node("Conv", []string{"x", "w", "b"}, intAttr("group", 2)).node("LeakyRelu", []string{"x"}).node("Flatten", []string{"x"}),
		newChain(1, 2, 2).node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2)).node("Squeeze", []string{"x"}),
		newChain(-1, 2).small(src, "c", 2).doubles("v", []int64{2}, 1, 2).node("BatchNormalization", []string{"x", "c", "c", "c", "v"}).ints("s", 2, 1).node("Reshape", []string{"x", "s"}).node("Sub", []string{"c", "x"}),
		residual(),
		newChain(1, 3).doubles("lo", nil, -1).doubles("hi", nil, 1).node("Clip", []string{"x", "lo", "hi"}).node("Concat", []string{"x", "v0"}, intAttr("axis", 1)).node("Transpose", []string{"x"}),
		newChain(1, 1, 2, 2).node("Pad", []string{"x"}, intsAttr("pads", 0, 0, 1, 1, 0, 0, 0, 0)).doubles("s", []int64{4}, 1, 1, 2, 2).node("Upsample", []string{"x", "s"}).node("GlobalAveragePool", []string{"x"}),
		newChain(1, 1, 2, 2).small(src, "w", 1, 2, 2, 2).node("ConvTranspose", []string{"x", "w"}, intsAttr("strides", 2, 1)).doubles("z", nil, 0).made("Greater", "g", []string{"vA", "z"}).
			doubles("s", nil, 0.5).made("Mul", "l", []string{"vA", "s"}).node("Where", []string{"g", "x", "l"}).node("Einsum", []string{"x"}, stringAttr("equation", "abcd->ab")),
		newChain(1, 4).ints("s", 2).made("ConstantOfShape", "c", []string{"s"}).made("Sqrt", "q", []string{"c"}).made("ReduceL2", "r", []string{"q"}).node("Mul", []string{"x", "r"}).ints("k", 1, 0).
			node("ScatterND", []string{"x", "k", "r"}).node("Shrink", []string{"x"}, floatAttr("bias", 0.5)),
		newChain(1, 4).node("Split", []string{"x"}, intAttr("axis", 1)).node("Max", []string{"x", "v0"}).ints("i", 2, 0).node("Gather", []string{"x", "i"}, intAttr("axis", 1)).node("Softmax", []string{"x"}),
		loopOf(looped(1, 2), []string{"y", "all"}, []string{"three", "yes", "v0"}, shrinking()).node("TopK", []string{"all"}, intAttr("k", 2)),
		newChain(2, 3).doubles("h", []int64{3}, 0, 1, 2).node("Scan", []string{"h", "x"}, intAttr("num_scan_inputs", 1), bodyAttr([]string{"a", "b"}, []string{"r", "r"}, newNode("Add", "s", []string{"a", "b"}), newNode("Relu", "r", []string{"s"}))),
		newChain(1, 1, 2, 3).doubles("r", []int64{8}, 0, 0, 0, -1, 1, 1, 1, 1).ints("z", 1, 1, 3, 2).node("Resize", []string{"x", "r", "", "z"}, stringAttr("mode", "cubic"), stringAttr("coordinate_transformation_mode", "tf_crop_and_resize")),
	} {
		data, err := proto.Marshal(c.model())
		require.NoError(f, err)
		f.Add(data)
	}
	m := called(floatAttr("slope", 2))
	m.Functions = []*onnxpb.FunctionProto{leakyFunction()}
	data, err := proto.Marshal(m)
	require.NoError(f, err)
	f.Add(data)
	const limit = 1 << 14
	f.Fuzz(func(t *testing.T, data []byte) {
		n, im, err := read(data, limit)
		if err != nil {
			return
		}
		require.Equal(t, "onnx", im.Format)
		require.GreaterOrEqual(t, im.RoundedEntries(), 0)
		var b bytes.Buffer
		if Write(&b, n, false) != nil {
			return
		}
		back, _, err := Read(&b)
		require.NoError(t, err)
		if !slices.ContainsFunc(n.Layers(), func(l network.Layer) bool { return len(slices.Compact(slices.Clone(l.Pieces))) > 1 }) {
			require.Equal(t, n.Fingerprint(), back.Fingerprint())
			return
		}
		// Runs of maxima of different numbers of pieces are written as nodes of their own.
		require.Equal(t, n.Hidden(), back.Hidden())
		x := slices.Repeat([]*big.Float{big.NewFloat(1)}, n.Inputs())
		want, _ := n.ForwardExact(x)
		got, _ := back.ForwardExact(x)
		for i := range want {
			require.Zero(t, want[i].Cmp(got[i]))
		}
	})
}

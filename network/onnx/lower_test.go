// Graphs whose layers are known by hand: what is carried on, where pieces are merged, and what the
// output does not need.

package onnx

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// residual is relu(y + W·relu(V·y)) for y = relu(x).
func residual() *chain {
	return newChain(1, 2).doubles("v", []int64{2, 2}, 1, 2, 3, 4).doubles("w", []int64{2, 2}, 5, 6, 7, 8).
		node("Relu", []string{"x"}).node("MatMul", []string{"x", "v"}).node("Relu", []string{"x"}).node("MatMul", []string{"x", "w"}).
		node("Add", []string{"x", "vA"}).node("Relu", []string{"x"})
}

// The same function by hand, with units of slope 1 for what is carried on.
func TestAResidualIsTheChainByHand(t *testing.T) {
	n, im, err := residual().read(t)
	require.NoError(t, err)
	require.Empty(t, im.Notes)
	carry := []float64{0, 0, 1, 1}
	want, err := network.New([]network.Layer{
		{W: mat.NewDense(2, 2, []float64{1, 0, 0, 1}), B: make([]float64, 2), Act: network.ReLU},
		{W: mat.NewDense(4, 2, []float64{1, 3, 2, 4, 1, 0, 0, 1}), B: make([]float64, 4), Act: network.Mixed, Slopes: carry},
		{W: mat.NewDense(4, 4, []float64{5, 7, 0, 0, 6, 8, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}), B: make([]float64, 4)},
		{W: mat.NewDense(2, 4, []float64{1, 0, 1, 0, 0, 1, 0, 1}), B: make([]float64, 2), Act: network.ReLU},
	})
	require.NoError(t, err)
	require.Equal(t, want.Fingerprint(), n.Fingerprint())
	require.Equal(t, []int{2, 2, 2}, n.Hidden())
}

// Moves between an affine layer and its activation leave one layer.
func TestMovesMakeNoLayers(t *testing.T) {
	c := newChain(2, 3).small(newSource(1), "w", 3, 2).node("MatMul", []string{"x", "w"}).node("Transpose", []string{"x"}).
		doubles("b", []int64{2, 1}, 1, 2).node("Add", []string{"x", "b"}).node("Relu", []string{"x"})
	n, _, err := c.read(t)
	require.NoError(t, err)
	require.Len(t, n.Layers(), 2, outline(n)) // and one that puts the output in its order
	require.Equal(t, []int{4}, n.Hidden())
}

func TestSmoothEndsAreLeftOut(t *testing.T) {
	plain, _, err := good().read(t)
	require.NoError(t, err)
	for _, c := range []*chain{
		good().node("Softmax", []string{"x"}),
		good().node("Sigmoid", []string{"x"}).node("Identity", []string{"x"}),
		good().doubles("two", nil, 2).node("Tanh", []string{"x"}).node("Mul", []string{"x", "two"}),
		good().node("LogSoftmax", []string{"x"}).node("ArgMax", []string{"x"}),
	} {
		n, im, err := c.read(t)
		require.NoError(t, err)
		require.Equal(t, plain.Fingerprint(), n.Fingerprint())
		require.Contains(t, im.Notes[0], `which no neuron stands behind: it is left out, so a count is the same, and the network's output is "vB"`)
	}
}

func TestOutputsAndInputsAreChosen(t *testing.T) {
	m := good().model()
	m.Graph.Output = append(m.Graph.Output, valueInfo("vA", 1, 1))
	m.Graph.Input = append(m.Graph.Input, valueInfo("unused", onnxpb.TensorProto_INT8, 1))
	n, im, err := readModel(encode(t, m), testLimit, Options{Output: "vA"})
	require.NoError(t, err)
	require.Zero(t, n.Neurons())
	require.Equal(t, []string{`The graph has 2 outputs, ["vB" "vA"]; the network's is "vA".`}, im.Notes)

	n, im, err = readModel(encode(t, good().model()), testLimit, Options{Output: "vA"})
	require.NoError(t, err)
	require.Zero(t, n.Neurons())
	require.Equal(t, []string{`The network's output is "vA", a value within the graph, whose outputs are ["vB"].`}, im.Notes)

	c := good()
	c.g.Input = append(c.g.Input, valueInfo("y", onnxpb.TensorProto_FLOAT16, 3))
	n, im, err = c.node("Sub", []string{"x", "y"}).read(t)
	require.NoError(t, err)
	require.Equal(t, 5, n.Inputs())
	require.Equal(t, []string{`The inputs of the network are those of the graph, one after the other: "v0" (2), "y" (3).`}, im.Notes)
}

// An image of whole numbers that is cast first is one of real numbers.
func TestIntegersThatAreCast(t *testing.T) {
	c := newChain(1, 2)
	c.input().ElemType = ptr(int32(uint8s))
	n, im, err := c.node("Cast", []string{"x"}, intAttr("to", int64(single))).doubles("d", nil, 256).node("Div", []string{"x", "d"}).read(t)
	require.NoError(t, err)
	require.Equal(t, []string{`Input "v0" is of UINT8; the network is read as one of real numbers.`}, im.Notes)
	require.Equal(t, []float64{0.5, 1}, n.Forward([]float64{128, 256}))
	_, _, err = c.made("Identity", "also", []string{"v0"}).node("Add", []string{"x", "also"}).read(t)
	require.ErrorContains(t, err, `input "v0": elements of type UINT8`)
}

func TestHalfPrecisionAndQuantisedConstants(t *testing.T) {
	for name, c := range map[string]struct {
		elem onnxpb.TensorProto_DataType
		bits []int32
		want []float64
	}{
		"float16":  {onnxpb.TensorProto_FLOAT16, []int32{0x3c00, 0xc000, 0x0001, 0x7bff}, []float64{1, -2, 0x1p-24, 65504}},
		"bfloat16": {onnxpb.TensorProto_BFLOAT16, []int32{0x3f80, 0xc000, 0x0001, 0x3f81}, []float64{1, -2, 0x1p-133, 1.0078125}},
	} {
		p := &onnxpb.TensorProto{Dims: []int64{4}, DataType: ptr(int32(c.elem)), Int32Data: c.bits}
		require.Equal(t, c.want, decode(p).floats, name)
	}
	err := attempt(func() {
		decode(&onnxpb.TensorProto{Dims: []int64{1}, DataType: ptr(int32(onnxpb.TensorProto_FLOAT16)), RawData: []byte{0, 0x7c}})
	})
	require.ErrorContains(t, err, "element 0 is +Inf")

	g := newChain(1, 2).doubles("s", []int64{2}, 0.5, 0.25)
	g.g.Initializer = append(g.g.Initializer,
		&onnxpb.TensorProto{Name: ptr("q"), Dims: []int64{2, 2}, DataType: ptr(int32(onnxpb.TensorProto_INT8)), RawData: []byte{1, 2, 0xff, 4}},
		&onnxpb.TensorProto{Name: ptr("z"), Dims: []int64{2}, DataType: ptr(int32(onnxpb.TensorProto_INT8)), RawData: []byte{1, 0}})
	g.g.Node = append(g.g.Node, newNode("DequantizeLinear", "w", []string{"q", "s", "z"}))
	n, im, err := g.node("MatMul", []string{"x", "w"}).read(t)
	require.NoError(t, err)
	require.Empty(t, im.Rounded)
	require.Equal(t, []float64{0, -1, 0.5, 1}, n.Layers()[0].Dense().RawMatrix().Data)
}

func TestDivisionsAreRoundedOnce(t *testing.T) {
	n, im, err := newChain(1, 3).doubles("d", []int64{3}, 3, 4, -0.5).node("Div", []string{"x", "d"}).read(t)
	require.NoError(t, err)
	require.Equal(t, []network.Rounding{{What: "Div: 1/(the divisor)", Entries: 1}}, im.Rounded)
	require.Equal(t, []float64{1.0 / 3, 0, 0, 0, 0.25, 0, 0, 0, -2}, n.Layers()[0].Dense().RawMatrix().Data)
	n, im, err = newChain(1, 1, 1, 3).node("GlobalAveragePool", []string{"x"}).read(t)
	require.NoError(t, err)
	require.Equal(t, []network.Rounding{{What: "GlobalAveragePool: 1/(the number of elements)", Entries: 3}}, im.Rounded)
	require.Equal(t, []float64{1.0 / 3, 1.0 / 3, 1.0 / 3}, n.Layers()[0].Dense().RawMatrix().Data)
}

func TestConstantsAreFolded(t *testing.T) {
	c := newChain(1, 2).doubles("a", []int64{2, 2}, 1, 2, 3, 4).doubles("b", []int64{2, 1}, 1, 0x1p-60).doubles("half", nil, 0.5)
	c.g.Node = append(c.g.Node,
		newNode("Transpose", "at", []string{"a"}), newNode("MatMul", "ab", []string{"at", "b"}),
		newNode("Mul", "w", []string{"ab", "half"}), newNode("Neg", "n", []string{"half"}), newNode("Add", "zero", []string{"n", "half"}))
	n, im, err := c.node("MatMul", []string{"x", "w"}).node("Add", []string{"x", "zero"}).read(t)
	require.NoError(t, err)
	require.Equal(t, []float64{0.5, 1}, n.Layers()[0].Dense().RawMatrix().Data)
	require.Equal(t, []network.Rounding{{What: "MatMul of constants", Entries: 2}}, im.Rounded)
}

// A deep graph needs no deep stack.
func TestDeepGraphs(t *testing.T) {
	c := newChain(1, 1)
	for i := range 100000 {
		next := fmt.Sprintf("w%d", i)
		c.g.Node = append(c.g.Node, newNode("Identity", next, []string{c.value}))
		c.value = next
	}
	n, _, err := c.read(t)
	require.NoError(t, err)
	require.Equal(t, 1, n.Outputs())
}

// Writing a network as ONNX, so that what is trained here can be read
// elsewhere, and so that the reader can be held against a writer.

package onnx

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// versions are those of the file's structure and of its operators.
type versions struct{ ir, opset int64 }

// The versions that are declared are ones that every runtime of the last years reads, and what is
// written has not changed since. From operator set 16 on LeakyRelu and PRelu are defined by other
// operators, by which ONNX Runtime computes them in float64, where it has none of their own.
var (
	usual = versions{7, 13}
	leaky = versions{8, 16}
)

// Write writes n as a chain of Gemm, Relu, LeakyRelu and, for units that differ and for slopes that
// are no float32, which a LeakyRelu's is, PRelu nodes on an input of shape [batch, Inputs], in
// float32 or float64; maxima are a ReduceMax over their pieces. Reading it back gives the same
// layers. Where a value is carried beside maxima, or the outputs are maxima of different numbers of
// pieces, it gives the same function of the same neurons, in layers that may have their units in
// another order or an affine one more. A weight or a slope that is not a float32 when float32 is
// asked for is an error that names its layer. So is a layer of more than 2²⁶ entries, zeros among
// them.
func Write(w io.Writer, n *network.Network, float32Data bool) error {
	elem := onnxpb.TensorProto_DOUBLE
	if float32Data {
		elem = onnxpb.TensorProto_FLOAT
	}
	c := &writer{GraphProto: &onnxpb.GraphProto{Name: ptr("network")}, elem: elem, value: "input", versions: usual}
	c.Input = append(c.Input, valueInfo(c.value, elem, n.Inputs()))
	for i, l := range n.Layers() {
		if err := c.layer(i, l); err != nil {
			return fmt.Errorf("layer %d: %w", i, err)
		}
	}
	c.Output = append(c.Output, valueInfo(c.value, elem, n.Outputs()))
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(&onnxpb.ModelProto{
		IrVersion:    ptr(c.ir),
		ProducerName: ptr("relucell"),
		OpsetImport:  []*onnxpb.OperatorSetIdProto{{Domain: ptr(""), Version: ptr(c.opset)}},
		Graph:        c.GraphProto,
	})
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return err
	}
	return nil
}

// writer makes a graph whose nodes follow each other; the last one gives value.
type writer struct {
	*onnxpb.GraphProto
	versions
	elem  onnxpb.TensorProto_DataType
	value string
}

// layer adds the nodes of layer i.
func (c *writer) layer(i int, l network.Layer) error {
	rows, cols := l.W.Dims()
	if rows > maxEntries/cols {
		return fmt.Errorf("weights: %d × %d entries, expected at most %d: ONNX has no sparse Gemm (the canonical text, .json, has sparse rows)", rows, cols, maxEntries)
	}
	flat := make([]float64, 0, rows*cols)
	for r := range rows {
		flat = append(flat, l.W.RawRowView(r)...)
	}
	weights, bias := fmt.Sprintf("layer%d.weight", i), fmt.Sprintf("layer%d.bias", i)
	if err := c.tensor(weights, "weights", flat, int64(rows), int64(cols)); err != nil {
		return err
	}
	if err := c.tensor(bias, "bias", l.B, int64(rows)); err != nil {
		return err
	}
	c.node("Gemm", fmt.Sprintf("layer%d.affine", i), []string{weights, bias}, attribute("transB", 1))
	output := fmt.Sprintf("layer%d.output", i)
	switch l.Act {
	case network.None:
	case network.Max:
		c.maxima(i, l.Pieces)
	case network.ReLU:
		c.node("Relu", output, nil)
	case network.LeakyReLU:
		c.leak()
		if !isFloat32(l.Slope) {
			return c.slopes(i, output, "slope", l.Slope)
		}
		c.node("LeakyRelu", output, nil, &onnxpb.AttributeProto{
			Name: ptr("alpha"), Type: onnxpb.AttributeProto_FLOAT.Enum(), F: ptr(float32(l.Slope))})
	default:
		c.leak()
		return c.slopes(i, output, "slopes", l.Slopes...)
	}
	return nil
}

// leak says that a LeakyRelu or a PRelu comes.
func (c *writer) leak() {
	if c.elem == onnxpb.TensorProto_DOUBLE {
		c.versions = leaky
	}
}

// slopes adds the PRelu of layer i: of a slope for all units, or of one each.
func (c *writer) slopes(i int, output, field string, slopes ...float64) error {
	name := fmt.Sprintf("layer%d.slope", i)
	if err := c.tensor(name, field, slopes, int64(len(slopes))); err != nil {
		return err
	}
	c.node("PRelu", output, []string{name})
	return nil
}

// maxima adds the nodes of the maxima of layer i: for each run of maxima of as many pieces a
// Reshape and a ReduceMax.
func (c *writer) maxima(i int, pieces []int) {
	name := func(of string, run int) string { return fmt.Sprintf("layer%d.%s%d", i, of, run) }
	var lengths, counts []int64 // of each run: its rows, and the pieces of a maximum
	for _, k := range pieces {
		if last := len(counts) - 1; last >= 0 && counts[last] == int64(k) {
			lengths[last] += int64(k)
			continue
		}
		lengths, counts = append(lengths, int64(k)), append(counts, int64(k))
	}
	parts := []string{c.value}
	if len(counts) > 1 {
		parts = nil
		for run := range counts {
			parts = append(parts, name("part", run))
		}
		split := newNode("Split", parts[0], []string{c.value, c.integers(fmt.Sprintf("layer%d.lengths", i), lengths...)}, attribute("axis", 1))
		split.Output = slices.Clone(parts)
		c.Node = append(c.Node, split)
	}
	for run, k := range counts {
		if c.value = parts[run]; k > 1 {
			c.node("Reshape", name("pieces", run), []string{c.integers(name("shape", run), 0, lengths[run]/k, k)})
			axes := &onnxpb.AttributeProto{Name: ptr("axes"), Type: onnxpb.AttributeProto_INTS.Enum(), Ints: []int64{2}}
			c.node("ReduceMax", name("largest", run), nil, axes, attribute("keepdims", 0))
		}
		parts[run] = c.value
	}
	if len(parts) > 1 {
		c.value = fmt.Sprintf("layer%d.output", i)
		c.Node = append(c.Node, newNode("Concat", c.value, parts, attribute("axis", 1)))
	}
}

func attribute(name string, v int64) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: ptr(name), Type: onnxpb.AttributeProto_INT.Enum(), I: ptr(v)}
}

// integers adds a vector of integers, and returns its name.
func (c *writer) integers(name string, v ...int64) string {
	c.Initializer = append(c.Initializer, &onnxpb.TensorProto{Name: ptr(name), DataType: ptr(int32(onnxpb.TensorProto_INT64)), Dims: []int64{int64(len(v))}, Int64Data: v})
	return name
}

// isFloat32 says whether v is exactly a finite float32.
func isFloat32(v float64) bool {
	f := float64(float32(v))
	return f == v && !math.IsInf(f, 0)
}

// node adds a node of the value so far and further inputs.
func (c *writer) node(op, output string, inputs []string, attributes ...*onnxpb.AttributeProto) {
	c.Node = append(c.Node, newNode(op, output, append([]string{c.value}, inputs...), attributes...))
	c.value = output
}

func newNode(op, output string, inputs []string, attributes ...*onnxpb.AttributeProto) *onnxpb.NodeProto {
	return &onnxpb.NodeProto{OpType: ptr(op), Name: ptr(output), Input: inputs, Output: []string{output}, Attribute: attributes}
}

// tensor adds a tensor of raw data, little endian as ONNX says.
func (c *writer) tensor(name, field string, data []float64, dims ...int64) error {
	raw := make([]byte, 0, 8*len(data))
	for i, v := range data {
		if c.elem == onnxpb.TensorProto_DOUBLE {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
			continue
		}
		if !isFloat32(v) {
			return fmt.Errorf("%s: entry %d is %g, which is not a float32", field, i, v)
		}
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(v)))
	}
	c.Initializer = append(c.Initializer, &onnxpb.TensorProto{Name: ptr(name), DataType: ptr(int32(c.elem)), Dims: dims, RawData: raw})
	return nil
}

// valueInfo declares a value of shape [batch, width].
func valueInfo(name string, elem onnxpb.TensorProto_DataType, width int) *onnxpb.ValueInfoProto {
	shape := &onnxpb.TensorShapeProto{Dim: []*onnxpb.TensorShapeProto_Dimension{
		{Value: &onnxpb.TensorShapeProto_Dimension_DimParam{DimParam: "batch"}},
		{Value: &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: int64(width)}},
	}}
	return &onnxpb.ValueInfoProto{Name: ptr(name), Type: &onnxpb.TypeProto{Value: &onnxpb.TypeProto_TensorType{
		TensorType: &onnxpb.TypeProto_Tensor{ElemType: ptr(int32(elem)), Shape: shape}}}}
}

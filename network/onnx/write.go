// Writing a network as ONNX, so that what is trained here can be read
// elsewhere, and so that the reader can be held against a writer.

package onnx

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// The versions that are declared: IR 7 came with operator set 13, which every
// runtime of the last years reads, and Gemm, Relu, LeakyRelu and PRelu have not changed since.
const (
	irVersion = 7
	opset     = 13
)

// Write writes n as a chain of Gemm, Relu, LeakyRelu and, for units that differ, PRelu nodes on an
// input of shape [batch, Inputs], in float32 or float64. Reading it back gives the same layers. A
// weight, or a slope of a PRelu, that is not a float32 when float32 is asked for, and a slope of a
// LeakyRelu that is not one ever (ONNX has no other), is an error that names its layer.
func Write(w io.Writer, n *network.Network, float32Data bool) error {
	elem := onnxpb.TensorProto_DOUBLE
	if float32Data {
		elem = onnxpb.TensorProto_FLOAT
	}
	g := &onnxpb.GraphProto{Name: ptr("network")}
	value := "input"
	g.Input = append(g.Input, valueInfo(value, elem, n.Inputs()))
	for i, l := range n.Layers() {
		rows, cols := l.W.Dims()
		flat := make([]float64, 0, rows*cols)
		for r := 0; r < rows; r++ {
			flat = append(flat, l.W.RawRowView(r)...)
		}
		weights, bias := fmt.Sprintf("layer%d.weight", i), fmt.Sprintf("layer%d.bias", i)
		for _, t := range []struct {
			name, field string
			data        []float64
			dims        []int64
		}{{weights, "weights", flat, []int64{int64(rows), int64(cols)}}, {bias, "bias", l.B, []int64{int64(rows)}}} {
			p, err := newTensor(t.name, elem, t.data, t.dims)
			if err != nil {
				return fmt.Errorf("onnx: layer %d: %s: %w", i, t.field, err)
			}
			g.Initializer = append(g.Initializer, p)
		}
		next := fmt.Sprintf("layer%d.affine", i)
		g.Node = append(g.Node, newNode("Gemm", next, []string{value, weights, bias}, &onnxpb.AttributeProto{
			Name: ptr("transB"), Type: onnxpb.AttributeProto_INT.Enum(), I: ptr(int64(1))}))
		value = next
		if l.Act == network.None {
			continue
		}
		next = fmt.Sprintf("layer%d.output", i)
		switch l.Act {
		case network.ReLU:
			g.Node = append(g.Node, newNode("Relu", next, []string{value}))
		case network.LeakyReLU:
			if !isFloat32(l.Slope) {
				return fmt.Errorf("onnx: layer %d: slope: %g is not a float32, the only kind that ONNX has", i, l.Slope)
			}
			g.Node = append(g.Node, newNode("LeakyRelu", next, []string{value}, &onnxpb.AttributeProto{
				Name: ptr("alpha"), Type: onnxpb.AttributeProto_FLOAT.Enum(), F: ptr(float32(l.Slope))}))
		default:
			slopes := fmt.Sprintf("layer%d.slope", i)
			p, err := newTensor(slopes, elem, l.Slopes, []int64{int64(rows)})
			if err != nil {
				return fmt.Errorf("onnx: layer %d: slopes: %w", i, err)
			}
			g.Initializer = append(g.Initializer, p)
			g.Node = append(g.Node, newNode("PRelu", next, []string{value, slopes}))
		}
		value = next
	}
	g.Output = append(g.Output, valueInfo(value, elem, n.Outputs()))
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(&onnxpb.ModelProto{
		IrVersion:    ptr(int64(irVersion)),
		ProducerName: ptr("relucell"),
		OpsetImport:  []*onnxpb.OperatorSetIdProto{{Domain: ptr(""), Version: ptr(int64(opset))}},
		Graph:        g,
	})
	if err != nil {
		return fmt.Errorf("onnx: %w", err)
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("onnx: %w", err)
	}
	return nil
}

// isFloat32 says whether v is exactly a finite float32.
func isFloat32(v float64) bool {
	f := float64(float32(v))
	return f == v && !math.IsInf(f, 0)
}

func newNode(op, output string, inputs []string, attributes ...*onnxpb.AttributeProto) *onnxpb.NodeProto {
	return &onnxpb.NodeProto{OpType: ptr(op), Name: ptr(output), Input: inputs, Output: []string{output}, Attribute: attributes}
}

// newTensor returns a tensor of raw data, little endian as ONNX says.
func newTensor(name string, elem onnxpb.TensorProto_DataType, data []float64, dims []int64) (*onnxpb.TensorProto, error) {
	raw := make([]byte, 0, 8*len(data))
	for i, v := range data {
		if elem == onnxpb.TensorProto_DOUBLE {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
			continue
		}
		if !isFloat32(v) {
			return nil, fmt.Errorf("entry %d is %g, which is not a float32", i, v)
		}
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(v)))
	}
	return &onnxpb.TensorProto{Name: ptr(name), DataType: ptr(int32(elem)), Dims: dims, RawData: raw}, nil
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

// Functions of a model and branches of a graph, against the graph that they stand for.

package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

func refAttr(name, of string) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_FLOAT.Enum(), RefAttrName: &of}
}

func graphAttr(name string, g *onnxpb.GraphProto) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_GRAPH.Enum(), G: g}
}

// leakyFunction is y = leaky(x)·w for a slope that is an attribute; as PyTorch's functions do, it
// asks for the rank of x, and transposes w where that is 2.
func leakyFunction(slope ...*onnxpb.AttributeProto) *onnxpb.FunctionProto {
	f := &onnxpb.FunctionProto{Name: ptr("leaky_mm"), Domain: ptr("my.lib"), Input: []string{"x", "w"}, Output: []string{"y"}, Attribute: []string{"slope"},
		OpsetImport: []*onnxpb.OperatorSetIdProto{{Version: ptr(usual.opset)}}}
	two := &onnxpb.AttributeProto{Name: ptr("value_int"), Type: onnxpb.AttributeProto_INT.Enum(), I: ptr(int64(2))}
	f.Node = []*onnxpb.NodeProto{
		newNode("LeakyRelu", "a", []string{"x"}, refAttr("alpha", "slope")),
		newNode("Shape", "s", []string{"x"}), newNode("Size", "r", []string{"s"}), newNode("Constant", "two", nil, two),
		newNode("Equal", "is", []string{"r", "two"}),
		newNode("If", "t", []string{"is"},
			graphAttr("then_branch", &onnxpb.GraphProto{Node: []*onnxpb.NodeProto{newNode("Transpose", "v", []string{"w"})}, Output: []*onnxpb.ValueInfoProto{{Name: ptr("v")}}}),
			graphAttr("else_branch", &onnxpb.GraphProto{Node: []*onnxpb.NodeProto{newNode("Tanh", "v2", []string{"w"})}, Output: []*onnxpb.ValueInfoProto{{Name: ptr("v2")}}})),
		newNode("MatMul", "y", []string{"a", "t"}),
	}
	for _, a := range slope {
		data, _ := proto.Marshal(a)
		f.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 11, protowire.BytesType), data))
	}
	return f
}

// called is a chain of two calls of the function.
func called(attributes ...*onnxpb.AttributeProto) *onnxpb.ModelProto {
	c := newChain(1, 2).doubles("u", []int64{3, 2}, 1, 2, 3, 4, 5, 6).doubles("w", []int64{1, 3}, 1, -1, 2)
	for _, w := range []string{"u", "w"} {
		c.node("leaky_mm", []string{"x", w}, attributes...)
		c.g.Node[len(c.g.Node)-1].Domain = ptr("my.lib")
	}
	return c.model()
}

func TestFunctionsAreInlined(t *testing.T) {
	plain := newChain(1, 2).doubles("u", []int64{3, 2}, 1, 2, 3, 4, 5, 6).doubles("w", []int64{1, 3}, 1, -1, 2)
	for _, w := range []string{"u", "w"} {
		plain.node("LeakyRelu", []string{"x"}, floatAttr("alpha", 0.25)).node("Gemm", []string{"x", w}, intAttr("transB", 1))
	}
	want, _, err := plain.read(t)
	require.NoError(t, err)
	for name, m := range map[string]*onnxpb.ModelProto{"given": called(floatAttr("slope", 0.25)), "default": called()} {
		m.Functions = append(m.Functions, leakyFunction(floatAttr("slope", 0.25)))
		n, _, err := read(encode(t, m), testLimit)
		require.NoError(t, err, name)
		require.Equal(t, want.Fingerprint(), n.Fingerprint(), name)
	}
}

func TestFunctionsThatAreNotRead(t *testing.T) {
	for want, spoil := range map[string]func(m *onnxpb.ModelProto, f *onnxpb.FunctionProto){
		`function "my.lib.leaky_mm": given twice`:  func(m *onnxpb.ModelProto, f *onnxpb.FunctionProto) { m.Functions = append(m.Functions, f) },
		`version 12 of ONNX's operators, expected`: func(_ *onnxpb.ModelProto, f *onnxpb.FunctionProto) { f.OpsetImport[0].Version = ptr(int64(12)) },
		"to a depth of more than 64": func(_ *onnxpb.ModelProto, f *onnxpb.FunctionProto) {
			f.Node[0] = newNode("leaky_mm", "a", []string{"x", "w"})
			f.Node[0].Domain = f.Domain
		},
		"3 inputs and 1 outputs, but the function has 2 and 1": func(m *onnxpb.ModelProto, _ *onnxpb.FunctionProto) {
			m.Graph.Node[0].Input = append(m.Graph.Node[0].Input, "u")
		},
		`output "x" is an input of the function`: func(_ *onnxpb.ModelProto, f *onnxpb.FunctionProto) { f.Output[0] = "x" },
		"(If): else_branch: node 0 \"v2\" (Tanh)": func(_ *onnxpb.ModelProto, f *onnxpb.FunctionProto) {
			f.Node[3].Attribute[0].I = ptr(int64(3))
			f.Node[5].Attribute[1].G.Node[0].Input[0] = "a"
		},
		"a branch that depends on the network's input": func(_ *onnxpb.ModelProto, f *onnxpb.FunctionProto) { f.Node[5].Input[0] = "a" },
		`attribute "alpha" refers to one of a function`: func(m *onnxpb.ModelProto, f *onnxpb.FunctionProto) {
			m.Graph.Node[0] = newNode("LeakyRelu", "vA", []string{"v0"}, refAttr("alpha", "slope"))
		},
		`attribute_proto: not an attribute`: func(_ *onnxpb.ModelProto, f *onnxpb.FunctionProto) {
			f.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 11, protowire.BytesType), []byte{0xff}))
		},
	} {
		m, f := called(), leakyFunction()
		m.Functions = []*onnxpb.FunctionProto{f}
		spoil(m, f)
		_, _, err := read(encode(t, m), testLimit)
		require.ErrorContains(t, err, want)
	}
}

// Files that once were read as something else than they say: each is refused, or read as it means.

package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// refused is a chain that must not be read in an operator set, and why.
type refused struct {
	c     *chain
	opset int64
	want  string
}

func (r refused) check(t *testing.T) {
	_, err := r.c.readIn(t, r.opset)
	require.ErrorContains(t, err, r.want)
}

func TestResizeOfTheRegionInsteadOfTheScales(t *testing.T) {
	image := func() *chain { return newChain(1, 1, 1, 4).doubles("s", []int64{4}, 1, 1, 1, 2) }
	half := func() *chain { return newChain(1, 1, 1, 4).doubles("s", []int64{4}, 1, 1, 1, 0.5) }
	for name, r := range map[string]refused{
		// From operator set 11 on input 1 is the region.
		"a region alone":           {image().node("Resize", []string{"x", "s"}), 13, "input 2 (scales): missing"},
		"scales and sizes":         {image().ints("z", 1, 1, 1, 8).node("Resize", []string{"x", "", "s", "z"}), 13, "expected one of them"},
		"an input of later sets":   {image().node("Resize", []string{"x", "", "s"}), 10, "more inputs than its operator set has"},
		"fewer elements, opset 10": {half().node("Resize", []string{"x", "s"}), 10, "supported are those of at least 1"},
		"fewer elements, Upsample": {half().node("Upsample", []string{"x", "s"}), 9, "supported are those of at least 1"},
		// A size beyond what is supported was taken as the largest one that is.
		"a huge size":  {newChain(1, 1, 1, 1).ints("z", 1, 1, 1, 1<<27).node("Resize", []string{"x", "", "", "z"}), 13, "gets 1.34217728e+08 elements, expected 1 to 67108864"},
		"a huge scale": {newChain(1, 1, 1, 1).doubles("s", []int64{4}, 1, 1, 1, 1<<27).node("Resize", []string{"x", "", "s"}), 13, "expected 1 to 67108864"},
	} {
		t.Run(name, r.check)
	}
	twice := []float64{1, 1, 2, 2, 3, 3, 4, 4}
	byHand{image().node("Resize", []string{"x", "s"}), 10, []float64{1, 2, 3, 4}, twice}.check(t)
	byHand{image().node("Upsample", []string{"x", "s"}), 9, []float64{1, 2, 3, 4}, twice}.check(t)
}

// inDomain sets the domain of the last node.
func (c *chain) inDomain(domain string) *chain {
	c.g.Node[len(c.g.Node)-1].Domain = &domain
	return c
}

func TestAForeignSoftmaxWasAnEnd(t *testing.T) {
	for _, op := range []string{"Softmax", "Exp", "ZipMap"} {
		refused{good().node(op, []string{"x"}).inDomain("my.ops"), 0, op + " of domain my.ops is not supported"}.check(t)
	}
	refused{good().node("Softmax", []string{"x"}).node("Gather", []string{"x"}).inDomain("my.ops"), 0, "Gather of domain my.ops is not supported"}.check(t)
	for _, op := range []string{"ZipMap", "Normalizer"} {
		_, err := good().node(op, []string{"x"}).inDomain("ai.onnx.ml").readIn(t, 0)
		require.NoError(t, err)
	}
}

func TestModelsThatLeaveOperatorsOpen(t *testing.T) {
	version := func(domain string, v int64) *onnxpb.OperatorSetIdProto {
		return &onnxpb.OperatorSetIdProto{Domain: &domain, Version: &v}
	}
	for want, spoil := range map[string]func(m *onnxpb.ModelProto){
		"versions [13 6] of ONNX's operators, expected one, or all to mean the same; of version 6: node 2 \"y\" (Dropout)": func(m *onnxpb.ModelProto) {
			m.OpsetImport = append(m.OpsetImport, version("ai.onnx", 6))
			m.Graph.Node = append(m.Graph.Node, newNode("Dropout", "y", []string{"vB"}))
			m.Graph.Output[0].Name = ptr("y")
		},
		"versions [0] of ONNX's operators":     func(m *onnxpb.ModelProto) { m.OpsetImport[0].Version = ptr(int64(0)) },
		"names no version of ONNX's operators": func(m *onnxpb.ModelProto) { m.OpsetImport[0].Domain = ptr("my.ops") },
		`function "Relu": the model defines it anew`: func(m *onnxpb.ModelProto) {
			m.Functions = []*onnxpb.FunctionProto{{Name: ptr("Relu"), Domain: ptr("ai.onnx")}}
		},
		`function "ai.onnx.ml.Scaler": the model`: func(m *onnxpb.ModelProto) {
			m.Functions = []*onnxpb.FunctionProto{{Name: ptr("Scaler"), Domain: ptr("ai.onnx.ml")}}
		},
		`input "v0": given twice`: func(m *onnxpb.ModelProto) { m.Graph.Input = append(m.Graph.Input, m.Graph.Input[0]) },
	} {
		m := good().model()
		spoil(m)
		_, _, err := read(encode(t, m), testLimit)
		require.ErrorContains(t, err, want)
	}
	m := good().model()
	m.OpsetImport = append(m.OpsetImport, version("ai.onnx", 9))
	_, im, err := read(encode(t, m), testLimit)
	require.NoError(t, err)
	require.Equal(t, []string{"The model names versions [13 9] of ONNX's operators, which here mean the same."}, im.Remarks)
	m = good().model()
	m.OpsetImport = append(m.OpsetImport, version("ai.onnx.ml", 3), version("ai.onnx", usual.opset))
	m.Functions = []*onnxpb.FunctionProto{{Name: ptr("Relu"), Domain: ptr("my.ops")}}
	_, _, err = read(encode(t, m), testLimit)
	require.NoError(t, err)
}

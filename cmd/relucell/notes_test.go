package main

// What a user must know to read a number about a network aright is said by every command that reads
// it.

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// batchOfTwo writes one ReLU as an ONNX model with a fixed batch of 2.
func batchOfTwo(t *testing.T) string {
	t.Helper()
	dim := func(v int64) *onnxpb.TensorShapeProto_Dimension {
		return &onnxpb.TensorShapeProto_Dimension{Value: &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: v}}
	}
	model := &onnxpb.ModelProto{
		IrVersion:   proto.Int64(8),
		OpsetImport: []*onnxpb.OperatorSetIdProto{{Version: proto.Int64(13)}},
		Graph: &onnxpb.GraphProto{
			Input: []*onnxpb.ValueInfoProto{{Name: proto.String("x"), Type: &onnxpb.TypeProto{Value: &onnxpb.TypeProto_TensorType{TensorType: &onnxpb.TypeProto_Tensor{
				ElemType: proto.Int32(int32(onnxpb.TensorProto_FLOAT)),
				Shape:    &onnxpb.TensorShapeProto{Dim: []*onnxpb.TensorShapeProto_Dimension{dim(2), dim(1)}},
			}}}}},
			Node:   []*onnxpb.NodeProto{{OpType: proto.String("Relu"), Input: []string{"x"}, Output: []string{"y"}}},
			Output: []*onnxpb.ValueInfoProto{{Name: proto.String("y")}},
		},
	}
	raw, err := proto.Marshal(model)
	require.NoError(t, err)
	return writeBytes(t, "batch.onnx", raw)
}

func TestNotesOfImportAreSaidByEveryCommand(t *testing.T) {
	net, dir := batchOfTwo(t), t.TempDir()
	const note = `Input "x" has a fixed batch of 2: the network is a product of 2 copies, one for each row, and a count is that of the product, not of one copy (which an export with a batch of 1 is).`
	box := "--box=-1:1"
	proof := filepath.Join(dir, "proof")
	inJSON := func(key, text string) string {
		raw, err := json.Marshal(text)
		require.NoError(t, err)
		return `"` + key + `":[` + string(raw) + `]`
	}
	for _, c := range []struct {
		args []string
		json string
	}{
		{[]string{"count", net, box, "--proof", proof}, ""},
		{[]string{"count", net, box, "--format", "json"}, inJSON("notes", note)},
		{[]string{"count", net, "--center", "0", "--radii", "1,2", "--format", "json"}, inJSON("notes", note)},
		{[]string{"count", net, "--center", "0", "--radii", "1,2", "--format", "csv"}, ""},
		{[]string{"bound", net, box}, ""},
		{[]string{"bound", net, box, "--format", "json"}, inJSON("notes", note)},
		{[]string{"list", net, box}, ""},
		{[]string{"check", net, proof}, ""},
		{[]string{"check", net, proof, "--format", "json"}, inJSON("notes", note)},
		{[]string{"convert", net, "-o", "-"}, ""},
		{[]string{"slice", net, "--origin", "0", "--inputs", "0", "-o", "-"}, ""},
		{[]string{"plot", net, box, "-o", filepath.Join(dir, "map.svg")}, ""},
		{[]string{"crosscheck", net, "--cases", "1", "--format", "json"}, inJSON("notes", "batch.onnx: "+note)},
	} {
		out, errs, code := relucell(t, append(c.args, "--batch", "2")...)
		require.Zero(t, code, "%v: %s", c.args, errs)
		require.Equal(t, "relucell: "+net+": note: "+note+"\n", errs, c.args)
		require.Contains(t, out, c.json, c.args)
	}
	require.Contains(t, succeed(t, "info", net, "--batch", "2"), "Note      "+note+"\n")
	require.Contains(t, succeed(t, "info", net, "--format", "json", "--batch", "2"), inJSON("notes", note))
	_, errs, code := relucell(t, "count", net, box, "--verbose")
	require.Zero(t, code)
	require.Equal(t, 1, strings.Count(errs, "fixed batch"), "said once")
	require.NotContains(t, succeed(t, "count", data+"two_moons_2-16-16-1.onnx", box, "--format", "json"), "notes")
}

// Only info said so.
func TestAFixedBatchIsSaidByCount(t *testing.T) {
	net := filepath.Join("..", "..", "..", "shared", "cases", "mlp_batch4.onnx")
	if _, err := os.Stat(net); err != nil {
		t.Skipf("no file %s beside the project", net)
	}
	out, errs, code := relucell(t, "count", net, "--box=-1:1", "--limit", "10", "--batch", "4")
	require.Contains(t, []int{exitDone, exitStopped}, code, errs)
	require.Contains(t, errs, `note: Input "x" has a fixed batch of 4: the network is a product of 4 copies`)
	require.Contains(t, out, "Regions")
	out, errs, code = relucell(t, "count", net, "--box=-1:1")
	require.Equal(t, exitDone, code, errs)
	require.Contains(t, errs, `whose rows do not mix: the network is that of one row`)
	require.Contains(t, out, "2-8-1")
}

// Reading the graph: a chain of nodes from one input to one output, walked once
// with the name of the running value (the tip) and the constants known so far.

package onnx

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// MaxFileBytes is the largest file that is read: protocol buffers hold less than
// 2 GiB, and a larger dense network than half of that could not be counted anyway.
const MaxFileBytes = 1 << 30

// maxEntries bounds the weights of the dense layers that a file is expanded to
// (a convolution is a sparse matrix, an element-wise node a diagonal one): 2²⁶
// float64 are 512 MiB. It also bounds the elements of any tensor's shape.
const maxEntries = 1 << 26

// Read reads an ONNX model. The graph must be a chain of the operators that the
// package documentation lists; errors name the node, its operator and what was expected.
func Read(r io.Reader) (*network.Network, *network.Import, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("onnx: %w", err)
	}
	if len(data) > MaxFileBytes {
		return nil, nil, fmt.Errorf("onnx: more than %d bytes, expected at most that many", MaxFileBytes)
	}
	return read(data, maxEntries)
}

func read(data []byte, limit int) (*network.Network, *network.Import, error) {
	var model onnxpb.ModelProto
	if err := proto.Unmarshal(data, &model); err != nil {
		return nil, nil, fmt.Errorf("onnx: not an ONNX model, or a truncated one: %w", err)
	}
	g := model.GetGraph()
	if g == nil {
		return nil, nil, errors.New("onnx: the model has no graph (an empty file, or not an ONNX model)")
	}
	// The specification asks for it, and exporters write it last: a file cut just before it is
	// well-formed otherwise.
	if len(model.OpsetImport) == 0 {
		return nil, nil, errors.New("onnx: the model has no opset_import (a truncated file?)")
	}
	n, im, err := readGraph(g, opsetOf(&model), limit)
	if err != nil {
		return nil, nil, fmt.Errorf("onnx: %w", err)
	}
	return n, im, nil
}

// opsetOf returns the version of ONNX's own operators that the model is written in, 0 if it names
// none.
func opsetOf(m *onnxpb.ModelProto) int64 {
	for _, o := range m.OpsetImport {
		if d := o.GetDomain(); d == "" || d == "ai.onnx" {
			return o.GetVersion()
		}
	}
	return 0
}

// reader is the state of the walk along the chain.
type reader struct {
	*builder
	// opset is the version of the operators.
	opset int64
	// tip names the running value, shape is its shape, an unknown batch being 1.
	tip   string
	shape []int
	// consts are the constants known so far, spent the values that are no longer the tip,
	// with what read them.
	consts map[string]*constant
	spent  map[string]string
}

// constant is a tensor, decoded when it is first read.
type constant struct {
	proto *onnxpb.TensorProto
	value *tensor
}

func readGraph(g *onnxpb.GraphProto, opset int64, limit int) (*network.Network, *network.Import, error) {
	rd := &reader{opset: opset, consts: map[string]*constant{}, spent: map[string]string{}}
	if len(g.SparseInitializer) > 0 {
		return nil, nil, errors.New("the graph has sparse initializers, supported are dense ones")
	}
	for _, t := range g.Initializer {
		if rd.consts[t.GetName()] != nil {
			return nil, nil, fmt.Errorf("initializer %q: given twice", t.GetName())
		}
		rd.consts[t.GetName()] = &constant{proto: t}
	}
	im := &network.Import{Format: "onnx"}
	if err := rd.readInput(g); err != nil {
		return nil, nil, err
	}
	input, batch := rd.tip, 1
	if len(rd.shape) > 1 {
		batch = rd.shape[0]
	}
	rd.builder = newBuilder(size(rd.shape), limit, im)
	for i, n := range g.Node {
		if err := rd.node(n); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", describe(i, n), err)
		}
	}
	if len(g.Output) != 1 {
		return nil, nil, fmt.Errorf("the graph has %d outputs, supported is a chain with exactly one", len(g.Output))
	}
	if out := g.Output[0].GetName(); out != rd.tip {
		return nil, nil, fmt.Errorf("output %q: it is not what the last node of the chain computes (%q), supported is a chain from the input to the output", out, rd.tip)
	}
	net, err := rd.finish()
	if err != nil {
		return nil, nil, err
	}
	im.Precision = rd.precision()
	if batch > 1 {
		im.Note(batchNote(net, input, batch))
	}
	return net, im, nil
}

// readInput finds the one input that is not an initializer, and its shape.
func (rd *reader) readInput(g *onnxpb.GraphProto) error {
	var in *onnxpb.ValueInfoProto
	for _, v := range g.Input {
		if rd.consts[v.GetName()] != nil {
			continue // before IR version 4 initializers were listed as inputs
		}
		if in != nil {
			return fmt.Errorf("inputs %q and %q: the graph has several, supported is a chain with exactly one", in.GetName(), v.GetName())
		}
		in = v
	}
	if in == nil {
		return errors.New("the graph has no input, supported is a chain with exactly one")
	}
	rd.tip = in.GetName()
	t := in.GetType().GetTensorType()
	switch e := onnxpb.TensorProto_DataType(t.GetElemType()); {
	case t == nil:
		return fmt.Errorf("input %q: it has no tensor type, expected a float32 or float64 tensor", rd.tip)
	case e != onnxpb.TensorProto_FLOAT && e != onnxpb.TensorProto_DOUBLE:
		return fmt.Errorf("input %q: elements of type %v, supported are FLOAT and DOUBLE", rd.tip, e)
	case t.GetShape() == nil:
		return fmt.Errorf("input %q: it has no shape", rd.tip)
	}
	dims := t.GetShape().GetDim()
	for i, d := range dims {
		v := d.GetDimValue()
		if v <= 0 {
			if i > 0 || len(dims) < 2 {
				return fmt.Errorf("input %q: dimension %d has no fixed size, supported only for a first dimension, the batch, before others", rd.tip, i)
			}
			v = 1
		}
		if v > maxEntries {
			return fmt.Errorf("input %q: dimension %d is %d, expected at most %d", rd.tip, i, v, maxEntries)
		}
		rd.shape = append(rd.shape, int(v))
	}
	if size(rd.shape) > maxEntries {
		return fmt.Errorf("input %q: shape %v has more than %d elements", rd.tip, rd.shape, maxEntries)
	}
	return nil
}

// precision says how the float tensors that were read are held.
func (rd *reader) precision() string {
	has := map[onnxpb.TensorProto_DataType]bool{}
	for _, c := range rd.consts {
		if c.value != nil && c.value.ints == nil {
			has[c.value.elem] = true
		}
	}
	switch {
	case has[onnxpb.TensorProto_FLOAT] && has[onnxpb.TensorProto_DOUBLE]:
		return "float32 and float64"
	case has[onnxpb.TensorProto_DOUBLE]:
		return "float64"
	}
	return "float32"
}

// describe names a node in an error.
func describe(i int, n *onnxpb.NodeProto) string {
	if n.GetName() == "" {
		return fmt.Sprintf("node %d (%s)", i, n.GetOpType())
	}
	return fmt.Sprintf("node %d %q (%s)", i, n.GetName(), n.GetOpType())
}

// supported lists the operators for error messages.
func supported() string {
	names := make([]string, 0, len(operators))
	for name := range operators {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

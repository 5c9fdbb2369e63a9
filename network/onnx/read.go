// Reading the graph: the nodes that the output needs, walked once in an order in which each comes
// after those it reads, with the values known so far.

package onnx

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"weak"

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

// Options says how to read a model. The zero value is the default.
type Options struct {
	// Output names the output of the graph, or the value within it, that is the network's; empty is
	// the first output.
	Output string
	// Folder is where a model's external data lies; empty refuses such a model.
	Folder string
	// Batch is the number of rows of a fixed batch that the network is for, where they do not mix:
	// 0 and 1 are one of them, anything else must be all, as AllRows is whatever their number.
	Batch int
	// Steps is the number of steps of a recurrent network, which a dimension of its input that has
	// no fixed size then is; one of a fixed size must be that. 0 asks for none.
	Steps int
}

// AllRows stands for the number of rows of a batch.
const AllRows = -1

// Read reads an ONNX model by the default options: see ReadWith.
func Read(r io.Reader) (*network.Network, *network.Import, error) { return ReadWith(r, Options{}) }

// ReadWith reads an ONNX model. The graph must be one of the operators that the package
// documentation lists; errors name the node, its operator and what was expected.
func ReadWith(r io.Reader, opt Options) (*network.Network, *network.Import, error) {
	data, err := network.ReadAll(r, MaxFileBytes)
	if err != nil {
		return nil, nil, err
	}
	return readModel(data, maxEntries, opt)
}

func readModel(data []byte, limit int, opt Options) (n *network.Network, im *network.Import, err error) {
	err = attempt(func() { n, im = readVersions(modelOf(data), limit, opt) })
	return n, im, err
}

func modelOf(data []byte) *onnxpb.ModelProto {
	var model onnxpb.ModelProto
	if err := proto.Unmarshal(data, &model); err != nil {
		panic(refusalf("not an ONNX model, or a truncated one: %w", err))
	}
	if model.GetGraph() == nil {
		panic(refusalf("the model has no graph (an empty file, or not an ONNX model)"))
	}
	// The specification asks for it, and exporters write it last: a file cut just before it is
	// well-formed otherwise.
	if len(model.OpsetImport) == 0 {
		panic(refusalf("the model has no opset_import (a truncated file?)"))
	}
	return &model
}

// readVersions reads a model by the version of the operators that it names. Where it names several,
// as some programs write, all must mean the same network.
func readVersions(m *onnxpb.ModelProto, limit int, opt Options) (n *network.Network, im *network.Import) {
	versions := opsetsOf(m)
	for i, v := range versions {
		g, before := inlined(m, v), n
		if len(versions) == 1 {
			return readSteps(g, v, limit, opt)
		}
		saying(func() {
			if n, im = readSteps(g, v, limit, opt); i > 0 && n.Fingerprint() != before.Fingerprint() {
				panic(refusalf("another network than of the others"))
			}
		}, "opset_import: versions %d of ONNX's operators, expected one, or all to mean the same; of version %d", versions, v)
	}
	im.Remark(fmt.Sprintf("The model names versions %d of ONNX's operators, which here mean the same.", versions))
	return n, im
}

// opsetsOf returns the versions of ONNX's own operators that the model names, 0 if it names none. A
// model that leaves open what an operator means is an error.
func opsetsOf(m *onnxpb.ModelProto) []int64 {
	var versions []int64
	for _, o := range m.OpsetImport {
		if !isONNX(o.GetDomain()) || slices.Contains(versions, o.GetVersion()) {
			continue
		}
		if versions = append(versions, o.GetVersion()); o.GetVersion() < 1 || len(versions) > maxVersions {
			panic(refusalf("opset_import: versions %d of ONNX's operators, expected one of at least 1", versions))
		}
	}
	for _, f := range m.Functions {
		n := &onnxpb.NodeProto{OpType: f.Name, Domain: f.Domain}
		if _, ok := operatorOf(n); ok || isONNX(f.GetDomain()) {
			panic(refusalf("function %q: the model defines it anew, supported is the operator of that name", operatorName(n)))
		}
	}
	if versions == nil {
		versions = []int64{0}
	}
	return versions
}

// maxVersions bounds how often a model is read: each version that it names is one more time.
const maxVersions = 4

// reader is the state of the walk through the graph.
type reader struct {
	*builder
	// opset is the version of the operators.
	opset int64
	// shape is that of the running value, an unknown batch being 1.
	shape []int
	// loops counts those that were unrolled, for names, and unrolled the nodes that they became.
	loops, unrolled int
	timeline
	tensors
}

// timeline says how long recurrent parts run: free is the dimension without a fixed size that is so
// many steps, −1 for none; ran is the number of steps of the last RNN.
type timeline struct{ free, steps, ran int }

// tensors are what names of the graph stand for: consts are the initializers, values what nodes
// have computed.
type tensors struct {
	outside outside
	consts  map[string]*constant
	values  map[string]value
}

// constant is a tensor, decoded when it is read. A large network is not to be there twice: what was
// decoded stays while somebody has it, or nobody needs its memory.
type constant struct {
	proto *onnxpb.TensorProto
	kept  weak.Pointer[tensor]
	elem  onnxpb.TensorProto_DataType // UNDEFINED before it is first read
}

// readSteps reads a graph for so many steps of its recurrent part. Which of the dimensions without
// a fixed size they are is seen when it is read: another is a batch.
func readSteps(g *onnxpb.GraphProto, opset int64, limit int, opt Options) (*network.Network, *network.Import) {
	const none, most = -1, 2 // dimensions before the inputs of a step
	if opt.Steps == 0 {
		n, im, _ := readGraph(g, opset, limit, opt, none)
		return n, im
	}
	candidates := []int{}
	for d := range most {
		if slices.ContainsFunc(g.Input, func(in *onnxpb.ValueInfoProto) bool { return isFree(in, d) }) {
			candidates = append(candidates, d)
		}
	}
	if len(candidates) == 0 {
		candidates = []int{none}
	}
	var failed error
	for _, d := range candidates {
		var n *network.Network
		var im *network.Import
		err := attempt(func() {
			ran := 0
			switch n, im, ran = readGraph(g, opset, limit, opt, d); ran {
			case opt.Steps:
			case 0:
				panic(refusalf("steps: the graph has no operator RNN, expected one"))
			default:
				panic(refusalf("steps: the RNN runs over %d, expected that number, or a model exported with a free one (dynamic_axes)", ran))
			}
		})
		if err == nil {
			return n, im
		}
		failed = cmp.Or(failed, err)
	}
	panic(refusal{failed})
}

// isFree says whether dimension d of an input has no fixed size.
func isFree(in *onnxpb.ValueInfoProto, d int) bool {
	dims := in.GetType().GetTensorType().GetShape().GetDim()
	return d < len(dims) && dims[d].GetDimValue() <= 0
}

// readGraph reads a graph in which dimension free, if it is one, is opt.Steps. It returns the steps
// of the last RNN too.
func readGraph(g *onnxpb.GraphProto, opset int64, limit int, opt Options, free int) (*network.Network, *network.Import, int) {
	im := &network.Import{Format: "onnx"}
	rd := &reader{opset: opset, timeline: timeline{free: free, steps: opt.Steps}, tensors: tensors{outside{opt.Folder, MaxFileBytes}, map[string]*constant{}, map[string]value{}}}
	net := rd.read(g, limit, opt, im)
	return net, im, rd.ran
}

func (rd *reader) read(g *onnxpb.GraphProto, limit int, opt Options, im *network.Import) *network.Network {
	if len(g.SparseInitializer) > 0 {
		panic(refusalf("the graph has sparse initializers, supported are dense ones"))
	}
	rd.initial(g)
	p := newPlan(g, opt.Output, rd.consts, im)
	rd.readInputs(p.inputs, p.castInputs(im), limit, im)
	for _, i := range p.order {
		if err := attempt(func() { rd.node(g.Node[i]) }); err != nil {
			panic(refusalf("%s: %w", describe(i, g.Node[i]), rd.ofBatch(p.inputs, err)))
		}
	}
	out, ok := rd.values[p.output]
	if !ok {
		panic(refusalf("output %q: its node does not compute it here, expected another of its outputs (--output)", p.output))
	}
	if out.constant != nil || out.empty || out.list != nil {
		panic(refusalf("output %q: it does not depend on an input of the network", p.output))
	}
	if out.test != isNumber {
		panic(refusalf("output %q: it is a truth value, which jumps: the network is not piecewise linear", p.output))
	}
	rd.enter(&out)
	var net *network.Network
	saying(func() { net = rd.finish() }, "output %q", p.output)
	im.Precision = precision(rd.consts, rd.values)
	return oneOfBatch(rd, net, p.inputs, opt.Batch)
}

// readInputs makes the inputs of the network, one after the other; whole are those that may be
// integers.
func (rd *reader) readInputs(inputs []*onnxpb.ValueInfoProto, whole []string, limit int, im *network.Import) {
	total, words := 0, []string{}
	shapes := make([][]int, len(inputs))
	for i, in := range inputs {
		shape := rd.inputShape(in, slices.Contains(whole, in.GetName()))
		shapes[i] = shape
		words = append(words, fmt.Sprintf("%q (%d)", in.GetName(), size(shape)))
		if total += size(shape); total > maxEntries {
			panic(refusalf("input %q: the inputs have more than %d elements", in.GetName(), maxEntries))
		}
	}
	if len(inputs) > 0 && total > limit {
		panic(refusalf("input %q: %d elements, which makes more than %d weights in any layer", inputs[0].GetName(), total, limit))
	}
	rd.builder = newBuilder(max(1, total), limit, im)
	at := 0
	for i, in := range inputs {
		end := at + size(shapes[i])
		rd.values[in.GetName()] = value{shape: shapes[i], refs: rd.refs[at:end:end]}
		at = end
	}
	if len(inputs) > 1 {
		im.Note("The inputs of the network are those of the graph, one after the other: " + strings.Join(words, ", ") + ".")
	}
}

// inputShape returns the shape of an input, an unknown batch being 1.
func (tl *timeline) inputShape(in *onnxpb.ValueInfoProto, whole bool) []int {
	name, t := in.GetName(), in.GetType().GetTensorType()
	switch e := onnxpb.TensorProto_DataType(t.GetElemType()); {
	case t == nil:
		panic(refusalf("input %q: it has no tensor type, expected a float32 or float64 tensor", name))
	case !whole && !slices.Contains(floatTypes, e):
		panic(refusalf("input %q: elements of type %v, supported are FLOAT and DOUBLE, FLOAT16 and BFLOAT16", name, e))
	case t.GetShape() == nil:
		panic(refusalf("input %q: it has no shape", name))
	}
	dims := t.GetShape().GetDim()
	shape := []int{}
	for i, d := range dims {
		v := d.GetDimValue()
		if v <= 0 {
			if i > 0 && tl.free < 0 || i > 1 || len(dims) < 2 {
				panic(refusalf("input %q: dimension %d has no fixed size, supported only for a first dimension, the batch, before others", name, i))
			}
			if v = 1; i == tl.free {
				v = int64(tl.steps)
			}
		}
		if v > maxEntries {
			panic(refusalf("input %q: dimension %d is %d, expected at most %d", name, i, v, maxEntries))
		}
		shape = append(shape, int(v))
	}
	if size(shape) > maxEntries {
		panic(refusalf("input %q: shape %v has more than %d elements", name, shape, maxEntries))
	}
	return shape
}

// tensorOf decodes a constant, unless it still is there.
func (t *tensors) tensorOf(c *constant) *tensor {
	if v := c.kept.Value(); v != nil {
		return v
	}
	left := t.outside.left
	if c.elem != onnxpb.TensorProto_UNDEFINED { // its bytes were counted before
		t.outside.left = MaxFileBytes
		defer func() { t.outside.left = left }()
	}
	v := t.outside.decode(c.proto)
	c.kept, c.elem = weak.Make(v), v.elem
	return v
}

// precision says how the float tensors that were read are held.
func precision(consts map[string]*constant, values map[string]value) string {
	has := map[onnxpb.TensorProto_DataType]bool{}
	for _, c := range consts {
		has[c.elem] = true // other types than those of floats are not looked for
	}
	for _, v := range values {
		if v.constant != nil && v.constant.ints == nil {
			has[v.constant.elem] = true
		}
	}
	var words []string
	for _, t := range floatTypes {
		if has[t] {
			words = append(words, precisions[t])
		}
	}
	if words == nil {
		return "float32"
	}
	return strings.Join(words, " and ")
}

// floatTypes are the types of real numbers: between them a cast does nothing.
var floatTypes = []onnxpb.TensorProto_DataType{onnxpb.TensorProto_FLOAT16, onnxpb.TensorProto_BFLOAT16, onnxpb.TensorProto_FLOAT, onnxpb.TensorProto_DOUBLE}

var precisions = map[onnxpb.TensorProto_DataType]string{
	onnxpb.TensorProto_FLOAT16: "float16", onnxpb.TensorProto_BFLOAT16: "bfloat16", onnxpb.TensorProto_FLOAT: "float32", onnxpb.TensorProto_DOUBLE: "float64"}

// describe names a node in an error.
func describe(i int, n *onnxpb.NodeProto) string {
	if n.GetName() == "" {
		return fmt.Sprintf("node %d (%s)", i, n.GetOpType())
	}
	return fmt.Sprintf("node %d %q (%s)", i, n.GetName(), n.GetOpType())
}

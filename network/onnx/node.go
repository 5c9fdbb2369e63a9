// One node: its operator, its inputs told apart into running values and
// constants, its attributes. What a node does is in the files named for it.

package onnx

import (
	"slices"
	"strings"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// operator is what the reader knows of an ONNX operator.
type operator struct {
	// attributes that are understood; any other is an error, for it may change the meaning.
	attributes []string
	// running applies it to the running value, the one input that is no constant; joining to
	// several of them, folding to constants alone.
	running, joining func(*reader, *node)
	folding          func(*reader, *node) *tensor
	// moving is set instead where it only moves the elements of input 0.
	moving mover
	// making is set instead where it returns its outputs, whatever its inputs are.
	making func(*reader, *node) []value
	// result is which output running computes: those before it are not to be read.
	result int
	// lists says that an input may be a sequence.
	lists bool
	// truths says that an input may be a truth value that depends on the network's input.
	truths bool
	// inputs is the least and the largest number of inputs.
	inputs [2]int
}

// value is a tensor: a constant, or the places of its elements.
type value struct {
	shape    []int
	refs     []ref
	constant *tensor
	// list has the values of a sequence; a value that has it has nothing else.
	list []value
	// test says what truth value of the elements' signs this is, if it is one.
	test test
	// empty is a constant without elements.
	empty bool
}

// node is a node being applied.
type node struct {
	op string
	arguments
	// outputs is the number of outputs that have a name, listed that of all.
	outputs, listed int
	attributes
	// opset is the version of the operator set that says what the node means.
	opset int64
}

// arguments are the inputs of a node.
type arguments struct{ args []arg }

// arg is an input of a node: a running value, a constant, or absent.
type arg struct {
	name  string
	run   *value
	value *tensor
	// empty is a constant without elements: an empty list, or as good as absent.
	empty bool
}

func (a arg) absent() bool { return a.run == nil && a.value == nil }

// any bounds the inputs of operators that take any number.
const anyNumber = 1 << 20

// isONNX says whether a domain is that of ONNX's own operators.
func isONNX(domain string) bool { return domain == "" || domain == "ai.onnx" }

// operatorName is the operator of a node, with its domain where that is not ONNX's own.
func operatorName(p *onnxpb.NodeProto) string {
	if d := p.GetDomain(); !isONNX(d) {
		return d + "." + p.GetOpType()
	}
	return p.GetOpType()
}

// operatorOf returns the operator of a node, and whether it is known.
func operatorOf(p *onnxpb.NodeProto) (operator, bool) {
	op, ok := operators[operatorName(p)]
	return op, ok
}

// node applies one node of the graph.
func (rd *reader) node(p *onnxpb.NodeProto) {
	op, ok := operatorOf(p)
	if !ok {
		panic(refusalf("%s", strange(p)))
	}
	if rd.opset == 0 && isONNX(p.GetDomain()) {
		panic(refusalf("the model's opset_import names no version of ONNX's operators"))
	}
	n := &node{op: p.GetOpType(), attributes: attributes{}, listed: len(p.Output), opset: rd.opset}
	for _, name := range p.Output {
		if name != "" {
			n.outputs++
		}
	}
	for _, a := range p.Attribute {
		if !slices.Contains(op.attributes, a.GetName()) {
			panic(refusalf("attribute %q is not supported; supported are %s", a.GetName(), strings.Join(op.attributes, ", ")))
		}
		if n.attributes[a.GetName()] != nil {
			panic(refusalf("attribute %q is given twice", a.GetName()))
		}
		if a.GetRefAttrName() != "" {
			panic(refusalf("attribute %q refers to one of a function, outside of any", a.GetName()))
		}
		n.attributes[a.GetName()] = a
	}
	if p.GetOpType() == "Constant" && n.isEmpty() {
		for _, name := range p.Output[:min(1, len(p.Output))] {
			rd.values[name] = value{empty: true}
		}
		return
	}
	tips := rd.resolve(n, p)
	if k := len(n.args); k < op.inputs[0] || k > op.inputs[1] {
		panic(refusalf("%d inputs, expected %d to %d", k, op.inputs[0], op.inputs[1]))
	}
	out := rd.apply(op, n, tips)
	for i, name := range p.Output {
		if i -= op.result; name != "" && i >= 0 && i < len(out) {
			rd.values[name] = out[i]
		}
	}
}

// apply returns the outputs of a node of which so many inputs are no constants.
func (rd *reader) apply(op operator, n *node, tips int) []value {
	for _, a := range n.args {
		if a.run != nil && a.run.list != nil && !op.lists {
			panic(refusalf("an input is a sequence, supported are SequenceAt and ConcatFromSequence of it"))
		}
		if a.run != nil && a.run.test != isNumber && !op.truths && op.moving == nil {
			panic(refusalf("a truth value that depends on the network's input: supported are Not, Where, and moves of it"))
		}
	}
	if len(n.args) > 0 && n.args[0].empty && (op.moving != nil || n.op == "Cast") {
		return []value{{empty: true}}
	}
	switch {
	case op.moving != nil:
		return rd.moved(n, op.moving)
	case op.making != nil:
		return op.making(rd, n)
	case tips == 0 && op.folding != nil:
		return []value{{constant: op.folding(rd, n).mustFit()}}
	case tips == 1 && op.running != nil:
		for _, a := range n.args {
			if a.run != nil {
				rd.enter(a.run)
			}
		}
		op.running(rd, n)
		return []value{rd.running()}
	case tips > 1 && op.joining != nil:
		op.joining(rd, n)
		return []value{rd.running()}
	case tips == 0:
		panic(refusalf("all its inputs are constants, which is not supported (onnx-simplifier computes such nodes)"))
	}
	if why := nature(n.op); op.running == nil && why != "" { // within a graph of a node: others were refused before
		panic(refusalf("%s%s", n.op, why))
	}
	if op.running == nil {
		panic(refusalf("an input is computed from the network's input, supported are constants"))
	}
	if slices.Contains([]string{"Mul", "MatMul", "Conv", "ConvTranspose", "Einsum"}, n.op) {
		panic(refusal{errProduct})
	}
	panic(refusalf("%d of its inputs are computed from the network's input, supported is one", tips))
}

// enter makes v the running value.
func (rd *reader) enter(v *value) {
	rd.shape = v.shape
	rd.put(v.refs)
}

// running is the running value.
func (rd *reader) running() value { return value{shape: rd.shape, refs: rd.refs} }

// resolve finds the inputs, and returns how many of them are no constants.
func (t *tensors) resolve(n *node, p *onnxpb.NodeProto) (tips int) {
	for _, name := range p.Input {
		a := t.arg(name)
		if n.args = append(n.args, a); a.run != nil {
			tips++
		}
	}
	return tips
}

// arg finds a value by its name.
func (t *tensors) arg(name string) arg {
	a := arg{name: name}
	v, known := t.values[name]
	switch c := t.consts[name]; {
	case name == "":
	case v.empty, c != nil && slices.Contains(c.proto.Dims, 0):
		a.empty = true
	case known && v.constant == nil:
		a.run = &v
	case known:
		a.value = v.constant
	case c != nil:
		saying(func() { a.value = t.tensorOf(c) }, "tensor %q", name)
	default:
		panic(refusalf("it reads %q, which its node does not compute here", name))
	}
	return a
}

// isEmpty says whether a Constant has no elements.
func (as attributes) isEmpty() bool {
	for name, a := range as {
		switch {
		case len(as) > 1:
			return false
		case name == "value_ints" || name == "value_floats":
			return len(a.Ints) == 0 && len(a.Floats) == 0
		case name == "value":
			return a.T != nil && slices.Contains(a.T.Dims, 0)
		}
	}
	return false
}

// constant returns the constant at input i; what names it in errors.
func (n *arguments) constant(i int, what string) *tensor {
	if i >= len(n.args) || n.args[i].absent() {
		panic(refusalf("input %d (%s): missing, or without elements", i, what))
	}
	if n.args[i].run != nil {
		panic(refusalf("input %d (%s): it is computed from the network's input, supported is a constant", i, what))
	}
	return n.args[i].value
}

// floats is constant for a float tensor.
func (n *arguments) floats(i int, what string) *tensor {
	t := n.constant(i, what)
	if t.floats == nil {
		panic(refusalf("input %d (%s), tensor %q: integers, expected FLOAT or DOUBLE", i, what, n.args[i].name))
	}
	return t
}

// has says whether input i is there.
func (n *arguments) has(i int) bool { return i < len(n.args) && !n.args[i].absent() }

// mustRun checks that the running value is input 0.
func (n *arguments) mustRun(what string) {
	if n.args[0].run == nil {
		panic(refusalf("input 0 (%s) is a constant, expected the running value", what))
	}
}

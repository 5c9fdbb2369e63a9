// The plan of a graph: which output is the network's, which nodes it needs, in which order, and
// what is not read. Nodes that the output does not need are as if they were not there.

package onnx

import (
	"fmt"
	"slices"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// plan is what of a graph is read.
type plan struct {
	g *onnxpb.GraphProto
	// producer is the node that computes a value.
	producer map[string]int
	// isInput holds the names of the graph's inputs.
	isInput map[string]bool
	// output is the name of the value that is the network's output.
	output string
	// order has the needed nodes, each after those it reads.
	order []int
	// inputs are those that the output needs, in the graph's order.
	inputs []*onnxpb.ValueInfoProto
}

func newPlan(g *onnxpb.GraphProto, output string, consts map[string]*constant, im *network.Import) *plan {
	p := &plan{g: g, producer: map[string]int{}, isInput: map[string]bool{}}
	for _, in := range g.Input {
		if _, twice := p.isInput[in.GetName()]; twice || in.GetName() == "" {
			panic(refusalf("input %q: given twice, or without a name", in.GetName()))
		}
		// Before IR version 4 initializers were listed as inputs.
		p.isInput[in.GetName()] = consts[in.GetName()] == nil
	}
	p.produce(consts)
	p.choose(output, im)
	known := func(name string) bool { return name == "" || p.isInput[name] || consts[name] != nil }
	p.sort(known)
	p.cutEnd(im)
	p.sort(known)
	p.unread()
	return p
}

// produce finds what computes each value.
func (p *plan) produce(consts map[string]*constant) {
	for i, n := range p.g.Node {
		if len(n.Output) == 0 {
			panic(refusalf("%s: it has no output", describe(i, n)))
		}
		for _, name := range n.Output {
			if _, twice := p.producer[name]; name != "" && (twice || p.isInput[name] || consts[name] != nil) {
				panic(refusalf("%s: output %q: the name is taken", describe(i, n), name))
			}
			if name != "" {
				p.producer[name] = i
			}
		}
	}
}

// choose sets the output.
func (p *plan) choose(want string, im *network.Import) {
	var names []string
	for _, o := range p.g.Output {
		names = append(names, o.GetName())
	}
	if len(names) == 0 {
		panic(refusalf("the graph has no output"))
	}
	if p.output = names[0]; want != "" {
		p.output = want
		if _, computed := p.producer[want]; !slices.Contains(names, want) && !computed {
			panic(refusalf("output %q: the graph has none of that name, expected one of %q, or a value that a node computes", want, names))
		}
		if !slices.Contains(names, want) {
			im.Note(fmt.Sprintf("The network's output is %q, a value within the graph, whose outputs are %q.", want, names))
			return
		}
	}
	if len(names) > 1 {
		im.Note(fmt.Sprintf("The graph has %d outputs, %q; the network's is %q.", len(names), names, p.output))
	}
}

// sort sets the order and the inputs: what the output needs.
func (p *plan) sort(known func(string) bool) {
	const open, done = 1, 2
	state := make([]uint8, len(p.g.Node))
	read := map[string]bool{p.output: true}
	p.order = nil
	// visit is a node of which the values that it reads are still to be looked at, from next on.
	type visit struct {
		node, next int
		reads      []string
	}
	var stack []visit
	enter := func(name string, by string) {
		read[name] = true
		i, ok := p.producer[name]
		switch {
		case ok && state[i] == done || !ok && known(name):
			return
		case !ok:
			panic(refusalf("%s reads %q, which is neither an input, an initializer, nor computed by a node", by, name))
		case state[i] == open:
			panic(refusalf("%s: it reads what is computed from it, by way of %q", describe(i, p.g.Node[i]), name))
		}
		state[i] = open
		stack = append(stack, visit{i, 0, reads(p.g.Node[i])})
	}
	enter(p.output, "the graph's output")
	for len(stack) > 0 {
		at := &stack[len(stack)-1]
		n := p.g.Node[at.node]
		if at.next == len(at.reads) {
			state[at.node] = done
			p.order = append(p.order, at.node)
			stack = stack[:len(stack)-1]
			continue
		}
		at.next++
		enter(at.reads[at.next-1], describe(at.node, n)+": it")
	}
	p.inputs = nil
	for _, in := range p.g.Input {
		if name := in.GetName(); p.isInput[name] && read[name] {
			p.inputs = append(p.inputs, in)
		}
	}
}

// castInputs returns the inputs of integers that are cast to floats wherever they are read: as
// functions of real numbers such networks are what they are of whole ones. It notes them.
func (p *plan) castInputs(im *network.Import) []string {
	var whole []string
	for _, in := range p.inputs {
		name, elem := in.GetName(), onnxpb.TensorProto_DataType(in.GetType().GetTensorType().GetElemType())
		if _, isInt := intElements[elem]; !isInt || elem == onnxpb.TensorProto_BOOL || name == p.output {
			continue
		}
		if !slices.ContainsFunc(p.order, func(i int) bool {
			n := p.g.Node[i]
			return slices.Contains(reads(n), name) && (operatorName(n) != "Cast" || !castsToFloat(n))
		}) {
			whole = append(whole, name)
			im.Note(fmt.Sprintf("Input %q is of %v; the network is read as one of real numbers.", name, elem))
		}
	}
	return whole
}

// castsToFloat is false where the type is none: that is refused where the node is read.
func castsToFloat(n *onnxpb.NodeProto) bool {
	as := attributes{}
	for _, a := range n.Attribute {
		as[a.GetName()] = a
	}
	floats := false
	_ = attempt(func() { floats = slices.Contains(floatTypes, as.castTo()) })
	return floats
}

// cutEnd moves the output before a smooth end.
func (p *plan) cutEnd(im *network.Import) {
	behind, live := map[string]bool{}, p.live()
	from, name := "", ""
	for _, i := range p.order {
		n := p.g.Node[i]
		isEnd := slices.ContainsFunc(n.Input, func(s string) bool { return live[s] }) && slices.Contains(ends, operatorName(n))
		isBehind := isEnd || slices.ContainsFunc(n.Input, func(s string) bool { return behind[s] })
		for _, o := range n.Output {
			behind[o] = isBehind
		}
		if !isBehind {
			continue
		}
		if !isEnd && !slices.Contains(afterEnds, operatorName(n)) {
			return // unread says what is smooth in the middle
		}
		for _, s := range n.Input {
			if !live[s] || behind[s] {
				continue
			}
			if from != "" && from != s {
				return
			}
			if from = s; name == "" {
				name = n.GetOpType()
			}
		}
	}
	if from == "" {
		return
	}
	im.Note(fmt.Sprintf("Output %q ends in %s, which no neuron stands behind: it is left out, so a count is the same, and the network's output is %q, which goes into it.", p.output, name, from))
	im.LeftOut, im.Output = name, from
	p.output = from
}

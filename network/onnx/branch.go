// If with a condition that is known at import, as PyTorch's functions have: the branch that it
// takes is read where the node stands.

package onnx

import (
	"slices"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// branch reads the branch that a constant condition takes.
func branch(rd *reader, n *node) []value {
	if err := attempt(func() { n.constant(0, "cond") }); err != nil {
		panic(refusalf("%w: a branch that depends on the network's input", err))
	}
	name := "then_branch"
	if n.oneInteger(0, "cond") == 0 {
		name = "else_branch"
	}
	a := n.attributes[name]
	if a == nil || a.G == nil {
		panic(refusalf("attribute %q: expected a graph", name))
	}
	saying(func() { rd.inner(a.G) }, "%s", name)
	var out []value
	for _, o := range a.G.Output {
		saying(func() { out = append(out, rd.named(o.GetName())) }, "%s: output", name)
	}
	return out
}

// inner reads the nodes of a graph within the graph, which are in order.
func (rd *reader) inner(g *onnxpb.GraphProto) {
	if len(g.Input) > 0 || len(g.SparseInitializer) > 0 {
		panic(refusalf("a graph with inputs, or with sparse initializers"))
	}
	rd.initial(g)
	for i, n := range g.Node {
		for _, name := range n.Output {
			if _, twice := rd.values[name]; name != "" && (twice || rd.consts[name] != nil) {
				panic(refusalf("%s: output %q: the name is taken", describe(i, n), name))
			}
		}
		saying(func() { rd.node(n) }, "%s", describe(i, n))
	}
}

// initial adds the constants of a graph.
func (t *tensors) initial(g *onnxpb.GraphProto) {
	for _, p := range g.Initializer {
		if t.consts[p.GetName()] != nil {
			panic(refusalf("initializer %q: given twice", p.GetName()))
		}
		t.consts[p.GetName()] = &constant{proto: p}
	}
}

// named returns a value by its name.
func (t *tensors) named(name string) value {
	a := t.arg(name)
	if a.absent() {
		return value{empty: true}
	}
	return a.whole()
}

// whole is the value of an input that is there.
func (a arg) whole() value {
	if a.run != nil {
		return *a.run
	}
	return value{constant: a.value}
}

// reads returns the names of the values that a node reads: its inputs, and what the graphs within
// it read of those around them.
func reads(n *onnxpb.NodeProto) []string {
	names := slices.Clone(n.Input)
	for _, a := range n.Attribute {
		if a.G != nil {
			names = append(names, captured(a.G, 0)...)
		}
	}
	return names
}

// maxNested bounds the depth of graphs within graphs.
const maxNested = 64

// captured returns what a graph reads of the graphs around it.
func captured(g *onnxpb.GraphProto, depth int) []string {
	own, names := map[string]bool{"": true}, []string{}
	for _, in := range g.Input {
		own[in.GetName()] = true
	}
	for _, t := range g.Initializer {
		own[t.GetName()] = true
	}
	for _, n := range g.Node {
		for _, name := range n.Output {
			own[name] = true
		}
	}
	for _, n := range g.Node {
		names = append(names, n.Input...)
		for _, a := range n.Attribute {
			if a.G != nil && depth < maxNested {
				names = append(names, captured(a.G, depth+1)...)
			}
		}
	}
	for _, o := range g.Output {
		names = append(names, o.GetName())
	}
	return slices.DeleteFunc(names, func(name string) bool { return own[name] })
}

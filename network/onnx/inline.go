// Functions of a model, as PyTorch's exporter writes them: each node that calls one is replaced by
// the function's nodes, under names of their own.

package onnx

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// maxInlined bounds the nodes that functions become, maxCalls the depth of calls: ONNX has no
// recursion.
const (
	maxInlined = 1 << 18
	maxCalls   = 64
)

// inliner replaces calls.
type inliner struct {
	functions map[string]*onnxpb.FunctionProto
	nodes     int
	calls     int
}

// inlined returns the graph without calls of the model's functions.
func inlined(m *onnxpb.ModelProto, opset int64) *onnxpb.GraphProto {
	if len(m.Functions) == 0 {
		return m.Graph
	}
	in := &inliner{functions: map[string]*onnxpb.FunctionProto{}}
	for _, f := range m.Functions {
		name := operatorName(&onnxpb.NodeProto{OpType: f.Name, Domain: f.Domain})
		if in.functions[name] != nil {
			panic(refusalf("function %q: given twice", name))
		}
		for _, o := range f.OpsetImport {
			if isONNX(o.GetDomain()) && o.GetVersion() != opset {
				panic(refusalf("function %q: opset_import: version %d of ONNX's operators, expected the model's, %d", name, o.GetVersion(), opset))
			}
		}
		in.functions[name] = f
	}
	nodes := in.expand(m.Graph.Node, 0)
	g := proto.CloneOf(&onnxpb.GraphProto{Name: m.Graph.Name})
	g.Input, g.Output, g.Initializer, g.SparseInitializer = m.Graph.Input, m.Graph.Output, m.Graph.Initializer, m.Graph.SparseInitializer
	g.Node = nodes
	return g
}

// expand returns nodes without calls.
func (in *inliner) expand(nodes []*onnxpb.NodeProto, depth int) []*onnxpb.NodeProto {
	if depth > maxCalls {
		panic(refusalf("functions call each other to a depth of more than %d", maxCalls))
	}
	var out []*onnxpb.NodeProto
	for i, n := range nodes {
		f := in.functions[operatorName(n)]
		if f == nil {
			if in.nodes++; in.nodes > maxInlined {
				panic(refusalf("functions become more than %d nodes", maxInlined))
			}
			out = append(out, in.branches(n, depth))
			continue
		}
		saying(func() { out = append(out, in.expand(in.body(f, n), depth+1)...) }, "%s", describe(i, n))
	}
	return out
}

// branches expands the graphs that a node has as attributes.
func (in *inliner) branches(n *onnxpb.NodeProto, depth int) *onnxpb.NodeProto {
	cloned := false
	for i, a := range n.Attribute {
		if a.G == nil {
			continue
		}
		nodes := in.expand(a.G.Node, depth+1)
		if !cloned {
			n, cloned = proto.CloneOf(n), true
		}
		n.Attribute[i].G.Node = nodes
	}
	return n
}

// body returns the nodes of a function for one call.
func (in *inliner) body(f *onnxpb.FunctionProto, call *onnxpb.NodeProto) []*onnxpb.NodeProto {
	in.calls++
	s := &scope{names: map[string]string{"": ""}, attributes: map[string]*onnxpb.AttributeProto{}, prefix: fmt.Sprintf("%s call %d/", f.GetName(), in.calls)}
	if len(call.Input) > len(f.Input) || len(call.Output) > len(f.Output) {
		panic(refusalf("%d inputs and %d outputs, but the function has %d and %d", len(call.Input), len(call.Output), len(f.Input), len(f.Output)))
	}
	for i, name := range f.Input {
		s.names[name] = ""
		if i < len(call.Input) {
			s.names[name] = call.Input[i]
		}
	}
	for i, name := range call.Output {
		if _, isInput := s.names[f.Output[i]]; isInput {
			panic(refusalf("output %q is an input of the function, supported are outputs of its nodes", f.Output[i]))
		}
		if name != "" {
			s.names[f.Output[i]] = name
		}
	}
	given := defaults(f)
	for _, a := range append(given, call.Attribute...) {
		s.attributes[a.GetName()] = a
	}
	nodes := make([]*onnxpb.NodeProto, len(f.Node))
	for i, n := range f.Node {
		nodes[i] = s.node(n)
	}
	return nodes
}

// defaults returns the attributes of a function that have a default: the field attribute_proto,
// which is newer than the types here.
func defaults(f *onnxpb.FunctionProto) []*onnxpb.AttributeProto {
	const attributeProto = 11
	var out []*onnxpb.AttributeProto
	for raw := f.ProtoReflect().GetUnknown(); len(raw) > 0; {
		number, kind, n := protowire.ConsumeTag(raw)
		if n < 0 {
			panic(refusal{protowire.ParseError(n)})
		}
		field := raw[n:]
		length := protowire.ConsumeFieldValue(number, kind, field)
		if length < 0 {
			panic(refusal{protowire.ParseError(length)})
		}
		raw = field[length:]
		if number != attributeProto {
			continue
		}
		value, n := protowire.ConsumeBytes(field)
		a := &onnxpb.AttributeProto{}
		if n < 0 || proto.Unmarshal(value, a) != nil {
			panic(refusalf("attribute_proto: not an attribute"))
		}
		out = append(out, a)
	}
	return out
}

// scope is what names and attributes mean in one call of a function.
type scope struct {
	names      map[string]string
	attributes map[string]*onnxpb.AttributeProto
	prefix     string
}

// name returns what a value of the function is called in the graph.
func (s *scope) name(inner string) string {
	if _, ok := s.names[inner]; !ok {
		s.names[inner] = s.prefix + inner
	}
	return s.names[inner]
}

func (s *scope) all(inner []string) []string {
	out := make([]string, len(inner))
	for i, name := range inner {
		out[i] = s.name(name)
	}
	return out
}

// node returns a node of the function as one of the graph.
func (s *scope) node(n *onnxpb.NodeProto) *onnxpb.NodeProto {
	out := &onnxpb.NodeProto{Name: n.Name, OpType: n.OpType, Domain: n.Domain, Input: s.all(n.Input), Output: s.all(n.Output)}
	for _, a := range n.Attribute {
		if ref := a.GetRefAttrName(); ref != "" {
			given := s.attributes[ref]
			if given == nil {
				continue // neither given nor with a default
			}
			given = proto.CloneOf(given)
			given.Name = a.Name
			out.Attribute = append(out.Attribute, given)
			continue
		}
		if a.G != nil {
			a = proto.CloneOf(a)
			s.graph(a.G)
		}
		out.Attribute = append(out.Attribute, a)
	}
	return out
}

// graph renames what a graph within the function has and reads.
func (s *scope) graph(g *onnxpb.GraphProto) {
	for _, in := range g.Input {
		in.Name = ptr(s.name(in.GetName()))
	}
	for _, t := range g.Initializer {
		t.Name = ptr(s.name(t.GetName()))
	}
	for i, n := range g.Node {
		g.Node[i] = s.node(n)
	}
	for _, o := range g.Output {
		o.Name = ptr(s.name(o.GetName()))
	}
}

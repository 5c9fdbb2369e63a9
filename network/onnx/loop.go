// Loop and Scan, of a number of iterations that is known at import: each iteration's nodes are read
// where the node stands, under names of their own.

package onnx

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// maxUnrolled bounds the nodes that loops become, which take some microseconds each.
const maxUnrolled = 1 << 16

// newLoopBody is the graph that a loop repeats.
type loopBody struct {
	g      *onnxpb.GraphProto // without its inputs, outputs and initializers
	inputs []*onnxpb.ValueInfoProto
	result []string
	// names are what is the same in all iterations: constants, and values of the graphs around.
	names  map[string]string
	prefix string
	ran    int
	size   int
}

// newLoopBody prepares the attribute of a node for iterations of so many inputs and outputs or
// more.
func newLoopBody(rd *reader, n *node, inputs, outputs int) *loopBody {
	a := n.attributes["body"]
	if a == nil || a.G == nil {
		panic(refusalf("attribute \"body\": expected a graph"))
	}
	if len(a.G.Input) != inputs || len(a.G.Output) < outputs {
		panic(refusalf("attribute \"body\": a graph of %d inputs and %d outputs, expected %d, and %d or more", len(a.G.Input), len(a.G.Output), inputs, outputs))
	}
	if len(a.G.SparseInitializer) > 0 {
		panic(refusalf("attribute \"body\": sparse initializers, supported are dense ones"))
	}
	rd.loops++
	b := &loopBody{inputs: a.G.Input, names: map[string]string{"": ""}, prefix: fmt.Sprintf("%s %d", n.op, rd.loops)}
	for _, name := range captured(a.G, 0) {
		b.names[name] = name
	}
	for _, t := range a.G.Initializer {
		inner := b.prefix + "/" + t.GetName()
		if rd.consts[inner] != nil {
			panic(refusalf("attribute \"body\": initializer %q: given twice", t.GetName()))
		}
		b.names[t.GetName()], rd.consts[inner] = inner, &constant{proto: t}
	}
	for _, o := range a.G.Output {
		b.result = append(b.result, o.GetName())
	}
	b.g = &onnxpb.GraphProto{Node: a.G.Node}
	b.size = 1 + proto.Size(b.g)
	return b
}

// iterate reads the body once more, for the values of its inputs, and returns those of its outputs.
func (b *loopBody) iterate(rd *reader, in []value) (out []value) {
	saying(func() { out = b.iteration(rd, in) }, "iteration %d", b.ran)
	b.ran++
	return out
}

func (b *loopBody) iteration(rd *reader, in []value) []value {
	if rd.unrolled += 1 + len(b.g.Node); rd.unrolled > maxUnrolled {
		panic(refusalf("loops become more than %d nodes", maxUnrolled))
	}
	rd.move(b.size) // so much is copied
	s := &scope{names: maps.Clone(b.names), prefix: fmt.Sprintf("%s.%d/", b.prefix, b.ran)}
	for i, v := range in {
		rd.values[s.name(b.inputs[i].GetName())] = v
	}
	g := proto.CloneOf(b.g)
	s.graph(g)
	rd.inner(g)
	out := make([]value, len(b.result))
	for i, name := range b.result {
		saying(func() { out[i] = rd.named(s.name(name)) }, "output")
	}
	return out
}

// loop repeats its body as often as a constant says, or a condition that is known in each
// iteration.
func loop(rd *reader, n *node) []value {
	most := n.known(0, "M, the number of iterations", -1)
	cond := n.known(1, "cond", 1)
	going := cond != 0
	if !n.has(0) && !n.has(1) {
		panic(refusalf("neither a number of iterations nor a condition: it does not end"))
	}
	state := states(rd, n, 2, len(n.args))
	b := newLoopBody(rd, n, 2+len(state), 1+len(state))
	scanned := make([][]value, len(b.result)-1-len(state))
	for i := int64(0); going && (i < most || !n.has(0)); i++ {
		out := b.iterate(rd, append([]value{number(onnxpb.TensorProto_INT64, i), number(onnxpb.TensorProto_BOOL, 1)}, state...))
		t := out[0].constant
		if t == nil || len(t.ints) != 1 {
			panic(refusalf("iteration %d: output %q: whether there is another depends on the network's input, supported are loops whose number of iterations is known at import", i, b.result[0]))
		}
		going = t.ints[0] != 0
		state = out[1 : 1+len(state)]
		for k, v := range out[1+len(state):] {
			scanned[k] = append(scanned[k], v)
		}
	}
	rd.im.Remark(fmt.Sprintf("A Loop is unrolled over %d iterations.", b.ran))
	return stacked(rd, state, scanned, nil, nil)
}

// oneInteger is a constant of one integer, or truth value.
func (n *arguments) oneInteger(i int, what string) int64 {
	t := n.constant(i, what)
	if len(t.ints) != 1 {
		panic(refusalf("input %d (%s): expected one integer, or truth value", i, what))
	}
	return t.ints[0]
}

// known returns the one integer, or truth value, at input i, or what stands for it where it is
// missing.
func (n *node) known(i int, what string, missing int64) int64 {
	if !n.has(i) {
		return missing
	}
	return n.oneInteger(i, what)
}

// number is a constant of one integer, or truth value.
func number(elem onnxpb.TensorProto_DataType, v int64) value {
	return value{constant: &tensor{shape: []int{}, elem: elem, ints: []int64{v}}}
}

// states are the values of the inputs from one to before another.
func states(rd *reader, n *node, from, to int) (list []value) {
	for _, a := range n.args[min(from, to):to] {
		list = append(list, rd.named(a.name))
	}
	return list
}

// stacked appends to the last states what each iteration has put out, along a new axis, 0 unless it
// is given, and in the other order where a direction is 1.
func stacked(rd *reader, out []value, scanned [][]value, axes, directions []int64) []value {
	for k, list := range scanned {
		if len(list) == 0 {
			out = append(out, value{empty: true})
			continue
		}
		axis := int64(0)
		if axes != nil {
			axis = axes[k]
		}
		if directions != nil && directions[k] == 1 {
			slices.Reverse(list)
		}
		saying(func() {
			out = append(out, concatFromSequence(rd, &node{op: "Concat", opset: rd.opset, arguments: arguments{[]arg{{run: &value{list: list}}}},
				attributes: integral(map[string]int64{"axis": axis, "new_axis": 1})})...)
		}, "what output %d puts together", len(out))
	}
	return out
}

// integral are attributes that are integers.
func integral(of map[string]int64) attributes {
	as := attributes{}
	for name, v := range of {
		as[name] = &onnxpb.AttributeProto{Name: ptr(name), Type: ptr(onnxpb.AttributeProto_INT), I: ptr(v)}
	}
	return as
}

// scan repeats its body along an axis of some of its inputs.
func scan(rd *reader, n *node) []value {
	if n.opset < 9 {
		panic(refusalf("the one of operator set %d, supported are those from 9 on", n.opset))
	}
	count := n.integer("num_scan_inputs", 0)
	if count < 1 || count > int64(len(n.args)) {
		panic(refusalf("attribute \"num_scan_inputs\": %d, expected 1 to %d", count, len(n.args)))
	}
	first := len(n.args) - int(count)
	state := states(rd, n, 0, first)
	b := newLoopBody(rd, n, len(n.args), len(state))
	outs := len(b.result) - len(state)
	inAxes, inWays := n.each("scan_input_axes", int(count)), n.each("scan_input_directions", int(count))
	outAxes, outWays := n.each("scan_output_axes", outs), n.each("scan_output_directions", outs)
	read := make([][]value, count)
	for k := range read {
		saying(func() {
			read[k] = splitToSequence(rd, &node{op: "SplitToSequence", opset: rd.opset, arguments: arguments{n.args[first+k : first+k+1]},
				attributes: integral(map[string]int64{"axis": inAxes[k], "keepdims": 0})})[0].list
		}, "input %d", first+k)
		if inWays[k] == 1 {
			slices.Reverse(read[k])
		}
		if len(read[k]) != len(read[0]) {
			panic(refusalf("input %d: %d steps, input %d has %d", first+k, len(read[k]), first, len(read[0])))
		}
	}
	scanned := make([][]value, outs)
	for t := range read[0] {
		in := slices.Clone(state)
		for _, list := range read {
			in = append(in, list[t])
		}
		out := b.iterate(rd, in)
		state = out[:len(state)]
		for k, v := range out[len(state):] {
			scanned[k] = append(scanned[k], v)
		}
	}
	rd.im.Remark(fmt.Sprintf("A Scan is unrolled over %d steps.", b.ran))
	return stacked(rd, state, scanned, outAxes, outWays)
}

// each returns a list of so many integers, zeros where the attribute is missing.
func (n *node) each(name string, count int) []int64 {
	list := n.integers(name)
	if list == nil {
		list = make([]int64, count)
	}
	if len(list) != count {
		panic(refusalf("attribute %q: %d numbers, expected %d", name, len(list), count))
	}
	return list
}

// Loop and Scan, of a number of iterations that is known at import: each iteration's nodes are read
// where the node stands, under names of their own.

package onnx

import (
	"errors"
	"fmt"
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
func newLoopBody(rd *reader, n *node, inputs, outputs int) (*loopBody, error) {
	a := n.attributes["body"]
	if a == nil || a.G == nil {
		return nil, errors.New("attribute \"body\": expected a graph")
	}
	if len(a.G.Input) != inputs || len(a.G.Output) < outputs {
		return nil, fmt.Errorf("attribute \"body\": a graph of %d inputs and %d outputs, expected %d, and %d or more", len(a.G.Input), len(a.G.Output), inputs, outputs)
	}
	if len(a.G.SparseInitializer) > 0 {
		return nil, errors.New("attribute \"body\": sparse initializers, supported are dense ones")
	}
	rd.loops++
	b := &loopBody{inputs: a.G.Input, names: map[string]string{"": ""}, prefix: fmt.Sprintf("%s %d", n.op, rd.loops)}
	for _, name := range captured(a.G, 0) {
		b.names[name] = name
	}
	for _, t := range a.G.Initializer {
		inner := b.prefix + "/" + t.GetName()
		if rd.consts[inner] != nil {
			return nil, fmt.Errorf("attribute \"body\": initializer %q: given twice", t.GetName())
		}
		b.names[t.GetName()], rd.consts[inner] = inner, &constant{proto: t}
	}
	for _, o := range a.G.Output {
		b.result = append(b.result, o.GetName())
	}
	b.g = &onnxpb.GraphProto{Node: a.G.Node}
	b.size = 1 + proto.Size(b.g)
	return b, nil
}

// iterate reads the body once more, for the values of its inputs, and returns those of its outputs.
func (b *loopBody) iterate(rd *reader, in []value) ([]value, error) {
	if rd.unrolled += 1 + len(b.g.Node); rd.unrolled > maxUnrolled {
		return nil, fmt.Errorf("iteration %d: loops become more than %d nodes", b.ran, maxUnrolled)
	}
	if err := rd.move(b.size); err != nil { // so much is copied
		return nil, fmt.Errorf("iteration %d: %w", b.ran, err)
	}
	s := &scope{names: map[string]string{}, prefix: fmt.Sprintf("%s.%d/", b.prefix, b.ran)}
	for from, to := range b.names {
		s.names[from] = to
	}
	for i, v := range in {
		rd.values[s.name(b.inputs[i].GetName())] = v
	}
	g := proto.CloneOf(b.g)
	s.graph(g)
	if err := rd.inner(g); err != nil {
		return nil, fmt.Errorf("iteration %d: %w", b.ran, err)
	}
	out := make([]value, len(b.result))
	for i, name := range b.result {
		v, err := rd.named(s.name(name))
		if err != nil {
			return nil, fmt.Errorf("iteration %d: output: %w", b.ran, err)
		}
		out[i] = v
	}
	b.ran++
	return out, nil
}

// loop repeats its body as often as a constant says, or a condition that is known in each
// iteration.
func loop(rd *reader, n *node) ([]value, error) {
	most, err := n.known(0, "M, the number of iterations", -1)
	if err != nil {
		return nil, err
	}
	cond, err := n.known(1, "cond", 1)
	if err != nil {
		return nil, err
	}
	going := cond != 0
	if !n.has(0) && !n.has(1) {
		return nil, errors.New("neither a number of iterations nor a condition: it does not end")
	}
	state, err := states(rd, n, 2, len(n.args))
	if err != nil {
		return nil, err
	}
	b, err := newLoopBody(rd, n, 2+len(state), 1+len(state))
	if err != nil {
		return nil, err
	}
	scanned := make([][]value, len(b.result)-1-len(state))
	for i := int64(0); going && (i < most || !n.has(0)); i++ {
		out, err := b.iterate(rd, append([]value{number(onnxpb.TensorProto_INT64, i), number(onnxpb.TensorProto_BOOL, 1)}, state...))
		if err != nil {
			return nil, err
		}
		t := out[0].constant
		if t == nil || len(t.ints) != 1 {
			return nil, fmt.Errorf("iteration %d: output %q: whether there is another depends on the network's input, supported are loops whose number of iterations is known at import", i, b.result[0])
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

// known returns the one integer, or truth value, at input i, or what stands for it where it is
// missing.
func (n *node) known(i int, what string, missing int64) (int64, error) {
	if !n.has(i) {
		return missing, nil
	}
	t, err := n.constant(i, what)
	if err == nil && len(t.ints) != 1 {
		err = fmt.Errorf("input %d (%s): expected one integer, or truth value", i, what)
	}
	if err != nil {
		return 0, err
	}
	return t.ints[0], nil
}

// number is a constant of one integer, or truth value.
func number(elem onnxpb.TensorProto_DataType, v int64) value {
	return value{constant: &tensor{shape: []int{}, elem: elem, ints: []int64{v}}}
}

// states are the values of the inputs from one to before another.
func states(rd *reader, n *node, from, to int) (list []value, err error) {
	for _, a := range n.args[min(from, to):to] {
		v, err := rd.named(a.name)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// stacked appends to the last states what each iteration has put out, along a new axis, 0 unless it
// is given, and in the other order where a direction is 1.
func stacked(rd *reader, out []value, scanned [][]value, axes, directions []int64) ([]value, error) {
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
		v, err := concatFromSequence(rd, &node{op: "Concat", opset: rd.opset, arguments: arguments{[]arg{{run: &value{list: list}}}},
			attributes: integral(map[string]int64{"axis": axis, "new_axis": 1})})
		if err != nil {
			return nil, fmt.Errorf("what output %d puts together: %w", len(out), err)
		}
		out = append(out, v...)
	}
	return out, nil
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
func scan(rd *reader, n *node) ([]value, error) {
	if n.opset < 9 {
		return nil, fmt.Errorf("the one of operator set %d, supported are those from 9 on", n.opset)
	}
	count, err := n.integer("num_scan_inputs", 0)
	if err == nil && (count < 1 || count > int64(len(n.args))) {
		err = fmt.Errorf("attribute \"num_scan_inputs\": %d, expected 1 to %d", count, len(n.args))
	}
	if err != nil {
		return nil, err
	}
	first := len(n.args) - int(count)
	state, err := states(rd, n, 0, first)
	if err != nil {
		return nil, err
	}
	b, err := newLoopBody(rd, n, len(n.args), len(state))
	if err != nil {
		return nil, err
	}
	outs := len(b.result) - len(state)
	inAxes, err1 := n.each("scan_input_axes", int(count))
	inWays, err2 := n.each("scan_input_directions", int(count))
	outAxes, err3 := n.each("scan_output_axes", outs)
	outWays, err4 := n.each("scan_output_directions", outs)
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			return nil, err
		}
	}
	read := make([][]value, count)
	for k := range read {
		v, err := splitToSequence(rd, &node{op: "SplitToSequence", opset: rd.opset, arguments: arguments{n.args[first+k : first+k+1]},
			attributes: integral(map[string]int64{"axis": inAxes[k], "keepdims": 0})})
		if err != nil {
			return nil, fmt.Errorf("input %d: %w", first+k, err)
		}
		if read[k] = v[0].list; inWays[k] == 1 {
			slices.Reverse(read[k])
		}
		if len(read[k]) != len(read[0]) {
			return nil, fmt.Errorf("input %d: %d steps, input %d has %d", first+k, len(read[k]), first, len(read[0]))
		}
	}
	scanned := make([][]value, outs)
	for t := range read[0] {
		in := slices.Clone(state)
		for _, list := range read {
			in = append(in, list[t])
		}
		out, err := b.iterate(rd, in)
		if err != nil {
			return nil, err
		}
		state = out[:len(state)]
		for k, v := range out[len(state):] {
			scanned[k] = append(scanned[k], v)
		}
	}
	rd.im.Remark(fmt.Sprintf("A Scan is unrolled over %d steps.", b.ran))
	return stacked(rd, state, scanned, outAxes, outWays)
}

// each returns a list of so many integers, zeros where the attribute is missing.
func (n *node) each(name string, count int) ([]int64, error) {
	list, err := n.integers(name)
	if err == nil && list == nil {
		list = make([]int64, count)
	}
	if err == nil && len(list) != count {
		err = fmt.Errorf("attribute %q: %d numbers, expected %d", name, len(list), count)
	}
	return list, err
}

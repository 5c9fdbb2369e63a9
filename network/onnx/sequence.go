// Sequences of tensors, as PyTorch's exporters write chunk, split, unbind and stack: only what
// makes them and takes them apart again.

package onnx

import "slices"

// asList returns the values of input i, a sequence.
func (n *arguments) asList(i int) []value {
	if i >= len(n.args) || n.args[i].run == nil || n.args[i].run.list == nil {
		panic(refusalf("input %d: expected a sequence", i))
	}
	return n.args[i].run.list
}

// sequence is what its inputs are, one after the other.
func sequence(_ *reader, n *node) []value {
	var list []value
	for i, a := range n.args {
		if a.absent() {
			panic(refusalf("input %d: missing", i))
		}
		list = append(list, a.whole())
	}
	return []value{{list: list}}
}

// splitToSequence cuts along an axis, into parts of one length, of the lengths given, or of one
// index each, which then lose the axis unless they are to keep it.
func splitToSequence(rd *reader, n *node) []value {
	shape := n.shapeOf(0)
	axis := n.axis(0, len(shape))
	keep := n.integer("keepdims", 1)
	lengths := n.partLengths(shape[axis])
	outs := rd.moved(&node{op: n.op, arguments: arguments{n.args[:1]}}, func(*node, []int) []moved {
		parts := cutAlong(shape, axis, lengths)
		for i := range parts {
			if !n.has(1) && keep == 0 {
				parts[i].shape = slices.Delete(slices.Clone(shape), axis, axis+1)
			}
		}
		return parts
	})
	return []value{{list: outs}}
}

// partLengths reads input 1 of a SplitToSequence of so many indices.
func (n *node) partLengths(total int) []int64 {
	each := int64(1)
	if n.has(1) {
		t := n.indices()
		if len(t.shape) == 1 {
			return t.ints
		}
		if each = t.ints[0]; each < 1 || len(t.shape) > 1 {
			panic(refusalf("input 1 (split): %v, expected 1 or more, or a list", t.ints))
		}
	}
	var lengths []int64
	for left := int64(total); left > 0; left -= each {
		lengths = append(lengths, min(each, left))
	}
	return lengths
}

// sequenceAt takes one value, from the end where its place is negative.
func sequenceAt(_ *reader, n *node) []value {
	list := n.asList(0)
	position := n.oneInteger(1, "position")
	at, ok := placed(position, len(list))
	if !ok {
		panic(refusalf("input 1 (position): %d in a sequence of %d", position, len(list)))
	}
	return list[at : at+1]
}

// concatFromSequence joins along an axis, a new one where the attribute says so.
func concatFromSequence(rd *reader, n *node) []value {
	list := n.asList(0)
	fresh := n.integer("new_axis", 0)
	joined := &node{op: n.op, attributes: n.attributes, opset: n.opset}
	for _, v := range list {
		if fresh != 0 {
			v = v.widened(n)
		}
		a := arg{value: v.constant}
		if v.constant == nil {
			a.run = &v
		}
		joined.args = append(joined.args, a)
	}
	return concat(rd, joined)
}

// widened returns the value with an axis of size 1 where the attribute says.
func (v value) widened(n *node) value {
	shape := &v.shape
	if v.constant != nil {
		t := *v.constant
		v.constant, shape = &t, &t.shape
	}
	*shape = slices.Insert(slices.Clone(*shape), n.axis(0, len(*shape)+1), 1)
	return v
}

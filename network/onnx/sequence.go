// Sequences of tensors, as PyTorch's exporters write chunk, split, unbind and stack: only what
// makes them and takes them apart again.

package onnx

import (
	"errors"
	"fmt"
)

// asList returns the values of input i, a sequence.
func (n *arguments) asList(i int) ([]value, error) {
	if i >= len(n.args) || n.args[i].run == nil || n.args[i].run.list == nil {
		return nil, fmt.Errorf("input %d: expected a sequence", i)
	}
	return n.args[i].run.list, nil
}

// sequence is what its inputs are, one after the other.
func sequence(_ *reader, n *node) ([]value, error) {
	var list []value
	for i, a := range n.args {
		switch {
		case a.absent():
			return nil, fmt.Errorf("input %d: missing", i)
		case a.run != nil:
			list = append(list, *a.run)
		default:
			list = append(list, value{constant: a.value})
		}
	}
	return []value{{list: list}}, nil
}

// splitToSequence cuts along an axis, into parts of one length, of the lengths given, or of one
// index each, which then lose the axis unless they are to keep it.
func splitToSequence(rd *reader, n *node) ([]value, error) {
	if n.args[0].absent() {
		return nil, errors.New("input 0: missing")
	}
	shape := n.args[0].shape()
	axis, err := n.axis(0, len(shape))
	if err != nil {
		return nil, err
	}
	keep, err := n.integer("keepdims", 1)
	if err != nil {
		return nil, err
	}
	lengths, err := n.partLengths(shape[axis])
	if err != nil {
		return nil, err
	}
	outs, err := rd.moved(&node{op: n.op, arguments: arguments{n.args[:1]}}, func(*node, []int) ([]moved, error) {
		parts, err := cutAlong(shape, axis, lengths)
		for i := range parts {
			if !n.has(1) && keep == 0 {
				parts[i].shape = append(append([]int{}, shape[:axis]...), shape[axis+1:]...)
			}
		}
		return parts, err
	})
	return []value{{list: outs}}, err
}

// partLengths reads input 1 of a SplitToSequence of so many indices.
func (n *node) partLengths(total int) ([]int64, error) {
	each := int64(1)
	if n.has(1) {
		t, err := n.indices(1)
		if err != nil {
			return nil, err
		}
		if len(t.shape) == 1 {
			return t.ints, nil
		}
		if each = t.ints[0]; each < 1 || len(t.shape) > 1 {
			return nil, fmt.Errorf("input 1 (split): %v, expected 1 or more, or a list", t.ints)
		}
	}
	var lengths []int64
	for left := int64(total); left > 0; left -= each {
		lengths = append(lengths, min(each, left))
	}
	return lengths, nil
}

// sequenceAt takes one value, from the end where its place is negative.
func sequenceAt(_ *reader, n *node) ([]value, error) {
	list, err := n.asList(0)
	if err != nil {
		return nil, err
	}
	t, err := n.indices(1)
	if err != nil {
		return nil, err
	}
	if len(t.ints) != 1 {
		return nil, errors.New("input 1 (position): expected one integer")
	}
	at, err := placeAxis(t.ints[0], len(list))
	if err != nil {
		return nil, fmt.Errorf("input 1 (position): %d in a sequence of %d", t.ints[0], len(list))
	}
	return list[at : at+1], nil
}

// concatFromSequence joins along an axis, a new one where the attribute says so.
func concatFromSequence(rd *reader, n *node) ([]value, error) {
	list, err := n.asList(0)
	if err != nil {
		return nil, err
	}
	fresh, err := n.integer("new_axis", 0)
	if err != nil {
		return nil, err
	}
	joined := &node{op: n.op, attributes: n.attributes, opset: n.opset}
	for _, v := range list {
		if fresh != 0 {
			shape, err := inserted(v.shapeOf(), n)
			if err != nil {
				return nil, err
			}
			v = v.reshaped(shape)
		}
		a := arg{value: v.constant}
		if v.constant == nil {
			a.run = &v
		}
		joined.args = append(joined.args, a)
	}
	return concat(rd, joined)
}

// inserted returns a shape with an axis of size 1 where the attribute says.
func inserted(shape []int, n *node) ([]int, error) {
	axis, err := n.axis(0, len(shape)+1)
	if err != nil {
		return nil, err
	}
	return append(append(append([]int{}, shape[:axis]...), 1), shape[axis:]...), nil
}

func (v value) shapeOf() []int {
	if v.constant != nil {
		return v.constant.shape
	}
	return v.shape
}

// reshaped returns a value of the same elements in order.
func (v value) reshaped(shape []int) value {
	if v.constant != nil {
		t := *v.constant
		t.shape = shape
		return value{constant: &t}
	}
	v.shape = shape
	return v
}

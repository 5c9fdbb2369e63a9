// Operators that change the shape alone: elements stay in row-major order, so
// nothing happens to the layers.

package onnx

import (
	"slices"
)

// reshaper returns the new shape of a tensor.
type reshaper func(n *node, shape []int) []int

// reshaping is the mover of a reshaper.
func reshaping(f reshaper) mover {
	return func(n *node, shape []int) []moved {
		out := f(n, shape)
		if size(out) != size(shape) {
			panic(refusalf("shape %v to %v: the number of elements differs", shape, out))
		}
		return []moved{{shape: out}}
	}
}

func identity(_ *node, shape []int) []int { return shape }

func flatten(n *node, shape []int) []int {
	axis := n.integer("axis", 1)
	if axis < 0 {
		axis += int64(len(shape))
	}
	if axis < 0 || axis > int64(len(shape)) {
		panic(refusalf("attribute \"axis\": out of range for shape %v", shape))
	}
	return []int{size(shape[:axis]), size(shape[axis:])}
}

// reshape: 0 copies a dimension (unless allowzero), −1 is what is left.
func reshape(n *node, shape []int) []int {
	want := n.list("shape")
	if want == nil {
		panic(refusalf("the new shape is missing"))
	}
	allowZero := n.integer("allowzero", 0)
	out := make([]int, len(want))
	known, free := 1, -1
	for i, d := range want {
		switch {
		case d == -1 && free < 0:
			free = i
			continue
		case d == 0 && allowZero == 0 && i < len(shape):
			out[i] = shape[i]
		case d >= 1 && d <= maxEntries:
			out[i] = int(d)
		default:
			panic(refusalf("new shape %v: dimension %d is not supported for shape %v", want, i, shape))
		}
		if known > maxEntries/out[i] {
			panic(refusalf("new shape %v: more than %d elements", want, maxEntries))
		}
		known *= out[i]
	}
	if free >= 0 {
		if out[free] = size(shape) / known; out[free]*known != size(shape) {
			panic(refusalf("new shape %v does not divide the %d elements of shape %v", want, size(shape), shape))
		}
	}
	return out
}

// squeeze removes dimensions of size 1: the given ones, or all.
func squeeze(n *node, shape []int) []int {
	axes := n.axes(len(shape))
	out := []int{}
	for i, d := range shape {
		switch listed := slices.Contains(axes, i); {
		case listed && d != 1:
			panic(refusalf("axis %d of shape %v is not 1", i, shape))
		case listed || axes == nil && d == 1:
		default:
			out = append(out, d)
		}
	}
	return out
}

// unsqueeze inserts dimensions of size 1, at positions of the result.
func unsqueeze(n *node, shape []int) []int {
	list := n.list("axes")
	if list == nil {
		panic(refusalf("axes: missing"))
	}
	axes := n.axes(len(shape) + len(list))
	out := make([]int, 0, len(shape)+len(list))
	for rest := shape; len(out) < cap(out); {
		if slices.Contains(axes, len(out)) {
			out = append(out, 1)
			continue
		}
		if len(rest) == 0 {
			panic(refusalf("axes: %v given twice", list))
		}
		out, rest = append(out, rest[0]), rest[1:]
	}
	return out
}

// list returns a list of integers that is input 1, or in old operator sets an
// attribute; nil when it is missing.
func (n *node) list(name string) []int64 { return n.listAt(1, name) }

// listAt is list for input i.
func (n *node) listAt(i int, name string) []int64 {
	if i < len(n.args) && n.args[i].empty {
		return []int64{}
	}
	if !n.has(i) {
		return n.integers(name)
	}
	t := n.constant(i, name)
	if t.ints == nil || len(t.shape) > 1 {
		panic(refusalf("input %d (%s): expected a list of INT64", i, name))
	}
	return t.ints
}

// axes returns the list "axes" with negative ones counted from the end, nil
// when it is missing.
func (n *node) axes(rank int) []int {
	list := n.list("axes")
	if list == nil {
		return nil
	}
	axes := make([]int, len(list))
	for i, a := range list {
		ok := false
		if axes[i], ok = placed(a, rank); !ok {
			panic(refusalf("axes: %d is out of range for rank %d", a, rank))
		}
	}
	return axes
}

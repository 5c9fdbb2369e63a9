// Operators that change the shape alone: elements stay in row-major order, so
// nothing happens to the layers.

package onnx

import (
	"errors"
	"fmt"
	"slices"
)

// reshaper returns the new shape of a tensor.
type reshaper func(n *node, shape []int) ([]int, error)

// reshaping is the mover of a reshaper.
func reshaping(f reshaper) mover {
	return func(n *node, shape []int) ([]moved, error) {
		out, err := checked(f, n, shape)
		return []moved{{shape: out}}, err
	}
}

// checked applies f and checks that the number of elements stays.
func checked(f reshaper, n *node, shape []int) ([]int, error) {
	out, err := f(n, shape)
	if err == nil && size(out) != size(shape) {
		return nil, fmt.Errorf("shape %v to %v: the number of elements differs", shape, out)
	}
	return out, err
}

func identity(_ *node, shape []int) ([]int, error) { return shape, nil }

func flatten(n *node, shape []int) ([]int, error) {
	axis, err := n.integer("axis", 1)
	if err != nil {
		return nil, err
	}
	if axis < 0 {
		axis += int64(len(shape))
	}
	if axis < 0 || axis > int64(len(shape)) {
		return nil, fmt.Errorf("attribute \"axis\": out of range for shape %v", shape)
	}
	return []int{size(shape[:axis]), size(shape[axis:])}, nil
}

// reshape: 0 copies a dimension (unless allowzero), −1 is what is left.
func reshape(n *node, shape []int) ([]int, error) {
	want, err := n.list("shape")
	if err != nil {
		return nil, err
	}
	if want == nil {
		return nil, errors.New("the new shape is missing")
	}
	allowZero, err := n.integer("allowzero", 0)
	if err != nil {
		return nil, err
	}
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
			return nil, fmt.Errorf("new shape %v: dimension %d is not supported for shape %v", want, i, shape)
		}
		if known > maxEntries/out[i] {
			return nil, fmt.Errorf("new shape %v: more than %d elements", want, maxEntries)
		}
		known *= out[i]
	}
	if free >= 0 {
		if out[free] = size(shape) / known; out[free]*known != size(shape) {
			return nil, fmt.Errorf("new shape %v does not divide the %d elements of shape %v", want, size(shape), shape)
		}
	}
	return out, nil
}

// squeeze removes dimensions of size 1: the given ones, or all.
func squeeze(n *node, shape []int) ([]int, error) {
	axes, err := n.axes(len(shape))
	if err != nil {
		return nil, err
	}
	out := []int{}
	for i, d := range shape {
		switch listed := slices.Contains(axes, i); {
		case listed && d != 1:
			return nil, fmt.Errorf("axis %d of shape %v is not 1", i, shape)
		case listed || axes == nil && d == 1:
		default:
			out = append(out, d)
		}
	}
	return out, nil
}

// unsqueeze inserts dimensions of size 1, at positions of the result.
func unsqueeze(n *node, shape []int) ([]int, error) {
	list, err := n.list("axes")
	if err != nil {
		return nil, err
	}
	if list == nil {
		return nil, errors.New("axes: missing")
	}
	axes, err := n.axes(len(shape) + len(list))
	if err != nil {
		return nil, err
	}
	out := make([]int, 0, len(shape)+len(list))
	for rest := shape; len(out) < cap(out); {
		if slices.Contains(axes, len(out)) {
			out = append(out, 1)
			continue
		}
		if len(rest) == 0 {
			return nil, fmt.Errorf("axes: %v given twice", list)
		}
		out, rest = append(out, rest[0]), rest[1:]
	}
	return out, nil
}

// list returns a list of integers that is input 1, or in old operator sets an
// attribute; nil when it is missing.
func (n *node) list(name string) ([]int64, error) { return n.listAt(1, name) }

// listAt is list for input i.
func (n *node) listAt(i int, name string) ([]int64, error) {
	if i < len(n.args) && n.args[i].empty {
		return []int64{}, nil
	}
	if !n.has(i) {
		return n.integers(name)
	}
	t, err := n.constant(i, name)
	if err != nil {
		return nil, err
	}
	if t.ints == nil || len(t.shape) > 1 {
		return nil, fmt.Errorf("input %d (%s): expected a list of INT64", i, name)
	}
	return t.ints, nil
}

// axes returns the list "axes" with negative ones counted from the end, nil
// when it is missing.
func (n *node) axes(rank int) ([]int, error) {
	list, err := n.list("axes")
	if list == nil || err != nil {
		return nil, err
	}
	axes := make([]int, len(list))
	for i, a := range list {
		if a < 0 {
			a += int64(rank)
		}
		if a < 0 || a >= int64(rank) {
			return nil, fmt.Errorf("axes: %d is out of range for rank %d", list[i], rank)
		}
		axes[i] = int(a)
	}
	return axes, nil
}

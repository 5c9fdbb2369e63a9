// Moves that choose elements by more than an index for each: by truth values, by lengths, and from
// the middle.

package onnx

import (
	"errors"
	"fmt"
	"slices"
)

// compress keeps the elements, along an axis or of all, that a list of truth values names.
func compress(n *node, shape []int) ([]moved, error) {
	t, err := n.indices(1)
	if err != nil {
		return nil, err
	}
	axis := 0
	if n.attributes["axis"] == nil {
		shape = []int{size(shape)}
	} else if axis, err = n.axis(0, len(shape)); err != nil {
		return nil, err
	}
	if len(t.shape) != 1 || len(t.ints) > shape[axis] {
		return nil, fmt.Errorf("input 1 (condition): shape %v, expected a list of at most %d", t.shape, shape[axis])
	}
	var index []int
	for i, v := range t.ints {
		if v != 0 {
			index = append(index, i)
		}
	}
	m, err := along(shape, axis, index)
	return []moved{m}, err
}

// reverseSequence turns the first elements along the time axis around, so many in each row of the
// batch as a list says.
func reverseSequence(n *node, shape []int) ([]moved, error) {
	t, err := n.indices(1)
	if err != nil {
		return nil, err
	}
	batch, err1 := n.integer("batch_axis", 1)
	time, err2 := n.integer("time_axis", 0)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if len(shape) < 2 || min(batch, time) != 0 || max(batch, time) != 1 {
		return nil, fmt.Errorf("attributes \"batch_axis\" and \"time_axis\": %d and %d of shape %v, expected 0 and 1 in any order", batch, time, shape)
	}
	if !slices.Equal(t.shape, shape[batch:batch+1]) {
		return nil, fmt.Errorf("input 1 (sequence_lens): shape %v, expected %v", t.shape, shape[batch:batch+1])
	}
	for _, length := range t.ints {
		if length < 1 || length > int64(shape[time]) {
			return nil, fmt.Errorf("input 1 (sequence_lens): %d, expected 1 to %d", length, shape[time])
		}
	}
	m, steps := moved{shape: shape, from: ordered(size(shape))}, stepsOf(shape)
	for i := range m.from {
		row, at := i/steps[batch]%shape[batch], i/steps[time]%shape[time]
		if length := int(t.ints[row]); at < length {
			m.from[i] += (length - 1 - 2*at) * steps[time]
		}
	}
	return []moved{m}, nil
}

// centerCropPad cuts axes down to lengths around their middle, or fills them up with zeros.
func centerCropPad(n *node, shape []int) ([]moved, error) {
	t, err1 := n.indices(1)
	axes, err2 := n.integers("axes")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if axes == nil {
		for a := range shape {
			axes = append(axes, int64(a))
		}
	}
	if len(t.shape) != 1 || len(t.ints) != len(axes) {
		return nil, fmt.Errorf("input 1 (shape): shape %v, expected a list of %d", t.shape, len(axes))
	}
	m := moved{shape: shape}
	for i, a := range axes {
		axis, err := placeAxis(a, len(shape))
		if err != nil {
			return nil, err
		}
		length, have := t.ints[i], m.shape[axis]
		if length < 1 || length > maxEntries {
			return nil, fmt.Errorf("input 1 (shape): %d, expected 1 to %d", length, maxEntries)
		}
		first := (have - int(length)) / 2 // towards 0: what is odd comes last
		index := make([]int, length)
		for k := range index {
			if index[k] = first + k; index[k] < 0 || index[k] >= have {
				index[k] = -1
			}
		}
		if m, err = m.along(axis, index); err != nil {
			return nil, err
		}
	}
	return []moved{m}, nil
}

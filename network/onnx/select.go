// Moves that choose elements by more than an index for each: by truth values, by lengths, and from
// the middle.

package onnx

import (
	"slices"
)

// compress keeps the elements, along an axis or of all, that a list of truth values names.
func compress(n *node, shape []int) []moved {
	t := n.indices()
	axis := 0
	if n.attributes["axis"] == nil {
		shape = []int{size(shape)}
	} else {
		axis = n.axis(0, len(shape))
	}
	if len(t.shape) != 1 || len(t.ints) > shape[axis] {
		panic(refusalf("input 1 (condition): shape %v, expected a list of at most %d", t.shape, shape[axis]))
	}
	var index []int
	for i, v := range t.ints {
		if v != 0 {
			index = append(index, i)
		}
	}
	return []moved{along(shape, axis, index)}
}

// reverseSequence turns the first elements along the time axis around, so many in each row of the
// batch as a list says.
func reverseSequence(n *node, shape []int) []moved {
	t := n.indices()
	batch := n.integer("batch_axis", 1)
	time := n.integer("time_axis", 0)
	if len(shape) < 2 || min(batch, time) != 0 || max(batch, time) != 1 {
		panic(refusalf("attributes \"batch_axis\" and \"time_axis\": %d and %d of shape %v, expected 0 and 1 in any order", batch, time, shape))
	}
	if !slices.Equal(t.shape, shape[batch:batch+1]) {
		panic(refusalf("input 1 (sequence_lens): shape %v, expected %v", t.shape, shape[batch:batch+1]))
	}
	for _, length := range t.ints {
		if length < 1 || length > int64(shape[time]) {
			panic(refusalf("input 1 (sequence_lens): %d, expected 1 to %d", length, shape[time]))
		}
	}
	m, steps := moved{shape: shape, from: ordered(size(shape))}, stepsOf(shape)
	for i := range m.from {
		row, at := i/steps[batch]%shape[batch], i/steps[time]%shape[time]
		if length := int(t.ints[row]); at < length {
			m.from[i] += (length - 1 - 2*at) * steps[time]
		}
	}
	return []moved{m}
}

// centerCropPad cuts axes down to lengths around their middle, or fills them up with zeros.
func centerCropPad(n *node, shape []int) []moved {
	t := n.indices()
	axes := n.integers("axes")
	if axes == nil {
		for a := range shape {
			axes = append(axes, int64(a))
		}
	}
	if len(t.shape) != 1 || len(t.ints) != len(axes) {
		panic(refusalf("input 1 (shape): shape %v, expected a list of %d", t.shape, len(axes)))
	}
	m := moved{shape: shape}
	for i, a := range axes {
		axis := placeAxis(a, len(shape))
		length, have := t.ints[i], m.shape[axis]
		if length < 1 || length > maxEntries {
			panic(refusalf("input 1 (shape): %d, expected 1 to %d", length, maxEntries))
		}
		first := (have - int(length)) / 2 // towards 0: what is odd comes last
		index := make([]int, length)
		for k := range index {
			if index[k] = first + k; index[k] < 0 || index[k] >= have {
				index[k] = -1
			}
		}
		m = m.along(axis, index)
	}
	return []moved{m}
}

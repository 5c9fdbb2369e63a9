// Pad: elements moved between constants, mirrored, or repeated.

package onnx

import (
	"slices"
)

// pad takes amounts and a value as inputs, or as attributes in old operator sets; a negative amount
// cuts off.
func pad(n *node, shape []int) []moved {
	pads := n.list("pads")
	axes := ordered(len(shape))
	if n.has(3) {
		axes = differentAxes(n.listAt(3, "axes"), len(shape), "input 3 (axes)")
	}
	fill := n.fill()
	if len(pads) != 2*len(axes) {
		panic(refusalf("pads %v, expected two for each of %d axes", pads, len(axes)))
	}
	mode := n.text("mode", "constant")
	m := moved{shape: shape}
	for i, axis := range axes {
		index := padded(mode, pads[i], pads[len(axes)+i], shape[axis])
		if slices.Equal(index, ordered(shape[axis])) {
			continue
		}
		m = m.along(axis, index)
	}
	m.fill = fill
	return []moved{m}
}

// fill is the value of a Pad.
func (n *node) fill() float64 {
	if !n.has(2) {
		return n.float("value", 0)
	}
	t := n.constant(2, "value")
	switch {
	case len(t.floats) == 1:
		return t.floats[0]
	case len(t.ints) == 1:
		return float64(t.ints[0])
	}
	panic(refusalf("input 2 (value): shape %v, expected one number", t.shape))
}

// padded returns the indices along a padded axis of n elements.
func padded(mode string, before, after int64, n int) []int {
	if before > maxEntries || after > maxEntries || before < int64(-n) || after < int64(-n) {
		panic(refusalf("pads %d and %d of an axis of %d", before, after, n))
	}
	var index []int
	for i := int(-before); i < n+int(after); i++ {
		switch inside := i >= 0 && i < n; {
		case inside:
			index = append(index, i)
		case mode == "constant":
			index = append(index, -1)
		case mode == "edge":
			index = append(index, min(max(i, 0), n-1))
		case mode == "reflect" && i > -n && i < 2*n-1:
			index = append(index, min(max(i, -i), 2*n-2-i))
		default:
			panic(refusalf("attribute \"mode\": %q of %d and %d, supported are constant, edge, and reflect of less than the axis", mode, before, after))
		}
	}
	return index
}

// Pad: elements moved between constants, mirrored, or repeated.

package onnx

import (
	"fmt"
	"slices"
)

// pad takes amounts and a value as inputs, or as attributes in old operator sets; a negative amount
// cuts off.
func pad(n *node, shape []int) ([]moved, error) {
	pads, err := n.list("pads")
	if err != nil {
		return nil, err
	}
	axes := ordered(len(shape))
	if n.has(3) {
		list, err := n.listAt(3, "axes")
		if err != nil {
			return nil, err
		}
		axes = axes[:0]
		for _, a := range list {
			axis, err := placeAxis(a, len(shape))
			if err != nil || slices.Contains(axes, axis) {
				return nil, fmt.Errorf("input 3 (axes): %v, expected axes of shape %v, each once", list, shape)
			}
			axes = append(axes, axis)
		}
	}
	fill, err := n.fill()
	if err != nil {
		return nil, err
	}
	if len(pads) != 2*len(axes) {
		return nil, fmt.Errorf("pads %v, expected two for each of %d axes", pads, len(axes))
	}
	mode := n.text("mode", "constant")
	m := moved{shape: shape}
	for i, axis := range axes {
		index, err := padded(mode, pads[i], pads[len(axes)+i], shape[axis])
		if err != nil {
			return nil, err
		}
		if slices.Equal(index, ordered(shape[axis])) {
			continue
		}
		if m, err = m.along(axis, index); err != nil {
			return nil, err
		}
	}
	m.fill = fill
	return []moved{m}, nil
}

// fill is the value of a Pad.
func (n *node) fill() (float64, error) {
	if !n.has(2) {
		return n.float("value", 0)
	}
	t, err := n.constant(2, "value")
	switch {
	case err != nil:
		return 0, err
	case len(t.floats) == 1:
		return t.floats[0], nil
	case len(t.ints) == 1:
		return float64(t.ints[0]), nil
	}
	return 0, fmt.Errorf("input 2 (value): shape %v, expected one number", t.shape)
}

// padded returns the indices along a padded axis of n elements.
func padded(mode string, before, after int64, n int) ([]int, error) {
	if before > maxEntries || after > maxEntries || before < int64(-n) || after < int64(-n) {
		return nil, fmt.Errorf("pads %d and %d of an axis of %d", before, after, n)
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
			return nil, fmt.Errorf("attribute \"mode\": %q of %d and %d, supported are constant, edge, and reflect of less than the axis", mode, before, after)
		}
	}
	return index, nil
}

// Pad and Resize: elements moved between constants, mirrored, or repeated.

package onnx

import (
	"errors"
	"fmt"
	"math"
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

// resize repeats or leaves out elements: mode nearest, by scales or sizes. Upsample is the same
// with its scales as input 1 or an attribute.
func resize(n *node, shape []int) ([]moved, error) {
	if mode := n.text("mode", "nearest"); mode != "nearest" {
		return nil, fmt.Errorf("attribute \"mode\": %q, supported are nearest, and linear of what is computed", mode)
	}
	if err := n.stretches(); err != nil {
		return nil, err
	}
	scales, sizes, err := n.scales(len(shape))
	if err != nil {
		return nil, err
	}
	place, round := n.text("coordinate_transformation_mode", "half_pixel"), n.text("nearest_mode", "round_prefer_floor")
	if n.scalesAt() == 1 {
		// Upsample, and Resize before operator set 11: repeated elements. Of fewer elements the
		// specification does not say which, and runtimes differ.
		place, round = "asymmetric", "floor"
		if slices.ContainsFunc(scales, func(s float64) bool { return s < 1 }) {
			return nil, fmt.Errorf("scales %v of operator set %d, supported are those of at least 1", scales, n.opset)
		}
	}
	m := moved{shape: shape}
	for axis, in := range shape {
		var wanted, scale float64
		if sizes != nil {
			wanted = float64(sizes[axis])
			scale = wanted / float64(in)
		} else {
			scale = scales[axis]
			wanted = math.Floor(float64(in) * scale)
		}
		if wanted < 1 || wanted > maxEntries {
			return nil, fmt.Errorf("axis %d of shape %v gets %g elements, expected 1 to %d", axis, shape, wanted, maxEntries)
		}
		out := int(wanted)
		if out == in && scale == 1 {
			continue
		}
		index, err := nearest(place, round, in, out, scale)
		if err != nil {
			return nil, err
		}
		if m, err = m.along(axis, index); err != nil {
			return nil, err
		}
	}
	return []moved{m}, nil
}

// scalesAt returns which input the scales are, where they are no attribute.
func (n *node) scalesAt() int {
	if n.op == "Upsample" || n.opset < 11 {
		return 1
	}
	return 2
}

// scales returns the scales or the sizes of a Resize: inputs 1 (Upsample), or 2 and 3, or
// attribute.
func (n *node) scales(rank int) ([]float64, []int64, error) {
	at := n.scalesAt()
	if len(n.args) > at+1 && (at == 1 || n.has(2) && n.has(3)) {
		return nil, nil, errors.New("scales and sizes, or more inputs than its operator set has, expected one of them")
	}
	if n.has(3) {
		sizes, err := n.listAt(3, "sizes")
		if err == nil && len(sizes) != rank {
			err = fmt.Errorf("input 3 (sizes): %v, expected %d", sizes, rank)
		}
		return nil, sizes, err
	}
	var scales []float64
	if n.attributes["scales"] != nil {
		list, err := n.numbers("scales")
		if err != nil {
			return nil, nil, err
		}
		scales = list
	} else {
		t, err := n.floats(at, "scales")
		if err != nil {
			return nil, nil, err
		}
		scales = t.floats
	}
	for _, s := range scales {
		if !(s > 0) {
			return nil, nil, fmt.Errorf("scales %v, expected positive numbers", scales)
		}
	}
	if len(scales) != rank {
		return nil, nil, fmt.Errorf("scales %v, expected %d", scales, rank)
	}
	return scales, nil, nil
}

// nearest returns for each element along an axis the input's that it is.
func nearest(place, round string, in, out int, scale float64) ([]int, error) {
	index := make([]int, out)
	for i := range index {
		var x float64
		switch {
		case place == "asymmetric" && (scale == math.Trunc(scale) || math.Mod(math.Log2(scale), 1) == 0):
			x = float64(i) / scale
		case place == "tf_half_pixel_for_nn" && scale == math.Trunc(scale):
			x = (float64(i) + 0.5) / scale
		case (place == "half_pixel" || place == "pytorch_half_pixel" && out > 1) && scale == math.Trunc(scale):
			x = (float64(i)+0.5)/scale - 0.5
		default:
			return nil, fmt.Errorf("attribute \"coordinate_transformation_mode\": %q, of scale %g, supported are asymmetric, half_pixel, pytorch_half_pixel and tf_half_pixel_for_nn, of whole scales", place, scale)
		}
		switch round {
		case "floor":
			x = math.Floor(x)
		case "ceil":
			x = math.Ceil(x)
		case "round_prefer_floor":
			x = math.Ceil(x - 0.5)
		case "round_prefer_ceil":
			x = math.Floor(x + 0.5)
		default:
			return nil, errors.New("attribute \"nearest_mode\": unknown")
		}
		index[i] = min(max(int(x), 0), in-1)
	}
	return index, nil
}

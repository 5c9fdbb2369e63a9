// Col2Im: blocks of columns are added up where they lie in an image. It is what a transposed
// convolution does with its products, so it shares how these land.

package onnx

import (
	"fmt"
	"slices"
)

// col2Im has the shape of the image, and that of its blocks, as constants.
func col2Im(rd *reader, n *node) error {
	if err := n.mustRun(0, "input"); err != nil {
		return err
	}
	image, err := n.extents(1, "image_shape")
	if err != nil {
		return err
	}
	block, err := n.extents(2, "block_shape")
	if err != nil {
		return err
	}
	if len(block) != len(image) {
		return fmt.Errorf("blocks of shape %v in an image of shape %v, expected as many dimensions", block, image)
	}
	axes, columns, err := n.blocks(image, block)
	if err != nil {
		return err
	}
	in, kernel := rd.shape, size(block)
	if len(in) != 3 || in[1]%kernel != 0 || in[2] != columns {
		return fmt.Errorf("shape %v, expected a batch, channels times the %d elements of a block, and %d blocks", in, kernel, columns)
	}
	channels, plane := in[1]/kernel, size(image)
	shape := slices.Concat([]int{in[0], channels}, image)
	if size(shape) > maxEntries {
		return fmt.Errorf("the result, of shape %v, has more than %d elements", shape, maxEntries)
	}
	if err := rd.work(in[0], channels, columns, kernel); err != nil {
		return err
	}
	w, err := rd.newWeights(size(shape), rd.width)
	if err != nil {
		return err
	}
	for unit := range in[0] * channels {
		for at := range columns {
			landings(axes, at, func(k, o int) { w.Set(unit*plane+o, (unit*kernel+k)*columns+at, 1) })
		}
	}
	if err := rd.affine(w); err != nil {
		return err
	}
	rd.shape = shape
	return nil
}

// extents returns input i, a list of one to three lengths.
func (n *arguments) extents(i int, what string) ([]int, error) {
	t, err := n.constant(i, what)
	if err != nil {
		return nil, err
	}
	if t.ints == nil || len(t.shape) != 1 || len(t.ints) > axesMost {
		return nil, fmt.Errorf("input %d (%s): expected a list of one to %d integers", i, what, axesMost)
	}
	var lengths []int
	for _, v := range t.ints {
		if v < 1 || v > maxEntries {
			return nil, fmt.Errorf("input %d (%s): %d, expected 1 to %d", i, what, v, maxEntries)
		}
		lengths = append(lengths, int(v))
	}
	return lengths, nil
}

// blocks says along each dimension where blocks lie, those before the image's own being of one
// place, and how many there are in all.
func (as attributes) blocks(image, block []int) (s [axesMost]spreading, columns int, err error) {
	d := len(image)
	var lists [3][]int
	for i, name := range []string{"strides", "dilations", "pads"} {
		count, missing := d, 1
		if name == "pads" {
			count, missing = 2*d, 0
		}
		if lists[i], err = as.window(name, count, missing, missing); err != nil {
			return s, 0, err
		}
	}
	var counts []int
	for i := range s {
		s[i] = spreading{in: 1, kernel: 1, stride: 1, dilation: 1, out: 1}
		j := i - (axesMost - d)
		if j < 0 {
			continue
		}
		stride, dilation, before, after := lists[0][j], lists[1][j], lists[2][j], lists[2][d+j]
		room := image[j] + before + after - dilation*(block[j]-1) - 1
		if room < 0 {
			return s, 0, fmt.Errorf("blocks of shape %v do not fit into an image of shape %v", block, image)
		}
		s[i] = spreading{in: room/stride + 1, kernel: block[j], stride: stride, dilation: dilation, before: before, out: image[j]}
		counts = append(counts, s[i].in)
	}
	return s, size(counts), nil
}

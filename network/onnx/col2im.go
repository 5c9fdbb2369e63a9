// Col2Im: blocks of columns are added up where they lie in an image. It is what a transposed
// convolution does with its products, so it shares how these land.

package onnx

import (
	"fmt"
	"slices"
)

// col2Im has the shape of the image, and that of its blocks, as constants.
func col2Im(rd *reader, n *node) {
	n.mustRun(0, "input")
	image := n.extents(1, "image_shape")
	block := n.extents(2, "block_shape")
	if len(block) != len(image) {
		panic(refusalf("blocks of shape %v in an image of shape %v, expected as many dimensions", block, image))
	}
	axes, columns := n.blocks(image, block)
	in, kernel := rd.shape, size(block)
	if len(in) != 3 || in[1]%kernel != 0 || in[2] != columns {
		panic(refusalf("shape %v, expected a batch, channels times the %d elements of a block, and %d blocks", in, kernel, columns))
	}
	channels, plane := in[1]/kernel, size(image)
	shape := fitting(slices.Concat([]int{in[0], channels}, image))
	rd.work(in[0], channels, columns, kernel)
	w := rd.newWeights(size(shape), rd.width)
	for unit := range in[0] * channels {
		for at := range columns {
			landings(axes, at, func(k, o int) { w.Set(unit*plane+o, (unit*kernel+k)*columns+at, 1) })
		}
	}
	rd.affine(w)
	rd.shape = shape
}

// extents returns input i, a list of one to three lengths.
func (n *arguments) extents(i int, what string) []int {
	t := n.constant(i, what)
	if t.ints == nil || len(t.shape) != 1 || len(t.ints) > axesMost {
		panic(refusalf("input %d (%s): expected a list of one to %d integers", i, what, axesMost))
	}
	return sizesIn(t.ints, fmt.Sprintf("input %d (%s)", i, what))
}

// blocks says along each dimension where blocks lie, those before the image's own being of one
// place, and how many there are in all.
func (as attributes) blocks(image, block []int) (s [axesMost]spreading, columns int) {
	d := len(image)
	var lists [3][]int
	for i, name := range []string{"strides", "dilations", "pads"} {
		count, missing := d, 1
		if name == "pads" {
			count, missing = 2*d, 0
		}
		lists[i] = as.window(name, count, missing, missing)
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
			panic(refusalf("blocks of shape %v do not fit into an image of shape %v", block, image))
		}
		s[i] = spreading{in: room/stride + 1, kernel: block[j], stride: stride, dilation: dilation, before: before, out: image[j]}
		counts = append(counts, s[i].in)
	}
	return s, size(counts)
}

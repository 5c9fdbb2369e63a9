// Col2Im: blocks of columns are added up where they lie in an image. It is what a transposed
// convolution does with its products, so it shares how these land.

package onnx

import (
	"fmt"
	"slices"
)

// col2Im has the shape of the image, and that of its blocks, as constants.
func col2Im(rd *reader, n *node) {
	n.mustRun("input")
	image := n.extents(1, "image_shape")
	block := n.extents(2, "block_shape")
	if len(block) != len(image) {
		panic(refusalf("blocks of shape %v in an image of shape %v, expected as many dimensions", block, image))
	}
	g, columns := n.blocks(image, block)
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
			g.at(at, func(k, o int) { w.Set(unit*plane+o, (unit*kernel+k)*columns+at, 1) })
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

// blocks says where blocks lie in an image, and how many there are in all.
func (as attributes) blocks(image, block []int) (g *grid, columns int) {
	d := len(image)
	g = &grid{axes: unmoved()}
	var lists [3][]int
	for i, name := range []string{"strides", "dilations", "pads"} {
		count, missing := d, 1
		if name == "pads" {
			count, missing = 2*d, 0
		}
		lists[i] = as.window(name, count, missing, missing)
	}
	var counts []int
	for j := range d {
		a := axis{in: image[j], kernel: block[j], stride: lists[0][j], dilation: lists[1][j], before: lists[2][j], after: lists[2][d+j]}
		room := a.in + a.before + a.after - a.span()
		if room < 0 {
			panic(refusalf("blocks of shape %v do not fit into an image of shape %v", block, image))
		}
		a.out = room/a.stride + 1
		g.axes[axesMost-d+j], counts = a, append(counts, a.out)
	}
	return g, size(counts)
}

// ConvTranspose: each input element adds the kernel, times itself, to the output around its place.
// It is a convolution read backwards, so the grid is that of the convolution: what slides over the
// output, with a position for each input.

package onnx

import (
	"slices"
)

// convTranspose has constant weights of shape [channels, units/group, kernel…].
func convTranspose(rd *reader, n *node) {
	wt, group := kernelOf(rd, n)
	r, in := len(rd.shape), rd.shape
	channels := in[1]
	if group < 1 || group > int64(channels) || channels%int(group) != 0 || wt.shape[0] != channels {
		panic(refusalf("weights of shape %v, group %d: they do not fit %d channels", wt.shape, group, channels))
	}
	g := &grid{axes: n.spread(in[2:], wt.shape[2:])}
	units := wt.shape[1] * int(group)
	shape := []int{in[0], units}
	for _, a := range g.axes[axesMost+2-r:] {
		shape = append(shape, a.in)
	}
	fitting(shape)
	kernel, plane := g.kernel(), g.plane() // a plane has at most the elements of the result
	perGroup := channels / int(group)
	rd.work(rd.width, wt.shape[1], kernel)
	w := rd.newWeights(size(shape), rd.width)
	for at := range rd.width {
		batch, c, rest := at/size(in[1:]), at/size(in[2:])%channels, at%size(in[2:])
		for u := range wt.shape[1] {
			weights := wt.floats[(c*wt.shape[1]+u)*kernel:][:kernel]
			first := (batch*units + c/perGroup*wt.shape[1] + u) * plane
			g.at(rest, func(k, o int) { w.Set(first+o, at, weights[k]) })
		}
	}
	rd.affine(w)
	rd.shape = shape
	channelBias(rd, n, units)
}

// channelBias adds input 2, one number for each of so many channels, where it is there.
func channelBias(rd *reader, n *node, units int) {
	if !n.has(2) {
		return
	}
	b := n.floats(2, "B")
	if len(b.shape) != 1 || b.shape[0] != units {
		panic(refusalf("input 2 (B): shape %v, expected [%d]", b.shape, units))
	}
	bias, rest := make([]float64, rd.width), size(rd.shape[2:])
	for i := range bias {
		bias[i] = b.floats[i/rest%units]
	}
	rd.add(bias)
}

// spread reads the attributes of a ConvTranspose: the axes of the convolution that it is backwards,
// whose output is of the shape given.
func (n *node) spread(spatial, kernel []int) (s [axesMost]axis) {
	d := len(spatial)
	s = unmoved()
	strides, dilations, pads := n.sliding(kernel)
	more := n.window("output_padding", d, 0, 0)
	wanted := n.window("output_shape", d, 0, 1)
	auto := n.text("auto_pad", "NOTSET")
	if !slices.Contains([]string{"", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"}, auto) {
		panic(refusalf("attribute \"auto_pad\": %q, supported are NOTSET, VALID, SAME_UPPER and SAME_LOWER", auto))
	}
	for i := range d {
		a := axis{out: spatial[i], kernel: kernel[i], stride: strides[i], dilation: dilations[i]}
		full := a.stride*(a.out-1) + more[i] + a.span()
		want := wanted[i]
		if want == 0 && (auto == "SAME_UPPER" || auto == "SAME_LOWER") {
			want = a.out * a.stride
		}
		switch {
		case want > 0:
			saying(func() { a.before = n.cut(full-want, auto) }, "spatial dimension %d", i)
			a.in = want
		case auto == "VALID":
			a.in = full
		default:
			a.before, a.in = pads[i], full-pads[i]-pads[d+i]
		}
		if a.in < 1 || a.in > maxEntries {
			panic(refusalf("spatial dimension %d: the result has %d elements, expected 1 to %d", i, a.in, maxEntries))
		}
		s[axesMost-d+i] = a
	}
	return s
}

// cut returns how much of a total that is left out stands at the beginning: half of it, and of an
// odd total the larger half, but for SAME_UPPER (ONNX's Changelog.md, ConvTranspose-11;
// ConvTranspose-1 says the opposite, and runtimes differ).
func (n *node) cut(total int, auto string) int {
	switch {
	case total <= 0:
		return 0 // zeros follow
	case total%2 != 0 && n.opset < 11:
		panic(refusalf("an odd number of elements is left out, %d, and operator set %d does not say at which end", total, n.opset))
	case auto == "SAME_UPPER":
		return total / 2
	}
	return total - total/2
}

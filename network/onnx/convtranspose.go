// ConvTranspose: each input element adds the kernel, times itself, to the output around its place.

package onnx

import (
	"slices"
)

// spreading is a kernel that one dimension is spread by.
type spreading struct {
	in, kernel, stride, dilation, before, out int
}

// lands returns where kernel position k of input position i lands, −1 where that is cut off.
func (s spreading) lands(i, k int) int {
	if o := i*s.stride + k*s.dilation - s.before; o >= 0 && o < s.out {
		return o
	}
	return -1
}

// convTranspose has constant weights of shape [channels, units/group, kernel…].
func convTranspose(rd *reader, n *node) {
	wt, group := kernelOf(rd, n)
	r, in := len(rd.shape), rd.shape
	channels := in[1]
	if group < 1 || group > int64(channels) || channels%int(group) != 0 || wt.shape[0] != channels {
		panic(refusalf("weights of shape %v, group %d: they do not fit %d channels", wt.shape, group, channels))
	}
	axes := n.spreadings(in[2:], wt.shape[2:])
	units := wt.shape[1] * int(group)
	shape := []int{in[0], units}
	kernel, plane := 1, 1
	for _, a := range axes {
		kernel *= a.kernel
	}
	for _, a := range axes[axesMost+2-r:] {
		shape = append(shape, a.out)
	}
	fitting(shape)
	for _, a := range axes { // at most the elements of the result
		plane *= a.out
	}
	perGroup := channels / int(group)
	rd.work(rd.width, wt.shape[1], kernel)
	w := rd.newWeights(size(shape), rd.width)
	for at := range rd.width {
		batch, c, rest := at/size(in[1:]), at/size(in[2:])%channels, at%size(in[2:])
		for u := range wt.shape[1] {
			weights := wt.floats[(c*wt.shape[1]+u)*kernel:][:kernel]
			first := (batch*units + c/perGroup*wt.shape[1] + u) * plane
			landings(axes, rest, func(k, o int) { w.Set(first+o, at, weights[k]) })
		}
	}
	rd.affine(w)
	rd.shape = shape
	channelBias(rd, n, units)
}

// landings calls f with every kernel position and the place in the output plane where it lands
// from place at of the input plane.
func landings(axes [axesMost]spreading, at int, f func(k, o int)) {
	d, h, w := axes[0], axes[1], axes[2]
	for l := range d.kernel {
		front := d.lands(at/w.in/h.in, l)
		for p := range h.kernel {
			top := h.lands(at/w.in%h.in, p)
			for q := range w.kernel {
				if left := w.lands(at%w.in, q); front >= 0 && top >= 0 && left >= 0 {
					f((l*h.kernel+p)*w.kernel+q, (front*h.out+top)*w.out+left)
				}
			}
		}
	}
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

// spreadings reads the attributes of a ConvTranspose; of fewer dimensions than there may be they
// are the last ones.
func (n *node) spreadings(spatial, kernel []int) (s [axesMost]spreading) {
	d := len(spatial)
	for i := range s {
		s[i] = spreading{in: 1, kernel: 1, stride: 1, dilation: 1, out: 1}
	}
	strides, dilations, pads := n.sliding(kernel)
	more := n.window("output_padding", d, 0, 0)
	wanted := n.window("output_shape", d, 0, 1)
	auto := n.text("auto_pad", "NOTSET")
	if !slices.Contains([]string{"", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"}, auto) {
		panic(refusalf("attribute \"auto_pad\": %q, supported are NOTSET, VALID, SAME_UPPER and SAME_LOWER", auto))
	}
	for i := range d {
		a := spreading{in: spatial[i], kernel: kernel[i], stride: strides[i], dilation: dilations[i]}
		full := a.stride*(a.in-1) + more[i] + a.dilation*(a.kernel-1) + 1
		want := wanted[i]
		if want == 0 && (auto == "SAME_UPPER" || auto == "SAME_LOWER") {
			want = a.in * a.stride
		}
		switch {
		case want > 0:
			saying(func() { a.before = n.cut(full-want, auto) }, "spatial dimension %d", i)
			a.out = want
		case auto == "VALID":
			a.out = full
		default:
			a.before, a.out = pads[i], full-pads[i]-pads[d+i]
		}
		if a.out < 1 || a.out > maxEntries {
			panic(refusalf("spatial dimension %d: the result has %d elements, expected 1 to %d", i, a.out, maxEntries))
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

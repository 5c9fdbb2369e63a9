// Conv and AveragePool, in one to three dimensions, as affine layers of sparse rows.

package onnx

import "slices"

// maxWindow bounds what attributes may say of a window: beyond it nothing real is
// lost, and products of two such numbers fit in an int.
const maxWindow = 1 << 26

// axis is a window that slides along one dimension.
type axis struct {
	in, kernel, stride, dilation int
	before, after                int // padding
	out                          int
}

// covers returns the range of kernel positions that fall on the input when the
// window is at out position o, and the input position of kernel position 0.
func (a axis) covers(o int) (k0, k1, start int) {
	start = o*a.stride - a.before
	if start < 0 {
		k0 = (-start + a.dilation - 1) / a.dilation
	}
	if last := a.in - 1 - start; last >= 0 {
		k1 = min(a.kernel, last/a.dilation+1)
	}
	return k0, k1, start
}

// covered returns how many pairs there are of a position of the window and an input under it.
func (a axis) covered() int {
	n := 0
	for o := range a.out {
		k0, k1, _ := a.covers(o)
		n += max(0, k1-k0)
	}
	return n
}

// unmoved are axes of one place, which those that a window has come behind.
func unmoved() (w [axesMost]axis) {
	for i := range w {
		w[i] = axis{in: 1, kernel: 1, stride: 1, dilation: 1, out: 1}
	}
	return w
}

// windows reads the attributes that Conv and AveragePool share.
func (n *node) windows(shape, kernel []int) (w [axesMost]axis) {
	spatial := shape[2:]
	given := n.integers("kernel_shape")
	if kernel == nil {
		for _, k := range given {
			if k < 1 || k > maxWindow {
				panic(refusalf("attribute \"kernel_shape\": %d, expected 1 to %d", k, maxWindow))
			}
			kernel = append(kernel, int(k))
		}
	}
	if len(kernel) != len(spatial) {
		panic(refusalf("attribute \"kernel_shape\": %v, expected %d numbers for shape %v", kernel, len(spatial), shape))
	}
	d := len(spatial)
	strides, dilations, pads := n.sliding(kernel)
	w = unmoved()
	for i := range d {
		a := axis{in: spatial[i], kernel: kernel[i], stride: strides[i], dilation: dilations[i], before: pads[i], after: pads[d+i]}
		saying(func() { a.place(n) }, "spatial dimension %d", i)
		w[axesMost-d+i] = a
	}
	return w
}

// sliding reads the attributes of windows of a kernel.
func (n *node) sliding(kernel []int) (strides, dilations, pads []int) {
	d, given := len(kernel), n.integers("kernel_shape")
	for i, k := range given {
		if len(given) != d || int(k) != kernel[i] {
			panic(refusalf("attribute \"kernel_shape\": %v, but the weights say %v", given, kernel))
		}
	}
	return n.window("strides", d, 1, 1), n.window("dilations", d, 1, 1), n.window("pads", 2*d, 0, 0)
}

// window returns a list of count numbers in [least, maxWindow].
func (as attributes) window(name string, count, missing, least int) []int {
	list := as.integers(name)
	out := slices.Repeat([]int{missing}, count)
	if list == nil {
		return out
	}
	if len(list) != count {
		panic(refusalf("attribute %q: %d numbers, expected %d", name, len(list), count))
	}
	for i, v := range list {
		if v < int64(least) || v > maxWindow {
			panic(refusalf("attribute %q: %d, expected %d to %d", name, v, least, maxWindow))
		}
		out[i] = int(v)
	}
	return out
}

// span is the length of the window.
func (a *axis) span() int { return a.dilation*(a.kernel-1) + 1 }

// place settles padding and the number of positions.
func (a *axis) place(n *node) {
	span := a.span()
	switch auto := n.text("auto_pad", "NOTSET"); auto {
	case "NOTSET", "":
	case "VALID":
		a.before, a.after = 0, 0
	case "SAME_UPPER", "SAME_LOWER":
		total := max((a.in+a.stride-1)/a.stride*a.stride-a.stride+span-a.in, 0)
		a.before, a.after = total/2, total-total/2
		if auto == "SAME_LOWER" {
			a.before, a.after = a.after, a.before
		}
	default:
		panic(refusalf("attribute \"auto_pad\": %q, supported are NOTSET, VALID, SAME_UPPER and SAME_LOWER", auto))
	}
	room := a.in + a.before + a.after - span
	if room < 0 {
		panic(refusalf("a window of %d does not fit an input of %d with padding %d and %d", span, a.in, a.before, a.after))
	}
	a.out = room/a.stride + 1
}

// kernelOf returns the constant weights of a convolution of either kind, and its group.
func kernelOf(rd *reader, n *node) (wt *tensor, group int64) {
	n.mustRun("X")
	wt = n.floats(1, "W")
	group = n.integer("group", 1)
	if r := len(rd.shape); r < 3 || r > axesMost+2 || len(wt.shape) != r {
		panic(refusalf("shape %v and weights of shape %v, supported are convolutions in 1 to %d dimensions", rd.shape, wt.shape, axesMost))
	}
	return wt, group
}

// conv is a convolution with constant weights of shape [units, channels/group, kernel…].
func conv(rd *reader, n *node) {
	wt, group := kernelOf(rd, n)
	units, perGroup, channels := wt.shape[0], wt.shape[1], rd.shape[1]
	if group < 1 || group > int64(units) || units%int(group) != 0 || perGroup*int(group) != channels {
		panic(refusalf("weights of shape %v, group %d: they do not fit %d channels", wt.shape, group, channels))
	}
	win := n.windows(rd.shape, wt.shape[2:])
	g := grid{axes: win, units: units}
	w := rd.layer(&g, rd.shape[0], perGroup)
	kernel := g.kernel()
	g.each(rd.shape[0], func(batch, unit, row int, at func(func(k, pos int))) {
		first := unit / (units / int(group)) * perGroup
		for c := 0; c < perGroup; c++ {
			plane := (batch*channels + first + c) * g.plane()
			weights := wt.floats[(unit*perGroup+c)*kernel:]
			at(func(k, pos int) { w.Set(row, plane+pos, weights[k]) })
		}
	})
	rd.affine(w)
	rd.shape = g.shape(rd.shape)
	channelBias(rd, n, units)
}

// averagePool is the mean over each window; 1/count is rounded unless count is a
// power of two.
func averagePool(rd *reader, n *node) {
	includePad := n.integer("count_include_pad", 0)
	g, beyond := pooling(rd, n)
	if beyond && n.text("auto_pad", "") == "VALID" {
		panic(refusalf("attribute \"ceil_mode\": not 0, and with auto_pad VALID runtimes and the standard differ in whether a window may go beyond the end: supported is 0, or windows that fit"))
	}
	w := rd.layer(g, rd.shape[0], 1)
	rounded, empty := 0, false
	g.each(rd.shape[0], func(batch, unit, row int, at func(func(k, pos int))) {
		count := 0
		at(func(int, int) { count++ })
		empty = empty || count == 0
		entries := count
		if includePad != 0 {
			count = g.padded(row)
		}
		if !isPower(float64(count)) {
			rounded += entries
		}
		plane := (batch*g.units + unit) * g.plane()
		at(func(_, pos int) { w.Set(row, plane+pos, 1/float64(count)) })
	})
	if empty {
		panic(refusalf("a window lies in the padding alone"))
	}
	rd.im.Round("AveragePool: 1/(size of the window)", rounded)
	rd.affine(w)
	rd.shape = g.shape(rd.shape)
}

// Conv and AveragePool, in one to three dimensions, as affine layers of sparse rows.

package onnx

import (
	"errors"
	"fmt"
	"math"
)

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

// windows reads the attributes that Conv and AveragePool share.
func (n *node) windows(shape, kernel []int) (w [axesMost]axis, err error) {
	spatial := shape[2:]
	given, err := n.integers("kernel_shape")
	if err != nil {
		return w, err
	}
	if kernel == nil {
		for _, k := range given {
			if k < 1 || k > maxWindow {
				return w, fmt.Errorf("attribute \"kernel_shape\": %d, expected 1 to %d", k, maxWindow)
			}
			kernel = append(kernel, int(k))
		}
	}
	if len(kernel) != len(spatial) {
		return w, fmt.Errorf("attribute \"kernel_shape\": %v, expected %d numbers for shape %v", kernel, len(spatial), shape)
	}
	for i, k := range given {
		if len(given) != len(kernel) || int(k) != kernel[i] {
			return w, fmt.Errorf("attribute \"kernel_shape\": %v, but the weights say %v", given, kernel)
		}
	}
	d := len(spatial)
	strides, err1 := n.window("strides", d, 1, 1)
	dilations, err2 := n.window("dilations", d, 1, 1)
	pads, err3 := n.window("pads", 2*d, 0, 0)
	if err := errors.Join(err1, err2, err3); err != nil {
		return w, err
	}
	for i := range w {
		w[i] = axis{in: 1, kernel: 1, stride: 1, dilation: 1, out: 1}
	}
	for i := 0; i < d; i++ {
		a := axis{in: spatial[i], kernel: kernel[i], stride: strides[i], dilation: dilations[i], before: pads[i], after: pads[d+i]}
		if err := a.place(n); err != nil {
			return w, fmt.Errorf("spatial dimension %d: %w", i, err)
		}
		w[axesMost-d+i] = a
	}
	return w, nil
}

// window returns a list of count numbers in [least, maxWindow].
func (as attributes) window(name string, count, missing, least int) ([]int, error) {
	list, err := as.integers(name)
	if err != nil {
		return nil, err
	}
	out := make([]int, count)
	for i := range out {
		out[i] = missing
	}
	if list == nil {
		return out, nil
	}
	if len(list) != count {
		return nil, fmt.Errorf("attribute %q: %d numbers, expected %d", name, len(list), count)
	}
	for i, v := range list {
		if v < int64(least) || v > maxWindow {
			return nil, fmt.Errorf("attribute %q: %d, expected %d to %d", name, v, least, maxWindow)
		}
		out[i] = int(v)
	}
	return out, nil
}

// span is the length of the window.
func (a *axis) span() int { return a.dilation*(a.kernel-1) + 1 }

// place settles padding and the number of positions.
func (a *axis) place(n *node) error {
	span := a.span()
	auto := "NOTSET"
	if p := n.attributes["auto_pad"]; p != nil {
		auto = string(p.GetS())
	}
	switch auto {
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
		return fmt.Errorf("attribute \"auto_pad\": %q, supported are NOTSET, VALID, SAME_UPPER and SAME_LOWER", auto)
	}
	room := a.in + a.before + a.after - span
	if room < 0 {
		return fmt.Errorf("a window of %d does not fit an input of %d with padding %d and %d", span, a.in, a.before, a.after)
	}
	a.out = room/a.stride + 1
	return nil
}

// kernelOf returns the constant weights of a convolution of either kind, in up to so many
// dimensions, and its group.
func kernelOf(rd *reader, n *node, most int) (wt *tensor, group int64, err error) {
	if err := n.mustRun(0, "X"); err != nil {
		return nil, 0, err
	}
	if wt, err = n.floats(1, "W"); err != nil {
		return nil, 0, err
	}
	if group, err = n.integer("group", 1); err != nil {
		return nil, 0, err
	}
	if r := len(rd.shape); r < 3 || r > most+2 || len(wt.shape) != r {
		return nil, 0, fmt.Errorf("shape %v and weights of shape %v, supported are convolutions in 1 to %d dimensions", rd.shape, wt.shape, most)
	}
	return wt, group, nil
}

// conv is a convolution with constant weights of shape [units, channels/group, kernel…].
func conv(rd *reader, n *node) error {
	wt, group, err := kernelOf(rd, n, axesMost)
	if err != nil {
		return err
	}
	units, perGroup, channels := wt.shape[0], wt.shape[1], rd.shape[1]
	if group < 1 || group > int64(units) || units%int(group) != 0 || perGroup*int(group) != channels {
		return fmt.Errorf("weights of shape %v, group %d: they do not fit %d channels", wt.shape, group, channels)
	}
	win, err := n.windows(rd.shape, wt.shape[2:])
	if err != nil {
		return err
	}
	g := grid{axes: win, units: units}
	w, err := rd.layer(&g, rd.shape[0], perGroup)
	if err != nil {
		return err
	}
	kernel := g.kernel()
	g.each(rd.shape[0], func(batch, unit, row int, at func(func(k, pos int))) {
		first := unit / (units / int(group)) * perGroup
		for c := 0; c < perGroup; c++ {
			plane := (batch*channels + first + c) * g.plane()
			weights := wt.floats[(unit*perGroup+c)*kernel:]
			at(func(k, pos int) { w.Set(row, plane+pos, weights[k]) })
		}
	})
	if err := rd.affine(w); err != nil {
		return err
	}
	rd.shape = g.shape(rd.shape)
	return channelBias(rd, n, units)
}

// averagePool is the mean over each window; 1/count is rounded unless count is a
// power of two.
func averagePool(rd *reader, n *node) error {
	ceil, err1 := n.integer("ceil_mode", 0)
	includePad, err2 := n.integer("count_include_pad", 0)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if r := len(rd.shape); r < 3 || r > axesMost+2 {
		return fmt.Errorf("shape %v, supported are one to three spatial dimensions", rd.shape)
	}
	win, err := n.windows(rd.shape, nil)
	if err != nil {
		return err
	}
	for i := range win {
		if at := win[i].out; ceil == 0 {
		} else if win[i].roundUp(); win[i].out != at && n.text("auto_pad", "") == "VALID" {
			return errors.New("attribute \"ceil_mode\": not 0, and with auto_pad VALID runtimes and the standard differ in whether a window may go beyond the end: supported is 0, or windows that fit")
		}
	}
	channels := rd.shape[1]
	g := grid{axes: win, units: channels}
	w, err := rd.layer(&g, rd.shape[0], 1)
	if err != nil {
		return err
	}
	rounded, empty := 0, false
	g.each(rd.shape[0], func(batch, unit, row int, at func(func(k, pos int))) {
		count := 0
		at(func(int, int) { count++ })
		empty = empty || count == 0
		entries := count
		if includePad != 0 {
			count = g.padded(row)
		}
		if f, _ := math.Frexp(float64(count)); f != 0.5 {
			rounded += entries
		}
		plane := (batch*channels + unit) * g.plane()
		at(func(_, pos int) { w.Set(row, plane+pos, 1/float64(count)) })
	})
	if empty {
		return errors.New("a window lies in the padding alone")
	}
	rd.im.Round("AveragePool: 1/(size of the window)", rounded)
	if err := rd.affine(w); err != nil {
		return err
	}
	rd.shape = g.shape(rd.shape)
	return nil
}

// The geometry that convolutions and pools share: output planes, and for each of
// their elements the input elements under the window. Only pairs that exist are
// visited, and they are counted first.

package onnx

// axesMost is the largest number of dimensions of a window. Of fewer they are the last ones.
const axesMost = 3

// grid is a number of output planes a batch, made by a window.
type grid struct {
	axes  [axesMost]axis
	units int
}

// plane returns the size of an input plane.
func (g *grid) plane() int { return g.axes[0].in * g.axes[1].in * g.axes[2].in }

// kernel returns the number of positions of the window.
func (g *grid) kernel() int { return g.axes[0].kernel * g.axes[1].kernel * g.axes[2].kernel }

// padded returns how many positions of the window of a row lie on the input or its padding: all but
// those of a window that goes beyond both.
func (g *grid) padded(row int) int {
	n := 1
	for i := range g.axes {
		a := g.axes[axesMost-1-i]
		room := a.in + a.before + a.after - row%a.out*a.stride
		n *= min(a.kernel, (room-1)/a.dilation+1)
		row /= a.out
	}
	return n
}

// work counts the pairs of a window's position and an input, in so many planes each.
func (g *grid) work(batch, planes int) []int {
	return []int{batch, g.units, planes, g.axes[0].covered(), g.axes[1].covered(), g.axes[2].covered()}
}

// shape returns the output's shape for an input of the given shape.
func (g *grid) shape(in []int) []int {
	out := []int{in[0], g.units}
	for _, a := range g.axes[axesMost+2-len(in):] {
		out = append(out, a.out)
	}
	return out
}

// layer returns zero weights for the grid, whose windows read so many planes each.
func (rd *reader) layer(g *grid, batch, planes int) *entries {
	rows := size(fitting(g.shape(rd.shape)))
	rd.work(g.work(batch, planes)...)
	w := rd.newWeights(rows, rd.width)
	w.reserve(size(g.work(batch, planes)))
	return w
}

// each calls f for each output element, row by row of the layer. at visits the pairs
// of a kernel position and the position in the input plane under it.
func (g *grid) each(batches int, f func(batch, unit, row int, at func(func(k, pos int)))) {
	row := 0
	for b := range batches {
		for u := range g.units {
			for at := range g.axes[0].out * g.axes[1].out * g.axes[2].out {
				f(b, u, row, func(visit func(k, pos int)) { g.at(at, visit) })
				row++
			}
		}
	}
}

// at visits what is under the window at place at of the output plane.
func (g *grid) at(at int, visit func(k, pos int)) {
	d, h, w := g.axes[0], g.axes[1], g.axes[2]
	d0, d1, front := d.covers(at / w.out / h.out)
	h0, h1, top := h.covers(at / w.out % h.out)
	w0, w1, left := w.covers(at % w.out)
	for o := d0; o < d1; o++ {
		for p := h0; p < h1; p++ {
			for q := w0; q < w1; q++ {
				visit((o*h.kernel+p)*w.kernel+q, ((front+o*d.dilation)*h.in+top+p*h.dilation)*w.in+left+q*w.dilation)
			}
		}
	}
}

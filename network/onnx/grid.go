// The geometry that Conv and AveragePool share: output planes, and for each of
// their elements the input elements under the window. Only pairs that exist are
// visited, and they are counted first.

package onnx

import (
	"fmt"
)

// grid is a number of output planes a batch, made by a two-dimensional window.
type grid struct {
	axes  [2]axis
	units int
}

// plane returns the size of an input plane.
func (g *grid) plane() int { return g.axes[0].in * g.axes[1].in }

// shape returns the output's shape for an input of the given shape.
func (g *grid) shape(in []int) []int {
	out := []int{in[0], g.units}
	if len(in) == 4 {
		out = append(out, g.axes[0].out)
	}
	return append(out, g.axes[1].out)
}

// layer returns zero weights for the grid, whose windows read so many planes each.
func (rd *reader) layer(g *grid, batch, planes int) (*entries, error) {
	shape := []int{batch, g.units, g.axes[0].out, g.axes[1].out}
	rows := size(shape)
	if rows > maxEntries {
		return nil, fmt.Errorf("the result, of shape %v, has more than %d elements", shape, maxEntries)
	}
	if err := rd.work(batch, g.units, planes, g.axes[0].covered(), g.axes[1].covered()); err != nil {
		return nil, err
	}
	w, err := rd.newWeights(rows, rd.width)
	if err == nil {
		w.reserve(batch * g.units * planes * g.axes[0].covered() * g.axes[1].covered())
	}
	return w, err
}

// each calls f for each output element, row by row of the layer. at visits the pairs
// of a kernel position and the position in the input plane under it.
func (g *grid) each(batches int, f func(batch, unit, row int, at func(func(k, pos int)))) {
	h, w := g.axes[0], g.axes[1]
	row := 0
	for b := 0; b < batches; b++ {
		for u := 0; u < g.units; u++ {
			for i := 0; i < h.out; i++ {
				for j := 0; j < w.out; j++ {
					f(b, u, row, func(visit func(k, pos int)) { under(h, w, i, j, visit) })
					row++
				}
			}
		}
	}
}

// under visits what is under the window at (i, j).
func under(h, w axis, i, j int, visit func(k, pos int)) {
	h0, h1, top := h.covers(i)
	w0, w1, left := w.covers(j)
	for p := h0; p < h1; p++ {
		for q := w0; q < w1; q++ {
			visit(p*w.kernel+q, (top+p*h.dilation)*w.in+left+q*w.dilation)
		}
	}
}

// Maxima in the exact walk, by their definition.

package twin

import "math/big"

// maximum goes on with unit u of layer l, whose pieces are those of z from first on: c is replaced
// by the sets, as far as they are not empty, on which one class of identical pieces is larger than
// all others.
func (w *exactWalk) maximum(l, u, first int, z, out []form, c cell) {
	if u == len(out) {
		w.layer(l+1, append([]form(nil), out...), c)
		return
	}
	last := first + w.layers[l].Pieces[u]
	if last == first+1 { // no neuron: it carries its piece on
		out[u] = z[first]
		w.maximum(l, u+1, last, z, out, c)
		return
	}
	for i, f := range z[first:last] {
		class, signs := c, make([]int8, last-first)
		for j, g := range z[first:last] {
			d := f.minus(g)
			switch {
			case !d.constant():
				signs[j] = -1
				if class != nil {
					_, class = class.cut(d)
				}
			case d.h.Sign() > 0:
				signs[j] = -1
			case d.h.Sign() < 0 || j < i: // smaller, or known by the index of another
				class = nil
			}
		}
		if class == nil {
			continue
		}
		signs[i] = 1
		n := len(w.pattern)
		w.pattern = append(w.pattern, signs...)
		out[u] = f
		w.maximum(l, u+1, last, z, out, class)
		w.pattern = w.pattern[:n]
	}
}

// minus returns z − o.
func (f form) minus(o form) form {
	d := f.times(big.NewRat(1, 1))
	d.h.Sub(d.h, o.h)
	for i, g := range o.g {
		d.g[i].Sub(d.g[i], g)
	}
	return d
}

// The difference of two networks is a network: their layers side by side, and behind them one that
// subtracts. So "f and f̂ are equal on a ball" is a statement about one network, which can be
// counted and proved like any other.

package network

import (
	"fmt"
	"slices"
)

// Difference returns the network x ↦ a(x) − b(x), exactly. Networks of any depth and activations
// may be subtracted; layer by layer the units of a come before those of b. Where one has no layer
// beside the other's, because it is at its end or because one of the two is a layer of maxima, its
// units carry their values on. It is an error if the numbers of inputs or of outputs differ.
func Difference(a, b *Network) (*Network, error) {
	if a.Inputs() != b.Inputs() {
		return nil, fmt.Errorf("inputs: %d beside %d, expected as many", b.Inputs(), a.Inputs())
	}
	if a.Outputs() != b.Outputs() {
		return nil, fmt.Errorf("outputs: %d beside %d, expected as many", b.Outputs(), a.Outputs())
	}
	var layers []Layer
	p, q := a.layers, b.layers
	widthP, widthQ := a.Inputs(), b.Inputs()
	for len(p) > 0 || len(q) > 0 {
		l, r := carried(widthP), carried(widthQ)
		takeP, takeQ := len(p) > 0, len(q) > 0
		if takeP && takeQ && (p[0].Act == Max) != (q[0].Act == Max) {
			takeP = p[0].Act == Max
			takeQ = !takeP
		}
		if takeP {
			l, p = p[0], p[1:]
		}
		if takeQ {
			r, q = q[0], q[1:]
		}
		layers = append(layers, beside(l, r, len(layers) == 0))
		widthP, widthQ = l.Out(), r.Out()
	}
	last := NewSparse(widthP + widthQ)
	for i := range widthP {
		last.Append([]int32{int32(i), int32(widthP + i)}, []float64{1, -1})
	}
	return New(append(layers, Layer{W: last.Smaller(), B: make([]float64, widthP)}))
}

// carried is a layer of units that carry their values on.
func carried(width int) Layer { return Layer{W: identity(width), B: make([]float64, width)} }

// beside is the layer of the units of l and then those of r. Each reads its own part of the layer
// before, or both read the same, the inputs.
func beside(l, r Layer, same bool) Layer {
	shift := l.In()
	if same {
		shift = 0
	}
	w := NewSparse(shift + r.In())
	var at []int32
	var v []float64
	add := func(of Layer, shift int) {
		for i := range of.Rows() {
			at, v = at[:0], v[:0]
			for c, weight := range of.Entries(i) {
				at, v = append(at, int32(c+shift)), append(v, weight)
			}
			w.Append(at, v)
		}
	}
	add(l, 0)
	add(r, shift)
	both := Layer{W: w.Smaller(), B: slices.Concat(l.B, r.B)}
	if l.Act == Max || r.Act == Max {
		both.Act, both.Pieces = Max, slices.Concat(l.pieces(), r.pieces())
		return both
	}
	both.Act = Mixed
	for _, of := range []Layer{l, r} {
		for j := range of.Out() {
			both.Slopes = append(both.Slopes, of.Below(j))
		}
	}
	return both
}

// pieces says how many rows each unit is the largest of: one, where the layer is none of maxima.
func (l Layer) pieces() []int {
	if l.Act == Max {
		return l.Pieces
	}
	return slices.Repeat([]int{1}, l.Out())
}

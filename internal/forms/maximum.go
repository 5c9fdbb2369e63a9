// Maxima: which neurons are the pieces of one, and what one piece is above another.

package forms

import (
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

// Maximal says that the network has maxima.
func (m *Model) Maximal() bool {
	return slices.ContainsFunc(m.Layers, func(l *Layer) bool { return l.Ends != nil })
}

// ends returns for each neuron of layer i of the source where its maximum ends, nil in a layer
// without maxima.
func (m *Model) ends(i int) []int {
	layers := m.Net.Layers()
	if i >= len(layers) || layers[i].Act != network.Max {
		return nil
	}
	var ends []int
	for _, k := range layers[i].Pieces {
		if k > 1 { // the others are carried on, behind
			ends = append(ends, slices.Repeat([]int{len(ends) + k}, k)...)
		}
	}
	return ends
}

// Comparisons is the number of forms by whose signs the neurons of the layer are decided: one for
// each, and of a maximum one for each pair of its pieces.
func (l *Layer) Comparisons() int {
	if l.Ends == nil {
		return l.Neurons
	}
	n := 0
	for first := 0; first < l.Neurons; first = l.Ends[first] {
		k := l.Ends[first] - first
		n += k * (k - 1) / 2
	}
	return n
}

// share makes of the exponents in Shift the powers of two that rows are multiplied by, one for all
// pieces of a maximum, so that they can be compared.
func (l *Layer) share() {
	for j := 0; j < l.Out; {
		end := j + 1
		if l.Ends != nil && j < l.Neurons {
			end = l.Ends[j]
		}
		top := slices.Max(l.Shift[j:end])
		if top == math.MinInt { // all of them are 0
			top = 0
		}
		for ; j < end; j++ {
			l.Shift[j] = -top
		}
	}
}

// Above sets d to the form z_i − z_j of two pieces of a maximum of layer l, in memory of its own.
//
// It is exact where both forms are known to be and are multiples of one quantum q: each is a sum of
// magnitudes below 2⁵²·q (Load), so each coefficient of the difference is a multiple below 2⁵³·q.
// Else it is off by what both are, and by a rounding for each coefficient.
func (p *Path) Above(l, i, j int, d *Form) {
	a, b := p.Form(l, i), p.Form(l, j)
	*d = Form{G: slices.Grow(d.G[:0], len(a.G))[:len(a.G)], Layer: l, Unit: i, Than: j + 1, Shift: a.Shift}
	d.H = a.H - b.H
	d.Mag = math.Abs(d.H)
	for k := range d.G {
		d.G[k] = a.G[k] - b.G[k]
		d.Mag += math.Abs(d.G[k])
	}
	d.Mag *= Slack
	switch {
	case a.Zero() || b.Zero():
		d.Err, d.Quantum = a.Err+b.Err, max(a.Quantum, b.Quantum)
	case a.Err == 0 && b.Err == 0 && a.Quantum > 0 && b.Quantum > 0:
		d.Quantum = min(a.Quantum, b.Quantum)
	default:
		d.Err = Slack*(a.Err+b.Err+Unit*(a.Mag+b.Mag)) + Underflow
	}
	if lost := a.Lost() || b.Lost(); lost || d.Err > 0 && (d.Mag < formLeast || !(d.Mag+d.Err <= formMost)) {
		d.lose()
	}
}

// Winner returns the piece that is labelled as the largest of its maximum, which piece j is of.
func (l *Layer) Winner(j int, labels []int8) int {
	w := l.Ends[j] - 1
	for labels[l.First+w] <= 0 {
		w--
	}
	return w
}

// Bounding returns what is ≥ 0 on the cell with the given labels because of the label of neuron j
// of layer l: the form of a neuron times its sign, and of a piece of a maximum what the largest
// piece is above it, both in the scale of At. It reports false for a label that bounds nothing: 0,
// and that of the largest piece.
func (p *ExactPath) Bounding(l, j int, labels []int8) (row exact.Row, ok bool) {
	ly := p.m.Layers[l]
	s := labels[ly.First+j]
	switch {
	case s == 0 || ly.Ends != nil && s > 0:
		return row, false
	case ly.Ends != nil:
		return p.At(l, ly.Winner(j, labels), labels).Minus(p.At(l, j, labels)), true
	case s < 0:
		return p.At(l, j, labels).Neg(), true
	}
	return p.At(l, j, labels), true
}

// largest writes the signs of the pieces of a layer of maxima with these values, and leaves in z
// what its units pass on, in a scale of so many bits more.
func (l *Layer) largest(z []*big.Int, signs []int8, scale uint) {
	for first := 0; first < len(l.Ends); {
		end := l.Ends[first]
		of := z[first:end]
		at := Settle(signs[l.First+first:l.First+end], func(i, j int) bool { return of[i].Cmp(of[j]) > 0 })
		for i := range of {
			if i != at {
				of[i] = nil
			}
		}
		first = end
	}
	for j := range z {
		if l.Ends != nil && z[j] != nil {
			z[j].Lsh(z[j], scale)
		}
	}
}

// Winners writes the signs of the pieces of a maximum where they have the values z, each off by at
// most e: − for those that one of them is certainly above, + for the first of the others, and 0 for
// the rest, which may tie with it. It returns the value of the maximum, and what that is off by.
//
// A piece is certainly below another if the difference of their values is above the sum of their
// errors; slack covers the roundings of both. The maximum is attained by a piece that is not below
// any, and the largest value is that of such a piece, so both differ by the largest error of these
// at most. Domain: an error that is no number, or infinite, makes nothing certain.
func Winners(z, e []float64, signs []int8) (value, off float64) {
	best, top := 0, 0 // of what is certain, and of what is computed
	for i := range z {
		if z[i]-e[i] > z[best]-e[best] {
			best = i
		}
		if z[i] > z[top] {
			top = i
		}
	}
	first := true
	for i := range z {
		switch {
		case z[best]-z[i] > Slack*(e[best]+e[i]):
			signs[i] = -1
			continue
		case first:
			signs[i], first = 1, false
		default:
			signs[i] = 0
		}
		off = max(off, e[i])
	}
	return z[top], off
}

// Settle writes signs where values are known exactly, compared by the caller: above says that piece
// i is larger than piece j.
func Settle(signs []int8, above func(i, j int) bool) (winner int) {
	for i := range signs {
		if above(i, winner) {
			winner = i
		}
	}
	for i := range signs {
		if signs[i] = 0; above(winner, i) {
			signs[i] = -1
		}
	}
	signs[winner] = 1
	return winner
}

package certificate

// Neurons, and what a proof says of them. A neuron has pieces, of which the largest wins: a maximum
// those of the network, and a unit with two slopes 0 and its pre-activation, in this order. Which
// piece wins is all that the forms of later layers depend on.

import (
	"slices"

	"github.com/relucell/relucell/certificate/internal/affine"
)

// The sign of a piece: it is nowhere the largest; it is identical to an earlier one; it wins; it is
// not decided; or its class was split away from the cell, and lives beside it.
const (
	out   = int8(-1)
	same  = int8(0)
	wins  = int8(1)
	open  = int8(2)
	aside = int8(3)
)

// piece is a piece of a neuron: the unit whose form it is, −1 for the form 0, and where those of
// its neuron begin and end.
type piece struct{ unit, from, to int }

// group makes columns of what follows of the units, of which maxima have so many each, and neurons.
func (y *layer) group(pieces []int) {
	y.first, y.maxima = []int{0}, pieces != nil
	if pieces == nil {
		pieces = slices.Repeat([]int{1}, len(y.bias))
	}
	for c, k := range pieces {
		u := y.first[c]
		y.first = append(y.first, u+k)
		units := []int{-1, u}
		if k > 1 {
			units = nil
			for i := range k {
				units = append(units, u+i)
			}
		} else if y.gains[u].Sign() == 0 {
			continue // the unit carries its value on
		}
		y.neurons++
		from := len(y.pieces)
		for _, u := range units {
			y.pieces = append(y.pieces, piece{u, from, from + len(units)})
		}
	}
}

// settle ends the box lines: it tries every piece of the layer on the box and the ball, and goes on
// as long as that leaves no neuron open.
func (p *place) settle() {
	for p.entering {
		p.entering = false
		p.forms(p.at)
		y := &p.levels[p.at]
		for from := 0; from < len(y.pieces); from = y.pieces[from].to {
			n := y.pieces[from].to - from
			for i, j := 0, y.likely[from]; i < n; i++ {
				if y.sign[j] == open {
					if s := p.try(y, j); s != open {
						y.likely[from] = j
						p.exclude(y, j, s)
					}
				}
				if j++; j == from+n {
					j = from
				}
			}
		}
	}
}

// try returns the sign of a piece: it is no class if it is identical to an earlier one, or nowhere
// above another on the box or on the ball.
func (p *place) try(y *level, j int) int8 {
	for i := y.pieces[j].from; i < y.pieces[j].to; i++ {
		if i == j {
			continue
		}
		d, negative := p.above(y, j, i)
		zero := affine.IsZero(d)
		if zero && i < j {
			return same
		}
		if !zero && p.Nonpositive(d, y.k, y.bits, negative, y.q) {
			return out
		}
	}
	return open
}

// above returns what piece j is above piece i, or, if negative, minus that; it is valid until the
// next call.
func (p *place) above(y *level, j, i int) (f []uint, negative bool) {
	a, b := y.pieces[j].unit, y.pieces[i].unit
	switch {
	case a < 0:
		return y.z[b], true
	case b < 0:
		return y.z[a], false
	}
	p.d = append(p.d[:0], y.z[a]...)
	affine.Subtract(p.d, y.z[b], y.k)
	return p.d, false
}

// name lets lines name what piece j of the layer that is being decided is above piece i, if that is
// not 0.
func (p *place) name(y *level, j, i int, split bool) {
	f, negative := p.above(y, j, i)
	if affine.IsZero(f) {
		return
	}
	last := len(p.names)
	p.names = slices.Grow(p.names, 1)[:last+1] // the form that was there before lends its storage
	n := &p.names[last]
	if n.form = append(n.form[:0], f...); negative {
		affine.Subtract(affine.Zeros(&n.form, len(f)), f, y.k)
	}
	n.level, n.split = p.at, split
}

// nameAll lets lines name what piece j is above the others.
func (p *place) nameAll(y *level, j int, split bool) {
	for i := y.pieces[j].from; i < y.pieces[j].to; i++ {
		if i != j {
			p.name(y, j, i, split)
		}
	}
}

// win decides the neuron of piece j for its class. Where the cell is split, what it is above the
// others becomes names.
func (p *place) win(y *level, j int, split bool) {
	if split {
		p.nameAll(y, j, true)
	}
	last := y.pieces[j].to - 1
	for i := y.pieces[j].from; i <= last; i++ {
		if y.sign[i] == open {
			y.sign[i] = out
		}
	}
	y.sign[j] = wins
	y.note(last, y.sign[last])
	if y.left--; y.left == 0 {
		p.enter(y.q)
	}
}

// exclude takes the class of piece j away, and decides the neuron if one class is left.
func (p *place) exclude(y *level, j int, s int8) {
	y.sign[j] = s
	last, left, split := 0, 0, false
	for i := y.pieces[j].from; i < y.pieces[j].to; i++ {
		if y.sign[i] == open {
			last = i
			left++
		}
		split = split || y.sign[i] == aside
	}
	if left == 1 {
		p.win(y, last, split)
	}
}

// beside reports whether a point of an unexplored cell does not lie in what was split away from it:
// of each neuron, some open piece is above all pieces aside.
func (p *place) beside(y *level, at *affine.Values) bool {
	for from := 0; from < len(y.sign); from = y.pieces[from].to {
		top, to := -1, y.pieces[from].to // the largest one that is open
		for j := from; j < to; j++ {
			if y.sign[j] == open && (top < 0 || p.larger(y, j, top, at)) {
				top = j
			}
		}
		for j := from; j < to; j++ {
			if top >= 0 && y.sign[j] == aside && !p.larger(y, top, j, at) {
				return false
			}
		}
	}
	return true
}

// larger reports whether piece j is above piece i at a point.
func (p *place) larger(y *level, j, i int, at *affine.Values) bool {
	d, negative := p.above(y, j, i)
	return p.Positive(d, y.k, y.bits, negative, at)
}

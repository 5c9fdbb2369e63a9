package certificate

// Maxima: their classes, and what a proof says of them. The pieces of a maximum are the units of
// its layer, and each has a sign of its own: + for the one that wins, or the first of those that
// are identical and win, − or 0 for the others. So all that depends on signs is as it is for
// neurons of the slope 0; only how signs come about differs.

import "slices"

const (
	// maxPieces bounds the pieces of one maximum.
	maxPieces = 1 << 16
	// aside is the sign of a piece whose class was split away from the cell, and lives beside it.
	aside = int8(-2)
)

// group notes which units are the pieces of a maximum.
func (y *layer) group(pieces []int) {
	y.first = []int{0}
	if pieces == nil {
		pieces = slices.Repeat([]int{1}, len(y.bias))
	}
	for u, k := range pieces {
		y.first = append(y.first, y.first[u]+k)
		if k > 1 { // the others are no neurons
			y.ends = append(y.ends, slices.Repeat([]int{len(y.ends) + k}, k)...)
		}
	}
}

// others calls f with the other pieces of the maximum of piece j, in order.
func (y *layer) others(j int, f func(i int)) {
	i := j
	for i > 0 && y.ends[i-1] == y.ends[j] {
		i--
	}
	for ; i < y.ends[j]; i++ {
		if i != j {
			f(i)
		}
	}
}

// pieceAbove returns what piece j is above piece i, valid until the next call, and says whether
// that vanishes.
func (p *place) pieceAbove(y *level, j, i int) (d []uint, zero bool) {
	y.above(&p.d, y.neurons[j], y.neurons[i], +1)
	return p.d, isZero(p.d)
}

// settleMaxima tries every piece of the layer, as settle does with neurons: it is no class if it is
// identical to an earlier one, or nowhere above another on the box or on the ball. The last one of
// a maximum is not tried.
func (p *place) settleMaxima(y *level) {
	for j := range y.sign {
		if y.sign[j] != open {
			continue
		}
		out := false
		y.others(j, func(i int) {
			if !out {
				d, zero := p.pieceAbove(y, j, i)
				out = zero && i < j || !zero && p.nonpositive(d, y.k, y.bits, false, y.q)
			}
		})
		if out {
			p.exclude(y, j, -1)
		}
	}
	y.trail = y.trail[:0]
}

// nameAbove lets lines name what piece j is above the others.
func (p *place) nameAbove(y *level, j int, split bool) {
	y.others(j, func(i int) {
		if _, zero := p.pieceAbove(y, j, i); !zero {
			p.name(y.neurons[j], y.neurons[i], +1, split)
		}
	})
}

// win decides the maximum of piece j for its class. Where the cell is split, what it is above the
// others becomes names.
func (p *place) win(y *level, j int, split bool) {
	if split {
		p.nameAbove(y, j, true)
	}
	y.others(j, func(i int) {
		if y.sign[i] == open {
			p.decide(y, i, -1)
		}
	})
	p.decide(y, j, +1)
}

// exclude takes the class of piece j away, as − or aside, and decides the maximum if one class is
// left.
func (p *place) exclude(y *level, j int, s int8) {
	p.decide(y, j, s)
	last, left, split := 0, 0, s == aside
	y.others(j, func(i int) {
		if y.sign[i] == open {
			last = i
			left++
		}
		split = split || y.sign[i] == aside
	})
	if left == 1 {
		p.win(y, last, split)
	}
}

// beside reports whether a point of an unexplored cell does not lie in what was split away from it:
// some open piece is above all pieces aside.
func (p *place) beside(y *level, at *values, most int) bool {
	for first := 0; first < len(y.sign); first = y.ends[first] {
		signs := y.sign[first:y.ends[first]]
		right := !slices.Contains(signs, open)
		for c := range signs {
			above := signs[c] == open
			for a := range signs {
				above = above && (signs[a] != aside || p.positive(y, first+c, first+a, at, most))
			}
			right = right || above
		}
		if !right {
			return false
		}
	}
	return true
}

// positive reports whether piece j is above piece i at a point.
func (p *place) positive(y *level, j, i int, at *values, most int) bool {
	d, _ := p.pieceAbove(y, j, i)
	return p.sign(d, y.k, y.bits, at, most) > 0
}

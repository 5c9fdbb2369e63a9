package certificate

// Maxima: their classes, and what a proof says of them. The pieces of a maximum are the units of its
// layer, and each has a sign of its own: + for the one that wins, or the first of those that are
// identical and win, − or 0 for the others. So all that depends on signs is as it is for neurons of
// the slope 0; only how signs come about differs.

import (
	"slices"
	"strings"
)

const (
	// maxPieces bounds the pieces of one maximum.
	maxPieces = 1 << 16
	// aside is the sign of a piece whose class was split away from the cell, and lives beside it.
	aside = int8(-2)
)

// piecesOf reads how many pieces each unit has, of so many in all.
func piecesOf(text string, units int) (pieces []int, ok bool) {
	text, ok = strings.CutSuffix(text, "]")
	for _, word := range strings.Split(text, ",") {
		k, rest, natural := index([]byte(word), maxPieces+1)
		if ok = ok && natural && len(rest) == 0 && k > 0; !ok {
			return nil, false
		}
		pieces, units = append(pieces, k), units-k
	}
	return pieces, units == 0 && slices.Max(pieces) > 1
}

// group notes which units are the pieces of a maximum.
func (y *layer) group(pieces []int) {
	if pieces == nil {
		return
	}
	y.columns = len(pieces)
	for u, k := range pieces {
		y.column = append(y.column, slices.Repeat([]int{u}, k)...)
		if k > 1 { // the others are no neurons
			y.ends = append(y.ends, slices.Repeat([]int{len(y.ends) + k}, k)...)
		}
	}
}

// firsts returns the first unit of each column, and where the last one ends.
func (y *layer) firsts() (first []int) {
	for u := range y.bias {
		if y.column == nil || len(first) == y.column[u] {
			first = append(first, u)
		}
	}
	return append(first, len(y.bias))
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

// pieceAbove returns what piece j is above piece i, valid until the next call, and says whether that
// vanishes.
func (w *walker) pieceAbove(y *level, j, i int) (d []uint, zero bool) {
	y.above(&w.d, y.neurons[j], y.neurons[i], +1)
	return w.d, isZero(w.d)
}

// settleMaxima tries every piece of the layer, as settle does with neurons: it is no class if it is
// identical to an earlier one, or nowhere above another on the box or on the ball. The last one of
// a maximum is not tried.
func (w *walker) settleMaxima(y *level) {
	for j := range y.sign {
		if y.sign[j] != open {
			continue
		}
		out := false
		y.others(j, func(i int) {
			if !out {
				d, zero := w.pieceAbove(y, j, i)
				out = zero && i < j || !zero && w.nonpositive(d, y.k, y.bits, false)
			}
		})
		if out {
			w.exclude(y, j, -1)
		}
	}
	y.trail = y.trail[:0]
}

// nameAbove lets lines name what piece j is above the others.
func (w *walker) nameAbove(y *level, j int, split bool) {
	y.others(j, func(i int) {
		if _, zero := w.pieceAbove(y, j, i); !zero {
			w.name(y.neurons[j], y.neurons[i], +1, split)
		}
	})
}

// win decides the maximum of piece j for its class. Where the cell is split, what it is above the
// others becomes names.
func (w *walker) win(y *level, j int, split bool) {
	if split {
		w.nameAbove(y, j, true)
	}
	y.others(j, func(i int) {
		if y.sign[i] == open {
			w.decide(y, i, -1)
		}
	})
	w.decide(y, j, +1)
}

// exclude takes the class of piece j away, as − or aside, and decides the maximum if one class is
// left.
func (w *walker) exclude(y *level, j int, s int8) {
	w.decide(y, j, s)
	last, left, split := 0, 0, s == aside
	y.others(j, func(i int) {
		if y.sign[i] == open {
			last = i
			left++
		}
		split = split || y.sign[i] == aside
	})
	if left == 1 {
		w.win(y, last, split)
	}
}

// beside checks that the witness of an unexplored cell, which w.point holds, does not lie in
// what was split away from it: some open piece is above all pieces aside.
func (w *walker) beside(y *level, most int) {
	for first := 0; first < len(y.sign); first = y.ends[first] {
		signs := y.sign[first:y.ends[first]]
		right := !slices.Contains(signs, open)
		for c := range signs {
			above := signs[c] == open
			for a := range signs {
				above = above && (signs[a] != aside || w.positive(y, first+c, first+a, most))
			}
			right = right || above
		}
		w.in.require(right, "the witness lies in a class that is split away")
	}
}

// positive reports whether piece j is above piece i at the point in w.point.
func (w *walker) positive(y *level, j, i, most int) bool {
	d, _ := w.pieceAbove(y, j, i)
	return w.sign(d, y.k, y.bits, &w.point, most) > 0
}

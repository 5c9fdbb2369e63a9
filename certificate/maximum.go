package certificate

// Maxima: their classes, and what a proof says of them. The pieces of a maximum are the units of its
// layer, and each has a sign of its own: + for the one that wins, or the first of those that are
// identical and win, − or 0 for the others. So all that depends on signs is as it is for neurons of
// the slope 0; only how signs come about differs.

import (
	"math/big"
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

// named returns the form of a name, in the words of its layer. It is valid until the next call of
// named or above.
func (w *walker) named(p named) []uint {
	y := &w.levels[p.level]
	if p.less == 0 {
		return y.z[p.unit]
	}
	return w.above(y, p.unit, p.less-1)
}

var minusOne = big.NewInt(-1)

// above returns the form of a unit less that of another.
func (w *walker) above(y *level, unit, less int) []uint {
	w.d = append(w.d[:0], y.z[unit]...)
	mulAdd(w.d, y.z[less], y.k, minusOne, false)
	return w.d
}

// pieceAbove is above for pieces, and says whether the difference vanishes.
func (w *walker) pieceAbove(y *level, j, i int) (d []uint, zero bool) {
	d = w.above(y, y.neurons[j], y.neurons[i])
	return d, !slices.ContainsFunc(d, func(x uint) bool { return x != 0 })
}

// settleMaxima tries every piece of the layer, as settle does with neurons: it is no class if it is
// identical to an earlier one, or nowhere above another on the box or on the ball. The last one of
// a maximum is not tried.
func (w *walker) settleMaxima(y *level) {
	for j := range y.sign {
		out := y.sign[j] != open
		w.others(y, j, func(i int) {
			if out {
				return
			}
			d, zero := w.pieceAbove(y, j, i)
			out = zero && i < j || !zero && w.nonpositive(d, y.k, y.bits, false)
		})
		if out && y.sign[j] == open {
			w.exclude(y, j, -1)
		}
	}
	y.trail = y.trail[:0] // what is settled is not undone on the way back
}

func (w *walker) others(y *level, j int, f func(i int)) { y.layer.others(j, f) }

// set gives a piece its sign.
func (w *walker) set(y *level, j int, s int8) {
	y.sign[j] = s
	y.trail = append(y.trail, j)
	y.left--
}

// win decides the maximum of piece j for its class. Where the cell is split, what it is above the
// others becomes names.
func (w *walker) win(y *level, j int, split bool) {
	w.others(y, j, func(i int) {
		if y.sign[i] == open {
			w.set(y, i, -1)
		}
		if _, zero := w.pieceAbove(y, j, i); split && !zero {
			w.names = append(w.names, named{level: w.at, unit: y.neurons[j], less: y.neurons[i] + 1, sign: +1, split: true})
		}
	})
	if w.set(y, j, +1); y.left == 0 {
		w.enter(y.q)
	}
}

// exclude takes the class of piece j away, as − or aside, and decides the maximum if one class is
// left.
func (w *walker) exclude(y *level, j int, s int8) {
	w.set(y, j, s)
	last, left, split := 0, 0, s == aside
	w.others(y, j, func(i int) {
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

// pruneClass checks that the class of piece j is empty, and goes on without it. For this line, what
// it is above the other pieces are names too, which joined last; one of them at least is used.
func (w *walker) pruneClass(kind byte, j int, text []byte) {
	y, before := &w.levels[w.at], len(w.names)
	w.in.require(kind == '-', "a line of a maximum begins with * or -")
	w.in.require(len(text) > 0 && (text[0] < '0' || text[0] > '9'), "a line of a maximum has multipliers of names alone")
	w.others(y, j, func(i int) {
		if _, zero := w.pieceAbove(y, j, i); !zero {
			w.names = append(w.names, named{level: w.at, unit: y.neurons[j], less: y.neurons[i] + 1, sign: +1})
		}
	})
	m := w.multipliers(text) + y.reach
	w.in.require(w.terms[len(w.terms)-1] >= before, "no difference to another piece is named")
	k := max(y.wide, length(m+y.q.bits))
	w.sum(buffer(&w.f, len(w.form)*k), k, m, y.scale, "the multipliers do not prove the class empty: their sum is positive somewhere in the ball and the box")
	w.names = w.names[:before]
	w.exclude(y, j, -1)
}

// beside checks that the witness of an unexplored cell, which w.ends holds, does not lie in
// what was split away from it: some open piece is above all pieces aside.
func (w *walker) beside(y *level, most int) {
	for first := 0; first < len(y.sign); first = y.ends[first] {
		signs := y.sign[first:y.ends[first]]
		right := !slices.Contains(signs, open)
		for c := range signs {
			above := signs[c] == open
			for a := range signs {
				above = above && (signs[a] != aside || w.sign(w.above(y, y.neurons[first+c], y.neurons[first+a]), y.k, y.bits, most) > 0)
			}
			right = right || above
		}
		w.in.require(right, "the witness lies in a class that is split away")
	}
}

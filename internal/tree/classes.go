// Maxima on cells that are kept by their vertices. The class of a piece is the cell, cut off by
// what the piece is above each other one: a polytope with an interior or none. The paths are those
// of [Solved]: where several classes live, the first is the minus side of a split, and the plus
// side is the rest, the same cell without it.

package tree

import (
	"slices"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/vertices"
)

// classInputs is the number of inputs up to which that is faster than the solver: in two to four it
// takes a third to a twentieth of the time, in five as long or longer.
const classInputs = 4

// mostComparisons is the largest number of forms of a network with maxima whose signs are kept at
// each vertex: a kilobyte and a half of them.
const mostComparisons = 1 << 12

// classes are a tree of vertices in a layer of maxima.
type classes struct{ *words }

// fan is what a level knows of the maximum at hand.
type fan struct {
	classes []class      // those that are left, where they are known
	own     []class      // memory of them
	around  vertices.Box // the cell on which the layer was entered
}

// class is the part of a cell where a piece is the largest: its vertices, and the names of
// constraints that it has more than the cell.
type class struct {
	piece int
	at    []int32
	names []vertices.FacetPlace
	// What the piece is above others, as far as that cuts the cell, and the number of names in a
	// proof after all that it is above: for those who want more than the number of regions.
	cuts  []judge.Constraint
	named int32
}

// side returns the class that is a side of a split.
func (f *fan) side(s int8) *class {
	if s < 0 {
		return &f.classes[0]
	}
	return &f.classes[1]
}

// add makes room for another class in the level's own memory.
func (f *fan) add(piece int) *class {
	n := len(f.classes)
	if n == len(f.own) {
		f.own = append(f.own, class{})
	}
	f.classes = f.own[:n+1]
	c := &f.own[n]
	c.piece, c.names, c.cuts = piece, c.names[:0], c.cuts[:0]
	return c
}

// comparisons says where the differences of the pieces of a maximum are kept.
type comparisons struct{ first, pieces, rows int }

// compared returns that for each piece of each layer.
func compared(m *Subject) (list [][]comparisons) {
	for _, ly := range m.Layers {
		var of []comparisons
		for first, n := 0, 0; ly.Ends != nil && first < ly.Neurons; first = ly.Ends[first] {
			k := ly.Ends[first] - first
			for range k {
				of = append(of, comparisons{first, k, n})
			}
			n += k * (k - 1) / 2
		}
		list = append(list, of)
	}
	return list
}

// comparison is where the row of z_i − z_j is kept, with the side +1, or that of z_j − z_i, with
// −1: pairs are in order.
func (t classes) comparison(l, i, j int) (word int, b uint, side int8) {
	at := &t.compared[l][i]
	p, q, side := i-at.first, j-at.first, 1
	if p > q {
		p, q, side = q, p, -1
	}
	word, b = t.cells.WordOf(l, at.rows+p*(2*at.pieces-p-1)/2+q-p-1)
	return word, b, int8(side)
}

// classWorth is narrowWorth for the pieces of maxima: the lines that it saves are longer, for they
// name what is above.
const classWorth = 1

// enterLayer boxes the cell in; for a proof it narrows the box that is shown where that saves more
// than it costs, and leaves out the pieces of which that need not speak.
func (t classes) enterLayer(lv *hull) bool {
	ly, done := t.m.Layers[lv.l], t.layers[lv.l].done
	clear(done)
	clear(t.labels[ly.First : ly.First+ly.Neurons])
	t.cells.Around(lv.at, &lv.around)
	if t.wants == Proofs && t.narrowPays(lv) {
		t.around = lv.around
		t.narrow(lv)
	}
	for i := 0; t.wants == Proofs && i < ly.Neurons; i++ {
		if t.m.Late() {
			return false
		}
		if t.outAlone(lv.l, i) {
			done[i] = settled
		}
	}
	return !t.m.Late()
}

// narrowPays says that enough pieces are below another one on the box around the cell, and not on
// that which is shown already, for it to be narrowed.
func (t classes) narrowPays(lv *hull) bool {
	ly := t.m.Layers[lv.l]
	left := classWorth * t.m.N / (len(t.m.Layers) - lv.l) // to be exceeded
	if ly.Neurons <= left || !(t.m.UnitTerms < forms.MaxTerms) || t.judge.Names() == 0 {
		return false
	}
	for i := 0; i < ly.Neurons && left >= 0; i++ {
		if t.m.Late() {
			return false
		}
		if t.belowIn(lv, i) && !t.outAlone(lv.l, i) {
			left--
		}
	}
	return left < 0
}

// belowIn says that a piece is below another one on all of the box around the cell.
func (t classes) belowIn(lv *hull, i int) bool {
	at := &t.compared[lv.l][i]
	for j := at.first; j < at.first+at.pieces; j++ {
		if j == i {
			continue
		}
		if t.Above(lv.l, i, j, &t.diff); lv.around.Sign(&t.diff) < 0 {
			return true
		}
	}
	return false
}

// outAlone says that a piece is identical to an earlier one, or that the difference to another one
// shows by its form alone that the piece is nowhere above that.
func (t classes) outAlone(l, i int) bool {
	at := &t.compared[l][i]
	for j := at.first; j < at.first+at.pieces; j++ {
		if j == i {
			continue
		}
		t.Above(l, i, j, &t.diff)
		if s, alone := t.judge.Alone(&t.diff); alone && (s < 0 || s == 0 && j < i) {
			return true
		}
	}
	return false
}

// layer decides the maxima of a layer from the level's on, until the cell splits. done says that
// there is an event to return; else all are decided.
func (t classes) layer(lv *hull, passing bool) (e Event, done, certain bool) {
	ly := t.m.Layers[lv.l]
	for ; lv.j < ly.Neurons; lv.j = ly.Ends[lv.j] {
		if lv.classes == nil {
			if t.fallbacks.common.Load() || t.m.Late() {
				return e, false, false
			}
			if !passing && t.halt.Load() {
				return Event{Kind: Open}, true, true
			}
			if !t.decide(lv) {
				lv.classes = nil
				return e, false, false
			}
		}
		if len(lv.classes) > 1 {
			lv.halved, lv.names, lv.split = false, t.cells.Named(), t.cells.Here()
			t.noteSplit(lv)
			return Event{Kind: Split, Shared: true}, true, true
		}
		only := &lv.classes[0]
		if len(only.names) > 0 && t.wants != Proofs { // what it is cut off from is beyond the ball
			lv.at = append(lv.at[:0], t.stand(only)...)
		}
		t.label(lv.l, lv.j, only.piece)
		t.Pass(&lv.acc, lv.l, only.piece, 1)
		lv.classes = nil
	}
	return e, false, true
}

// enter names a side of a split of a maximum: a class, or the rest.
func (t classes) enter(up, lv *hull, s int8) {
	lv.l, lv.j, lv.word, lv.open, lv.arrived = up.l, up.j, up.word, 0, false
	if s > 0 && len(up.classes) > 2 {
		lv.classes = up.classes[1:]
		return
	}
	lv.j = t.m.Layers[up.l].Ends[up.j]
	t.label(up.l, up.j, up.side(s).piece)
}

// arrive enters the class, or the rest.
func (t classes) arrive(lv, up *hull, s int8) {
	lv.around = up.around
	if up.l+1 < len(t.m.Layers) {
		lv.acc.CopyFrom(&up.acc)
	}
	if lv.classes == nil {
		t.Pass(&lv.acc, up.l, up.side(s).piece, 1)
	}
}

// list returns the vertices of a side of a split, in memory of the level's.
func (t classes) list(lv, up *hull, s int8) []int32 {
	if lv.classes != nil {
		return append(lv.at[:0], up.at...)
	}
	cl := up.side(s)
	t.cells.Give(cl.names)
	return append(lv.at[:0], cl.at...)
}

// sideOf returns the vertices of a side of a split, in memory of the level below.
func (t *words) sideOf(lv, up *hull, s int8) []int32 {
	if up.classes != nil {
		return classes{t}.list(lv, up, s)
	}
	return up.parts.Side(s, lv.at[:0])
}

// stand makes the cell that of a class, and returns its vertices.
func (t classes) stand(cl *class) []int32 {
	t.cells.Give(cl.names)
	t.constrainTo(cl)
	return cl.at
}

// constrainTo adds the constraints of a class to those of the cell.
func (t classes) constrainTo(cl *class) {
	for _, a := range cl.cuts {
		t.judge.Add(a)
		t.know(len(t.judge.Cell) - 1)
	}
	t.judge.Named = cl.named
}

// adopt copies the classes at a split of another tree.
func (t classes) adopt(o *words, src, dst *hull) {
	word, _ := t.cells.WordOf(src.l, t.m.Layers[src.l].Comparisons()-1)
	t.cells.Adopt(o.cells, word, src.names)
	clear(t.labels[t.m.Layers[src.l].First+src.j:])
	dst.around, dst.classes = src.around, dst.own[:0]
	for i := range src.classes {
		from, to := &src.classes[i], dst.add(src.classes[i].piece)
		to.named, to.at = from.named, to.at[:0]
		to.names, to.cuts = append(to.names, from.names...), append(to.cuts, from.cuts...)
		if i > 0 {
			to.at = t.cells.Take(o.cells, from.at, to.at)
		}
	}
}

// handOver tells the solved tree, which stands at a side of a split, which pieces are out.
func (t classes) handOver(s *Solved, up *hull) {
	done := s.layers[up.l].done
	for j := up.j; j < t.m.Layers[up.l].Ends[up.j]; j++ {
		if !slices.ContainsFunc(up.classes, func(cl class) bool { return cl.piece == j }) {
			done[j] = settled
		}
	}
}

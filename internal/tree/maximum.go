// Maxima on solved cells. Where the pieces of a maximum fall into several classes on a cell, the
// cell is replaced by one for each: the lowest class that lives is the minus side of a split, and
// the others, the same cell without that class, the plus side, which is split in turn. So no cell
// is cut where a third piece wins. A class is constrained by what its piece is above each other
// one.

package tree

import (
	"fmt"
	"slices"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/lp"
)

// maxima are a solved tree in a layer of maxima.
type maxima struct{ *Solved }

// choice is what a level knows of the maximum at hand.
type choice struct {
	// class is the lowest class that lives on the cell, and next the one after it, where there is
	// one; both are pieces of the layer, or −1. A witness of class is the level's point, one of
	// next is far.
	class, next int
	// rest says that classes of the maximum were split away from this cell: the next one that lives
	// is known, and begins at class.
	rest bool
	// before and named are the number of constraints and of names before the cell was entered, cell
	// and names those where it splits.
	before, cell int
	named, names int32
	// above and off are the solver of the cell above, where this one has a solver of its own, and
	// how many constraints it does not follow.
	above lp.Incremental
	off   int
}

// enter settles the maxima of the layer of which one piece is above all others on the ball.
func (t maxima) enter(lv *level) {
	ly, st := t.m.Layers[lv.l], &t.layers[lv.l]
	labels := t.labels[ly.First:]
	for first := 0; first < ly.Neurons; first = ly.Ends[first] {
		end := ly.Ends[first]
		clear(labels[first:end])
		clear(st.done[first:end])
		if t.m.Late() {
			continue
		}
		if i := t.above(lv.l, first, end); i >= 0 {
			t.tally.Float++
			t.settleFor(lv, first, i)
		}
	}
}

// settleFor decides a maximum for a class on the whole cell, unless the walk is late.
func (t maxima) settleFor(lv *level, first, class int) {
	if !t.label(lv.l, first, class) {
		t.unlabel(lv.l, first)
		return
	}
	done := t.layers[lv.l].done
	for j := first; j < t.m.Layers[lv.l].Ends[first]; j++ {
		done[j] = settled
	}
	t.Pass(&lv.acc, lv.l, class, 1)
}

// above looks for a piece that is above all others on the ball, or identical to them and the first,
// as far as floats are certain; −1 is none. Pieces that one is above are settled.
func (t maxima) above(l, first, end int) int {
	fs, i, done, only := t.Forms(l), first, t.layers[l].done, true
	for j := first; j < end; j++ { // it is the largest at the centre
		if fs[j].H > fs[i].H {
			i = j
		}
	}
	var d forms.Form
	for j := first; j < end; j++ {
		if j == i {
			continue
		}
		t.Above(l, i, j, &d)
		switch {
		case d.Zero() && j > i:
		case t.judge.Settled(&d) > 0:
			done[j] = settled
		default:
			only = false
		}
	}
	if !only {
		return -1
	}
	return i
}

// decidedAll says that a maximum is decided on the cell on which its layer was entered.
func (t maxima) decidedAll(l, first int) bool {
	return !slices.Contains(t.layers[l].done[first:t.m.Layers[l].Ends[first]], open)
}

// settleMaxima settles the classes of later maxima that are empty on the whole cell, before it is
// split for the first time in this layer: once for all its parts.
func (t maxima) settleMaxima(lv *level) {
	ly, done := t.m.Layers[lv.l], t.layers[lv.l].done
	at := judge.NewPoint(t.m.Model)
	current := lv.j
	defer func() { lv.j = current }()
	for lv.j = ly.Ends[current]; lv.j < ly.Neurons; lv.j = ly.Ends[lv.j] {
		live, last := 0, -1
		for c := lv.j; c < ly.Ends[lv.j]; c++ {
			switch {
			case done[c] != open:
			case t.lives(lv, c, &at):
				live, last = live+1, c
			case t.err != nil || t.gaveUp:
				return
			default:
				done[c] = settled
			}
		}
		if live == 1 {
			t.settleFor(lv, lv.j, last)
		}
	}
}

// next decides the maxima of a layer from the level's on, as layer does.
func (t maxima) next(lv *level, passing bool) (e Event, done bool) {
	ly, st := t.m.Layers[lv.l], &t.layers[lv.l]
	for ; lv.j < ly.Neurons; lv.j = ly.Ends[lv.j] {
		if t.decidedAll(lv.l, lv.j) {
			continue
		}
		if t.m.Late() || !passing && t.halt.Load() {
			return t.Undecided(), true
		}
		c := &lv.choice
		if !c.rest {
			c.class = t.live(lv, lv.j, &lv.far)
			if c.class >= 0 {
				lv.CopyFrom(&lv.far)
			}
		}
		if c.next = -1; t.err == nil && !t.gaveUp && c.class >= 0 {
			c.next = t.live(lv, c.class+1, &lv.far)
		}
		switch {
		case t.err != nil:
			return Event{Kind: Failed}, true
		case t.gaveUp:
			t.gaveUp = false
			return t.Undecided(), true
		case c.class < 0:
			t.err = fmt.Errorf("neuron %d: all classes of a maximum were found empty", ly.First+lv.j)
			return Event{Kind: Failed}, true
		case c.next >= 0:
			if t.ahead && st.entry == t.depth && t.off == 0 {
				if t.settleMaxima(lv); t.err != nil {
					return Event{Kind: Failed}, true
				}
				t.gaveUp = false // what it has not settled is open
			}
			c.cell, c.names = len(t.judge.Cell), t.judge.Named
			lv.follows = true
			return Event{Kind: Split, Shared: t.off == 0}, true
		}
		if c.rest {
			t.constrainTo(lv, lv.l, c.class)
		}
		t.labelAs(lv.l, lv.j, &lv.Point)
		t.Pass(&lv.acc, lv.l, c.class, 1)
		c.rest = false
	}
	return e, false
}

// choose names a side of a split of a maximum: the class, or the rest.
func (t maxima) choose(lv, child *level, s int8) {
	child.l, child.j, child.arrived = lv.l, lv.j, false
	child.choice = choice{class: lv.choice.next, rest: true}
	if s > 0 {
		child.CopyFrom(&lv.far)
		return
	}
	child.CopyFrom(&lv.Point)
	child.choice = choice{}
	child.j = t.m.Layers[lv.l].Ends[lv.j]
	t.labelAs(lv.l, lv.j, &child.Point)
}

// arriveAt enters the class, or the rest.
func (t maxima) arriveAt(lv, up *level) {
	if lv.choice.rest {
		if t.judge.Proof {
			stack(t).renew(lv)
		}
		return
	}
	t.constrainTo(lv, up.l, up.choice.class)
	t.Pass(&lv.acc, up.l, up.choice.class, 1)
}

// live returns the first class from piece c on that lives on the cell, with its witness, or −1. Of
// those that do not it tells.
func (t maxima) live(lv *level, c int, at *judge.Point) int {
	end := t.m.Layers[lv.l].Ends[lv.j]
	for ; c < end; c++ {
		if t.m.Late() {
			t.gaveUp = true
			return -1
		}
		if t.layers[lv.l].done[c] == open && t.lives(lv, c, at) && t.witnessed(lv, c, at) {
			return c
		}
		if t.err != nil || t.gaveUp {
			return -1
		}
	}
	return -1
}

// The neurons of a cell that is kept by its vertices, decided a word at a time, until the cell
// splits or has none left; those of the last layer are counted at a stroke.

package tree

import (
	"math/bits"
	"slices"

	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/vertices"
)

// words decides the neurons of a cell by its vertices, a word of them at a time.
type words struct {
	trunk
	cells     *vertices.Cells
	fallbacks *Fallbacks
	regions   int64        // found, and not yet told there
	around    vertices.Box // of a cell
	cellwise  bool         // regions are not counted at a stroke
	audit     func()       // shows the cell to those who look on
	wants     Wants
	// forgets says that what is learnt of vertices on one side of a split is forgotten before the
	// other, for what is known there to depend on the path alone.
	forgets bool
	// integral says that signs are told in integers where floats do not.
	integral bool
	shown    shown
	divider
}

// noted is what a level knows for those who want more than the number of regions: how many
// constraints the cell has at the split, and names in a proof where these are more, the box around
// it, and signs of the section's vertices to be put back.
type noted struct {
	cell     int
	named    int32
	box      judge.Box
	unlooked []vertices.Signs
	halved   bool
}

// nextWord finds the next word of the layer, from its neuron j on, that has open neurons. It
// reports false for found where there is none.
func (t *words) nextWord(lv *hull) (found, certain bool) {
	c, st := t.cells, &t.layers[lv.l]
	for ; lv.j < len(st.done); lv.j += vertices.WordSize {
		word, _ := c.WordOf(lv.l, lv.j)
		undecided, ok := uint64(0), true
		for b := range c.Width(word) {
			if st.done[lv.j+b] == open {
				undecided |= 1 << b
				ok = c.Load(word, b, t.Form(lv.l, lv.j+b)) && ok
			}
		}
		if undecided != 0 {
			lv.open, lv.word, lv.fresh = undecided, word, 0
			return true, ok
		}
	}
	lv.open = 0
	return false, true
}

// divide decides the open neurons of the word, until the cell splits. done says that there is an
// event to return; else all are decided.
func (t *words) divide(lv *hull, passing bool) (e Event, done, certain bool) {
	c := t.cells
	for lv.open != 0 {
		if t.fallbacks.common.Load() || t.m.Late() {
			lv.j = t.cells.NeuronAt(lv.l, lv.word, 0)
			return e, false, false
		}
		seen := c.Seen(lv.word, lv.at)
		undecided := lv.open
		lv.open &= seen.Plus & seen.Minus
		t.audit()
		if !t.settle(lv, undecided&^lv.open, seen) {
			return e, false, false
		}
		if lv.open == 0 {
			break
		}
		b := uint(bits.TrailingZeros64(lv.open))
		lv.j = t.cells.NeuronAt(lv.l, lv.word, b)
		if !passing && t.halt.Load() {
			return Event{Kind: Open}, true, true
		}
		c.Thin(lv.at)
		few := !passing && bits.OnesCount64(lv.open) <= t.tune.LeafMost && !t.cellwise
		if few && t.wants == Counts && t.lastWord(lv) {
			before := c.Here()
			n, settled, ok := c.Count(lv.word, lv.at, lv.open)
			c.Back(before)
			if !ok {
				return e, false, false
			}
			return t.final(n, settled), true, true
		}
		if few && t.wants == Proofs {
			if e, shown := atAStroke(t, lv, passing); shown {
				return e, true, true
			}
		}
		if lv.halved = t.halves(lv); lv.halved {
			t.shown.evidence.Halve(lv.word, lv.at, b, &t.shown.halves)
			lv.parts.Section = lv.parts.Section[:0]
			lv.names, lv.split = c.Named(), c.Here()
			t.noteSplit(lv)
			return Event{Kind: Split}, true, true
		}
		if !c.Split(lv.word, lv.at, b, lv.open&^(1<<b), &lv.parts) {
			return e, false, false
		}
		lv.names, lv.split = c.Named(), c.Here()
		both, ok := t.splits(lv)
		if !ok {
			return e, false, false
		}
		if both {
			t.noteSplit(lv)
			return Event{Kind: Split, Shared: true}, true, true
		}
	}
	return e, false, true
}

// splits says whether both sides of the section meet the ball; else the cell is made the side that
// does.
func (t *words) splits(lv *hull) (both, certain bool) {
	c := t.cells
	if c.Within(lv.at) {
		return true, true
	}
	minus, sure := c.SideMeets(&lv.parts, -1)
	plus, too := c.SideMeets(&lv.parts, 1)
	switch {
	case !sure || !too || !plus && !minus:
		return false, false
	case plus && minus:
		return true, true
	}
	s := int8(1)
	if minus {
		s = -1
	}
	if !t.miss(lv, s) {
		return false, false
	}
	lv.at = lv.parts.Side(s, lv.at[:0])
	lv.fresh = len(lv.at) - len(lv.parts.Section)
	t.labels[t.m.Layers[lv.l].First+lv.j] = s
	t.tally.Float++
	t.Pass(&lv.acc, lv.l, lv.j, s)
	lv.open &^= 1 << (lv.j % vertices.WordSize)
	return false, true
}

// lastWord says that no neuron is open after the level's word.
func (t *words) lastWord(lv *hull) bool {
	if lv.l+1 < len(t.m.Layers) {
		return false
	}
	done, next := t.layers[lv.l].done, t.cells.NeuronAt(lv.l, lv.word+1, 0)
	return next >= len(done) || !slices.Contains(done[next:], open)
}

// settle labels neurons of the word that have one sign on the cell. It returns false where that
// cannot be shown.
func (t *words) settle(lv *hull, settled uint64, seen vertices.Signs) bool {
	ly := t.m.Layers[lv.l]
	t.tally.Float += int64(bits.OnesCount64(settled))
	for ; settled != 0; settled &= settled - 1 {
		b := uint(bits.TrailingZeros64(settled))
		s := int8(seen.Plus>>b&1) - int8(seen.Minus>>b&1)
		j := t.cells.NeuronAt(lv.l, lv.word, b)
		if t.wants == Proofs && !t.prune(lv, b, s) {
			return false
		}
		t.labels[ly.First+j] = s
		t.Pass(&lv.acc, lv.l, j, s)
	}
	return true
}

// final is a cell of so many regions, beside which so many sides were found empty.
func (t *words) final(regions, settled int64) Event {
	t.tally.Float += regions + settled
	if t.regions += regions; t.regions >= t.tune.Batch {
		t.fallbacks.regions.Add(t.regions)
		t.regions = 0
	}
	return Event{Kind: Final, Regions: regions}
}

// vanishesAt says that a neuron without a bias is zero at a vertex of the current cell because all
// that it sums up are: each unit of the layer before that passes something on in the cell is a
// neuron and passes on zero there.
func (t *words) vanishesAt(word int, b uint, v int32) bool {
	l := t.cells.LayerOf(word)
	ly, j := t.m.Layers[l], t.cells.NeuronAt(l, word, b)
	if l == 0 || ly.Ends != nil || ly.BMag[j] != 0 {
		return false
	}
	before := t.m.Layers[l-1]
	if before.Ends != nil {
		return false
	}
	for i := range ly.Into(j) {
		if t.carries(l-1, i) == 0 {
			continue
		}
		if i >= before.Neurons {
			return false
		}
		if word, b := t.cells.WordOf(l-1, i); t.cells.Sign(word, v).Zero>>b&1 == 0 {
			return false
		}
	}
	return true
}

// One neuron, or one maximum, of a cell that is kept by its vertices: the sides it splits into.

package tree

import (
	"slices"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/vertices"
)

// divider finds what a cell that is kept by its vertices splits into.
type divider struct {
	trunk
	cells  *vertices.Cells
	diff   forms.Form
	pieces []int // of a maximum, that may have a class of its own
	parts  vertices.Parts
	// firsts are, for each piece of a layer of maxima, where the comparisons of its maximum begin.
	firsts [][]int
}

// decide finds the sides of the level's neuron, or maximum, that the cell has: one, or several by
// which it splits. There are none where the neuron is identically zero. It reports false where a
// sign is not certain.
func (t *divider) decide(lv *classCell) bool {
	lv.sides = lv.own[:0]
	if t.m.Layers[lv.l].Ends != nil {
		return t.classes(lv)
	}
	z, labels := t.Form(lv.l, lv.j), t.labels[t.m.Layers[lv.l].First:]
	labels[lv.j] = 0
	if s := lv.box.Sign(z); s != 0 {
		t.oneSided(lv, int(s))
		return true
	}
	if z.Zero() {
		lv.sides = nil
		return true
	}
	c := t.cells
	word, b := c.WordOf(lv.l, lv.j)
	if !c.Load(word, int(b), z) || !c.LookAll(word, lv.at, 1<<b) {
		return false
	}
	seen := c.Seen(word, lv.at)
	plus, minus := seen.Plus>>b&1 != 0, seen.Minus>>b&1 != 0
	switch {
	case !plus && !minus:
		lv.sides = nil
		return true
	case !plus || !minus:
		t.oneSided(lv, map[bool]int{true: 1, false: -1}[plus])
		return true
	}
	c.Thin(lv.at)
	named := c.Named()
	if !c.Split(word, lv.at, b, 0, &t.parts) {
		return false
	}
	for _, s := range []int8{-1, 1} {
		side := lv.side(len(lv.sides))
		side.label, side.at, side.names = int(s), t.parts.Side(s, side.at[:0]), c.GivenSince(named, side.names[:0])
		if hit, certain := t.meets(side.at); !certain {
			return false
		} else if !hit {
			lv.sides = lv.sides[:len(lv.sides)-1]
		}
	}
	c.Unname(named)
	t.tally.Float += int64(2 - len(lv.sides))
	return len(lv.sides) > 0
}

// meets says whether a cell meets the ball.
func (t *divider) meets(list []int32) (hit, certain bool) {
	if t.cells.Within(list) {
		return true, true
	}
	return t.cells.Meets(list)
}

// oneSided decides the neuron, or the maximum, for one label on the whole cell.
func (t *divider) oneSided(lv *classCell, label int) {
	t.tally.Float++
	s := lv.side(0)
	s.label, s.at, s.names = label, append(s.at[:0], lv.at...), s.names[:0]
}

// classes finds the classes of the level's maximum that live on the cell.
func (t *divider) classes(lv *classCell) bool {
	if !t.undominated(lv) {
		return false
	}
	if len(t.pieces) == 1 {
		t.oneSided(lv, t.pieces[0])
		return true
	}
	c := t.cells
	c.Thin(lv.at)
	named := c.Named()
	for _, i := range t.pieces {
		side := lv.side(len(lv.sides))
		side.label, side.at = i, append(side.at[:0], lv.at...)
		live, certain := t.cutOff(lv, side)
		if live && certain {
			live, certain = t.meets(side.at)
		}
		if !certain {
			return false
		}
		if side.names = c.GivenSince(named, side.names[:0]); !live {
			lv.sides = lv.sides[:len(lv.sides)-1]
			t.tally.Float++
		}
		c.Unname(named)
	}
	return len(lv.sides) > 0
}

// undominated lists the pieces that are above each other one somewhere in the cell, and the first
// of those that are identical.
func (t *divider) undominated(lv *classCell) bool {
	end := t.m.Layers[lv.l].Ends[lv.j]
	t.pieces = t.pieces[:0]
	for i := lv.j; i < end; i++ {
		dead := false
		for n := 0; n < len(t.pieces) && !dead; {
			above, below, certain := t.compare(lv, t.pieces[n], i, lv.at)
			switch {
			case !certain:
				return false
			case !below: // the later one is nowhere above
				dead = true
			case !above:
				t.pieces = slices.Delete(t.pieces, n, n+1)
				continue
			}
			n++
		}
		if !dead {
			t.pieces = append(t.pieces, i)
		}
	}
	return true
}

// compare says whether piece i is above piece j > i at a vertex of a list, and below at another.
func (t *divider) compare(lv *classCell, i, j int, list []int32) (above, below, certain bool) {
	c := t.cells
	t.Above(lv.l, i, j, &t.diff)
	switch s := lv.box.Sign(&t.diff); {
	case s != 0:
		return s > 0, s < 0, true
	case t.diff.Zero():
		return false, false, true
	}
	word, b := t.comparison(lv, i, j)
	if !c.Load(word, int(b), &t.diff) || !c.LookAll(word, list, 1<<b) {
		return false, false, false
	}
	seen := c.Seen(word, list)
	return seen.Plus>>b&1 != 0, seen.Minus>>b&1 != 0, true
}

// comparison is where the row of a difference is kept: pairs are in order.
func (t *divider) comparison(lv *classCell, i, j int) (word int, b uint) {
	k := t.m.Layers[lv.l].Ends[lv.j] - lv.j
	p, q := i-lv.j, j-lv.j
	return t.cells.WordOf(lv.l, t.firsts[lv.l][lv.j]+p*(2*k-p-1)/2+q-p-1)
}

// cutOff makes a side the part of the cell where its piece is above each other one, and says
// whether there is one with an interior.
func (t *divider) cutOff(lv *classCell, side *classSide) (live, certain bool) {
	for _, o := range t.pieces {
		if o == side.label {
			continue
		}
		i, j, s := side.label, o, int8(1)
		if i > j {
			i, j, s = j, i, -1
		}
		above, below, certain := t.compare(lv, i, j, side.at)
		if s < 0 {
			above, below = below, above
		}
		switch {
		case !certain:
			return false, false
		case !above:
			return false, true
		case !below:
			continue
		}
		word, b := t.comparison(lv, i, j)
		t.cells.Thin(side.at)
		if !t.cells.Split(word, side.at, b, 0, &t.parts) {
			return false, false
		}
		side.at = t.parts.Side(s, side.at[:0])
	}
	return true, true
}

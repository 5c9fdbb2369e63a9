// The classes of a maximum that live on a cell, and for proofs why the others do not: by what a
// piece is above another at the vertices, where it is largest there, or by the point nearest to the
// centre of a part that misses the ball.

package tree

import (
	"slices"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/vertices"
)

// divider is the scratch of deciding a maximum.
type divider struct {
	diff     forms.Form
	pieces   []int // that may have a class of their own
	others   []rival
	compared [][]comparisons
}

// decide finds the classes of the level's maximum that live on the cell. It reports false where a
// sign is not certain, or something cannot be shown.
func (t classes) decide(lv *hull) bool {
	if !t.undominated(lv) {
		return false
	}
	lv.classes = nil
	if len(t.pieces) == 1 {
		t.tally.Float++
		lv.add(t.pieces[0])
		return true
	}
	t.cells.Thin(lv.at)
	for _, i := range t.pieces {
		switch live, certain := t.cutOff(lv, lv.add(i)); {
		case !certain:
			return false
		case !live:
			lv.classes = lv.classes[:len(lv.classes)-1]
			t.tally.Float++
		}
	}
	return len(lv.classes) > 0
}

// undominated lists the pieces that are above each other one somewhere in the cell, and the first
// of those that are identical.
func (t classes) undominated(lv *hull) bool {
	end, done := t.m.Layers[lv.l].Ends[lv.j], t.layers[lv.l].done
	t.pieces = t.pieces[:0]
	for i := lv.j; i < end; i++ {
		dead := done[i] != open
		for n := 0; n < len(t.pieces) && !dead; {
			other := t.pieces[n]
			above, below, certain := t.compare(lv, other, i, lv.at)
			switch {
			case !certain:
				return false
			case !below: // the later one is nowhere above
				if dead = true; !t.dominated(lv, i, other) {
					return false
				}
			case !above:
				if t.pieces = slices.Delete(t.pieces, n, n+1); !t.dominated(lv, other, i) {
					return false
				}
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

// compare says whether piece i is above piece j at a vertex of a list, and below at another.
func (t classes) compare(lv *hull, i, j int, list []int32) (above, below, certain bool) {
	c := t.cells
	word, b, side := t.comparison(lv.l, i, j)
	if side < 0 {
		i, j = j, i
	}
	t.Above(lv.l, i, j, &t.diff)
	switch s := side * lv.around.Sign(&t.diff); {
	case s != 0:
		return s > 0, s < 0, true
	case t.diff.Zero():
		return false, false, true
	}
	if !c.Load(word, int(b), &t.diff) || !c.LookAll(word, list, 1<<b) {
		return false, false, false
	}
	seen := c.Seen(word, list)
	above, below = seen.Plus>>b&1 != 0, seen.Minus>>b&1 != 0
	if side < 0 {
		above, below = below, above
	}
	return above, below, true
}

// cutOff makes a class the part of the cell where its piece is above each other one, and says
// whether there is one with an interior, in the ball.
func (t classes) cutOff(lv *hull, cl *class) (live, certain bool) {
	c, named, back := t.cells, t.cells.Named(), t.against(lv, cl.piece)
	defer back()
	defer c.Unname(named)
	if t.wants == Counts {
		cl.at = append(cl.at[:0], lv.at...)
	} else { // what is learnt of a vertex in one class is not to be known in another
		cl.at = c.Take(c, lv.at, cl.at[:0])
	}
	before := len(t.judge.Cell)
	for _, o := range t.pieces {
		if o == cl.piece {
			continue
		}
		above, below, certain := t.compare(lv, cl.piece, o, cl.at)
		switch {
		case !certain:
			return false, false
		case !above:
			return false, t.below(cl.piece, o, cl.at)
		case !below:
			continue
		}
		word, b, side := t.comparison(lv.l, cl.piece, o)
		c.Thin(cl.at)
		if !c.Split(word, cl.at, b, 0, &lv.parts) {
			return false, false
		}
		cl.at = lv.parts.Side(side, cl.at[:0])
		t.cut(o)
	}
	if !c.Within(cl.at) {
		if live, certain = c.Meets(cl.at); !live || !certain {
			return false, certain && t.misses(cl, int32(before))
		}
	}
	cl.names = c.GivenSince(named, cl.names)
	cl.cuts, cl.named = append(cl.cuts, t.judge.Cell[before:]...), t.judge.Named
	return true, true
}

// against finds the rivals of a piece, whose names the cell then has, for those who want more than
// the number of regions. What it returns takes back what was made a constraint since, and the
// names.
func (t classes) against(lv *hull, piece int) (back func()) {
	if t.wants == Counts {
		return func() {}
	}
	cell, named := len(t.judge.Cell), t.judge.Named
	t.others, _ = t.rivals(lv.l, lv.j, piece)
	t.judge.Named = t.judge.Names() + int32(len(t.others))
	return func() { t.judge.Cell, t.judge.Named = t.judge.Cell[:cell], named }
}

// rival returns what the piece at hand is above another one; none where that is not known.
func (t classes) rival(piece int) (r rival, ok bool) {
	i := slices.IndexFunc(t.others, func(r rival) bool { return r.piece == piece })
	if i < 0 {
		return r, false
	}
	return t.others[i], true
}

// cut makes what the piece at hand is above another one a constraint of the cell.
func (t classes) cut(o int) {
	if t.wants == Counts {
		return
	}
	r, _ := t.rival(o)
	named := t.judge.Named
	t.judge.Add(judge.Constraint{Form: r.d, ID: -1, S: 1, Name: r.name})
	t.judge.Named = named
	t.know(len(t.judge.Cell) - 1)
}

// dominated shows that a piece is nowhere above another one.
func (t classes) dominated(lv *hull, piece, by int) bool {
	if t.wants != Proofs {
		return true
	}
	defer t.against(lv, piece)()
	return t.below(piece, by, lv.at)
}

// below shows that a piece is nowhere above another one on a part of the cell.
func (t classes) below(piece, other int, list []int32) bool {
	if t.wants != Proofs {
		return true
	}
	r, ok := t.rival(other)
	if !ok {
		return false
	}
	g, s := toward(r.d, 1)
	c := &t.shown.cone
	if !t.shown.evidence.Express(t.cells.Top(&g, list), &g, c) || t.judge.Empty(r.d, s, c.IDs, c.Lambda) == judge.None {
		return false
	}
	t.dead(piece, r.name)
	return true
}

// misses shows that a class misses the ball, by those of its constraints that are not the cell's
// and others.
func (t classes) misses(cl *class, before int32) bool {
	if t.wants != Proofs {
		return true
	}
	for id := int32(len(t.judge.Cell)) - 1; id >= before; id-- {
		if a := t.judge.Cell[id]; t.showNearest(cl.at, id, a.Form, a.S) {
			t.dead(cl.piece, a.Name)
			return true
		}
	}
	return false
}

// showNearest shows that a part of the cell, one of whose constraints, self, is a side of a form,
// misses the ball.
func (t *words) showNearest(list []int32, self int32, z *forms.Form, s float64) bool {
	c := &t.shown.cone
	if !t.shown.evidence.ExpressNearest(list, c) {
		return false
	}
	i := slices.Index(c.IDs, self)
	if i < 0 || !(c.Lambda[i] > 0) {
		return false
	}
	share := c.Lambda[i]
	c.IDs, c.Lambda = slices.Delete(c.IDs, i, i+1), slices.Delete(c.Lambda, i, i+1)
	for i := range c.Lambda {
		c.Lambda[i] /= share
	}
	return t.judge.Shows(z, s, c.IDs, c.Lambda, false)
}

// dead is to tell that a class is empty, as the judge found last for the rival of a name.
func (t classes) dead(piece int, name int32) {
	t.judge.Out.Inside(t.judge, name)
	t.shown.waiting.pruned(piece, -1, false, &t.judge.Out)
}

// place is where the row of a form is kept, and its sign there.
func (t *words) place(z *forms.Form) (p vertices.Place, side int8) {
	word, b, side := 0, uint(0), int8(1)
	if z.Than > 0 {
		word, b, side = classes{t}.comparison(z.Layer, z.Unit, z.Than-1)
	} else {
		word, b = t.cells.WordOf(z.Layer, z.Unit)
	}
	return vertices.Place(word*vertices.WordSize + int(b)), side
}

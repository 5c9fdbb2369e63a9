// What a proof says of a cell that the last neurons divide, all at a stroke. Floats alone tell
// where their hyperplanes cross; the judge certifies what shows it; and what is told is what a walk
// through all those cells would tell. Where something is not shown, that walk is taken.

package tree

import (
	"math/bits"

	"github.com/relucell/relucell/internal/vertices"
)

// stroke shows the regions of the cell of a level. It counts them, and the sides that are empty.
type stroke struct {
	*words
	*vertices.Arrangement
	lv               *hull
	regions, settled int64
}

// atAStroke shows in a proof all regions of the level's cell, which the open neurons of its word,
// if that is the last, may divide. It reports false where that is not seen; then nothing has
// changed. Which it is depends on the path to the cell alone, unless the cell is on the way to
// others: those were found below it, so that it was not shown at a stroke.
func atAStroke(t *words, lv *hull, passing bool) (e Event, shown bool) {
	if passing || t.cellwise || !t.lastWord(lv) || t.shown.evidence.Reaches(t.m.Norm, lv.at) {
		return e, false
	}
	s := stroke{words: t, Arrangement: t.shown.arrangement, lv: lv}
	if !s.Begin(lv.word, lv.at) {
		return e, false
	}
	told, names, cell, named := t.shown.waiting.now(), t.cells.Named(), len(t.judge.Cell), t.judge.Named
	shown = s.cell()
	t.judge.Cell, t.judge.Named = t.judge.Cell[:cell], named
	if !shown {
		t.cells.Unname(names)
		t.shown.waiting.forget(told)
		return e, false
	}
	e = t.final(s.regions, s.settled)
	e.Told = true
	return e, true
}

// cell shows the regions of the cell.
func (s *stroke) cell() bool {
	forms, most := 0, min(s.tune.LeafMost, vertices.MostForms)
	for neurons := s.lv.open; neurons != 0; neurons &= neurons - 1 {
		both, apart := s.Look(uint(bits.TrailingZeros64(neurons)))
		if both {
			forms++
		}
		if !apart || forms > most {
			return false
		}
	}
	for i := range s.Sights {
		at := &s.Sights[i]
		if at.Plus && at.Minus {
			s.Divide(at)
		} else if !s.Bound(at, &s.shown.cone) || !s.empty(at.Bit, bit(at.Plus)-bit(at.Minus)) {
			return false
		}
	}
	return s.part(0, 1<<forms-1)
}

// part shows the regions of the part at a depth, that some forms divide, as steps do: two regions
// by the means of their vertices.
func (s *stroke) part(depth int, forms uint) bool {
	if forms == 0 {
		s.regions++
		in, room := s.Center(depth, &s.shown.y)
		return s.region(in, room)
	}
	form := bits.TrailingZeros(forms)
	rest := forms &^ (1 << form)
	s.shown.waiting.note(splitLine)
	if rest == 0 {
		if !s.halves(depth, form) {
			return false
		}
	} else {
		if !s.Cut(depth, form, rest) {
			return false
		}
		for _, sign := range [...]int8{-1, 1} {
			if !s.side(depth, form, rest, sign) {
				return false
			}
		}
		s.Uncut(depth)
	}
	s.shown.waiting.note(splitEndLine)
	return true
}

// halves shows the two regions of a part that one form divides.
func (s *stroke) halves(depth, form int) bool {
	h := &s.shown.halves
	s.Halve(depth, form, h)
	for _, sign := range [...]int8{-1, 1} {
		room := s.Beside(s.m.Norm, h, sign, &s.shown.y)
		if !s.region(s.Half(depth, form, sign), room) {
			return false
		}
	}
	s.regions += 2
	return true
}

// region shows a region, of which shown.y is a point about which there is so much room.
func (s *stroke) region(in *vertices.Region, room float64) bool {
	sh := &s.shown
	if !(room > 0 && sh.rounded(in, room) && !sh.wide) {
		return false
	}
	sh.waiting.region(sh.x)
	return true
}

// side shows the regions of a side of a form that cuts the part at a depth, which others may
// divide.
func (s *stroke) side(depth, form int, rest uint, sign int8) bool {
	cell, named := len(s.judge.Cell), s.judge.Named
	s.constrain(s.lv.l, s.cells.NeuronAt(s.lv.l, s.lv.word, s.Neuron(form)), sign)
	plus, minus := s.Take(depth, form, sign)
	for one := rest &^ (plus & minus); one != 0; one &= one - 1 {
		f := bits.TrailingZeros(one)
		if !s.Cone(depth+1, f, &s.shown.cone) || !s.empty(s.Neuron(f), int8(plus>>f&1)-int8(minus>>f&1)) {
			return false
		}
	}
	shown := s.part(depth+1, rest&plus&minus)
	s.judge.Cell, s.judge.Named = s.judge.Cell[:cell], named
	return shown
}

// empty shows by the cone that the part has nothing on the side opposite to live of neuron b of the
// word.
func (s *stroke) empty(b uint, live int8) bool {
	j, c := s.cells.NeuronAt(s.lv.l, s.lv.word, b), &s.shown.cone
	if !s.judge.Shows(s.Form(s.lv.l, j), float64(-live), c.IDs, c.Lambda, false) {
		return false
	}
	s.settled++
	s.shown.waiting.pruned(j, live, false, &s.judge.Out)
	return true
}

func bit(b bool) int8 {
	if b {
		return 1
	}
	return 0
}

// The tree that stands in for a tree of vertices, a solved one or, on a line, one in integers:
// where a sign at a vertex is not certain, or something cannot be shown, it is led to the cell and
// decides that and all below it.

package tree

import (
	"errors"
	"slices"
	"sync/atomic"

	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/tuning"
)

// Fallbacks counts, for all trees of a walk, the cells that the solver took over. Where they are
// many, all go there.
type Fallbacks struct {
	cells, regions atomic.Int64
	common         atomic.Bool
}

// standIn has the other tree decide the cell.
func (t *Vertices) standIn(passing bool) Event {
	if len(t.path) == 0 {
		t.tally.Decisions = t.atRoot
	} else if t.wants == Counts { // where all go to the solver must not change what is shown
		t.fallbacks.note(t.tune, t.regions)
	}
	if e, ok := t.lead(); !ok {
		return e
	}
	return t.stander().Next(passing)
}

// standIns are the trees that may stand in, of which one is made.
type standIns struct {
	solved *Solved
	line   *Line // on a line
}

// stander is the one.
func (s *standIns) stander() Tree {
	if s.line != nil {
		return s.line
	}
	return s.solved
}

// lead leads the tree that stands in to the cell, or says why it cannot.
func (t *Vertices) lead() (e Event, ok bool) {
	t.shown.waiting.forget(moment{})
	s := t.standby()
	s.Tell(Silent{})
	if t.solved != nil {
		t.solved.judge.Box = t.solved.judge.Box[:0]
		t.solved.ahead = t.wants != Proofs
	}
	if e, ok := Lead(s, t.path); !ok {
		switch {
		case e.Kind == Failed:
		case t.wants == Counts || t.witness(t.here()): // it need not be led there to leave it open
			e = Event{Kind: Open}
		default: // late, and the point is of a cell above
			e = Event{Kind: Failed}
			t.fail(errors.New("stopped before a cell had a point to show"))
		}
		return e, false
	}
	s.Tell(t.told)
	t.standing, t.since = true, len(t.path)
	if t.solved != nil {
		t.solved.ahead = true
		if t.wants != Counts && t.since > 0 {
			t.handOver(t.solved, t.levels[t.since-1])
		}
	}
	return e, true
}

// fail says why it does not stand where it was to.
func (s *standIns) fail(err error) {
	if s.line != nil {
		s.line.err = err
		return
	}
	s.solved.err = err
}

// standby returns the tree that stands in, which is made when it is first wanted.
func (t *Vertices) standby() Tree {
	switch {
	case t.m.N == 1 && t.wants != Proofs && !t.maximal:
		if t.line == nil {
			t.line = NewLine(t.m, t.halt)
			t.line.tally = t.tally
		}
	case t.solved == nil:
		t.solved = NewSolved(t.m, t.policy, t.halt, t.wants == Proofs)
		t.solved.tally = t.tally
	}
	return t.stander()
}

// handOver tells the solved tree, which stands at the cell, what has been shown of the cells above:
// the names of the constraints, the box, and the neurons of the layer that are decided.
func (t *Vertices) handOver(s *Solved, up *hull) {
	s.judge.Box.CopyFrom(up.box)
	if up.classes != nil {
		s.arriveKnowing(t.labels, func(int) bool { return false })
		classes{&t.words}.handOver(s, up)
	} else {
		s.arriveKnowing(t.labels, func(j int) bool {
			word, b := t.cells.WordOf(up.l, j)
			return t.layers[up.l].done[j] != open || word < up.word || word == up.word && up.open>>b&1 == 0
		})
	}
	// The names of the solved tree are those of what was split, and here are neurons beside them of
	// which a side misses the ball.
	more := s.judge.Names()
	for i, b := range t.judge.Cell[:up.cell] {
		if b.ID < 0 || slices.ContainsFunc(s.judge.Cell, func(a judge.Constraint) bool { return a.ID == b.ID }) {
			continue
		}
		more++
		for d := range s.judge.Cell {
			if a := &s.judge.Cell[d]; a.Name >= t.judge.Cell[i].Name {
				a.Name++
			}
		}
	}
	if t.maximal {
		s.judge.Named = more
	}
}

// Tell sets who is told.
func (t *Vertices) Tell(to Teller) {
	t.told = to
	if t.solved != nil {
		t.solved.told = to
	}
}

// note counts a cell whose vertices left a sign uncertain; where that is common, no more are tried.
func (f *Fallbacks) note(tune *tuning.Table, regions int64) {
	if n := f.cells.Add(1); n > tune.RoughCells && n*tune.RoughShare > f.regions.Load()+regions {
		f.common.Store(true)
	}
}

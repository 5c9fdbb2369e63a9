// The solved tree that stands in for a tree of vertices: where a sign at a vertex is not certain,
// or something cannot be shown, it is led to the cell and decides that and all below it.

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

// standIn has the solved tree decide the cell.
func (t *Vertices) standIn(passing bool) Event {
	if len(t.path) == 0 {
		t.tally.Decisions = t.atRoot
	} else if t.wants == Counts { // where all go to the solver must not change what is shown
		t.fallbacks.note(t.tune, t.regions)
	}
	if e, ok := t.lead(); !ok {
		return e
	}
	return t.solved.Next(passing)
}

// lead leads the solved tree to the cell, or says why it cannot.
func (t *Vertices) lead() (e Event, ok bool) {
	t.shown.n = 0
	s := t.standby()
	s.Tell(Silent{})
	s.judge.Box = s.judge.Box[:0]
	s.ahead = t.wants != Proofs
	if e, ok := Lead(s, t.path); !ok {
		switch {
		case e.Kind == Failed:
		case t.wants == Counts:
			e = Event{Kind: Open}
		default: // late, and the solver's point is of a cell above
			e, s.err = Event{Kind: Failed}, errors.New("stopped before a cell had a point to show")
		}
		return e, false
	}
	s.Tell(t.told)
	s.ahead = true
	t.standing, t.since = true, len(t.path)
	if t.wants != Counts && t.since > 0 {
		t.handOver(s, t.levels[t.since-1])
	}
	return e, true
}

// standby returns the solved tree, which is made when it is first wanted.
func (t *Vertices) standby() *Solved {
	if t.solved == nil {
		t.solved = NewSolved(t.m, t.policy, t.halt, t.wants == Proofs)
		t.solved.tally = t.tally
	}
	return t.solved
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

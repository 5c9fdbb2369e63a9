// How far a cell whose turn it is is walked: what of it waits, and what is walked to its end at
// once.

package walk

import (
	"math"

	"github.com/relucell/relucell/internal/tuning"
)

// pace says how far a worker goes.
type pace interface {
	// enter is called when a side was entered, and says whether it is walked now; leave when it was
	// walked.
	enter(w *worker) bool
	leave(w *worker)
	// spend counts a split, or what is done at a stroke; park a cell that waits.
	spend()
	park()
	// keeps says that the sink is told of cells that wait.
	keeps() bool
	// vague accounts for a cell that may be empty.
	vague(w *worker)
}

// steady goes on to the end.
type steady struct{}

func (steady) enter(*worker) bool { return true }
func (steady) leave(*worker)      {}
func (steady) spend()             {}
func (steady) park()              {}
func (steady) keeps() bool        { return false }

func (steady) vague(w *worker) {
	w.left.Vague = true
	w.left.Upper.Add(w.left.Upper, w.tree.Rough())
}

// stint goes on for so many splits. A cell waits if the stint is over, or if its bound is small
// beside that of the cell whose turn it is, as long as there is credit for the way back to it: the
// way from the root to each waiting cell is walked again, so cells wait only as far as work done in
// stints pays for that. A small cell is walked to its end.
type stint struct {
	tune   *tuning.Table
	budget int64 // splits left
	floor  int   // the bits of a bound below which cells wait
	whole  int   // the depth of a cell that is walked to its end
	// Work, in units: when the stint began, when it was at the end of the way; what ways may cost,
	// and how many units of work pay for one of theirs.
	set, arrived  int64
	credit, worth int64
	parked        int64 // cells that wait
	lost          bool  // a cell that may be empty was left: nothing of the stint counts
}

// The depths of a stint that walks everything to its end, and of one that walks nothing so yet.
const (
	everywhere = -1
	nowhere    = math.MaxInt
)

// left is the credit that is left when so much work has been done.
func (s *stint) left(now int64) int64 {
	return s.credit + (now-s.arrived)/s.worth - s.parked*(s.arrived-s.set)
}

func (s *stint) enter(w *worker) bool {
	if s.whole != nowhere || s.left(w.tree.Tally().Work) < s.arrived-s.set {
		return true
	}
	switch bits := w.tree.Bound(false).BitLen(); {
	case bits <= s.tune.FewBits:
		s.whole = len(w.path)
	case s.budget <= 0 || bits < s.floor:
		return false
	}
	return true
}

func (s *stint) leave(w *worker) {
	if s.whole == len(w.path) {
		s.whole = nowhere
	}
}

func (s *stint) spend() {
	if s.whole == nowhere {
		s.budget--
	}
}

func (s *stint) park()         { s.parked++ }
func (s *stint) keeps() bool   { return false }
func (s *stint) vague(*worker) { s.lost = true }

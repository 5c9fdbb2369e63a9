// How far a cell whose turn it is is walked: what of it waits, and what is walked to its end at once.

package enumerate

// course says what a stint does with a cell.
type course int8

const (
	goesOn course = iota
	// waits: it is left for a turn of its own.
	waits
	// whole: it is small, so it is walked to its end, whatever is left of the stint; nobody bounds its parts.
	whole
)

// courseOf decides on the cell at depth d before neuron j of layer l. Outside stints, and on the way to a cell, all go on. In
// a stint a cell waits if the stint is over, or if its bound is small beside that of the cell whose turn it is, as
// long as there is credit for the way back to it.
func (w *walker) courseOf(l, j, d int) course {
	if w.floor == 0 || len(w.script) > 0 || !w.fares.affords(*w.clock) {
		return goesOn
	}
	switch bits := w.cellBound(l, j, d).BitLen(); {
	case bits <= fewBits:
		return whole
	case w.budget < 0 || bits < w.floor:
		return waits
	}
	return goesOn
}

// fares keeps account of what it costs to let cells wait: the way from the root to each of them is walked again, so cells wait
// only as far as work done in stints pays for that.
type fares struct {
	set, arrived  int64 // when the stint began, and when it was at the end of the way
	credit, worth int64
	parked        int64
}

// left is the credit that is left.
func (f *fares) left(now int64) int64 {
	return f.credit + (now-f.arrived)/f.worth - f.parked*(f.arrived-f.set)
}

// affords says that one more cell may wait.
func (f *fares) affords(now int64) bool { return f.left(now) >= f.arrived-f.set }

// begun and ended frame the walk of a cell that does not wait.
func (w *walker) begun(t course) (budget int64, floor int) {
	budget, floor = w.budget, w.floor
	if t == whole {
		w.budget, w.floor = 0, 0
	}
	return budget, floor
}

func (w *walker) ended(t course, budget int64, floor int) {
	if t == whole {
		w.budget, w.floor = budget, floor
	}
}

// spend counts a split, or what is done at a stroke.
func (w *walker) spend() {
	w.splits++
	if w.budget > 0 {
		if w.budget--; w.budget == 0 {
			w.budget = -1
		}
	}
}

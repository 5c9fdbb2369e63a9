// The loop: depth first, minus side before plus, with a stack of its own.

package walk

import (
	"math/big"

	"github.com/relucell/relucell/internal/tree"
)

// worker walks subtrees, one at a time.
type worker struct {
	run     *Run
	tree    tree.Tree
	sink    Sink
	pace    pace
	keep    keeper
	path    []int8
	frames  []frame
	regions int64
	splits  int64
	left    Left
	parked  []*node
	books   books
	err     error
}

// frame is a split whose sides are being walked. Its plus side may be handed to another worker as
// long as it is not begun.
type frame struct {
	depth int  // splits before it
	side  int8 // the side that is walked, 0 before the first
	given *handover
	found int64 // regions found when the split was made
	// Upper bounds of the regions of the plus side and of the whole cell, nil until asked for.
	plus, cell *big.Int
}

// next returns the side to be walked next, 0 for none.
func (f *frame) next() int8 {
	switch {
	case f.side == 0:
		f.side = -1
		return -1
	case f.side < 0 && f.given == nil:
		f.side = 1
		return 1
	}
	return 0
}

// clean makes the worker ready for another task.
func (w *worker) clean() {
	*w.tree.Tally() = tree.Tally{}
	w.path, w.frames, w.parked = w.path[:0], w.frames[:0], nil
	w.regions, w.splits, w.left, w.err = 0, 0, Left{Upper: new(big.Int)}, nil
	w.pace, w.books = steady{}, noBooks{}
	w.hear(Deaf{})
}

// hear sets who is told.
func (w *worker) hear(s Sink) {
	w.sink = s
	w.tree.Tell(s)
}

// root walks everything.
func (w *worker) root() {
	w.tree.Reset()
	if !w.keep.begin(w, 0) {
		w.walk()
		w.keep.end(w, 0)
	}
}

// walk walks the cell at which the tree stands, and comes back to it.
func (w *worker) walk() {
	w.visit()
	w.loop()
}

// loop walks what is on the stack.
func (w *worker) loop() {
	for len(w.frames) > 0 {
		s := w.frames[len(w.frames)-1].next()
		if s == 0 || s > 0 && w.err != nil {
			if w.close(); len(w.frames) > 0 {
				w.leave()
			}
			continue
		}
		if n := len(w.frames); w.enter(s) && len(w.frames) == n {
			w.leave()
		}
	}
}

// enter goes into a side and looks at the cell there. It reports false where the side was found
// among the records of an earlier run.
func (w *worker) enter(s int8) bool {
	if w.keep.begin(w, s) {
		return false
	}
	w.tree.Enter(s)
	w.path = append(w.path, s)
	if w.pace.enter(w) {
		w.visit()
	} else {
		w.leftover(w.tree.Undecided())
	}
	return true
}

// leave comes back from a side that has been walked.
func (w *worker) leave() {
	w.pace.leave(w)
	w.tree.Leave()
	n := len(w.path) - 1
	s := w.path[n]
	w.path = w.path[:n]
	w.keep.end(w, s)
}

// visit decides the cell as far as it can be without a split. A split is put on the stack.
func (w *worker) visit() {
	switch e := w.tree.Next(w.keep.passing()); e.Kind {
	case tree.Split:
		w.split(e.Shared)
	case tree.Final:
		if e.Regions > 1 { // at a stroke
			w.splits++
			w.pace.spend()
		}
		w.run.found(w, e.Regions)
		if !e.Told {
			w.sink.Region(w.tree)
		}
	default:
		w.leftover(e)
	}
}

// split puts the split that the tree has come to on the stack.
func (w *worker) split(shared bool) {
	w.sink.Split()
	w.splits++
	w.pace.spend()
	w.frames = append(w.frames, frame{depth: len(w.path), found: w.regions})
	if shared {
		w.offer()
	}
	w.books.attend(w)
}

// close takes the last split off the stack.
func (w *worker) close() {
	n := len(w.frames) - 1
	given := w.frames[n].given
	w.frames = w.frames[:n]
	if given != nil {
		w.join(given)
	}
	if w.err == nil {
		w.sink.SplitEnd()
	}
}

// leftover accounts for a cell that is not walked.
func (w *worker) leftover(e tree.Event) {
	switch e.Kind {
	case tree.Failed:
		w.err = w.tree.Err()
	case tree.Vague:
		w.pace.vague(w)
	default:
		if w.pace.keeps() {
			w.park()
			w.sink.Open(w.tree)
			return
		}
		if w.run.turn.frontier.Load() != nil {
			w.park()
			return
		}
		w.left.Opens++
		w.left.Upper.Add(w.left.Upper, w.tree.Bound(false))
		w.sink.Open(w.tree)
	}
}

// The bracket at any moment: a ledger to which every task posts what it has certified and what it
// still has open. Each posting is a true statement about the task's subtree, and postings are
// exchanged under one lock, so the sums always bracket the count.

package walk

import (
	"math/big"
	"sync"
	"sync/atomic"
)

// books is where a worker posts its account.
type books interface {
	// attend posts the account at a split, which is the last frame, when asked to.
	attend(w *worker)
	// give posts it together with that of another worker, who was given the plus side of a split.
	give(w *worker, f *frame, other *worker)
	// waiting posts the account of a worker that waits for a subtree it handed over; end the last
	// one.
	waiting(w *worker)
	end(w *worker)
}

// noBooks is for walks of which no bracket is wanted.
type noBooks struct{}

func (noBooks) attend(*worker)                {}
func (noBooks) give(*worker, *frame, *worker) {}
func (noBooks) waiting(*worker)               {}
func (noBooks) end(*worker)                   {}

// account is the latest posting of a task: regions certified, cells open (each certainly not
// empty), and an upper bound of the regions in those.
type account struct {
	regions, opens int64
	upper          *big.Int
	tick           int64
}

// ledger sums the accounts. best keeps the least upper end and the greatest lower end ever reached:
// splitting a cell may loosen the bound of its parts.
type ledger struct {
	tick      atomic.Int64 // asks for postings
	mu        sync.Mutex
	sum       account
	bestLower int64
	bestUpper *big.Int
}

func (g *ledger) add(a *account, sign int64) {
	g.sum.regions += sign * a.regions
	g.sum.opens += sign * a.opens
	if sign > 0 {
		g.sum.upper.Add(g.sum.upper, a.upper)
	} else {
		g.sum.upper.Sub(g.sum.upper, a.upper)
	}
}

// post replaces a task's account, admits those that it gave away, as one step, and looks at the
// sums.
func (g *ledger) post(a *account, regions, opens int64, upper *big.Int, given ...*account) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.add(a, -1)
	a.regions, a.opens, a.upper = regions, opens, upper
	g.add(a, 1)
	for _, o := range given {
		g.add(o, 1)
	}
	g.note(g.sum.regions+g.sum.opens, new(big.Int).Add(g.sum.upper, big.NewInt(g.sum.regions)))
}

// note keeps the better ends. The caller holds the lock.
func (g *ledger) note(lower int64, upper *big.Int) {
	g.bestLower = max(g.bestLower, lower)
	if g.bestUpper == nil || upper.Cmp(g.bestUpper) < 0 {
		g.bestUpper = upper
	}
}

// set takes a bracket that was summed elsewhere.
func (g *ledger) set(lower int64, upper *big.Int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.note(lower, upper)
}

// bracket returns the best bracket so far; upper is nil before the first posting.
func (g *ledger) bracket() (lower int64, upper *big.Int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.bestLower, g.bestUpper
}

func (a *account) attend(w *worker) {
	if t := w.run.books.tick.Load(); t != a.tick {
		a.tick = t
		a.publish(w)
	}
}

func (a *account) give(w *worker, f *frame, other *worker) {
	w.boundFrame(f)
	to := &account{opens: 1, upper: f.plus}
	other.books = to
	a.publish(w, to)
}

// publish posts the account at a split.
func (a *account) publish(w *worker, given ...*account) {
	opens, upper := w.pending(true)
	w.run.books.post(a, w.regions, opens+w.left.Opens, upper.Add(upper, w.left.Upper), given...)
}

func (a *account) waiting(w *worker) {
	if w.run.turn.frontier.Load() != nil {
		return
	}
	opens, upper := w.pending(false)
	w.run.books.post(a, w.regions, opens+w.left.Opens, upper.Add(upper, w.left.Upper))
}

// end posts the final account, unless the open cells went to the frontier, which takes over.
func (a *account) end(w *worker) {
	if w.run.turn.frontier.Load() == nil {
		w.run.books.post(a, w.regions, w.left.Opens, new(big.Int).Set(w.left.Upper))
	}
}

// pending bounds what the worker still has to find in the plus sides that it has not begun nor
// handed over, and counts those cells. At a split the minus side of the last frame, in which the
// worker is about to go on, is open too.
//
// Frames are handed over from the top, so below the first that was not none was. The regions left
// in the cell of such a frame number at most what is left in its minus side plus the bound of its
// plus side, and at most the bound of the cell less what was found in it.
func (w *worker) pending(atSplit bool) (opens int64, upper *big.Int) {
	upper = new(big.Int)
	n := len(w.frames)
	if atSplit && n > 0 {
		upper.Add(upper, w.tree.MinusBound(w.frames[n-1].depth))
		opens++
	}
	for i := n - 1; i >= 0; i-- {
		f := &w.frames[i]
		if f.side > 0 {
			continue
		}
		if f.given != nil {
			break
		}
		opens++
		w.boundFrame(f)
		upper.Add(upper, f.plus)
		cell := new(big.Int).Sub(f.cell, big.NewInt(w.regions-f.found))
		if cell.Cmp(upper) < 0 {
			upper = cell
		}
	}
	return opens, upper
}

// boundFrame computes the bounds of a frame once: they depend on the path alone.
func (w *worker) boundFrame(f *frame) {
	if f.plus == nil {
		f.plus, f.cell = w.tree.SplitBound(f.depth)
	}
}

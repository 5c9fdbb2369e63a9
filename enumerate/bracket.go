// The bracket at any moment: a ledger to which every task posts what it has
// certified and what it still has open. Each posting is a true statement about the
// task's subtree, and postings are exchanged under one lock, so the sums always bracket
// the count.

package enumerate

import (
	"math/big"
	"sync"
)

// account is the latest posting of a task: regions certified, cells open (each
// certainly not empty), and an upper bound of the regions in those.
type account struct {
	regions, opens int64
	upper          *big.Int
}

// ledger sums the accounts. best keeps the least upper end and the greatest lower
// end ever reached: splitting a cell may loosen the bound of its parts.
type ledger struct {
	mu        sync.Mutex
	sum       account
	bestLower int64
	bestUpper *big.Int
}

func newLedger() *ledger {
	return &ledger{sum: account{upper: new(big.Int)}}
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

// post replaces a task's account and looks at the sums.
func (g *ledger) post(a *account, regions, opens int64, upper *big.Int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.add(a, -1)
	a.regions, a.opens, a.upper = regions, opens, upper
	g.add(a, 1)
	g.note()
}

// exchange posts a task's account and admits another that it gave away, as one step.
func (g *ledger) exchange(a *account, regions, opens int64, upper *big.Int, given *account) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.add(a, -1)
	a.regions, a.opens, a.upper = regions, opens, upper
	g.add(a, 1)
	g.add(given, 1)
	g.note()
}

func (g *ledger) note() {
	g.bestLower = max(g.bestLower, g.sum.regions+g.sum.opens)
	up := new(big.Int).Add(g.sum.upper, big.NewInt(g.sum.regions))
	if g.bestUpper == nil || up.Cmp(g.bestUpper) < 0 {
		g.bestUpper = up
	}
}

// set takes a bracket that was summed elsewhere.
func (g *ledger) set(lower int64, upper *big.Int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bestLower = max(g.bestLower, lower)
	if g.bestUpper == nil || upper.Cmp(g.bestUpper) < 0 {
		g.bestUpper = upper
	}
}

// bracket returns the best bracket so far; upper is nil before the first posting.
func (g *ledger) bracket() (lower int64, upper *big.Int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.bestLower, g.bestUpper
}

// attend is called at a split, whose frame is the last one: it posts the account
// when asked to.
func (w *walker) attend() {
	if t := w.run.tick.Load(); t != w.tick {
		w.tick = t
		w.publish()
	}
}

// pending bounds what the walker still has to find below the frames that were
// not handed over, and counts those cells. At a split the minus side of the last frame, in
// which the walker is about to go on, is open too.
//
// Frames are handed over from the top, so below the first that was not none was. The regions left in
// the cell of such a frame number at most what is left in its minus side plus the
// bound of its plus side, and at most the bound of the cell less what was found in it.
func (w *walker) pending(atSplit bool) (opens int64, upper *big.Int) {
	upper = new(big.Int)
	n := len(w.frames)
	if atSplit && n > 0 {
		f := &w.frames[n-1]
		upper.Add(upper, w.sideBound(f, -1))
		opens++
	}
	for i := n - 1; i >= 0; i-- {
		f := &w.frames[i]
		if f.given != nil {
			break
		}
		opens++
		w.boundFrame(f)
		upper.Add(upper, f.plus)
		cell := new(big.Int).Sub(f.cell, big.NewInt(w.stats.regions-f.found))
		if cell.Cmp(upper) < 0 {
			upper = cell
		}
	}
	return opens, upper
}

// boundFrame computes the bounds of a frame once: they depend on the path alone.
func (w *walker) boundFrame(f *frame) {
	if f.plus == nil {
		f.plus, f.cell = w.sideBound(f, 1), w.cellBound(f.l, f.j, f.d)
	}
}

// publish posts the walker's account, at a split; given, if there is one, is
// that of a frame it has just handed over.
func (w *walker) publish(given ...*account) {
	if w.account == nil {
		return
	}
	opens, upper := w.pending(true)
	upper.Add(upper, w.leftUpper)
	if len(given) > 0 {
		w.run.ledger.exchange(w.account, w.stats.regions, opens+w.left, upper, given[0])
		return
	}
	w.run.ledger.post(w.account, w.stats.regions, opens+w.left, upper)
}

// publishWaiting posts the account of a walker that waits for a subtree it handed over.
func (w *walker) publishWaiting() {
	if w.account == nil || w.run.frontier.Load() != nil {
		return
	}
	opens, upper := w.pending(false)
	upper.Add(upper, w.leftUpper)
	w.run.ledger.post(w.account, w.stats.regions, opens+w.left, upper)
}

// closeAccount posts the final account of a task. Where its open cells went to the
// frontier, that takes over.
func (w *walker) closeAccount() {
	if w.account != nil && w.run.frontier.Load() == nil {
		w.run.ledger.post(w.account, w.stats.regions, w.left, new(big.Int).Set(w.leftUpper))
	}
	w.account = nil
}

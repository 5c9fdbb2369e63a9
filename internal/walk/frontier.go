// Best first within bounded memory: when a bracket is wanted of a count that takes long, the cells
// left open wait in a heap, the one with the largest bound first, and each is walked a little
// further. A waiting cell is only its path, the sides taken at its splits; the walk there is
// repeated when its turn comes.

package walk

import (
	"container/heap"
	"math"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/relucell/relucell/internal/journal"
	"github.com/relucell/relucell/internal/tree"
)

// The phases of a walk: depth first, on its way to best first, done with the first.
const (
	depthFirst int32 = iota
	switching
	walked
)

// turn is the turn from depth first to best first.
type turn struct {
	phase    atomic.Int32
	frontier atomic.Pointer[frontier] // where cells left open go from then on
	// tightening says that a limit on regions was reached.
	tightening atomic.Bool
}

// node is a cell that waits, with an upper bound of its regions.
type node struct {
	path  []int8
	upper *big.Int
}

// frontier holds the cells that wait. Its sums and those of the cells being walked always bracket
// the count: a cell counts as one region and as its bound until what it was split into takes its
// place, in one step.
type frontier struct {
	mu      sync.Mutex
	changed *sync.Cond
	nodes   nodeHeap
	size    int // how many may wait
	busy    int
	regions int64
	left    int64    // cells that were left open before there was a frontier
	upper   *big.Int // Σ over waiting and busy cells, and over those
	// credit is the work that ways to waiting cells may still cost, of which worth units of work
	// pay for one.
	credit, worth int64
	// Where a limit on regions has been reached: the splits made and repeated since, and how many
	// there may be, 0 for any.
	effort, allowance int64
}

type nodeHeap []*node

func (h nodeHeap) Len() int { return len(h) }

// Less orders cells with equal bounds as the walk does, so that ties do not depend on chance.
func (h nodeHeap) Less(i, j int) bool {
	if c := h[i].upper.Cmp(h[j].upper); c != 0 {
		return c > 0
	}
	return slices.Compare(h[i].path, h[j].path) < 0
}
func (h nodeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *nodeHeap) Push(x any)   { *h = append(*h, x.(*node)) }
func (h *nodeHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return t
}

// goBestFirst makes the workers leave what they have not begun to the frontier, unless that has
// been done before.
func (r *Run) goBestFirst() bool {
	if !r.turn.phase.CompareAndSwap(depthFirst, switching) {
		return false
	}
	f := &frontier{upper: new(big.Int), worth: r.cfg.Tuning.WorthOfBracket, size: r.cfg.Tuning.FrontierSize}
	if r.cfg.Gap > 0 {
		f.worth = r.cfg.Tuning.WorthOfGap
	}
	f.changed = sync.NewCond(&f.mu)
	r.turn.frontier.Store(f)
	r.stop.Store(true)
	return true
}

// Waiting returns the cells that still waited when the walk ended.
func (r *Run) Waiting() []journal.Cell {
	f := r.turn.frontier.Load()
	if f == nil {
		return nil
	}
	var cells []journal.Cell
	for _, n := range f.nodes {
		cells = append(cells, journal.Cell{Path: n.path, Upper: n.upper})
	}
	return cells
}

// add puts cells into the heap. The caller holds the lock or is alone.
func (f *frontier) add(nodes []*node) {
	for _, n := range nodes {
		heap.Push(&f.nodes, n)
		f.upper.Add(f.upper, n.upper)
	}
}

// next takes the cell with the largest bound, waiting while others may still add some, and says
// what credit there is, and whether the cell is to be walked to its end, as the heap has no room.
// nil: there is nothing left to do.
func (f *frontier) next(halted func() bool) (n *node, credit int64, whole bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.nodes) == 0 && f.busy > 0 && !halted() {
		f.changed.Wait()
	}
	if len(f.nodes) == 0 || halted() {
		f.changed.Broadcast()
		return nil, 0, false
	}
	f.busy++
	n = heap.Pop(&f.nodes).(*node)
	return n, f.credit, len(f.nodes) > f.size
}

// wake has all who wait look at whether the walk is to end. It takes the lock, for else one of them
// may be between its look and its wait, and nobody would wake it again.
func (f *frontier) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed.Broadcast()
}

// done is what a stint came to: regions and splits, and what credit grew by.
type done struct{ regions, splits, credit int64 }

// budget returns the splits of a stint.
func (f *frontier) budget(stint int64) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.allowance == 0 {
		return stint
	}
	return max(1, min(stint, f.allowance-f.effort))
}

// replace puts what a cell was split into in its place, and returns the bracket, and whether that
// is all that was allowed.
func (f *frontier) replace(n *node, d done, parts []*node) (lower int64, upper *big.Int, enough bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy--
	f.credit += d.credit
	f.effort += d.splits + int64(len(n.path))
	f.regions += d.regions
	f.upper.Sub(f.upper, n.upper)
	f.add(parts)
	f.changed.Broadcast()
	lower, upper = f.bracket()
	return lower, upper, f.allowance > 0 && f.effort >= f.allowance
}

// bracket returns the sums. The caller holds the lock or is alone.
func (f *frontier) bracket() (lower int64, upper *big.Int) {
	upper = new(big.Int).Add(f.upper, big.NewInt(f.regions))
	return f.regions + int64(len(f.nodes)+f.busy) + f.left, upper
}

// explore walks the frontier with all workers until it is empty or the walk is to end.
func (r *Run) explore(f *frontier) {
	t, tune := &r.total, &r.cfg.Tuning
	f.regions, f.left = t.regions, t.left.Opens
	f.upper.Add(f.upper, t.left.Upper)
	f.credit = t.tally.Work / f.worth
	if r.turn.tightening.Load() {
		f.credit, f.allowance = math.MaxInt64/2, max(1, t.splits+min(tune.TightenRegion*r.cfg.Limit, tune.TightenMost))
	}
	r.books.set(f.bracket())
	r.stop.Store(false)
	if r.halt.Load() {
		r.stop.Store(true)
	}
	r.crew.free.Store(0)
	var wg sync.WaitGroup
	for range r.cfg.Workers {
		wg.Go(func() {
			w := r.crew.spare()
			for {
				n, credit, whole := f.next(r.halt.Load)
				if n == nil {
					break
				}
				if w.further(f, n, credit, whole); w.err != nil {
					r.Halt()
					f.wake()
					break
				}
			}
			r.retire(w)
		})
	}
	wg.Wait()
	t.left.Opens, t.left.Upper = int64(len(f.nodes)+f.busy)+f.left, new(big.Int).Set(f.upper)
}

// further walks a waiting cell a stint further, or to its end.
func (w *worker) further(f *frontier, n *node, credit int64, whole bool) {
	tune, tally := &w.run.cfg.Tuning, w.tree.Tally()
	s := &stint{tune: tune, budget: f.budget(tune.Stint), floor: max(n.upper.BitLen()-tune.Narrow, 1), whole: everywhere,
		set: tally.Work, credit: credit, worth: f.worth}
	if !whole {
		s.whole = nowhere
	}
	regions, splits, decisions := w.regions, w.splits, tally.Decisions
	w.pace, w.path = s, append(w.path[:0], n.path...)
	e, arrived := tree.Lead(w.tree, n.path)
	if e.Kind == tree.Failed {
		w.err = w.tree.Err()
	}
	if s.arrived = tally.Work; arrived {
		w.walk()
	}
	parts := w.parked
	w.parked = nil
	if !arrived || s.lost { // by a stop: the cell stays as it was
		w.regions, tally.Decisions, parts = regions, decisions, []*node{n}
	}
	if w.err == nil {
		d := done{w.regions - regions, w.splits - splits, s.left(tally.Work) - credit}
		lower, upper, enough := f.replace(n, d, parts)
		w.run.books.set(lower, upper)
		if enough {
			w.run.Halt()
		}
	}
}

// park leaves the cell waiting.
func (w *worker) park() {
	w.pace.park()
	w.parked = append(w.parked, &node{path: slices.Clone(w.path), upper: w.tree.Bound(true)})
}

// Best first within bounded memory: when a bracket is wanted of a count that
// takes long, the cells left open wait in a heap, the one with the largest bound
// first, and each is walked a little further. A waiting cell is only its path, the sides
// taken at its splits; the walk there is repeated when its turn comes.

package enumerate

import (
	"bytes"
	"container/heap"
	"math"
	"math/big"
	"sync"
)

const (
	// frontierSize is the number of cells that may wait; at some hundred bytes
	// each they take some megabytes. Beyond, a cell whose turn comes is walked to its end.
	frontierSize = 50_000
	// stint is the number of splits that a cell is walked further at a time, at least.
	stint = 256
	// narrow is how many bits smaller than the bound of the cell whose turn it is a bound
	// may be for its cell to be walked at once: that keeps a stint from going deep
	// where others are wide open.
	narrow = 6
	// fewBits is how many bits of a bound are so few that a cell is walked at once anyway, to its end.
	fewBits = 9
	// worthOfGap is how many units of work make one for ways to waiting cells where a gap is to be reached: if that comes to nothing, as it
	// may, the count has cost an eighth more. Where time is limited anyway, a bracket is worth more.
	worthOfGap, worthOfBracket = 8, 2
	// After a limit was reached, the bracket is made narrower: for as many splits again, and so many for each region of the limit, up
	// to a second or so in all.
	tightenRegion, tightenMost = 8, 1 << 15
)

// node is a cell that waits, with an upper bound of its regions.
type node struct {
	path  []int8
	upper *big.Int
}

// frontier holds the cells that wait. Its sums and those of the cells being
// walked always bracket the count: a cell counts as one region and as its
// bound until what it was split into takes its place, in one step.
type frontier struct {
	mu      sync.Mutex
	changed *sync.Cond
	nodes   nodeHeap
	busy    int
	regions int64
	left    int64    // cells that were left open before there was a frontier
	upper   *big.Int // Σ over waiting and busy cells, and over those
	// credit is the work that ways to waiting cells may still cost, of which worth units of work make one.
	credit, worth int64
	// Where a limit on regions has been reached: the splits made and repeated since, and how many there may be.
	effort, allowance int64
}

type nodeHeap []*node

func (h nodeHeap) Len() int { return len(h) }
func (h nodeHeap) Less(i, j int) bool {
	if c := h[i].upper.Cmp(h[j].upper); c != 0 {
		return c > 0
	}
	return comparePaths(h[i].path, h[j].path) < 0
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

// comparePaths orders cells as the walk does, so that ties do not depend on chance.
func comparePaths(a, b []int8) int {
	ab, bb := make([]byte, len(a)), make([]byte, len(b))
	for i, s := range a {
		ab[i] = byte(s + 1)
	}
	for i, s := range b {
		bb[i] = byte(s + 1)
	}
	return bytes.Compare(ab, bb)
}

func newFrontier() *frontier {
	f := &frontier{upper: new(big.Int), worth: worthOfBracket}
	f.changed = sync.NewCond(&f.mu)
	return f
}

// add puts cells into the heap. The caller holds the lock or is alone.
func (f *frontier) add(nodes []*node) {
	for _, n := range nodes {
		heap.Push(&f.nodes, n)
		f.upper.Add(f.upper, n.upper)
	}
}

// next takes the cell with the largest bound, waiting while others may still add
// some, and says what credit there is, and whether the cell is to be walked to its end, as the heap has no room. nil: there
// is nothing left to do.
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
	if len(f.nodes) > frontierSize {
		return n, f.credit, true
	}
	return n, f.credit, false
}

// questionWork is what a question of the solver counts as work: some microseconds, where a value at a vertex takes some
// nanoseconds. It steers stints only.
const questionWork = 512

// done is what a stint came to: regions and splits, and what credit grew by.
type done struct{ regions, splits, credit int64 }

// budget returns the splits of a stint.
func (f *frontier) budget() int64 {
	if f.allowance == 0 {
		return stint
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(1, min(stint, f.allowance-f.effort))
}

// replace puts what a cell was split into in its place, and returns the bracket, and whether that is all that was allowed.
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

// explore walks the frontier with the given number of workers until it is empty
// or the run halts.
func (r *run) explore(f *frontier, workers int) {
	f.regions, f.left = r.stats.regions, r.opens
	f.upper.Add(f.upper, r.open)
	if r.gap {
		f.worth = worthOfGap
	}
	f.credit = r.work / f.worth
	if r.tightening.Load() {
		f.credit, f.allowance = math.MaxInt64/2, max(1, r.splits+min(tightenRegion*r.limit, tightenMost))
	}
	r.ledger.set(f.bracket())
	r.stop.Store(false)
	if r.halt.Load() {
		r.stop.Store(true)
	}
	r.free.Store(0)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			w := r.spare()
			for {
				n, credit, whole := f.next(r.halt.Load)
				if n == nil {
					break
				}
				w.further(f, n, credit, whole)
				if w.err != nil {
					r.quit()
					break
				}
			}
			r.retire(w)
			f.changed.Broadcast()
		})
	}
	wg.Wait()
	r.opens, r.open = int64(len(f.nodes)+f.busy)+f.left, new(big.Int).Set(f.upper)
}

// further walks a waiting cell a stint further, or to its end.
func (w *walker) further(f *frontier, n *node, credit int64, whole bool) {
	w.restart()
	w.script = append(w.script[:0], n.path...)
	w.budget, w.floor = f.budget(), max(n.upper.BitLen()-narrow, 1)
	if whole {
		w.budget, w.floor = 0, 0
	}
	before, dec, splits := w.stats.regions, w.stats.dec, w.splits
	w.fares = fares{set: *w.clock, arrived: *w.clock, credit: credit, worth: f.worth}
	w.replay, w.stint = &dec, true
	w.root()
	w.budget, w.floor, w.replay, w.stint = 0, 0, nil, false
	parts := w.parked
	w.parked = nil
	if w.lost { // by a stop: the cell stays as it was
		w.lost = false
		w.stats.regions, w.stats.dec, parts = before, dec, []*node{n}
	}
	if w.err == nil {
		d := done{w.stats.regions - before, w.splits - splits, w.fares.left(*w.clock) - credit}
		lower, upper, enough := f.replace(n, d, parts)
		w.run.ledger.set(lower, upper)
		if enough {
			w.run.quit()
		}
	}
}

// repeat takes the side of a split that the path to a waiting cell took.
func (w *walker) repeat(l, j, d int, follow bool) {
	s := w.script[0]
	if w.script = w.script[1:]; len(w.script) == 0 {
		w.fares.arrived = *w.clock
		if w.replay != nil {
			w.stats.dec = *w.replay
		}
	}
	w.side(l, j, d, s, follow)
	if !follow {
		w.off--
	}
}

// park leaves the cell at depth d waiting, before neuron j of layer l.
func (w *walker) park(l, j, d int) {
	w.fares.parked++
	w.parked = append(w.parked, &node{path: append([]int8(nil), w.path...), upper: w.tightBound(l, j, d)})
}

// restart makes the walker ready for the root.
func (w *walker) restart() {
	w.frames, w.path = w.frames[:0], w.path[:0]
	w.off, w.account = 0, nil
	w.unconstrained()
	w.solver.Reset(w.m.norm, w.m.n)
	w.outline.fresh = false
}

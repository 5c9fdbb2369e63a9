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
	// stint is the number of splits that a cell is walked further at a time: a
	// path has some ten to a hundred nodes to repeat, so repeating costs a part of the work only.
	stint = 256
	// narrow is how many bits smaller than the bound of the cell whose turn it is a bound
	// may be at first for its cell to be walked at once: that keeps a stint from going deep
	// where others are wide open. It grows while stints repeat more splits than they make.
	narrow = 6
	// fewBits is how many bits of a bound are so few that a cell is walked at once anyway, to its end. They become more where such
	// cells are walked to their ends by fewer splits than worth times those of the path to them.
	fewBits = 9
	worth   = 8
	// tightenLeast is the least number of splits for which a bracket is made narrower after a limit was reached.
	tightenLeast = 4 * stint
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
	// Splits repeated and made, the latest counting most, and what follows for the spread.
	repeated, made float64
	spread         int
	few            int
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
	f := &frontier{upper: new(big.Int), spread: narrow, few: fewBits}
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
// some, and says how far a stint may go down, math.MaxInt if the heap has no room. nil: there
// is nothing left to do.
func (f *frontier) next(halted func() bool) (n *node, spread, few int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.nodes) == 0 && f.busy > 0 && !halted() {
		f.changed.Wait()
	}
	if len(f.nodes) == 0 || halted() {
		f.changed.Broadcast()
		return nil, 0, 0
	}
	f.busy++
	n = heap.Pop(&f.nodes).(*node)
	if len(f.nodes) > frontierSize {
		return n, math.MaxInt, f.few
	}
	return n, f.spread, f.few
}

// replace puts what a cell was split into in its place, and returns the bracket, and whether that is all that was allowed.
func (f *frontier) replace(n *node, regions, splits int64, parts []*node) (lower int64, upper *big.Int, enough bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy--
	f.balance(len(n.path), splits)
	if len(parts) == 0 {
		f.weigh(n, splits)
	}
	f.effort += splits + int64(len(n.path))
	f.regions += regions
	f.upper.Sub(f.upper, n.upper)
	f.add(parts)
	f.changed.Broadcast()
	lower, upper = f.bracket()
	return lower, upper, f.allowance > 0 && f.effort >= f.allowance
}

// weigh learns from a cell that was walked to its end by so many splits which cells are not worth waiting.
func (f *frontier) weigh(n *node, splits int64) {
	bits, path := n.upper.BitLen(), int64(len(n.path))
	switch {
	case splits < worth*path && bits > f.few:
		f.few++
	case splits > 4*worth*path && bits <= f.few+1 && f.few > fewBits:
		f.few--
	}
}

// fading is the weight that the stints before keep when another is counted.
const fading = 0.9

// balance widens stints that are not worth the repeated path, and narrows them again.
func (f *frontier) balance(repeated int, made int64) {
	f.repeated, f.made = fading*f.repeated+float64(repeated), fading*f.made+float64(made)
	switch {
	case f.repeated > f.made:
		f.spread++
	case 4*f.repeated < f.made && f.spread > narrow:
		f.spread--
	}
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
	if r.tightening.Load() {
		f.allowance = max(tightenLeast, r.splits)
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
				n, spread, few := f.next(r.halt.Load)
				if n == nil {
					break
				}
				w.further(f, n, spread, few)
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
func (w *walker) further(f *frontier, n *node, spread, few int) {
	w.restart()
	w.script = append(w.script[:0], n.path...)
	w.budget, w.few = stint, few
	w.floor = max(n.upper.BitLen()-spread, 0)
	if spread == math.MaxInt {
		w.budget = math.MaxInt64
	}
	before, dec, splits := w.stats.regions, w.stats.dec, w.splits
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
		lower, upper, enough := f.replace(n, w.stats.regions-before, w.splits-splits, parts)
		w.run.ledger.set(lower, upper)
		if enough {
			w.run.quit()
		}
	}
}

// repeat takes the side of a split that the path to a waiting cell took.
func (w *walker) repeat(l, j, d int, follow bool) {
	s := w.script[0]
	if w.script = w.script[1:]; len(w.script) == 0 && w.replay != nil {
		w.stats.dec = *w.replay
	}
	w.side(l, j, d, s, follow)
	if !follow {
		w.off--
	}
}

// park leaves the cell at depth d waiting, before neuron j of layer l.
func (w *walker) park(l, j, d int) {
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

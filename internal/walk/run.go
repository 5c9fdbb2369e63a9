// One walk: what its workers share, and how it begins and ends.

package walk

import (
	"context"
	"math/big"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/tuning"
)

// Config says what is walked, and how.
type Config struct {
	// NewTree returns a tree at the root that leaves cells open once halt says so. Those of one
	// walk are of one kind.
	NewTree func(halt *atomic.Bool) tree.Tree
	// Probe returns a tree for random descents.
	Probe func(halt *atomic.Bool) tree.Tree
	// RootBound bounds the whole count.
	RootBound func() *big.Int
	// Sink is told what is found; Deaf for nobody. Ordered says that it wants whole subtrees in
	// preorder, so that the walk stays depth first.
	Sink    Sink
	Ordered bool
	// Keep records completed subtrees; Forget keeps none.
	Keep Keeper
	// Workers is how many walk at a time.
	Workers int
	// Limit ends the walk soon after so many regions, 0 never; Gap once upper ≤ (1+Gap)·lower, 0
	// never.
	Limit int64
	Gap   float64
	// Bracketed says that a bracket is wanted while the walk runs.
	Bracketed bool
	// Progress, if set, is called every so often.
	Progress      func(Progress)
	ProgressEvery time.Duration
	Tuning        tuning.Table
}

// Progress is a snapshot of a running walk.
type Progress struct {
	Lower    int64
	Upper    *big.Int
	Estimate float64 // 0 when there is none yet
}

// Outcome is what a walk has come to.
type Outcome struct {
	Regions int64
	// Left are the cells left open.
	Left
	// Lower and Upper are the best bracket that was ever certain; Upper is nil where none was
	// wanted.
	Lower int64
	Upper *big.Int
	Tally tree.Tally
	Err   error
}

// Left is what a walk leaves open: cells that are certainly not empty, the sum of their bounds, and
// whether there are others, of which some may be empty.
type Left struct {
	Opens int64
	Upper *big.Int
	Vague bool
}

// Sink is told what a walk finds, by one worker at a time, in preorder.
type Sink interface {
	tree.Teller
	// Open: the tree stands at a cell that is left open.
	Open(tree.Tree)
	// Fork returns a sink for a subtree that is walked elsewhere; Join, called with it at the point
	// in preorder where the subtree belongs, takes that in.
	Fork() Sink
	Join(Sink)
}

// Deaf is a sink for nobody, to embed.
type Deaf struct{ tree.Silent }

func (Deaf) Open(tree.Tree) {}
func (d Deaf) Fork() Sink   { return d }
func (Deaf) Join(Sink)      {}

// Run is a walk.
type Run struct {
	cfg Config
	// stop: workers leave the cells that they have not begun. halt: the walk is to end.
	stop, halt atomic.Bool
	regions    atomic.Int64 // found so far, where there is a limit
	books      ledger
	crew       crew
	turn       turn
	total      total
}

// total is what the workers that are done have come to.
type total struct {
	mu      sync.Mutex
	tally   tree.Tally
	regions int64
	splits  int64
	left    Left
	err     error
}

// New prepares a walk.
func New(cfg Config) *Run {
	r := &Run{cfg: cfg}
	r.total.left.Upper = new(big.Int)
	r.books.sum.upper = new(big.Int)
	r.crew.run = r
	return r
}

// Halt ends the walk with what it has.
func (r *Run) Halt() {
	r.halt.Store(true)
	r.stop.Store(true)
}

// Walk walks depth first, and best first once that is called for: when a limit on regions has been
// reached, to make the bracket narrower, or when the walk has taken long. Where whole subtrees are
// wanted it stays depth first. It ends early when ctx does.
func (r *Run) Walk(ctx context.Context) Outcome {
	unhook := context.AfterFunc(ctx, r.Halt)
	defer unhook()
	if ctx.Err() != nil { // AfterFunc's goroutine may take its time
		r.Halt()
	}
	deadline, _ := ctx.Deadline()
	unwatch := sync.OnceFunc(r.watch(deadline))
	defer unwatch() // also where a sink panics
	r.crew.free.Store(int32(r.cfg.Workers - 1))
	w := r.crew.spare()
	w.hear(r.cfg.Sink)
	if r.cfg.Bracketed {
		a := &account{upper: new(big.Int)}
		w.books = a
		r.books.post(a, 0, 1, r.cfg.RootBound())
	}
	w.root()
	r.retire(w)
	if !r.turn.phase.CompareAndSwap(depthFirst, walked) {
		for r.turn.frontier.Load() == nil {
			runtime.Gosched()
		}
		if r.total.err == nil {
			r.explore(r.turn.frontier.Load())
		}
	}
	unwatch()
	o := Outcome{Regions: r.total.regions, Left: r.total.left, Tally: r.total.tally, Err: r.total.err}
	o.Lower, o.Upper = r.books.bracket()
	return o
}

// retire adds up what a worker has done and keeps it for later.
func (r *Run) retire(w *worker) {
	w.books.end(w)
	t := &r.total
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tally.Add(w.tree.Tally(), 1)
	t.regions += w.regions
	t.splits += w.splits
	t.left.Opens += w.left.Opens
	t.left.Upper.Add(t.left.Upper, w.left.Upper)
	t.left.Vague = t.left.Vague || w.left.Vague
	if len(w.parked) > 0 {
		r.turn.frontier.Load().add(w.parked)
	}
	if w.err != nil && t.err == nil {
		t.err = w.err
	}
	w.clean()
	r.crew.idle = append(r.crew.idle, w)
}

// found notes regions that a worker has counted.
func (r *Run) found(w *worker, regions int64) {
	w.regions += regions
	if r.cfg.Limit > 0 && r.regions.Add(regions) >= r.cfg.Limit {
		r.reached()
	}
}

// reached is called when there are as many regions as the limit says. Depth first leaves few and
// large cells open, so as much again as was done for the regions, and some more, is done for a
// narrower bracket: counted in splits, so that where one worker stops does not depend on time.
func (r *Run) reached() {
	switch {
	case r.cfg.Ordered:
		r.Halt()
	case r.turn.tightening.CompareAndSwap(false, true) && !r.goBestFirst():
		r.Halt() // it was best first already
	}
}

// One count: the root of the walk, the workers, and what they share.

package enumerate

import (
	"context"
	"errors"
	"iter"
	"math/big"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// run is what the workers of one walk share.
type run struct {
	m         *model
	policy    *policy
	observed  bool
	plain     bool // it is the plain walk's
	bracketed bool // a bracket is wanted while the walk runs
	gap       bool // until it is as narrow as a gap
	limit     int64
	stop      atomic.Bool // all walkers leave the cells they have not begun
	halt      atomic.Bool // the walk is to end
	// tightening says that a limit on regions was reached.
	tightening atomic.Bool
	phase      atomic.Int32
	deadline   time.Time    // zero for none
	regions    atomic.Int64 // flushed by the workers in batches
	free       atomic.Int32 // workers without work
	lost       atomic.Int64 // cells that could not be described
	rough      atomic.Bool  // they are many: none are from now on
	tick       atomic.Int64 // asks the workers to post their accounts
	ledger     *ledger
	frontier   atomic.Pointer[frontier] // where cells left open go, once the walk is best first
	yield      func(Region) bool
	journal    *journal     // nil without a checkpoint
	resumed    atomic.Int64 // regions taken from it

	mu     sync.Mutex
	stats  stats
	pivots int64
	splits int64
	work   int64
	open   *big.Int // Σ of the upper bounds of cells left open
	vague  bool     // some of those may be empty
	opens  int64
	err    error
	spares []*walker
}

func newRun(m *model) *run { return &run{m: m, open: new(big.Int), ledger: newLedger()} }

// The phases of a run: depth first, on its way to best first, done with the first.
const (
	depthFirst int32 = iota
	switching
	walked
)

// quit ends the walk with what it has.
func (r *run) quit() {
	r.halt.Store(true)
	r.stop.Store(true)
}

// batch is the number of regions between two looks at the shared counter; with a
// limit every region is worth a look.
const batch = 256

// found notes a region.
func (r *run) found(w *walker) {
	r.foundMany(w, 1)
}

// foundMany notes so many regions, which w has counted.
func (r *run) foundMany(w *walker, regions int64) {
	if r.limit > 0 {
		if r.regions.Add(regions) >= r.limit {
			r.reached()
		}
	} else if full := w.stats.regions/batch - (w.stats.regions-regions)/batch; full > 0 {
		r.regions.Add(full * batch)
	}
}

// deliver hands a region to the iterator.
func (r *run) deliver(w *walker, lv *level) {
	copy(w.point, lv.y)
	reg := Region{Pattern: append(network.Pattern(nil), w.labels...), Witness: r.m.exactX(lv, w.point)}
	if !r.yield(reg) {
		r.quit()
		r.yield = func(Region) bool { return false }
	}
}

// Count counts the activation regions of the network that meet the ball.
//
// It ends early, with a bracket, when ctx is done or an option says so. An error
// means that there is no answer: bad input, or a decision that no tier could make. But beside a
// [*CheckpointWriteError] the result holds, a bracket or perhaps exact.
func Count(ctx context.Context, net *network.Network, b ball.Ball, opt Options) (Result, error) {
	return count(ctx, net, b, opt, nil, nil)
}

// Regions returns an iterator over the regions with their patterns and
// witnesses, in the order of the walk (minus before plus). The error is yielded
// last, with a zero Region; ctx ends the walk early with its cause.
func Regions(ctx context.Context, net *network.Network, b ball.Ball) iter.Seq2[Region, error] {
	return func(yield func(Region, error) bool) {
		stopped := false
		_, err := count(ctx, net, b, Options{Workers: 1}, nil, func(r Region) bool {
			stopped = stopped || !yield(r, nil)
			return !stopped
		})
		if err == nil && !stopped {
			err = ctx.Err()
		}
		if err != nil && !stopped {
			yield(Region{}, err)
		}
	}
}

// root starts the walk, or the way along a script.
func (w *walker) root() {
	if w.coin == nil && w.run.describable() {
		w.describeRoot()
		return
	}
	w.solveRoot()
}

// solveRoot starts at the centre of the ball, with its signs.
func (w *walker) solveRoot() {
	lv := w.level(0)
	clear(lv.y)
	lv.big, lv.full = nil, true
	w.pass1.signs(lv.y, lv.z)
	if len(w.m.layers) == 0 {
		w.region(0)
		return
	}
	w.loadFirst()
	w.enter(0, 0)
}

// prepare makes a run of what is asked for.
func prepare(ctx context.Context, m *model, opt Options) *run {
	r := newRun(m)
	r.observed, r.limit = opt.Observer != nil, opt.Limit
	r.bracketed = opt.Progress != nil || opt.Gap > 0 || opt.Limit > 0 || ctx.Done() != nil
	r.deadline, _ = ctx.Deadline()
	r.gap = opt.Gap > 0
	return r
}

func count(ctx context.Context, net *network.Network, b ball.Ball, opt Options, pol *policy, yield func(Region) bool) (Result, error) {
	start := time.Now()
	m, release, err := compileFor(ctx, net, b, pol)
	defer release()
	if errors.Is(err, errLate) {
		return unwalked(net, b, opt, start), nil
	}
	if err != nil {
		return Result{}, err
	}
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	start = time.Now()
	r := prepare(ctx, m, opt)
	r.policy, r.yield = pol, yield
	r.free.Store(int32(workers - 1))
	if opt.Checkpoint != "" {
		if _, err := net.FingerprintUntil(m.until); err != nil { // its header needs that
			return unwalked(net, b, opt, start), nil
		}
		if err := r.resume(net, b, opt); err != nil {
			return Result{}, err
		}
	}
	unhook := context.AfterFunc(ctx, r.quit)
	defer unhook()
	if ctx.Err() != nil { // AfterFunc's goroutine may take its time
		r.quit()
	}
	watch := r.watch(opt, start)
	r.walk(opt, workers)
	watch()
	var lost error
	if r.journal != nil {
		lost = r.journal.close()
	}
	if r.err != nil {
		return Result{}, r.err
	}
	res := r.result(start)
	res.finish(opt)
	return res, lost
}

// walk walks depth first, and best first once that is called for: when a limit on regions has been
// reached, to make the bracket narrower, or when it has taken long. With a proof or a checkpoint it stays depth first:
// both want whole subtrees.
func (r *run) walk(opt Options, workers int) {
	w := newWalker(r)
	w.obs = opt.Observer
	if r.bracketed {
		w.account = &account{upper: new(big.Int)}
		r.ledger.post(w.account, 0, 1, r.m.rootBound())
	}
	if r.journal != nil {
		w.keptRoot()
	} else {
		w.root()
	}
	w.closeAccount()
	r.retire(w)
	if r.phase.CompareAndSwap(depthFirst, walked) {
		return
	}
	for r.frontier.Load() == nil {
		runtime.Gosched()
	}
	if r.err == nil {
		r.explore(r.frontier.Load(), workers)
	}
}

// goBestFirst makes the walkers leave what they have not begun to the frontier, unless that has been done before.
func (r *run) goBestFirst() bool {
	if !r.phase.CompareAndSwap(depthFirst, switching) {
		return false
	}
	r.frontier.Store(newFrontier())
	r.stop.Store(true)
	return true
}

// reached is called when there are as many regions as the limit says. Depth first leaves few and large cells open, so as
// much again as was done for the regions, and some more, is done for a narrower bracket: counted in splits, so that where one
// worker stops does not depend on time.
func (r *run) reached() {
	switch {
	case r.observed || r.journal != nil || r.yield != nil || r.plain:
		r.quit()
	case r.tightening.CompareAndSwap(false, true) && !r.goBestFirst():
		r.quit() // it was best first already
	}
}

func (r *run) result(start time.Time) Result {
	lower := big.NewInt(r.stats.regions + r.opens)
	upper := new(big.Int).Add(big.NewInt(r.stats.regions), r.open)
	low, best := r.ledger.bracket()
	if r.limit > 0 && best != nil { // what was posted by the clock is left out: a limit's bracket does not depend on time
		best = r.m.rootBound()
	}
	if best != nil && best.Cmp(upper) < 0 {
		upper.Set(best)
	}
	if r.vague && low > lower.Int64() { // more was certain before cells were left of which nothing is
		lower.SetInt64(low)
	}
	return Result{Lower: lower, Upper: upper, Exact: r.opens == 0 && !r.vague || !r.observed && lower.Cmp(upper) == 0, Decisions: r.stats.dec,
		Questions: r.stats.questions, Pivots: r.pivots, Resumed: r.resumed.Load(), Elapsed: time.Since(start)}
}

// retire adds a worker's counters to the run's and keeps the worker for later.
func (r *run) retire(w *walker) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.stats
	s.dec.Float += w.stats.dec.Float
	s.dec.Integer += w.stats.dec.Integer
	s.dec.Solve += w.stats.dec.Solve
	s.questions += w.stats.questions
	s.regions += w.stats.regions
	s.refreshes += w.stats.refreshes
	r.opens += w.left
	r.open.Add(r.open, w.leftUpper)
	r.vague = r.vague || w.vague
	w.vague = false
	w.left, w.leftUpper = 0, new(big.Int)
	if len(w.parked) > 0 {
		r.frontier.Load().add(w.parked)
		w.parked = nil
	}
	r.pivots += w.solver.Pivots() - w.pivots0
	w.pivots0 = w.solver.Pivots()
	w.stats = stats{}
	r.splits, r.work = r.splits+w.splits, r.work+*w.clock
	w.splits, *w.clock = 0, 0
	if w.err != nil && r.err == nil {
		r.err = w.err
	}
	r.spares = append(r.spares, w)
}

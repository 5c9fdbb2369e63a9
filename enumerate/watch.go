// Watching a walk: progress for the caller, and the gap at which to stop.

package enumerate

import (
	"math/big"
	"time"
)

const (
	// progressEvery is the default time between two calls of Options.Progress.
	progressEvery = 200 * time.Millisecond
	// gapEvery is the time between two looks at the gap.
	gapEvery = 20 * time.Millisecond
	// depthFirstFor is how long a count with a gap to reach goes depth first, which is the
	// faster way to the end.
	depthFirstFor = 2 * time.Second
	// depthFirstShare is the share of a time limit for which a count does.
	depthFirstShare = 0.25
	// probeShare is the share of the time that random descents may take.
	probeShare = 50
)

// watch starts what has to run beside the walk when a bracket is wanted. The function it returns ends it.
func (r *run) watch(opt Options, start time.Time) func() {
	if !r.bracketed {
		return func() {}
	}
	every := opt.ProgressEvery
	if every <= 0 {
		every = progressEvery
	}
	if opt.Gap > 0 {
		every = min(every, gapEvery)
	}
	done, gone := make(chan struct{}), make(chan struct{})
	go func() { r.watching(opt, start, every, done); close(gone) }()
	return func() { close(done); <-gone }
}

func (r *run) watching(opt Options, start time.Time, every time.Duration, done chan struct{}) {
	turn := r.turn(opt, start)
	t := time.NewTicker(every)
	defer t.Stop()
	var p *prober
	if opt.Progress != nil {
		p = newProber(r.m)
	}
	for {
		select {
		case <-done:
			return
		case <-t.C:
		}
		r.tick.Add(1)
		if turn > 0 && time.Since(start) > turn {
			r.goBestFirst()
		}
		lower, upper := r.ledger.bracket()
		if opt.Gap > 0 && upper != nil && withinGap(big.NewInt(lower), upper, opt.Gap) {
			r.quit()
		}
		if opt.Progress != nil && upper != nil { // nil: the walk is still to post its first bracket
			opt.Progress(Progress{Lower: big.NewInt(lower), Upper: upper,
				Estimate: p.run(every / probeShare), Resumed: r.resumed.Load(), Elapsed: time.Since(start)})
		}
	}
}

// withinGap says whether upper ≤ (1+gap)·lower, in rationals.
func withinGap(lower, upper *big.Int, gap float64) bool {
	g := new(big.Rat).SetFloat64(gap)
	if g == nil {
		return false
	}
	g.Add(g, big.NewRat(1, 1))
	g.Mul(g, new(big.Rat).SetInt(lower))
	return new(big.Rat).SetInt(upper).Cmp(g) <= 0
}

// turn returns when the walk is to go best first, 0 for never: only a gap or a time
// limit says that the bracket is what is wanted, and a proof's order and a checkpoint's
// subtrees are those of the depth-first walk.
func (r *run) turn(opt Options, start time.Time) time.Duration {
	switch {
	case opt.Observer != nil || r.yield != nil || r.journal != nil:
		return 0
	case opt.Gap > 0:
		return depthFirstFor
	case !r.deadline.IsZero():
		return time.Duration(depthFirstShare * float64(r.deadline.Sub(start)))
	}
	return 0
}

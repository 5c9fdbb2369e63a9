// Watching a walk: progress for the caller, the gap at which to stop, and when to turn best first.

package walk

import (
	"math/big"
	"time"
)

// watch starts what has to run beside the walk when a bracket is wanted. The function it returns
// ends it.
func (r *Run) watch(deadline time.Time) func() {
	if !r.cfg.Bracketed {
		return func() {}
	}
	every, tune := r.cfg.ProgressEvery, &r.cfg.Tuning
	if every <= 0 {
		every = tune.ProgressEvery
	}
	if r.cfg.Gap > 0 {
		every = min(every, tune.GapEvery)
	}
	turn := r.cfg.TurnsAfter(time.Now(), deadline)
	done, gone := make(chan struct{}), make(chan struct{})
	go func() { r.watching(turn, every, done); close(gone) }()
	return func() { close(done); <-gone }
}

func (r *Run) watching(turn, every time.Duration, done chan struct{}) {
	start := time.Now()
	t := time.NewTicker(every)
	defer t.Stop()
	var p *prober
	if r.cfg.Progress != nil {
		p = newProber(r.cfg.Probe)
	}
	for {
		select {
		case <-done:
			return
		case <-t.C:
		}
		r.books.tick.Add(1)
		if turn > 0 && time.Since(start) > turn {
			r.goBestFirst()
		}
		lower, upper := r.books.bracket()
		if r.cfg.Gap > 0 && upper != nil && WithinGap(big.NewInt(lower), upper, r.cfg.Gap) {
			r.Halt()
		}
		if r.cfg.Progress != nil && upper != nil { // nil: the walk is still to post its first bracket
			r.cfg.Progress(Progress{Lower: lower, Upper: upper, Estimate: p.run(every / time.Duration(r.cfg.Tuning.ProbeShare))})
		}
	}
}

// WithinGap says whether upper ≤ (1+gap)·lower, in rationals.
func WithinGap(lower, upper *big.Int, gap float64) bool {
	g := new(big.Rat).SetFloat64(gap)
	if g == nil {
		return false
	}
	g.Add(g, big.NewRat(1, 1))
	g.Mul(g, new(big.Rat).SetInt(lower))
	return new(big.Rat).SetInt(upper).Cmp(g) <= 0
}

// TurnsAfter returns when a walk that begins at start, with a deadline that is zero for none, is to
// go best first, 0 for never: only a gap or a time limit says that the bracket is what is wanted,
// and whole subtrees are those of the depth-first walk.
func (c *Config) TurnsAfter(start, deadline time.Time) time.Duration {
	switch {
	case c.Ordered:
		return 0
	case c.Gap > 0:
		return c.Tuning.DepthFirstFor
	case !deadline.IsZero():
		return time.Duration(c.Tuning.DepthFirstShare * float64(deadline.Sub(start)))
	}
	return 0
}

// One count: what is asked for becomes a walk over a tree, and what that comes to an answer.

package enumerate

import (
	"context"
	"errors"
	"math/big"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/tuning"
	"github.com/relucell/relucell/internal/walk"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/network"
)

// Count counts the activation regions of the network that meet the ball.
//
// It ends early, with a bracket, when ctx is done or an option says so. An error
// means that there is no answer: bad input, or a decision that no tier could make. But beside a
// [*CheckpointWriteError] the result holds, a bracket or perhaps exact.
func Count(ctx context.Context, net *network.Network, b ball.Ball, opt Options) (Result, error) {
	return count(ctx, net, b, opt, plan{})
}

// CountPlain counts with the plain walk over the given solver. The solver's
// proposals pass the same filters as those of Count, and what they do not settle is
// solved exactly. An error of the solver ends the count: a failure is not an answer.
func CountPlain(ctx context.Context, net *network.Network, b ball.Ball, solver lp.Solver, opt Options) (Result, error) {
	if opt.Checkpoint != "" {
		return Result{}, marked{errors.New("the plain walk keeps no checkpoint"), ErrInput}
	}
	opt.Workers = 1
	return count(ctx, net, b, opt, plan{oracle: solver})
}

func count(ctx context.Context, net *network.Network, b ball.Ball, opt Options, p plan) (Result, error) {
	start := time.Now()
	if opt.Visitor != nil && (opt.Observer != nil || opt.Checkpoint != "") {
		return Result{}, marked{errors.New("a Visitor beside an Observer or a Checkpoint"), ErrInput}
	}
	m, release, err := compileFor(ctx, net, b, p.grace())
	defer release()
	if errors.Is(err, forms.ErrLate) {
		return unwalked(net, b, opt, start), nil
	}
	if err != nil {
		return Result{}, marked{err, ErrInput}
	}
	start = time.Now()
	if s, ok := p.oracle.(lp.Stoppable); ok {
		s.StopWhen(m.Late)
		defer s.StopWhen(nil)
	}
	cfg := prepare(ctx, m, opt, p)
	var records *walk.Records
	if opt.Checkpoint != "" {
		if _, err := net.FingerprintUntil(m.Until); err != nil { // its header needs that
			return unwalked(net, b, opt, start), nil
		}
		if records, err = openCheckpoint(net, b, opt, &cfg.Tuning); err != nil {
			return Result{}, err
		}
		cfg.Keep = records
	}
	resumed := func() int64 { return 0 }
	if records != nil {
		resumed = records.Resumed.Load
	}
	if opt.Progress != nil {
		cfg.Progress = func(p walk.Progress) {
			opt.Progress(Progress{Lower: big.NewInt(p.Lower), Upper: p.Upper, Estimate: p.Estimate, Resumed: resumed(), Elapsed: time.Since(start)})
		}
	}
	var r *walk.Run
	switch {
	case p.each != nil:
		cfg.Sink = p.each(func() { r.Halt(); m.GiveUp() })
	case opt.Visitor != nil:
		cfg.Sink = visited{v: opt.Visitor, of: newOrigin(net, b)}
	}
	r = walk.New(cfg)
	out := r.Walk(ctx)
	var lost error
	if records != nil {
		lost = records.Journal.Close()
	}
	if out.Err != nil {
		return Result{}, marked{out.Err, ErrUndecided}
	}
	res := result(m, opt, out)
	res.Resumed, res.Elapsed = resumed(), time.Since(start)
	res.finish(opt)
	return res, lost
}

// prepare says what is walked, and how.
func prepare(ctx context.Context, m *tree.Subject, opt Options, p plan) walk.Config {
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	proof, each := opt.Observer != nil, opt.Visitor != nil || p.each != nil
	cfg := walk.Config{
		Probe:     func(halt *atomic.Bool) tree.Tree { return probe(m, halt) },
		RootBound: m.RootBound, Sink: sinkOf(opt.Observer), Keep: walk.Forget{},
		Ordered: proof || each || opt.Checkpoint != "" || p.oracle != nil,
		Workers: workers, Limit: opt.Limit, Gap: opt.Gap, ProgressEvery: opt.ProgressEvery,
		Bracketed: p.oracle == nil && (opt.Progress != nil || p.each == nil && (opt.Gap > 0 || opt.Limit > 0 || ctx.Done() != nil)),
		Tuning:    p.tuning(),
	}
	switch {
	case p.oracle != nil:
		cfg.NewTree = func(halt *atomic.Bool) tree.Tree { return tree.NewPlain(m, halt, proof, p.oracle) }
	case tree.KeepsVertices(m, p.policy):
		shared, wants := new(tree.Fallbacks), tree.Counts
		if each {
			wants = tree.Witnesses
		}
		if proof {
			wants = tree.Proofs
		}
		cfg.NewTree = func(halt *atomic.Bool) tree.Tree { return tree.NewVertices(m, p.policy, halt, shared, wants) }
	default:
		cfg.NewTree = func(halt *atomic.Bool) tree.Tree { return tree.NewSolved(m, p.policy, halt, proof) }
	}
	return cfg
}

// probedInputs is the number of inputs up to which a random descent is the faster one by vertices.
const probedInputs = 4

// probe returns the tree of the random descents.
func probe(m *tree.Subject, halt *atomic.Bool) tree.Tree {
	if tree.KeepsVertices(m, nil) && m.N <= probedInputs {
		return tree.NewVertices(m, nil, halt, new(tree.Fallbacks), tree.Counts)
	}
	return tree.NewSolved(m, nil, halt, false)
}

// plan is what a caller of this package may not choose: the oracle of the plain walk, who is told
// each region, given what ends the walk, and what tests force.
type plan struct {
	oracle lp.Solver
	each   func(halt func()) walk.Sink
	policy *tree.Policy
	hasty  bool // a stop has no grace
}

func (p plan) grace() time.Duration {
	if p.hasty {
		return 0
	}
	return grace
}

func (p plan) tuning() tuning.Table {
	if p.policy != nil && p.policy.Tuning != nil {
		return *p.policy.Tuning
	}
	return tuning.Usual
}

// result makes an answer of what a walk came to.
func result(m *tree.Subject, opt Options, o walk.Outcome) Result {
	lower := big.NewInt(o.Regions + o.Opens)
	upper := new(big.Int).Add(big.NewInt(o.Regions), o.Left.Upper)
	best := o.Upper
	if opt.Limit > 0 && best != nil { // what was posted by the clock is left out: a limit's bracket does not depend on time
		best = m.RootBound()
	}
	if best != nil && best.Cmp(upper) < 0 {
		upper.Set(best)
	}
	if o.Vague && o.Lower > lower.Int64() { // more was certain before cells were left of which nothing is
		lower.SetInt64(o.Lower)
	}
	t := &o.Tally
	return Result{Lower: lower, Upper: upper,
		Exact:     o.Opens == 0 && !o.Vague || opt.Observer == nil && lower.Cmp(upper) == 0,
		Decisions: Decisions(t.Decisions), Questions: t.Questions, Pivots: t.Pivots}
}

// unwalked is the bracket of a count that ended before its walk could begin: the ball, which is a
// cell that is not empty, is left open.
func unwalked(net *network.Network, b ball.Ball, opt Options, start time.Time) Result {
	if opt.Observer != nil {
		opt.Observer.OpenBig(b.Mid())
	}
	r := Result{Lower: big.NewInt(1), Upper: tree.RoughUpper(net)}
	r.Exact = opt.Observer == nil && r.Lower.Cmp(r.Upper) == 0
	r.Elapsed = time.Since(start)
	r.finish(opt)
	return r
}

// finish looks at the gap of the final bracket, and tells Progress of it: progress is looked at by
// the clock, which may not tick during a short count.
func (r *Result) finish(opt Options) {
	r.GapReached = opt.Gap > 0 && !r.Exact && walk.WithinGap(r.Lower, r.Upper, opt.Gap)
	if opt.Progress == nil {
		return
	}
	last := Progress{Lower: new(big.Int).Set(r.Lower), Upper: new(big.Int).Set(r.Upper), Resumed: r.Resumed, Elapsed: r.Elapsed}
	if r.Exact {
		last.Estimate, _ = dyadic.FromInt(r.Lower, 0)
	}
	opt.Progress(last)
}

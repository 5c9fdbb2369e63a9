// What a count does when its context has ended. The walkers leave the cells they have not begun at once, as at
// any stop; what is being computed at that moment has a grace to end in, so that a small network gives the bracket
// it always gave. When that is over, everything looks: compiling and the survey at the context, solvers and the exact tiers
// at a flag. A decision that was given up is none: its cell stays open. The thousands of frames that a path may have are then closed
// by what costs next to nothing, the count of the undecided neurons for a bound.

package enumerate

import (
	"context"
	"errors"
	"math/big"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// grace is how long a computation may go on after the context has ended: a quarter of the second within
// which a command is to end. Far more than a decision takes in a network of ordinary size.
const grace = 250 * time.Millisecond

// errLate says that a computation was given up because the context had ended, and the grace after it.
var errLate = errors.New("enumerate: stopped")

// patient returns a context that ends a grace after ctx does.
func patient(ctx context.Context, grace time.Duration) (context.Context, func()) {
	if ctx.Done() == nil || grace == 0 {
		return ctx, func() {}
	}
	later, cancel := context.WithCancel(context.WithoutCancel(ctx))
	release := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return later, func() { release(); cancel() }
}

func (p *policy) grace() time.Duration {
	if p != nil && p.hasty {
		return 0
	}
	return grace
}

// compileFor compiles for a count under ctx. The function it returns ends what waits for ctx, also after an error.
func compileFor(ctx context.Context, net *network.Network, b ball.Ball, pol *policy) (*model, func(), error) {
	until, release := patient(ctx, pol.grace())
	m, err := compileUntil(until, net, b)
	if err != nil {
		return nil, release, err
	}
	m.deadline, _ = ctx.Deadline()
	unhook := context.AfterFunc(until, func() { m.cut.Store(true) })
	return m, func() { unhook(); release() }, nil
}

// late says that nobody waits any longer. It never takes that back.
func (m *model) late() bool { return m.cut.Load() }

// unwalked is the bracket of a count that ended before its walk could begin: the ball, which is a cell that
// is not empty, is left open.
func unwalked(net *network.Network, b ball.Ball, opt Options, start time.Time) Result {
	if opt.Observer != nil {
		opt.Observer.OpenBig(b.Mid())
	}
	r := Result{Lower: big.NewInt(1), Upper: roughUpper(net)}
	r.Exact = opt.Observer == nil && r.Lower.Cmp(r.Upper) == 0
	r.Elapsed = time.Since(start)
	r.finish(opt)
	return r
}

// finish looks at the gap of the final bracket, and tells Progress of it: the watch runs by the clock, which may not
// tick during a short count.
func (r *Result) finish(opt Options) {
	r.GapReached = opt.Gap > 0 && !r.Exact && withinGap(r.Lower, r.Upper, opt.Gap)
	if opt.Progress == nil {
		return
	}
	last := Progress{Lower: new(big.Int).Set(r.Lower), Upper: new(big.Int).Set(r.Upper), Resumed: r.Resumed, Elapsed: r.Elapsed}
	if r.Exact {
		last.Estimate, _ = dyadic.FromInt(r.Lower, 0)
	}
	opt.Progress(last)
}

// roughUpper bounds the regions of any ball by a power a layer: K neurons cut a space of dimension d into at most
// Σ_{j≤d} C(K,j) ≤ min(2^K, (K+1)^d) cells, since a set of at most d neurons is the image of a map from d places to
// the neurons or none; and the dimension is at most that of the input and the narrowest layer before.
func roughUpper(n *network.Network) *big.Int {
	v, d := big.NewInt(1), n.Inputs()
	for _, l := range n.Layers() {
		if k := l.Out(); l.Act != network.None {
			cells := new(big.Int).Lsh(big.NewInt(1), uint(k))
			base := big.NewInt(int64(k) + 1)
			if d*base.BitLen() < k+1 { // then the power is the smaller one
				cells.Exp(base, big.NewInt(int64(d)), nil)
			}
			v.Mul(v, cells)
		}
		d = min(d, l.Out())
	}
	return v
}

// roughBound bounds the regions of the cell before neuron j of layer l by a factor of two for each neuron that may still
// be undecided, in a time that thousands of frames have.
func (w *walker) roughBound(l, j int) *big.Int {
	undecided := 0
	for _, s := range w.states[l].done[min(j, len(w.states[l].done)):] {
		if s == open {
			undecided++
		}
	}
	for _, ly := range w.m.layers[l+1:] {
		undecided += ly.m
	}
	return new(big.Int).Lsh(big.NewInt(1), uint(max(1, undecided))) // 2 at least: what is open is not known
}

// never is the stop of what must be known: the few points that no float pass tells the signs of, when a proof needs one
// or the walk has time.
func (w *walker) never() bool { return false }

// unsettled says that the neurons of layer l from j on are not settled: entering the layer was given up.
func (w *walker) unsettled(l, j int) {
	for k := range w.states[l].done[j:] {
		w.states[l].done[j+k] = open
	}
}

// leave gives up the cell at depth d, at which a walker is late, before neuron j of layer l: it stays open, or, on the way along a
// script, the walker has not come to the cell that it is about.
func (w *walker) leave(l, j, d int) {
	w.gaveUp = false
	if len(w.script) > 0 {
		w.lost = true
		return
	}
	w.open(l, j, d)
}

// takeStop takes over from another walker, which was to walk the cell at depth d, before neuron j of layer l, how a stop
// ended that: where the other did not come to the cell, it is still whole.
func (w *walker) takeStop(o *walker, l, j, d int) {
	w.vague = w.vague || o.vague
	lost := o.lost
	o.vague, o.lost = false, false
	switch {
	case !lost:
	case w.stint || len(w.script) > 0:
		w.lost = true
	default:
		w.open(l, j, d)
	}
}

// leaveSide leaves side s of the split of the cell at depth d at neuron j of layer l without a step into it.
func (w *walker) leaveSide(l, j, d int, s int8) {
	child, lv := w.level(d+1), w.levels[d]
	id := w.m.layers[l].first + j
	switch {
	case w.described:
	case lv.z[id] == s:
		child.setWitness(lv)
	default:
		child.setWitness(lv.far)
	}
	w.labels[id] = s
	w.path = append(w.path, s)
	w.open(l, j+1, d+1)
	w.path = w.path[:len(w.path)-1]
	w.labels[id] = 0
}

// uncertain says that the walker is late and the floats at hand do not tell that the witness has the labels of the first
// id neurons. Nothing says then that the cell is not empty, so it counts at the upper end alone. A proof needs the witness.
func (w *walker) uncertain(lv *level, id int) bool {
	return w.m.late() && w.obs == nil && !w.agrees(lv.z, id)
}

// openUncertain leaves a cell open that may be empty. In a stint the cell whose turn it is stays whole instead.
func (w *walker) openUncertain(l, j int) {
	if w.stint {
		w.lost = true
		return
	}
	w.vague = true
	w.leftUpper.Add(w.leftUpper, w.roughBound(l, j))
}

// surveyShare is the share of the time left that the survey may take, and surveyLeast what it has in any case.
const (
	surveyShare = 0.25
	surveyLeast = 50 * time.Millisecond
	// surveyWork is the number of multiplications up to which the survey looks by relaxations: some seconds. Beyond, it
	// looks by intervals and Lipschitz constants, whose cost is that of a few passes through the network.
	surveyWork = 1 << 33
)

// surveyTime returns the context of the survey.
func (m *model) surveyTime() (context.Context, func()) {
	if m.deadline.IsZero() {
		return m.until, func() {}
	}
	share := time.Duration(surveyShare * float64(time.Until(m.deadline)))
	return context.WithTimeout(m.until, max(share, surveyLeast))
}

// surveyors are the bounds whose view of the ball the survey takes, the last that is done for all; what it knows by then
// serves where the time ends first.
func (m *model) surveyors() []string {
	if bound.RelaxationWork(m.source) > surveyWork {
		return []string{"interval", "lipschitz-masked"}
	}
	return []string{"interval", stabilityBound}
}

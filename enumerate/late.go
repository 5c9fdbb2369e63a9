// What a count does when its context has ended. The workers leave the cells they have not begun at once, as at
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

// What a count does when its context has ended. The workers leave the cells they have not begun at
// once, as at any stop; what is being computed at that moment has a grace to end in, so that a
// small network gives the bracket it always gave. When that is over, everything looks: compiling
// and the survey at the context, solvers and the exact tiers at a flag. A decision that was given
// up is none: its cell stays open. The thousands of frames that a path may have are then closed by
// what costs next to nothing, the count of the undecided neurons for a bound.

package enumerate

import (
	"context"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/network"
)

// grace is how long a computation may go on after the context has ended: a quarter of the second
// within which a command is to end. Far more than a decision takes in a network of ordinary size.
const grace = 250 * time.Millisecond

// patient returns a context that ends a grace after ctx does.
func patient(ctx context.Context, grace time.Duration) (context.Context, func()) {
	if ctx.Done() == nil || grace == 0 {
		return ctx, func() {}
	}
	later, cancel := context.WithCancel(context.WithoutCancel(ctx))
	release := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return later, func() { release(); cancel() }
}

// compileFor compiles for a count under ctx. The function it returns ends what waits for ctx, also
// after an error.
func compileFor(ctx context.Context, net *network.Network, b ball.Ball, grace time.Duration) (*tree.Subject, func(), error) {
	until, release := patient(ctx, grace)
	m, err := tree.NewSubject(until, net, b)
	if err != nil {
		return nil, release, err
	}
	m.Deadline, _ = ctx.Deadline()
	unhook := context.AfterFunc(until, m.GiveUp)
	return m, func() { unhook(); release() }, nil
}

package enumerate

import (
	"context"

	"relucell/ball"
	"relucell/lp"
	"relucell/network"
)

// Forced says which tiers may decide, and which solver proposes; nil means as usual.
type Forced struct {
	Float, Integer func() bool
	Solver         func(norm ball.Norm, n int) lp.Incremental
}

// CountForced is Count with forced tiers.
func CountForced(ctx context.Context, n *network.Network, b ball.Ball, opt Options, f Forced) (Result, error) {
	return count(ctx, n, b, opt, &policy{float: f.Float, integer: f.Integer, solver: f.Solver}, nil)
}

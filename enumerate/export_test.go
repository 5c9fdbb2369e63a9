package enumerate

import (
	"context"
	"time"

	"relucell/ball"
	"relucell/lp"
	"relucell/network"
)

// Forced says which tiers may decide, and which solver proposes; nil means as usual.
type Forced struct {
	Float, Integer func() bool
	Solver         func(norm ball.Norm, n int) lp.Incremental
	// Regions, Records and Dead make up the grain of a checkpoint, if one of them is set.
	Regions, Records, Dead int64
}

// CountForced is Count with forced tiers.
func CountForced(ctx context.Context, n *network.Network, b ball.Ball, opt Options, f Forced) (Result, error) {
	p := &policy{float: f.Float, integer: f.Integer, solver: f.Solver}
	if f.Regions+f.Records+f.Dead > 0 {
		p.grain = grain{regions: f.Regions, records: f.Records, dead: f.Dead, work: time.Hour}
	}
	return count(ctx, n, b, opt, p, nil)
}

// Package bound holds analytic upper and lower bounds on the number of
// activation regions of a network that meet a ball.
//
// A region is a final cell of the walk that splits the open ball neuron after
// neuron by the sign of the pre-activation; a pre-activation that is
// identically zero on a cell is labelled 0 and splits nothing. Every bound
// here is about that number, holds for every network that network.New accepts
// (leaky units and affine layers included), and is sound under rounding: what
// is computed in floats is rounded outward, so that no upper bound is ever
// below the count and no lower bound above it.
//
// Global bounds look at the network alone, local ones at the ball too. The
// local ones differ only in how they decide that a neuron keeps its sign on
// the whole ball; all feed the same [Recursion].
//
//	net, _ := network.New(…)
//	b, _ := ball.New(ball.L2, []float64{0, 0}, 0.5)
//	for _, r := range bound.Evaluate(ctx, bound.All(), net, b) {
//		fmt.Println(r.Name, r.Value)
//	}
//
// A bound of one's own is a value of [Bound]; [Func] makes one of a function.
package bound

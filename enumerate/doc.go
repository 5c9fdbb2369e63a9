// Package enumerate counts the activation regions of a network that meet a
// ball: it walks the tree of activation patterns, depth first, and certifies
// what it finds.
//
// The network |x| − ½ as two units, then a neuron that folds it again; in the
// interval (−1, 1) it has four regions:
//
//	net, err := network.New([]network.Layer{
//		{W: mat.NewDense(2, 1, []float64{1, -1}), B: []float64{0, 0}, Act: network.ReLU},
//		{W: mat.NewDense(1, 2, []float64{1, 1}), B: []float64{-0.5}, Act: network.ReLU},
//	})
//	b, err := ball.New(ball.LInf, []float64{0}, 1)
//	r, err := enumerate.Count(ctx, net, b, enumerate.Options{})
//	// r.Exact is true, r.Lower and r.Upper are 4
//	for region, err := range enumerate.Regions(ctx, net, b, enumerate.Options{Workers: 1}) {
//		// region.Pattern is -+-, -++, +--, +-+ in turn, region.Point() inside
//	}
//
// (the package example runs it).
//
// # What makes a count certain
//
// A cell is the part of the open ball where the neurons decided so far have given signs; it is open
// and convex. The next neuron's pre-activation z is one affine form on it, and a side {s·z > 0} is
// either alive or empty. Two things are certified, and together they are the count: a witness for
// each final cell, which shows that it and all cells above it are not empty, and multipliers for
// each side that is not taken,
//
//	f = s·z + Σ λ_i s_i z_i ≤ 0 on the ball, λ ≥ 0, over neurons i above,
//
// which show that it is: on the cell all s_i z_i are positive, so s·z is not.
// Solvers (package lp) propose both; the tiers decide:
//
//	float      in float64, against an error bound derived beside the code
//	integer    in exact integers, multipliers rounded to few bits
//	solve      an exact linear programme or projection (package lp/exact)
//
// and where they fail the run fails. A plain count in few inputs keeps cells by their vertices
// instead and is certain by the signs there; its theorem opens internal/vertices. So no solver,
// option or number of workers changes an answer. A walk that a limit or a context stops answers
// with a bracket: each cell left open holds at least one region, and at most as many as the
// recursion of package bound allows.
//
// # Names
//
//	cell        an open polyhedron in the ball, given by a prefix of a pattern
//	region      a final cell: all neurons decided
//	pattern     the labels −, 0, + of the neurons; 0 where z is identically zero
//	witness     a point strictly inside a cell
//	split       both sides of a neuron live; minus is walked before plus
//	pruned      one side is empty; the walk goes on in the other, the live one
//	settled     pruned before the layer's first split, and so in all cells below
//	form        z = g·y + h of one neuron on one cell, with its error bound
//	ancestor    a constraint s·z > 0 of the cell, from a neuron split above
//	frame       a split whose sides are being walked
//	record      a completed subtree in a checkpoint, under the path that leads to it
//	handover    a frame that another worker was given
//	y           coordinates in which the ball is ‖y‖ ≤ 1, x = c + diag(s)·y
//
// # Errors
//
//	ErrInput               network, ball and options do not go together, or are outside the limits
//	ErrUndecided           no tier could decide, the exact one included: there is no answer
//	ErrNoVertices          a region's vertices are not to be had; the count is not concerned
//	*CheckpointError       a file cannot serve as the checkpoint of this count
//	*CheckpointWriteError  a checkpoint could not be written any more; the result beside it holds
//
// A stop is no error: the result is a bracket.
//
// # The files
//
// api.go what a caller sees; region.go, affine.go and vertices.go what a region knows of itself;
// count.go makes a walk of what is asked for and an answer of its outcome; regions.go
// hands out regions, observe.go tells observers; checkpoint.go says what a checkpoint is about,
// late.go what a stop allows. The walk itself is in internal/walk (the loop), internal/tree
// (cells), internal/judge (what is certain), internal/vertices (cells by their vertices) and
// internal/forms (the network on the ball).
package enumerate

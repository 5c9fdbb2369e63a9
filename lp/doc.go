// Package lp answers the one question that drives a count: the open cell Q
// is not empty; does the open half-space {s·z > 0} meet it?
//
// A yes is a point in it, a no is multipliers λ ≥ 0 with s·z + Σ λ_i s_i z_i ≤ 0 on the ball: never
// a bare word. All solvers work in the normalised coordinates y in which the ball is
// {‖y‖ ≤ 1} (a box: [−1,1]ⁿ), and in float64, so what they answer is a proposal that the
// caller certifies. In the triangle of [−1,1]² where y₀ > 0 and y₀ + y₁ < 0,
// y₁ > ½ is impossible: ½ < y₁ < −y₀ < 0.
//
//	s := lp.NewReference()
//	err := s.Reset(ball.LInf, 2)
//	s.Push(lp.Constraint{Form: lp.Form{G: []float64{1, 0}}, Sign: +1})  // y₀ > 0
//	s.Push(lp.Constraint{Form: lp.Form{G: []float64{1, 1}}, Sign: -1})  // y₀ + y₁ < 0
//	a, err := s.Ask(lp.Constraint{Form: lp.Form{G: []float64{0, 1}, H: -0.5}, Sign: +1})
//	// a.Meets is false; a.Self·(y₁ − ½) + a.Lambda[0]·y₀ + a.Lambda[1]·(−y₀ − y₁) ≤ 0 on the ball
//
// (the package example runs it).
//
// # The solvers
//
//	Vertex       incremental, for linf, l1 and box: one vertex of the cell with its dictionary
//	Rows         incremental, for the same in 48 dimensions and more: a dual simplex over the few constraints
//	Projection   incremental, for l2: the cell's point nearest to the centre
//	lptest       these three behind the interface Solver, for tests
//	NewReference a plain dense simplex, from nothing at each question
//	clp.New      COIN-OR CLP, likewise, behind the build tag clp
//	lp/exact     the exact tier, which never proposes but decides
//
// An incremental solver is led down a tree: Ask about a side, Split the cell by the form asked,
// Enter one side and later the other, Leave. Each cell inherits the state in which the question was
// answered, so a question costs a few pivots:
//
//	v := lp.NewIncremental(ball.LInf, 2)
//	r, err := v.Ask([]float64{1, 1}, 0, -1)  // y₀ + y₁ < 0: r.Meets, at r.Point
//	v.Split()
//	v.Enter(-1)
//	r, err = v.Ask([]float64{1, 0}, -1, +1)  // y₀ > 1 there: empty
//	v.Leave()
//
// # Names
//
//	form         z(y) = G·y + H
//	constraint   one side of a form: Sign·z > 0
//	cell         the open unit ball cut by constraints
//	self         the multiplier of the side asked about
//	dictionary   the rows of a simplex over the free columns (Chvátal)
//	active set   the constraints on which the nearest point lies (Goldfarb and Idnani)
//	margin       how far inside a point is
//
// lp.go and incremental.go hold the two interfaces; vertex, rows and projection are the
// incremental solvers, each with files of its own for the parts of its state; programme.go is the
// plain way, and reference.go its simplex.
package lp

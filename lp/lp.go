// The interface that all solvers share. They work in the normalised
// coordinates y in which the ball is {‖y‖ ≤ 1} (a box: [−1,1]ⁿ), and on
// float64 forms; what they answer is a proposal that the caller certifies.

package lp

import "github.com/relucell/relucell/ball"

// Form is an affine form z(y) = G·y + H in normalised coordinates.
type Form struct {
	G []float64
	H float64
}

// Constraint is one side of a form: {y : Sign·z(y) > 0}, with Sign +1 or −1.
type Constraint struct {
	Form Form
	Sign float64
}

// Answer is a proposal: either a witness or multipliers.
type Answer struct {
	// Meets says which of the two it is.
	Meets bool
	// Witness is a point y meant to lie strictly inside the cell, the ball and the asked
	// side. Set when Meets, and also beside multipliers when the solver could not tell (a margin
	// of the size of its rounding errors): worth a try when they fail.
	Witness []float64
	// Self ≥ 0 and Lambda[i] ≥ 0, one per constraint of the cell in the order they were
	// pushed, are meant to give f = Self·s·z + Σ Lambda[i]·s_i·z_i ≤ 0 on the ball. Set when
	// not Meets. Self > 0.
	Self   float64
	Lambda []float64
}

// Solver answers questions about a cell that grows and shrinks like a stack.
// A failure of the solver is an error, never an answer.
type Solver interface {
	// Reset makes the cell the interior of the unit ball of the norm in n dimensions.
	Reset(norm ball.Norm, n int) error
	// Push intersects the cell with an open half-space that is known to meet it.
	Push(c Constraint)
	// Pop undoes the last Push.
	Pop()
	// Ask answers whether the open half-space meets the cell.
	Ask(c Constraint) (Answer, error)
}

package exact

// The linear programme and the projection on their own, as the tests ask about them.

import (
	"math/big"

	"github.com/relucell/relucell/ball"
)

// Maximum is the result of Maximize.
type Maximum struct {
	// Value is the largest value, obj(Y), and Y a point of the closed cell that attains it.
	Value *big.Rat
	Y     []*big.Rat
	// Self ≥ 1 and Lambda ≥ 0, one per row, when Value ≤ 0, and nil otherwise:
	// Self·obj + Σ Lambda_i·rows_i ≤ 0 on the polytopal ball. No common divisor.
	Self   *big.Int
	Lambda []*big.Int
}

// Maximize maximises obj over {y : rows(y) ≥ 0} ∩ the closed unit ball of the
// norm, given a rational point p strictly inside all of it. For l2 the outer
// box [−1,1]ⁿ takes the place of the ball, so multipliers hold on the ball too.
// It always terminates. An error means that the dimensions differ or that p is
// not strictly inside.
func Maximize(norm ball.Norm, obj Row, rows []Row, p []*big.Rat) (Maximum, error) {
	if err := checkDims(len(p), append([]Row{obj}, rows...)); err != nil {
		return Maximum{}, err
	}
	if norm != ball.L1 {
		norm = ball.LInf
	}
	if !newPoint(p).interior(nil, norm, rows) {
		return Maximum{}, errInterior
	}
	t := newTableau(norm, obj, rows, newScout(nil, rows))
	if err := t.run(false); err != nil {
		return Maximum{}, err
	}
	out := Maximum{Value: t.value(), Y: t.point().rats()}
	if out.Value.Sign() <= 0 {
		out.Self, out.Lambda = t.multipliers()
	}
	return out, nil
}

func (t *tableau) value() *big.Rat { return new(big.Rat).SetFrac(&t.lines[0][0], &t.d) }

// Project finds the point y of {rows ≥ 0} nearest to the origin in l2, exactly,
// and multipliers λ ≥ 0 with y = Σ λ_i G_i and λ_i·rows_i(y) = 0. It returns λ as
// integers, up to one positive common factor, and dist2 = |y|². When the
// polyhedron is empty, feasible is false and Σ λ_i·rows_i is a negative constant.
// It always terminates. An error means that dimensions differ.
func Project(rows []Row) (y []*big.Rat, lambda []*big.Int, dist2 *big.Rat, feasible bool, err error) {
	if len(rows) == 0 {
		return nil, nil, nil, false, errNoRows
	}
	n := len(rows[0].G)
	if err := checkDims(n, rows); err != nil {
		return nil, nil, nil, false, err
	}
	q := newProjection(nil, rows)
	feasible = q.run(false)
	lambda = q.multipliers()
	if !feasible {
		return nil, lambda, nil, false, nil
	}
	at := q.point()
	y, dist2 = at.rats(), new(big.Rat)
	for _, v := range y {
		dist2.Add(dist2, new(big.Rat).Mul(v, v))
	}
	return y, lambda, dist2, true, nil
}

package exact

// The projection on its own, as the tests ask about it.

import "math/big"

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

// Package exact decides with integers when floats cannot: is the side
// {obj > 0} of a form empty in a cell, yes with a point or no with
// multipliers, never a tolerance and never a failure to terminate.
//
// A cell is {y : row(y) > 0 for all rows} inside the open unit ball of a norm
// (a box is [−1,1]ⁿ), and every question comes with a rational point inside
// it. Forms have integer coefficients: a float64 form is one times a power of
// two, and a positive scale changes no sign.
//
// The open half-plane y₀ > 1/2 and the cell {y₀ − y₁ > 0} of the unit disc:
//
//	half := exact.NewRow(-1, 2, 0)                  // 2y₀ − 1
//	cell := []exact.Row{exact.NewRow(0, 1, -1)}     // y₀ − y₁
//	p := []*big.Rat{big.NewRat(1, 4), big.NewRat(0, 1)}
//	w, self, lambda, err := exact.Side(ball.L2, half, cell, p)
//
// gives a witness w in both. For y₁ > 3/4 instead, whose nearest point of the
// closed cell is (3/4, 3/4), outside the disc, it gives self and lambda with
// self·(4y₁−3) + lambda₀·(y₀−y₁) ≤ 0 on the disc, which anybody can check:
// NonPositive(ball.L2, Combine(self, obj, lambda, cell)).
//
// The pieces: row.go the forms and the test f ≤ 0 on a ball; simplex.go the
// linear programme; project.go the projection that l2 needs; scout.go which
// row to look at next; side.go the answer put together and verified.
package exact

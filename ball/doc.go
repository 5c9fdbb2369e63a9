// Package ball holds the four balls that regions are counted in: l2, linf and
// l1 balls {x : ‖x−c‖ ≤ r}, and boxes given by per-coordinate bounds.
//
// Centre, radius and bounds are float64 values taken as real numbers, and
// every question is answered exactly, tangency included:
//
//	b, err := ball.New(ball.L2, []float64{0, 0}, 1)
//	// 3x + 4y − 5 touches the disc from outside: its plus side is empty.
//	b.NonPositive(ball.Rats([]float64{3, 4}), big.NewRat(-5, 1))  // true
//	// sup 3x + 4y = 0 + √25.
//	rational, square := b.Support(ball.Rats([]float64{3, 4}))
//
// Every ball is also the image of a unit ball, {‖y‖ ≤ 1} or [−1,1]ⁿ for a box,
// under x = mid + scale·y: solvers work in y, so that a tiny radius about a far
// centre costs them nothing. Mid, Scale and Point give that map without
// rounding:
//
//	b, err = ball.NewBox([]float64{0, -1}, []float64{1, 0.5})
//	b.Mid()                          // 0.5, −0.25
//	b.Scale()                        // 0.5, 0.75
//	b.Point([]float64{1, -1})        // 1, −1
//
// ball.go holds the data and its validation, exact.go the exact tests,
// normal.go the map, parse.go the readers of what a user typed.
package ball

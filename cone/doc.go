// Package cone describes cones {x : A·x ≤ 0} by what spans them, in integers alone: a basis of the
// largest linear space inside and the extreme rays beside it.
//
// The method is double description (Motzkin, Raiffa, Thompson and Thrall 1953) as Fukuda and Prodon
// (1996) present it: constraints are added one by one, and between two adjacent rays that a
// constraint separates a new one is born on it. That two rays are adjacent is told by the
// constraints that hold at both (incidence.go), never by a rank in floats.
//
//	rows := [][]*big.Int{{big.NewInt(-1), big.NewInt(0)}, {big.NewInt(1), big.NewInt(-1)}}
//	d, err := cone.Describe(ctx, 2, rows, cone.Options{}) // 0 ≤ x ≤ y
//	d.Rays                                                // (0, 1) and (1, 1)
//
// The answer is canonical. Equal cones give equal descriptions, whatever the order, the scale or
// the redundancy of A's rows: the basis is in reduced echelon form, rays are primitive, 0 at the
// basis' pivots, and sorted.
//
// The pieces: cone.go the question and its answer; echelon.go elimination, which gives the linear
// space and the first rays; double.go the method; pairs.go which rays are adjacent, over
// incidence.go; ray.go arithmetic in tiers: int64 with products of 128 bits, then big integers.
package cone

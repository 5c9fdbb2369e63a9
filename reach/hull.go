package reach

// Convex hulls in the plane, by exact signs: the monotone chain of Andrew (1979).

import (
	"math/big"
	"slices"
)

// Hull returns the vertices of the convex hull of points in the plane, counterclockwise from the
// leftmost one, each once: two of a segment, one of a point.
func Hull(points [][2]*big.Rat) [][2]*big.Rat {
	points = slices.Clone(points)
	slices.SortFunc(points, comparePoints)
	points = slices.CompactFunc(points, func(a, b [2]*big.Rat) bool { return comparePoints(a, b) == 0 })
	if len(points) < 3 {
		return points
	}
	chain := func() (c [][2]*big.Rat) {
		for _, p := range points {
			for len(c) > 1 && turn(c[len(c)-2], c[len(c)-1], p) <= 0 {
				c = c[:len(c)-1]
			}
			c = append(c, p)
		}
		return c[:len(c)-1]
	}
	lower := chain()
	slices.Reverse(points)
	return append(lower, chain()...)
}

func comparePoints(a, b [2]*big.Rat) int {
	if c := a[0].Cmp(b[0]); c != 0 {
		return c
	}
	return a[1].Cmp(b[1])
}

// turn is positive where a, b, c go to the left.
func turn(a, b, c [2]*big.Rat) int {
	d := func(p, q [2]*big.Rat, k int) *big.Rat { return new(big.Rat).Sub(q[k], p[k]) }
	u := new(big.Rat).Mul(d(a, b, 0), d(a, c, 1))
	return u.Cmp(new(big.Rat).Mul(d(a, b, 1), d(a, c, 0)))
}

// Plane projects points on two of their coordinates.
func Plane(points [][]*big.Rat, i, j int) [][2]*big.Rat {
	flat := make([][2]*big.Rat, len(points))
	for k, x := range points {
		flat[k] = [2]*big.Rat{x[i], x[j]}
	}
	return flat
}

package dyadic

import (
	"math"
	"math/big"
)

// RootAbove returns the least float64 that is at least the root of q ≥ 0, +Inf where there is none.
func RootAbove(q *big.Rat) float64 {
	below := func(f float64) bool { // f² < q
		s := new(big.Rat).SetFloat64(f)
		return s.Mul(s, s).Cmp(q) < 0
	}
	root := new(big.Float).SetPrec(100).SetRat(q) // a float might be out of range
	f, _ := FromFloat(root.Sqrt(root))
	f = min(f, math.MaxFloat64)
	for f > 0 && !below(f) {
		f = math.Nextafter(f, 0)
	}
	for !math.IsInf(f, 0) && below(f) {
		f = math.Nextafter(f, math.Inf(1))
	}
	return f
}

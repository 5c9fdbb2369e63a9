// This file holds the exact tests: the support function, containment, and
// "f ≤ 0 on the ball", which is what a pruned side of a count rests on. l2 is
// decided by squares, so no root is ever taken.

package ball

import (
	"fmt"
	"math/big"
)

// Rats returns finite float64 values as rationals, exactly.
func Rats(x []float64) []*big.Rat {
	out := make([]*big.Rat, len(x))
	for k, v := range x {
		out[k] = new(big.Rat)
		if out[k].SetFloat64(v) == nil {
			panic(fmt.Sprintf("ball: coordinate %d is %g, not a finite number", k, v))
		}
	}
	return out
}

// RatsOf returns finite big.Float values as rationals, exactly.
func RatsOf(x []*big.Float) []*big.Rat {
	out := make([]*big.Rat, len(x))
	for k, v := range x {
		if v.IsInf() {
			panic(fmt.Sprintf("ball: coordinate %d is infinite", k))
		}
		out[k], _ = v.Rat(nil)
	}
	return out
}

func (b Ball) checkDim(n int) {
	if n != b.Dim() {
		panic(fmt.Sprintf("ball: %d numbers, expected %d", n, b.Dim()))
	}
}

// Support returns sup{g·x : x in the ball} = rational + √square. square is 0
// except for l2, where it is r²·Σg_k²: with v = g·c the supremum is v + r·Σ|g_k|
// (linf), v + r·max|g_k| (l1), Σ max(g_k·lo_k, g_k·hi_k) (box). It panics if g does not have one
// number per input.
func (b Ball) Support(g []*big.Rat) (rational, square *big.Rat) {
	b.checkDim(len(g))
	rational, square = new(big.Rat), new(big.Rat)
	var t, u, size big.Rat
	if b.norm == Box {
		for k, gk := range g {
			end := b.hi[k]
			if gk.Sign() < 0 {
				end = b.lo[k]
			}
			rational.Add(rational, t.Mul(gk, u.SetFloat64(end)))
		}
		return rational, square
	}
	for k, gk := range g {
		rational.Add(rational, t.Mul(gk, u.SetFloat64(b.center[k])))
		switch b.norm {
		case L2:
			size.Add(&size, t.Mul(gk, gk))
		case LInf:
			size.Add(&size, t.Abs(gk))
		case L1:
			if t.Abs(gk).Cmp(&size) > 0 {
				size.Set(&t)
			}
		}
	}
	r := u.SetFloat64(b.radius)
	if b.norm == L2 {
		return rational, square.Mul(&size, t.Mul(r, r))
	}
	return rational.Add(rational, t.Mul(&size, r)), square
}

// NonPositive reports whether f(x) = g·x + h ≤ 0 on the closed ball, exactly: with
// the supremum of f being a + √q, whether a ≤ 0 and q ≤ a². It panics if g does
// not have one number per input.
func (b Ball) NonPositive(g []*big.Rat, h *big.Rat) bool {
	a, q := b.Support(g)
	if a.Add(a, h).Sign() > 0 {
		return false
	}
	return q.Cmp(a.Mul(a, a)) <= 0
}

// Contains reports whether x lies in the closed ball, exactly. It panics if x does
// not have one number per input.
func (b Ball) Contains(x []*big.Rat) bool { return b.compare(x) <= 0 }

// Interior reports whether x lies strictly inside the ball, exactly. It panics if x
// does not have one number per input.
func (b Ball) Interior(x []*big.Rat) bool { return b.compare(x) < 0 }

// compare returns the sign of ‖x−c‖ − r; for a box, +1 outside, 0 on its boundary.
func (b Ball) compare(x []*big.Rat) int {
	b.checkDim(len(x))
	var t, u, size big.Rat
	if b.norm == Box {
		worst := -1
		for k, xk := range x {
			worst = max(worst, t.SetFloat64(b.lo[k]).Cmp(xk), xk.Cmp(u.SetFloat64(b.hi[k])))
		}
		return worst
	}
	for k, xk := range x {
		t.Sub(xk, u.SetFloat64(b.center[k]))
		switch b.norm {
		case L2:
			size.Add(&size, t.Mul(&t, &t))
		case LInf:
			if t.Abs(&t).Cmp(&size) > 0 {
				size.Set(&t)
			}
		case L1:
			size.Add(&size, t.Abs(&t))
		}
	}
	u.SetFloat64(b.radius)
	if b.norm == L2 {
		u.Mul(&u, &u)
	}
	return size.Cmp(&u)
}

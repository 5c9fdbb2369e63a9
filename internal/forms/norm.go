// The unit ball of a norm: the largest value of a form on it, and whether a point is inside.

package forms

import (
	"math"

	"github.com/relucell/relucell/ball"
)

// Sup returns sup of g·y over the unit ball, to a relative error below γ_{n+2}.
func Sup(norm ball.Norm, g []float64) float64 {
	t := 0.0
	switch norm {
	case ball.L1:
		for _, v := range g {
			t = max(t, math.Abs(v))
		}
	case ball.L2:
		for _, v := range g {
			t += v * v
		}
		if !(t >= tinySquares && t <= math.MaxFloat64) {
			return supScaled(g, t < tinySquares)
		}
		t = math.Sqrt(t)
	default:
		for _, v := range g {
			t += math.Abs(v)
		}
	}
	return t
}

// tinySquares is the sum of squares below which squares that underflowed may matter: above it, up
// to 2²⁶ of them, each off by at most 2⁻¹⁰⁷⁵, change the sum by less than 2⁻¹⁴⁹ of itself.
const tinySquares = 0x1p-900

// supScaled is Sup for l2 where squares underflow or overflow: it multiplies by 2^±600 first. Where
// they underflow that is exact, as all |g| are below 2⁻⁴⁴⁹, and the product that undoes it is off
// by at most 2⁻¹⁰⁷⁵, which underflow covers. Where they overflow some |g| is above 2⁴⁹⁸, beside
// which what underflows, 2⁻¹⁰⁷⁵ in the product, is nothing. The supremum may be beyond float64.
func supScaled(g []float64, tiny bool) float64 {
	by := 0x1p-600
	if tiny {
		by = 0x1p600
	}
	t := 0.0
	for _, v := range g {
		v *= by
		t += v * v
	}
	return math.Sqrt(t) / by
}

// Inside says that y is certainly strictly inside the unit ball. Sums of
// n non-negative floats have relative error at most nu/(1−nu).
func Inside(norm ball.Norm, y []float64) bool {
	t := 0.0
	switch norm {
	case ball.L1:
		for _, v := range y {
			t += math.Abs(v)
		}
	case ball.L2:
		for _, v := range y {
			t += v * v
		}
	default:
		for _, v := range y {
			t = max(t, math.Abs(v))
			if v != v {
				return false
			}
		}
		return t < 1
	}
	return t*(1+Slack*float64(len(y)+2)*Unit) < 1
}

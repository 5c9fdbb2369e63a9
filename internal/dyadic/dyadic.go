// Package dyadic is the one way from exact numbers (big.Int, big.Rat, big.Float) to float64.
//
// What is exact may be relied upon: a witness that is said to be exact is evaluated as it stands,
// and a coefficient that is said to be exact gets the error bound 0. So a conversion that calls a
// rounded value exact is a wrong count in waiting, and the standard library has one:
// big.Rat.Float64 reports exact = true where a value below 2⁻¹⁰⁷⁵ becomes 0 (Go 1.26;
// TestBigRatCallsAnUnderflowExact). Hence all conversions of the project go through this package,
// and a test of it finds those that do not.
//
// Values whose size is above the range become ±Inf, which is never called exact.
package dyadic

import (
	"math"
	"math/big"
	"math/bits"
)

const (
	// smallestNormal is the least float64 with all 53 bits; below, big.Rat.Float64 is not believed.
	smallestNormal = 0x1p-1022
	// topExponent and bottomExponent: a number of 2^(b-1) ≤ |x| < 2^b is beyond every float64 for
	// b > topExponent, and below half of the smallest for b < bottomExponent.
	topExponent, bottomExponent = 1024, -1074
)

// FromRat returns the float64 nearest to q (ties to even) and whether it is q itself.
func FromRat(q *big.Rat) (f float64, exact bool) {
	f, exact = q.Float64()
	if exact && math.Abs(f) < smallestNormal {
		exact = new(big.Rat).SetFloat64(f).Cmp(q) == 0
	}
	return f, exact
}

// FromFloat returns the float64 nearest to x (ties to even) and the sign of f - x: Below, Exact or
// Above. An infinite x stands for an overflow, hence is Above (+Inf) or Below (−Inf), never Exact.
func FromFloat(x *big.Float) (f float64, acc big.Accuracy) {
	f, acc = x.Float64()
	if math.IsInf(f, 0) {
		acc = infinite(f)
	}
	return f, acc
}

// Log2 returns the logarithm of x > 0 to base 2, to a few units in the last place; no x is too
// large or too small.
func Log2(x *big.Float) float64 {
	mantissa := new(big.Float)
	e := x.MantExp(mantissa)
	f, _ := FromFloat(mantissa)
	return math.Log2(f) + float64(e)
}

// FromInt returns the float64 nearest to n·2^e (ties to even) and whether it is n·2^e itself. No e
// is too large or too small.
func FromInt(n *big.Int, e int) (f float64, exact bool) {
	f, acc := fromInt(n, e)
	return f, acc == big.Exact
}

// Down returns the largest float64 that is not above x; −Inf below the range.
func Down(x *big.Float) float64 { return down(FromFloat(x)) }

// UpRat returns the smallest float64 that is not below a fraction; +Inf above the range.
func UpRat(q *big.Rat) float64 { return up(fromRat(q)) }

// DownRat is Down for a fraction.
func DownRat(q *big.Rat) float64 { return down(fromRat(q)) }

// UpInt is UpRat for n·2^e.
func UpInt(n *big.Int, e int) float64 { return up(fromInt(n, e)) }

// DownInt is Down for n·2^e.
func DownInt(n *big.Int, e int) float64 { return down(fromInt(n, e)) }

func up(f float64, acc big.Accuracy) float64 {
	if acc == big.Below {
		return math.Nextafter(f, math.Inf(1))
	}
	return f
}

func down(f float64, acc big.Accuracy) float64 {
	if acc == big.Above {
		return math.Nextafter(f, math.Inf(-1))
	}
	return f
}

// fromRat is FromRat with the sign of f - q.
func fromRat(q *big.Rat) (f float64, acc big.Accuracy) {
	f, exact := FromRat(q)
	switch {
	case exact:
		return f, big.Exact
	case math.IsInf(f, 0):
		return f, infinite(f)
	}
	return f, big.Accuracy(new(big.Rat).SetFloat64(f).Cmp(q))
}

// fromInt is FromInt with the sign of f - n·2^e. It allocates nothing, and needs no big.Float,
// whose exponents have 32 bits only.
func fromInt(n *big.Int, e int) (f float64, acc big.Accuracy) {
	s := n.Sign()
	if s == 0 {
		return 0, big.Exact
	}
	length := n.BitLen()
	switch {
	case e > topExponent-length:
		f = math.Inf(s)
		return f, infinite(f)
	case e < bottomExponent-length:
		return math.Copysign(0, float64(s)), big.Accuracy(-s)
	}
	// |n| is m·2^(length−64) but for bits below m, which only matter to say that there are some.
	m := leading(n)
	top := length + e                    // 2^(top−1) ≤ |n|·2^e < 2^top
	keep := min(53, top-bottomExponent)  // bits of a float64 of that size, 0 to 53
	drop := uint(64 - keep)              // 11 to 64; a shift by 64 gives 0
	kept, rest := m>>drop, m<<uint(keep) // rest is left-aligned: 2⁶³ is half
	more := n.TrailingZeroBits()+64 < uint(length)
	const half = 1 << 63
	acc = big.Below
	switch {
	case rest == 0 && !more:
		acc = big.Exact
	case rest > half, rest == half && (more || kept&1 == 1):
		kept, acc = kept+1, big.Above
	}
	f = math.Ldexp(float64(kept), top-keep) // exact, or infinite when kept has become 2⁵³
	if math.IsInf(f, 0) {
		acc = big.Above
	}
	if s < 0 {
		return -f, -acc
	}
	return f, acc
}

// leading returns the 64 leading bits of |n|, the first one set.
func leading(n *big.Int) uint64 {
	words := n.Bits()
	at := func(i int) uint64 { // counted from the top
		if i >= len(words) {
			return 0
		}
		return uint64(words[len(words)-1-i])
	}
	high, low := at(0), at(1)
	if bits.UintSize == 32 {
		high, low = at(0)<<32|at(1), at(2)<<32|at(3)
	}
	shift := uint(bits.LeadingZeros64(high))
	return high<<shift | low>>(64-shift)
}

// infinite is the accuracy of an infinite f for a finite number.
func infinite(f float64) big.Accuracy {
	if f > 0 {
		return big.Above
	}
	return big.Below
}

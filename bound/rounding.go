// Outward rounding. Everything a local bound computes in floats is a sum of
// products of one sign, so that a relative error bound serves, and is pushed
// outward by it. u = 2⁻⁵³ is the unit roundoff.

package bound

import "math"

// up and down return the neighbouring float.
func up(x float64) float64   { return math.Nextafter(x, math.Inf(1)) }
func down(x float64) float64 { return math.Nextafter(x, math.Inf(-1)) }

// away returns a float at least as far from zero as the exact value T of a sum of at most n
// products of one sign that was computed as s.
//
// The products have a relative error of u each (or 2⁻¹⁰⁷⁵ absolute, on underflow), and each term
// passes at most n−1 additions, so |T| ≤ |s|/(1−γ_n) + n·2⁻¹⁰⁷⁴ with γ_n = nu/(1−nu), and
// 1/(1−γ_n) ≤ 1+1.1nu while n < 2⁴⁰; beyond, the result is infinite. The factor below exceeds that
// by more than the 4u that its own three operations can lose. A sum that overflowed is Inf and
// stays so. Since float addition and multiplication are monotone, so is away.
//
// The sign of T is that of s. Where s is 0 because all products underflowed, T is taken to be ≥ 0:
// who sums negative ones must not let them vanish (mulZero).
func away(s float64, n int) float64 {
	if n >= mostTerms {
		return math.Copysign(math.Inf(1), s)
	}
	s *= 1 + float64(n+8)*0x1p-52
	if s < 0 {
		return s - float64(n+8)*0x1p-1073
	}
	return s + float64(n+8)*0x1p-1073
}

// mostTerms is the number of terms from which on away derives nothing.
const mostTerms = 1 << 40

// shareUp returns an upper bound on a·b·2⁻⁵², for a, b ≥ 0, with 0·∞ = 0: what rounding the
// products of a with numbers that sum to b loses, but for underflow of the products. 2⁻⁵²·a first
// might underflow to an exact 0 and meet a huge b.
func shareUp(a, b float64) float64 { return mulUp(a, mulUp(0x1p-52, b)) }

// norm2Up returns an upper bound on ‖x‖₂, whatever the range of x. It is monotone in each |x_k| up
// to the scaling, and 0 for the zero vector.
func norm2Up(x []float64) float64 {
	m := 0.0
	for _, v := range x {
		m = math.Max(m, math.Abs(v))
	}
	if m == 0 || math.IsInf(m, 0) {
		return m
	}
	_, e := math.Frexp(m)
	s := 0.0
	for _, v := range x {
		v = math.Ldexp(v, -e) // exact, unless it falls below 2⁻¹⁰⁷⁴, which away's absolute term covers
		s += v * v
	}
	return up(math.Ldexp(up(math.Sqrt(away(s, len(x)+1))), e)) // ldexp may round below the normal range
}

// sumAbsUp returns an upper bound on Σ|x_k|·h_k, h ≥ 0.
func sumAbsUp(x, h []float64) float64 {
	s := 0.0
	for k, v := range x {
		if v != 0 && h[k] != 0 {
			s += math.Abs(v) * h[k]
		}
	}
	return away(s, len(x))
}

// mulUp returns an upper bound on a·b for a, b ≥ 0, with 0·∞ = 0.
func mulUp(a, b float64) float64 {
	if a == 0 || b == 0 {
		return 0
	}
	return up(a * b)
}

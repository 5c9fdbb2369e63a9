package cone

// Rays and values in two tiers. What int64 holds is computed there, with products of 128 bits that
// cannot overflow; what it does not hold is computed in big integers. A ray that fits again after
// its common divisor is taken out goes back.

import (
	"math/big"
	"math/bits"

	"github.com/relucell/relucell/internal/dyadic"
)

// vector is a primitive vector of integers: in small, or if int64 does not hold it in large.
type vector struct {
	small []int64
	large []*big.Int
	bits  int // of the largest number in small
}

// number is an integer: large if that is not nil.
type number struct {
	small int64
	large *big.Int
}

// smallBits is the most bits of a number that is kept in an int64: of two such, products have 124
// bits and a sum of two products 125, which a signed number of 128 bits holds.
const smallBits = 62

// vectorOf returns a vector in its tier.
func vectorOf(v []*big.Int) vector {
	r := vector{small: make([]int64, len(v))}
	for k, x := range v {
		if x.BitLen() > smallBits {
			return vector{large: v}
		}
		r.small[k] = x.Int64()
		r.bits = max(r.bits, x.BitLen())
	}
	return r
}

// integers returns the vector in big integers.
func (v *vector) integers() []*big.Int {
	if v.large != nil {
		return v.large
	}
	w := dyadic.ZeroInts(len(v.small))
	for k, x := range v.small {
		w[k].SetInt64(x)
	}
	return w
}

func (n number) sign() int {
	switch {
	case n.large != nil:
		return n.large.Sign()
	case n.small > 0:
		return 1
	case n.small < 0:
		return -1
	}
	return 0
}

func (n number) integer() *big.Int {
	if n.large != nil {
		return n.large
	}
	return big.NewInt(n.small)
}

// numberOf returns an integer in its tier.
func numberOf(x *big.Int) number {
	if x.BitLen() <= smallBits {
		return number{small: x.Int64()}
	}
	return number{large: x}
}

// times returns row·ray. A sum of n products below 2^b each is below 2^(b + bits of n).
func (v *vector) times(ray *vector) number {
	if v.large == nil && ray.large == nil && v.bits+ray.bits+bits.Len(uint(len(v.small))) <= smallBits {
		s := int64(0)
		for k, x := range v.small {
			s += x * ray.small[k]
		}
		return number{small: s}
	}
	return numberOf(dot(v.integers(), ray.integers()))
}

// between returns the primitive vector in direction a·w − b·v, a > 0 > b: on the hyperplane where v
// has the value a and w the value b.
func between(v *vector, a number, w *vector, b number) vector {
	if v.large == nil && w.large == nil && a.large == nil && b.large == nil {
		p, q := uint64(a.small), uint64(-b.small)
		g := gcd(p, q)
		p, q = p/g, q/g
		if max(bits.Len64(p)+w.bits, bits.Len64(q)+v.bits) < smallBits {
			return between64(v.small, w.small, int64(p), int64(q))
		}
		if u, ok := between128(v.small, w.small, p, q); ok {
			return u
		}
	}
	x, y, p, q := v.integers(), w.integers(), a.integer(), new(big.Int).Neg(b.integer())
	u, t := dyadic.ZeroInts(len(x)), new(big.Int)
	for k := range u {
		u[k].Mul(p, y[k])
		u[k].Add(u[k], t.Mul(q, x[k]))
	}
	return vectorOf(Primitive(u))
}

// between64 returns the primitive p·w + q·v where int64 holds the sums.
func between64(v, w []int64, p, q int64) vector {
	u, g := make([]int64, len(v)), uint64(0)
	for k := range u {
		u[k] = p*w[k] + q*v[k]
		if g != 1 && u[k] != 0 {
			g = gcd(g, absolute(u[k]))
		}
	}
	largest := uint64(0)
	for k, x := range u {
		u[k] = x / int64(g)
		largest |= absolute(u[k])
	}
	return vector{small: u, bits: bits.Len64(largest)}
}

// between128 returns the primitive p·w + q·v by sums of 128 bits, unless it has more than smallBits
// or a common divisor of more than 64 bits.
func between128(v, w []int64, p, q uint64) (vector, bool) {
	sums, g := make([]wide, 0, 32), wide{}
	for k := range v {
		s := product(p, w[k]).plus(product(q, v[k]))
		sums = append(sums, s)
		if g.hi != 0 || g.lo != 1 {
			g = g.gcd(s)
		}
	}
	if g.hi != 0 {
		return vector{}, false
	}
	u, largest := make([]int64, len(v)), uint64(0)
	for k, s := range sums {
		x, ok := s.over(g.lo)
		if !ok {
			return vector{}, false
		}
		u[k] = x
		largest |= absolute(x)
	}
	return vector{small: u, bits: bits.Len64(largest)}, true
}

// wide is a number of 128 bits: its magnitude and its sign.
type wide struct {
	hi, lo   uint64
	negative bool
}

func product(p uint64, x int64) wide {
	hi, lo := bits.Mul64(p, absolute(x))
	return wide{hi, lo, x < 0}
}

// plus adds numbers whose sum has at most 127 bits.
func (a wide) plus(b wide) wide {
	if a.negative == b.negative {
		lo, carry := bits.Add64(a.lo, b.lo, 0)
		hi, _ := bits.Add64(a.hi, b.hi, carry)
		return wide{hi, lo, a.negative}
	}
	if a.less(b) {
		a, b = b, a
	}
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(a.hi, b.hi, borrow)
	return wide{hi, lo, a.negative}
}

// less compares magnitudes.
func (a wide) less(b wide) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

// gcd returns the greatest common divisor; that with 0 is the other. By Euclid in binary: the
// smaller is taken off the larger, both odd, until it divides by a word.
func (a wide) gcd(b wide) wide {
	a.negative, b.negative = false, false
	if a.hi|a.lo == 0 || b.hi|b.lo == 0 {
		return wide{hi: a.hi | b.hi, lo: a.lo | b.lo}
	}
	shift := wide{hi: a.hi | b.hi, lo: a.lo | b.lo}.twos()
	a = a.right(a.twos())
	for b.hi|b.lo != 0 {
		b = b.right(b.twos())
		if b.less(a) {
			a, b = b, a
		}
		if a.hi == 0 {
			a.lo = gcd(a.lo, bits.Rem64(b.hi, b.lo, a.lo))
			break
		}
		b.negative = true
		b = a.plus(b)
		b.negative = false
	}
	return a.left(shift)
}

// twos returns how often 2 divides a number that is not 0.
func (a wide) twos() int {
	if a.lo != 0 {
		return bits.TrailingZeros64(a.lo)
	}
	return 64 + bits.TrailingZeros64(a.hi)
}

func (a wide) right(n int) wide {
	if n >= 64 {
		return wide{lo: a.hi >> (n - 64)}
	}
	return wide{hi: a.hi >> n, lo: a.lo>>n | a.hi<<(64-n)}
}

func (a wide) left(n int) wide {
	if n >= 64 {
		return wide{hi: a.lo << (n - 64)}
	}
	return wide{hi: a.hi<<n | a.lo>>(64-n), lo: a.lo << n}
}

// over returns a/g for a divisor g, if it has at most smallBits.
func (a wide) over(g uint64) (int64, bool) {
	if a.hi >= g {
		return 0, false
	}
	x, _ := bits.Div64(a.hi, a.lo, g)
	if bits.Len64(x) > smallBits {
		return 0, false
	}
	if a.negative {
		return -int64(x), true
	}
	return int64(x), true
}

func absolute(x int64) uint64 {
	if x < 0 {
		return uint64(-x)
	}
	return uint64(x)
}

// gcd returns the greatest common divisor; that with 0 is the other.
func gcd(a, b uint64) uint64 {
	if a == 0 || b == 0 {
		return a | b
	}
	shift := bits.TrailingZeros64(a | b)
	a >>= bits.TrailingZeros64(a)
	for b != 0 {
		b >>= bits.TrailingZeros64(b)
		if a > b {
			a, b = b, a
		}
		b -= a
	}
	return a << shift
}

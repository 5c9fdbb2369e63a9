package safety

// Numbers of 128 bits, for sums of products of numbers below 2⁶¹ in size.

import "math/bits"

// small bounds the size of the numbers that a proof is made of: products of two of them, and sums
// of as many as are added, fit into 128 bits.
const small = 1 << 61

func isSmall(v int64) bool { return -small < v && v < small }

// wide is hi·2⁶⁴ + lo.
type wide struct {
	hi int64
	lo uint64
}

func times(a, b int64) wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return wide{int64(hi) - a>>63&b - b>>63&a, lo}
}

func (x wide) plus(y wide) wide {
	lo, carry := bits.Add64(x.lo, y.lo, 0)
	return wide{x.hi + y.hi + int64(carry), lo}
}

func (x wide) negative() wide {
	lo, borrow := bits.Sub64(0, x.lo, 0)
	return wide{-x.hi - int64(borrow), lo}
}

// floor returns ⌊x/2^s⌋, and whether that is small.
func (x wide) floor(s uint) (int64, bool) {
	if s >= 64 {
		x.lo, x.hi, s = uint64(x.hi), x.hi>>63, s-64
	}
	if s > 0 {
		x.lo = x.lo>>s | uint64(x.hi)<<(64-s)
		x.hi >>= s
	}
	v := int64(x.lo)
	return v, x.hi == v>>63 && isSmall(v)
}

// ceil returns ⌈x/2^s⌉, and whether that is small.
func (x wide) ceil(s uint) (int64, bool) {
	v, ok := x.negative().floor(s)
	return -v, ok
}

// scaled returns ⌊a·b/2^s⌋, and whether that is small.
func scaled(a, b int64, s uint) (int64, bool) { return times(a, b).floor(s) }

// dot returns Σ a_i·b_i.
func dot(a, b []int64) wide {
	var hi, lo, carry uint64
	b = b[:len(a)]
	for i, v := range a {
		w := b[i]
		h, l := bits.Mul64(uint64(v), uint64(w))
		lo, carry = bits.Add64(lo, l, 0)
		hi += h - uint64(v>>63&w) - uint64(w>>63&v) + carry
	}
	return wide{int64(hi), lo}
}

func magnitude(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// total returns Σ|v_i| of small numbers, and whether that is small.
func total(v []int64) (int64, bool) {
	t := int64(0)
	for _, x := range v {
		if t += magnitude(x); t >= small {
			return t, false
		}
	}
	return t, true
}

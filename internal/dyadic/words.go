package dyadic

// Integers of a fixed number of words, in two's complement: for sums of products that math/big
// spends more on asking for room than on the products.
//
// All arithmetic is that of the integers modulo 2^m, m the bits of the words of a number. It is
// exact wherever the result alone is known to lie between −2^(m−1) and 2^(m−1); what comes about on
// the way may wrap. So nothing here looks for an overflow, and whoever calls has a bound of the
// result: see WordsFor. The checker has words of its own, on purpose.

import (
	"math/big"
	"math/bits"
)

// WordsFor returns how many words an integer of absolute value less than 2^n needs.
func WordsFor(n int) int { return n/64 + 1 }

// AddMul adds a·b·2^shift times the numbers of x to those of z, of k words each. shift ≥ 0.
func AddMul(z, x []uint64, k int, a, b int64, shift int) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	o, r := shift/64, uint(shift%64)
	for i, v := range [...]uint64{lo << r, hi<<r | lo>>(64-r), hi >> (64 - r)} {
		if v != 0 && o+i < k {
			addMul(z, x, k, o+i, v, (a < 0) != (b < 0))
		}
	}
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// addMul adds a·b·2^(64·o) to z, or subtracts it, which is to add it to −1 − z. A carry out of a
// number is dropped.
func addMul(z, b []uint64, k, o int, a uint64, negative bool) {
	var flip uint64
	if negative {
		flip = ^flip
	}
	if k == 2 && o == 0 { // most are so
		b = b[:len(z)]
		for i := 1; i < len(z); i += 2 {
			hi, lo := bits.Mul64(a, b[i-1])
			lo, c := bits.Add64(z[i-1]^flip, lo, 0)
			z[i-1], z[i] = lo^flip, (z[i]^flip+a*b[i]+hi+c)^flip
		}
		return
	}
	for i := 0; i < len(z); i += k {
		to, from := z[i+o:i+k], b[i:i+k-o]
		if zero(from) { // most are, in the rows of convolutions
			continue
		}
		to = to[:len(from)]
		var carry uint64
		for j, x := range from {
			hi, lo := bits.Mul64(a, x)
			lo, c := bits.Add64(lo, carry, 0)
			carry = hi + c
			lo, c = bits.Add64(to[j]^flip, lo, 0)
			carry += c
			to[j] = lo ^ flip
		}
	}
}

func zero(v []uint64) bool {
	for _, x := range v {
		if x != 0 {
			return false
		}
	}
	return true
}

// Widen sets z to b, vectors of numbers of k words and of n ≤ k.
func Widen(z []uint64, k int, b []uint64, n int) {
	for ; len(z) > 0; z, b = z[k:], b[n:] {
		sign := uint64(int64(b[n-1]) >> 63)
		for j := copy(z[:k], b[:n]); j < k; j++ {
			z[j] = sign
		}
	}
}

// LoadWords sets z to the number b.
func LoadWords(z *big.Int, b []uint64) {
	negative, c := int64(b[len(b)-1]) < 0, uint64(1)
	words := z.Bits()[:0]
	for _, x := range b {
		if negative {
			x, c = bits.Add64(^x, 0, c)
		}
		words = append(words, big.Word(x))
		if bits.UintSize < 64 {
			words = append(words, big.Word(x>>32))
		}
	}
	if z.SetBits(words); negative {
		z.Neg(z)
	}
}

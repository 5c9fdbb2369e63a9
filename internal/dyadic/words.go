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

// Factor is an integer to multiply numbers of words with: ±v·2^(64·offset).
type Factor struct {
	v        [3]uint64
	offset   int
	negative bool
}

// NewFactor returns a·b·2^shift, shift ≥ 0.
func NewFactor(a, b int64, shift int) Factor {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	r := uint(shift % 64)
	f := Factor{v: [3]uint64{lo << r, hi<<r | lo>>(64-r), hi >> (64 - r)}, offset: shift / 64}
	f.negative = (a < 0) != (b < 0)
	return f
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// Negated returns −f.
func (f Factor) Negated() Factor {
	f.negative = !f.negative
	return f
}

// AddMul adds f·b to z, vectors of numbers of k words.
func (f Factor) AddMul(z, b []uint64, k int) {
	for i, x := range f.v {
		if o := f.offset + i; x != 0 && o < k {
			addMul(z, b, k, o, x, f.negative)
		}
	}
}

// addMul adds a·b·2^(64·o) to z, or subtracts it, which is to add it to −1 − z. A carry out of a
// number is dropped.
func addMul(z, b []uint64, k, o int, a uint64, negative bool) {
	var flip uint64
	if negative {
		flip = ^flip
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

package affine

// Integers of a fixed number of words, in two's complement: what the forms of a path are made of.
//
// All arithmetic here is that of the integers modulo 2^m, m the bits of the words of a number. It
// is exact wherever the result alone is known to lie between −2^(m−1) and 2^(m−1); what comes about
// on the way may wrap. So nothing here looks for an overflow, and whoever calls has a bound of the
// result: see Words.

import (
	"math/big"
	"math/bits"
	"slices"
)

// Words returns the words that an integer of absolute value less than 2^n needs.
func Words(n int) int { return n/bits.UintSize + 1 }

// MulAdd adds a·b to z, or −a·b, both vectors of numbers of k words.
func MulAdd(z, b []uint, k int, a *big.Int, negative bool) {
	negative = negative != (a.Sign() < 0)
	for o, x := range a.Bits() {
		if o == 0 && x != 0 {
			mac(z, b, k, uint(x), negative)
		} else if o < k && x != 0 {
			for i := 0; i < len(z); i += k {
				mac(z[i+o:i+k], b[i:i+k-o], k-o, uint(x), negative)
			}
		}
	}
}

// Subtract subtracts b from z, both vectors of numbers of k words.
func Subtract(z, b []uint, k int) { mac(z, b, k, 1, true) }

// mac is the one multiply-add of the checker: it adds a·b to z, or subtracts it, which is to add it
// to −1 − z. A carry out of a number is dropped.
func mac(z, b []uint, k int, a uint, negative bool) {
	var hi, lo, c, d, flip uint
	if negative {
		flip = ^flip
	}
	b = b[:len(z)]
	if k == 2 { // most have two words
		for i := 1; i < len(z); i += 2 {
			hi, lo = bits.Mul(a, b[i-1])
			lo, c = bits.Add(z[i-1]^flip, lo, 0)
			z[i-1], z[i] = lo^flip, (z[i]^flip+a*b[i]+hi+c)^flip
		}
		return
	}
	for i := 0; i < len(z); i++ {
		carry := uint(0)
		for last := i + k - 1; i < last && i < len(z); i++ {
			hi, lo = bits.Mul(a, b[i])
			lo, c = bits.Add(lo, carry, 0)
			lo, d = bits.Add(z[i]^flip, lo, 0)
			z[i], carry = lo^flip, hi+c+d
		}
		if i < len(z) { // always; the last word needs no more than the low one of a product
			z[i] = (z[i] ^ flip + a*b[i] + carry) ^ flip
		}
	}
}

// spread returns a word full of the sign bit of a number: what stands above its words.
func spread(z []uint) uint { return uint(int(z[len(z)-1]) >> (bits.UintSize - 1)) }

// signOf returns the sign of a number.
func signOf(z []uint) int {
	switch {
	case spread(z) != 0:
		return -1
	case IsZero(z):
		return 0
	}
	return +1
}

func IsZero(z []uint) bool { return !slices.ContainsFunc(z, func(x uint) bool { return x != 0 }) }

// outgrows reports whether a is larger than b in absolute value, or as large in some cases; so of
// some numbers one is largest that no later one outgrows, and that outgrows one that no earlier one
// did. The words of a number below 0, flipped, are those of what is 1 less in absolute value.
func outgrows(a, b []uint) bool {
	fa, fb := spread(a), spread(b)
	for i := len(a) - 1; i >= 0; i-- {
		if x, y := a[i]^fa, b[i]^fb; x != y {
			return x > y
		}
	}
	return fa != 0 && fb == 0
}

// load sets z to the number b.
func load(z *big.Int, b []uint) {
	words, flip := z.Bits()[:0], spread(b)
	c := flip & 1 // −x is 1 more than the words of x flipped
	for _, x := range b {
		x, c = bits.Add(x^flip, 0, c)
		words = append(words, big.Word(x))
	}
	if z.SetBits(words); flip != 0 {
		z.Neg(z)
	}
}

// LoadForm sets z to a form with numbers of k words, or to minus the form.
func LoadForm(z []big.Int, f []uint, k int, negative bool) {
	for i := range z {
		if load(&z[i], f[i*k:(i+1)*k]); negative {
			z[i].Neg(&z[i])
		}
	}
}

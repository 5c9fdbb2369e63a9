package fixed

// Numbers of 61 bits, and sums of 128.

import (
	"math/big"
	"math/bits"
)

// SmallBits bounds every number that is stored: it is less than 2^SmallBits in absolute value. So
// the sum of two fits into 64 bits, and a product with the 62 bits of a layer's weights, or a sum
// of such products whose factors on one side sum up to 62 bits, into 128.
const SmallBits = 61

// tooLarge is the panic about a number that is not small.
type tooLarge struct{}

// Overflow throws what Fits catches.
func Overflow() { panic(tooLarge{}) }

// Small returns v, which has to be small.
func Small(v int64) int64 {
	if v <= -1<<SmallBits || v >= 1<<SmallBits {
		panic(tooLarge{})
	}
	return v
}

// Fits says whether all numbers are small that run comes to.
func Fits(run func()) (yes bool) {
	defer func() {
		if fault := recover(); fault != nil && fault != any(tooLarge{}) {
			panic(fault)
		}
	}()
	run()
	return true
}

// Wide is an integer of 128 bits in two's complement.
type Wide struct{ hi, lo uint64 }

// Product returns a·b.
func Product(a, b int64) Wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return Wide{hi - uint64(a>>63&b+b>>63&a), lo}
}

// Add adds v, modulo 2^128.
func (w *Wide) Add(v Wide) {
	var c uint64
	w.lo, c = bits.Add64(w.lo, v.lo, 0)
	w.hi, _ = bits.Add64(w.hi, v.hi, c)
}

// Floor returns ⌊w/2^s⌋ for s < 128, which has to be small.
func (w Wide) Floor(s uint) int64 {
	high := int64(w.hi)
	v := int64(w.lo>>s | w.hi<<(64-s))
	if s >= 64 {
		v, s = high>>(s-64), 63
	}
	if high>>s != v>>63 {
		panic(tooLarge{})
	}
	return Small(v)
}

// FloorOf returns ⌊num/den·2^e⌋, den > 0, which has to be small.
func FloorOf(num, den *big.Int, e int) int64 {
	var t, d big.Int
	if num.BitLen()-den.BitLen()+e <= 63 {
		t.Div(t.Lsh(num, uint(max(e, 0))), d.Lsh(den, uint(max(-e, 0)))) // rounds down, as d > 0
		if t.IsInt64() {
			return Small(t.Int64())
		}
	}
	panic(tooLarge{})
}

// Size returns Σ|a|, which has to be small: this is what sums of 128 bits rest on.
func Size(v []int64) (n int64) {
	for _, a := range v {
		n = Small(n + max(a, -a))
	}
	return n
}

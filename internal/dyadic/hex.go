package dyadic

// The one spelling of numbers in hexadecimal, of canonical texts, proofs and lists: equal numbers
// are equal bytes.

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// AppendHex appends the one spelling of a finite v:
// -?0x1.<lower-case hex digits, no trailing zero>p<sign><exponent>, without the
// point when there are no digits, the exponent in decimal without leading zeros
// (0x1p-1, 0x1.8p+3). Zero, of either sign, is 0x0p+0.
func AppendHex(dst []byte, v float64) []byte {
	if v == 0 {
		return append(dst, "0x0p+0"...)
	}
	const mantissa, exponents, bias = 52, 1<<11 - 1, 1023
	if b := math.Float64bits(v); b>>mantissa&exponents != 0 && b>>mantissa&exponents != exponents {
		// A normal number, several times faster than strconv has it: a fingerprint spells all
		// weights.
		if v < 0 {
			dst = append(dst, '-')
		}
		dst = append(dst, "0x1"...)
		digits := b << (64 - mantissa)
		if digits != 0 {
			dst = append(dst, '.')
		}
		for ; digits != 0; digits <<= 4 {
			dst = append(dst, "0123456789abcdef"[digits>>60])
		}
		e := int(b>>mantissa&exponents) - bias
		if e >= 0 {
			return strconv.AppendUint(append(dst, "p+"...), uint64(e), 10)
		}
		return strconv.AppendUint(append(dst, "p-"...), uint64(-e), 10)
	}
	return unpadded(strconv.AppendFloat(dst, v, 'x', -1, 64))
}

// AppendBigHex is AppendHex for a number of any length.
func AppendBigHex(dst []byte, v *big.Float) []byte {
	if v.Sign() == 0 {
		return append(dst, "0x0p+0"...)
	}
	if x, was := FromFloat(v); was == big.Exact { // several times faster
		return AppendHex(dst, x)
	}
	return unpadded(v.Append(dst, 'x', -1))
}

// AppendIntHex is AppendHex for n·2^e.
func AppendIntHex(dst []byte, n *big.Int, e int) []byte {
	if n.Sign() == 0 {
		return append(dst, "0x0p+0"...)
	}
	if n.Sign() < 0 {
		dst = append(dst, '-')
	}
	dst = append(dst, "0x1"...)
	top, low, words := n.BitLen()-1, int(n.TrailingZeroBits()), n.Bits()
	if top > low {
		dst = append(dst, '.')
	}
	for at := top; at > low; at -= 4 { // the four bits below bit at
		digit := bitsFrom(words, max(at-4, 0))
		if at < 4 {
			digit <<= 4 - at
		}
		dst = append(dst, "0123456789abcdef"[digit&15])
	}
	if e += top; e >= 0 {
		return strconv.AppendUint(append(dst, "p+"...), uint64(e), 10)
	}
	return strconv.AppendUint(append(dst, "p-"...), uint64(-e), 10)
}

// bitsFrom returns four bits or more from a bit on.
func bitsFrom(words []big.Word, bit int) big.Word {
	i, b := bit/bits.UintSize, uint(bit%bits.UintSize)
	w := words[i] >> b
	if b > 0 && i+1 < len(words) {
		w |= words[i+1] << (bits.UintSize - b)
	}
	return w
}

// unpadded drops the first digit of an exponent that was padded to two digits, at the end of dst.
func unpadded(dst []byte) []byte {
	if n := len(dst) - 2; dst[n] == '0' && (dst[n-1] == '+' || dst[n-1] == '-') {
		dst = append(dst[:n], dst[n+1])
	}
	return dst
}

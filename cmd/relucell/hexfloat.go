package main

// Exact numbers in JSON: the one spelling of the canonical text, for mantissas of any length.

import (
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

// hexadecimal spells a number.
func hexadecimal(v *big.Float) string { return string(dyadic.AppendBigHex(nil, v)) }

// exactText spells a fraction as hexadecimal does, or where it is no number of that kind as p/q.
func exactText(v *big.Rat) string {
	if d := v.Denom(); uint(d.BitLen()-1) != d.TrailingZeroBits() {
		return v.RatString()
	}
	f := new(big.Float).SetPrec(max(uint(v.Num().BitLen()), 1)).SetInt(v.Num())
	return hexadecimal(f.SetMantExp(f, 1-v.Denom().BitLen()))
}

// readable is the float64 nearest to a number that hexadecimal spells, as people read it.
func readable(hex string) string {
	v, _, err := big.ParseFloat(hex, 0, 53, big.ToNearestEven)
	if err != nil {
		panic(err) // hexadecimal has spelt it
	}
	return v.Text('g', -1)
}

// appendList appends an array of n elements.
func appendList(dst []byte, n int, element func(dst []byte, i int) []byte) []byte {
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = element(dst, i)
	}
	return append(dst, ']')
}

// appendHexFloats appends numbers as strings, as all exact numbers are spelled.
func appendHexFloats(dst []byte, x []*big.Float) []byte {
	return appendList(dst, len(x), func(dst []byte, k int) []byte {
		return append(dyadic.AppendBigHex(append(dst, '"'), x[k]), '"')
	})
}

// appendHexInts appends x·2^exp.
func appendHexInts(dst []byte, x []*big.Int, exp int) []byte {
	return appendList(dst, len(x), func(dst []byte, k int) []byte {
		return append(dyadic.AppendIntHex(append(dst, '"'), x[k], exp), '"')
	})
}

package main

// Exact numbers in JSON: the one spelling of the canonical text, for mantissas of any length.

import (
	"bytes"
	"math/big"
)

type hexFloat struct{ *big.Float }

// MarshalJSON writes the number as a string, as network.AppendHex spells a float64.
func (h hexFloat) MarshalJSON() ([]byte, error) {
	return append(appendHex([]byte{'"'}, h.Float), '"'), nil
}

// appendHex appends the spelling of a finite v.
func appendHex(dst []byte, v *big.Float) []byte {
	if v.Sign() == 0 {
		return append(dst, "0x0p+0"...)
	}
	start := len(dst)
	dst = v.Append(dst, 'x', -1)
	// math/big pads the exponent to two digits.
	p := start + bytes.IndexByte(dst[start:], 'p') + 2
	if p+1 < len(dst) && dst[p] == '0' {
		dst = append(dst[:p], dst[p+1:]...)
	}
	return dst
}

func hexFloats(x []*big.Float) []hexFloat {
	h := make([]hexFloat, len(x))
	for k, v := range x {
		h[k] = hexFloat{v}
	}
	return h
}

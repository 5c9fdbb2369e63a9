package main

// Exact numbers in JSON: the one spelling of the canonical text, for mantissas of any length.

import (
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

type hexFloat struct{ *big.Float }

// MarshalJSON writes the number as a string, as all exact numbers are spelled.
func (h hexFloat) MarshalJSON() ([]byte, error) {
	return append(dyadic.AppendBigHex([]byte{'"'}, h.Float), '"'), nil
}

func hexFloats(x []*big.Float) []hexFloat {
	h := make([]hexFloat, len(x))
	for k, v := range x {
		h[k] = hexFloat{v}
	}
	return h
}

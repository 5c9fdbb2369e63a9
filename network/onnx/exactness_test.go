// Exact arithmetic for the tests of exactness.

package onnx

import (
	"math/big"

	"github.com/stretchr/testify/require"
)

func rat(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

func requireExactProduct(t require.TestingT, a, b float64) {
	require.Zero(t, new(big.Rat).Mul(rat(a), rat(b)).Cmp(rat(a*b)), "%g·%g", a, b)
}

func requireExactSum(t require.TestingT, a, b, s float64) {
	require.Zero(t, new(big.Rat).Add(rat(a), rat(b)).Cmp(rat(s)), "%g+%g", a, b)
}

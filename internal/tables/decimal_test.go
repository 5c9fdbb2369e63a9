package tables

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		down, up string
	}{
		{1, 3, "0.333", "0.334"}, {-1, 3, "-0.334", "-0.333"}, {1, 2, "0.5", "0.5"}, {0, 1, "0", "0"}, {2, 3, "0.666", "0.667"},
		{12345, 1, "12300", "12400"}, {9999, 1, "9990", "10000"}, {999, 1, "999", "999"}, {1, 1e9, "1e-9", "1e-9"}, {1234, 1e10, "1.23e-7", "1.24e-7"},
		{-9999, 10, "-1000", "-999"}, {100, 1, "100", "100"}, {99999, 100000, "0.999", "1"},
	} {
		v := big.NewRat(c.num, c.den)
		require.Equal(t, c.down, Decimal(v, 3, false))
		require.Equal(t, c.up, Decimal(v, 3, true))
	}
}

func TestDecimalsAreOnTheirSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := big.NewRat(rapid.Int64().Draw(t, "num"), rapid.Int64Min(1).Draw(t, "den"))
		digits := rapid.IntRange(1, 20).Draw(t, "digits")
		low, ok := new(big.Rat).SetString(Decimal(v, digits, false))
		require.True(t, ok)
		high, ok := new(big.Rat).SetString(Decimal(v, digits, true))
		require.True(t, ok)
		require.True(t, low.Cmp(v) <= 0 && v.Cmp(high) <= 0)
		width := new(big.Rat).Sub(high, low)
		size := new(big.Rat).Abs(v)
		require.True(t, width.Cmp(size.Mul(size, new(big.Rat).SetFrac(big.NewInt(10), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)-1), nil)))) <= 0)
	})
}

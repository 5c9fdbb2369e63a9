package dyadic

import (
	"math/big"
	"strings"
)

// ParseRat reads a number as big.Rat.SetString does, except that both parts of a fraction are in
// decimals, as in every table of other programs: SetString takes 010/3 for eight thirds, and 010
// for ten. It is nil where there is no number.
func ParseRat(s string) *big.Rat {
	num, den, isFraction := strings.Cut(s, "/")
	if !isFraction {
		v, _ := new(big.Rat).SetString(s)
		return v
	}
	n, ok := new(big.Int).SetString(num, 10)
	if !ok || den == "" || strings.Trim(den, "0123456789") != "" {
		return nil
	}
	d, _ := new(big.Int).SetString(den, 10)
	if d.Sign() == 0 {
		return nil
	}
	return new(big.Rat).SetFrac(n, d)
}

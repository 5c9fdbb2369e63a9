package dyadic

import (
	"math/big"
	"strconv"
	"strings"
)

// ParseRat reads a number as big.Rat.SetString does, except that both parts of a fraction are in
// decimals, as in every table of other programs: SetString takes 010/3 for eight thirds, and 010
// for ten. It is nil where there is no number; as 1_0, which is ten in programs alone.
func ParseRat(s string) *big.Rat {
	if strings.Contains(s, "_") {
		return nil
	}
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

// ParseFloat reads a float64 as strconv.ParseFloat does, except that underscores stand in no number
// but in programs.
func ParseFloat(s string) (float64, error) {
	if strings.Contains(s, "_") {
		return 0, &strconv.NumError{Func: "ParseFloat", Num: s, Err: strconv.ErrSyntax}
	}
	return strconv.ParseFloat(s, 64)
}

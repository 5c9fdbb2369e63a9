package tables

// Decimals of fractions, rounded to the side that is asked for: a bound stays one.

import (
	"math/big"
	"strconv"
	"strings"
)

// Decimal writes v with so many significant digits, rounded up or down: the number written is
// never below v, or never above it. Zeros behind the point are left out.
func Decimal(v *big.Rat, digits int, up bool) string {
	if v.Sign() == 0 {
		return "0"
	}
	n, e := round(v, digits, up)
	s := n.String()
	minus := ""
	if s[0] == '-' {
		minus, s = "-", s[1:]
	}
	exp := len(s) - 1 + e // of the first digit
	if t := strings.TrimRight(s, "0"); t != "" {
		s = t
	} else {
		return "0"
	}
	const widest = 21 // places before the point, and zeros behind it, as Go's %v has them
	switch {
	case exp >= widest || exp < -5:
		if len(s) > 1 {
			s = s[:1] + "." + s[1:]
		}
		return minus + s + "e" + strconv.Itoa(exp)
	case exp < 0:
		return minus + "0." + strings.Repeat("0", -exp-1) + s
	case len(s) <= exp+1:
		return minus + s + strings.Repeat("0", exp+1-len(s))
	}
	return minus + s[:exp+1] + "." + s[exp+1:]
}

// round returns n and e with n·10^e beside v, n of about so many digits.
func round(v *big.Rat, digits int, up bool) (n *big.Int, e int) {
	// The first digit's place, off by one at most: the bits of a quotient, times log10 2.
	bits := v.Num().BitLen() - v.Denom().BitLen()
	e = int(float64(bits)*0.30103) - digits
	if bits < 0 {
		e--
	}
	num, den := new(big.Int).Set(v.Num()), new(big.Int).Set(v.Denom())
	ten := func(k int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(k)), nil) }
	if e > 0 {
		den.Mul(den, ten(e))
	} else {
		num.Mul(num, ten(-e))
	}
	n = floor(num, den, up)
	for len(strings.TrimPrefix(n.String(), "-")) > digits {
		den.Mul(den, big.NewInt(10))
		n, e = floor(num, den, up), e+1
	}
	return n, e
}

// floor returns num/den, den > 0, rounded down, or up.
func floor(num, den *big.Int, up bool) *big.Int {
	q, r := new(big.Int).DivMod(num, den, new(big.Int)) // r ≥ 0
	if up && r.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return q
}

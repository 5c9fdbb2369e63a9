// Package fractions reads fractions, writes them in their one spelling, in lowest terms, and brings
// them to one denominator. What is read is exact, of any value, with at most 20,000 digits above
// and below; a common denominator has at most 131,072 bits, or there is none: so what is computed
// from a line stays as large as the line is long.
package fractions

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// MaxFraction bounds the digits of a numerator and of a denominator, MaxCommon the bits of a common
// denominator.
const MaxFraction, MaxCommon = 20000, 1 << 17

var fraction = regexp.MustCompile(`^-?[0-9]+(/[0-9]+)?$`)

// Read reads p or p/q. That it is in its one spelling is seen when it is written again.
func Read(in *canonical.Position, w string) *big.Rat {
	num, den, _ := strings.Cut(w, "/")
	v, ok := new(big.Rat), len(num) <= MaxFraction+1 && len(den) <= MaxFraction && fraction.MatchString(w)
	if ok {
		_, ok = v.SetString(w)
	}
	in.Require(ok, "expected an integer, or p/q in lowest terms, of at most 20000 digits each")
	return v
}

// Text is a vector as text, with spaces between.
func Text(v []*big.Rat) string {
	words := make([]string, len(v))
	for k, x := range v {
		words[k] = x.RatString()
	}
	return strings.Join(words, " ")
}

// Dyadic returns z·2^−scale.
func Dyadic(z *big.Int, scale uint) *big.Rat {
	return new(big.Rat).SetFrac(z, new(big.Int).Lsh(big.NewInt(1), scale))
}

// Common returns numbers times one, their least common denominator, unless that is too long.
func Common(v []*big.Rat) (z []big.Int, one *big.Int, ok bool) {
	var g big.Int
	one, z = big.NewInt(1), make([]big.Int, len(v))
	for _, x := range v {
		g.GCD(nil, nil, one, x.Denom())
		if one.Mul(one, g.Quo(x.Denom(), &g)); one.BitLen() > MaxCommon {
			return nil, nil, false
		}
	}
	for k, x := range v {
		z[k].Mul(x.Num(), g.Quo(one, x.Denom()))
	}
	return z, one, true
}

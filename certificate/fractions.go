package certificate

// Fractions in their one spelling, and over one denominator.

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// maxFraction bounds the digits of a numerator and of a denominator, maxCommon the bits of a common
// denominator.
const maxFraction, maxCommon = 20000, 1 << 17

var fraction = regexp.MustCompile(`^-?[0-9]+(/[0-9]+)?$`)

// readFraction reads p or p/q. That it is in its one spelling is seen when it is written again.
func readFraction(in *canonical.Position, w string) *big.Rat {
	num, den, _ := strings.Cut(w, "/")
	v, ok := new(big.Rat), len(num) <= maxFraction+1 && len(den) <= maxFraction && fraction.MatchString(w)
	if ok {
		_, ok = v.SetString(w)
	}
	in.Require(ok, "expected an integer, or p/q in lowest terms, of at most 20000 digits each")
	return v
}

// spelled is a vector as text.
func spelled(v []*big.Rat) string {
	words := make([]string, len(v))
	for k, x := range v {
		words[k] = x.RatString()
	}
	return strings.Join(words, " ")
}

// ratio returns z·2^−scale.
func ratio(z *big.Int, scale uint) *big.Rat {
	return new(big.Rat).SetFrac(z, new(big.Int).Lsh(big.NewInt(1), scale))
}

// inIntegers returns numbers times one, their least common denominator, unless that is too long.
func inIntegers(v []*big.Rat) (z []big.Int, one *big.Int, ok bool) {
	var g big.Int
	one, z = big.NewInt(1), make([]big.Int, len(v))
	for _, x := range v {
		g.GCD(nil, nil, one, x.Denom())
		if one.Mul(one, g.Quo(x.Denom(), &g)); one.BitLen() > maxCommon {
			return nil, nil, false
		}
	}
	for k, x := range v {
		z[k].Mul(x.Num(), g.Quo(one, x.Denom()))
	}
	return z, one, true
}

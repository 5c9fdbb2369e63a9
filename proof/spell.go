package proof

// The spelling of what lines hold: balls and integers. That of other numbers is the canonical
// text's.

import (
	"slices"
	"strconv"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
)

// SpellBall spells a ball as the line of a proof does: the norm, and then the radius and the
// centre, or the lower and the upper bounds of a box.
func SpellBall(b ball.Ball) string {
	text := []byte(b.Norm().String())
	numbers := slices.Concat([]float64{b.Radius()}, b.Center())
	if b.Norm() == ball.Box {
		numbers = slices.Concat(b.Lo(), b.Hi())
	}
	for _, v := range numbers {
		text = dyadic.AppendHex(append(text, ' '), v)
	}
	return string(text)
}

// appendInt appends v in decimal. Most numbers of a proof have one or two
// digits, and a proof has very many numbers.
func appendInt(b []byte, v int64) []byte {
	switch {
	case 0 <= v && v < 10:
		return append(b, byte('0'+v))
	case 10 <= v && v < 100:
		return append(b, byte('0'+v/10), byte('0'+v%10))
	}
	return strconv.AppendInt(b, v, 10)
}

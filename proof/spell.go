package proof

// The spelling of what lines hold: balls, integers, and coordinates of any length. That of a
// float64 is the canonical text's.

import (
	"bytes"
	"math/big"
	"slices"
	"strconv"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
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
		text = network.AppendHex(append(text, ' '), v)
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

// appendBig appends the spelling of a finite v.
func appendBig(b []byte, v *big.Float) []byte {
	if v.Sign() == 0 {
		return append(b, "0x0p+0"...)
	}
	start := len(b)
	b = v.Append(b, 'x', -1) // 0x1.8p-03: exact, no trailing zeros
	p := start + bytes.IndexByte(b[start:], 'p') + 2
	if p+1 < len(b) && b[p] == '0' {
		b = append(b[:p], b[p+1:]...)
	}
	return b
}

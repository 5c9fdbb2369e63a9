package proof

// The one spelling of a number, as the writer makes it. strconv and math/big spell the same
// digits but pad exponents to two places; these do not.

import (
	"bytes"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"

	"github.com/relucell/relucell/ball"
)

// SpellBall spells a ball as the line of a proof does: the norm, and then the radius and the centre, or the lower and
// the upper bounds of a box.
func SpellBall(b ball.Ball) string {
	text := []byte(b.Norm().String())
	numbers := slices.Concat([]float64{b.Radius()}, b.Center())
	if b.Norm() == ball.Box {
		numbers = slices.Concat(b.Lo(), b.Hi())
	}
	for _, v := range numbers {
		text = appendFloat(append(text, ' '), v)
	}
	return string(text)
}

// appendFloat appends the spelling of a finite v.
func appendFloat(b []byte, v float64) []byte {
	if v == 0 {
		return append(b, "0x0p+0"...)
	}
	u := math.Float64bits(v)
	if u>>63 != 0 {
		b = append(b, '-')
	}
	e, m := int(u>>52&0x7ff)-1023, u<<12 // m: the digits after the point, left-aligned
	if e == -1023 {                      // subnormal: m·2^−1074·2^−12 has no leading 1
		up := bits.LeadingZeros64(m) + 1
		e, m = -1022-up, m<<up
	}
	b = append(b, '0', 'x', '1')
	if m != 0 {
		b = append(b, '.')
	}
	for ; m != 0; m <<= 4 {
		b = append(b, "0123456789abcdef"[m>>60])
	}
	b = append(b, 'p')
	if e >= 0 {
		b = append(b, '+')
	}
	return appendInt(b, int64(e))
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

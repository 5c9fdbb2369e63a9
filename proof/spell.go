package proof

// The spelling of lines: what was shown of a cell, and witnesses (docs/certificate.md).

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
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

// spelled are the numbers below spelledMost in decimal, and how many digits each has, in a word:
// the first digit is in the lowest byte, the number of digits in the highest. Most numbers of a
// proof are below, a proof has very many, and no one can predict how many digits the next one has.
// In padded all have three digits.
var spelled, padded = func() (t, p [spelledMost]uint32) {
	for v := range t {
		for i, c := range strconv.Itoa(v) {
			t[v] += uint32(c)<<(8*i) + 1<<24
		}
		for i, c := range strconv.Itoa(spelledMost + v)[1:] {
			p[v] += uint32(c) << (8 * i)
		}
	}
	return t, p
}()

const spelledMost = 1000

// appendInt appends v in decimal.
func appendInt(b []byte, v int64) []byte {
	switch {
	case uint64(v) < spelledMost:
		t := spelled[v]
		return binary.LittleEndian.AppendUint32(b, t)[:len(b)+int(t>>24)]
	case v > 0:
		b = appendInt(b, v/spelledMost)
		return binary.LittleEndian.AppendUint32(b, padded[v%spelledMost])[:len(b)+3]
	}
	return strconv.AppendInt(b, v, 10)
}

// lineRoom is the room in bytes that a line finds, which most need no more of.
const lineRoom = 1 << 10

// line begins a line. The text grows by doubling: by less, as append would have it, long ones are
// copied several times more.
func (p *pen) line(c byte) []byte {
	if cap(p.text)-len(p.text) < lineRoom {
		p.text = slices.Grow(p.text, max(min(len(p.text), p.held()/2), lineRoom))
	}
	return append(p.text, c)
}

func (p *pen) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// Narrowed says that input k is at most x on the cell, with side +1, or at least x, with −1.
func (w *Writer) Narrowed(k int, side int8, x float64, m *enumerate.Multipliers) {
	c := byte(']')
	if side < 0 {
		c = '['
	}
	b := appendInt(w.line(c), int64(k))
	n, e := dyadic.Split(x)
	if e > 0 {
		b = new(big.Int).Lsh(big.NewInt(n), uint(e)).Append(append(b, ' '), 10)
		e = 0
	} else {
		b = appendInt(append(b, ' '), n)
	}
	b = appendInt(append(b, ' '), int64(-e))
	w.multipliers(b, m)
}

// Pruned says that the side of a neuron of the layer opposite to live (+1 or −1) is empty. With
// named, lines that follow may name the neuron. Of a piece of a maximum, whose place among the
// signs of the layer is neuron, it says with −1 that its class is empty.
func (w *Writer) Pruned(neuron int, live int8, named bool, m *enumerate.Multipliers) {
	c := byte('+')
	switch {
	case live < 0 && named:
		c = '<'
	case live < 0:
		c = '-'
	case named:
		c = '>'
	}
	w.multipliers(appendInt(w.line(c), int64(neuron)), m)
}

// multipliers ends a line with multipliers, of which 1 is not written.
func (p *pen) multipliers(b []byte, m *enumerate.Multipliers) {
	if len(m.Back) == 0 {
		p.fail(errors.New("a line without a constraint that it names"))
	}
	b = append(b, ' ')
	if m.BigSelf == nil {
		if m.Self > 0 { // none in a line that says that a class of a maximum is empty
			b = appendFactor(b, m.Self)
		}
		for i, back := range m.Back {
			b = appendFactor(appendName(b, back), m.Lambda[i])
		}
	} else {
		if m.BigSelf.Sign() > 0 {
			b = p.appendBigFactor(b, m.BigSelf)
		}
		for i, back := range m.Back {
			b = p.appendBigFactor(appendName(b, back), m.BigLambda[i])
		}
	}
	p.text = append(b, '\n')
}

// appendName names a constraint counted back from the last, 0: bijectively in capitals, with a
// small letter at the end.
func appendName(b []byte, back int32) []byte {
	if back < 26 {
		return append(b, byte('a'+back))
	}
	var capitals [8]byte
	n := len(capitals)
	for high := back / 26; high > 0; high = (high - 1) / 26 {
		n--
		capitals[n] = byte('A' + (high-1)%26)
	}
	return append(append(b, capitals[n:]...), byte('a'+back%26))
}

func appendFactor(b []byte, v int64) []byte {
	if v == 1 {
		return b
	}
	return appendInt(b, v)
}

func (p *pen) appendBigFactor(b []byte, v *big.Int) []byte {
	if p.capped(v); v.IsInt64() {
		return appendFactor(b, v.Int64())
	}
	return v.Append(b, 10)
}

// capped fails on a number that the checker would refuse for its length.
func (p *pen) capped(v *big.Int) {
	if v.BitLen() > maxDigits*3 { // 3 bits a digit: below 10^maxDigits
		p.fail(&WriteError{fmt.Errorf("a number has %d bits, expected %d at most", v.BitLen(), maxDigits*3)})
	}
}

// leaf writes a witness: integers, and the exponent that they share.
func (p *pen) leaf(c byte, x []float64) {
	n, exps, e := make([]int64, 0, 16), make([]int, 0, 16), 0
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			p.fail(fmt.Errorf("a witness has the coordinate %g, expected a finite number", v))
			return
		}
		m, exp := dyadic.Split(v)
		n, exps, e = append(n, m), append(exps, exp), min(e, exp)
	}
	for i, m := range n {
		shift := exps[i] - e
		if shift > 62-bits.Len64(uint64(max(m, -m))) && m != 0 {
			p.leafIntegers(c, dyadic.Floats(x))
			return
		}
		n[i] = m << shift
	}
	b := appendInt(p.line(c), int64(-e))
	for _, v := range n {
		minus := v >> 63 // or 0
		b = append(b, ' '+byte(minus&('-'-' ')))
		b = appendInt(b, v^minus-minus)
	}
	p.text = append(b, '\n')
}

func (p *pen) leafBig(c byte, x []*big.Float) {
	for _, v := range x {
		if v.IsInf() {
			p.fail(fmt.Errorf("a witness has the coordinate %g, expected a finite number", v))
			return
		}
	}
	p.leafIntegers(c, dyadic.BigFloats(x))
}

// leafIntegers is leaf for numbers of any length.
func (p *pen) leafIntegers(c byte, x dyadic.Vector) {
	if -x.Exp > maxExponent {
		p.fail(&WriteError{fmt.Errorf("a witness has the exponent %d, expected %d at most", -x.Exp, maxExponent)})
	}
	b := appendInt(p.line(c), int64(max(0, -x.Exp)))
	for i := range x.N {
		v := &x.N[i]
		if x.Exp > 0 {
			v = new(big.Int).Lsh(v, uint(x.Exp))
		}
		if p.capped(v); v.Sign() >= 0 {
			b = append(b, ' ')
		}
		b = v.Append(b, 10)
	}
	p.text = append(b, '\n')
}

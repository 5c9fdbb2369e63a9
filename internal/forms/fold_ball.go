// The ball's map before the first layer. It is diagonal, so it costs a product for each weight, and
// nothing at all where the ball is around 0 and its half-widths are powers of two, as that scales
// columns as rows are scaled anyway.

package forms

import (
	"math/big"

	"github.com/relucell/relucell/ball"
)

// inBall returns y ↦ g(c + diag(s)·y), nil once stopped says so.
func (f *IntAffine) inBall(b ball.Ball, stopped func() bool) *IntAffine {
	mid, half := b.Mid(), b.Scale()
	scale := 0
	for i := range mid {
		for _, v := range []*big.Float{mid[i], half[i]} {
			if v.Sign() != 0 {
				scale = max(scale, -lowExp(v))
			}
		}
	}
	c, s := make([]*big.Int, len(mid)), make([]*big.Int, len(mid))
	for i := range mid {
		c[i], s[i] = floatToInt(mid[i], scale), floatToInt(half[i], scale)
	}
	h := newAffine(f.Rows, f.Cols, f.Scale+scale)
	var t big.Int
	for j := range h.B {
		if stopped() {
			return nil
		}
		offset := new(big.Int)
		if f.B[j] != nil {
			offset.Lsh(f.B[j], uint(scale))
		}
		h.W[j] = newIntRow(len(f.W[j].W))
		for n, w := range f.W[j].W {
			i := int(f.W[j].At[n])
			if s[i] != nil {
				h.W[j].add(i, new(big.Int).Mul(w, s[i]))
			}
			if c[i] != nil {
				offset.Add(offset, t.Mul(w, c[i]))
			}
		}
		if offset.Sign() != 0 {
			h.B[j] = offset
		}
	}
	return h
}

// dyadicBall says that the ball's map is y ↦ diag(2^e)·y, and then adds the exponents to shift.
func (m *Model) dyadicBall(shift []int) bool {
	for i, c := range m.mid {
		if c.Sign() != 0 || m.half[i].Sign() <= 0 || m.half[i].MinPrec() != 1 {
			return false
		}
	}
	for i, s := range m.half {
		shift[i] += s.MantExp(nil) - 1
	}
	return true
}

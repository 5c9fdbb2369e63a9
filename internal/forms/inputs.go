// From the coordinates y of the unit ball to those of the network's inputs.

package forms

import (
	"math"
	"math/big"
)

// residualLeast is the least product whose rounding error is a float: that is a multiple of 2⁻¹⁰⁵
// of it or more. Below, the residual may underflow to 0.
const residualLeast = 0x1p-960

// PlainX computes x = c + diag(s)·y and says whether it is exact: an FMA residual tells whether the
// product rounded, and two-sum whether the sum did. Domain: the residual does not underflow.
func (m *Model) PlainX(y, x []float64) bool {
	if !m.plainPoint {
		return false
	}
	for k, v := range y {
		c := m.center[k]
		p := m.scale[k] * v
		if v != 0 && !(math.Abs(p) >= residualLeast && math.FMA(m.scale[k], v, -p) == 0) {
			return false
		}
		sum := c + p
		t := sum - c
		if (c-(sum-t))+(p-t) != 0 || math.IsInf(sum, 0) {
			return false
		}
		x[k] = sum
	}
	return true
}

// NearX computes x = c + diag(s)·y in floats, and returns what each coordinate is off by at most
// where those of y are by err.
//
// Let |y_k| ≤ 1.005. With u for a rounding, c is off by u|c| and s by u|s|, the product rounds by
// u|s||y| and the sum by u(|c|+|s||y|), besides what is smaller by a factor u and what underflows,
// which slack and underflow cover.
//
// Domain: no coordinate overflows, else the bound is +Inf.
func (m *Model) NearX(y, x []float64, err float64) (bound float64) {
	for k, v := range y {
		c, s := m.center[k], m.scale[k]
		x[k] = c + s*v
		if bound = max(bound, Slack*(s*err+4*Unit*(math.Abs(c)+s))+Underflow); math.IsInf(x[k], 0) {
			bound = math.Inf(1)
		}
	}
	return bound
}

// UnitOf returns y with x = c + s·y in coordinate k, exactly, for an x that is finite.
func (m *Model) UnitOf(k int, x float64) *big.Rat {
	v := new(big.Rat).SetFloat64(x)
	c, _ := m.mid[k].Rat(nil)
	s, _ := m.half[k].Rat(nil)
	return v.Quo(v.Sub(v, c), s)
}

// Near returns centre and half-width of coordinate k, rounded.
func (m *Model) Near(k int) (c, s float64) { return m.center[k], m.scale[k] }

// setUnitTerms bounds what y = (x−c)/s is off by in floats, of any coordinate, in roundings u.
//
// Let |y| ≤ 1.005. x−c rounds by u of itself and so does the quotient, which makes 2u|y|, and 4u
// covers them. Where c and s are rounded themselves, x−c is off by u|c| more and s by u of itself,
// which makes u(|c|/s + |y|).
//
// Domain: nothing overflows, else the bound does; and what was rounded is off by a rounding of
// itself, which is so in the normal range, to which plainWeight keeps.
func (m *Model) setUnitTerms() {
	m.UnitTerms = 4
	for k, s := range m.scale {
		c := math.Abs(m.center[k])
		switch {
		case m.plainPoint:
		case s < plainWeight || c != 0 && c < plainWeight:
			m.UnitTerms = MaxTerms
		default:
			m.UnitTerms = max(m.UnitTerms, 4+Slack*(c/s+2))
		}
	}
	if !(m.UnitTerms < MaxTerms) {
		m.UnitTerms = MaxTerms
	}
}

// UnitError bounds what such a y is off by, where its largest coordinate is of this size.
func (m *Model) UnitError(size float64) float64 {
	if m.Wide && m.plainPoint {
		return 4*Unit*size + Underflow
	}
	return m.UnitTerms * Unit
}

// ExactX returns x = c + diag(s)·y in exact dyadic numbers; exact, where it is not nil, is y.
func (m *Model) ExactX(y []float64, exact []*big.Rat) []*big.Float {
	x := make([]*big.Float, m.N)
	if exact == nil {
		for k := range x {
			x[k] = along(m.mid[k], m.half[k], y[k])
		}
		return x
	}
	for k, v := range m.InputOf(exact) {
		x[k] = dyadicFloat(v)
	}
	return x
}

// InputOf returns x = c + diag(s)·y, exactly.
func (m *Model) InputOf(y []*big.Rat) []*big.Rat {
	x := make([]*big.Rat, m.N)
	for k := range x {
		s, _ := m.half[k].Rat(nil)
		c, _ := m.mid[k].Rat(nil)
		x[k] = c.Add(c, s.Mul(s, y[k]))
	}
	return x
}

// along returns c + s·y, unrounded.
func along(c, s *big.Float, y float64) *big.Float {
	if y == 0 || s.Sign() == 0 {
		return new(big.Float).Set(c)
	}
	p := new(big.Float).SetPrec(s.MinPrec()+53).Mul(s, big.NewFloat(y))
	if c.Sign() == 0 {
		return p
	}
	hi := max(c.MantExp(nil), p.MantExp(nil)) + 1
	lo := min(c.MantExp(nil)-int(c.MinPrec()), p.MantExp(nil)-int(p.MinPrec()))
	return new(big.Float).SetPrec(uint(hi-lo)).Add(c, p)
}

// dyadicFloat returns a rational with a power-of-two denominator, unrounded.
func dyadicFloat(v *big.Rat) *big.Float {
	num := new(big.Float).SetPrec(uint(max(v.Num().BitLen(), 1))).SetInt(v.Num())
	return num.SetMantExp(num, 1-v.Denom().BitLen())
}

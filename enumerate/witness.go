// The witnesses of solved cells: made sure of, and handed out as exact points of the input space.

package enumerate

import (
	"fmt"
	"math"
	"math/big"
)

// scratch is what witnesses are shortened and mapped in.
type scratch struct {
	short     witness
	point, xs []float64
}

func newScratch(m *model) scratch {
	return scratch{short: newWitness(m), point: make([]float64, m.n), xs: make([]float64, m.n)}
}

// confirm makes sure that the witness has the labels of the first id neurons,
// and says by which tier.
func (t *Solved) confirm(p *witness, id int) tier {
	if t.agrees(p.z, id) {
		if p.big != nil {
			return tierSolve
		}
		return tierFloat
	}
	if p.big == nil {
		t.pass1.signsTight(p.y, p.z)
		if t.agrees(p.z, id) {
			return tierFloat
		}
	}
	t.m.exactSignsUntil(never, p.exact(), p.z)
	if t.agrees(p.z, id) {
		return tierInteger
	}
	t.err = fmt.Errorf("enumerate: a witness lost its cell after neuron %d", id)
	return tierNone
}

// never is the stop of what must be known: the few points that no float pass tells the signs of, when a proof needs one
// or the walk has time.
func never() bool { return false }

// Witness is the cell's, mapped to x = c + diag(s)·y exactly.
func (t *Solved) Witness(short bool) (x []float64, wide []*big.Float) {
	lv := t.levels[t.depth]
	copy(t.scratch.point, lv.y)
	if short {
		t.shorten(&lv.witness, t.decided(lv))
	}
	if lv.big == nil && t.plainPoint(t.scratch.point) {
		return t.scratch.xs, nil
	}
	return nil, t.m.exactX(&lv.witness, t.scratch.point)
}

// witnessBits are the binary digits after the point that shorten tries: short
// witnesses make short proofs.
var witnessBits = [...]int{5, 7, 9, 11, 14, 18, 26}

// shorten rounds the witness in t.scratch.point to few bits, as long as it stays certain.
func (t *Solved) shorten(p *witness, id int) {
	if p.big != nil || t.m.late() { // seven forward passes for each of thousands of frames would be
		return
	}
	tmp := &t.scratch.short
	for _, bits := range witnessBits {
		f := math.Ldexp(1, bits)
		for k, v := range p.y {
			tmp.y[k] = math.RoundToEven(v*f) / f
		}
		if !insideUnit(t.m.norm, tmp.y) {
			continue
		}
		t.pass1.signs(tmp.y, tmp.z)
		if t.agrees(tmp.z, id) {
			copy(t.scratch.point, tmp.y)
			return
		}
	}
}

// residualLeast is the least product whose rounding error is a float: that is a multiple of 2⁻¹⁰⁵ of it or more. Below,
// the residual may underflow to 0.
const residualLeast = 0x1p-960

// plainPoint computes x in t.scratch.xs and says whether it is exact: an FMA residual tells
// whether the product rounded, and two-sum whether the sum did. Domain: the residual does not underflow.
func (t *Solved) plainPoint(y []float64) bool {
	if !t.m.plainPoint {
		return false
	}
	for k, v := range y {
		c := t.m.center[k]
		p := t.m.scale[k] * v
		if v != 0 && !(math.Abs(p) >= residualLeast && math.FMA(t.m.scale[k], v, -p) == 0) {
			return false
		}
		x := c + p
		d := x - c
		if (c-(x-d))+(p-d) != 0 || math.IsInf(x, 0) {
			return false
		}
		t.scratch.xs[k] = x
	}
	return true
}

// exactX returns the witness as exact dyadic numbers.
func (m *model) exactX(p *witness, y []float64) []*big.Float {
	x := make([]*big.Float, m.n)
	mid, half := m.mid, m.half
	for k := range x {
		if p.big == nil {
			x[k] = along(mid[k], half[k], y[k])
			continue
		}
		v := new(big.Rat).Set(p.big[k])
		s, _ := half[k].Rat(nil)
		c, _ := mid[k].Rat(nil)
		v.Mul(v, s)
		v.Add(v, c)
		x[k] = dyadicFloat(v)
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

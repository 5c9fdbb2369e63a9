// The ends of the walk: final cells, and cells left open by a stop.

package enumerate

import (
	"fmt"
	"math"
	"math/big"
)

// region certifies and reports the final cell at depth d.
func (w *walker) region(d int) {
	lv := w.levels[d]
	if w.uncertain(lv, w.m.neurons) {
		w.openUncertain(len(w.m.layers)-1, w.m.layers[len(w.m.layers)-1].m)
		return
	}
	t := w.confirm(lv, w.m.neurons)
	if t == tierNone {
		return
	}
	w.stats.count(t)
	w.stats.regions++
	w.run.found(w)
	if w.obs != nil {
		w.shorten(lv, w.m.neurons)
		w.emit(lv, w.obs.Region, w.obs.RegionBig)
	}
	if w.run.yield != nil {
		w.run.deliver(w, lv)
	}
}

// confirm makes sure that the witness has the labels of the first id neurons,
// and says by which tier.
func (w *walker) confirm(lv *level, id int) tier {
	if w.agrees(lv.z, id) {
		if lv.big != nil {
			return tierSolve
		}
		return tierFloat
	}
	if lv.big == nil {
		w.pass1.signsTight(lv.y, lv.z)
		if w.agrees(lv.z, id) {
			return tierFloat
		}
	}
	w.m.exactSignsUntil(w.never, lv.exactPoint(), lv.z)
	if w.agrees(lv.z, id) {
		return tierInteger
	}
	w.err = fmt.Errorf("enumerate: a witness lost its cell after neuron %d", id)
	return tierNone
}

// open reports the cell at depth d as left unexplored before neuron j of layer l.
func (w *walker) open(l, j, d int) {
	lv := w.levels[d]
	id := w.m.layers[l].first + j
	if !w.described && w.uncertain(lv, id) {
		w.openUncertain(l, j)
		return
	}
	if !w.described && w.confirm(lv, id) == tierNone {
		return
	}
	if w.run.frontier.Load() != nil {
		w.park(l, j, d)
		return
	}
	w.left++
	w.leftUpper.Add(w.leftUpper, w.cellBound(l, j, d))
	if w.obs != nil {
		w.shorten(lv, id)
		w.emit(lv, w.obs.Open, w.obs.OpenBig)
	}
}

// witnessBits are the binary digits after the point that shorten tries: short
// witnesses make short proofs.
var witnessBits = [...]int{5, 7, 9, 11, 14, 18, 26}

// shorten rounds the witness in w.point to few bits, as long as it stays certain.
func (w *walker) shorten(lv *level, id int) {
	copy(w.point, lv.y)
	if lv.big != nil || w.m.late() { // seven forward passes for each of thousands of frames would be
		return
	}
	tmp := w.short
	for _, bits := range witnessBits {
		f := math.Ldexp(1, bits)
		for k, v := range lv.y {
			tmp.y[k] = math.RoundToEven(v*f) / f
		}
		if !insideUnit(w.m.norm, tmp.y) {
			continue
		}
		w.pass1.signs(tmp.y, tmp.z)
		if w.agrees(tmp.z, id) {
			copy(w.point, tmp.y)
			return
		}
	}
}

// emit maps the point to x = c + diag(s)·y exactly and reports it.
func (w *walker) emit(lv *level, plain func([]float64), wide func([]*big.Float)) {
	if lv.big == nil && w.plainPoint(w.point) {
		plain(w.xs)
		return
	}
	wide(w.m.exactX(lv, w.point))
}

// residualLeast is the least product whose rounding error is a float: that is a multiple of 2⁻¹⁰⁵ of it or more. Below,
// the residual may underflow to 0.
const residualLeast = 0x1p-960

// plainPoint computes x in w.xs and says whether it is exact: an FMA residual tells
// whether the product rounded, and two-sum whether the sum did. Domain: the residual does not underflow.
func (w *walker) plainPoint(y []float64) bool {
	if !w.m.plainPoint {
		return false
	}
	for k, v := range y {
		c := w.m.center[k]
		p := w.m.scale[k] * v
		if v != 0 && !(math.Abs(p) >= residualLeast && math.FMA(w.m.scale[k], v, -p) == 0) {
			return false
		}
		x := c + p
		t := x - c
		if (c-(x-t))+(p-t) != 0 || math.IsInf(x, 0) {
			return false
		}
		w.xs[k] = x
	}
	return true
}

// exactX returns the witness as exact dyadic numbers.
func (m *model) exactX(lv *level, y []float64) []*big.Float {
	x := make([]*big.Float, m.n)
	mid, half := m.mid, m.half
	for k := range x {
		if lv.big == nil {
			x[k] = along(mid[k], half[k], y[k])
			continue
		}
		v := new(big.Rat).Set(lv.big[k])
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

// The box of a proof: once it is shown that a cell lies in a box, whatever is at most 0 on that box
// is so on the cell (docs/certificate.md). The tighter the box, the shorter what has to be shown.

package judge

import (
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/lp/exact"
)

// Box is a box that holds the cell, in coordinates of the unit ball: 2k and 2k+1 are the lower and
// the upper side of coordinate k. None is the cube around the ball.
type Box []Side

// Side is a side of a box: the cube's own, at −1 or 1, or one at X in coordinates of the input.
type Side struct {
	// Y is where it is in the unit ball, as floats take it there.
	Y    float64
	Bare bool // it is the cube's
	X    float64
}

// CopyFrom makes the box the same as o.
func (b *Box) CopyFrom(o Box) { *b = append((*b)[:0], o...) }

// Cube makes it the cube of n dimensions, with sides to set.
func (b *Box) Cube(n int) {
	*b = (*b)[:0]
	for range n {
		*b = append(*b, Side{Y: -1, Bare: true}, Side{Y: 1, Bare: true})
	}
}

// sideTerms is what the sides add to the roundings of a sum, each of whose terms they change.
func (c *filter) sideTerms() int {
	if len(c.Box) == 0 {
		return 0
	}
	return int(math.Ceil(c.Model.UnitTerms))
}

// supremum is that of g·y on the box.
func (b Box) supremum(g []float64) float64 {
	t := 0.0
	b = b[:2*len(g)]
	for k, v := range g {
		t += max(v*b[2*k].Y, v*b[2*k+1].Y) // no branches, which no one can predict
	}
	return t
}

// ends returns the largest and the least value of a form on the box or on the ball, whichever is
// less far, and what they are off by at most.
func (c *filter) ends(z *forms.Form) (up, down, off float64) {
	off = forms.Rounding(z.Err, z.Mag, len(z.G)+c.sideTerms())
	if len(c.Box) == 0 {
		t := forms.Sup(c.Model.Norm, z.G)
		return z.H + t, z.H - t, off
	}
	down, up = z.H, z.H
	box := c.Box[:2*len(z.G)]
	for k, v := range z.G {
		a, b := v*box[2*k].Y, v*box[2*k+1].Y
		down, up = down+min(a, b), up+max(a, b)
	}
	if c.Model.Norm == ball.L2 || c.Model.Norm == ball.L1 {
		t := forms.Sup(c.Model.Norm, z.G)
		up, down = min(up, z.H+t), max(down, z.H-t)
	}
	return up, down, off
}

// AloneFloat sets labels to the signs of Alone where floats are certain of them, else to 0. It says
// whether some of the latter forms do not certainly have both signs either. It goes without
// branches, which no one could predict.
func (c *filter) AloneFloat(fs []forms.Form, labels []int8) (doubtful bool) {
	doubts := int8(0)
	for i := range labels {
		up, down, off := c.ends(&fs[i])
		s := bit(down > off) - bit(up < -off)
		labels[i] = s
		doubts |= (s|bit(up > off)&bit(down < -off))&1 ^ 1
	}
	return doubts != 0
}

func bit(b bool) int8 {
	if b {
		return 1
	}
	return 0
}

// Within says that coordinate k of the input is certainly at most x on the cell, with side +1, or
// at least x, with −1, given multipliers for s·y_k; Out then holds them.
//
// The form is ±s(y_k − y), y being where x is, times a power of two that makes s a half or more.
func (j *Judge) Within(k int, side int8, x float64, ids []int32, lam []float64) bool {
	c, s := j.Model.Near(k)
	m, e := math.Frexp(s)
	clear(j.reach)
	j.reach[k] = m
	h := math.Ldexp(c-x, -e)
	off := forms.Slack * (j.Model.UnitTerms + 1) * forms.Unit // of y, and of m where s was rounded
	z := forms.Form{G: j.reach, H: h, Err: off*m + forms.Underflow, Mag: forms.Slack * (math.Abs(h) + m), Shift: -e, Layer: -1}
	for i := range lam {
		lam[i] *= m
	}
	return j.sound(ids, lam) && j.small(&z, float64(side), ids, lam) && len(j.Out.Back) > 0
}

// Shows says that multipliers show the side s of a form to be empty, in a proof, which names some
// constraint; Out then holds them. With touches the form is known to reach 0 on the closure of the
// cell.
func (j *Judge) Shows(z *forms.Form, s float64, ids []int32, lam []float64, touches bool) bool {
	return j.empty(z, s, ids, lam, touches) != None && len(j.Out.Back) > 0
}

// hopeTries is after how many tries it is asked whether there is hope: most sets need no more.
const hopeTries = 2

// standing says that the multipliers stand before they are rounded. Where forms are degenerate they
// do not, whatever they are rounded to.
func (j *Judge) standing(z *forms.Form, s float64, ids []int32, lam []float64) bool {
	j.round = append(append(j.round[:0], 1), lam...)
	return j.stands(z, s, ids)
}

// small looks for small integers near the multipliers for which floats are certain, and takes them:
// (1, lam) are scaled so that the largest is what it is to be.
func (j *Judge) small(z *forms.Form, s float64, ids []int32, lam []float64) bool {
	if j.few() {
		j.own.set(z, s)
	}
	most := math.Float64bits(1)
	for _, v := range lam {
		most = max(most, math.Float64bits(v)&^(1<<63)) // in the order of the floats, which are ≥ 0
	}
	whole := math.Float64frombits(most)
	for i, top := range proofTops {
		if i == hopeTries && !j.standing(z, s, ids, lam) {
			return false
		}
		if j.scaled(lam, top/whole) && j.stands(z, s, ids) {
			j.thin(z, s, ids)
			j.Out.take(&j.filter, z, ids)
			return true
		}
	}
	return false
}

// Alone says whether a form has one sign on the box or on the ball, zeros at the border or not, and
// which; 0 where it is identically zero. It is exact: a proof says nothing of such a neuron, and
// all of others. Where the model's Late says so afterwards it may be anything.
func (j *Judge) Alone(z *forms.Form) (s int8, alone bool) {
	up, down, off := j.ends(z)
	switch {
	case up < -off:
		return -1, true
	case down > off:
		return 1, true
	case up > off && down < -off:
		return 0, false
	}
	r := j.rowOf(z, 1)
	switch {
	case r.H.Sign() == 0 && !hasGradient(r):
		return 0, true
	case j.nowherePositive(r):
		return -1, true
	case j.nowherePositive(r.Neg()):
		return 1, true
	}
	return 0, false
}

func hasGradient(r exact.Row) bool {
	for _, g := range r.G {
		if g.Sign() != 0 {
			return true
		}
	}
	return false
}

// nowherePositive says that a form is at most 0 on the ball, or on the box.
func (j *Judge) nowherePositive(r exact.Row) bool {
	return exact.NonPositive(j.Model.Norm, r) || len(j.Box) > 0 && j.Box.supremumOf(j.Model, r).Sign() <= 0
}

// supremumOf is that of a form, exactly.
func (b Box) supremumOf(m *forms.Model, r exact.Row) *big.Rat {
	t, v := new(big.Rat).SetInt(r.H), new(big.Rat)
	for k, g := range r.G {
		if g.Sign() == 0 {
			continue
		}
		at := b[2*k]
		if g.Sign() > 0 {
			at = b[2*k+1]
		}
		y := m.UnitOf(k, at.X)
		if at.Bare {
			y.SetFloat64(at.Y)
		}
		t.Add(t, v.Mul(v.SetInt(g), y))
	}
	return t
}

// float is the float filter: the computed f differs from the true one, anywhere on the unit ball,
// by what supremum says at most, so a sum below zero proves f < 0.
func (c *filter) float(z *forms.Form, s, self float64, ids []int32, lam []float64) bool {
	h, err, mag := c.combine(z, s, self, ids, lam)
	return h+c.largest(c.f[:len(z.G)])+forms.Rounding(err, mag, len(ids)+len(z.G)+c.sideTerms()) < 0
}

// largest returns the largest value of g·y on the ball, or on the box where that is less.
func (c *filter) largest(g []float64) float64 {
	if len(c.Box) == 0 {
		return forms.Sup(c.Model.Norm, g)
	}
	sup := c.Box.supremum(g)
	if c.Model.Norm == ball.L2 || c.Model.Norm == ball.L1 {
		sup = min(sup, forms.Sup(c.Model.Norm, g))
	}
	return sup
}

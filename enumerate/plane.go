// What the walk does differently where the solver knows all vertices of a cell (two inputs
// at most): a side without a vertex is empty as far as floats can tell, so that nothing need be
// remembered; and a witness is held against the forms, which cost two products each, instead
// of a forward pass.

package enumerate

import (
	"math"

	"github.com/relucell/relucell/ball"
)

// signAt returns the certain sign of the true form at y in the unit ball, 0 if it
// is not certain. The computed form is off by at most err there, and its value by the roundings
// of n products and n additions: by γ_{n+1}·mag, as |y_k| ≤ 1.
func (z *form) signAt(y []float64) int8 {
	t := z.h
	if len(z.g) == 2 {
		t += z.g[0]*y[0] + z.g[1]*y[1]
	} else {
		for k, g := range z.g {
			t += g * y[k]
		}
	}
	bound := slack*(z.err+float64(len(z.g)+8)*unit*z.mag) + underflow
	switch {
	case t > bound:
		return 1
	case t < -bound:
		return -1
	}
	return 0
}

// within is certain, by the forms where that is cheaper.
func (t *Solved) within(lv *witness, l, id int, s int8) bool {
	if t.outline.polygon != nil && t.policy.allowFloat() && insideUnit(t.m.norm, lv.y) && t.certainByForms(lv, l, id, s) {
		return true
	}
	return t.certain(lv, id, s)
}

// certainByForms says that the witness is certainly in the cell and on side s of neuron id
// of layer l. In the cell means: on the right side of each ancestor. All neurons between
// are settled by proofs, on the whole cell. From the first layer on, each ancestor's form is the true
// one at the point, because the signs before it are. The signs of the neurons still to be decided stay unknown.
func (t *Solved) certainByForms(lv *witness, l, id int, s int8) bool {
	ly := t.m.layers[l]
	if t.form(l, id-ly.first).signAt(lv.y) != s {
		return false
	}
	for i := len(t.cert.anc) - 1; i >= 0; i-- {
		a := &t.cert.anc[i]
		if float64(a.signAt(lv.y)) != a.s {
			return false
		}
	}
	copy(lv.z[:id], t.labels)
	lv.z[id] = s
	lv.full = false
	done := t.states[l].done
	for j := id + 1 - ly.first; j < ly.m; j++ {
		if done[j] != open { // settled on a cell around this one
			lv.z[ly.first+j] = t.labels[ly.first+j]
		} else {
			lv.z[ly.first+j] = 0
		}
	}
	return true
}

// lookAhead sets the signs of layer l at the witness, if they are not known.
func (t *Solved) lookAhead(l int, lv *witness) {
	if lv.full {
		return
	}
	first := t.m.layers[l].first
	for j := range t.states[l].forms {
		lv.z[first+j] = t.form(l, j).signAt(lv.y)
	}
}

// outlines says that outlines may decide: where no multipliers are wanted, and the solver has the cell.
func (t *Solved) outlines() bool {
	return t.outline.polygon != nil && !t.cert.proof && t.off == 0 && t.policy.allowFloat()
}

// outlined finds the outline of the cell, and says whether there is one.
func (t *Solved) outlined() bool { return t.outline.find() }

// outside says that side s of z is certainly empty, by the outline.
func (t *Solved) outside(z *form, s float64) bool {
	if !t.outline.outside(t.m.norm, z, s) {
		return false
	}
	if p := t.policy; p != nil && p.outlined != nil {
		p.outlined(t, z, s)
	}
	return true
}

// supremumPlane is certifier.supremum in one or two dimensions, without loops over coordinates.
func (c *certifier) supremumPlane(z *form, s, self float64, ids []int32, lam []float64) (sup, off float64) {
	n := len(z.g)
	last := n - 1 // in one dimension the same coordinate, not counted
	t := s * self
	f0, f1, h := t*z.g[0], t*z.g[last], t*z.h
	err, mag := self*z.err, self*z.mag
	for i, id := range ids {
		a, l := &c.anc[id], lam[i]
		t := l * a.s
		f0 += t * a.g[0]
		f1 += t * a.g[last]
		h += t * a.h
		err += l * a.err
		mag += l * a.mag
	}
	top := math.Abs(f0)
	switch {
	case n == 1:
	case c.m.norm == ball.L1:
		top = max(top, math.Abs(f1))
	default:
		top += math.Abs(f1)
	}
	return h + top, slack*(err+float64(len(ids)+n+8)*unit*mag) + underflow
}

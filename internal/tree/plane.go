// What a solved tree does differently where the solver knows all vertices of a cell (two inputs at
// most): a witness is held against the forms, which cost two products each, instead of a forward
// pass; and most neurons are settled by an outline.

package tree

import (
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
)

// within is judge.Certain, by the forms where that is cheaper.
func (t *questions) within(p *judge.Point, l, id int, s int8) bool {
	if t.outline.polygon != nil && t.judge.Policy.AllowFloat() && forms.Inside(t.m.Norm, p.Y) && t.certainByForms(p, l, id, s) {
		return true
	}
	return t.judge.Certain(p, id, s)
}

// certainByForms says that the witness is certainly in the cell and on side s of neuron id of layer
// l. In the cell means: on the right side of each constraint. All neurons between are settled by
// proofs, on the whole cell. The signs of the neurons still to be decided stay unknown.
func (t *questions) certainByForms(p *judge.Point, l, id int, s int8) bool {
	ly := t.m.Layers[l]
	if t.Form(l, id-ly.First).SignAt(p.Y) != s || !t.judge.Holds(p.Y) {
		return false
	}
	copy(p.Z[:id], t.labels)
	p.Z[id] = s
	p.Full = false
	done := t.layers[l].done
	for j := id + 1 - ly.First; j < ly.Neurons; j++ {
		if done[j] != open { // settled on a cell around this one
			p.Z[ly.First+j] = t.labels[ly.First+j]
		} else {
			p.Z[ly.First+j] = 0
		}
	}
	return true
}

// lookAhead sets the signs of layer l at the witness, if they are not known.
func (t *questions) lookAhead(l int, p *judge.Point) {
	if p.Full {
		return
	}
	ly := t.m.Layers[l]
	for j := range ly.Neurons {
		p.Z[ly.First+j] = t.Form(l, j).SignAt(p.Y)
	}
}

// outlines says that outlines may decide: where no multipliers are wanted, and the solver has the
// cell.
func (t *questions) outlines() bool {
	return t.outline.polygon != nil && !t.judge.Proof && t.off == 0 && t.judge.Policy.AllowFloat()
}

// outlined finds the outline of the cell, and says whether there is one.
func (t *questions) outlined() bool { return t.outline.find() }

// outside says that side s of z is certainly empty, by the outline.
func (t *questions) outside(z *forms.Form, s float64) bool {
	if !t.outline.outside(t.m.Norm, z, s) {
		return false
	}
	if p := t.policy; p != nil && p.Outlined != nil {
		p.Outlined(t.judge, t.point, z, s)
	}
	return true
}

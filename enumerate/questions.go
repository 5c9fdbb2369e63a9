// Deciding one neuron on a solved cell: the solver proposes, the tiers certify, and each side that lives gets a witness.

package enumerate

import (
	"fmt"
	"math/big"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/exact"
)

// questionWork is what a question of the solver counts as work: some microseconds, where a value at a vertex takes some
// nanoseconds. It steers stints only.
const questionWork = 512

// decide settles the level's neuron, and reports true when both sides live; far then holds the witness of the side on
// which the witness of the cell is not.
func (t *Solved) decide(lv *level) bool {
	z := t.form(lv.l, lv.j)
	id := t.m.layers[lv.l].first + lv.j
	if lv.z[id] == 0 && !lv.full {
		lv.z[id] = z.signAt(lv.y)
	}
	if lv.z[id] == 0 && !t.resolve(z, id, lv) {
		return false
	}
	if t.err != nil || t.gaveUp {
		return false
	}
	s := -float64(lv.z[id])
	if t.off == 0 {
		by, r := t.ask(z, id, s)
		if by != tierNone {
			t.count(by)
			t.pruned(int8(-s), id)
			return false
		}
		if r != nil && t.witness(z, id, s, lv, r) {
			return true
		}
	}
	return t.solve(z, id, s, lv)
}

// pruned labels neuron id and tells of it.
func (t *Solved) pruned(live int8, id int) {
	t.labels[id] = live
	t.told.Pruned(live, &t.cert.out)
}

// ask puts the question to the solver and certifies an answer "empty". tierNone
// says that the side may be live; the reply is then the solver's, or nil after a failure.
func (t *Solved) ask(z *form, id int, s float64) (tier, *lp.Reply) {
	if z.lost() { // a solver can say nothing of it
		return tierNone, nil
	}
	if t.table.used && t.policy.allowFloat() && !t.solver.Seen(z.g, z.h, s) && t.table.recall(t.m.norm, z, id, s) {
		return tierFloat, nil
	}
	if t.outlines() && t.outside(z, s) {
		return tierFloat, nil
	}
	for try := range 2 {
		t.tally.Questions++
		t.tally.Work += questionWork
		r, err := t.solver.Ask(z.g, z.h, s)
		if err == nil && r.Meets {
			return tierNone, r
		}
		if t.m.late() {
			return tierNone, nil
		}
		if err == nil {
			if by := t.cert.prune(z, s, r.ID, r.Lambda); by != tierNone {
				if by == tierFloat {
					t.table.remember(id, s, t.cert.anc, r.ID, r.Lambda)
				}
				return by, nil
			}
		}
		t.tally.Refreshes++
		if try > 0 || !t.solver.Refresh() {
			break
		}
	}
	return tierNone, nil
}

// Where on the segment from the crossing to the solver's point a witness is
// tried. Middling first: the ends are near boundaries. Odd binary fractions keep it off
// hyperplanes that pass through simple points.
var segmentFractions = [...]float64{0.515625, 0.140625, 0.890625}

// witness makes the witness of side s of neuron id from the solver's point,
// in the level, and reports whether it is certain up to that neuron.
func (t *Solved) witness(z *form, id int, s float64, lv *level, r *lp.Reply) bool {
	far := &lv.far
	far.big = nil
	if r.Interior {
		copy(far.y, r.Point)
		if t.within(far, z.layer, id, int8(s)) {
			return true
		}
	} else {
		zp := s * (floats.Dot(z.g, lv.y) + z.h)
		zw := s * (floats.Dot(z.g, r.Point) + z.h)
		if zw > zp {
			cross := max(-zp/(zw-zp), 0)
			for _, f := range segmentFractions {
				at := cross + f*(1-cross)
				for k, p := range lv.y {
					far.y[k] = p + at*(r.Point[k]-p)
				}
				if t.within(far, z.layer, id, int8(s)) {
					return true
				}
			}
		}
	}
	if p, ok := t.solver.Margin(z.g, z.h, s); ok {
		copy(far.y, p)
		if !t.within(far, z.layer, id, int8(s)) {
			return false
		}
		// The solver has moved: let it answer the question again, so that it can split.
		t.tally.Questions++
		r, err := t.solver.Ask(z.g, z.h, s)
		return err == nil && r.Meets
	}
	return false
}

// certain runs the float filter on the witness: strictly inside the ball, the
// labels so far, and sign s at neuron id.
func (t *Solved) certain(p *witness, id int, s int8) bool {
	if !t.cert.policy.allowFloat() || !insideUnit(t.m.norm, p.y) {
		return false
	}
	p.full = true
	t.pass1.signs(p.y, p.z)
	if p.z[id] == s && t.agrees(p.z, id) {
		return true
	}
	t.pass1.signsTight(p.y, p.z)
	return p.z[id] == s && t.agrees(p.z, id)
}

// agrees says that the signs are the labels of the first id neurons.
func (t *Solved) agrees(z []int8, id int) bool {
	return equalLabels(z[:id], t.labels[:id])
}

// resolve gives the cell's witness a certain sign at neuron id, moving it when it
// must. It reports false when the neuron turned out settled (or on an error).
func (t *Solved) resolve(z *form, id int, lv *level) bool {
	if t.vanishes(z) {
		t.labels[id] = 0
		t.told.Zero()
		return false
	}
	if t.off == 0 {
		by, r := t.ask(z, id, 1)
		if by != tierNone {
			t.count(by)
			t.pruned(-1, id)
			return false
		}
		if r != nil && t.witness(z, id, 1, lv, r) {
			lv.set(&lv.far)
			return true
		}
	}
	p := lv.exact()
	signs := make([]int8, t.m.neurons)
	if t.m.exactSigns(p, signs); t.m.late() {
		t.gaveUp = true
		return false
	}
	if signs[id] != 0 {
		lv.z[id] = signs[id]
		return true
	}
	// The witness lies on the hyperplane, so both sides live; take a point of the plus side.
	point, _, _, err := exact.SideUntil(t.m.late, t.m.norm, t.cert.signed(z.layer, z.unit, 1), t.ancestorRows(), p)
	if t.m.late() {
		t.gaveUp = true
		return false
	}
	if err == nil && point == nil {
		err = fmt.Errorf("enumerate: neuron %d: the exact solve found no point beside a hyperplane through the cell", id)
	}
	if err != nil {
		t.err = err
		return false
	}
	t.setExact(&lv.witness, point)
	t.gaveUp = t.m.late()
	return !t.gaveUp
}

// vanishes says that the form is known to be identically zero. A coefficient of the true form
// differs from the computed one by at most err (the ball holds ±e_k and 0).
func (t *Solved) vanishes(z *form) bool {
	if z.err == 0 {
		return z.zero()
	}
	if z.h > z.err || z.h < -z.err {
		return false
	}
	for _, g := range z.g {
		if g > z.err || g < -z.err {
			return false
		}
	}
	r := t.cert.path.at(z.layer, z.unit, t.labels)
	if r.H.Sign() != 0 || t.m.late() {
		return false
	}
	for _, g := range r.G {
		if g.Sign() != 0 {
			return false
		}
	}
	return true
}

// setExact makes an exact point the witness; its signs are then exact.
func (t *Solved) setExact(at *witness, p []*big.Rat) {
	at.big, at.full = nil, true
	for k, v := range p {
		f, exact := dyadic.FromRat(v)
		at.y[k] = f
		if !exact {
			at.big = p
		}
	}
	t.m.exactSigns(p, at.z)
}

// ancestorRows returns the exact rows s·z of the cell's constraints.
func (t *Solved) ancestorRows() []exact.Row {
	rows := make([]exact.Row, len(t.cert.anc))
	for i := range rows {
		a := &t.cert.anc[i]
		rows[i] = t.cert.signed(a.layer, a.unit, a.s)
	}
	return rows
}

// solve is the last tier: an exact answer. It reports whether both sides live.
func (t *Solved) solve(z *form, id int, s float64, lv *level) bool {
	if t.m.late() {
		t.gaveUp = true
		return false
	}
	point, self, lam, err := exact.SideUntil(t.m.late, t.m.norm, t.cert.signed(z.layer, z.unit, s), t.ancestorRows(), lv.exact())
	if t.m.late() { // also where an answer is there: its rows may have been given up
		t.gaveUp = true
		return false
	}
	if err != nil {
		t.err = fmt.Errorf("enumerate: neuron %d: the exact solve failed: %w", id, err)
		return false
	}
	t.count(tierSolve)
	if point == nil {
		if t.cert.proof {
			t.cert.takeBig(z, self, lam)
		}
		t.pruned(int8(-s), id)
		return false
	}
	t.setExact(&lv.far, point)
	t.gaveUp = t.m.late()
	return !t.gaveUp
}

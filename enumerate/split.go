// Splitting a cell, and witnesses: one side keeps the witness of the cell,
// the other gets a new point.

package enumerate

import (
	"fmt"
	"math/big"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/exact"
)

// split walks both sides of neuron j, minus first. follow says that the solver
// is ready for that.
func (w *walker) split(l, j, d int, follow bool) {
	if w.obs != nil {
		w.obs.Split()
	}
	if !follow {
		w.off++
	}
	if w.coin != nil {
		w.probe(l, j, d, follow)
		return
	}
	if len(w.script) > 0 {
		w.repeat(l, j, d, follow)
		return
	}
	w.spend()
	w.frames = append(w.frames, frame{l: l, j: j, d: d, depth: len(w.path), found: w.stats.regions, saved: w.saved})
	if follow {
		w.offer()
	}
	if w.account != nil {
		w.attend()
	}
	w.take(l, j, d, -1, follow)
	f := w.frames[len(w.frames)-1]
	w.frames = w.frames[:len(w.frames)-1]
	switch {
	case f.given != nil:
		w.join(f.given)
	case w.err == nil:
		w.take(l, j, d, 1, follow)
	}
	if !follow {
		w.off--
	}
	if w.obs != nil && w.err == nil {
		w.obs.SplitEnd()
	}
}

// take walks one side of a split, or takes it from a checkpoint.
func (w *walker) take(l, j, d int, s int8, follow bool) {
	if w.m.late() {
		w.leaveSide(l, j, d, s)
		return
	}
	if w.run.journal != nil {
		w.kept(l, j, d, s, follow)
		return
	}
	w.side(l, j, d, s, follow)
}

// side walks one side of a split.
func (w *walker) side(l, j, d int, s int8, follow bool) {
	if w.described {
		w.describeSide(l, j, d, s)
		return
	}
	child := w.level(d + 1)
	lv := w.levels[d]
	id := w.m.layers[l].first + j
	if lv.z[id] == s {
		child.setWitness(lv)
	} else {
		child.setWitness(lv.far)
	}
	if l+1 < len(w.m.layers) {
		child.acc.cols = append(child.acc.cols[:0], lv.acc.cols...)
		child.acc.exact = lv.acc.exact
	}
	w.labels[id] = s
	w.constrain(ancestor{form: w.form(l, j), id: int32(id), s: float64(s)})
	if follow {
		w.solver.Enter(float64(s))
	}
	w.outline.fresh = false
	w.pass(&child.acc, l, j, s)
	w.path = append(w.path, s)
	if t := w.courseOf(l, j+1, d+1); t == waits {
		w.open(l, j+1, d+1)
	} else {
		budget, floor := w.begun(t)
		w.nodes(l, j+1, d+1)
		w.ended(t, budget, floor)
	}
	w.path = w.path[:len(w.path)-1]
	if follow {
		w.solver.Leave()
	}
	w.outline.fresh = false
	w.release()
	w.labels[id] = 0
}

// constrain adds a constraint to the cell, release takes the last one away.
func (w *walker) constrain(a ancestor) {
	w.cert.anc = append(w.cert.anc, a)
	if w.remembers() {
		w.onPath.set(a.id, a.form, a.s)
	}
	if w.polygon != nil {
		w.outline.rows = append(w.outline.rows, a.row())
	}
}

func (w *walker) release() {
	n := len(w.cert.anc) - 1
	if w.remembers() {
		w.onPath.set(w.cert.anc[n].id, nil, 0)
	}
	if w.polygon != nil {
		w.outline.rows = w.outline.rows[:n]
	}
	w.cert.anc = w.cert.anc[:n]
}

// unconstrained takes all constraints away.
func (w *walker) unconstrained() {
	w.cert.anc, w.outline.rows = w.cert.anc[:0], w.outline.rows[:0]
	w.onPath.clear()
}

// Where on the segment from the crossing to the solver's point a witness is
// tried. Middling first: the ends are near boundaries. Odd binary fractions keep it off
// hyperplanes that pass through simple points.
var segmentFractions = [...]float64{0.515625, 0.140625, 0.890625}

// witness makes the witness of side s of neuron id from the solver's point,
// in levels[d].far, and reports whether it is certain up to that neuron.
func (w *walker) witness(z *form, id int, s float64, d int, r *lp.Reply) bool {
	lv := w.levels[d]
	far := lv.far
	far.big = nil
	if r.Interior {
		copy(far.y, r.Point)
		if w.within(far, z.layer, id, int8(s)) {
			return true
		}
	} else {
		zp := s * (floats.Dot(z.g, lv.y) + z.h)
		zw := s * (floats.Dot(z.g, r.Point) + z.h)
		if zw > zp {
			cross := max(-zp/(zw-zp), 0)
			for _, f := range segmentFractions {
				t := cross + f*(1-cross)
				for k, p := range lv.y {
					far.y[k] = p + t*(r.Point[k]-p)
				}
				if w.within(far, z.layer, id, int8(s)) {
					return true
				}
			}
		}
	}
	if p, ok := w.solver.Margin(z.g, z.h, s); ok {
		copy(far.y, p)
		if !w.within(far, z.layer, id, int8(s)) {
			return false
		}
		// The solver has moved: let it answer the question again, so that it can split.
		w.stats.questions++
		r, err := w.solver.Ask(z.g, z.h, s)
		return err == nil && r.Meets
	}
	return false
}

// certain runs the float filter on the witness: strictly inside the ball, the
// labels so far, and sign s at neuron id.
func (w *walker) certain(lv *level, id int, s int8) bool {
	if !w.cert.policy.allowFloat() || !insideUnit(w.m.norm, lv.y) {
		return false
	}
	lv.full = true
	w.pass1.signs(lv.y, lv.z)
	if lv.z[id] == s && w.agrees(lv.z, id) {
		return true
	}
	w.pass1.signsTight(lv.y, lv.z)
	return lv.z[id] == s && w.agrees(lv.z, id)
}

// agrees says that the signs are the labels of the first id neurons.
func (w *walker) agrees(z []int8, id int) bool {
	return equalLabels(z[:id], w.labels[:id])
}

// resolve gives the cell's witness a certain sign at neuron id, moving it when it
// must. It reports false when the neuron turned out settled (or on an error).
func (w *walker) resolve(z *form, id, d int) bool {
	lv := w.levels[d]
	if w.vanishes(z) {
		w.labels[id] = 0
		if w.obs != nil {
			w.obs.Zero()
		}
		return false
	}
	if w.off == 0 {
		t, r := w.ask(z, id, 1)
		if t != tierNone {
			w.stats.count(t)
			w.pruned(-1, id)
			return false
		}
		if r != nil && w.witness(z, id, 1, d, r) {
			lv.setWitness(lv.far)
			return true
		}
	}
	p := lv.exactPoint()
	signs := make([]int8, w.m.neurons)
	if w.m.exactSigns(p, signs); w.m.late() {
		w.gaveUp = true
		return false
	}
	if signs[id] != 0 {
		lv.z[id] = signs[id]
		return true
	}
	// The witness lies on the hyperplane, so both sides live; take a point of the plus side.
	point, _, _, err := exact.SideUntil(w.m.late, w.m.norm, w.cert.signed(z.layer, z.unit, 1), w.ancestorRows(), p)
	if w.m.late() {
		w.gaveUp = true
		return false
	}
	if err == nil && point == nil {
		err = fmt.Errorf("enumerate: neuron %d: the exact solve found no point beside a hyperplane through the cell", id)
	}
	if err != nil {
		w.err = err
		return false
	}
	w.setExact(lv, point)
	w.gaveUp = w.m.late()
	return !w.gaveUp
}

// vanishes says that the form is known to be identically zero. A coefficient of the true form
// differs from the computed one by at most err (the ball holds ±e_k and 0).
func (w *walker) vanishes(z *form) bool {
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
	r := w.cert.path.at(z.layer, z.unit, w.labels)
	if r.H.Sign() != 0 || w.m.late() {
		return false
	}
	for _, g := range r.G {
		if g.Sign() != 0 {
			return false
		}
	}
	return true
}

// exactPoint returns the witness as rationals.
func (lv *level) exactPoint() []*big.Rat {
	if lv.big != nil {
		return lv.big
	}
	return rats(lv.y)
}

// setExact makes an exact point the witness; its signs are then exact.
func (w *walker) setExact(lv *level, p []*big.Rat) {
	lv.big, lv.full = nil, true
	for k, v := range p {
		f, exact := dyadic.FromRat(v)
		lv.y[k] = f
		if !exact {
			lv.big = p
		}
	}
	w.m.exactSigns(p, lv.z)
}

// ancestorRows returns the exact rows s·z of the cell's constraints.
func (w *walker) ancestorRows() []exact.Row {
	rows := make([]exact.Row, len(w.cert.anc))
	for i := range rows {
		a := &w.cert.anc[i]
		rows[i] = w.cert.signed(a.layer, a.unit, a.s)
	}
	return rows
}

// solve is the last tier: an exact answer. It reports whether both sides live.
func (w *walker) solve(z *form, id int, s float64, d int) bool {
	if w.m.late() {
		w.gaveUp = true
		return false
	}
	point, self, lam, err := exact.SideUntil(w.m.late, w.m.norm, w.cert.signed(z.layer, z.unit, s), w.ancestorRows(), w.levels[d].exactPoint())
	if w.m.late() { // also where an answer is there: its rows may have been given up
		w.gaveUp = true
		return false
	}
	if err != nil {
		w.err = fmt.Errorf("enumerate: neuron %d: the exact solve failed: %w", id, err)
		return false
	}
	w.stats.count(tierSolve)
	if point == nil {
		if w.cert.proof {
			w.cert.takeBig(z, self, lam)
		}
		w.pruned(int8(-s), id)
		return false
	}
	w.setExact(w.levels[d].far, point)
	w.gaveUp = w.m.late()
	return !w.gaveUp
}

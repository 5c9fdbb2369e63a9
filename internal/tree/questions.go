// Deciding one neuron on a solved cell: the solver proposes, the tiers certify, and each side that
// lives gets a witness.

package tree

import (
	"fmt"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/lp"
)

// questionWork is what a question of the solver counts as work: some microseconds, where a value at
// a vertex takes some nanoseconds. It steers stints only.
const questionWork = 512

// questions decides neurons on one cell, which constrain and release make smaller and larger.
type questions struct {
	trunk
	solver lp.Incremental
	pivots int64 // of the solver, when they were last counted
	off    int   // > 0: the solver could not follow; questions go to the exact solve
	table  proofTable
	exact  exactSigns
	gaveUp bool // the decision at hand was given up, by a walk that is late
	err    error
}

// decide settles the level's neuron, and reports true when both sides live; far then holds the
// witness of the side on which the witness of the cell is not.
func (t *questions) decide(lv *level) bool {
	z := t.Form(lv.l, lv.j)
	id := t.m.Layers[lv.l].First + lv.j
	if lv.Z[id] == 0 && !t.resolve(z, id, lv) {
		return false
	}
	if t.err != nil || t.gaveUp {
		return false
	}
	s := -float64(lv.Z[id])
	if t.off == 0 {
		by, r := t.ask(z, id, s)
		if by != judge.None {
			t.count(by)
			t.pruned(z, int8(-s), id)
			return false
		}
		if r != nil && t.witness(z, id, s, lv, r) {
			return true
		}
	}
	return t.solve(z, id, s, lv)
}

// pruned labels the neuron of a form, id, and tells of it, unless it settles itself.
func (t *questions) pruned(z *forms.Form, live int8, id int) {
	if t.judge.Proof {
		_, alone := t.judge.Alone(z)
		if t.m.Late() { // which it may not be known to do
			t.gaveUp = true
			return
		}
		if !alone {
			t.told.Pruned(z.Unit, live, false, &t.judge.Out)
		}
	}
	t.labels[id] = live
}

// ask puts the question to the solver and certifies an answer "empty". judge.None
// says that the side may be live; the reply is then the solver's, or nil after a failure.
func (t *questions) ask(z *forms.Form, id int, s float64) (judge.Tier, *lp.Reply) {
	if z.Lost() { // a solver can say nothing of it
		return judge.None, nil
	}
	if id >= 0 && t.table.used && t.judge.Policy.AllowFloat() && !t.solver.Seen(z.G, z.H, s) && t.table.settles(t.m.Norm, z, id, s) {
		return judge.Float, nil
	}
	for try := range 2 {
		t.tally.Questions++
		t.tally.Work += questionWork
		r, err := t.solver.Ask(z.G, z.H, s)
		if err == nil && r.Meets {
			return judge.None, r
		}
		if t.m.Late() {
			return judge.None, nil
		}
		if err == nil {
			if by := t.judge.Empty(z, s, r.ID, r.Lambda); by != judge.None {
				if by == judge.Float && id >= 0 {
					t.table.remember(id, s, t.judge.Cell, r.ID, r.Lambda)
				}
				return by, nil
			}
		}
		t.tally.Refreshes++
		if try > 0 || !t.solver.Refresh() {
			break
		}
	}
	return judge.None, nil
}

// Where on the segment from the crossing to the solver's point a witness is
// tried. Middling first: the ends are near boundaries. Odd binary fractions keep it off
// hyperplanes that pass through simple points.
var segmentFractions = [...]float64{0.515625, 0.140625, 0.890625}

// witness makes the witness of side s of neuron id from the solver's point,
// in the level, and reports whether it is certain up to that neuron.
func (t *questions) witness(z *forms.Form, id int, s float64, lv *level, r *lp.Reply) bool {
	far := &lv.far
	far.Big = nil
	if r.Interior {
		copy(far.Y, r.Point)
		if t.judge.Certain(far, id, int8(s)) {
			return true
		}
	} else {
		zp := s * (floats.Dot(z.G, lv.Y) + z.H)
		zw := s * (floats.Dot(z.G, r.Point) + z.H)
		if zw > zp {
			cross := max(-zp/(zw-zp), 0)
			for _, f := range segmentFractions {
				at := cross + f*(1-cross)
				for k, p := range lv.Y {
					far.Y[k] = p + at*(r.Point[k]-p)
				}
				if t.judge.Certain(far, id, int8(s)) {
					return true
				}
			}
		}
	}
	if p, ok := t.solver.Margin(z.G, z.H, s); ok {
		copy(far.Y, p)
		if !t.judge.Certain(far, id, int8(s)) {
			return false
		}
		// The solver has moved: let it answer the question again, so that it can split.
		t.tally.Questions++
		r, err := t.solver.Ask(z.G, z.H, s)
		return err == nil && r.Meets
	}
	return false
}

// exactSigns are those of all neurons at the point where they were asked for last. In deep networks
// float errors outgrow the values of whole layers, and the same witness is asked for one neuron
// after the other.
type exactSigns struct {
	at    []*big.Rat
	signs []int8
}

// of evaluates the network at p, unless that is where it was evaluated last. It reports false where
// the walk is late.
func (e *exactSigns) of(m *forms.Model, p []*big.Rat) bool {
	if slices.EqualFunc(e.at, p, func(a, b *big.Rat) bool { return a.Cmp(b) == 0 }) {
		return true
	}
	e.at, e.signs = nil, make([]int8, m.Neurons)
	if m.ExactSigns(p, e.signs); m.Late() {
		return false
	}
	e.at = make([]*big.Rat, len(p))
	for k, v := range p {
		e.at[k] = new(big.Rat).Set(v)
	}
	return true
}

// resolve gives the cell's witness a certain sign at neuron id, moving it when it
// must. It reports false when the neuron turned out settled (or on an error).
func (t *questions) resolve(z *forms.Form, id int, lv *level) bool {
	if t.judge.Vanishes(z) {
		t.labels[id] = 0
		return false
	}
	if t.off == 0 {
		by, r := t.ask(z, id, 1)
		if by != judge.None {
			t.count(by)
			t.pruned(z, -1, id)
			return false
		}
		if r != nil && t.witness(z, id, 1, lv, r) {
			lv.CopyFrom(&lv.far)
			return true
		}
	}
	p := lv.Rats()
	if !t.exact.of(t.m.Model, p) {
		t.gaveUp = true
		return false
	}
	if s := t.exact.signs[id]; s != 0 {
		lv.Z[id] = s
		return true
	}
	// The witness lies on the hyperplane, so both sides live; take a point of the plus side.
	point, err := t.judge.Solve(t.m.Late, z, 1, p)
	if t.m.Late() {
		t.gaveUp = true
		return false
	}
	if err == nil && point == nil {
		err = fmt.Errorf("neuron %d: the exact solve found no point beside a hyperplane through the cell", id)
	}
	if err != nil {
		t.err = err
		return false
	}
	t.judge.SetExact(&lv.Point, point)
	t.gaveUp = t.m.Late()
	return !t.gaveUp
}

// solve is the last tier: an exact answer. It reports whether both sides live.
func (t *questions) solve(z *forms.Form, id int, s float64, lv *level) bool {
	if t.m.Late() {
		t.gaveUp = true
		return false
	}
	point, err := t.judge.Solve(t.m.Late, z, s, lv.Rats())
	if t.m.Late() { // also where an answer is there: its rows may have been given up
		t.gaveUp = true
		return false
	}
	if err != nil {
		t.err = fmt.Errorf("neuron %d: the exact solve failed: %w", id, err)
		return false
	}
	t.count(judge.Solve)
	if point == nil {
		t.pruned(z, int8(-s), id)
		return false
	}
	t.judge.SetExact(&lv.far, point)
	t.gaveUp = t.m.Late()
	return !t.gaveUp
}

// constrain adds a constraint to the cell, release takes the last one away.
func (t *questions) constrain(a judge.Constraint) {
	t.judge.Add(a)
	if t.judge.Named > 0 {
		t.judge.Named = a.Name + 1
	}
	t.table.set(a.ID, a.Form, a.S)
}

func (t *questions) release() {
	n := len(t.judge.Cell) - 1
	t.table.set(t.judge.Cell[n].ID, nil, 0)
	t.judge.Cell = t.judge.Cell[:n]
}

// unconstrained takes all constraints away.
func (t *questions) unconstrained() {
	t.judge.Cell = t.judge.Cell[:0]
	t.table.clear()
}

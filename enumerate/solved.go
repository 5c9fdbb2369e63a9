// Cells that a solver is asked about: what it proposes is certified, and where it fails the exact tiers decide. A cell
// keeps a witness, a point strictly inside, so that one side of each split is known to live.

package enumerate

import (
	"math/big"
	"sync/atomic"

	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/lp"
)

// Solved is a tree whose cells are the solver's.
type Solved struct {
	trunk
	cert    certifier
	pass1   *passer
	solver  lp.Incremental
	pivots  int64 // of the solver, when they were last counted
	off     int   // > 0: the solver could not follow; questions go to the exact solve
	depth   int
	levels  []*level
	table   proofTable
	outline outline
	scratch scratch
	gaveUp  bool // the decision at hand was given up, by a walk that is late
	err     error
}

// level is a cell on the path: its witness, the forms gathered below it, and where its decisions have come to.
type level struct {
	witness
	acc accumulator
	// far is the witness of the side of the split that the cell's own is not on.
	far witness
	// Neuron j of layer l is the next to be decided, or that of the split.
	l, j int
	// follows says that the solver is ready for both sides of the split; arrived that the cell has been entered, not only
	// named.
	follows, arrived bool
}

// witness is a point strictly inside a cell.
type witness struct {
	y []float64 // in unit coordinates
	// big is the point where float64 cannot hold it.
	big []*big.Rat
	z   []int8 // signs there, 0 where not certain
	// full says that z holds the signs of the layers not yet entered too.
	full bool
}

func newWitness(m *model) witness {
	return witness{y: make([]float64, m.n), z: make([]int8, m.neurons)}
}

// set copies another.
func (p *witness) set(o *witness) {
	copy(p.y, o.y)
	copy(p.z, o.z)
	p.big, p.full = o.big, o.full
}

// exact returns the point as rationals.
func (p *witness) exact() []*big.Rat {
	if p.big != nil {
		return p.big
	}
	return rats(p.y)
}

// NewSolved returns a tree at the root. proof says that multipliers are wanted in integers, and witnesses of all cells.
func NewSolved(m *model, pol *policy, halt *atomic.Bool, proof bool) *Solved {
	t := &Solved{trunk: newTrunk(m, pol, halt), pass1: newPasser(m), solver: pol.newSolver(m), scratch: newScratch(m)}
	t.cert = certifier{m: m, labels: t.labels, f: make([]float64, m.n), policy: pol, proof: proof}
	t.cert.path.m = m
	if s, ok := t.solver.(lp.Stoppable); ok {
		s.StopWhen(m.late)
	}
	t.table = newProofTable(m, !proof)
	if p, ok := t.solver.(*lp.Polygon); ok {
		t.outline.polygon = p
		t.table.used = false
	}
	return t
}

// at returns the level of a depth.
func (t *Solved) at(depth int) *level {
	for len(t.levels) <= depth {
		t.levels = append(t.levels, nil)
	}
	if t.levels[depth] == nil {
		t.levels[depth] = &level{witness: newWitness(t.m), far: newWitness(t.m)}
	}
	return t.levels[depth]
}

// Reset starts at the centre of the ball, with its signs.
func (t *Solved) Reset() {
	t.off, t.depth, t.gaveUp = 0, 0, false
	t.unconstrained()
	t.solver.Reset(t.m.norm, t.m.n)
	t.outline.fresh = false
	lv := t.at(0)
	lv.l, lv.j, lv.arrived = 0, 0, false
	clear(lv.y)
	lv.big, lv.full = nil, true
	t.pass1.signs(lv.y, lv.z)
}

// Next decides the cell's neurons.
func (t *Solved) Next(passing bool) tree.Event {
	e := t.next(passing)
	p := t.solver.Pivots()
	t.tally.Pivots, t.pivots = t.tally.Pivots+p-t.pivots, p
	return e
}

func (t *Solved) next(passing bool) tree.Event {
	lv := t.levels[t.depth]
	if len(t.m.layers) == 0 {
		return t.region(lv)
	}
	if t.m.late() {
		return t.Undecided()
	}
	if !lv.arrived {
		t.arrive(lv)
	}
	for {
		if e, done := t.layer(lv, passing); done {
			return e
		}
		if lv.l+1 == len(t.m.layers) {
			return t.region(lv)
		}
		lv.l, lv.j = lv.l+1, 0
		t.enterLayer(lv)
	}
}

// arrive enters the cell that Enter, or Reset, has named.
func (t *Solved) arrive(lv *level) {
	lv.arrived = true
	if t.depth == 0 {
		t.loadFirst()
		t.enterLayer(lv)
		return
	}
	up := t.levels[t.depth-1]
	s := t.labels[t.m.layers[up.l].first+up.j]
	if up.l+1 < len(t.m.layers) {
		lv.acc.set(&up.acc)
	}
	t.constrain(ancestor{form: t.form(up.l, up.j), id: int32(t.m.layers[up.l].first + up.j), s: float64(s)})
	if up.follows {
		t.solver.Enter(float64(s))
	} else {
		t.off++
	}
	t.outline.fresh = false
	t.pass(&lv.acc, up.l, up.j, s)
}

// Enter names the side.
func (t *Solved) Enter(s int8) {
	lv, child := t.levels[t.depth], t.at(t.depth+1)
	id := t.m.layers[lv.l].first + lv.j
	if lv.z[id] == s {
		child.set(&lv.witness)
	} else {
		child.set(&lv.far)
	}
	t.labels[id] = s
	child.l, child.j, child.arrived = lv.l, lv.j+1, false
	t.depth++
}

// Leave goes back.
func (t *Solved) Leave() {
	lv := t.levels[t.depth]
	t.depth--
	up := t.levels[t.depth]
	if lv.arrived {
		if up.follows {
			t.solver.Leave()
		} else {
			t.off--
		}
		t.outline.fresh = false
		t.release()
	}
	t.labels[t.m.layers[up.l].first+up.j] = 0
}

// enterLayer settles the neurons of the layer that it can at once.
func (t *Solved) enterLayer(lv *level) {
	l := lv.l
	if l > 0 {
		t.load(l, &lv.acc)
		t.lookAhead(l, &lv.witness)
	}
	t.begin(&lv.acc, l+1)
	st := t.states[l]
	st.entry = t.depth
	outlined := t.outlines() && t.outlined()
	for j := range st.done {
		if t.m.late() { // nothing of the rest is settled
			for k := range st.done[j:] {
				st.done[j+k] = open
			}
			return
		}
		if outlined {
			st.done[j] = t.atOnce(l, j, lv.z)
		} else if st.done[j] = t.quick(l, j); st.done[j] == selfDone && t.cert.proof {
			st.proofs[j].CopyFrom(&tree.Multipliers{Self: 1})
		}
		if st.done[j] != open {
			t.pass(&lv.acc, l, j, t.labels[t.m.layers[l].first+j])
		}
	}
}

// atOnce settles neuron j by the outline of the cell on which its layer is entered; z holds the signs at a point of it.
func (t *Solved) atOnce(l, j int, z []int8) status {
	f := t.form(l, j)
	id := t.m.layers[l].first + j
	t.labels[id] = 0
	if f.zero() {
		return zeroDone
	}
	if z[id] == 0 || !t.outside(f, -float64(z[id])) {
		return open
	}
	t.labels[id] = z[id]
	t.tally.Float++
	return caseDone
}

// layer decides the neurons of a layer from the level's on. It reports false when all are.
func (t *Solved) layer(lv *level, passing bool) (e tree.Event, done bool) {
	l := lv.l
	ly, st := t.m.layers[l], t.states[l]
	for ; lv.j < ly.m; lv.j++ {
		if st.done[lv.j] != open {
			t.report(l, lv.j)
			continue
		}
		// On the way to another cell there is little to do.
		if t.m.late() || !passing && t.halt.Load() {
			return t.Undecided(), true
		}
		if t.decide(lv) {
			lv.follows = t.off == 0 && !t.form(l, lv.j).lost() && t.solver.Split()
			if st.entry == t.depth && lv.follows && !(t.outlines() && t.outlined()) {
				t.settle(lv)
			}
			return tree.Event{Kind: tree.Split, Shared: lv.follows}, true
		}
		if t.err != nil {
			return tree.Event{Kind: tree.Failed, Err: t.err}, true
		}
		if t.gaveUp {
			t.gaveUp = false
			return t.Undecided(), true
		}
		t.pass(&lv.acc, l, lv.j, t.labels[ly.first+lv.j])
	}
	return e, false
}

// report tells of a neuron that was settled on entry.
func (t *Solved) report(l, j int) {
	if st := t.states[l]; st.done[j] == zeroDone {
		t.told.Zero()
	} else {
		t.told.Pruned(t.labels[t.m.layers[l].first+j], &st.proofs[j])
	}
}

// settle decides the neurons of the layer after the level's that are settled on the whole cell, before it is split for
// the first time in this layer: once for all its parts.
func (t *Solved) settle(lv *level) {
	l := lv.l
	ly, st := t.m.layers[l], t.states[l]
	for j := lv.j + 1; j < ly.m; j++ {
		id := ly.first + j
		z0 := lv.z[id]
		s := -float64(z0)
		if t.m.late() {
			return
		}
		if st.done[j] != open || z0 == 0 || t.off > 0 || lv.far.z[id] == -z0 {
			continue // the witnesses of the two sides are on the two sides of j as well
		}
		z := t.form(l, j)
		if z.lost() || t.solver.Seen(z.g, z.h, s) {
			continue
		}
		by, _ := t.ask(z, id, s)
		if by == tierNone {
			continue
		}
		t.labels[id] = z0
		t.count(by)
		st.done[j] = caseDone
		if t.cert.proof {
			st.proofs[j].CopyFrom(&t.cert.out)
		}
		t.pass(&lv.acc, l, j, z0)
	}
}

// region certifies the final cell.
func (t *Solved) region(lv *level) tree.Event {
	if t.uncertain(lv, t.m.neurons) {
		return tree.Event{Kind: tree.Vague}
	}
	by := t.confirm(&lv.witness, t.m.neurons)
	if by == tierNone {
		return tree.Event{Kind: tree.Failed, Err: t.err}
	}
	t.count(by)
	return tree.Event{Kind: tree.Final, Regions: 1}
}

// Undecided makes sure that the cell is not empty.
func (t *Solved) Undecided() tree.Event {
	lv := t.levels[t.depth]
	id := t.decided(lv)
	switch {
	case t.uncertain(lv, id):
		return tree.Event{Kind: tree.Vague}
	case t.confirm(&lv.witness, id) == tierNone:
		return tree.Event{Kind: tree.Failed, Err: t.err}
	}
	return tree.Event{Kind: tree.Open}
}

// decided is the number of neurons that are decided on a cell.
func (t *Solved) decided(lv *level) int {
	if len(t.m.layers) == 0 {
		return 0
	}
	return t.m.layers[lv.l].first + lv.j
}

// uncertain says that the walk is late and the floats at hand do not tell that the witness has the labels of the first id
// neurons. Nothing says then that the cell is not empty, so it counts at the upper end alone. A proof needs the witness.
func (t *Solved) uncertain(lv *level, id int) bool {
	return t.m.late() && !t.cert.proof && !t.agrees(lv.z, id)
}

// CopyFrom copies the path to a split of another solved tree: the cell, and what its sides need.
func (t *Solved) CopyFrom(from tree.Tree, depth int) {
	o := from.(*Solved)
	t.off, t.depth, t.gaveUp, t.err = 0, depth, false, nil
	copy(t.labels, o.labels)
	src, dst := o.levels[depth], t.at(depth)
	dst.set(&src.witness)
	dst.far.set(&src.far)
	dst.l, dst.j, dst.follows, dst.arrived = src.l, src.j, true, true
	dst.acc.set(&src.acc)
	t.states[src.l].reserve(t.m.layers[src.l], src.l, t.m.n)
	t.states[src.l].copyFrom(o.states[src.l])
	t.solver.CopyFrom(o.solver, depth)
	t.pivots = t.solver.Pivots()
	t.unconstrained()
	for _, a := range o.cert.anc[:depth] {
		z := *a.form
		z.g = append([]float64(nil), z.g...)
		a.form = &z
		t.constrain(a)
	}
}

// constrain adds a constraint to the cell, release takes the last one away.
func (t *Solved) constrain(a ancestor) {
	t.cert.anc = append(t.cert.anc, a)
	t.table.set(a.id, a.form, a.s)
	t.outline.add(&a)
}

func (t *Solved) release() {
	n := len(t.cert.anc) - 1
	t.table.set(t.cert.anc[n].id, nil, 0)
	t.outline.cut(n)
	t.cert.anc = t.cert.anc[:n]
}

// unconstrained takes all constraints away.
func (t *Solved) unconstrained() {
	t.cert.anc = t.cert.anc[:0]
	t.outline.cut(0)
	t.table.clear()
}

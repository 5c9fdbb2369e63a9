// Cells that a solver is asked about: what it proposes is certified, and where it fails the exact
// tiers decide. A cell keeps a witness, a point strictly inside, so that one side of each split is
// known to live.

package tree

import (
	"slices"
	"sync/atomic"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/lp"
)

// Solved is a tree whose cells are the solver's.
type Solved struct {
	questions
	depth   int
	levels  []*level
	scratch scratch
	ahead   bool // neurons are settled before it is their turn, for all parts of a cell
	spare   []lp.Incremental
}

// level is a cell on the path: its witness, the forms gathered below it, and where its decisions
// have come to.
type level struct {
	judge.Point
	acc forms.Sums
	// far is the witness of the side of the split that the cell's own is not on.
	far judge.Point
	// Neuron j of layer l is the next to be decided, or that of the split.
	l, j int
	// In a layer of maxima, neuron j is the first piece of its maximum.
	choice choice
	// follows says that the solver is ready for both sides of the split; arrived that the cell has
	// been entered, not only named.
	follows, arrived bool
}

// NewSolved returns a tree at the root. proof says that multipliers are wanted in integers, and
// witnesses of all cells.
func NewSolved(m *Subject, p *Policy, halt *atomic.Bool, proof bool) *Solved {
	t := &Solved{questions: questions{trunk: newTrunk(m, p, halt)}, scratch: newScratch(m)}
	t.solver = t.newSolver()
	t.judge.Proof, t.ahead = proof, true
	t.table = newProofTable(m, !proof)
	return t
}

func (t *questions) newSolver() lp.Incremental {
	s := t.policy.newSolver(t.m.Model)
	if stoppable, ok := s.(lp.Stoppable); ok {
		stoppable.StopWhen(t.m.Late)
	}
	return s
}

// at returns the level of a depth.
func (t *Solved) at(depth int) *level {
	for len(t.levels) <= depth {
		t.levels = append(t.levels, nil)
	}
	if t.levels[depth] == nil {
		t.levels[depth] = &level{Point: judge.NewPoint(t.m.Model), far: judge.NewPoint(t.m.Model)}
	}
	return t.levels[depth]
}

// Reset starts at the centre of the ball, with its signs.
func (t *Solved) Reset() {
	stack{t}.atFirst()
	t.off, t.depth, t.gaveUp, t.err = 0, 0, false, nil
	t.unconstrained()
	t.judge.Named = 0
	t.solver.Reset(t.m.Norm, t.m.N)
	lv := t.at(0)
	lv.l, lv.j, lv.arrived, lv.choice = 0, 0, false, choice{}
	clear(lv.Y)
	lv.Big = nil
	t.judge.Look(&lv.Point)
}

// Tally counts what the solver has done since it was last asked for.
func (t *Solved) Tally() *Tally {
	p := t.solver.Pivots()
	t.tally.Pivots, t.pivots = t.tally.Pivots+p-t.pivots, p
	return t.tally
}

// Err is what no tier could decide.
func (t *Solved) Err() error { return t.err }

// Next decides the cell's neurons.
func (t *Solved) Next(passing bool) Event {
	lv := t.levels[t.depth]
	if len(t.m.Layers) == 0 {
		return t.region(lv)
	}
	if t.m.Late() {
		return t.Undecided()
	}
	if !lv.arrived {
		t.arrive(lv)
	}
	for {
		if e, done := t.layer(lv, passing); done {
			return e
		}
		if lv.l+1 == len(t.m.Layers) {
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
		t.LoadFirst()
		t.enterLayer(lv)
		return
	}
	up := t.levels[t.depth-1]
	s := t.labels[t.m.Layers[up.l].First+up.j]
	if up.l+1 < len(t.m.Layers) {
		lv.acc.CopyFrom(&up.acc)
	}
	lv.choice.before, lv.choice.named = len(t.judge.Cell), t.judge.Named
	if t.m.Layers[up.l].Ends != nil {
		maxima{t}.arriveAt(lv, up)
		return
	}
	t.constrain(judge.Constraint{Form: t.Form(up.l, up.j), ID: int32(t.m.Layers[up.l].First + up.j), S: float64(s), Name: t.judge.Names()})
	if up.follows {
		t.solver.Enter(float64(s))
	} else {
		t.off++
	}
	t.Pass(&lv.acc, up.l, up.j, s)
}

// arriveKnowing enters the cell at which the tree stands, in whose layer some neurons are decided
// already, with their labels.
func (t *Solved) arriveKnowing(labels []int8, decided func(j int) bool) {
	lv := t.levels[t.depth]
	t.arrive(lv)
	st, first := &t.layers[lv.l], t.m.Layers[lv.l].First
	for j := lv.j; j < len(st.done); j++ {
		if st.done[j] != open || !decided(j) {
			continue
		}
		if st.done[j] = zero; labels[first+j] != 0 {
			st.done[j], t.labels[first+j] = settled, labels[first+j]
			t.Pass(&lv.acc, lv.l, j, labels[first+j])
		}
	}
}

// Enter names the side.
func (t *Solved) Enter(s int8) {
	lv, child := t.levels[t.depth], t.at(t.depth+1)
	id := t.m.Layers[lv.l].First + lv.j
	if t.m.Layers[lv.l].Ends != nil {
		maxima{t}.choose(lv, child, s)
		t.depth++
		return
	}
	child.choice = choice{}
	if lv.Z[id] == s {
		child.CopyFrom(&lv.Point)
	} else {
		child.CopyFrom(&lv.far)
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
	if t.maximal {
		stack{t}.giveBack(lv)
	} else if lv.arrived {
		if up.follows {
			t.solver.Leave()
		} else {
			t.off--
		}
		t.release()
	}
	t.unlabel(up.l, up.j)
}

// enterLayer settles the neurons of the layer that it can at once.
func (t *Solved) enterLayer(lv *level) {
	l := lv.l
	if l > 0 {
		t.Load(l, &lv.acc, t.labels)
	}
	t.Begin(&lv.acc, l+1)
	st := &t.layers[l]
	st.entry = t.depth
	if t.m.Layers[l].Ends != nil {
		maxima{t}.enter(lv)
		return
	}
	fs, first := t.Forms(l), t.m.Layers[l].First
	for j := range st.done {
		if t.m.Late() { // nothing of the rest is settled
			clear(st.done[j:])
			return
		}
		z := &fs[j]
		sign := t.judge.Settled(z)
		t.labels[first+j] = sign
		switch {
		case sign != 0:
			st.done[j] = settled
			t.tally.Float++
			t.Pass(&lv.acc, l, j, sign)
		case z.Zero():
			st.done[j] = zero
		default:
			st.done[j] = open
		}
	}
}

// layer decides the neurons of a layer from the level's on. It reports false when all are.
func (t *Solved) layer(lv *level, passing bool) (e Event, done bool) {
	l := lv.l
	ly, st := t.m.Layers[l], &t.layers[l]
	if ly.Ends != nil {
		return maxima{t}.next(lv, passing)
	}
	for ; lv.j < ly.Neurons; lv.j++ {
		if st.done[lv.j] != open {
			continue
		}
		// On the way to another cell there is little to do.
		if t.m.Late() || !passing && t.halt.Load() {
			return t.Undecided(), true
		}
		if t.decide(lv) {
			lv.choice.cell, lv.choice.names = len(t.judge.Cell), t.judge.Named
			lv.follows = t.off == 0 && !t.Form(l, lv.j).Lost() && t.solver.Split()
			if t.ahead && st.entry == t.depth && lv.follows {
				t.settle(lv)
			}
			return Event{Kind: Split, Shared: lv.follows}, true
		}
		if t.err != nil {
			return Event{Kind: Failed}, true
		}
		if t.gaveUp {
			t.gaveUp = false
			return t.Undecided(), true
		}
		t.Pass(&lv.acc, l, lv.j, t.labels[ly.First+lv.j])
	}
	return e, false
}

// settle decides the neurons of the layer after the level's that are settled on the whole cell,
// before it is split for the first time in this layer: once for all its parts.
func (t *Solved) settle(lv *level) {
	l := lv.l
	ly, st := t.m.Layers[l], &t.layers[l]
	for j := lv.j + 1; j < ly.Neurons; j++ {
		id := ly.First + j
		z0 := lv.Z[id]
		s := -float64(z0)
		if t.m.Late() {
			return
		}
		if st.done[j] != open || z0 == 0 || t.off > 0 || lv.far.Z[id] == -z0 {
			continue // the witnesses of the two sides are on the two sides of j as well
		}
		z := t.Form(l, j)
		if z.Lost() || t.solver.Seen(z.G, z.H, s) {
			continue
		}
		by, _ := t.ask(z, id, s)
		if by == judge.None {
			continue
		}
		t.count(by)
		if t.pruned(z, z0, id); t.gaveUp {
			return
		}
		st.done[j] = settled
		t.Pass(&lv.acc, l, j, z0)
	}
}

// region certifies the final cell.
func (t *Solved) region(lv *level) Event {
	if t.uncertain(lv, t.m.Neurons) {
		return Event{Kind: Vague}
	}
	by := t.confirm(&lv.Point, t.m.Neurons)
	if by == judge.None {
		return Event{Kind: Failed}
	}
	t.count(by)
	return Event{Kind: Final, Regions: 1}
}

// Undecided makes sure that the cell is not empty.
func (t *Solved) Undecided() Event {
	lv := t.levels[t.depth]
	id := t.decided(lv)
	switch {
	case t.uncertain(lv, id):
		return Event{Kind: Vague}
	case t.confirm(&lv.Point, id) == judge.None:
		return Event{Kind: Failed}
	}
	return Event{Kind: Open}
}

// decided is the number of neurons that are decided on a cell.
func (t *Solved) decided(lv *level) int {
	if len(t.m.Layers) == 0 {
		return 0
	}
	return t.m.Layers[lv.l].First + lv.j
}

// uncertain says that the walk is late and the floats at hand do not tell that the witness has the
// labels of the first id neurons. Nothing says then that the cell is not empty, so it counts at the
// upper end alone. A proof needs the witness.
func (t *Solved) uncertain(lv *level, id int) bool {
	return t.m.Late() && !t.judge.Proof && !t.judge.Agrees(&lv.Point, id)
}

// CopyFrom copies the path to a split of another solved tree: the cell, and what its sides need.
func (t *Solved) CopyFrom(from Tree, depth int) {
	o := from.(*Solved)
	t.Tally()
	stack{t}.atFirst()
	t.off, t.depth, t.gaveUp, t.err = 0, depth, false, nil
	copy(t.labels, o.labels)
	src, dst := o.levels[depth], t.at(depth)
	dst.Point.CopyFrom(&src.Point)
	dst.far.CopyFrom(&src.far)
	dst.l, dst.j, dst.follows, dst.arrived = src.l, src.j, true, true
	dst.acc.CopyFrom(&src.acc)
	t.copyLayer(&o.trunk, src.l)
	constraints := depth
	if t.maximal {
		constraints, dst.choice = src.choice.cell, src.choice
		dst.choice.above = nil // the other's
	}
	again := t.m.Layers[src.l].Ends != nil // the solver's cell was split for a search last
	if !again {
		t.solver.CopyFrom(stack{o}.solverAt(depth), constraints)
		t.pivots = t.solver.Pivots()
	}
	t.judge.Box.CopyFrom(o.judge.Box)
	t.unconstrained()
	for _, a := range o.judge.Cell[:constraints] {
		z := *a.Form
		z.G = slices.Clone(z.G)
		a.Form = &z
		t.constrain(a)
	}
	if t.maximal {
		t.judge.Named = src.choice.names
	}
	if again {
		stack{t}.replay()
	}
}

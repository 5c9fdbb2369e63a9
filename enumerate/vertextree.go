// Cells by their vertices as a tree: no solver, no witness. Where a sign at a vertex is not certain a solved tree, led down
// the same path, stands in for the cell and all below it.

package enumerate

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
	"sync/atomic"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/tuning"
)

// Vertices is a tree whose cells are described by their vertices.
type Vertices struct {
	trunk
	cells     *description
	levels    []*hull
	path      []int8
	solved    *Solved // what stands in
	standing  bool    // it does, from depth since on
	since     int
	fallbacks *fallbacks
	regions   int64          // found, and not yet told there
	atRoot    tree.Decisions // what had been counted at the root
	mid, half point          // a box
	cellwise  bool           // regions are not counted at a stroke
}

// hull is a cell on the path by its vertices.
type hull struct {
	acc accumulator
	// The vertices of the cell, and those on the two sides of its split and of the part on the hyperplane.
	at, plus, minus, section []int32
	// open are the neurons of a word that change sign on the cell; before the cell is looked at, those that may.
	open uint64
	word int
	// Neuron j of layer l is the next to be decided, or that of the split.
	l, j    int
	arrived bool
	split   mark // the state of the description at the split
}

// fallbacks counts, for all trees of a walk, the cells that the solver took over. Where they are many, all go there.
type fallbacks struct {
	cells, regions atomic.Int64
	common         atomic.Bool
}

// flushed is the number of regions that a tree finds before it tells the others.
const flushed = 256

// NewVertices returns a tree at the root.
func NewVertices(m *model, p *policy, halt *atomic.Bool, f *fallbacks) *Vertices {
	t := &Vertices{trunk: newTrunk(m, p, halt), cells: newDescription(m), fallbacks: f, cellwise: p != nil && p.cellwise}
	t.cells.vanishes, t.cells.clock, t.cells.spare = t.vanishesAt, &t.tally.Work, t.tune.SpareBits
	return t
}

// describable says that cells may be kept by their vertices.
func describable(m *model, p *policy) bool {
	return len(m.layers) > 0 && m.n <= m.describedInputs() && p.describes()
}

// describedInputs is the number of inputs up to which cells are described: as far as that is faster than the solver, and
// a word has bits for the 2ⁿ facets of a cross-polytope and others. Cells of a central model are cones, as many in every
// ball; where they are degenerate the solver is slow.
func (m *model) describedInputs() int {
	switch {
	case m.central():
		return describedInputs
	case m.norm == ball.L2:
		return 4
	case m.norm != ball.L1 && len(m.layers) == 1:
		return 6
	}
	return 5
}

func (p *policy) describes() bool {
	return p == nil || p.float == nil && p.integer == nil && p.solver == nil && !p.undescribed
}

// at returns the level of a depth.
func (t *Vertices) at(depth int) *hull {
	for len(t.levels) <= depth {
		t.levels = append(t.levels, nil)
	}
	if t.levels[depth] == nil {
		t.levels[depth] = new(hull)
	}
	return t.levels[depth]
}

// here is the cell's level.
func (t *Vertices) here() *hull { return t.levels[len(t.path)] }

// Reset goes to the ball.
func (t *Vertices) Reset() {
	t.path, t.standing, t.atRoot = t.path[:0], false, t.tally.Decisions
	lv := t.at(0)
	lv.at = append(lv.at[:0], t.cells.reset()...)
	lv.l, lv.j, lv.open, lv.arrived = 0, 0, 0, false
}

// Next describes the cell further, or has the solver asked.
func (t *Vertices) Next(passing bool) tree.Event {
	if t.standing {
		return t.solved.Next(passing)
	}
	if t.m.late() {
		return t.Undecided()
	}
	e, certain := t.next(passing)
	switch {
	case certain:
		return e
	case t.m.late():
		return t.Undecided()
	}
	return t.standIn(passing)
}

// Undecided leaves the cell as it is: one that is described is not empty.
func (t *Vertices) Undecided() tree.Event {
	if t.standing {
		return t.solved.Undecided()
	}
	return tree.Event{Kind: tree.Open}
}

// standIn leads the solved tree to the cell.
func (t *Vertices) standIn(passing bool) tree.Event {
	if t.solved == nil {
		t.solved = NewSolved(t.m, t.policy, t.halt, false)
		t.solved.tally = t.tally
	}
	if len(t.path) == 0 {
		t.tally.Decisions = t.atRoot
	} else {
		t.fallbacks.note(t.tune, t.regions)
	}
	if e, ok := tree.Lead(t.solved, t.path); !ok {
		if e.Kind == tree.Failed {
			return e
		}
		return t.Undecided()
	}
	t.standing, t.since = true, len(t.path)
	return t.solved.Next(passing)
}

// note counts a cell that could not be described; where that is common, no more are tried.
func (f *fallbacks) note(tune *tuning.Table, regions int64) {
	if n := f.cells.Add(1); n > tune.RoughCells && n*tune.RoughShare > f.regions.Load()+regions {
		f.common.Store(true)
	}
}

// next describes the cell until there is something to say of it. It reports false where a sign is not certain.
func (t *Vertices) next(passing bool) (e tree.Event, certain bool) {
	lv := t.here()
	if !lv.arrived {
		t.arrive(lv)
	}
	for {
		if lv.open != 0 {
			e, done, certain := t.divide(lv, passing)
			if done || !certain {
				return e, certain
			}
			lv.j = t.m.layers[lv.l].neuronAt(lv.word+1, 0)
		}
		switch found, certain := t.nextWord(lv); {
		case !certain:
			return e, false
		case found:
		case lv.l+1 == len(t.m.layers):
			return t.final(1, 0), true
		default:
			lv.l, lv.j = lv.l+1, 0
			t.enterLayer(lv)
		}
	}
}

// arrive enters the cell that Enter, or Reset, has named.
func (t *Vertices) arrive(lv *hull) {
	lv.arrived = true
	d := len(t.path)
	if d == 0 {
		t.loadFirst()
		t.enterLayer(lv)
		return
	}
	up, s := t.levels[d-1], t.path[d-1]
	side := up.minus
	if s > 0 {
		side = up.plus
	}
	lv.at = append(append(lv.at[:0], side...), up.section...)
	if up.l+1 < len(t.m.layers) {
		lv.acc.set(&up.acc)
	}
	t.pass(&lv.acc, up.l, up.j, s)
}

// Enter names the side.
func (t *Vertices) Enter(s int8) {
	d := len(t.path)
	t.path = append(t.path, s)
	if t.standing {
		t.solved.Enter(s)
		return
	}
	up, lv := t.levels[d], t.at(d+1)
	ly := t.m.layers[up.l]
	lv.l, lv.j, lv.word, lv.open, lv.arrived = up.l, up.j+1, up.word, up.open&^(1<<(up.j%wordSize)), false
	t.labels[ly.first+up.j] = s
	if lv.open == 0 {
		lv.j = ly.neuronAt(up.word+1, 0)
	}
}

// Leave goes back.
func (t *Vertices) Leave() {
	d := len(t.path) - 1
	t.path = t.path[:d]
	if t.standing && d >= t.since {
		t.solved.Leave()
		return
	}
	t.standing = false
	up := t.levels[d]
	t.labels[t.m.layers[up.l].first+up.j] = 0
	t.cells.back(up.split)
}

// CopyFrom copies what the sides of a split of another tree need.
func (t *Vertices) CopyFrom(from tree.Tree, depth int) {
	o := from.(*Vertices)
	t.path, t.standing = append(t.path[:0], o.path[:depth]...), o.standing && depth >= o.since
	if t.standing {
		if t.solved == nil {
			t.solved = NewSolved(t.m, t.policy, t.halt, false)
			t.solved.tally = t.tally
		}
		t.since = depth
		t.solved.CopyFrom(o.solved, depth)
		return
	}
	copy(t.labels, o.labels)
	src, dst := o.levels[depth], t.at(depth)
	dst.l, dst.j, dst.open, dst.word, dst.arrived = src.l, src.j, src.open, src.word, true
	dst.acc.set(&src.acc)
	t.states[src.l].reserve(t.m.layers[src.l], src.l, t.m.n)
	t.states[src.l].copyFrom(o.states[src.l])
	t.cells.adopt(o.cells, src.word, src.split.changed)
	dst.plus = t.cells.take(o.cells, src.plus, dst.plus[:0])
	dst.minus = dst.minus[:0]
	dst.section = t.cells.take(o.cells, src.section, dst.section[:0])
	dst.split = t.cells.here()
}

// Labels are those of whichever tree has the cell.
func (t *Vertices) Labels() []int8 {
	if t.standing {
		return t.solved.labels
	}
	return t.labels
}

// Witness returns nil: none are kept.
func (t *Vertices) Witness(bool) ([]float64, []*big.Float) { return nil, nil }

// enterLayer settles the neurons of the layer that it can at once.
func (t *Vertices) enterLayer(lv *hull) {
	l := lv.l
	if l > 0 {
		t.load(l, &lv.acc)
	}
	t.begin(&lv.acc, l+1)
	st := t.states[l]
	// A box costs a look at each vertex. What is so in the l2 ball alone need not be so at the vertices outside.
	boxed := 2*len(st.done) >= len(lv.at) || t.cells.round
	if boxed {
		t.cells.box(lv.at, &t.mid, &t.half)
	}
	for j := range st.done {
		if boxed {
			st.done[j] = t.inBox(l, j)
		} else {
			st.done[j] = t.quick(l, j)
		}
		if st.done[j] != open {
			t.pass(&lv.acc, l, j, t.labels[t.m.layers[l].first+j])
		}
	}
}

// inBox settles neuron j on the cell on which its layer is entered, if the box around it does.
// Rounding: that of n products and additions twice over, and of the middle's, relative to mag.
func (t *Vertices) inBox(l, j int) status {
	z := t.form(l, j)
	id := t.m.layers[l].first + j
	t.labels[id] = 0
	if z.zero() {
		return zeroDone
	}
	at, reach := z.h, 0.0
	for k, g := range z.g {
		at += g * t.mid[k]
		reach += math.Abs(g) * t.half[k]
	}
	reach += slack*(z.err+2*float64(len(z.g)+8)*unit*z.mag) + underflow
	if !(math.Abs(at) > reach) {
		return open
	}
	t.labels[id] = 1
	if at < 0 {
		t.labels[id] = -1
	}
	t.tally.Float++
	return caseDone
}

// nextWord finds the next word of the layer, from its neuron j on, that has open neurons, and looks at them at the
// cell's vertices. It reports false for found where there is none.
func (t *Vertices) nextWord(lv *hull) (found, certain bool) {
	c, st := t.cells, t.states[lv.l]
	for ; lv.j < len(st.done); lv.j += wordSize {
		word, _ := t.m.layers[lv.l].wordOf(lv.j)
		undecided, ok := uint64(0), true
		for b := range c.rows[word] {
			if st.done[lv.j+b] == open {
				undecided |= 1 << b
				ok = c.rows[word][b].load(&st.forms[lv.j+b]) && ok
				if c.integral {
					c.integerRows[word][b].load(&st.forms[lv.j+b])
				}
			}
		}
		if undecided != 0 {
			lv.open, lv.word = undecided, word
			return true, ok && c.lookAll(word, lv.at, undecided)
		}
	}
	lv.open = 0
	return false, true
}

// divide decides the open neurons of the word, until the cell splits. done says that there is an event to return; else all
// are decided.
func (t *Vertices) divide(lv *hull, passing bool) (e tree.Event, done, certain bool) {
	c := t.cells
	for lv.open != 0 {
		if t.fallbacks.common.Load() || t.m.late() {
			lv.j = t.m.layers[lv.l].neuronAt(lv.word, 0)
			return e, false, false
		}
		seen := c.seen(lv.word, lv.at)
		undecided := lv.open
		lv.open &= seen.plus & seen.minus
		if t.policy != nil && t.policy.described != nil {
			t.policy.described(t)
		}
		t.settle(lv, undecided&^lv.open, seen)
		if lv.open == 0 {
			break
		}
		b := uint(bits.TrailingZeros64(lv.open))
		lv.j = t.m.layers[lv.l].neuronAt(lv.word, b)
		if !passing && t.halt.Load() {
			return t.Undecided(), true, true
		}
		c.thin(lv.at)
		if !passing && bits.OnesCount64(lv.open) <= t.tune.LeafMost && t.atLeaf(lv) {
			before := c.here()
			n, settled, ok := c.regions(lv.word, lv.at, lv.open)
			c.lists = c.lists[:0]
			c.back(before)
			if !ok {
				return e, false, false
			}
			return t.final(n, settled), true, true
		}
		var ok bool
		if lv.section, ok = c.section(lv.word, lv.at, b, lv.open&^(1<<b), lv.section[:0]); !ok {
			return e, false, false
		}
		lv.split = c.here()
		lv.plus, lv.minus = append(lv.plus[:0], c.plus...), append(lv.minus[:0], c.minus...)
		both, ok := t.splits(lv)
		if !ok {
			return e, false, false
		}
		if both {
			return tree.Event{Kind: tree.Split, Shared: true}, true, true
		}
	}
	return e, false, true
}

// splits says whether both sides of the section meet the ball; else the cell is made the side that does.
func (t *Vertices) splits(lv *hull) (both, certain bool) {
	c := t.cells
	if !c.round || c.within(lv.at) {
		return true, true
	}
	c.near.list = append(append(c.near.list[:0], lv.minus...), lv.section...)
	minus, sure := c.meets(c.near.list)
	c.near.list = append(append(c.near.list[:0], lv.plus...), lv.section...)
	plus, too := c.meets(c.near.list)
	switch {
	case !sure || !too || !plus && !minus:
		return false, false
	case plus && minus:
		return true, true
	}
	s, side := int8(1), lv.plus
	if minus {
		s, side = -1, lv.minus
	}
	lv.at = append(append(lv.at[:0], side...), lv.section...)
	t.labels[t.m.layers[lv.l].first+lv.j] = s
	t.tally.Float++
	t.pass(&lv.acc, lv.l, lv.j, s)
	lv.open &^= 1 << (lv.j % wordSize)
	return false, true
}

// atLeaf says that no neuron is open after the level's word.
func (t *Vertices) atLeaf(lv *hull) bool {
	if lv.l+1 < len(t.m.layers) || t.cellwise {
		return false
	}
	done, next := t.states[lv.l].done, t.m.layers[lv.l].neuronAt(lv.word+1, 0)
	return next >= len(done) || !slices.Contains(done[next:], open)
}

// settle labels neurons of the word that have one sign on the cell.
func (t *Vertices) settle(lv *hull, settled uint64, seen signSet) {
	ly := t.m.layers[lv.l]
	t.tally.Float += int64(bits.OnesCount64(settled))
	for ; settled != 0; settled &= settled - 1 {
		b := uint(bits.TrailingZeros64(settled))
		s := int8(seen.plus>>b&1) - int8(seen.minus>>b&1)
		j := ly.neuronAt(lv.word, b)
		t.labels[ly.first+j] = s
		t.pass(&lv.acc, lv.l, j, s)
	}
}

// final is a cell of so many regions, beside which so many sides were found empty.
func (t *Vertices) final(regions, settled int64) tree.Event {
	t.tally.Float += regions + settled
	if t.regions += regions; t.regions >= flushed {
		t.fallbacks.regions.Add(t.regions)
		t.regions = 0
	}
	return tree.Event{Kind: tree.Final, Regions: regions}
}

// vanishesAt says that a neuron without a bias is zero at a vertex of the current cell because all that it sums up are:
// each unit of the layer before that passes something on in the cell passes on zero there.
func (t *Vertices) vanishesAt(word int, b uint, v int32) bool {
	l := len(t.m.layers) - 1
	for t.m.layers[l].word > word {
		l--
	}
	ly := t.m.layers[l]
	j := ly.neuronAt(word, b)
	if l == 0 || ly.ba[j] != 0 {
		return false
	}
	before := t.m.layers[l-1]
	for i := range before.m {
		if t.carries(l-1, i) == 0 || ly.wa[i*ly.m+j] == 0 {
			continue
		}
		if word, b := before.wordOf(i); t.cells.sign(word, v).zero>>b&1 == 0 {
			return false
		}
	}
	return true
}

// undecided says of neurons of the level's layer whether they may change sign on the cell, from neuron j on.
func (t *Vertices) undecided(lv *hull, j int) func(u int) bool {
	from, ly := t.openFrom(lv.l, j), t.m.layers[lv.l]
	return func(u int) bool {
		if !from(u) {
			return false
		}
		word, bit := ly.wordOf(u)
		return word != lv.word || lv.open>>bit&1 != 0
	}
}

// Bound bounds the regions of the cell.
func (t *Vertices) Bound(close bool) *big.Int {
	if t.standing {
		return t.solved.Bound(close)
	}
	lv := t.here()
	open := t.undecided(lv, lv.j)
	if !close || !t.boundable(lv.l) {
		return t.boundOf(lv.l, lv.j, open, nil)
	}
	return t.boundOf(lv.l, lv.j, open, func() []bound.LayerCount {
		if !lv.arrived {
			t.arrive(lv)
		}
		t.cells.box(lv.at, &t.mid, &t.half)
		at := make([]interval, t.m.n)
		for k := range at {
			at[k] = interval{lo: max(-1, t.mid[k]-t.half[k]-2*unit), hi: min(1, t.mid[k]+t.half[k]+2*unit)}
		}
		return t.tailIn(lv.l, open, &lv.acc, at)
	})
}

// Rough is a bound that costs next to nothing.
func (t *Vertices) Rough() *big.Int {
	if t.standing {
		return t.solved.Rough()
	}
	lv := t.here()
	return t.rough(lv.l, lv.j)
}

// SplitBound bounds the plus side of a split, and the whole.
func (t *Vertices) SplitBound(depth int) (plus, cell *big.Int) {
	if t.standing && depth >= t.since {
		return t.solved.SplitBound(depth)
	}
	lv := t.levels[depth]
	return t.sideBound(lv, 1), t.boundOf(lv.l, lv.j, t.undecided(lv, lv.j), nil)
}

// MinusBound bounds the other side.
func (t *Vertices) MinusBound(depth int) *big.Int {
	if t.standing && depth >= t.since {
		return t.solved.MinusBound(depth)
	}
	return t.sideBound(t.levels[depth], -1)
}

func (t *Vertices) sideBound(lv *hull, s int8) *big.Int {
	return t.withLabel(t.m.layers[lv.l].first+lv.j, s, func() *big.Int {
		return t.boundOf(lv.l, lv.j+1, t.undecided(lv, lv.j+1), nil)
	})
}

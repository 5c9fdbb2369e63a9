// Cells by their vertices as a tree: no solver, no witness. Where a sign at a vertex is not certain
// a solved tree, led down the same path, stands in for the cell and all below it.

package tree

import (
	"math/big"
	"math/bits"
	"slices"
	"sync/atomic"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/tuning"
	"github.com/relucell/relucell/internal/vertices"
)

// Vertices is a tree whose cells are described by their vertices.
type Vertices struct {
	trunk
	cells     *vertices.Cells
	levels    []*hull
	path      []int8
	solved    *Solved // what stands in
	standing  bool    // it does, from depth since on
	since     int
	fallbacks *Fallbacks
	regions   int64     // found, and not yet told there
	atRoot    Decisions // what had been counted at the root
	around    vertices.Box
	cellwise  bool // regions are not counted at a stroke
}

// hull is a cell on the path by its vertices.
type hull struct {
	acc forms.Sums
	// The vertices of the cell, and those of the two sides of its split.
	at    []int32
	parts vertices.Parts
	// open are the neurons of a word that change sign on the cell; before the cell is looked at,
	// those that may.
	open uint64
	word int
	// Neuron j of layer l is the next to be decided, or that of the split.
	l, j    int
	arrived bool
	names   int           // given to constraints, at the split
	split   vertices.Mark // the state of the vertices there
}

// Fallbacks counts, for all trees of a walk, the cells that the solver took over. Where they are
// many, all go there.
type Fallbacks struct {
	cells, regions atomic.Int64
	common         atomic.Bool
}

// NewVertices returns a tree at the root.
func NewVertices(m *Subject, p *Policy, halt *atomic.Bool, f *Fallbacks) *Vertices {
	t := &Vertices{trunk: newTrunk(m, p, halt), cells: vertices.New(m.Model), fallbacks: f, cellwise: p != nil && p.Cellwise}
	t.cells.Vanishes, t.cells.Clock, t.cells.Spare = t.vanishesAt, &t.tally.Work, t.tune.SpareBits
	return t
}

// Describable says that cells may be kept by their vertices.
func Describable(m *Subject, p *Policy) bool {
	return len(m.Layers) > 0 && m.N <= describedInputs(m) && p.describes()
}

// describedInputs is the number of inputs up to which cells are described: as far as that is faster
// than the solver, and a word has bits for the 2ⁿ facets of a cross-polytope and others. Cells of a
// central model are cones, as many in every ball; where they are degenerate the solver is slow.
func describedInputs(m *Subject) int {
	switch {
	case m.Central():
		return vertices.MaxInputs
	case m.Norm == ball.L2:
		return 4
	case m.Norm != ball.L1 && len(m.Layers) == 1:
		return 6
	}
	return 5
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
	lv.at = append(lv.at[:0], t.cells.Reset()...)
	lv.l, lv.j, lv.open, lv.arrived = 0, 0, 0, false
}

// Next describes the cell further, or has the solver asked.
func (t *Vertices) Next(passing bool) Event {
	if t.standing {
		return t.solved.Next(passing)
	}
	if t.m.Late() {
		return t.Undecided()
	}
	e, certain := t.next(passing)
	switch {
	case certain:
		return e
	case t.m.Late():
		return t.Undecided()
	}
	return t.standIn(passing)
}

// Undecided leaves the cell as it is: one that is described is not empty.
func (t *Vertices) Undecided() Event {
	if t.standing {
		return t.solved.Undecided()
	}
	return Event{Kind: Open}
}

// standIn leads the solved tree to the cell.
func (t *Vertices) standIn(passing bool) Event {
	if t.solved == nil {
		t.solved = NewSolved(t.m, t.policy, t.halt, false)
		t.solved.tally = t.tally
	}
	if len(t.path) == 0 {
		t.tally.Decisions = t.atRoot
	} else {
		t.fallbacks.note(t.tune, t.regions)
	}
	if e, ok := Lead(t.solved, t.path); !ok {
		if e.Kind == Failed {
			return e
		}
		return t.Undecided()
	}
	t.standing, t.since = true, len(t.path)
	return t.solved.Next(passing)
}

// note counts a cell that could not be described; where that is common, no more are tried.
func (f *Fallbacks) note(tune *tuning.Table, regions int64) {
	if n := f.cells.Add(1); n > tune.RoughCells && n*tune.RoughShare > f.regions.Load()+regions {
		f.common.Store(true)
	}
}

// next describes the cell until there is something to say of it. It reports false where a sign is
// not certain.
func (t *Vertices) next(passing bool) (e Event, certain bool) {
	lv := t.here()
	if !lv.arrived {
		t.arrive(lv)
		if lv.open == 0 && len(t.path) > 0 {
			t.audit()
		}
	}
	for {
		if lv.open != 0 {
			e, done, certain := t.divide(lv, passing)
			if done || !certain {
				return e, certain
			}
			lv.j = t.cells.NeuronAt(lv.l, lv.word+1, 0)
		}
		switch found, certain := t.nextWord(lv); {
		case !certain:
			return e, false
		case found:
		case lv.l+1 == len(t.m.Layers):
			return t.final(1, 0), true
		default:
			lv.l, lv.j = lv.l+1, 0
			t.enterLayer(lv)
		}
	}
}

// audit shows the cell to those who look on.
func (t *Vertices) audit() {
	if t.policy != nil && t.policy.Described != nil {
		t.policy.Described(t)
	}
}

// arrive enters the cell that Enter, or Reset, has named.
func (t *Vertices) arrive(lv *hull) {
	lv.arrived = true
	d := len(t.path)
	if d == 0 {
		t.LoadFirst()
		t.enterLayer(lv)
		return
	}
	up, s := t.levels[d-1], t.path[d-1]
	lv.at = up.parts.Side(s, lv.at[:0])
	if up.l+1 < len(t.m.Layers) {
		lv.acc.CopyFrom(&up.acc)
	}
	t.Pass(&lv.acc, up.l, up.j, s)
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
	ly := t.m.Layers[up.l]
	lv.l, lv.j, lv.word, lv.open, lv.arrived = up.l, up.j+1, up.word, up.open&^(1<<(up.j%vertices.WordSize)), false
	t.labels[ly.First+up.j] = s
	if lv.open == 0 {
		lv.j = t.cells.NeuronAt(up.l, up.word+1, 0)
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
	t.labels[t.m.Layers[up.l].First+up.j] = 0
	t.cells.Back(up.split)
}

// CopyFrom copies what the sides of a split of another tree need.
func (t *Vertices) CopyFrom(from Tree, depth int) {
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
	dst.acc.CopyFrom(&src.acc)
	t.copyLayer(&o.trunk, src.l)
	t.cells.Adopt(o.cells, src.word, src.names)
	dst.parts.Plus = t.cells.Take(o.cells, src.parts.Plus, dst.parts.Plus[:0])
	dst.parts.Section = t.cells.Take(o.cells, src.parts.Section, dst.parts.Section[:0])
	dst.split = t.cells.Here()
}

// Labels are those of whichever tree has the cell.
func (t *Vertices) Labels() []int8 {
	if t.standing {
		return t.solved.labels
	}
	return t.labels
}

// Tally includes what the solved tree does.
func (t *Vertices) Tally() *Tally {
	if t.solved != nil {
		return t.solved.Tally()
	}
	return t.tally
}

// Err is what no tier could decide.
func (t *Vertices) Err() error {
	if t.solved != nil {
		return t.solved.err
	}
	return nil
}

// Witness returns nil: none are kept.
func (t *Vertices) Witness(bool) ([]float64, []*big.Float) { return nil, nil }

// enterLayer settles the neurons of the layer that it can at once.
func (t *Vertices) enterLayer(lv *hull) {
	l := lv.l
	if l > 0 {
		t.Load(l, &lv.acc, t.labels)
	}
	t.Begin(&lv.acc, l+1)
	st := &t.layers[l]
	// A box costs a look at each vertex. What is so in the l2 ball alone need not be so at the
	// vertices outside.
	boxed := 2*len(st.done) >= len(lv.at) || t.cells.Round
	if boxed {
		t.cells.Around(lv.at, &t.around)
	}
	fs, labels := t.Forms(l), t.labels[t.m.Layers[l].First:]
	for j := range st.done {
		z := &fs[j]
		var sign int8
		if boxed {
			sign = t.around.Sign(z)
		} else {
			sign = t.judge.Settled(z)
		}
		labels[j] = sign
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

// nextWord finds the next word of the layer, from its neuron j on, that has open neurons, and looks
// at them at the cell's vertices. It reports false for found where there is none.
func (t *Vertices) nextWord(lv *hull) (found, certain bool) {
	c, st := t.cells, &t.layers[lv.l]
	for ; lv.j < len(st.done); lv.j += vertices.WordSize {
		word, _ := c.WordOf(lv.l, lv.j)
		undecided, ok := uint64(0), true
		for b := range c.Width(word) {
			if st.done[lv.j+b] == open {
				undecided |= 1 << b
				ok = c.Load(word, b, t.Form(lv.l, lv.j+b)) && ok
			}
		}
		if undecided != 0 {
			lv.open, lv.word = undecided, word
			return true, ok && c.LookAll(word, lv.at, undecided)
		}
	}
	lv.open = 0
	return false, true
}

// divide decides the open neurons of the word, until the cell splits. done says that there is an
// event to return; else all are decided.
func (t *Vertices) divide(lv *hull, passing bool) (e Event, done, certain bool) {
	c := t.cells
	for lv.open != 0 {
		if t.fallbacks.common.Load() || t.m.Late() {
			lv.j = t.cells.NeuronAt(lv.l, lv.word, 0)
			return e, false, false
		}
		seen := c.Seen(lv.word, lv.at)
		undecided := lv.open
		lv.open &= seen.Plus & seen.Minus
		t.audit()
		t.settle(lv, undecided&^lv.open, seen)
		if lv.open == 0 {
			break
		}
		b := uint(bits.TrailingZeros64(lv.open))
		lv.j = t.cells.NeuronAt(lv.l, lv.word, b)
		if !passing && t.halt.Load() {
			return t.Undecided(), true, true
		}
		c.Thin(lv.at)
		if !passing && bits.OnesCount64(lv.open) <= t.tune.LeafMost && t.atLeaf(lv) {
			before := c.Here()
			n, settled, ok := c.Count(lv.word, lv.at, lv.open)
			c.Back(before)
			if !ok {
				return e, false, false
			}
			return t.final(n, settled), true, true
		}
		if !c.Split(lv.word, lv.at, b, lv.open&^(1<<b), &lv.parts) {
			return e, false, false
		}
		lv.names, lv.split = c.Named(), c.Here()
		both, ok := t.splits(lv)
		if !ok {
			return e, false, false
		}
		if both {
			return Event{Kind: Split, Shared: true}, true, true
		}
	}
	return e, false, true
}

// splits says whether both sides of the section meet the ball; else the cell is made the side that
// does.
func (t *Vertices) splits(lv *hull) (both, certain bool) {
	c := t.cells
	if c.Within(lv.at) {
		return true, true
	}
	minus, sure := c.SideMeets(&lv.parts, -1)
	plus, too := c.SideMeets(&lv.parts, 1)
	switch {
	case !sure || !too || !plus && !minus:
		return false, false
	case plus && minus:
		return true, true
	}
	s := int8(1)
	if minus {
		s = -1
	}
	lv.at = lv.parts.Side(s, lv.at[:0])
	t.labels[t.m.Layers[lv.l].First+lv.j] = s
	t.tally.Float++
	t.Pass(&lv.acc, lv.l, lv.j, s)
	lv.open &^= 1 << (lv.j % vertices.WordSize)
	return false, true
}

// atLeaf says that no neuron is open after the level's word.
func (t *Vertices) atLeaf(lv *hull) bool {
	if lv.l+1 < len(t.m.Layers) || t.cellwise {
		return false
	}
	done, next := t.layers[lv.l].done, t.cells.NeuronAt(lv.l, lv.word+1, 0)
	return next >= len(done) || !slices.Contains(done[next:], open)
}

// settle labels neurons of the word that have one sign on the cell.
func (t *Vertices) settle(lv *hull, settled uint64, seen vertices.Signs) {
	ly := t.m.Layers[lv.l]
	t.tally.Float += int64(bits.OnesCount64(settled))
	for ; settled != 0; settled &= settled - 1 {
		b := uint(bits.TrailingZeros64(settled))
		s := int8(seen.Plus>>b&1) - int8(seen.Minus>>b&1)
		j := t.cells.NeuronAt(lv.l, lv.word, b)
		t.labels[ly.First+j] = s
		t.Pass(&lv.acc, lv.l, j, s)
	}
}

// final is a cell of so many regions, beside which so many sides were found empty.
func (t *Vertices) final(regions, settled int64) Event {
	t.tally.Float += regions + settled
	if t.regions += regions; t.regions >= t.tune.Batch {
		t.fallbacks.regions.Add(t.regions)
		t.regions = 0
	}
	return Event{Kind: Final, Regions: regions}
}

// vanishesAt says that a neuron without a bias is zero at a vertex of the current cell because all
// that it sums up are: each unit of the layer before that passes something on in the cell is a
// neuron and passes on zero there.
func (t *Vertices) vanishesAt(word int, b uint, v int32) bool {
	l := t.cells.LayerOf(word)
	ly, j := t.m.Layers[l], t.cells.NeuronAt(l, word, b)
	if l == 0 || ly.BMag[j] != 0 {
		return false
	}
	before := t.m.Layers[l-1]
	for i := range before.Out {
		if t.carries(l-1, i) == 0 || ly.WMag[i*ly.Out+j] == 0 {
			continue
		}
		if i >= before.Neurons {
			return false
		}
		if word, b := t.cells.WordOf(l-1, i); t.cells.Sign(word, v).Zero>>b&1 == 0 {
			return false
		}
	}
	return true
}

// undecided says of neurons of the level's layer whether they may change sign on the cell, from
// neuron j on.
func (t *Vertices) undecided(lv *hull, j int) func(u int) bool {
	from := t.openFrom(lv.l, j)
	return func(u int) bool {
		if !from(u) {
			return false
		}
		word, bit := t.cells.WordOf(lv.l, u)
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
		t.cells.Around(lv.at, &t.around)
		at, b := make([]interval, t.m.N), &t.around
		for k := range at {
			at[k] = interval{lo: max(-1, b.Mid[k]-b.Half[k]-2*forms.Unit), hi: min(1, b.Mid[k]+b.Half[k]+2*forms.Unit)}
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
	return t.withLabel(t.m.Layers[lv.l].First+lv.j, s, func() *big.Int {
		return t.boundOf(lv.l, lv.j+1, t.undecided(lv, lv.j+1), nil)
	})
}

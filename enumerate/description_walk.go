// The walk over described cells: no solver, no witness. A cell that cannot be described
// further is walked by another walker, with the solver, from the root along the same path.

package enumerate

import (
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/relucell/relucell/ball"
)

// leafMost is the number of neurons of the last layer up to which the regions of a cell are counted at a
// stroke: so many hyperplanes make thousands of regions at most, below a millisecond.
const leafMost = 10

// describable says that cells may be described in a run: where nobody wants a proof or a witness, nor decides
// by what tier or solver.
func (r *run) describable() bool {
	return len(r.m.layers) > 0 && r.m.n <= r.m.describedInputs() && !r.observed && r.yield == nil && r.policy.describes()
}

// describedInputs is the number of inputs up to which cells are described: as far as that is faster than the solver, and
// a word has bits for the 2ⁿ facets of a cross-polytope and others. Cells of a central model are cones, as many in every ball; where
// they are degenerate the solver is slow.
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

const (
	// roughCells is the number of cells that the solver may take over before it is asked whether that pays.
	roughCells = 64
	// roughShare is the number of regions a cell taken over should stand for: the way to it is as long as tens of decisions.
	roughShare = 64
)

// lose notes that a cell could not be described, in a walker that has found so many regions; where that is
// common, all cells go to the solver from then on.
func (r *run) lose(regions int64) {
	if n := r.lost.Add(1); n > roughCells && n*roughShare > r.regions.Load()+regions%batch {
		r.rough.Store(true)
	}
}

// describeRoot walks from the ball.
func (w *walker) describeRoot() {
	w.describing()
	w.described, w.atRoot = true, w.stats.dec
	lv := w.level(0)
	lv.at = append(lv.at[:0], w.cells.reset()...)
	w.loadFirst()
	w.describeLayer(0, 0)
	w.described = false
}

// describing prepares for it.
func (w *walker) describing() {
	if w.cells != nil {
		return
	}
	w.cells = newDescription(w.m)
	w.cells.vanishes, w.cells.clock = w.vanishesAt, w.clock
	if p := w.run.policy; p != nil && p.spare > 0 {
		w.cells.spare = p.spare
	}
}

// adoptDescription copies what the plus side of frame f of o needs.
func (w *walker) adoptDescription(o *walker, f *frame) {
	w.describing()
	src, dst := o.levels[f.d], w.levels[w.base]
	w.cells.adopt(o.cells, src.word, src.names)
	dst.plus = w.cells.take(o.cells, src.plus, dst.plus[:0])
	dst.section = w.cells.take(o.cells, src.section, dst.section[:0])
	dst.open, dst.word = src.open, src.word
}

// describeLayer is enter for a described cell.
func (w *walker) describeLayer(l, d int) {
	lv := w.levels[d]
	if l > 0 {
		w.load(l, &lv.acc)
	}
	w.begin(&lv.acc, l+1)
	st := w.states[l]
	// A box costs a look at each vertex. What is so in the l2 ball alone need not be so at the vertices outside.
	boxed := 2*len(st.done) >= len(lv.at) || w.cells.round
	if boxed {
		w.cells.box(lv.at, &w.mid, &w.half)
	}
	for j := range st.done {
		if boxed {
			st.done[j] = w.inBox(l, j)
		} else {
			st.done[j] = w.quick(l, j)
		}
		if st.done[j] != open {
			w.pass(&lv.acc, l, j, w.labels[w.m.layers[l].first+j])
		}
	}
	w.describeWord(l, 0, d)
}

// inBox settles neuron j on the cell on which its layer is entered, if the box around it does.
// Rounding: that of n products and additions twice over, and of the middle's, relative to mag.
func (w *walker) inBox(l, j int) status {
	z := w.form(l, j)
	id := w.m.layers[l].first + j
	w.labels[id] = 0
	if z.zero() {
		return zeroDone
	}
	t, reach := z.h, 0.0
	for k, g := range z.g {
		t += g * w.mid[k]
		reach += math.Abs(g) * w.half[k]
	}
	reach += slack*(z.err+2*float64(len(z.g)+8)*unit*z.mag) + underflow
	if !(math.Abs(t) > reach) {
		return open
	}
	w.labels[id] = 1
	if t < 0 {
		w.labels[id] = -1
	}
	w.stats.count(tierFloat)
	return caseDone
}

// describeWord goes on with the open neurons of layer l from j on, where a word begins, or with the next layer.
func (w *walker) describeWord(l, j, d int) {
	c, st := w.cells, w.states[l]
	for ; j < len(st.done); j += wordSize {
		word, _ := w.m.layers[l].wordOf(j)
		undecided, ok := uint64(0), true
		for b := range c.rows[word] {
			if st.done[j+b] == open {
				undecided |= 1 << b
				ok = c.rows[word][b].load(&st.forms[j+b]) && ok
				if c.integral {
					c.integerRows[word][b].load(&st.forms[j+b])
				}
			}
		}
		if undecided == 0 {
			continue
		}
		if ok && c.lookAll(word, w.levels[d].at, undecided) {
			w.describe(l, word, d, undecided)
		} else {
			w.undescribed(l, j, d)
		}
		return
	}
	if l+1 < len(w.m.layers) {
		w.describeLayer(l+1, d)
		return
	}
	w.tally(1, 0)
}

// vanishesAt says that a neuron without a bias is zero at a vertex of the current cell because all that it sums up are:
// each unit of the layer before that passes something on in the cell passes on zero there.
func (w *walker) vanishesAt(word int, b uint, v int32) bool {
	l := len(w.m.layers) - 1
	for w.m.layers[l].word > word {
		l--
	}
	ly := w.m.layers[l]
	j := ly.neuronAt(word, b)
	if l == 0 || ly.ba[j] != 0 {
		return false
	}
	before := w.m.layers[l-1]
	for i := range before.m {
		if w.carries(l-1, i) == 0 || ly.wa[i*ly.m+j] == 0 {
			continue
		}
		if word, b := before.wordOf(i); w.cells.sign(word, v).zero>>b&1 == 0 {
			return false
		}
	}
	return true
}

// tally adds regions found at a stroke, and sides found empty beside.
func (w *walker) tally(regions, settled int64) {
	w.stats.regions += regions
	w.stats.dec.Float += regions + settled
	w.run.foundMany(w, regions)
}

// describe walks the cell at depth d, on which some neurons of a word of layer l are still undecided.
func (w *walker) describe(l, word, d int, undecided uint64) {
	if w.run.rough.Load() || w.m.late() {
		w.undescribed(l, w.m.layers[l].neuronAt(word, 0), d)
		return
	}
	c, lv := w.cells, w.levels[d]
	seen := c.seen(word, lv.at)
	lv.open, lv.word = undecided&seen.plus&seen.minus, word
	if p := w.run.policy; p != nil && p.described != nil {
		p.described(w, l, word, d)
	}
	w.settleSeen(l, lv, undecided&^lv.open, seen)
	if lv.open == 0 {
		w.describeWord(l, w.m.layers[l].neuronAt(word+1, 0), d)
		return
	}
	b := uint(bits.TrailingZeros64(lv.open))
	j := w.m.layers[l].neuronAt(word, b)
	if len(w.script) == 0 && w.run.stop.Load() && w.saved == nil {
		w.open(l, j, d)
		return
	}
	c.thin(lv.at)
	before := c.here()
	if bits.OnesCount64(lv.open) <= leafMost && len(w.script) == 0 && w.saved == nil && w.atLeaf(l, word) {
		n, settled, ok := c.regions(word, lv.at, lv.open)
		if ok {
			w.tally(n, settled)
			w.spend()
		}
		c.lists = c.lists[:0]
		c.back(before)
		if !ok {
			w.undescribed(l, j, d)
		}
		return
	}
	var ok bool
	if lv.section, ok = c.section(word, lv.at, b, lv.open&^(1<<b), lv.section[:0]); ok {
		lv.names = len(c.changed)
		lv.plus, lv.minus = append(lv.plus[:0], c.plus...), append(lv.minus[:0], c.minus...)
		w.describeSplit(l, j, d)
	} else {
		w.undescribed(l, j, d)
	}
	c.back(before)
}

// describeSplit splits the cell at depth d at neuron j, if both sides meet the ball; else the cell is the side that does.
func (w *walker) describeSplit(l, j, d int) {
	c, lv := w.cells, w.levels[d]
	if !c.round || c.within(lv.at) {
		w.split(l, j, d, true)
		return
	}
	c.near.list = append(append(c.near.list[:0], lv.minus...), lv.section...)
	minus, certain := c.meets(c.near.list)
	c.near.list = append(append(c.near.list[:0], lv.plus...), lv.section...)
	plus, too := c.meets(c.near.list)
	switch {
	case !certain || !too || !plus && !minus:
		w.undescribed(l, j, d)
		return
	case plus && minus:
		w.split(l, j, d, true)
		return
	}
	s, side := int8(1), lv.plus
	if minus {
		s, side = -1, lv.minus
	}
	lv.at = append(append(lv.at[:0], side...), lv.section...)
	w.labels[w.m.layers[l].first+j] = s
	w.stats.count(tierFloat)
	w.pass(&lv.acc, l, j, s)
	w.describe(l, lv.word, d, lv.open&^(1<<(j%wordSize)))
}

// atLeaf says that no neuron is open after a word of layer l.
func (w *walker) atLeaf(l, word int) bool {
	if l+1 < len(w.m.layers) || w.run.policy != nil && w.run.policy.cellwise {
		return false
	}
	done, next := w.states[l].done, w.m.layers[l].neuronAt(word+1, 0)
	return next >= len(done) || !slices.Contains(done[next:], open)
}

// settleSeen labels neurons of a word that have one sign on the cell.
func (w *walker) settleSeen(l int, lv *level, settled uint64, seen signSet) {
	ly := w.m.layers[l]
	w.stats.dec.Float += int64(bits.OnesCount64(settled))
	for ; settled != 0; settled &= settled - 1 {
		b := uint(bits.TrailingZeros64(settled))
		s := int8(seen.plus>>b&1) - int8(seen.minus>>b&1)
		j := ly.neuronAt(lv.word, b)
		w.labels[ly.first+j] = s
		w.pass(&lv.acc, l, j, s)
	}
}

// describeSide walks side s of the split of the cell at depth d at neuron j.
func (w *walker) describeSide(l, j, d int, s int8) {
	lv, child := w.levels[d], w.level(d+1)
	side := lv.minus
	if s > 0 {
		side = lv.plus
	}
	child.at = append(append(child.at[:0], side...), lv.section...)
	child.open, child.word = lv.open&^(1<<(j%wordSize)), lv.word
	if l+1 < len(w.m.layers) {
		child.acc.cols = append(child.acc.cols[:0], lv.acc.cols...)
		child.acc.exact = lv.acc.exact
	}
	id := w.m.layers[l].first + j
	w.labels[id] = s
	w.pass(&child.acc, l, j, s)
	w.path = append(w.path, s)
	if t := w.courseOf(l, j+1, d+1); t == waits {
		w.open(l, j+1, d+1)
	} else {
		budget, floor := w.begun(t)
		w.describe(l, lv.word, d+1, child.open)
		w.ended(t, budget, floor)
	}
	w.path = w.path[:len(w.path)-1]
	w.labels[id] = 0
}

// undescribed walks the cell at depth d, before neuron j of layer l, with the solver: at the root from there, else by
// another walker that takes the path to it and then takes over all that this one has to account for.
func (w *walker) undescribed(l, j, d int) {
	if w.m.late() {
		w.leave(l, j, d)
		return
	}
	if len(w.path) == 0 && len(w.script) == 0 {
		w.described, w.stats.dec = false, w.atRoot
		w.unconstrained()
		w.solver.Reset(w.m.norm, w.m.n)
		w.solveRoot()
		return
	}
	w.run.lose(w.stats.regions)
	if w.other == nil {
		w.other = newWalker(w.run)
		w.other.clock = w.clock
	}
	o := w.other
	o.restart()
	o.script = append(append(o.script[:0], w.path...), w.script...)
	o.stats, o.frames, o.account, o.tick = w.stats, w.frames, w.account, w.tick
	o.budget, o.floor, o.splits, o.fares = w.budget, w.floor, w.splits, w.fares
	o.left, o.leftUpper, o.parked = w.left, w.leftUpper, w.parked
	o.saved, o.joined, o.stint = w.saved, w.joined, w.stint
	dec := w.stats.dec
	o.replay = &dec
	if len(w.script) > 0 {
		o.replay = w.replay
	}
	pivots := o.solver.Pivots()
	o.solveRoot()
	w.pivots0 -= o.solver.Pivots() - pivots
	w.stats, w.frames, w.err, w.tick = o.stats, o.frames, o.err, o.tick
	w.budget, w.splits, w.fares = o.budget, o.splits, o.fares
	w.left, w.leftUpper, w.parked = o.left, o.leftUpper, o.parked
	w.joined = o.joined
	o.account, o.leftUpper, o.parked, o.replay = nil, new(big.Int), nil, nil
	w.takeStop(o, l, j, d)
	w.script = w.script[:0]
}

// Cells by their vertices as a tree (the double description method): no solver, no witness. Where a
// sign at a vertex is not certain a solved tree, led down the same path, stands in for the cell and
// all below it.

package tree

import (
	"errors"
	"math/big"
	"slices"
	"sync/atomic"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/tuning"
	"github.com/relucell/relucell/internal/vertices"
)

// Vertices is a tree whose cells are kept by their vertices.
type Vertices struct {
	words
	levels   []*hull
	path     []int8
	solved   *Solved // what stands in
	standing bool    // it does, from depth since on
	since    int
	atRoot   Decisions // what had been counted at the root
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
	// For those who want more than the number of regions: how many constraints the cell has at the
	// split, the box around it, and signs of the section's vertices to be put back.
	cell     int
	box      judge.Box
	unlooked []vertices.Signs
	halved   bool
}

// Fallbacks counts, for all trees of a walk, the cells that the solver took over. Where they are
// many, all go there.
type Fallbacks struct {
	cells, regions atomic.Int64
	common         atomic.Bool
}

// NewVertices returns a tree at the root.
func NewVertices(m *Subject, p *Policy, halt *atomic.Bool, f *Fallbacks, wants Wants) *Vertices {
	t := &Vertices{words: words{trunk: newTrunk(m, p, halt), fallbacks: f, wants: wants, shown: shown{x: make([]float64, m.N)},
		cellwise: p != nil && p.Cellwise, audit: func() {}}}
	if p != nil && p.OnCell != nil {
		t.audit = func() { p.OnCell(t) }
	}
	t.judge.Proof, t.forgets = wants == Proofs, wants != Counts
	t.setCells(vertices.New(m.Model, true))
	return t
}

func (t *Vertices) setCells(c *vertices.Cells) {
	t.cells = c
	c.Vanishes, c.Clock, c.Spare = t.vanishesAt, &t.tally.Work, t.tune.SpareBits
}

// KeepsVertices says that cells may be kept by their vertices.
func KeepsVertices(m *Subject, p *Policy) bool {
	return len(m.Layers) > 0 && m.N <= vertexInputs(m) && p.allowsVertices()
}

// vertexInputs is the number of inputs up to which cells are kept by their vertices: as far as
// that is faster than the solver, and a word has bits for the 2ⁿ facets of a cross-polytope and
// others. Cells of a central model are cones, as many in every ball; where they are degenerate the
// solver is slow.
func vertexInputs(m *Subject) int {
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

// Next looks at the cell's vertices, or has the solver asked.
func (t *Vertices) Next(passing bool) Event {
	if t.standing {
		return t.solved.Next(passing)
	}
	if t.m.Late() {
		return t.Undecided()
	}
	e, certain := t.next(passing)
	switch {
	case certain && (e.Kind != Open || t.witness(t.here())):
		t.shown.tell(t.told)
		return e
	case t.m.Late():
		return t.Undecided()
	}
	return t.standIn(passing)
}

// Undecided leaves the cell as it is: one that has vertices and an interior is not empty.
func (t *Vertices) Undecided() Event {
	if !t.standing && !t.witness(t.here()) {
		if e, ok := t.lead(); !ok {
			return e
		}
	}
	if t.standing {
		return t.solved.Undecided()
	}
	t.shown.n = 0
	return Event{Kind: Open}
}

// up is the level above, nil at the root; side is the side of it.
func (t *Vertices) up() *hull {
	if d := len(t.path); d > 0 {
		return t.levels[d-1]
	}
	return nil
}

func (t *Vertices) side() int8 {
	if d := len(t.path); d > 0 {
		return t.path[d-1]
	}
	return 0
}

// standIn has the solved tree decide the cell.
func (t *Vertices) standIn(passing bool) Event {
	if len(t.path) == 0 {
		t.tally.Decisions = t.atRoot
	} else if t.wants == Counts { // where all go to the solver must not change what is shown
		t.fallbacks.note(t.tune, t.regions)
	}
	if e, ok := t.lead(); !ok {
		return e
	}
	return t.solved.Next(passing)
}

// lead leads the solved tree to the cell, or says why it cannot.
func (t *Vertices) lead() (e Event, ok bool) {
	t.shown.n = 0
	s := t.standby()
	s.Tell(Silent{})
	s.judge.Box = s.judge.Box[:0]
	s.ahead = t.wants != Proofs
	if e, ok := Lead(s, t.path); !ok {
		switch {
		case e.Kind == Failed:
		case t.wants == Counts:
			e = Event{Kind: Open}
		default: // late, and the solver's point is of a cell above
			e, s.err = Event{Kind: Failed}, errors.New("stopped before a cell had a point to show")
		}
		return e, false
	}
	s.Tell(t.told)
	s.ahead = true
	t.standing, t.since = true, len(t.path)
	if t.wants != Counts && t.since > 0 {
		t.handOver(s, t.levels[t.since-1])
	}
	return e, true
}

// standby returns the solved tree, which is made when it is first wanted.
func (t *Vertices) standby() *Solved {
	if t.solved == nil {
		t.solved = NewSolved(t.m, t.policy, t.halt, t.wants == Proofs)
		t.solved.tally = t.tally
	}
	return t.solved
}

// handOver tells the solved tree, which stands at the cell, what has been shown of the cells above:
// the names of the constraints, the box, and the neurons of the layer that are decided.
func (t *Vertices) handOver(s *Solved, up *hull) {
	s.judge.Box.CopyFrom(up.box)
	s.arriveKnowing(t.labels, func(j int) bool {
		word, b := t.cells.WordOf(up.l, j)
		return t.layers[up.l].done[j] != open || word < up.word || word == up.word && up.open>>b&1 == 0
	})
	for d := range s.judge.Cell {
		a := &s.judge.Cell[d]
		a.Name = int32(slices.IndexFunc(t.judge.Cell, func(b judge.Constraint) bool { return b.ID == a.ID }))
	}
}

// Tell sets who is told.
func (t *Vertices) Tell(to Teller) {
	t.told = to
	if t.solved != nil {
		t.solved.told = to
	}
}

// note counts a cell whose vertices left a sign uncertain; where that is common, no more are tried.
func (f *Fallbacks) note(tune *tuning.Table, regions int64) {
	if n := f.cells.Add(1); n > tune.RoughCells && n*tune.RoughShare > f.regions.Load()+regions {
		f.common.Store(true)
	}
}

// next decides the cell by its vertices until there is something to say of it. It reports false
// where a sign is not certain.
func (t *Vertices) next(passing bool) (e Event, certain bool) {
	lv := t.here()
	if up := t.up(); up != nil && up.halved {
		return t.half(lv)
	}
	if !lv.arrived {
		if !t.arrive(lv) {
			return e, false
		}
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
			return t.final(1, 0), t.witness(lv)
		default:
			lv.l, lv.j = lv.l+1, 0
			if !t.enterLayer(lv) {
				return e, false
			}
		}
	}
}

// arrive enters the cell that Enter, or Reset, has named.
func (t *Vertices) arrive(lv *hull) bool {
	lv.arrived = true
	d := len(t.path)
	t.begin(lv, t.up(), t.side())
	if d == 0 {
		t.LoadFirst()
		return t.enterLayer(lv)
	}
	up, s := t.levels[d-1], t.path[d-1]
	lv.at = up.parts.Side(s, lv.at[:0])
	if up.l+1 < len(t.m.Layers) {
		lv.acc.CopyFrom(&up.acc)
	}
	t.Pass(&lv.acc, up.l, up.j, s)
	return true
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
	if t.forgets {
		t.cells.SetSignsAfter(up.word, up.parts.Section, up.unlooked)
	}
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
		t.since = depth
		t.standby().CopyFrom(o.solved, depth)
		return
	}
	copy(t.labels, o.labels)
	src, dst := o.levels[depth], t.at(depth)
	dst.l, dst.j, dst.open, dst.word, dst.arrived = src.l, src.j, src.open, src.word, true
	dst.acc.CopyFrom(&src.acc)
	t.copyLayer(&o.trunk, src.l)
	t.adopt(&o.words, src, dst)
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

// Witness is the point that was found last, nil where none is wanted.
func (t *Vertices) Witness(short bool) ([]float64, []*big.Float) {
	switch {
	case t.standing:
		return t.solved.Witness(short)
	case t.wants == Counts:
		return nil, nil
	case t.shown.wide:
		return nil, t.m.ExactX(t.shown.x, nil)
	}
	return t.shown.x, nil
}

// enterLayer settles the neurons of the layer that it can at once. It returns false where that is
// given up.
func (t *words) enterLayer(lv *hull) bool {
	l := lv.l
	if l > 0 {
		t.Load(l, &lv.acc, t.labels)
	}
	t.Begin(&lv.acc, l+1)
	if t.wants == Proofs {
		return t.enterShown(lv)
	}
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
	return true
}

// Cells by their vertices as a tree (the double description method), without a solver. Where a sign
// at a vertex is not certain, or something cannot be shown of a cell, a solved tree, led down the
// same path, stands in for the cell and all below it.

package tree

import (
	"math/big"
	"sync/atomic"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/vertices"
)

// Vertices is a tree whose cells are kept by their vertices.
type Vertices struct {
	words
	spine
	standIns
	standing bool // one of them does, from depth since on
	since    int
	atRoot   Decisions // what had been counted at the root
}

// spine is the path to the cell: the sides taken at the splits, and the cells on it.
type spine struct {
	levels []*hull
	path   []int8
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
	// fresh is where the vertices of the newest hyperplane begin in at. A neuron of the word that
	// was open before it and is not any more is largest at one of these, on the side that it has
	// lost.
	fresh int
	// Neuron j of layer l is the next to be decided, or that of the split.
	l, j    int
	arrived bool
	names   int           // given to constraints, at the split
	split   vertices.Mark // the state of the vertices there
	fan
	noted
}

// NewVertices returns a tree at the root.
func NewVertices(m *Subject, p *Policy, halt *atomic.Bool, f *Fallbacks, wants Wants) *Vertices {
	t := &Vertices{words: words{trunk: newTrunk(m, p, halt), fallbacks: f, wants: wants, shown: shown{m: m, x: make([]float64, m.N)},
		cellwise: p != nil && (p.Cellwise || wants == Proofs && p.OnCell != nil), audit: func() {}, divider: divider{compared: compared(m)}}}
	if p != nil && p.OnCell != nil {
		t.audit = func() { p.OnCell(t) }
	}
	t.judge.Proof, t.forgets, t.integral = wants == Proofs, wants != Counts, wants != Proofs && m.Wide
	t.setCells(vertices.New(m.Model, true))
	return t
}

func (t *Vertices) setCells(c *vertices.Cells) {
	t.cells, t.shown.evidence = c, vertices.NewEvidence(c)
	t.shown.arrangement = vertices.NewArrangement(t.shown.evidence)
	c.InIntegers, c.SolveAt = inIntegers{&t.words}.signs, inIntegers{&t.words}.solve
	c.Clock, c.Spare = &t.tally.Work, t.tune.SpareBits
}

// at returns the level of a depth.
func (t *spine) at(depth int) *hull {
	for len(t.levels) <= depth {
		t.levels = append(t.levels, nil)
	}
	if t.levels[depth] == nil {
		t.levels[depth] = new(hull)
	}
	return t.levels[depth]
}

// here is the cell's level.
func (t *spine) here() *hull { return t.levels[len(t.path)] }

// Reset goes to the ball.
func (t *Vertices) Reset() {
	t.path, t.standing, t.atRoot = t.path[:0], false, t.tally.Decisions
	lv := t.at(0)
	lv.at = append(lv.at[:0], t.cells.Reset()...)
	lv.l, lv.j, lv.open, lv.arrived, lv.classes = 0, 0, 0, false, nil
}

// Next looks at the cell's vertices, or has the solver asked.
func (t *Vertices) Next(passing bool) Event {
	if t.standing {
		return t.stander().Next(passing)
	}
	if t.m.Late() {
		return t.Undecided()
	}
	e, certain := t.next(passing)
	switch {
	case t.maximal && t.m.Late(): // what is identical may have been given up
		return t.Undecided()
	case certain && (e.Kind != Open || t.witness(t.here())):
		t.shown.waiting.tell(t.told, t, t.shown.x)
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
		return t.stander().Undecided()
	}
	t.shown.waiting.forget(moment{})
	return Event{Kind: Open}
}

// up is the level above, nil at the root; side is the side of it.
func (t *spine) up() *hull {
	if d := len(t.path); d > 0 {
		return t.levels[d-1]
	}
	return nil
}

func (t *spine) side() int8 {
	if d := len(t.path); d > 0 {
		return t.path[d-1]
	}
	return 0
}

// next decides the cell by its vertices until there is something to say of it. It reports false
// where a sign is not certain.
func (t *Vertices) next(passing bool) (e Event, certain bool) {
	lv := t.here()
	if up := t.up(); up != nil && up.halved {
		lv.arrived = true // of which nothing but a point is wanted
		return t.final(1, 0), t.witness(lv)
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
		e, done, certain := t.layer(lv, passing)
		switch {
		case done || !certain:
			return e, certain
		case lv.l+1 == len(t.m.Layers):
			return t.final(1, 0), t.witness(lv)
		}
		lv.l, lv.j = lv.l+1, 0
		if !t.enterLayer(lv) {
			return e, false
		}
	}
}

// layer decides the neurons of a layer from the level's on, until the cell splits. done says that
// there is an event to return; else all are decided.
func (t *Vertices) layer(lv *hull, passing bool) (e Event, done, certain bool) {
	if t.m.Layers[lv.l].Ends != nil {
		return classes{&t.words}.layer(lv, passing)
	}
	for {
		if lv.open != 0 {
			if e, done, certain = t.divide(lv, passing); done || !certain {
				return e, done, certain
			}
			lv.j = t.cells.NeuronAt(lv.l, lv.word+1, 0)
		}
		if found, certain := t.nextWord(lv); !found || !certain {
			return e, false, certain
		}
		if t.wants == Proofs {
			if e, shown := atAStroke(&t.words, lv, passing); shown {
				return e, true, true
			}
		}
		if !t.cells.LookAll(lv.word, lv.at, lv.open) {
			return e, false, false
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
	if lv.at = t.sideOf(lv, up, s); up.classes != nil {
		classes{&t.words}.arrive(lv, up, s)
		return true
	}
	lv.fresh = len(lv.at) - len(up.parts.Section)
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
		t.stander().Enter(s)
		return
	}
	up, lv := t.levels[d], t.at(d+1)
	if lv.classes = nil; up.classes != nil {
		classes{&t.words}.enter(up, lv, s)
		return
	}
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
		t.stander().Leave()
		return
	}
	t.standing = false
	up := t.levels[d]
	t.unlabel(up.l, up.j)
	t.cells.Back(up.split)
}

// CopyFrom copies what the sides of a split of another tree need.
func (t *Vertices) CopyFrom(from Tree, depth int) {
	o := from.(*Vertices)
	t.path, t.standing = append(t.path[:0], o.path[:depth]...), o.standing && depth >= o.since
	if t.standing {
		t.since = depth
		t.standby().CopyFrom(o.stander(), depth)
		return
	}
	copy(t.labels, o.labels)
	src, dst := o.levels[depth], t.at(depth)
	dst.l, dst.j, dst.open, dst.word, dst.arrived = src.l, src.j, src.open, src.word, true
	dst.acc.CopyFrom(&src.acc)
	t.copyLayer(&o.trunk, src.l)
	t.adopt(&o.words, src, dst)
	if dst.classes = nil; src.classes != nil {
		classes{&t.words}.adopt(&o.words, src, dst)
		dst.split = t.cells.Here()
		return
	}
	t.cells.Adopt(o.cells, src.word, src.names)
	dst.parts.Plus = t.cells.Take(o.cells, src.parts.Plus, dst.parts.Plus[:0])
	dst.parts.Section = t.cells.Take(o.cells, src.parts.Section, dst.parts.Section[:0])
	dst.split = t.cells.Here()
}

// Labels are those of whichever tree has the cell.
func (t *Vertices) Labels() []int8 {
	if t.standing {
		return t.stander().Labels()
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
	if t.solved == nil && t.line == nil {
		return nil
	}
	return t.stander().Err()
}

// Witness is the point that was found last, nil where none is wanted.
func (t *Vertices) Witness(short bool) ([]float64, []*big.Float) {
	switch {
	case t.standing:
		return t.stander().Witness(short)
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
	if t.m.Layers[l].Ends != nil {
		return classes{t}.enterLayer(lv)
	}
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

// What a tree of vertices shows of its cells to those who want more than their number: witnesses,
// and for proofs the multipliers of each empty side. A form is largest on a cell at a vertex, and
// the constraints that hold there say why it is no larger. Everything is proposed by floats and
// certified by the judge, and is a function of the path to the cell.

package tree

import (
	"math"
	"slices"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/vertices"
)

// Wants says what is wanted of a tree besides the number of regions.
type Wants int8

const (
	// Counts: nothing.
	Counts Wants = iota
	// Witnesses: a point of each region.
	Witnesses
	// Proofs: witnesses, and what a [Teller] is told.
	Proofs
)

// shown is what is to be told of a cell. It waits until the cell is decided, for where something
// cannot be shown the solver takes the whole cell over.
type shown struct {
	m           *Subject
	evidence    *vertices.Evidence
	arrangement *vertices.Arrangement
	cone        vertices.Cone
	waiting     waiting
	// x, or in wide where float64 does not hold it, is the witness found last.
	x    []float64
	wide bool
	y    vertices.Point
	in   vertices.Region
	// halves are the two regions of the cell that was split last for that.
	halves vertices.Halves
}

// constrain makes neuron j of layer l a constraint of the cell, on a side.
func (t *words) constrain(l, j int, s int8) {
	name := t.judge.Names()
	if t.judge.Add(judge.Constraint{Form: t.Form(l, j), ID: int32(t.m.Layers[l].First + j), S: float64(s), Name: name}); t.judge.Named > 0 {
		t.judge.Named = name + 1
	}
	t.know(len(t.judge.Cell) - 1)
}

// know tells the vertices of a constraint of the cell.
func (t *words) know(i int) {
	a := &t.judge.Cell[i]
	at, side := t.place(a.Form)
	t.shown.evidence.Know(at, vertices.Known{Side: a.S * float64(side), ID: int32(i)})
}

// begin prepares for showing the cell of a level that is below another, nil for the root.
func (t *words) begin(lv, up *hull, s int8) {
	if t.wants == Counts {
		return
	}
	t.shown.waiting.forget(moment{})
	if up == nil {
		t.judge.Cell, t.judge.Named, lv.box = t.judge.Cell[:0], 0, lv.box[:0]
	} else {
		t.judge.Cell, t.judge.Named = t.judge.Cell[:up.cell], up.named
		switch {
		case up.classes == nil:
			t.constrain(up.l, up.j, s)
		case lv.classes == nil: // else it is the rest
			classes{t}.constrainTo(up.side(s))
		}
		lv.box.CopyFrom(up.box)
	}
	t.judge.Box = lv.box
}

// adopt takes over the constraints of the cell of another tree at a split.
func (t *words) adopt(o *words, src, dst *hull) {
	dst.cell, dst.named, dst.halved = src.cell, src.named, false
	dst.box.CopyFrom(src.box)
	dst.unlooked = append(dst.unlooked[:0], src.unlooked...)
	t.judge.Cell = t.judge.Cell[:0]
	if t.wants == Counts {
		return
	}
	for i, a := range o.judge.Cell[:src.cell] {
		z := *a.Form
		z.G = slices.Clone(z.G)
		a.Form = &z
		t.judge.Add(a)
		t.know(i)
	}
}

// prune shows that the side of a neuron of the word opposite to live is empty.
func (t *words) prune(lv *hull, b uint, live int8) bool {
	j := t.cells.NeuronAt(lv.l, lv.word, b)
	z := t.Form(lv.l, j)
	g, s := toward(z, -live)
	c, top := &t.shown.cone, t.cells.Top(&g, lv.at[lv.fresh:])
	e, touches := t.shown.evidence, t.cells.Sign(lv.word, top).Zero>>b&1 != 0
	if !((e.Along(top, &g, lv.at, c) || e.Peel(top, &g, lv.at, c)) && t.judge.Shows(z, s, c.IDs, c.Lambda, touches)) &&
		!(e.Express(top, &g, c) && t.judge.Shows(z, s, c.IDs, c.Lambda, touches)) {
		return false
	}
	t.shown.waiting.pruned(j, live, false, &t.judge.Out)
	return true
}

// toward is the gradient of a form, or of its negative.
func toward(z *forms.Form, side int8) (g vertices.Point, s float64) {
	s = float64(side)
	for k, v := range z.G {
		g[k] = s * v
	}
	return g, s
}

// narrowWorth is how many neurons a line for each input must settle for a box to be worth its
// lines, two for each input: those of later layers are more, as a box holds for them too. Less
// makes longer proofs in shallow networks, more in deep ones.
const narrowWorth = 4

// enterShown is enterLayer for proofs: the box of the cell is narrowed where that saves more than
// it costs, and those neurons are settled that a proof need not speak of.
func (t *words) enterShown(lv *hull) bool {
	l := lv.l
	st, fs, labels := &t.layers[l], t.Forms(l), t.labels[t.m.Layers[l].First:]
	labels = labels[:len(st.done)]
	doubtful := t.judge.AloneFloat(fs, labels)
	if t.narrowPays(lv, fs, labels) {
		t.narrow(lv)
		doubtful = t.judge.AloneFloat(fs, labels)
	}
	for j, s := range labels {
		st.done[j] = open
		if s == 0 && doubtful {
			var alone bool
			if s, alone = t.judge.Alone(&fs[j]); t.m.Late() {
				return false
			} else if alone && s == 0 {
				st.done[j] = zero
			}
		}
		if s != 0 {
			labels[j], st.done[j] = s, settled
			t.tally.Float++
			t.Pass(&lv.acc, l, j, s)
		}
	}
	return true
}

// narrowPays says that enough neurons of the layer have one sign on the box around the cell, and
// not, as their labels say, on that which is shown already, for it to be narrowed.
func (t *words) narrowPays(lv *hull, fs []forms.Form, labels []int8) bool {
	left := narrowWorth * t.m.N / (len(t.m.Layers) - lv.l) // to be exceeded
	if len(labels) <= left || !(t.m.UnitTerms < forms.MaxTerms) || t.judge.Names() == 0 {
		return false
	}
	t.cells.Around(lv.at, &t.around)
	for j, s := range labels {
		if s == 0 && t.around.Sign(&fs[j]) != 0 {
			left--
		}
		if left < 0 {
			return true
		}
	}
	return false
}

// sideParts is how many steps of the grid of a side there are in the width of a cell: fewer make
// shorter proofs, more make tighter boxes.
const sideParts = 32

// narrow shows for each side of the cell, as far as that can be seen, how far it reaches.
func (t *words) narrow(lv *hull) {
	if len(lv.box) == 0 {
		lv.box.Cube(t.m.N)
	}
	for k := range t.m.N {
		for _, s := range [...]int8{-1, 1} {
			t.narrowSide(lv, k, s)
			t.judge.Box = lv.box
		}
	}
}

// narrowSide narrows one side: the number is rounded outward, to few digits.
func (t *words) narrowSide(lv *hull, k int, s int8) {
	c, scale := t.m.Near(k)
	var g vertices.Point
	g[k] = float64(s)
	width := 2 * t.around.Half[k]
	_, e := math.Frexp(sideParts / (scale * width))
	if e > 1000 || e < -1000 {
		return
	}
	reach := c + scale*(t.around.Mid[k]+float64(s)*t.around.Half[k])
	n := float64(s) * math.Ceil(float64(s)*math.Ldexp(reach, e)+0.125)
	x := math.Ldexp(n, -e)
	at := &lv.box[2*k+(int(s)+1)/2]
	y := (x - c) / scale
	if !(math.Abs(n) <= 1<<53) || !(float64(s)*(at.Y-y) > 2*t.m.UnitTerms*forms.Unit) {
		return
	}
	cone := &t.shown.cone
	if !t.shown.evidence.Express(t.cells.Top(&g, lv.at), &g, cone) || !t.judge.Within(k, s, x, cone.IDs, cone.Lambda) {
		return
	}
	*at = judge.Side{Y: y, X: x}
	t.shown.waiting.narrowed(k, s, x, &t.judge.Out)
}

// miss shows that a side of the neuron of the level misses the ball, and makes the neuron a
// constraint of the cell, which is on the other side, live.
func (t *words) miss(lv *hull, live int8) bool {
	if t.wants == Counts {
		return true
	}
	const self = -1
	z := t.Form(lv.l, lv.j)
	at, _ := t.place(z)
	t.shown.evidence.Know(at, vertices.Known{Side: float64(-live), ID: self})
	if t.wants == Proofs {
		if !t.showNearest(lv.parts.Side(-live, nil), self, z, float64(-live)) {
			return false
		}
		t.shown.waiting.pruned(lv.j, live, true, &t.judge.Out)
	}
	t.constrain(lv.l, lv.j, live)
	return true
}

// noteSplit notes what the sides of a split begin with. What is learnt on the minus side of
// vertices that both sides have is to be forgotten before the plus side, for what can be shown
// there is to depend on the path alone.
func (t *words) noteSplit(lv *hull) {
	if !t.forgets {
		return
	}
	lv.cell, lv.named = len(t.judge.Cell), t.judge.Named
	if lv.classes != nil {
		return
	}
	lv.unlooked = t.cells.SignsAfter(lv.word, lv.parts.Section, lv.unlooked[:0])
}

// halves says that the level's cell, in the ball, splits into two regions, of which only a point
// each is wanted.
func (t *words) halves(lv *hull) bool {
	return t.wants != Counts && lv.open&(lv.open-1) == 0 && t.lastWord(lv) && !t.shown.evidence.Reaches(t.m.Norm, lv.at)
}

// witness finds a point of the cell of a level with few digits, where one is wanted.
func (t *Vertices) witness(lv *hull) bool {
	if t.wants == Counts {
		return true
	}
	sh := &t.shown
	if up := t.up(); up != nil && up.halved {
		room := t.shown.evidence.Beside(t.m.Norm, &sh.halves, t.side(), &sh.y)
		return room > 0 && sh.rounded(&sh.halves.Region, room)
	}
	if !lv.arrived { // its vertices have not been looked at
		t.begin(lv, t.up(), t.side())
		if up := t.up(); up != nil {
			lv.at = t.sideOf(lv, up, t.side())
		}
	}
	at := lv.at
	if lv.classes != nil { // which have no part of the cell that was split away
		named, cell, inProof := t.cells.Named(), len(t.judge.Cell), t.judge.Named
		at = classes{&t.words}.stand(&lv.classes[0])
		defer func() {
			t.cells.Unname(named)
			t.judge.Cell, t.judge.Named = t.judge.Cell[:cell], inProof
		}()
	}
	room, found := t.shown.evidence.Middle(t.m.Norm, at, &sh.in, &sh.y)
	return found && sh.rounded(&sh.in, room)
}

// rounded rounds the point in shown.y, about which there is so much room.
func (s *shown) rounded(in *vertices.Region, room float64) bool {
	least, plain := math.Inf(1), s.m.UnitTerms < forms.MaxTerms
	for k := range s.m.N {
		_, half := s.m.Near(k)
		least = min(least, half)
	}
	if plain {
		_, e := math.Frexp(0.5 / (room * least))
		for e, most := max(0, e-coarser), min(e+finer, 1000); e <= most && plain; e++ {
			var held bool
			if held, plain = s.roundInput(in, e); held {
				return true
			}
		}
	}
	_, e := math.Frexp(0.5 / room)
	for e, most := max(0, e-coarser), min(e+finer, 52); e <= most; e++ {
		if s.roundUnit(in, e) {
			return true
		}
	}
	return false
}

// coarser is how many digits fewer are tried than should always do, for a point need not be in the
// middle, and finer how many more, for what rounding makes of that.
const coarser, finer = 1, 2

// roundInput rounds the witness in shown.y to so many digits after the point in coordinates of the
// input. fits is false where float64 does not hold that.
func (s *shown) roundInput(in *vertices.Region, e int) (held, fits bool) {
	var y vertices.Point
	grid, step := math.Ldexp(1, e), math.Ldexp(1, -e)
	for k := range s.m.N {
		c, half := s.m.Near(k)
		n := math.RoundToEven((c + half*s.y[k]) * grid)
		if !(math.Abs(n) <= 1<<53) {
			return false, false
		}
		s.x[k] = n * step
		y[k] = (s.x[k] - c) / half
	}
	s.wide = false
	return s.evidence.Holds(s.m.Norm, in, &y, s.m.UnitError(y.Size())), true
}

// roundUnit does so in coordinates of the unit ball.
func (s *shown) roundUnit(in *vertices.Region, e int) bool {
	var y vertices.Point
	for k := range s.m.N {
		y[k] = math.Ldexp(math.RoundToEven(math.Ldexp(s.y[k], e)), -e)
		s.x[k] = y[k]
	}
	s.wide = true
	return s.evidence.Holds(s.m.Norm, in, &y, 0)
}

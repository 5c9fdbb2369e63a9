// Maxima on solved cells. Where the pieces of a maximum fall into several classes on a cell, the
// cell is replaced by one for each: the lowest class that lives is the minus side of a split, and
// the others, the same cell without that class, the plus side, which is split in turn. So no cell is
// cut where a third piece wins. A class is constrained by what its piece is above each other one.

package tree

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/lp"
)

// choice is what a level knows of the maximum at hand.
type choice struct {
	// class is the lowest class that lives on the cell, and next the one after it, where there is
	// one; both are pieces of the layer, or −1. A witness of class is the level's point, one of next
	// is far.
	class, next int
	// rest says that classes of the maximum were split away from this cell: the next one that lives
	// is known, and begins at class.
	rest bool
	// before and named are the number of constraints and of names before the cell was entered, cell
	// and names those where it splits.
	before, cell int
	named, names int32
	// above and off are the solver of the cell above, where this one has a solver of its own, and
	// how many constraints it does not follow.
	above lp.Incremental
	off   int
}

// enterMaxima settles the maxima of the layer of which one piece is above all others on the ball.
func (t *Solved) enterMaxima(lv *level) {
	ly, st := t.m.Layers[lv.l], &t.layers[lv.l]
	labels := t.labels[ly.First:]
	for first := 0; first < ly.Neurons; first = ly.Ends[first] {
		end := ly.Ends[first]
		clear(labels[first:end])
		clear(st.done[first:end])
		if t.m.Late() {
			continue
		}
		if i := t.above(lv.l, first, end); i >= 0 {
			t.tally.Float++
			t.settleFor(lv, first, i)
		}
	}
}

// settleFor decides a maximum for a class on the whole cell.
func (t *Solved) settleFor(lv *level, first, class int) {
	done := t.layers[lv.l].done
	for j := first; j < t.m.Layers[lv.l].Ends[first]; j++ {
		done[j] = settled
	}
	t.label(lv.l, first, class)
	t.Pass(&lv.acc, lv.l, class, 1)
}

// above looks for a piece that is above all others on the ball, or identical to them and the first,
// as far as floats are certain; −1 is none. Pieces that one is above are settled.
func (t *Solved) above(l, first, end int) int {
	fs, i, done, only := t.Forms(l), first, t.layers[l].done, true
	for j := first; j < end; j++ { // it is the largest at the centre
		if fs[j].H > fs[i].H {
			i = j
		}
	}
	var d forms.Form
	for j := first; j < end; j++ {
		if j == i {
			continue
		}
		t.Above(l, i, j, &d)
		switch {
		case d.Zero() && j > i:
		case t.judge.Settled(&d) > 0:
			done[j] = settled
		default:
			only = false
		}
	}
	if !only {
		return -1
	}
	return i
}

// decidedAll says that a maximum is decided on the cell on which its layer was entered.
func (t *Solved) decidedAll(l, first int) bool {
	return !slices.Contains(t.layers[l].done[first:t.m.Layers[l].Ends[first]], open)
}

// settleMaxima settles the classes of later maxima that are empty on the whole cell, before it is
// split for the first time in this layer: once for all its parts.
func (t *Solved) settleMaxima(lv *level) {
	ly, done := t.m.Layers[lv.l], t.layers[lv.l].done
	at := judge.NewPoint(t.m.Model)
	current := lv.j
	defer func() { lv.j = current }()
	for lv.j = ly.Ends[current]; lv.j < ly.Neurons; lv.j = ly.Ends[lv.j] {
		live, last := 0, -1
		for c := lv.j; c < ly.Ends[lv.j]; c++ {
			switch {
			case done[c] != open:
			case t.lives(lv, c, &at):
				live, last = live+1, c
			case t.err != nil || t.gaveUp:
				return
			default:
				done[c] = settled
			}
		}
		if live == 1 {
			t.settleFor(lv, lv.j, last)
		}
	}
}

// maxima decides the maxima of a layer from the level's on, as layer does.
func (t *Solved) maxima(lv *level, passing bool) (e Event, done bool) {
	ly, st := t.m.Layers[lv.l], &t.layers[lv.l]
	for ; lv.j < ly.Neurons; lv.j = ly.Ends[lv.j] {
		if t.decidedAll(lv.l, lv.j) {
			continue
		}
		if t.m.Late() || !passing && t.halt.Load() {
			return t.Undecided(), true
		}
		c := &lv.choice
		if !c.rest {
			c.class = t.live(lv, lv.j, &lv.far)
			if c.class >= 0 {
				lv.CopyFrom(&lv.far)
			}
		}
		if c.next = -1; t.err == nil && !t.gaveUp && c.class >= 0 {
			c.next = t.live(lv, c.class+1, &lv.far)
		}
		switch {
		case t.err != nil:
			return Event{Kind: Failed}, true
		case t.gaveUp:
			t.gaveUp = false
			return t.Undecided(), true
		case c.class < 0:
			t.err = fmt.Errorf("neuron %d: all classes of a maximum were found empty", ly.First+lv.j)
			return Event{Kind: Failed}, true
		case c.next >= 0:
			if t.ahead && st.entry == t.depth && t.off == 0 {
				if t.settleMaxima(lv); t.err != nil {
					return Event{Kind: Failed}, true
				}
				t.gaveUp = false // what it has not settled is open
			}
			c.cell, c.names = len(t.judge.Cell), t.judge.Named
			lv.follows = true
			return Event{Kind: Split, Shared: t.off == 0}, true
		}
		if c.rest {
			t.constrainTo(lv, lv.l, c.class)
		}
		t.label(lv.l, lv.j, c.class)
		t.Pass(&lv.acc, lv.l, c.class, 1)
		c.rest = false
	}
	return e, false
}

// choose names a side of a split of a maximum: the class, or the rest.
func (t *Solved) choose(lv, child *level, s int8) {
	child.l, child.j, child.arrived = lv.l, lv.j, false
	child.choice = choice{class: lv.choice.next, rest: true}
	if s > 0 {
		child.CopyFrom(&lv.far)
		return
	}
	child.CopyFrom(&lv.Point)
	child.choice = choice{}
	child.j = t.m.Layers[lv.l].Ends[lv.j]
	t.label(lv.l, lv.j, lv.choice.class)
}

// arriveAt enters the class, or the rest.
func (t *Solved) arriveAt(lv, up *level) {
	if lv.choice.rest {
		if t.judge.Proof {
			t.renew(lv)
		}
		return
	}
	t.constrainTo(lv, up.l, up.choice.class)
	t.Pass(&lv.acc, up.l, up.choice.class, 1)
}

// renew gives the cell a solver of its own, which knows its constraints alone: that of the cell above
// has been asked in the class that was split away, or not, as it happens, and a proof is to be a
// function of the path.
func (t *Solved) renew(lv *level) {
	lv.choice.above, lv.choice.off = t.solver, t.off
	n := len(t.spare) - 1
	if n < 0 {
		t.spare, n = append(t.spare, t.newSolver()), 0
	}
	t.use(t.spare[n])
	t.spare = t.spare[:n]
	t.replay()
}

// replay tells the solver the constraints of the cell, from nothing.
func (t *questions) replay() {
	t.solver.Reset(t.m.Norm, t.m.N)
	t.off = 0
	for i := range t.judge.Cell {
		a := &t.judge.Cell[i]
		if t.off == 0 && !a.Lost() {
			if r, err := t.solver.Ask(a.G, a.H, a.S); err == nil && r.Meets && t.solver.Split() {
				t.solver.Enter(a.S)
				continue
			}
		}
		t.off++
	}
}

// use makes a solver the tree's.
func (t *Solved) use(s lp.Incremental) {
	t.Tally()
	t.solver, t.pivots = s, s.Pivots()
}

// solverAt returns the solver of the cell of a depth.
func (t *Solved) solverAt(depth int) lp.Incremental {
	for _, lv := range t.levels[depth+1 : t.depth+1] {
		if lv.arrived && lv.choice.above != nil {
			return lv.choice.above
		}
	}
	return t.solver
}

// atFirst makes the solver of the root the tree's.
func (t *Solved) atFirst() {
	for _, lv := range t.levels[:min(len(t.levels), t.depth+1)] {
		if lv != nil && lv.arrived && lv.choice.above != nil {
			t.use(lv.choice.above)
			break
		}
	}
	for _, lv := range t.levels {
		if lv != nil {
			lv.choice.above = nil
		}
	}
}

// giveBack takes away the constraints of the level's cell.
func (t *Solved) giveBack(lv *level) {
	if lv.arrived {
		t.releaseTo(lv.choice.before)
		t.judge.Named = lv.choice.named
		if c := &lv.choice; c.above != nil {
			t.spare = append(t.spare, t.solver)
			t.use(c.above)
			t.off, c.above = c.off, nil
		}
	}
}

// releaseTo takes constraints away until there are so many.
func (t *questions) releaseTo(n int) {
	for len(t.judge.Cell) > n {
		if t.off > 0 {
			t.off--
		} else {
			t.solver.Leave()
		}
		t.release()
	}
}

// label writes the labels of a class of the maximum that begins at unit first.
func (t *Solved) label(l, first, class int) {
	ly := t.m.Layers[l]
	t.classLabels(l, first, class, t.labels[ly.First+first:ly.First+ly.Ends[first]])
}

func (t *Solved) unlabel(up *level) {
	ly := t.m.Layers[up.l]
	clear(t.labels[ly.First+up.j : ly.First+ly.Ends[up.j]])
}

// classLabels writes + at the class, 0 at what is identical to it on the cell, and − at the rest.
func (t *questions) classLabels(l, first, class int, labels []int8) {
	var d forms.Form
	for i := range labels {
		j := first + i
		switch {
		case j == class:
			labels[i] = 1
		case t.same(l, class, j, &d):
			labels[i] = 0
		default:
			labels[i] = -1
		}
	}
}

// same says that two pieces are identical on the cell, and leaves their difference in d.
func (t *questions) same(l, i, j int, d *forms.Form) bool {
	t.Above(l, i, j, d)
	return t.judge.Vanishes(d)
}

// live returns the first class from piece c on that lives on the cell, with its witness, or −1. Of
// those that do not it tells.
func (t *Solved) live(lv *level, c int, at *judge.Point) int {
	end := t.m.Layers[lv.l].Ends[lv.j]
	for ; c < end; c++ {
		if t.m.Late() {
			t.gaveUp = true
			return -1
		}
		if t.layers[lv.l].done[c] == open && t.lives(lv, c, at) && t.witnessed(lv, c, at) {
			return c
		}
		if t.err != nil || t.gaveUp {
			return -1
		}
	}
	return -1
}

// rival is another piece than that of a class, and what that is above it.
type rival struct {
	piece int
	name  int32
	d     *forms.Form
}

// rivals are the pieces that are not identical to that of a class; none and false where an earlier
// piece is, by which the class is known. They have the names from the cell's last on.
func (t *questions) rivals(l, first, class int) (rs []rival, ok bool) {
	name := t.judge.Names()
	for j := first; j < t.m.Layers[l].Ends[first]; j++ {
		d := new(forms.Form)
		switch {
		case j == class:
		case !t.same(l, class, j, d):
			rs = append(rs, rival{j, name, d})
			name++
		case j < class:
			return nil, false
		}
	}
	return rs, true
}

// lives says whether the class of piece c lives on the cell, with a point inside; else it tells why
// not.
func (t *Solved) lives(lv *level, c int, at *judge.Point) bool {
	rs, ok := t.rivals(lv.l, lv.j, c)
	if !ok || t.m.Late() {
		t.gaveUp = t.gaveUp || t.m.Late()
		return false
	}
	if t.isIn(lv, c, rs) {
		at.CopyFrom(&lv.Point)
		return true
	}
	named, before := t.judge.Named, len(t.judge.Cell)
	if t.alone(rs) || t.gaveUp {
		return false
	}
	t.judge.Named = t.judge.Names() + int32(len(rs))
	s := &search{Solved: t, lv: lv, at: at, class: c}
	at.CopyFrom(&lv.Point)
	live := s.run(rs)
	if !live && t.err == nil && !t.gaveUp {
		t.tellDead(c, s.by)
	}
	t.releaseTo(before)
	t.judge.Named = named
	return live && !t.gaveUp
}

// isIn says that the witness of the level is known to lie in the class of piece c.
func (t *questions) isIn(lv *level, c int, rs []rival) bool {
	signs := lv.Z[t.m.Layers[lv.l].First:]
	for _, r := range rs {
		if signs[r.piece] >= 0 {
			return false
		}
	}
	return signs[c] > 0
}

// alone says that one rival shows a class to be empty by its form alone, of which a proof says
// nothing.
func (t *Solved) alone(rs []rival) bool {
	for _, r := range rs {
		s := int8(0)
		if !t.judge.Proof {
			s = t.judge.Settled(r.d)
		} else if s, _ = t.judge.Alone(r.d); t.m.Late() {
			t.gaveUp = true
			return false
		}
		if s < 0 {
			t.tally.Float++
			return true
		}
	}
	return false
}

// tellDead tells that a class is empty, which the rival asked about last has shown.
func (t *Solved) tellDead(c int, by rival) {
	if !t.judge.Proof {
		return
	}
	t.judge.Out.Inside(t.judge, by.name)
	t.told.Pruned(c, -1, false, &t.judge.Out)
}

// witnessed makes the signs of a class's witness known up to the maximum.
func (t *Solved) witnessed(lv *level, c int, at *judge.Point) bool {
	ly := t.m.Layers[lv.l]
	t.label(lv.l, lv.j, c)
	by := t.judge.Confirm(at, ly.First+ly.Ends[lv.j])
	clear(t.labels[ly.First+lv.j : ly.First+ly.Ends[lv.j]])
	if by == judge.None {
		if t.m.Late() {
			t.gaveUp = true
		} else {
			t.err = fmt.Errorf("neuron %d: the witness of a class of a maximum lies in another", ly.First+lv.j)
		}
		return false
	}
	t.count(by)
	return true
}

// search looks for a point of a class, rival by rival: a cell with a point inside is asked for one
// where the class's piece is above the rival too.
type search struct {
	*Solved
	lv    *level
	at    *judge.Point // inside the cell that there is so far
	class int
	by    rival // the one that shows the class to be empty
}

// run reports whether the class lives. The rival that is farthest above at the point is next; where
// the class is certainly above all of them, it lives.
func (s *search) run(rs []rival) bool {
	left := slices.Clone(rs)
	for len(left) > 0 {
		if s.m.Late() {
			s.gaveUp = true
			return false
		}
		worst, least := 0, math.Inf(1)
		for i, r := range left {
			if v := s.value(r.d); v < least {
				worst, least = i, v
			}
		}
		if least > 0 { // then the first of which that is not certain
			if worst = slices.IndexFunc(left, func(r rival) bool { return !s.certain(r.d) }); worst < 0 {
				return true
			}
		}
		if s.by = left[worst]; !s.step(s.by) {
			return false
		}
		left = slices.Delete(left, worst, worst+1)
	}
	return true
}

func (s *search) value(d *forms.Form) float64 { return floats.Dot(d.G, s.at.Y) + d.H }

// certain says that the sign of a form at the point is that of its value.
func (s *search) certain(d *forms.Form) bool {
	return s.at.Big == nil && s.judge.Policy.AllowFloat() && d.CertainAt(s.at.Y, 0)
}

// step goes on to where the class is above a rival, and reports false where it is nowhere.
func (s *search) step(r rival) bool {
	t := s.Solved
	if t.off == 0 && s.certain(r.d) {
		by, reply := t.ask(r.d, -1, 1)
		if by != judge.None {
			t.count(by)
			return false
		}
		if reply != nil && (s.move(r, reply.Point, reply.Interior) || s.deep(r)) {
			t.enter(r, t.solver.Split())
			return true
		}
	}
	point, err := t.judge.Solve(t.m.Late, r.d, 1, s.at.Rats())
	switch {
	case t.m.Late():
		t.gaveUp = true
		return false
	case err != nil:
		t.err = fmt.Errorf("neuron %d: the exact solve failed: %w", t.m.Layers[s.lv.l].First+s.class, err)
		return false
	}
	t.count(judge.Solve)
	if point == nil {
		return false
	}
	t.judge.SetExact(s.at, point)
	t.push(r)
	return true
}

// deep moves the point to one deep inside, which the solver looks for otherwise, and has the solver
// ready to split.
func (s *search) deep(r rival) bool {
	p, ok := s.solver.Margin(r.d.G, r.d.H, 1)
	if !ok || !s.move(r, p, true) {
		return false
	}
	s.tally.Questions++
	reply, err := s.solver.Ask(r.d.G, r.d.H, 1)
	return err == nil && reply.Meets
}

// move moves the point to where the class is certainly above the rival, inside the cell, along the
// way to the solver's point.
func (s *search) move(r rival, to []float64, interior bool) bool {
	from := slices.Clone(s.at.Y)
	z0, z1 := floats.Dot(r.d.G, from)+r.d.H, floats.Dot(r.d.G, to)+r.d.H
	cross := 0.0
	fractions := segmentFractions[:]
	switch {
	case interior:
		fractions = []float64{1}
	case !(z1 > z0):
		return false
	default:
		cross = max(-z0/(z1-z0), 0)
	}
	for _, f := range fractions {
		at := cross + f*(1-cross)
		for k, p := range from {
			s.at.Y[k] = p + at*(to[k]-p)
		}
		if s.certain(r.d) && s.value(r.d) > 0 && s.within(s.at.Y) {
			s.judge.Look(s.at)
			return true
		}
	}
	copy(s.at.Y, from)
	return false
}

// within says that a point is certainly inside the cell.
func (t *questions) within(y []float64) bool {
	if !forms.Inside(t.m.Norm, y) {
		return false
	}
	for i := range t.judge.Cell {
		a := &t.judge.Cell[i]
		if !a.CertainAt(y, 0) || a.S*(floats.Dot(a.G, y)+a.H) < 0 {
			return false
		}
	}
	return true
}

// push makes a rival's difference a constraint of the cell, unless it holds there anyway. The cell
// has a point where it does.
func (t *questions) push(r rival) {
	if t.off == 0 && !r.d.Lost() {
		by, reply := t.ask(r.d, -1, -1)
		if by != judge.None {
			return
		}
		t.enter(r, reply != nil && t.solver.Split())
		return
	}
	t.enter(r, false)
}

// enter makes it one; follows says that the solver is ready for it.
func (t *questions) enter(r rival, follows bool) {
	named := t.judge.Named
	t.constrain(judge.Constraint{Form: r.d, ID: -1, S: 1, Name: r.name})
	t.judge.Named = named
	if follows {
		t.solver.Enter(1)
	} else {
		t.off++
	}
}

// constrainTo makes the cell that of a class, of which the level's point is one.
func (t *Solved) constrainTo(lv *level, l, class int) {
	ly := t.m.Layers[l]
	first := class
	for first > 0 && ly.Ends[first-1] == ly.Ends[class] {
		first--
	}
	rs, _ := t.rivals(l, first, class)
	t.judge.Named = t.judge.Names() + int32(len(rs))
	for _, r := range rs {
		t.push(r)
	}
}

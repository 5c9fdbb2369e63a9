// Does a class of a maximum live on a cell? One rival after the other is asked for: a cell with a
// point inside is made that part of it where the class's piece is above the rival too.

package tree

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
)

// lives says whether the class of piece c lives on the cell, with a point inside; else it tells why
// not.
func (t maxima) lives(lv *level, c int, at *judge.Point) bool {
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
	s := &search{Solved: t.Solved, lv: lv, at: at, class: c}
	at.CopyFrom(&lv.Point)
	live := s.run(rs)
	if !live && t.err == nil && !t.gaveUp {
		t.tellDead(c, s.by)
	}
	stack(t).releaseTo(before)
	t.judge.Named = named
	return live && !t.gaveUp
}

// isIn says that the witness of the level is known to lie in the class of piece c.
func (t maxima) isIn(lv *level, c int, rs []rival) bool {
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
func (t maxima) alone(rs []rival) bool {
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
func (t maxima) tellDead(c int, by rival) {
	if !t.judge.Proof {
		return
	}
	t.judge.Out.Inside(t.judge, by.name)
	t.told.Pruned(c, -1, false, &t.judge.Out)
}

// witnessed makes the signs of a class's witness known up to the maximum.
func (t maxima) witnessed(lv *level, c int, at *judge.Point) bool {
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
			stack{t}.enter(r, t.solver.Split())
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
	stack{t}.push(r)
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
		if s.certain(r.d) && s.value(r.d) > 0 && (stack{s.Solved}).within(s.at.Y) {
			s.judge.Look(s.at)
			return true
		}
	}
	copy(s.at.Y, from)
	return false
}

// constrainTo makes the cell that of a class, of which the level's point is one.
func (t maxima) constrainTo(lv *level, l, class int) {
	ly := t.m.Layers[l]
	first := class
	for first > 0 && ly.Ends[first-1] == ly.Ends[class] {
		first--
	}
	rs, _ := t.rivals(l, first, class)
	t.judge.Named = t.judge.Names() + int32(len(rs))
	for _, r := range rs {
		stack(t).push(r)
	}
}

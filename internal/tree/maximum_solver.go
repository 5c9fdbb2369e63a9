// The solver on the cells of maxima: what it is told anew, and what is taken back.

package tree

import (
	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/lp"
)

// stack are the constraints of a solved tree's cell, which its solver follows.
type stack struct{ *Solved }

// renew gives the cell a solver of its own, which knows its constraints alone: that of the cell
// above has been asked in the class that was split away, or not, as it happens, and a proof is to
// be a function of the path.
func (t stack) renew(lv *level) {
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
func (t stack) replay() {
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
func (t stack) use(s lp.Incremental) {
	t.Tally()
	t.solver, t.pivots = s, s.Pivots()
}

// solverAt returns the solver of the cell of a depth.
func (t stack) solverAt(depth int) lp.Incremental {
	for _, lv := range t.levels[depth+1 : t.depth+1] {
		if lv.arrived && lv.choice.above != nil {
			return lv.choice.above
		}
	}
	return t.solver
}

// atFirst makes the solver of the root the tree's.
func (t stack) atFirst() {
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
func (t stack) giveBack(lv *level) {
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
func (t stack) releaseTo(n int) {
	for len(t.judge.Cell) > n {
		if t.off > 0 {
			t.off--
		} else {
			t.solver.Leave()
		}
		t.release()
	}
}

// within says that a point is certainly inside the cell.
func (t stack) within(y []float64) bool {
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
func (t stack) push(r rival) {
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
func (t stack) enter(r rival, follows bool) {
	named := t.judge.Named
	t.constrain(judge.Constraint{Form: r.d, ID: -1, S: 1, Name: r.name})
	t.judge.Named = named
	if follows {
		t.solver.Enter(1)
	} else {
		t.off++
	}
}

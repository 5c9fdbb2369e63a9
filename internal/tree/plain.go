// The plain tree, the slow and obvious twin: for each pattern prefix it computes every form from
// nothing and asks a solver, from nothing, about both sides. No inheritance, no caching, no early
// stop.

package tree

import (
	"fmt"
	"math/big"
	"sync/atomic"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/lp"
)

// Plain is a tree that shares the forms, filters and witnesses of [Solved]; the order of questions
// and the questions themselves are its own.
type Plain struct {
	*Solved
	oracle lp.Solver
	acc    forms.Sums
	path   []int8
	cells  []plainCell // of the path
}

// plainCell is a cell on the path: what its first undecided neuron is, and points of both sides
// where it is split.
type plainCell struct {
	l, j        int
	at          *judge.Point
	minus, plus *judge.Point
	plainChoice
}

// NewPlain returns a tree at the root whose proposals are the oracle's.
func NewPlain(m *Subject, halt *atomic.Bool, proof bool, oracle lp.Solver) *Plain {
	return &Plain{Solved: NewSolved(m, nil, halt, proof), oracle: oracle}
}

// Reset starts at the centre of the ball.
func (p *Plain) Reset() {
	p.Solved.Reset()
	at := judge.NewPoint(p.m.Model)
	p.judge.Look(&at)
	p.path, p.cells = p.path[:0], append(p.cells[:0], plainCell{at: &at})
	clear(p.labels)
}

// Next asks about both sides of one neuron after the other.
func (p *Plain) Next(passing bool) Event {
	c := &p.cells[len(p.cells)-1]
	for ; c.l < len(p.m.Layers); c.l, c.j = c.l+1, 0 {
		for ; c.j < p.m.Layers[c.l].Neurons; c.j++ {
			if ends := p.m.Layers[c.l].Ends; ends != nil {
				if e, done := p.maximum(c, passing); done {
					return e
				}
				c.j, c.from = ends[c.j]-1, 0
				continue
			}
			p.refresh(c.l)
			if p.m.Late() || !passing && p.halt.Load() {
				return p.Undecided()
			}
			p.ancestors()
			z, id := p.Form(c.l, c.j), p.m.Layers[c.l].First+c.j
			if p.judge.Vanishes(z) {
				p.labels[id] = 0
				continue
			}
			switch split := p.node(c, id, z); {
			case p.m.Late():
				return p.giveUp()
			case p.err != nil:
				return Event{Kind: Failed}
			case split:
				return Event{Kind: Split}
			}
		}
	}
	p.show(c)
	return p.region(p.at(0))
}

// show makes the cell the solved tree's own, which confirms and maps its witness.
func (p *Plain) show(c *plainCell) {
	lv := p.Solved.at(0)
	lv.CopyFrom(c.at)
	lv.choice.rest = c.from > 0
	if lv.l, lv.j = c.l, c.j; c.l == len(p.m.Layers) && c.l > 0 {
		lv.l, lv.j = c.l-1, p.m.Layers[c.l-1].Neurons
	}
}

// giveUp leaves the cell to a walk that is late: what was found, and what went wrong, may come from
// forms that were given up.
func (p *Plain) giveUp() Event {
	p.err = nil
	return p.Undecided()
}

// Undecided makes sure that the cell is not empty.
func (p *Plain) Undecided() Event {
	c := &p.cells[len(p.cells)-1]
	if c.l < len(p.m.Layers) { // nothing of a layer is settled in advance
		clear(p.layers[c.l].done)
	}
	p.show(c)
	return p.Solved.Undecided()
}

// Enter goes to a side.
func (p *Plain) Enter(s int8) {
	c := p.cells[len(p.cells)-1]
	if p.m.Layers[c.l].Ends != nil {
		p.choose(&c, s)
		return
	}
	at := c.plus
	if s < 0 {
		at = c.minus
	}
	p.labels[p.m.Layers[c.l].First+c.j] = s
	p.path = append(p.path, s)
	p.cells = append(p.cells, plainCell{l: c.l, j: c.j + 1, at: at})
}

// Leave goes back. Labels of later neurons are not looked at.
func (p *Plain) Leave() {
	n := len(p.cells) - 1
	p.path, p.cells = p.path[:n-1], p.cells[:n]
}

// CopyFrom goes the way of the other.
func (p *Plain) CopyFrom(from Tree, depth int) {
	if _, ok := Lead(p, from.(*Plain).path[:depth]); ok {
		p.Next(true)
	}
}

// SplitBound bounds the plus side of a split, and the whole, by their undecided neurons.
func (p *Plain) SplitBound(depth int) (plus, cell *big.Int) {
	c := &p.cells[depth]
	return p.after(c.l, c.j+1), p.after(c.l, c.j)
}

// MinusBound bounds the other side.
func (p *Plain) MinusBound(depth int) *big.Int { return p.after(p.cells[depth].l, p.cells[depth].j+1) }

// after is a factor of two for each neuron from j of layer l on.
func (p *Plain) after(l, j int) *big.Int {
	return new(big.Int).Lsh(big.NewInt(1), uint(p.m.Neurons-p.m.Layers[l].First-j))
}

// refresh recomputes the forms of the layers up to l from the labels.
func (p *Plain) refresh(l int) {
	p.LoadFirst()
	for i := 1; i <= l; i++ {
		p.Begin(&p.acc, i)
		for j := range p.m.Layers[i-1].Neurons {
			p.Pass(&p.acc, i-1, j, p.labels[p.m.Layers[i-1].First+j])
		}
		p.Load(i, &p.acc, p.labels)
	}
}

// ancestors lists the neurons of the splits of the path as constraints: all others that are decided
// follow from these.
func (p *Plain) ancestors() {
	p.judge.Cell = p.judge.Cell[:0]
	for d, s := range p.path {
		c := &p.cells[d]
		p.taken(c)
		if p.m.Layers[c.l].Ends != nil {
			if s < 0 {
				p.above(c.l, c.win)
			}
			continue
		}
		p.judge.Add(judge.Constraint{Form: p.Form(c.l, c.j), ID: int32(p.m.Layers[c.l].First + c.j), S: float64(s), Name: p.judge.Names()})
	}
	p.taken(&p.cells[len(p.path)])
}

// node asks about both sides of the cell's neuron and reports whether both live; else the cell goes
// on in the one that does.
func (p *Plain) node(c *plainCell, id int, z *forms.Form) (split bool) {
	minus, plus := judge.NewPoint(p.m.Model), judge.NewPoint(p.m.Model)
	liveMinus := p.side(id, z, -1, c.at, &minus)
	if p.err != nil {
		return false
	}
	var minusProof judge.Multipliers
	minusProof.CopyFrom(&p.judge.Out)
	livePlus := p.side(id, z, 1, c.at, &plus)
	switch {
	case p.err != nil || p.m.Late():
	case liveMinus && livePlus:
		c.minus, c.plus = &minus, &plus
		return true
	case liveMinus:
		c.at = &minus
		p.pruned(z, -1, id)
	case livePlus:
		c.at = &plus
		p.judge.Out.CopyFrom(&minusProof)
		p.pruned(z, 1, id)
	default:
		p.err = fmt.Errorf("neuron %d: both sides were found empty", id)
	}
	return false
}

// side asks whether the side s lives; its witness goes to out.
func (p *Plain) side(id int, z *forms.Form, s float64, lv, out *judge.Point) bool {
	if z.Lost() || p.thin() {
		return p.exactly(id, z, s, lv, out)
	}
	a, err := p.ask(z, s)
	if err != nil {
		p.err = fmt.Errorf("neuron %d: the solver failed: %w", id, err)
		return false
	}
	if a.Meets {
		copy(out.Y, a.Witness)
		if p.judge.Certain(out, id, int8(s)) {
			return true
		}
	} else {
		ids, lam := make([]int32, len(a.Lambda)), make([]float64, len(a.Lambda))
		for i, v := range a.Lambda {
			ids[i], lam[i] = int32(i), v/a.Self
		}
		if t := p.judge.Empty(z, s, ids, lam); t != judge.None {
			p.count(t)
			return false
		}
		if len(a.Witness) == p.m.N { // the solver could not tell
			copy(out.Y, a.Witness)
			if p.judge.Certain(out, id, int8(s)) {
				return true
			}
		}
	}
	return p.exactly(id, z, s, lv, out)
}

// thin says that rounding has put a constraint of the cell outside the ball, or as good as: no
// solver that is given the computed forms can say anything of that cell.
func (p *Plain) thin() bool {
	for i := range p.judge.Cell {
		a := &p.judge.Cell[i]
		if a.S*a.H+forms.Sup(p.m.Norm, a.G) <= float64(len(a.G)+8)*forms.Unit*a.Mag {
			return true
		}
	}
	return false
}

// exactly is side by the exact solve.
func (p *Plain) exactly(id int, z *forms.Form, s float64, lv, out *judge.Point) bool {
	point, err := p.judge.Solve(func() bool { return false }, z, s, lv.Rats())
	if err != nil {
		p.err = fmt.Errorf("neuron %d: the exact solve failed: %w", id, err)
		return false
	}
	p.count(judge.Solve)
	if point == nil {
		return false
	}
	p.judge.SetExact(out, point)
	return true
}

// ask builds the question from nothing.
func (p *Plain) ask(z *forms.Form, s float64) (lp.Answer, error) {
	if err := p.oracle.Reset(p.m.Norm, p.m.N); err != nil {
		return lp.Answer{}, err
	}
	for i := range p.judge.Cell {
		a := &p.judge.Cell[i]
		p.oracle.Push(lp.Constraint{Form: lp.Form{G: a.G, H: a.H}, Sign: a.S})
	}
	p.tally.Questions++
	a, err := p.oracle.Ask(lp.Constraint{Form: lp.Form{G: z.G, H: z.H}, Sign: s})
	if err == nil && !a.Meets && (len(a.Lambda) != len(p.judge.Cell) || !(a.Self > 0)) {
		err = fmt.Errorf("%d multipliers and %g for the asked side, expected %d and a positive one", len(a.Lambda), a.Self, len(p.judge.Cell))
	}
	if err == nil && a.Meets && len(a.Witness) != p.m.N {
		err = fmt.Errorf("a witness of %d coordinates, expected %d", len(a.Witness), p.m.N)
	}
	return a, err
}

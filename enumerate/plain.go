// The plain tree, the slow and obvious twin: for each pattern prefix it computes every form from nothing and asks a
// solver, from nothing, about both sides. No inheritance, no caching, no early stop.

package enumerate

import (
	"fmt"
	"math/big"
	"sync/atomic"

	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/exact"
)

// Plain is a tree that shares the forms, filters and witnesses of [Solved]; the order of questions and the questions
// themselves are its own.
type Plain struct {
	*Solved
	oracle lp.Solver
	acc    accumulator
	path   []int8
	cells  []plainCell // of the path
}

// plainCell is a cell on the path: what its first undecided neuron is, and points of both sides where it is split.
type plainCell struct {
	l, j        int
	at          *witness
	minus, plus *witness
}

// NewPlain returns a tree at the root whose proposals are the oracle's.
func NewPlain(m *model, halt *atomic.Bool, proof bool, oracle lp.Solver) *Plain {
	return &Plain{Solved: NewSolved(m, nil, halt, proof), oracle: oracle}
}

// Reset starts at the centre of the ball.
func (p *Plain) Reset() {
	p.Solved.Reset()
	at := newWitness(p.m)
	p.pass1.signs(at.y, at.z)
	p.path, p.cells = p.path[:0], append(p.cells[:0], plainCell{at: &at})
	clear(p.labels)
}

// Next asks about both sides of one neuron after the other.
func (p *Plain) Next(passing bool) tree.Event {
	c := &p.cells[len(p.cells)-1]
	for ; c.l < len(p.m.layers); c.l, c.j = c.l+1, 0 {
		for ; c.j < p.m.layers[c.l].m; c.j++ {
			p.forms(c.l)
			if p.m.late() || !passing && p.halt.Load() {
				return p.Undecided()
			}
			p.ancestors(c.l, c.j)
			z, id := p.form(c.l, c.j), p.m.layers[c.l].first+c.j
			if p.vanishes(z) {
				p.labels[id] = 0
				p.told.Zero()
			} else if split := p.node(c, id, z); p.err != nil {
				return tree.Event{Kind: tree.Failed, Err: p.err}
			} else if p.m.late() { // what was found may have been given up
				return p.Undecided()
			} else if split {
				return tree.Event{Kind: tree.Split}
			}
		}
	}
	p.show(c)
	return p.region(p.at(0))
}

// show makes the cell the solved tree's own, which confirms and maps its witness.
func (p *Plain) show(c *plainCell) {
	lv := p.Solved.at(0)
	lv.set(c.at)
	if lv.l, lv.j = c.l, c.j; c.l == len(p.m.layers) && c.l > 0 {
		lv.l, lv.j = c.l-1, p.m.layers[c.l-1].m
	}
}

// Undecided makes sure that the cell is not empty.
func (p *Plain) Undecided() tree.Event {
	c := &p.cells[len(p.cells)-1]
	if c.l < len(p.m.layers) { // nothing of a layer is settled in advance
		p.states[c.l].reserve(p.m.layers[c.l], c.l, p.m.n)
		for i := range p.states[c.l].done {
			p.states[c.l].done[i] = open
		}
	}
	p.show(c)
	return p.Solved.Undecided()
}

// Enter goes to a side.
func (p *Plain) Enter(s int8) {
	c := p.cells[len(p.cells)-1]
	at := c.plus
	if s < 0 {
		at = c.minus
	}
	p.labels[p.m.layers[c.l].first+c.j] = s
	p.path = append(p.path, s)
	p.cells = append(p.cells, plainCell{l: c.l, j: c.j + 1, at: at})
}

// Leave goes back. Labels of later neurons are not looked at.
func (p *Plain) Leave() {
	n := len(p.cells) - 1
	p.path, p.cells = p.path[:n-1], p.cells[:n]
}

// CopyFrom goes the way of the other.
func (p *Plain) CopyFrom(from tree.Tree, depth int) {
	if _, ok := tree.Lead(p, from.(*Plain).path[:depth]); ok {
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
	return new(big.Int).Lsh(big.NewInt(1), uint(p.m.neurons-p.m.layers[l].first-j))
}

// forms recomputes the forms of the layers up to l from the labels.
func (p *Plain) forms(l int) {
	p.loadFirst()
	for i := 1; i <= l; i++ {
		p.begin(&p.acc, i)
		for j := 0; j < p.m.layers[i-1].m; j++ {
			p.pass(&p.acc, i-1, j, p.labels[p.m.layers[i-1].first+j])
		}
		p.load(i, &p.acc)
	}
}

// ancestors lists every decided neuron with a sign as a constraint.
func (p *Plain) ancestors(l, j int) {
	p.cert.anc = p.cert.anc[:0]
	for i := 0; i <= l; i++ {
		width := p.m.layers[i].m
		if i == l {
			width = j
		}
		for k := 0; k < width; k++ {
			id := p.m.layers[i].first + k
			if s := p.labels[id]; s != 0 {
				p.cert.anc = append(p.cert.anc, ancestor{form: p.form(i, k), id: int32(id), s: float64(s)})
			}
		}
	}
}

// node asks about both sides of the cell's neuron and reports whether both live; else the cell goes on in the one that does.
func (p *Plain) node(c *plainCell, id int, z *form) (split bool) {
	minus, plus := newWitness(p.m), newWitness(p.m)
	liveMinus := p.side(id, z, -1, c.at, &minus)
	if p.err != nil {
		return false
	}
	var minusProof tree.Multipliers
	minusProof.CopyFrom(&p.cert.out)
	livePlus := p.side(id, z, 1, c.at, &plus)
	switch {
	case p.err != nil || p.m.late():
	case liveMinus && livePlus:
		c.minus, c.plus = &minus, &plus
		return true
	case liveMinus:
		p.labels[id], c.at = -1, &minus
		p.told.Pruned(-1, &p.cert.out)
	case livePlus:
		p.labels[id], c.at = 1, &plus
		p.told.Pruned(1, &minusProof)
	default:
		p.err = fmt.Errorf("enumerate: neuron %d: both sides were found empty", id)
	}
	return false
}

// side asks whether the side s lives; its witness goes to out.
func (p *Plain) side(id int, z *form, s float64, lv, out *witness) bool {
	if z.lost() || p.thin() {
		return p.exactly(id, z, s, lv, out)
	}
	a, err := p.ask(z, s)
	if err != nil {
		p.err = fmt.Errorf("enumerate: neuron %d: the solver failed: %w", id, err)
		return false
	}
	if a.Meets {
		copy(out.y, a.Witness)
		if p.certain(out, id, int8(s)) {
			return true
		}
	} else {
		ids, lam := make([]int32, len(a.Lambda)), make([]float64, len(a.Lambda))
		for i, v := range a.Lambda {
			ids[i], lam[i] = int32(i), v/a.Self
		}
		if t := p.cert.prune(z, s, ids, lam); t != tierNone {
			p.count(t)
			return false
		}
		if len(a.Witness) == p.m.n { // the solver could not tell
			copy(out.y, a.Witness)
			if p.certain(out, id, int8(s)) {
				return true
			}
		}
	}
	return p.exactly(id, z, s, lv, out)
}

// thin says that rounding has put a constraint of the cell outside the ball, or as good as: no
// solver that is given the computed forms can say anything of that cell.
func (p *Plain) thin() bool {
	for i := range p.cert.anc {
		a := &p.cert.anc[i]
		if a.s*a.h+supUnit(p.m.norm, a.g) <= float64(len(a.g)+8)*unit*a.mag {
			return true
		}
	}
	return false
}

// exactly is side by the exact solve.
func (p *Plain) exactly(id int, z *form, s float64, lv, out *witness) bool {
	point, self, lambda, err := exact.Side(p.m.norm, p.cert.signed(z.layer, z.unit, s), p.ancestorRows(), lv.exact())
	if err != nil {
		p.err = fmt.Errorf("enumerate: neuron %d: the exact solve failed: %w", id, err)
		return false
	}
	p.count(tierSolve)
	if point == nil {
		if p.cert.proof {
			p.cert.takeBig(z, self, lambda)
		}
		return false
	}
	p.setExact(out, point)
	return true
}

// ask builds the question from nothing.
func (p *Plain) ask(z *form, s float64) (lp.Answer, error) {
	if err := p.oracle.Reset(p.m.norm, p.m.n); err != nil {
		return lp.Answer{}, err
	}
	for i := range p.cert.anc {
		a := &p.cert.anc[i]
		p.oracle.Push(lp.Constraint{Form: lp.Form{G: a.g, H: a.h}, Sign: a.s})
	}
	p.tally.Questions++
	a, err := p.oracle.Ask(lp.Constraint{Form: lp.Form{G: z.g, H: z.h}, Sign: s})
	if err == nil && !a.Meets && (len(a.Lambda) != len(p.cert.anc) || !(a.Self > 0)) {
		err = fmt.Errorf("%d multipliers and %g for the asked side, expected %d and a positive one", len(a.Lambda), a.Self, len(p.cert.anc))
	}
	if err == nil && a.Meets && len(a.Witness) != p.m.n {
		err = fmt.Errorf("a witness of %d coordinates, expected %d", len(a.Witness), p.m.n)
	}
	return a, err
}

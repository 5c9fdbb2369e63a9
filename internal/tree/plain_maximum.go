// Maxima on the plain tree: each class is asked for from nothing, one rival after the other.

package tree

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
)

// plainChoice is what a plain cell knows of maxima.
type plainChoice struct {
	// from is the first piece of the maximum at hand that was not split away, if any was; win is
	// the first class that lives, where the cell splits, labels are those of that side, and next is
	// the class after it.
	from, win, next int
	labels          []int8
	// decided are the classes that were left when others had been split away: constraints of the
	// cell.
	decided []plainClass
}

type plainClass struct{ l, piece int }

// maximum decides the maximum of the cell, or says that the cell splits, or is left.
func (p *Plain) maximum(c *plainCell, passing bool) (e Event, done bool) {
	end := p.m.Layers[c.l].Ends[c.j]
	p.refresh(c.l)
	if p.m.Late() || !passing && p.halt.Load() {
		return p.Undecided(), true
	}
	p.ancestors()
	var live []int
	var at []*judge.Point
	for i := max(c.from, c.j); i < end && len(live) < 2; i++ {
		switch x := p.class(c, i); {
		case p.m.Late():
			return p.giveUp(), true
		case p.err != nil:
			return Event{Kind: Failed}, true
		case x != nil:
			live, at = append(live, i), append(at, x)
		}
	}
	if len(live) == 0 {
		p.err = fmt.Errorf("neuron %d: all classes of a maximum were found empty", p.m.Layers[c.l].First+c.j)
		return Event{Kind: Failed}, true
	}
	if !p.label(c.l, c.j, live[0]) {
		return p.giveUp(), true
	}
	if len(live) == 2 {
		first := p.m.Layers[c.l].First
		c.win, c.next, c.minus, c.plus = live[0], live[1], at[0], at[1]
		c.labels = slices.Clone(p.labels[first+c.j : first+end])
		return Event{Kind: Split}, true
	}
	if c.from > 0 {
		c.decided = append(c.decided, plainClass{c.l, live[0]})
	}
	c.at = at[0]
	return e, false
}

// choose goes to the first class of a maximum, or to the rest.
func (p *Plain) choose(c *plainCell, s int8) {
	next := plainCell{l: c.l, j: c.j, at: c.plus}
	next.from = c.next
	if s < 0 {
		copy(p.labels[p.m.Layers[c.l].First+c.j:], c.labels)
		next = plainCell{l: c.l, j: p.m.Layers[c.l].Ends[c.j], at: c.minus}
	}
	p.path = append(p.path, s)
	p.cells = append(p.cells, next)
}

// taken makes the classes for which the cell was decided constraints.
func (p *Plain) taken(c *plainCell) {
	for _, d := range c.decided {
		p.above(d.l, d.piece)
	}
}

// above makes what a piece is above all that is not identical to it constraints of the cell.
func (p *Plain) above(l, piece int) {
	ends := p.m.Layers[l].Ends
	first := piece
	for first > 0 && ends[first-1] == ends[piece] {
		first--
	}
	rs, _ := p.rivals(l, first, piece)
	for _, r := range rs {
		p.judge.Add(judge.Constraint{Form: r.d, ID: -1, S: 1, Name: r.name})
	}
}

// class returns a point of the class of a piece of the cell's maximum, nil if it is empty, of which
// it tells, or is that of an earlier piece.
func (p *Plain) class(c *plainCell, piece int) *judge.Point {
	rs, ok := p.rivals(c.l, c.j, piece)
	if !ok || p.judge.Proof && (maxima{p.Solved}).alone(rs) {
		return nil
	}
	cell := len(p.judge.Cell)
	p.judge.Named = p.judge.Names() + int32(len(rs))
	defer func() { p.judge.Cell, p.judge.Named = p.judge.Cell[:cell], 0 }()
	at := c.at
	for _, r := range rs {
		if at = p.meets(piece, r.d, at); at == nil {
			if p.err == nil && !p.m.Late() {
				(maxima{p.Solved}).tellDead(piece, r)
			}
			return nil
		}
		p.judge.Add(judge.Constraint{Form: r.d, ID: -1, S: 1, Name: r.name})
	}
	return at
}

// meets returns a point of the cell at which a difference is positive, nil if there is none. at is
// a point of the cell.
func (p *Plain) meets(piece int, d *forms.Form, at *judge.Point) *judge.Point {
	out := judge.NewPoint(p.m.Model)
	if !d.Lost() && !p.thin() {
		a, err := p.ask(d, 1)
		if err != nil {
			p.err = fmt.Errorf("piece %d: the solver failed: %w", piece, err)
			return nil
		}
		if len(a.Witness) == p.m.N {
			copy(out.Y, a.Witness)
			if d.CertainAt(out.Y, 0) && floats.Dot(d.G, out.Y)+d.H > 0 && (stack{p.Solved}).within(out.Y) {
				p.judge.Look(&out)
				return &out
			}
		}
		if !a.Meets {
			ids, lam := make([]int32, len(a.Lambda)), make([]float64, len(a.Lambda))
			for i, v := range a.Lambda {
				ids[i], lam[i] = int32(i), v/a.Self
			}
			if t := p.judge.Empty(d, 1, ids, lam); t != judge.None {
				p.count(t)
				return nil
			}
		}
	}
	point, err := p.judge.Solve(func() bool { return false }, d, 1, at.Rats())
	if err != nil {
		p.err = fmt.Errorf("piece %d: the exact solve failed: %w", piece, err)
		return nil
	}
	if p.count(judge.Solve); point == nil {
		return nil
	}
	p.judge.SetExact(&out, point)
	return &out
}

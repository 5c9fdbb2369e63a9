// Where cells begin: the ball by its facets and vertices, and its centre.

package vertices

import (
	"math"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
)

// New returns the cells of a model, with none yet: Clock, InIntegers and SolveAt are to be set, and
// Reset begins. With alike, the ball may be another in which the cells are as many: where the model
// is central they are cones, as many in a cube as in any ball around its centre.
func New(m *forms.Model, alike bool) *Cells {
	c := &Cells{central: m.Central()}
	c.N, c.integral, c.wide, c.Spare = m.N, knowsIntegers(m), m.Wide, bitsToSpare
	for _, ly := range m.Layers {
		c.first = append(c.first, len(c.Rows))
		rows := ly.Comparisons()
		for at := 0; at < rows; at += WordSize {
			c.Rows = append(c.Rows, make([]Row, min(WordSize, rows-at)))
			if c.integral {
				c.integerRows = append(c.integerRows, make([]integerRow, min(WordSize, rows-at)))
			}
		}
	}
	c.words = len(c.Rows)
	c.Round = m.Norm == ball.L2 && m.N > 1 && !c.central
	c.setBall(m.N, m.Norm == ball.L1 && !(c.central && alike))
	return c
}

// setBall sets the facets of the cube, 1 ± y_k ≥ 0, or those of the cross-polytope, 1 ± y_1 … ±
// y_n ≥ 0.
func (n *names) setBall(dim int, cross bool) {
	if n.cross = cross; cross {
		n.Ball = make([]Row, 1<<dim)
		for i := range n.Ball {
			for k := range dim {
				n.Ball[i].G[k] = float64(1 - 2*(i>>k&1))
			}
		}
	} else {
		n.Ball = make([]Row, 2*dim)
		for k := range dim {
			n.Ball[2*k].G[k], n.Ball[2*k+1].G[k] = 1, -1
		}
	}
	for i := range n.Ball {
		r := &n.Ball[i]
		mag := 1.0
		for _, g := range r.G {
			mag += math.Abs(g)
		}
		r.H, r.P, r.Q = 1, forms.Rounding(0, mag, dim), forms.Slack*(mag-1)
	}
}

// Reset begins with the ball, and returns its vertices.
func (c *Cells) Reset() []int32 {
	c.outer = 1<<len(c.Ball) - 1
	c.Back(Mark{})
	for i := range c.Ball {
		c.Facets[i] = Place(-1 - i)
	}
	var list []int32
	corners := 1 << c.N
	if c.cross {
		corners = 2 * c.N
	}
	for corner := range corners {
		v := c.add(0)
		at := &c.Vertices[v]
		for k := range c.N {
			if !c.cross {
				at.X[k] = float64(2*(corner>>k&1) - 1)
			} else if corner/2 == k {
				at.X[k] = float64(2*(corner&1) - 1)
			}
		}
		for i := range c.Ball {
			if c.Ball[i].At(&at.X) == 0 {
				at.On |= 1 << i
			}
		}
		at.Err = c.blur(&at.X, 0)
		c.setInteger(v)
		list = append(list, v)
	}
	return list
}

// Adopt begins as o was at a cell that was split by a neuron of a word, when so many names had been
// given.
func (c *Cells) Adopt(o *Cells, word, names int) {
	c.Back(Mark{})
	c.Facets, c.outer = o.Facets, o.outer
	for i := len(o.Changed) - 1; i >= names; i-- {
		c.Facets[o.Changed[i].Bit], c.outer = o.Changed[i].Row, o.Changed[i].outer
	}
	for i := range word + 1 {
		copy(c.Rows[i], o.Rows[i])
		if c.integral {
			copy(c.integerRows[i], o.integerRows[i])
		}
	}
}

// Take appends copies of vertices of o to a list.
func (c *Cells) Take(o *Cells, vertices, list []int32) []int32 {
	for _, v := range vertices {
		list = append(list, c.copy(&o.points, v))
	}
	return list
}

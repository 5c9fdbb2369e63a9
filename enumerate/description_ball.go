// Where a description begins: the ball by its facets and vertices, and its centre.

package enumerate

import (
	"math"

	"github.com/relucell/relucell/ball"
)

// newDescription prepares a description of cells of a model.
func newDescription(m *model) *description {
	c := &description{n: m.n, central: m.central(), integral: m.knowsIntegers(), spare: bitsToSpare}
	for _, ly := range m.layers {
		for at := 0; at < ly.m; at += wordSize {
			c.rows = append(c.rows, make([]row, min(wordSize, ly.m-at)))
			if c.integral {
				c.integerRows = append(c.integerRows, make([]integerRow, min(wordSize, ly.m-at)))
			}
		}
	}
	c.words = len(c.rows)
	c.round = m.norm == ball.L2 && m.n > 1 && !c.central
	c.setBall(m.norm == ball.L1 && !c.central) // cones are as many in a cube
	return c
}

// setBall sets the facets of the cube, 1 ± y_k ≥ 0, or those of the cross-polytope, 1 ± y_1 … ± y_n ≥ 0.
func (c *description) setBall(cross bool) {
	if c.cross = cross; cross {
		c.ball = make([]row, 1<<c.n)
		for i := range c.ball {
			for k := range c.n {
				c.ball[i].g[k] = float64(1 - 2*(i>>k&1))
			}
		}
	} else {
		c.ball = make([]row, 2*c.n)
		for k := range c.n {
			c.ball[2*k].g[k], c.ball[2*k+1].g[k] = 1, -1
		}
	}
	for i := range c.ball {
		r := &c.ball[i]
		mag := 1.0
		for _, g := range r.g {
			mag += math.Abs(g)
		}
		r.h, r.p, r.q = 1, slack*float64(c.n+8)*unit*mag, slack*(mag-1)
	}
}

// reset sets the description to the ball, and returns its vertices.
func (c *description) reset() []int32 {
	c.outer = 1<<len(c.ball) - 1
	c.back(mark{})
	for i := range c.ball {
		c.facets[i] = place(-1 - i)
	}
	var list []int32
	corners := 1 << c.n
	if c.cross {
		corners = 2 * c.n
	}
	for corner := range corners {
		v := c.add(0)
		at := &c.vertices[v]
		for k := range c.n {
			if !c.cross {
				at.x[k] = float64(2*(corner>>k&1) - 1)
			} else if corner/2 == k {
				at.x[k] = float64(2*(corner&1) - 1)
			}
		}
		for i := range c.ball {
			if c.ball[i].at(&at.x) == 0 {
				at.on |= 1 << i
			}
		}
		c.setInteger(v)
		list = append(list, v)
	}
	return list
}

// adopt begins as o was at a cell that was split by a neuron of a word, when so many names had been given.
func (c *description) adopt(o *description, word, names int) {
	c.back(mark{})
	c.facets, c.outer = o.facets, o.outer
	for i := len(o.changed) - 1; i >= names; i-- {
		c.facets[o.changed[i].bit], c.outer = o.changed[i].row, o.changed[i].outer
	}
	for i := range word + 1 {
		copy(c.rows[i], o.rows[i])
		if c.integral {
			copy(c.integerRows[i], o.integerRows[i])
		}
	}
}

// take appends copies of vertices of o to a list.
func (c *description) take(o *description, vertices, list []int32) []int32 {
	for _, v := range vertices {
		i := c.add(0)
		c.vertices[i] = o.vertices[v]
		copy(c.signs[int(i)*c.words:], o.signs[int(v)*c.words:(int(v)+1)*c.words])
		if c.integral {
			c.integers[i] = o.integers[v]
		}
		if c.round {
			c.inside[i] = o.inside[v]
		}
		list = append(list, i)
	}
	return list
}

// atCenter says that a vertex is on hyperplanes through the centre alone, and so is the centre.
func (c *description) atCenter(v int32) {
	for word := range c.words {
		c.sign(word, v).zero = ^uint64(0)
	}
	c.setInteger(v)
}

// setInteger notes that the coordinates of a vertex are integers.
func (c *description) setInteger(v int32) {
	if !c.integral {
		return
	}
	at := &c.integers[v]
	at.d = 1
	for k, x := range c.vertices[v].x {
		at.x[k] = int64(x)
	}
}

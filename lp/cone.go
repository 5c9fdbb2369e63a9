// Central arrangements in the l2 ball: when every form vanishes at the centre,
// all cells are cones with their tip there, and whether a side meets a cone does not depend
// on the ball. So the vertex form answers, in the box, and its points are
// drawn into the ball; the projection, whose nearest point is always the tip, would be of no help.

package lp

import (
	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/ball"
)

// Cone is the incremental solver for the l2 ball where all forms asked about
// vanish at the centre (h = 0).
type Cone struct {
	Incremental
}

// coneReach is the length to which points are shortened: well inside the ball, so that
// points between two of them are too.
const coneReach = 0.875

// tableUpTo is the number of inputs up to which the vertex form answers: its table is of twice
// their square, 67 MB by then, and a pivot goes through all of it. The row form keeps as many
// numbers as its rows have: of more inputs it takes less time, of some thousand a hundredth, and of
// a hundred thousand no machine has room for the table.
const tableUpTo = 1 << 11

// NewCone returns the solver for n dimensions.
func NewCone(n int) *Cone {
	c := &Cone{new(Vertex)}
	if n > tableUpTo {
		c.Incremental = new(Rows)
	}
	c.Reset(ball.L2, n)
	return c
}

// Reset implements Incremental.
func (c *Cone) Reset(_ ball.Norm, n int) { c.Incremental.Reset(ball.LInf, n) }

// StopWhen implements Stoppable, where the form does.
func (c *Cone) StopWhen(stop func() bool) {
	if s, ok := c.Incremental.(Stoppable); ok {
		s.StopWhen(stop)
	}
}

// Ask implements Incremental.
func (c *Cone) Ask(g []float64, h, s float64) (*Reply, error) {
	r, err := c.Incremental.Ask(g, h, s)
	if err == nil && r.Meets {
		shorten(r.Point)
	}
	return r, err
}

// Margin implements Incremental.
func (c *Cone) Margin(g []float64, h, s float64) ([]float64, bool) {
	p, ok := c.Incremental.Margin(g, h, s)
	if ok {
		shorten(p)
	}
	return p, ok
}

// CopyFrom implements Incremental.
func (c *Cone) CopyFrom(other Incremental, depth int) {
	c.Incremental.CopyFrom(other.(*Cone).Incremental, depth)
}

// shorten moves a point towards the tip, which leaves it in every cone it is in.
func shorten(p []float64) {
	if n := floats.Norm(p, 2); n > coneReach {
		floats.Scale(coneReach/n, p)
	}
}

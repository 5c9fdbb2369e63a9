// Convex cells in the plane, cut in two by a line (after Sutherland and
// Hodgman 1974). An edge may be an arc of the unit circle, so that a disc is cut
// as it is and areas lose nothing to a polygon in its place. Both sides of a cut
// get the very same new corners: cells tile by construction.

package plot

import (
	"math"
	"slices"

	"github.com/relucell/relucell/ball"
)

// Form is the affine function g·y + h of normalised coordinates y.
type Form struct {
	G [2]float64
	H float64
}

// At returns the value at y.
func (f Form) At(y [2]float64) float64 { return f.G[0]*y[0] + f.G[1]*y[1] + f.H }

// fromBall marks an edge that lies on the ball and on no neuron's boundary.
const fromBall = -1

// Vertex is a corner of a cell, with the edge that leads to the next corner,
// counterclockwise.
type Vertex struct {
	// Y is in normalised coordinates: the ball is the unit ball, a box [−1,1]².
	Y [2]float64
	// Arc says that the edge is an arc of the unit circle about 0.
	Arc bool
	// Neuron is the index of the neuron on whose boundary the edge lies, −1 for the ball itself.
	Neuron int
}

// unitCell returns the unit ball of the norm. Arcs are quarters: all that cut
// assumes is that they are shorter than half a circle.
func unitCell(n ball.Norm) []Vertex {
	axes := [][2]float64{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}
	if n == ball.LInf || n == ball.Box {
		axes = [][2]float64{{1, -1}, {1, 1}, {-1, 1}, {-1, -1}}
	}
	cell := make([]Vertex, len(axes))
	for i, y := range axes {
		cell[i] = Vertex{Y: y, Arc: n == ball.L2, Neuron: fromBall}
	}
	return cell
}

// cutter holds the two sides of a cut while they are built.
type cutter struct {
	f      Form
	neuron int
	z      []float64   // at the corners
	side   [2][]Vertex // minus, plus
}

// cut divides the cell along f = 0, which is neuron's boundary. A side without
// a corner strictly inside it comes back empty, and the other is then the whole
// cell.
func cut(cell []Vertex, f Form, neuron int) (minus, plus []Vertex) {
	return new(cutter).cut(cell, f, neuron)
}

// cut is the same in the cutter's memory; the sides are of their own.
func (c *cutter) cut(cell []Vertex, f Form, neuron int) (minus, plus []Vertex) {
	if len(cell) == 0 {
		return nil, nil
	}
	c.f, c.neuron = f, neuron
	c.z, c.side[0], c.side[1] = c.z[:0], c.side[0][:0], c.side[1][:0]
	for _, v := range cell {
		c.z = append(c.z, f.At(v.Y))
	}
	for i, v := range cell {
		k := i + 1
		if k == len(cell) {
			k = 0
		}
		from, to := sideOf(c.z[i]), sideOf(c.z[k])
		c.push(from, v)
		if v.Arc {
			c.arc(v, cell[k], from, to)
		} else if from != to {
			t := c.z[i] / (c.z[i] - c.z[k])
			w := cell[k].Y
			c.cross(from, v, [2]float64{v.Y[0] + t*(w[0]-v.Y[0]), v.Y[1] + t*(w[1]-v.Y[1])})
		}
	}
	return slices.Clone(closed(c.side[0])), slices.Clone(closed(c.side[1]))
}

// sideOf puts 0 on the plus side: the crossing next to it lies at the same
// point, so both sides get it.
func sideOf(z float64) int {
	if z < 0 {
		return 0
	}
	return 1
}

// push appends v, in place of a last corner at the same point.
func (c *cutter) push(side int, v Vertex) {
	s := c.side[side]
	if n := len(s); n > 0 && s[n-1].Y == v.Y {
		s[n-1] = v
		return
	}
	c.side[side] = append(s, v)
}

// cross ends the stay on one side at y and goes on, along v's edge, on the other.
func (c *cutter) cross(from int, v Vertex, y [2]float64) {
	c.push(from, Vertex{Y: y, Neuron: c.neuron})
	v.Y = y
	c.push(1-from, v)
}

// arc adds where the arc from v to w crosses the line. On the circle, walked
// counterclockwise, f is |g|·cos(θ−φ) + h with g = |g|(cos φ, sin φ): it rises
// through 0 once and falls through 0 once, if |h| < |g|.
func (c *cutter) arc(v, w Vertex, from, to int) {
	norm := math.Hypot(c.f.G[0], c.f.G[1])
	if norm == 0 {
		return
	}
	u := [2]float64{c.f.G[0] / norm, c.f.G[1] / norm}
	d := max(-1, min(-c.f.H/norm, 1))
	s := math.Sqrt((1 - d) * (1 + d))
	rise := [2]float64{d*u[0] + s*u[1], d*u[1] - s*u[0]}
	fall := [2]float64{d*u[0] - s*u[1], d*u[1] + s*u[0]}
	out, back := rise, fall // how the minus side is left, and entered again
	if from == 1 {
		out, back = fall, rise
		u = [2]float64{-u[0], -u[1]}
		d = -d
	}
	switch {
	case from != to:
		c.cross(from, v, out)
	case d < 1 && turn(v.Y, u) > 0 && turn(u, w.Y) > 0 && turn(v.Y, out) > 0 && turn(back, w.Y) > 0:
		// The arc bulges across the line between two corners on one side of it.
		c.cross(from, v, out)
		c.cross(1-from, v, back)
	}
}

// turn is positive if b lies counterclockwise of a, as seen from 0.
func turn(a, b [2]float64) float64 { return a[0]*b[1] - a[1]*b[0] }

// closed drops a last corner equal to the first, and a lone corner.
func closed(s []Vertex) []Vertex {
	for len(s) > 1 && s[len(s)-1].Y == s[0].Y {
		s = s[:len(s)-1]
	}
	if len(s) < 2 {
		return nil
	}
	return s
}

// area is the area of a cell: the shoelace formula from its first corner, and
// (θ − sin θ)/2 between each arc of angle θ and its chord.
func area(cell []Vertex) float64 {
	twice := 0.0
	for i, v := range cell {
		o, w := cell[0].Y, cell[(i+1)%len(cell)].Y
		twice += (v.Y[0]-o[0])*(w[1]-o[1]) - (v.Y[1]-o[1])*(w[0]-o[0])
		if v.Arc {
			twice += bulge(math.Atan2(turn(v.Y, w), v.Y[0]*w[0]+v.Y[1]*w[1]))
		}
	}
	return twice / 2
}

// bulge is θ − sin θ. Below the limit the first two terms of its series err by
// less than θ⁷/5040 < 2⁻⁴⁷·θ³/6, where the difference would cancel.
func bulge(t float64) float64 {
	const seriesBelow = 1.0 / 1024
	if math.Abs(t) < seriesBelow {
		return t * t * t / 6 * (1 - t*t/20)
	}
	return t - math.Sin(t)
}

// Points strictly inside cells: the mean of the vertices, or where the ball is round and the cell
// reaches beyond it, a point between that and one that is in both.

package vertices

import (
	"math"
	"math/bits"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
)

// towards is the number of points that are tried on the way from a point in the ball to the mean,
// each half as far as the one before.
const towards = 40

// Middle sets in to a cell and p to a point inside it and the ball of a norm, in floats, and
// returns how far each coordinate may be changed for it to stay there, about. False: there is none
// to be seen.
func (c *Evidence) Middle(norm ball.Norm, list []int32, in *Region, p *Point) (room float64, found bool) {
	*in = Region{On: c.used(list)}
	*p = Point{}
	for _, v := range list {
		p.add(&c.Vertices[v].X)
	}
	p.scale(1 / float64(len(list)))
	room = math.Inf(1)
	if c.Beyond(norm) {
		if !c.intoBall(norm, list, p) {
			return 0, false
		}
		room = c.roomInBall(norm, p)
	}
	room = min(room, c.roomAt(in.On, p))
	return room, room > 0
}

// roomInBall is how far each coordinate of a point may be changed for it to stay in a ball.
func (c *Evidence) roomInBall(norm ball.Norm, p *Point) float64 {
	return (1 - norm1or2(norm, p)) / float64(c.N)
}

// Beyond says that cells may reach beyond the ball of a norm, whose facets are not theirs.
func (c *Evidence) Beyond(norm ball.Norm) bool {
	return norm == ball.L1 && !c.cross || norm == ball.L2 && c.N > 1
}

// Reaches says that a cell may. Of cones it is not known which vertices are in the ball.
func (c *Evidence) Reaches(norm ball.Norm, list []int32) bool {
	return c.Beyond(norm) && !(c.Round && c.Within(list))
}

// Halves are the two sides of a cell that a row cuts, where no more is wanted of them than a point
// of each: the means of the vertices on either side, with those on the row in both. Between these
// means are means of all vertices: the others alone might be on one facet.
type Halves struct {
	Region
	minus, plus Point
	at          float64 // where the row is 0 on the way from minus to plus
}

// Halve sets h to the sides of a cell by neuron b of a word.
func (c *Evidence) Halve(word int, list []int32, b uint, h *Halves) {
	r := &c.Rows[word][b]
	h.Region = Region{On: c.used(list), Cuts: append(h.Cuts[:0], Cut{Row: r})}
	h.minus, h.plus = Point{}, Point{}
	minus, plus := 0.0, 0.0
	for _, v := range list {
		s, x := c.Sign(word, v), &c.Vertices[v].X
		m, p := float64(^s.Plus>>b&1), float64(^s.Minus>>b&1) // no branch, which no one can predict
		minus, plus = minus+m, plus+p
		for k := range c.N {
			h.minus[k] += m * x[k]
			h.plus[k] += p * x[k]
		}
	}
	h.minus.scale(1 / minus)
	h.plus.scale(1 / plus)
	u, v := -r.At(&h.minus), r.At(&h.plus)
	h.at = u / (u + v)
}

func (p *Point) add(x *Point) {
	*p = Point{p[0] + x[0], p[1] + x[1], p[2] + x[2], p[3] + x[3], p[4] + x[4], p[5] + x[5], p[6] + x[6]}
}

func (p *Point) scale(f float64) {
	*p = Point{p[0] * f, p[1] * f, p[2] * f, p[3] * f, p[4] * f, p[5] * f, p[6] * f}
}

// Beside sets y to a point inside a side, half way from the row to the mean of the side's vertices,
// and returns the room about it.
func (c *Evidence) Beside(norm ball.Norm, h *Halves, s int8, y *Point) (room float64) {
	cut := &h.Cuts[0]
	cut.Side = float64(s)
	t := h.at / 2
	if s > 0 {
		t += 0.5
	}
	for k := range c.N {
		y[k] = h.minus[k] + t*(h.plus[k]-h.minus[k])
	}
	room = min(cut.Side*cut.Row.At(y)/cut.Row.Q, c.roomAt(h.On, y))
	if c.Beyond(norm) {
		room = min(room, c.roomInBall(norm, y))
	}
	return room
}

// roomAt is how far each coordinate of a point may be changed for it to stay inside some
// constraints, about.
func (c *Evidence) roomAt(on uint64, p *Point) (room float64) {
	for room = math.Inf(1); on != 0; on &= on - 1 {
		r, side := c.bounding(on)
		room = min(room, side*r.At(p)/r.Q)
	}
	return room
}

// bounding returns the first of some constraints, and its side.
func (c *Evidence) bounding(on uint64) (r *Row, side float64) {
	p := c.Facets[bits.TrailingZeros64(on)]
	if p < 0 {
		return &c.Ball[-1-p], 1
	}
	return c.Row(p), c.known[p].Side
}

// intoBall moves the mean of a cell into the ball, if it is not there. A cell whose constraints all
// pass through the centre is a cone.
func (c *Evidence) intoBall(norm ball.Norm, list []int32, p *Point) bool {
	if c.central {
		f := 0.5 / max(norm1or2(norm, p), 0.5)
		for k := range p {
			p[k] *= f
		}
		return true
	}
	if c.Within(list) {
		return true
	}
	if hit, certain := c.Meets(list); !hit || !certain {
		return false
	}
	from, to := c.near.at, *p
	most := 1 - (1-norm1or2(norm, &from))/4
	for t := range towards {
		f := math.Ldexp(1, -t)
		for k := range p {
			p[k] = from[k] + f*(to[k]-from[k])
		}
		if norm1or2(norm, p) <= most {
			return true
		}
	}
	return false
}

// norm1or2 is the norm of a point.
func norm1or2(norm ball.Norm, p *Point) (t float64) {
	if norm == ball.L2 {
		return math.Sqrt(dot(p, p))
	}
	for _, y := range p {
		t += math.Abs(y)
	}
	return t
}

// Region is what a point is to be inside of: the constraints that have a vertex in a cell, and so
// all its facets; and sides of rows.
type Region struct {
	On   uint64
	Cuts []Cut
}

// Cut is a side of a row.
type Cut struct {
	Row  *Row
	Side float64
}

// Holds says that a point is certainly strictly inside a region and the ball of a norm, when its
// coordinates are off by err at most. Domain: that of a row, which the test of the ball sees to.
func (c *Evidence) Holds(norm ball.Norm, in *Region, p *Point, err float64) bool {
	var far [MaxInputs]float64
	for k := range c.N {
		far[k] = math.Abs(p[k]) + forms.Slack*err + forms.Unit
	}
	if !forms.Inside(norm, far[:c.N]) {
		return false
	}
	err = c.blur(p, err)
	for i := range in.Cuts {
		if r := in.Cuts[i].Row; !(in.Cuts[i].Side*r.At(p) > r.P+r.Q*err) {
			return false
		}
	}
	few := c.N <= fewInputs
	for on := in.On; on != 0; on &= on - 1 {
		r, side := c.bounding(on)
		var t float64
		if few {
			t = r.atFew(p)
		} else {
			t = r.At(p)
		}
		if !(side*t > r.P+r.Q*err) {
			return false
		}
	}
	return true
}

// The plane has a simpler solver than any simplex: a cell is a polygon, and
// the whole list of its few vertices is the state. A hyperplane clips it (Sutherland and
// Hodgman 1974, one line at a time); the vertex where a form is largest answers a question, and the
// two edges that meet there are the multipliers.

package lp

import (
	"math"

	"github.com/relucell/relucell/ball"
)

// Polygon is the incremental solver in at most two dimensions. An interval is the polygon
// [a,b] × [−1,1], whose forms do not see the second coordinate. In the disc some edges are arcs.
//
// Each vertex is evaluated at each question, so nothing is ever searched for, and the
// known points of the cell (Seen) are all of its vertices.
type Polygon struct {
	polygonEdges
	polygonValues
	levels []*polygonLevel
	top    int
	reply  Reply
	asked  polygonForm // the form asked last; valid when it can be split
	valid  bool
	steps  int64
}

const (
	// polygonZero is the size of a value, relative to the sum of the magnitudes that made it,
	// below which it is taken for rounding noise: a vertex is off its two lines by a few roundings
	// of 2⁻⁵³, hence off a third line through it by that times the lines' condition, for
	// which this leaves 2⁶. It steers proposals only; certificates do not know it.
	polygonZero = 1.0 / (1 << 46)
	// polygonOn is the share of the shallower side's depth up to which a vertex counts as on the
	// splitting line, if polygonZero does not exceed it: slivers of any thinness can be split.
	polygonOn = 1.0 / (1 << 20)
	// polygonNoise is the size of a negative multiplier times its row, relative to the asked
	// row, below which it is the rounding of a 2×2 determinant.
	polygonNoise = 1.0 / (1 << 50)
	// polygonFlat is the least determinant of two rows whose crossing is recomputed.
	polygonFlat = 1.0 / (1 << 30)
)

// Reset implements Incremental.
func (p *Polygon) Reset(norm ball.Norm, n int) {
	p.norm, p.n, p.top = norm, n, 0
	p.round = norm == ball.L2 && n == 2
	p.cons = p.cons[:0]
	p.reply.Point = make([]float64, n)
	p.held, p.valid = 0, false
	v := append(p.level(0).v[:0], make([]polygonVertex, 4)...)
	for i := range v {
		v[i].edge = int32(-1 - i)
	}
	if norm != ball.LInf && norm != ball.Box && n == 2 {
		v[0].y, v[1].x, v[2].y, v[3].x = -1, 1, 1, -1
	} else {
		v[0].x, v[0].y, v[1].x, v[1].y = -1, -1, 1, -1
		v[2].x, v[2].y, v[3].x, v[3].y = 1, 1, -1, 1
	}
	p.levels[0].v, p.levels[0].arcs = v, p.round
}

func (p *Polygon) level(i int) *polygonLevel {
	for len(p.levels) <= i {
		p.levels = append(p.levels, &polygonLevel{})
	}
	return p.levels[i]
}

// Vertices returns the number of vertices of the cell, at least 3.
func (p *Polygon) Vertices() int { return len(p.levels[p.top].v) }

// Vertex returns vertex i of the cell, counterclockwise, and the name of the edge from it
// to the next: ≥ 0 the constraint entered so, < 0 a facet of the ball. In one dimension the
// cell is an interval times [−1,1].
func (p *Polygon) Vertex(i int) (x, y float64, edge int32) {
	v := &p.levels[p.top].v[i]
	return v.x, v.y, v.edge
}

// Note returns the number that the caller left at vertex i, 0 if none. It stays with the vertex,
// here and in the cells below, for as long as its place and both its edges do.
func (p *Polygon) Note(i int) float64 { return p.levels[p.top].v[i].note }

// SetNote leaves a number at vertex i.
func (p *Polygon) SetNote(i int, v float64) { p.levels[p.top].v[i].note = v }

// reach evaluates the form at all vertices and says whether the farthest on side s is
// certainly there.
func (p *Polygon) reach(f *polygonForm, s float64) bool {
	if p.held != s || *f != p.form {
		p.evaluate(p.levels[p.top], f, s)
	}
	t := s * p.value[p.best]
	if !(t > 0) {
		return false
	}
	k := &p.at[p.best]
	return t > polygonZero*(math.Abs(f.x*k.x)+math.Abs(f.y*k.y)+math.Abs(f.h))
}

// Seen implements Incremental.
func (p *Polygon) Seen(g []float64, h, s float64) bool {
	f := p.formOf(g, h)
	return p.reach(&f, s)
}

// Ask implements Incremental.
func (p *Polygon) Ask(g []float64, h, s float64) (*Reply, error) {
	f := p.formOf(g, h)
	p.valid = f.size() <= math.MaxFloat64
	if !p.valid {
		return nil, errNotFinite
	}
	p.asked = f
	if !p.reach(&f, s) {
		p.empty(p.best, s)
		return &p.reply, nil
	}
	p.reply.Meets, p.reply.Interior = true, true
	p.centre(p.reply.Point, s)
	return &p.reply, nil
}

// centre writes the centroid of the vertices of the part on side s, and of the middles of
// the arcs that are all there.
func (p *Polygon) centre(point []float64, s float64) {
	v := p.at
	x, y, m := 0.0, 0.0, 0.0
	j := len(v) - 1
	for i := range v {
		zi, zj := s*p.value[i], s*p.value[j]
		if (zi > 0) != (zj > 0) {
			cx, cy := p.crossing(&p.form, &v[j], &v[i], s*zj, s*zi)
			x, y, m = x+cx, y+cy, m+1
		} else if zi > 0 && p.round && v[j].edge < 0 {
			cx, cy := middle(&v[j], &v[i])
			x, y, m = x+cx, y+cy, m+1
		}
		if zi > 0 {
			x, y, m = x+v[i].x, y+v[i].y, m+1
		}
		j = i
	}
	point[0] = x / m
	if p.n > 1 {
		point[1] = y / m
	}
}

// empty writes the multipliers for the side s of the asked form, which is largest at
// vertex k.
func (p *Polygon) empty(k int, s float64) {
	p.steps++
	p.reply.Meets = false
	p.reply.ID, p.reply.Lambda = p.reply.ID[:0], p.reply.Lambda[:0]
	v := p.at
	g := polygonForm{s * p.asked.x, s * p.asked.y, s * p.asked.h}
	a, b := v[before(k, v)].edge, v[k].edge
	if p.round && a < 0 && b < 0 {
		return // the top of an arc: by the ball alone
	}
	la, lb, ok := solve(&g, p.row(a, &v[k]), p.row(b, &v[k]))
	if !ok { // rounding has spoilt the order of the edges here: the pair that proves most
		low := math.Inf(1)
		for i := range v {
			for j := range v[:i] {
				c, d := p.row(v[i].edge, &v[i]), p.row(v[j].edge, &v[j])
				lc, ld, ok := solve(&g, c, d)
				if top := g.h + lc*c.h + ld*d.h; ok && top < low {
					low, a, b, la, lb = top, v[i].edge, v[j].edge, lc, ld
				}
			}
		}
		if math.IsInf(low, 1) {
			return
		}
	}
	p.multiplier(a, la)
	p.multiplier(b, lb)
}

// solve returns multipliers of two rows with g + la·a + lb·b = 0 in the gradients, and
// whether they are not negative. A zero gradient needs none.
func solve(g *polygonForm, a, b polygonForm) (la, lb float64, ok bool) {
	det := a.x*b.y - a.y*b.x
	if det == 0 {
		return 0, 0, g.x == 0 && g.y == 0
	}
	la, lb = -(g.x*b.y-g.y*b.x)/det, -(a.x*g.y-a.y*g.x)/det
	if la >= 0 && lb >= 0 {
		return la, lb, true
	}
	noise := -polygonNoise * (math.Abs(g.x) + math.Abs(g.y))
	if la < 0 && la*(math.Abs(a.x)+math.Abs(a.y)) >= noise {
		la = 0
	}
	if lb < 0 && lb*(math.Abs(b.x)+math.Abs(b.y)) >= noise {
		lb = 0
	}
	return la, lb, la >= 0 && lb >= 0
}

// before returns the index of the vertex before vertex k.
func before(k int, v []polygonVertex) int {
	if k == 0 {
		return len(v) - 1
	}
	return k - 1
}

// multiplier adds a multiplier of an edge to the reply.
func (p *Polygon) multiplier(edge int32, l float64) {
	if edge >= 0 && l > 0 {
		p.reply.ID = append(p.reply.ID, edge)
		p.reply.Lambda = append(p.reply.Lambda, l*p.cons[edge].scale)
	}
}

// Leave implements Incremental.
func (p *Polygon) Leave() {
	p.top--
	p.cons = p.cons[:len(p.cons)-1]
	p.held, p.valid = 0, false
}

// Pivots implements Incremental: the clips, and the pairs of edges solved for.
func (p *Polygon) Pivots() int64 { return p.steps }

// CopyFrom implements Incremental.
func (p *Polygon) CopyFrom(other Incremental, depth int) {
	o := other.(*Polygon)
	p.norm, p.n, p.round = o.norm, o.n, o.round
	p.reply.Point = resize(p.reply.Point, p.n)
	p.cons = append(p.cons[:0], o.cons[:depth]...)
	p.top, p.held, p.valid = 0, 0, false
	from, to := o.levels[o.top-(len(o.cons)-depth)], p.level(0)
	to.v, to.arcs = append(to.v[:0], from.v...), from.arcs
	to.split, to.on, to.hi, to.lo = from.split, from.on, from.hi, from.lo
}

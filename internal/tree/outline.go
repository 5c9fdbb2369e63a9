// Plane cells: the outline of a cell in the plane is a polygon that certainly holds it. A form that
// is certainly negative at all its vertices is negative on the cell, so that a settled neuron costs
// a few products in the place of a question and a filter.
//
// Its vertices are the solver's, and what they are off by is bounded as follows. Let a, b be
// the inward rows of the two edges that meet in vertex v, with a×b > 0, and let the true
// forms differ from the rows by at most e_a and e_b on the ball, so that a·x + h_a ≥ −e_a in
// the cell, and for b likewise. Each direction n between −a and −b is −(λ_a·a + λ_b·b) with
// λ_a = |n×b|/(a×b) ≥ 0 and λ_b = |a×n|/(a×b) ≥ 0. Hence for x in the cell
//
//	n·x ≤ λ_a(h_a + e_a) + λ_b(h_b + e_b) = n·v + λ_a(r_a + e_a) + λ_b(r_b + e_b)
//
// with the residuals r = row·v + h. As |n×b| ≤ ‖n‖₁‖b‖∞, n·x ≤ n·v + δ‖n‖₁ with
//
//	δ = ((|r_a| + e_a)·‖b‖∞ + (|r_b| + e_b)·‖a‖∞) / (a×b).
//
// If a×b > 0 for all neighbours around the polygon, every direction is between the rows of some
// vertex: each step turns by less than half a turn and forward, and the steps end where they began,
// so they make at least one full turn. Then sup over the cell of n·x is at most max n·v + δ‖n‖₁
// over the vertices, with the largest δ.
//
// In the disc, an arc from v to w stands for the tangents at v and w, which turn from one to the
// other: their rows are 1 − v·x, off by |1−v·v| at most in the disc, and for directions between v
// and w the disc gives n·x ≤ ‖n‖₂. An arc may turn backward by a rounding: what the steps turn in
// all is then still above zero, and each direction is passed forward by some step.

package tree

import (
	"math"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/lp"
)

const (
	// outlineFlat is the least (a×b)/(‖a‖∞‖b‖∞) at which a vertex is trusted: its rounding, at most
	// 3u, is then 2⁻²⁰ of it, which slack covers. Flatter vertices have a useless δ anyway.
	outlineFlat = 1.0 / (1 << 31)
	// outlineSmall is the least ‖a‖∞‖b‖∞: underflow in a×b is then far below its rounding.
	outlineSmall = 0x1p-800
	// outlineReach is how far out a vertex may lie; slack covers that it is more than 1.
	outlineReach = 1 + 1.0/(1<<10)
	// outlineFar is the largest δ of use: forms reach across the ball, whose width is 2.
	outlineFar = 1.0
	// outlineArc is how far an arc may turn backward, as v×w; a hundred of them are far below one
	// vertex. It is also how far outside an arc a direction must be, relative to ‖n‖₁, to be left
	// to the vertices: cross products are off by 3u.
	outlineArc = 1.0 / (1 << 45)
	// outlineTurn is the least v·w: an arc of at most 120 degrees cannot be mistaken for one that
	// turns back.
	outlineTurn = -0.5
	// outlineLeast is added to δ for what underflows in its numerator: 2⁻¹⁰⁷³ over
	// outlineFlat·outlineSmall.
	outlineLeast = 0x1p-100
)

// outline is a polygon that holds the current cell but for δ. Where the solver does not know all
// vertices there is none.
type outline struct {
	polygon   *lp.Polygon
	fresh, ok bool // it was looked for on the current cell, and found
	x, y      []float64
	delta     float64
	arcs      []arc
	rows      []outlineRow // of the constraints
}

// arc is a part of the unit circle, counterclockwise.
type arc struct{ ax, ay, bx, by float64 }

// outlineRow is an inward row, with ‖·‖∞ of its gradient and what it is off by on the ball, the
// rounding of a residual included.
type outlineRow struct{ x, y, h, top, err float64 }

// row returns the row of an edge, of an arc the tangent at (x, y).
func (o *outline) row(edge int32, x, y float64) outlineRow {
	if edge < 0 && o.polygon.Round() {
		return outlineRow{-x, -y, 1, max(math.Abs(x), math.Abs(y)), math.Abs(1-x*x-y*y) + 32*forms.Unit}
	}
	if edge < 0 {
		x, y, h := o.polygon.Facet(edge)
		return outlineRow{x, y, h, 1, 32 * forms.Unit}
	}
	return o.rows[edge]
}

// rowOf is the inward row of a constraint.
func rowOf(a *judge.Constraint) outlineRow {
	r := outlineRow{x: a.S * a.G[0], h: a.S * a.H, err: forms.Rounding(a.Err, a.Mag, 0)}
	if len(a.G) > 1 {
		r.y = a.S * a.G[1]
	}
	r.top = max(math.Abs(r.x), math.Abs(r.y))
	return r
}

// find finds the outline of the current cell, once, and says whether there is one.
func (o *outline) find() bool {
	if o.fresh {
		return o.ok
	}
	o.fresh, o.ok = true, false
	o.x, o.y, o.arcs = o.x[:0], o.y[:0], o.arcs[:0]
	p := o.polygon
	n := p.Vertices()
	most := 0.0
	_, _, before := p.Vertex(n - 1)
	for i := range n {
		x, y, edge := p.Vertex(i)
		delta := p.Note(i)
		if delta == 0 {
			if delta = o.vertexError(before, edge, x, y); !(delta <= outlineFar) {
				return false
			}
			p.SetNote(i, delta)
		}
		most = max(most, delta)
		o.x, o.y = append(o.x, x), append(o.y, y)
		before = edge
	}
	o.delta = most
	o.ok = !o.polygon.Round() || o.collectArcs(n)
	return o.ok
}

// collectArcs collects the arcs.
func (o *outline) collectArcs(n int) bool {
	forward := false
	for i := range n {
		_, _, edge := o.polygon.Vertex(i)
		if edge >= 0 {
			forward = true
			continue
		}
		j := (i + 1) % n
		a := arc{o.x[i], o.y[i], o.x[j], o.y[j]}
		cross := a.ax*a.by - a.ay*a.bx
		if !(cross > -outlineArc && a.ax*a.bx+a.ay*a.by > outlineTurn) {
			return false
		}
		forward = forward || cross > outlineFlat
		o.arcs = append(o.arcs, a)
	}
	return forward
}

// vertexError returns δ of the vertex between two edges, +Inf if it is not to be trusted. It is
// never 0.
func (o *outline) vertexError(before, edge int32, x, y float64) float64 {
	if before < 0 && edge < 0 && o.polygon.Round() {
		return outlineLeast // no direction is left to a vertex between two arcs
	}
	a, b := o.row(before, x, y), o.row(edge, x, y)
	cross, tops := a.x*b.y-a.y*b.x, a.top*b.top
	if !(tops > outlineSmall && cross > outlineFlat*tops && math.Abs(x) < outlineReach && math.Abs(y) < outlineReach) {
		return math.Inf(1)
	}
	ra, rb := math.Abs(a.x*x+a.y*y+a.h)+a.err, math.Abs(b.x*x+b.y*y+b.h)+b.err
	return forms.Slack*(ra*b.top+rb*a.top)/cross + outlineLeast
}

// outside says that side s of z, a form of the norm's ball, is certainly empty. A value at a vertex
// is off by z.Err and a few roundings of z.Mag.
func (o *outline) outside(norm ball.Norm, z *forms.Form, s float64) bool {
	if !o.find() {
		return false
	}
	bound := forms.Rounding(z.Err+o.delta*z.Mag, z.Mag, 0)
	gx, gy, h := s*z.G[0], 0.0, s*z.H+bound
	if len(z.G) > 1 {
		gy = s * z.G[1]
	}
	ys := o.y[:len(o.x)]
	for i, x := range o.x {
		if !(gx*x+gy*ys[i]+h < 0) {
			return false
		}
	}
	for i := range o.arcs {
		if a := &o.arcs[i]; a.between(gx, gy) && !(forms.Sup(norm, z.G)+h < 0) {
			return false
		}
	}
	return true
}

// between says that the direction may be one from a to b.
func (a *arc) between(x, y float64) bool {
	least := -outlineArc * (math.Abs(x) + math.Abs(y))
	return a.ax*y-a.ay*x >= least && x*a.by-y*a.bx >= least
}

// add takes a constraint of the cell in, cut leaves the first n.
func (o *outline) add(a *judge.Constraint) {
	if o.polygon != nil {
		o.rows = append(o.rows, rowOf(a))
	}
}

func (o *outline) cut(n int) {
	if o.polygon != nil {
		o.rows = o.rows[:n]
	}
}

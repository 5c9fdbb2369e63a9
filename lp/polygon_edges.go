// The lines that bound polygons, and the values of a form at the vertices.

package lp

import (
	"math"

	"github.com/relucell/relucell/ball"
)

// polygonForm is x·X + y·Y + h.
type polygonForm struct{ x, y, h float64 }

func (f polygonForm) size() float64 { return math.Abs(f.x) + math.Abs(f.y) + math.Abs(f.h) }

// polygonRow is a constraint s·z ≥ 0 scaled by a power of two, so that |h|+|x|+|y| is in [1,2).
type polygonRow struct {
	polygonForm
	scale float64
}

// The facets of the square and of the diamond, inward, in the order of the edges.
var (
	polygonSquare  = [4]polygonForm{{0, 1, 1}, {-1, 0, 1}, {0, -1, 1}, {1, 0, 1}}
	polygonDiamond = [4]polygonForm{{-1, 1, 1}, {-1, -1, 1}, {1, -1, 1}, {1, 1, 1}}
)

// polygonEdges are the lines of the edges: those of the constraints of the current path, and the
// facets of the ball.
type polygonEdges struct {
	norm  ball.Norm
	n     int
	round bool // the ball is a disc
	cons  []polygonRow
}

// row returns the inward row of an edge, of an arc its tangent at the vertex.
func (p *polygonEdges) row(edge int32, v *polygonVertex) polygonForm {
	if edge >= 0 {
		return p.cons[edge].polygonForm
	}
	if p.round {
		return polygonForm{-v.x, -v.y, 1}
	}
	if p.norm == ball.L1 && p.n == 2 {
		return polygonDiamond[-1-edge]
	}
	return polygonSquare[-1-edge]
}

// Round says that the edges with names below 0 are arcs of the unit circle.
func (p *polygonEdges) Round() bool { return p.round }

// Facet returns the inward row x·X + y·Y + h of a facet of the square or the diamond; its
// numbers are ±1 and 0.
func (p *polygonEdges) Facet(edge int32) (x, y, h float64) {
	f := p.row(edge, nil)
	return f.x, f.y, f.h
}

func (p *polygonEdges) formOf(g []float64, h float64) polygonForm {
	if p.n == 1 {
		return polygonForm{g[0], 0, h}
	}
	return polygonForm{g[0], g[1], h}
}

// crossing returns where the form vanishes on the edge from a to b, where its values are za
// and zb, of different signs.
func (p *polygonEdges) crossing(f *polygonForm, a, b *polygonVertex, za, zb float64) (x, y float64) {
	if p.round && a.edge < 0 {
		return f.onCircle(za > zb)
	}
	t := za / (za - zb)
	if t <= 0.5 { // from the nearer end
		return a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)
	}
	t = zb / (zb - za)
	return b.x + t*(a.x-b.x), b.y + t*(a.y-b.y)
}

// Depth implements Incremental.
func (p *polygonEdges) Depth() int { return len(p.cons) }

// polygonVertex is a vertex, and the name of the edge from it to the next:
// ≥ 0 the entered constraints in order, < 0 the facets of the ball.
type polygonVertex struct {
	x, y  float64
	split float64 // value of the form that Split prepared
	note  float64 // the caller's; 0 when new
	edge  int32
}

type polygonLevel struct {
	v    []polygonVertex // counterclockwise
	arcs bool            // some edge is one
	// What Split leaves for Enter.
	split  polygonRow // of the plus side
	on     float64    // vertices whose value is at most that lie on the line
	hi, lo int        // the extreme vertices
}

// polygonValues holds the form evaluated last at the vertices at of the cell, farthest on its side
// held (0 if none is) at best.
type polygonValues struct {
	form  polygonForm
	held  float64
	at    []polygonVertex
	value []float64
	best  int
	work  []polygonVertex
}

func (p *polygonValues) evaluate(l *polygonLevel, f *polygonForm, s float64) {
	v := l.v
	if l.arcs {
		v = p.refine(v, f)
	}
	if cap(p.value) < len(v) {
		p.value = make([]float64, 2*len(v))
	}
	value := p.value[:len(v)]
	x, y, h := f.x, f.y, f.h
	best, most := 0, math.Inf(-1)
	for i := range v {
		t := x*v[i].x + y*v[i].y + h
		value[i] = t
		if t *= s; t > most {
			most, best = t, i
		}
	}
	p.at, p.value, p.form, p.held, p.best = v, value, *f, s, best
}

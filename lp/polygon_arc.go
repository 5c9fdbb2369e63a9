// The disc: a cell is bounded by lines and by arcs of the unit circle. An arc is an edge
// with the name of a facet. Along an arc that does not hold the top or the bottom of a form
// (its direction, from the centre) the form rises or falls throughout, as it does along a line; so
// those two points are made vertices before a form is evaluated, and all else stays as it is.

package lp

import "math"

// refine returns the vertices and, between the ends of arcs, the points of the circle where the
// form is largest and smallest. Those that earlier forms have left are taken out again, so
// long as an arc stays below a quarter of the circle.
func (p *polygonValues) refine(v []polygonVertex, f *polygonForm) []polygonVertex {
	d := math.Hypot(f.x, f.y)
	if !(d > 0) {
		return v
	}
	ex, ey := f.x/d, f.y/d
	out := p.work[:0]
	for i := range v {
		a, b := &v[i], &v[0]
		if i+1 < len(v) {
			b = &v[i+1]
		}
		drop := false
		if k := len(out) - 1; a.edge < 0 && k >= 0 && out[k].edge < 0 {
			o := &out[k]
			drop = o.x*b.x+o.y*b.y > 0 && o.x*b.y-o.y*b.x > 0
		}
		if !drop {
			out = append(out, *a)
		}
		if a.edge >= 0 {
			continue
		}
		from, to := a.x*ey-a.y*ex, ex*b.y-ey*b.x
		switch {
		case to > 0 && (from > 0 || drop && from == 0):
			out = append(out, polygonVertex{x: ex, y: ey, edge: a.edge})
		case to < 0 && (from < 0 || drop && from == 0):
			out = append(out, polygonVertex{x: -ex, y: -ey, edge: a.edge})
		}
	}
	p.work = out
	return out
}

// onCircle returns where the form vanishes on the circle, of the two points the one where it
// falls, seen counterclockwise, or the one where it rises.
func (f *polygonForm) onCircle(falls bool) (x, y float64) {
	d := math.Hypot(f.x, f.y)
	ex, ey := f.x/d, f.y/d
	c := -f.h / d // the cosine of the angle from the top
	s := math.Sqrt(max((1-c)*(1+c), 0))
	if !falls {
		s = -s
	}
	return c*ex - s*ey, c*ey + s*ex
}

// middle returns the middle of the arc from a to b, which is at most half the circle.
func middle(a, b *polygonVertex) (x, y float64) {
	x, y = a.x+b.x, a.y+b.y
	if d := math.Hypot(x, y); d > 0 {
		return x / d, y / d
	}
	return -a.y, a.x
}

// curved says that some edge is an arc.
func curved(v []polygonVertex) bool {
	for i := range v {
		if v[i].edge < 0 {
			return true
		}
	}
	return false
}

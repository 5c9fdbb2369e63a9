// What the polygon does when rounding has spoilt it: recompute the vertices, or look for a
// deeper point.

package lp

import "math"

// Refresh implements Incremental: each vertex anew from the rows of its edges. It
// reports whether any moved.
func (p *Polygon) Refresh() bool {
	v := p.levels[p.top].v
	moved := false
	last := len(v) - 1
	a := p.row(v[last].edge, &v[last])
	for i := range v {
		b := p.row(v[i].edge, &v[i])
		if p.round && (v[i].edge < 0 || v[before(i, v)].edge < 0) {
			a = b
			continue // ends of arcs stay where they are
		}
		if det := a.x*b.y - a.y*b.x; math.Abs(det) > polygonFlat {
			x, y := (a.y*b.h-a.h*b.y)/det, (a.h*b.x-a.x*b.h)/det
			if x != v[i].x || y != v[i].y {
				v[i].x, v[i].y, v[i].note = x, y, 0
				moved = true
			}
		}
		a = b
	}
	if moved {
		p.held = 0
	}
	return moved
}

// Margin implements Incremental: the centroid of the area on the asked side, which few
// vertices close together do not draw to them.
func (p *Polygon) Margin(g []float64, h, s float64) ([]float64, bool) {
	f := p.formOf(g, h)
	p.valid = f.size() <= math.MaxFloat64
	if !p.valid {
		return nil, false
	}
	p.asked = f
	p.reach(&f, s)
	if !(s*p.value[p.best] > 0) {
		return nil, false
	}
	point := make([]float64, p.n)
	p.centroid(point, s, p.best)
	return point, true
}

// centroid adds up the triangles from vertex k, which is on side s.
func (p *Polygon) centroid(point []float64, s float64, k int) {
	v := p.at
	o := v[k]
	area, x, y := 0.0, 0.0, 0.0
	px, py := 0.0, 0.0 // the vertex before, from o
	add := func(cx, cy float64) {
		cx, cy = cx-o.x, cy-o.y
		t := px*cy - py*cx
		area, x, y = area+t, x+t*(px+cx), y+t*(py+cy)
		px, py = cx, cy
	}
	for i := range v {
		a, b := (k+i)%len(v), (k+i+1)%len(v)
		za, zb := s*p.value[a], s*p.value[b]
		if za > 0 {
			add(v[a].x, v[a].y)
		}
		if (za > 0) != (zb > 0) {
			add(p.crossing(&p.form, &v[a], &v[b], s*za, s*zb))
		}
	}
	if !(area > 0) {
		p.centre(point, s)
		return
	}
	point[0] = o.x + x/(3*area)
	if p.n > 1 {
		point[1] = o.y + y/(3*area)
	}
}

// Going down: a line clips the polygon of a cell into those of its children.

package lp

import "math"

// Split implements Incremental. Lines that only touch the polygon are split by as
// well: the caller may know that the side lives, too thin for floats.
func (p *Polygon) Split() bool {
	f := p.asked
	_, e := math.Frexp(f.size())
	scale := math.Ldexp(1, 1-e)
	if !p.valid || f.x == 0 && f.y == 0 || scale == 0 || math.IsInf(scale, 0) {
		return false
	}
	l := p.levels[p.top]
	if p.held == 0 || f != p.form {
		p.evaluate(l, &f, 1)
	}
	if l.arcs {
		l.v = append(l.v[:0], p.at...)
		p.held = 0
	}
	l.hi, l.lo = 0, 0
	for i, t := range p.value {
		l.v[i].split = t
		if t > p.value[l.hi] {
			l.hi = i
		}
		if t < p.value[l.lo] {
			l.lo = i
		}
	}
	depth := max(min(p.value[l.hi], -p.value[l.lo]), 0)
	l.on = min(polygonOn*depth, polygonZero*f.size())
	l.split = polygonRow{polygonForm{f.x * scale, f.y * scale, f.h * scale}, scale}
	return true
}

// Enter implements Incremental.
func (p *Polygon) Enter(s float64) {
	p.steps++
	l, c := p.levels[p.top], p.level(p.top+1)
	name := int32(len(p.cons))
	r := l.split
	r.x, r.y, r.h = s*r.x, s*r.y, s*r.h
	p.cons = append(p.cons, r)
	p.top++
	p.held, p.valid = 0, false
	far := l.hi
	if s < 0 {
		far = l.lo
	}
	if s*l.v[far].split <= l.on {
		c.v = touching(c.v[:0], l.v, far, name)
	} else {
		c.v = p.clip(c.v[:0], l, s, name)
	}
	c.arcs = l.arcs && curved(c.v)
}

// touching makes the polygon of no extent at vertex k, between its two edges and the new one.
func touching(out, v []polygonVertex, k int, name int32) []polygonVertex {
	a, b := v[before(k, v)], v[k]
	a.x, a.y, a.note, b.note = b.x, b.y, 0, 0
	c := b
	c.edge = name
	return append(out, a, b, c)
}

// clip appends the part on side s of the splitting line. An edge that leaves that side is
// followed by the new edge.
func (p *Polygon) clip(out []polygonVertex, l *polygonLevel, s float64, name int32) []polygonVertex {
	v := l.v
	last := s * v[len(v)-1].split
	for i := range v {
		a, next := &v[i], i+1
		if next == len(v) {
			next = 0
		}
		za, zb := s*a.split, s*v[next].split
		switch {
		case za > l.on:
			out = append(out, *a)
			if zb < -l.on {
				x, y := p.crossing(&l.split.polygonForm, a, &v[next], a.split, v[next].split)
				out = append(out, polygonVertex{x: x, y: y, edge: name})
			}
		case za >= -l.on: // on the line; kept where the polygon comes or goes
			if zb > l.on || last > l.on {
				b := *a
				b.note = 0
				if !(zb > l.on) {
					b.edge = name
				}
				out = append(out, b)
			}
		case zb > l.on:
			x, y := p.crossing(&l.split.polygonForm, a, &v[next], a.split, v[next].split)
			out = append(out, polygonVertex{x: x, y: y, edge: a.edge})
		}
		last = za
	}
	return out
}

// The stack of the vertex form: a split pivots the new hyperplane in, and both children start
// from the vertex where that is.

package lp

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// Split implements Incremental: it pivots the hyperplane in at the crossing, in
// a copy of the level.
func (v *Vertex) Split() bool {
	if v.asked.s == 0 {
		return false
	}
	if v.cross < 0 { // the vertex is beyond already: cross from there
		r, err := v.climb(-v.asked.s)
		if err != nil || !r.Meets || v.cross < 0 {
			return false
		}
	}
	l, k := v.levels[v.top], v.cross
	if v.c[k] < vertexPivot {
		return false
	}
	v.cross = -1
	v.pivots++
	t := l.plane()
	t.rows = l.rows + 1
	t.ld = (t.rows + 4) &^ 3
	t.a = resize(t.a, (v.d+1)*t.ld)
	r := l.rows
	t.basic = append(append(t.basic[:0], l.basic...), l.free[k])
	t.free = append(t.free[:0], l.free...)
	t.free[k] = splitName
	// v.c holds dir·z over the columns.
	col := l.col(k)
	inv := 1 / v.c[k]
	for j := 0; j <= v.d; j++ {
		if j == k {
			continue
		}
		f := -v.c[j] * inv
		tj := t.col(j)
		floats.AddScaledTo(tj[:r], l.col(j), f, col)
		tj[r] = f
	}
	tk := t.col(k)
	floats.ScaleTo(tk[:r], inv*v.dir, col)
	tk[r] = inv * v.dir
	l.splitCol, l.entered = k, 0
	l.split.g = append(l.split.g[:0], v.asked.g...)
	l.split.h, l.split.scale = v.asked.h, v.asked.scale
	return true
}

func (l *vertexLevel) plane() *vertexLevel {
	if l.onPlane == nil {
		l.onPlane = &vertexLevel{}
	}
	return l.onPlane
}

// splitName marks the column of the splitting form, which has a name only once a side is entered.
const splitName = math.MaxInt32

// Enter implements Incremental. The second side takes the buffers over.
func (v *Vertex) Enter(s float64) {
	l := v.level(v.top + 1)
	p := v.levels[v.top]
	if p.entered++; p.entered > 1 {
		l.swap(p.onPlane)
	} else {
		l.copyFrom(p.onPlane, v.d)
	}
	k := p.splitCol
	l.free[k] = int32(len(v.cons))
	if s < 0 {
		floats.Scale(-1, l.col(k))
	}
	v.pushRow(p.split.g, p.split.h, s, p.split.scale)
	v.top++
}

// swap exchanges the dictionaries.
func (l *vertexLevel) swap(o *vertexLevel) {
	l.rows, o.rows, l.ld, o.ld = o.rows, l.rows, o.ld, l.ld
	l.a, o.a, l.basic, o.basic, l.free, o.free = o.a, l.a, o.basic, l.basic, o.free, l.free
}

func (v *Vertex) pushRow(g []float64, h, s, scale float64) {
	c := v.more()
	c.g = append(c.g[:0], g...)
	c.h, c.s, c.scale = h, s, scale
}

// CopyFrom implements Incremental.
func (v *Vertex) CopyFrom(other Incremental, depth int) {
	o := other.(*Vertex)
	if v.n != o.n || v.norm != o.norm || v.c == nil {
		v.Reset(o.norm, o.n)
	}
	v.cons = v.cons[:0]
	for _, c := range o.cons[:depth] {
		v.pushRow(c.g, c.h, c.s, c.scale)
	}
	v.top = 0
	p, l := o.at(depth), v.level(0)
	l.copyFrom(p, v.d)
	if p.onPlane != nil && len(p.onPlane.a) > 0 {
		l.plane().copyFrom(p.onPlane, v.d)
	}
	l.splitCol, l.entered = p.splitCol, 0
	l.split.g = append(l.split.g[:0], p.split.g...)
	l.split.h, l.split.scale = p.split.h, p.split.scale
}

func (l *vertexLevel) copyFrom(p *vertexLevel, d int) {
	l.rows = p.rows
	l.ld = (p.rows + 4) &^ 3 // room for one more row
	l.a = resize(l.a, (d+1)*l.ld)
	for k := 0; k <= d; k++ {
		copy(l.a[k*l.ld:k*l.ld+l.rows], p.col(k))
	}
	l.basic = append(l.basic[:0], p.basic...)
	l.free = append(l.free[:0], p.free...)
}

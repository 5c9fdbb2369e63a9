// The stack of the vertex form: a split pivots the new hyperplane in, and both children start
// from the vertex where that is. Half of all cells are never asked about, or answer by that vertex
// alone, so a split only notes where the hyperplane is crossed, and the dictionary of a side is
// made from that of the cell above when it is needed.

package lp

import "gonum.org/v1/gonum/floats"

// vertexSplit is what Split leaves for the two sides: the form, with the side asked, and where it
// is crossed.
type vertexSplit struct {
	vertexRow
	state  splitState
	col    int       // the column that crosses it, −1: to be found
	dir    float64   // the side of the form that rises along the column
	prices []float64 // of that side, over the columns, then its constant
	kept   vertexDict
}

type splitState int8

const (
	// whole: the cell is not split. noted: its dictionary is still the one in which the form is
	// crossed, or will be crossed. kept: the cell was asked about since, so that of a vertex on the
	// hyperplane was made first. failed: none was found.
	whole splitState = iota
	noted
	kept
	failed
)

// Split implements Incremental: it notes the crossing. Where the vertex is beyond, the crossing is
// looked for when a side needs it; but after an answer that the side is empty it may not be there.
func (v *Vertex) Split() bool {
	if v.asked.s == 0 {
		return false
	}
	l := v.levels[v.top]
	sp := &l.split
	sp.copyFrom(&v.asked)
	sp.state, sp.col = noted, -1
	if v.cross >= 0 {
		return v.crossed(sp)
	}
	return v.reply.Meets || v.crossing(l)
}

func (r *vertexRow) copyFrom(o *vertexRow) {
	r.g = append(r.g[:0], o.g...)
	r.h, r.s, r.scale = o.h, o.s, o.scale
}

// crossing finds where the form of a split is crossed, from a vertex beyond.
func (v *Vertex) crossing(l *vertexLevel) bool {
	sp := &l.split
	if sp.col >= 0 {
		return true
	}
	if r, err := v.climb(l, &sp.vertexRow, -sp.s); err != nil || !r.Meets || v.cross < 0 {
		sp.state = failed
		return false
	}
	return v.crossed(sp)
}

// crossed notes the crossing at which a climb has ended.
func (v *Vertex) crossed(sp *vertexSplit) bool {
	k := v.cross
	v.cross = -1
	if v.c[k] < vertexPivot {
		sp.state = failed
		return false
	}
	sp.col, sp.dir = k, v.dir
	sp.prices = append(sp.prices[:0], v.c...)
	return true
}

// here returns the level of the cell, whose dictionary it may change, nil where that is lost.
func (v *Vertex) here() *vertexLevel {
	v.make(v.top)
	l := v.levels[v.top]
	if l.lost {
		return nil
	}
	if sp := &l.split; sp.state == noted && v.crossing(l) {
		v.cut(&sp.kept, l)
		sp.state = kept
	}
	return l
}

// make makes the dictionary of a level, where that is due, with the slack of the side that was
// entered in the column of the crossing.
func (v *Vertex) make(i int) {
	l := v.levels[i]
	if !l.due {
		return
	}
	v.make(i - 1)
	p := v.levels[i-1]
	sp := &p.split
	l.due = false
	switch {
	case p.lost || sp.state == failed || !v.crossing(p):
		l.lost = true
		return
	case sp.state == kept:
		l.copyFrom(&sp.kept, v.d)
	default:
		v.cut(&l.vertexDict, p)
	}
	name := len(v.cons) - 1 - (v.top - i)
	l.free[sp.col] = int32(name)
	if v.cons[name].s < 0 {
		floats.Scale(-1, l.col(sp.col))
	}
}

// cut pivots the hyperplane of a level's split in at the crossing, in another dictionary, whose
// column is then the slack of its plus side.
func (v *Vertex) cut(t *vertexDict, l *vertexLevel) {
	v.pivots++
	sp, r := &l.split, l.rows
	k := sp.col
	t.rows = r + 1
	t.ld = (t.rows + 4) &^ 3
	t.a = resize(t.a, (v.d+1)*t.ld)
	t.basic = append(append(t.basic[:0], l.basic...), l.free[k])
	t.free = append(t.free[:0], l.free...)
	col := l.col(k)
	inv := 1 / sp.prices[k]
	for j := 0; j <= v.d; j++ {
		if j == k {
			continue
		}
		f := -sp.prices[j] * inv
		tj := t.col(j)
		floats.AddScaledTo(tj[:r], l.col(j), f, col)
		tj[r] = f
	}
	tk := t.col(k)
	floats.ScaleTo(tk[:r], inv*sp.dir, col)
	tk[r] = inv * sp.dir
}

// vertex returns the vertex of the cell, nil where that is lost. It need not make the dictionary
// where the crossing above is known.
func (v *Vertex) vertex() []float64 {
	l := v.levels[v.top]
	found := l.split.state != noted || l.split.col >= 0
	if l.due && found {
		if p := v.levels[v.top-1]; p.split.state == noted && p.split.col >= 0 {
			k := p.split.col
			f := -p.split.prices[v.d] * (1 / p.split.prices[k])
			return floats.AddScaledTo(v.y, p.col(v.d)[:v.n], f, p.col(k)[:v.n])
		}
	}
	if l.due || !found {
		v.here()
	}
	if l.lost {
		return nil
	}
	return l.col(v.d)[:v.n]
}

// Enter implements Incremental.
func (v *Vertex) Enter(s float64) {
	l, p := v.level(v.top+1), v.levels[v.top]
	l.due, l.lost, l.split.state = true, false, whole
	v.more().copyFrom(&p.split.vertexRow)
	v.top++
	v.cons[len(v.cons)-1].s = s
}

// CopyFrom implements Incremental.
func (v *Vertex) CopyFrom(other Incremental, depth int) {
	o := other.(*Vertex)
	if v.n != o.n || v.norm != o.norm || v.c == nil {
		v.Reset(o.norm, o.n)
	}
	v.cons = v.cons[:0]
	for i := range o.cons[:depth] {
		v.more().copyFrom(&o.cons[i])
	}
	v.top = 0
	at := o.top - (len(o.cons) - depth)
	o.make(at)
	p, l := o.levels[at], v.level(0)
	l.due, l.lost = false, p.lost
	l.copyFrom(&p.vertexDict, v.d)
	l.split.copyFrom(&p.split.vertexRow)
	l.split.state, l.split.col, l.split.dir = p.split.state, p.split.col, p.split.dir
	l.split.prices = append(l.split.prices[:0], p.split.prices...)
	if p.split.state == kept {
		l.split.kept.copyFrom(&p.split.kept, v.d)
	}
}

func (l *vertexDict) copyFrom(p *vertexDict, d int) {
	l.rows = p.rows
	l.ld = (p.rows + 4) &^ 3 // room for one more row
	l.a = resize(l.a, (d+1)*l.ld)
	for k := 0; k <= d; k++ {
		copy(l.a[k*l.ld:k*l.ld+l.rows], p.col(k))
	}
	l.basic = append(l.basic[:0], p.basic...)
	l.free = append(l.free[:0], p.free...)
}

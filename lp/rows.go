// The row form: for polytopal balls in many dimensions, of which a cell has
// few constraints. Its dual has one unknown per constraint and the ball costs one
// pass over the coordinates, so nothing as large as a dictionary is kept or copied.

package lp

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/ball"
)

// Rows is the incremental solver for polytopal balls in many dimensions.
//
// Per cell it keeps its constraints and a few points of it. A question is the linear programme
// max s·z over the cell, answered by a dual simplex from nothing (rows_dual.go) whose basis has
// the size of the constraints that matter; the bounds of the ball are implicit. It ends early
// on "empty", which most answers are.
//
// The l1 ball is lifted: y = a − b with a, b ≥ 0 and the row 1 − Σ(a+b) ≥ 0.
type Rows struct {
	path[rowsLevel, rowsRow]
	norm  ball.Norm
	n, nv int // nv variables: n, for l1 2n
	reply Reply
	asked rowsRow
	ready bool // asked holds the form asked last
	dual  rowsDual
}

// StopWhen implements Stoppable.
func (q *Rows) StopWhen(stop func() bool) { q.dual.StopWhen(stop) }

// rowsRow is a constraint a·x + h ≥ 0 over the variables: s times a form, scaled
// by a power of two.
type rowsRow struct {
	a           []float64
	h, s, scale float64
}

// rowsLevel is a cell: points of it, newest first, and the form that Split was
// told of, with the sign that its row includes.
type rowsLevel struct {
	points [][]float64
	known  int // points in use
	split  rowsRow
}

// rowsPoints is the number of points kept for a cell. Each saves a solve where it lies
// on the asked side, for one inner product.
const rowsPoints = 4

// Reset implements Incremental.
func (q *Rows) Reset(norm ball.Norm, n int) {
	q.norm, q.n, q.nv = norm, n, n
	if norm == ball.L1 {
		q.nv = 2 * n
	}
	q.cons, q.top, q.ready = q.cons[:0], 0, false
	q.reply.Point = make([]float64, n)
	q.asked.a = make([]float64, q.nv)
	q.level(0).known = 0
	q.dual.reset(norm, q.nv)
}

// add keeps a copy of a point, in the place of the oldest when there are enough.
func (l *rowsLevel) add(p []float64) {
	if l.known < rowsPoints {
		if l.known++; len(l.points) < l.known {
			l.points = append(l.points, nil)
		}
	}
	last := append(l.points[l.known-1][:0], p...)
	copy(l.points[1:l.known], l.points)
	l.points[0] = last
}

// normalise sets the row asked: s times the form, scaled by a power of two so
// that |h|+Σ|g| is in [1,2).
func (q *Rows) normalise(g []float64, h, s float64) error {
	q.ready = false
	scale, err := unitScale(g, h)
	if err != nil {
		return err
	}
	for i, x := range g {
		q.asked.a[i] = s * x * scale
	}
	for i, x := range q.asked.a[:q.nv-q.n] {
		q.asked.a[q.n+i] = -x
	}
	q.asked.h, q.asked.s, q.asked.scale = s*h*scale, s, scale
	q.ready = true
	return nil
}

// Ask implements Incremental.
func (q *Rows) Ask(g []float64, h, s float64) (*Reply, error) {
	if err := q.normalise(g, h, s); err != nil {
		return nil, err
	}
	q.reply.Interior = false
	if p := q.known(); p != nil {
		q.reply.Meets = true
		copy(q.reply.Point, p)
		return &q.reply, nil
	}
	meets, err := q.dual.solve(q.cons, &q.asked, 0)
	q.pivots += q.dual.steps
	if err != nil {
		q.ready = false
		return nil, err
	}
	if q.reply.Meets = meets; meets {
		q.project(q.reply.Point)
		q.levels[q.top].add(q.reply.Point)
		return &q.reply, nil
	}
	q.reply.ID, q.reply.Lambda = q.reply.ID[:0], q.reply.Lambda[:0]
	for i, id := range q.dual.work {
		if mu := q.dual.mu[i]; id >= 0 && mu > rowsZero*rowsZero {
			q.reply.ID = append(q.reply.ID, id)
			q.reply.Lambda = append(q.reply.Lambda, mu*q.cons[id].scale/q.asked.scale)
		}
	}
	return &q.reply, nil
}

// known returns the known point that is farthest on the asked side, nil if none is.
func (q *Rows) known() []float64 {
	l := q.levels[q.top]
	best, at := rowsZero, []float64(nil)
	for _, p := range l.points[:l.known] {
		if t := floats.Dot(q.asked.a[:q.n], p) + q.asked.h; t > best {
			best, at = t, p
		}
	}
	return at
}

// project writes the point of the dual's variables.
func (q *Rows) project(point []float64) {
	copy(point, q.dual.x)
	for i, b := range q.dual.x[q.n:] {
		point[i] -= b
	}
}

// Seen implements Incremental.
func (q *Rows) Seen(g []float64, h, s float64) bool {
	l := q.levels[q.top]
	if l.known == 0 {
		return false
	}
	zero := rowsZero * (math.Abs(h) + floats.Norm(g, 1))
	for _, p := range l.points[:l.known] {
		if s*(floats.Dot(g, p)+h) > zero {
			return true
		}
	}
	return false
}

// Split implements Incremental. There is nothing to prepare but the row: either
// side starts from the points that lie on it.
func (q *Rows) Split() bool {
	if !q.ready {
		return false
	}
	q.ready = false
	q.levels[q.top].split.copyFrom(&q.asked)
	return true
}

func (r *rowsRow) copyFrom(o *rowsRow) {
	r.a = append(r.a[:0], o.a...)
	r.h, r.s, r.scale = o.h, o.s, o.scale
}

// push appends a copy of the row.
func (q *Rows) push(r *rowsRow) *rowsRow {
	c := q.more()
	c.copyFrom(r)
	return c
}

// Enter implements Incremental.
func (q *Rows) Enter(s float64) {
	l, p := q.level(q.top+1), q.levels[q.top]
	c := q.push(&p.split)
	if s != c.s {
		floats.Scale(-1, c.a)
		c.h, c.s = -c.h, s
	}
	l.known = 0
	for i := p.known - 1; i >= 0; i-- {
		if y := p.points[i]; floats.Dot(c.a[:q.n], y)+c.h >= 0 {
			l.add(y)
		}
	}
	q.top++
	q.ready = false
}

// Leave implements Incremental.
func (q *Rows) Leave() {
	q.path.Leave()
	q.ready = false
}

// Refresh implements Incremental: no state outlives a question, so there are no
// rounding errors to shed.
func (q *Rows) Refresh() bool { return false }

// CopyFrom implements Incremental.
func (q *Rows) CopyFrom(other Incremental, depth int) {
	o := other.(*Rows)
	if q.n != o.n || q.norm != o.norm {
		q.Reset(o.norm, o.n)
	}
	q.cons, q.top, q.ready = q.cons[:0], 0, false
	for i := range o.cons[:depth] {
		q.push(&o.cons[i])
	}
	p, l := o.at(depth), q.level(0)
	l.known = 0
	for i := p.known - 1; i >= 0; i-- {
		l.add(p.points[i])
	}
	l.split.copyFrom(&p.split)
}

// Margin implements Incremental: it maximises s·z over the cell shrunk by a margin.
func (q *Rows) Margin(g []float64, h, s float64) ([]float64, bool) {
	if q.normalise(g, h, s) != nil {
		return nil, false
	}
	q.ready = false
	for _, delta := range margins {
		meets, err := q.dual.solve(q.cons, &q.asked, delta)
		q.pivots += q.dual.steps
		if err == nil && meets {
			point := make([]float64, q.n)
			q.project(point)
			return point, true
		}
	}
	return nil, false
}

// The stack of the projection solver: of the two children of a cell, the one
// that holds the parent's nearest point keeps the parent's state.

package lp

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/ball"
)

// Split implements Incremental. It notes the row; a side that the parent's point is not on gets its
// state when it is asked about, unless the question has found it.
func (q *Projection) Split() bool {
	if !q.ready {
		return false
	}
	q.ready = false
	l := q.levels[q.top]
	l.split.copyFrom(&q.asked)
	l.beyond = q.beyond
	if !q.beyond {
		if q.met {
			l.moved, q.ask = q.ask, l.moved
		} else { // and yet the caller knows better
			l.moved.copyFrom(&l.projState)
		}
	}
	return true
}

// here returns the cell, whose state is made where that is due: from the parent's state where that
// is on the same side, else by projecting on. A side too thin to have a state of its own gets the
// parent's: that of a larger cell, from which the next question goes on.
func (q *Projection) here() *projLevel {
	l := q.levels[q.top]
	if !l.due {
		return l
	}
	l.due = false
	p, m := q.levels[q.top-1], len(q.cons)-1
	asked := q.cons[m].s == p.split.s
	if asked && !p.beyond {
		l.copyFrom(&p.moved)
		return l
	}
	l.copyFrom(&p.projState)
	if !asked && p.beyond {
		empty, err := q.add(&l.projState, m)
		if err == nil && !empty {
			empty, err = q.settle(&l.projState, m+1)
		}
		if err != nil || empty {
			l.copyFrom(&p.projState)
		}
	}
	return l
}

// Seen implements Incremental: the nearest point is such a point.
func (q *Projection) Seen(g []float64, h, s float64) bool {
	mag := math.Abs(h)
	for _, v := range g {
		mag += math.Abs(v)
	}
	return s*(floats.Dot(g, q.here().x)+h) > projZero*mag
}

// Enter implements Incremental.
func (q *Projection) Enter(s float64) {
	p := q.levels[q.top]
	q.top++
	q.level(q.top).due = true
	q.push(&p.split, s)
}

// CopyFrom implements Incremental.
func (q *Projection) CopyFrom(other Incremental, depth int) {
	o := other.(*Projection)
	q.Reset(ball.L2, o.n)
	for i := range o.cons[:depth] {
		q.push(&o.cons[i], o.cons[i].s)
	}
	o.here() // only the cell that is not split yet can be due
	p, l := o.at(depth), q.levels[0]
	l.copyFrom(&p.projState)
	l.moved.copyFrom(&p.moved)
	l.beyond = p.beyond
	l.split.copyFrom(&p.split)
}

// Refresh implements Incremental: it projects anew from the empty active set. A cell too thin
// for that keeps the state it has.
func (q *Projection) Refresh() bool {
	l := q.here()
	q.other.clear()
	if empty, err := q.settle(&q.other, len(q.cons)); err != nil || empty {
		return false
	}
	l.copyFrom(&q.other)
	return true
}

// Margin implements Incremental: it projects onto the cell shrunk by a margin,
// which also serves where many constraints meet in one point.
func (q *Projection) Margin(g []float64, h, s float64) ([]float64, bool) {
	if q.here(); q.prepare(g, h, s) != nil {
		return nil, false
	}
	x := make([]float64, q.n)
	for _, delta := range margins {
		if inside, _ := q.shrink(delta, x); inside {
			return x, true
		}
	}
	return nil, false
}

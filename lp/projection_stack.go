// The stack of the projection solver: of the two children of a cell, the one
// that holds the parent's nearest point keeps the parent's state.

package lp

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/ball"
)

// Split implements Incremental. A side too thin to have a state of its own (the answer was
// not Meets, and yet the caller knows better) gets the parent's: that of a larger cell, from which
// the next question goes on.
func (q *Projection) Split() bool {
	if !q.ready {
		return false
	}
	q.ready = false
	l := q.levels[q.top]
	sp := &l.split
	sp.a = append(sp.a[:0], q.asked.a...)
	sp.gram = append(sp.gram[:0], q.asked.gram...)
	sp.b, sp.inv = q.asked.b, q.asked.inv
	l.splitReady, l.splitSign = true, q.asked.s
	if !q.beyond {
		l.keepSide = -1 // relative to the asked side
		if q.met {
			l.moved.copyFrom(&q.ask)
		} else {
			l.moved.copyFrom(l)
		}
		return true
	}
	// The parent's point is on the asked side: the opposite side needs a state of its own.
	q.flip()
	q.other.copyFrom(l)
	m := len(q.cons)
	empty, err := q.add(&q.other, m)
	if err == nil && !empty {
		empty, err = q.settle(&q.other, m+1)
	}
	q.flip()
	l.keepSide = 1
	if err == nil && !empty {
		l.moved.copyFrom(&q.other)
	} else {
		l.moved.copyFrom(l)
	}
	return true
}

// Seen implements Incremental: the nearest point is such a point.
func (q *Projection) Seen(g []float64, h, s float64) bool {
	mag := math.Abs(h)
	for _, v := range g {
		mag += math.Abs(v)
	}
	return s*(floats.Dot(g, q.levels[q.top].x)+h) > projZero*mag
}

// enterRelative goes down to the asked side (+1) or the other (−1) of the split form.
func (q *Projection) enterRelative(s float64) {
	l := q.state(q.top + 1)
	p := q.levels[q.top]
	if s == p.keepSide {
		l.copyFrom(p)
	} else {
		l.copyFrom(p.moved)
	}
	q.push(&p.split, s)
	q.top++
}

// Enter implements Incremental.
func (q *Projection) Enter(s float64) {
	q.enterRelative(s * q.levels[q.top].splitSign)
}

// CopyFrom implements Incremental.
func (q *Projection) CopyFrom(other Incremental, depth int) {
	o := other.(*Projection)
	q.Reset(ball.L2, o.n)
	for i := range o.cons[:depth] {
		q.push(&o.cons[i], 1)
	}
	p, l := o.at(depth), q.state(0)
	l.copyFrom(p)
	l.keepSide, l.splitReady, l.splitSign = p.keepSide, p.splitReady, p.splitSign
	l.moved.copyFrom(p.moved)
	l.split = projRow{a: append([]float64(nil), p.split.a...), b: p.split.b, inv: p.split.inv, gram: append([]float64(nil), p.split.gram...)}
}

// Refresh implements Incremental: it projects anew from the empty active set. A cell too thin
// for that keeps the state it has.
func (q *Projection) Refresh() bool {
	q.other.clear()
	if empty, err := q.settle(&q.other, len(q.cons)); err != nil || empty {
		return false
	}
	q.levels[q.top].copyFrom(&q.other)
	return true
}

// Margin implements Incremental: it projects onto the cell shrunk by a margin,
// which also serves where many constraints meet in one point.
func (q *Projection) Margin(g []float64, h, s float64) ([]float64, bool) {
	if q.prepare(g, h, s) != nil {
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

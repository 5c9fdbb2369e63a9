// The projection solver for the l2 ball: the distance from the centre to a
// cell only grows as constraints are added, so one dual active-set method
// (Goldfarb and Idnani 1983), warm-started from the parent's active set,
// answers every question. It works on inner products of rows alone.

package lp

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/ball"
)

// Projection is the incremental solver for the l2 ball.
//
// Constraints are a_i·y ≥ b_i with unit a_i. The state of a cell is its point
// nearest to the centre, x = Σ_{i∈A} λ_i a_i with λ > 0, a_i·x = b_i on A: the
// dual value ‖x‖² = Σ λ_i b_i is below 1 exactly while the closed cell meets
// the open ball.
type Projection struct {
	projector
	reply  Reply
	ask    projState // the state with the asked side added
	other  projState // scratch: that of the cell with its boundaries moved, or made anew
	beyond bool      // the parent's point is on the asked side already
	ready  bool      // asked holds the form asked last
	met    bool      // ask is the state of its side: the last answer was Meets
	u      []float64 // scratch
	falls  []float64 // how fast the asked form and the constraints fall along u
}

// Reset implements Incremental.
func (q *Projection) Reset(_ ball.Norm, n int) {
	q.n, q.top = n, 0
	q.cons = q.cons[:0]
	q.reply.Point = make([]float64, n)
	q.asked.a = make([]float64, n)
	q.x = make([]float64, n)
	l := q.level(0)
	l.due, l.x = false, resize(l.x, n)
	l.clear()
}

// Ask implements Incremental.
func (q *Projection) Ask(g []float64, h, s float64) (*Reply, error) {
	q.ready = false
	q.here()
	r, err := q.answer(g, h, s)
	q.met = err == nil && r.Meets
	return r, err
}

func (q *Projection) answer(g []float64, h, s float64) (*Reply, error) {
	if constant(g) && !math.IsNaN(h) {
		return q.constant(s * h), nil
	}
	if err := q.prepare(g, h, s); err != nil {
		return nil, err
	}
	q.ready = true
	l := q.levels[q.top]
	q.reply.Meets = true
	m := len(q.cons)
	q.beyond = q.asked.b-floats.Dot(q.asked.a, l.x) < -projZero
	if q.beyond {
		q.reply.Interior = false
		copy(q.reply.Point, l.x)
		return &q.reply, nil
	}
	q.ask.copyFrom(&l.projState)
	empty, err := q.add(&q.ask, m)
	if err == nil && !empty {
		empty, err = q.settle(&q.ask, m+1)
	}
	if err != nil {
		return nil, err
	}
	if empty {
		return q.multipliers(&q.ask)
	}
	q.reply.Interior = true
	if q.inward(&q.ask, q.reply.Point) {
		return &q.reply, nil
	}
	return q.shrunk()
}

func constant(g []float64) bool {
	return !slices.ContainsFunc(g, func(v float64) bool { return v != 0 })
}

// constant answers for a form without gradient, which has one side at most.
func (q *Projection) constant(z float64) *Reply {
	q.reply.Meets, q.reply.Interior = z > 0, false
	q.reply.ID, q.reply.Lambda = q.reply.ID[:0], q.reply.Lambda[:0]
	q.point(&q.levels[q.top].projState, q.reply.Point)
	return &q.reply
}

// prepare sets the asked row and its inner products.
func (q *Projection) prepare(g []float64, h, s float64) error {
	norm := length(g)
	if !(norm > 0) || math.IsInf(norm, 0) || math.IsNaN(h) || math.IsInf(h/norm, 0) {
		return errNotFinite
	}
	inv := 1 / norm
	if math.IsInf(inv, 0) {
		return errNotFinite
	}
	q.asked.inv, q.asked.s = inv, s
	for i, x := range g {
		q.asked.a[i] = s * inv * x
	}
	q.asked.b = -s * inv * h
	if q.n <= projFew {
		return nil
	}
	q.asked.gram = resize(q.asked.gram, len(q.cons))
	for i := range q.cons {
		q.asked.gram[i] = floats.Dot(q.asked.a, q.cons[i].a)
	}
	return nil
}

// multipliers reads the proof off a state in which the asked side is active.
func (q *Projection) multipliers(st *projState) (*Reply, error) {
	q.reply.Meets = false
	q.reply.ID, q.reply.Lambda = q.reply.ID[:0], q.reply.Lambda[:0]
	self := 0.0
	for k, j := range st.act {
		if int(j) == len(q.cons) {
			self = st.lam[k] * q.asked.inv
		}
	}
	if !(self > 0) {
		return nil, errors.New("projection solver: the cell itself was found empty")
	}
	for k, j := range st.act {
		if int(j) < len(q.cons) && st.lam[k] > 0 {
			q.reply.ID = append(q.reply.ID, j)
			q.reply.Lambda = append(q.reply.Lambda, st.lam[k]*q.cons[j].inv/self)
		}
	}
	return &q.reply, nil
}

// length is ‖g‖, by the slow way where squares overflow or underflow.
func length(g []float64) float64 {
	if t := floats.Dot(g, g); t > 0x1p-900 && t < 0x1p900 {
		return math.Sqrt(t)
	}
	return floats.Norm(g, 2)
}

// The projection solver for the l2 ball: the distance from the centre to a
// cell only grows as constraints are added, so one dual active-set method
// (Goldfarb and Idnani 1983), warm-started from the parent's active set,
// answers every question. It works on inner products of rows alone.

package lp

import (
	"errors"
	"math"

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
	stopper
	n      int
	cons   []projRow
	levels []*projState
	top    int
	reply  Reply
	asked  projRow
	ask    projState // the state with the asked side added
	other  projState // the state with the opposite side added
	beyond bool      // the parent's point is on the asked side already
	ready  bool      // asked holds the form asked last
	met    bool      // ask is the state of its side: the last answer was Meets
	v, r   []float64 // scratch
	x, u   []float64
	pivots int64
}

// projRow is a constraint with its inner products with all earlier ones.
type projRow struct {
	a    []float64 // sign included
	b    float64
	s    float64 // the sign included, of the asked row
	inv  float64 // 1/‖g‖
	gram []float64
}

// projState is an active set with its multipliers and Cholesky factor (packed rows, the
// diagonal inverted, as it is only divided by).
type projState struct {
	act []int32
	lam []float64
	l   []float64
	x   []float64 // the point, once the state has settled
	// What Split leaves for Enter.
	split      projRow
	keepSide   float64 // the side that contains the parent's point, relative to split
	splitSign  float64 // the sign that split has included
	splitReady bool
	moved      *projState // state of the other side
}

const (
	// projZero is the size below which a violation (rows are unit, points at most 1 long) is rounding noise.
	projZero = 1.0 / (1 << 38)
	// projDependent is the squared sine below which a row counts as depending on the active
	// ones: its projection is then mostly noise.
	projDependent = 1.0 / (1 << 34)
	// projFew is the number of inputs up to which an inner product is cheaper to compute than to
	// keep, and a violation cheaper from the point itself than from the active rows.
	projFew = 32
	// projCap limits the steps of one question, per constraint.
	projCap = 60
)

var errProjectionLoop = errors.New("lp: projection solver: too many steps")

// Reset implements Incremental.
func (q *Projection) Reset(_ ball.Norm, n int) {
	q.n, q.top = n, 0
	q.cons = q.cons[:0]
	q.reply.Point = make([]float64, n)
	q.asked.a = make([]float64, n)
	q.x = make([]float64, n)
	l := q.level(0)
	l.x = resize(l.x, n)
	l.clear()
}

func (q *Projection) level(i int) *projState {
	for len(q.levels) <= i {
		q.levels = append(q.levels, &projState{moved: &projState{}})
	}
	return q.levels[i]
}

func (s *projState) clear() {
	s.act, s.lam, s.l = s.act[:0], s.lam[:0], s.l[:0]
	clear(s.x)
}

func (s *projState) copyFrom(o *projState) {
	s.act = append(s.act[:0], o.act...)
	s.lam = append(s.lam[:0], o.lam...)
	s.l = append(s.l[:0], o.l...)
	s.x = append(s.x[:0], o.x...)
}

// dot returns a_i·a_j; the asked row has index len(cons).
func (q *Projection) dot(i, j int) float64 {
	if i == j {
		return 1
	}
	if q.n <= projFew {
		t, b := 0.0, q.row(j)
		for k, v := range q.row(i)[:len(b)] {
			t += v * b[k]
		}
		return t
	}
	if i < j {
		i, j = j, i
	}
	if i == len(q.cons) {
		return q.asked.gram[j]
	}
	return q.cons[i].gram[j]
}

func (q *Projection) offset(i int) float64 {
	if i == len(q.cons) {
		return q.asked.b
	}
	return q.cons[i].b
}

// violation returns b_i − a_i·x.
func (q *Projection) violation(s *projState, i int) float64 {
	t := q.offset(i)
	for k, j := range s.act {
		t -= s.lam[k] * q.dot(i, int(j))
	}
	return t
}

// add brings constraint p in. It reports whether the constraints proved
// incompatible; multipliers are then left in s for act, and last in r for p.
func (q *Projection) add(s *projState, p int) (empty bool, err error) {
	viol := max(q.violation(s, p), 0)
	lamP := 0.0
	for it := 0; it < projCap*(len(q.cons)+2); it++ {
		if q.pivots++; q.pivots%stopEvery == 0 && q.stopped() {
			return false, ErrStopped
		}
		k := len(s.act)
		zz := q.reduce(s, p)
		t1, drop := math.Inf(1), -1
		for i := 0; i < k; i++ {
			if q.r[i] > projZero && s.lam[i] < t1*q.r[i] {
				t1, drop = s.lam[i]/q.r[i], i
			}
		}
		t2 := math.Inf(1)
		if zz > projDependent {
			t2 = viol / zz
		}
		if drop < 0 && math.IsInf(t2, 1) {
			if viol <= projZero { // dependent and satisfied
				return false, nil
			}
			for i := range s.lam {
				s.lam[i] = max(-q.r[i], 0)
			}
			s.act, s.lam = append(s.act, int32(p)), append(s.lam, 1)
			return true, nil
		}
		t := min(t1, t2)
		for i := 0; i < k; i++ {
			s.lam[i] -= t * q.r[i]
		}
		lamP += t
		if t2 <= t1 {
			s.act, s.lam = append(s.act, int32(p)), append(s.lam, lamP)
			s.l = append(append(s.l, q.v[:k]...), 1/math.Sqrt(zz))
			return false, nil
		}
		viol -= t * zz
		s.remove(q, drop)
	}
	return false, errProjectionLoop
}

// reduce solves for r = Gram⁻¹·G_p over the active set and returns the squared
// length of what is left of a_p.
func (q *Projection) reduce(s *projState, p int) float64 {
	k := len(s.act)
	q.v, q.r = resize(q.v, k), resize(q.r, k)
	zz := 1.0
	for i, row := 0, 0; i < k; row, i = row+i+1, i+1 {
		t := q.dot(p, int(s.act[i]))
		for j := 0; j < i; j++ {
			t -= s.l[row+j] * q.v[j]
		}
		q.v[i] = t * s.l[row+i]
		zz -= q.v[i] * q.v[i]
	}
	s.back(q.v, q.r)
	return zz
}

// back solves Lᵀ·r = v.
func (s *projState) back(v, r []float64) {
	k := len(s.act)
	copy(r, v[:k])
	for i := k - 1; i >= 0; i-- {
		row := i * (i + 1) / 2
		r[i] *= s.l[row+i]
		for j := 0; j < i; j++ {
			r[j] -= s.l[row+j] * r[i]
		}
	}
}

// remove drops active constraint d and factors the rest again.
func (s *projState) remove(q *Projection, d int) {
	s.act = append(s.act[:d], s.act[d+1:]...)
	s.lam = append(s.lam[:d], s.lam[d+1:]...)
	s.l = s.l[:d*(d+1)/2]
	for i := d; i < len(s.act); i++ {
		row := len(s.l)
		zz := 1.0
		for j, rj := 0, 0; j < i; rj, j = rj+j+1, j+1 {
			t := q.dot(int(s.act[i]), int(s.act[j]))
			for k := 0; k < j; k++ {
				t -= s.l[rj+k] * s.l[row+k]
			}
			t *= s.l[rj+j]
			s.l = append(s.l, t)
			zz -= t * t
		}
		s.l = append(s.l, 1/math.Sqrt(max(zz, projDependent)))
	}
}

func (q *Projection) norm2(s *projState) float64 {
	t := 0.0
	for k, j := range s.act {
		t += s.lam[k] * q.offset(int(j))
	}
	return t
}

// settle adds violated constraints among the first m, worst first, until none
// is left or the ball is left.
func (q *Projection) settle(s *projState, m int) (empty bool, err error) {
	for it := 0; it < projCap*(m+1); it++ {
		if q.norm2(s) >= 1-projZero {
			return true, nil
		}
		at := q.worst(s, m)
		if at < 0 {
			s.x = resize(s.x, q.n)
			q.point(s, s.x)
			return false, nil
		}
		if empty, err = q.add(s, at); empty || err != nil {
			return empty, err
		}
	}
	return false, errProjectionLoop
}

// worst returns the most violated among the first m constraints, −1 for none.
func (q *Projection) worst(s *projState, m int) int {
	worst, at := projZero, -1
	if q.n > projFew {
		for i := 0; i < m; i++ {
			if t := q.violation(s, i); t > worst {
				worst, at = t, i
			}
		}
		return at
	}
	q.point(s, q.x)
	x := q.x
	for i := 0; i < m; i++ {
		t := q.offset(i)
		for k, v := range q.row(i)[:len(x)] {
			t -= v * x[k]
		}
		if t > worst {
			worst, at = t, i
		}
	}
	return at
}

// Ask implements Incremental.
func (q *Projection) Ask(g []float64, h, s float64) (*Reply, error) {
	q.ready = false
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
	l.splitReady = false
	q.reply.Meets = true
	m := len(q.cons)
	q.beyond = q.asked.b-floats.Dot(q.asked.a, l.x) < -projZero
	if q.beyond {
		q.reply.Interior = false
		copy(q.reply.Point, l.x)
		return &q.reply, nil
	}
	q.ask.copyFrom(l)
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
	for _, v := range g {
		if v != 0 {
			return false
		}
	}
	return true
}

// constant answers for a form without gradient, which has one side at most.
func (q *Projection) constant(z float64) *Reply {
	q.reply.Meets, q.reply.Interior = z > 0, false
	q.reply.ID, q.reply.Lambda = q.reply.ID[:0], q.reply.Lambda[:0]
	q.point(q.levels[q.top], q.reply.Point)
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
		return nil, errors.New("lp: projection solver: the cell itself was found empty")
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

// point writes x = Σ λ_i a_i.
func (q *Projection) point(s *projState, x []float64) {
	clear(x)
	for k, j := range s.act {
		floats.AddScaled(x, s.lam[k], q.row(int(j)))
	}
}

func (q *Projection) row(j int) []float64 {
	if j == len(q.cons) {
		return q.asked.a
	}
	return q.cons[j].a
}

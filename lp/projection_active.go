// The active-set method of the projection solver (Goldfarb and Idnani 1983): constraints are added
// one at a time, and those whose multipliers would fall below zero are dropped.

package lp

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"
)

const (
	// projZero is the size below which a violation (rows are unit, points at most 1 long) is
	// rounding noise.
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

var errProjectionLoop = errors.New("projection solver: too many steps")

// projRows are the constraints of the current path and the form asked about, which has the index
// behind them.
type projRows struct {
	path[projLevel, projRow]
	n     int
	asked projRow
	delta float64 // how far all boundaries are moved inwards
}

// projRow is a constraint with its inner products with all earlier ones.
type projRow struct {
	a    []float64 // sign included
	b    float64
	s    float64 // the sign included
	inv  float64 // 1/‖g‖
	gram []float64
}

// dot returns a_i·a_j; the asked row has index len(cons).
func (q *projRows) dot(i, j int) float64 {
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

func (q *projRows) offset(i int) float64 {
	if i == len(q.cons) {
		return q.asked.b + q.delta
	}
	return q.cons[i].b + q.delta
}

// violation returns b_i − a_i·x.
func (q *projRows) violation(s *projState, i int) float64 {
	t := q.offset(i)
	for k, j := range s.act {
		t -= s.lam[k] * q.dot(i, int(j))
	}
	return t
}

// below writes b_i − a_i·x for the first constraints, with bounds, else −a_i·x. Two sums at a time,
// for each waits for itself.
func (q *projRows) below(x []float64, bounds bool, out []float64) []float64 {
	for i := 0; i < len(out); i += 2 {
		j := min(i+1, len(out)-1)
		s, t := 0.0, 0.0
		if bounds {
			s, t = q.offset(i), q.offset(j)
		}
		a, b := q.row(i)[:len(x)], q.row(j)[:len(x)]
		for k, v := range x {
			s -= a[k] * v
			t -= b[k] * v
		}
		out[i], out[j] = s, t
	}
	return out
}

func (q *projRows) norm2(s *projState) float64 {
	t := 0.0
	for k, j := range s.act {
		t += s.lam[k] * q.offset(int(j))
	}
	return t
}

// point writes x = Σ λ_i a_i.
func (q *projRows) point(s *projState, x []float64) {
	clear(x)
	for k, j := range s.act {
		floats.AddScaled(x, s.lam[k], q.row(int(j)))
	}
}

func (q *projRows) row(j int) []float64 {
	if j == len(q.cons) {
		return q.asked.a
	}
	return q.cons[j].a
}

func (r *projRow) copyFrom(o *projRow) {
	r.a, r.gram = append(r.a[:0], o.a...), append(r.gram[:0], o.gram...)
	r.b, r.s, r.inv = o.b, o.s, o.inv
}

// push appends the side s of a row.
func (q *projRows) push(r *projRow, s float64) {
	c := q.more()
	c.copyFrom(r)
	if s != c.s {
		for k := range c.a {
			c.a[k] = -c.a[k]
		}
		for k := range c.gram {
			c.gram[k] = -c.gram[k]
		}
		c.b, c.s = -c.b, s
	}
}

// projState is an active set with its multipliers and Cholesky factor (packed rows, the
// diagonal inverted, as it is only divided by).
type projState struct {
	act []int32
	lam []float64
	l   []float64
	x   []float64 // the point, once the state has settled
}

// projLevel is a cell, and what Split leaves for its sides.
type projLevel struct {
	projState
	due    bool // the state is yet to be made
	split  projRow
	beyond bool      // the point is on the side asked
	moved  projState // of the side asked, where it is not
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
func (s *projState) remove(q *projRows, d int) {
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

// projector runs the method.
type projector struct {
	stopper
	projRows
	v, r, g, x []float64 // scratch
	// viol are the violations at x that worst has looked at last, in up to projFew inputs.
	viol []float64
}

// add brings constraint p in. It reports whether the constraints proved
// incompatible; multipliers are then left in s for act, and last in r for p.
func (q *projector) add(s *projState, p int) (empty bool, err error) {
	q.g = resize(q.g, len(s.act))
	viol := q.offset(p)
	for k, j := range s.act {
		q.g[k] = q.dot(p, int(j))
		viol -= s.lam[k] * q.g[k]
	}
	viol = max(viol, 0)
	lamP := 0.0
	for it := 0; it < projCap*(len(q.cons)+2); it++ {
		if q.pivots++; q.pivots%stopEvery == 0 && q.stopped() {
			return false, ErrStopped
		}
		k := len(s.act)
		zz := q.reduce(s)
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
		s.remove(&q.projRows, drop)
		q.g = append(q.g[:drop], q.g[drop+1:]...)
	}
	return false, errProjectionLoop
}

// reduce solves for r = Gram⁻¹·g over the active set, where g are the inner products of a row with
// that, and returns the squared length of what is left of the row.
func (q *projector) reduce(s *projState) float64 {
	k := len(s.act)
	q.v, q.r = resize(q.v, k), resize(q.r, k)
	zz := 1.0
	for i, row := 0, 0; i < k; row, i = row+i+1, i+1 {
		t := q.g[i]
		for j := 0; j < i; j++ {
			t -= s.l[row+j] * q.v[j]
		}
		q.v[i] = t * s.l[row+i]
		zz -= q.v[i] * q.v[i]
	}
	s.back(q.v, q.r)
	return zz
}

// settle adds violated constraints among the first m, worst first, until none
// is left or the ball is left.
func (q *projector) settle(s *projState, m int) (empty bool, err error) {
	for it := 0; it < projCap*(m+1); it++ {
		if q.norm2(s) >= 1-projZero {
			return true, nil
		}
		at := q.worst(s, m)
		if at < 0 {
			if s.x = resize(s.x, q.n); q.n > projFew {
				q.point(s, s.x)
			} else {
				copy(s.x, q.x)
			}
			return false, nil
		}
		if empty, err = q.add(s, at); empty || err != nil {
			return empty, err
		}
	}
	return false, errProjectionLoop
}

// worst returns the most violated among the first m constraints, −1 for none.
func (q *projector) worst(s *projState, m int) int {
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
	q.viol = resize(q.viol, m)
	for i, t := range q.below(q.x, true, q.viol) {
		if t > worst {
			worst, at = t, i
		}
	}
	return at
}

// supremum returns sup Σ λ_i (a_i·y − b_i) over the unit ball, relative to Σ λ_i.
func (q *projector) supremum(s *projState) float64 {
	q.point(s, q.x)
	return (floats.Norm(q.x, 2) - q.norm2(s)) / floats.Sum(s.lam)
}

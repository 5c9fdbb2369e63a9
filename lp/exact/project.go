package exact

// The point of a closed polyhedron nearest to the origin, by the dual active
// set method of Goldfarb and Idnani (1983), in integers and from scratch at
// every step: the active gradients stay linearly independent, so each step is one small
// Gram system, solved by Bareiss elimination.

import (
	"math/big"
)

// projection is the state: the active rows, all zero at the point y = Σ u_i·G_i/det.
type projection struct {
	rows   []Row
	scout  scout
	gram   map[[2]int]*big.Int
	active []int
	u      []*big.Int // over det, one per active row
	det    *big.Int
	empty  []*big.Int // the multipliers that show emptiness, one per row, or nil
}

func newProjection(stop until, rows []Row) *projection {
	return &projection{rows: rows, scout: newScout(stop, rows), gram: map[[2]int]*big.Int{}, det: big.NewInt(1)}
}

// run adds violated rows until none is left (true), or emptiness is shown (false). With
// unit it stops, true, as soon as the nearest point of the active rows alone has
// |y| ≥ 1: then so has that of all rows.
//
// It ends: every row added raises |y| strictly, so no active set comes back, and
// there are finitely many; within one addition each step drops a row.
func (q *projection) run(unit bool) bool {
	q.solve(-1)
	for !q.scout.stop.stopped() {
		at := q.point()
		if unit && beyond(at) {
			return true
		}
		p := q.scout.violated(at, q.rows)
		if p < 0 {
			return true
		}
		if !q.add(p) {
			return false
		}
	}
	return false
}

// beyond reports |y| ≥ 1.
func beyond(at point) bool { return outside(at) >= 0 }

// outside is the sign of |y| − 1.
func outside(at point) int {
	var s, t big.Int
	for _, v := range at.num {
		s.Add(&s, t.Mul(v, v))
	}
	return s.Cmp(t.Mul(at.den, at.den))
}

// add makes row p active. With multiplier t for p, the active rows stay zero
// when u(t) = u − t·r; the value of p is then s + t·zz, zz ≥ 0 the squared length of
// the part of G_p that is independent of the active gradients. So t grows until
// the value is 0, or a multiplier is (that row is dropped, and t goes on from there), or,
// with zz = 0 and no multiplier shrinking, for ever: the rows contradict.
func (q *projection) add(p int) bool {
	for !q.scout.stop.stopped() {
		r := q.solve(p)
		s, zz := q.value(p, r)
		drop := -1
		var a, b big.Int
		for i := range r {
			if r[i].Sign() <= 0 {
				continue
			}
			if drop < 0 || a.Mul(q.u[i], r[drop]).Cmp(b.Mul(q.u[drop], r[i])) < 0 {
				drop = i
			}
		}
		if drop < 0 && zz.Sign() == 0 {
			q.contradict(p, r)
			return false
		}
		// t = −s/zz for the full step, u/r for the drop.
		if drop < 0 || zz.Sign() > 0 && a.Neg(s).Mul(&a, r[drop]).Cmp(b.Mul(q.u[drop], zz)) <= 0 {
			q.active = append(q.active, p)
			q.solve(-1)
			return true
		}
		q.active = append(q.active[:drop], q.active[drop+1:]...)
	}
	return false
}

// contradict stores G_p = Σ r_i·G_i/det with all r_i ≤ 0 as multipliers.
func (q *projection) contradict(p int, r []*big.Int) {
	q.empty = make([]*big.Int, len(q.rows))
	for i := range q.empty {
		q.empty[i] = new(big.Int)
	}
	q.empty[p].Set(q.det)
	for i, v := range r {
		q.empty[q.active[i]].Neg(v)
	}
	primitive(q.empty...)
}

// value returns s, the value of row p at the point, and zz of add, both times det.
func (q *projection) value(p int, r []*big.Int) (s, zz *big.Int) {
	s = new(big.Int).Mul(q.rows[p].H, q.det)
	zz = new(big.Int).Mul(q.dot(p, p), q.det)
	var t big.Int
	for i, j := range q.active {
		s.Add(s, t.Mul(q.dot(p, j), q.u[i]))
		zz.Sub(zz, t.Mul(q.dot(p, j), r[i]))
	}
	return s, zz
}

// point returns y.
func (q *projection) point() point {
	at := point{num: make([]*big.Int, len(q.rows[0].G)), den: q.det}
	var t big.Int
	for k := range at.num {
		at.num[k] = new(big.Int)
		for i, j := range q.active {
			at.num[k].Add(at.num[k], t.Mul(q.u[i], q.rows[j].G[k]))
		}
	}
	return at
}

// multipliers returns one integer per row, without a common divisor.
func (q *projection) multipliers() []*big.Int {
	if q.empty != nil {
		return q.empty
	}
	lambda := make([]*big.Int, len(q.rows))
	for i := range lambda {
		lambda[i] = new(big.Int)
	}
	for i, j := range q.active {
		lambda[j].Set(q.u[i])
	}
	primitive(lambda...)
	return lambda
}

func (q *projection) dot(i, j int) *big.Int {
	if i > j {
		i, j = j, i
	}
	if d, ok := q.gram[[2]int{i, j}]; ok {
		return d
	}
	d := new(big.Int)
	var t big.Int
	for k, g := range q.rows[i].G {
		if g.Sign() != 0 {
			d.Add(d, t.Mul(g, q.rows[j].G[k]))
		}
	}
	q.gram[[2]int{i, j}] = d
	return d
}

// solve sets u and det for the active rows alone: Gram·u = −det·H. With p ≥ 0 it also
// returns r with Gram·r = det·(G_i·G_p). Bareiss elimination without row
// exchanges: the Gram matrix of independent rows is positive definite, its
// leading minors, the pivots, are positive.
func (q *projection) solve(p int) (r []*big.Int) {
	k := len(q.active)
	width := k + 2
	a := make([][]big.Int, k)
	flat := make([]big.Int, k*width)
	for i := range a {
		a[i], flat = flat[:width], flat[width:]
		for j := range k {
			a[i][j].Set(q.dot(q.active[i], q.active[j]))
		}
		a[i][k].Neg(q.rows[q.active[i]].H)
		if p >= 0 {
			a[i][k+1].Set(q.dot(q.active[i], p))
		}
	}
	det := eliminate(q.scout.stop, a)
	q.det = new(big.Int).Set(det)
	q.u = make([]*big.Int, k)
	r = make([]*big.Int, k)
	for i := range a {
		q.u[i], r[i] = &a[i][k], &a[i][k+1]
	}
	return r
}

// eliminate turns [A | B], A positive definite and square, into [det·I | det·A⁻¹B],
// by fraction-free Gauss–Jordan, and returns det A > 0.
func eliminate(stop until, a [][]big.Int) *big.Int {
	det := big.NewInt(1)
	var t1, t2 big.Int
	for c := range a {
		pivot := &a[c][c]
		for i := range a {
			if i == c {
				continue
			}
			if stop.stopped() {
				return det
			}
			for j := c + 1; j < len(a[i]); j++ {
				t1.Mul(&a[i][j], pivot)
				t2.Mul(&a[i][c], &a[c][j])
				a[i][j].Quo(t1.Sub(&t1, &t2), det)
			}
			a[i][c].SetInt64(0)
		}
		det = new(big.Int).Set(pivot)
		for i := range c {
			a[i][i].Set(det)
		}
	}
	return det
}

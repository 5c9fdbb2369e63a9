// Points inside: a cell's nearest point lies on its boundary, and a witness is
// wanted well inside.

package lp

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// direction writes Σ ν_i a_i over the active rows.
func (q *Projection) direction(s *projState, nu []float64) []float64 {
	q.u = resize(q.u, q.n)
	clear(q.u)
	for t, j := range s.act {
		floats.AddScaled(q.u, nu[t], q.row(int(j)))
	}
	return q.u
}

// inward writes a point strictly inside: from x along the direction in which
// all active constraints rise at the same rate, half as far as the others and
// the ball allow. The state has just settled. It reports whether that was more than a hair.
func (q *Projection) inward(s *projState, x []float64) bool {
	k := len(s.act)
	q.v, q.r = resize(q.v, k), resize(q.r, k)
	nu := q.r
	for i, row := 0, 0; i < k; row, i = row+i+1, i+1 {
		t := 1.0
		for j := 0; j < i; j++ {
			t -= s.l[row+j] * q.v[j]
		}
		q.v[i] = t * s.l[row+i]
	}
	s.back(q.v, nu)
	// ‖x+τu‖² = ‖x‖² + 2τ·Σλ + τ²·Σν ≤ 1
	xx, xu, uu := q.norm2(s), floats.Sum(s.lam), floats.Sum(nu)
	tau := 0.0
	if uu > 0 {
		tau = (math.Sqrt(max(xu*xu+uu*(1-xx), 0)) - xu) / uu
	}
	u := q.direction(s, nu)
	copy(x, s.x)
	m := len(q.cons) + 1
	if q.n > projFew {
		q.viol = q.below(x, true, resize(q.viol, m))
	}
	q.falls = q.below(u, false, resize(q.falls, m))
	for i, f := range q.falls {
		if room := -q.viol[i]; f > projZero && room < tau*f {
			tau = max(room, 0) / f
		}
	}
	tau /= 2
	floats.AddScaled(x, tau, u)
	return tau*tau*uu > projNarrow*projNarrow
}

// projNarrow is the step into the cell below which many constraints are taken to
// meet at the nearest point, where the direction found there says little.
const projNarrow = 1.0 / (1 << 26)

// shrunk answers where the nearest point is degenerate (a central arrangement
// around the centre, say): with every boundary moved inwards by a margin the answer is
// either a point well inside, or multipliers that may also prove the question itself.
func (q *Projection) shrunk() (*Reply, error) {
	for _, delta := range margins {
		inside, empty := q.shrink(delta, q.reply.Point)
		if inside {
			return &q.reply, nil
		}
		if empty && q.supremum(&q.other) <= projZero {
			return q.multipliers(&q.other)
		}
	}
	return &q.reply, nil // the point found first
}

// shrink projects onto the cell and the asked side with every boundary moved inwards by delta, and
// writes the point if it is inside the ball by as much. empty: there is none, as other shows.
func (q *Projection) shrink(delta float64, x []float64) (inside, empty bool) {
	q.delta = delta
	defer func() { q.delta = 0 }()
	q.other.clear()
	empty, err := q.settle(&q.other, len(q.cons)+1)
	if err != nil || empty {
		return false, err == nil
	}
	if inside = q.norm2(&q.other) < (1-delta)*(1-delta); inside {
		q.point(&q.other, x)
	}
	return inside, false
}

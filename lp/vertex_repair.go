// What the vertex form does when rounding has spoilt it: recompute the
// dictionary from the constraints, or look for a deeper point.

package lp

import (
	"math"

	"github.com/relucell/relucell/ball"
)

// Refresh implements Incremental: it solves for the vertex anew from the names
// of its active constraints.
func (v *Vertex) Refresh() bool {
	l := v.here()
	if l == nil {
		return false
	}
	d := v.d
	// Row k of m is [A | I | b]: t_k = A_k·u + b_k, to be solved for u over t.
	m := make([][]float64, d)
	for k, id := range l.free {
		m[k] = make([]float64, 2*d+1)
		m[k][2*d] = -v.lifted(id, m[k][:d])
		m[k][d+k] = 1
	}
	if !gaussJordan(m, d) {
		return false
	}
	u := func(i, k int) float64 { // u_i over column k, the constant last
		return m[i][d+k]
	}
	for k := 0; k <= d; k++ {
		col := l.col(k)
		for i := 0; i < v.n; i++ {
			col[i] = u(i, k)
			if v.norm == ball.L1 {
				col[i] -= u(v.n+i, k)
			}
		}
	}
	row := make([]float64, d)
	for r, id := range l.basic {
		b := v.lifted(id, row)
		for k := 0; k <= d; k++ {
			t := 0.0
			for i := range row {
				t += row[i] * u(i, k)
			}
			if k == d {
				t += b
			}
			l.col(k)[v.n+r] = t
		}
	}
	return true
}

// lifted writes the constraint named id over the d lifted coordinates and returns its constant.
func (v *Vertex) lifted(id int32, row []float64) float64 {
	clear(row)
	switch f := int(-1 - id); {
	case id >= 0:
		c := &v.cons[id]
		for i, g := range c.g {
			row[i] = c.s * g
			if v.norm == ball.L1 {
				row[v.n+i] = -c.s * g
			}
		}
		return c.s * c.h
	case v.norm == ball.L1 && f < v.d:
		row[f] = 1
		return 0
	case v.norm == ball.L1:
		for i := range row {
			row[i] = -1
		}
		return 1
	case f < v.n:
		row[f] = 1
		return 1
	default:
		row[f-v.n] = -1
		return 1
	}
}

// gaussJordan reduces the first d columns to the identity, with row pivoting.
func gaussJordan(m [][]float64, d int) bool {
	for c := 0; c < d; c++ {
		p := c
		for r := c + 1; r < d; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[p][c]) {
				p = r
			}
		}
		if math.Abs(m[p][c]) < vertexPivot {
			return false
		}
		m[c], m[p] = m[p], m[c]
		inv := 1 / m[c][c]
		for i := range m[c] {
			m[c][i] *= inv
		}
		for r := range m {
			if f := m[r][c]; r != c && f != 0 {
				for i := range m[r] {
					m[r][i] -= f * m[c][i]
				}
			}
		}
	}
	return true
}

// Margin implements Incremental. The centroid of a vertex and its neighbours
// is interior to the cell; near the vertex that maximises s·z, so is a point
// of the asked side.
func (v *Vertex) Margin(g []float64, h, s float64) ([]float64, bool) {
	l := v.here()
	if l == nil || v.normalise(g, h, s) != nil {
		return nil, false
	}
	v.price(l, v.asked.g, v.asked.h, s)
	v.cross = -1
	limit := vertexCap * (v.d + l.rows)
	for it := 0; ; it++ {
		k := v.entering(l, it > vertexBland*(v.d+l.rows))
		if k < 0 {
			break
		}
		r, _ := v.leaving(l, k)
		if r < 0 || it >= limit || it%stopEvery == stopEvery-1 && v.stopped() {
			return nil, false
		}
		v.pivot(l, k, r)
	}
	top := v.c[v.d]
	point := append([]float64(nil), l.col(v.d)[:v.n]...)
	dir := make([]float64, v.n)
	fall := 0.0
	for k := 0; k < v.d; k++ {
		_, step := v.leaving(l, k)
		if math.IsInf(step, 0) {
			continue
		}
		w := step / float64(v.d+1)
		fall -= w * v.c[k]
		for i := range dir {
			dir[i] += w * l.col(k)[i]
		}
	}
	tau := 1.0
	if top <= 0 {
		return nil, false
	}
	if fall > top/2 {
		tau = top / 2 / fall
	}
	for i := range point {
		point[i] += tau * dir[i]
	}
	return point, true
}

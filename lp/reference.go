// The plain reference: a small dense simplex in floats, with nothing clever in
// it, to hold the incremental solver against. The rule is Dantzig's (the
// largest reduced cost), and Bland's (1977) once a pivot made no progress, until
// one does.

package lp

import (
	"errors"
	"math"
)

// NewReference returns the plain solver: every question from scratch, by a
// dense simplex of its own.
func NewReference() Solver { return NewScratch(&denseSimplex{}) }

const (
	// pivotFloor is the size below which an entry of the tableau counts as 0. Entries start
	// at about 1, and a pivot on an entry of this size would lose 30 of the 53 bits.
	pivotFloor = 0x1p-30
	// pivotsPerLine·(rows + columns) pivots are allowed: the simplex method
	// takes a small multiple of that sum on all but contrived programmes.
	pivotsPerLine = 50
)

var (
	errUnbounded = errors.New("reference simplex: no row blocks an increase, though the ball is bounded")
	errPivots    = errors.New("reference simplex: too many pivots")
)

// denseSimplex implements Backend.
type denseSimplex struct{ stopper }

// dictionary is x_B = a_0 + Σ a_j·x_N(j). Line 0 is the objective, column 0 the
// constants. Identities: 0 ≤ i < rows the slack of row i, rows+k the free variable v_k.
type dictionary struct {
	a        [][]float64
	basic    []int // of line i ≥ 1
	nonbasic []int // of column j ≥ 1
	rows     int
}

// Maximise implements Backend.
func (x *denseSimplex) Maximise(p Programme) (v, duals []float64, err error) {
	d := newDictionary(p)
	bland := false
	for range pivotsPerLine * (len(p.B) + len(p.Objective)) {
		if x.stopped() {
			return nil, nil, ErrStopped
		}
		s := d.entering(bland)
		if s == 0 {
			v, duals = d.solution(len(p.Objective))
			return v, duals, nil
		}
		r := d.leaving(s, bland)
		if r == 0 {
			return nil, nil, errUnbounded
		}
		bland = d.a[r][0] <= 0
		d.pivot(r, s)
	}
	return nil, nil, errPivots
}

func newDictionary(p Programme) *dictionary {
	m, n := len(p.B), len(p.Objective)
	d := &dictionary{a: make([][]float64, m+1), basic: make([]int, m+1), nonbasic: make([]int, n+1), rows: m}
	for i := range d.a {
		d.a[i] = make([]float64, n+1)
		if i == 0 {
			copy(d.a[0][1:], p.Objective)
			continue
		}
		d.basic[i] = i - 1
		d.a[i][0] = p.B[i-1]
		for k, c := range p.A[i-1] {
			d.a[i][k+1] = -c
		}
	}
	for k := range p.Objective {
		d.nonbasic[k+1] = m + k
	}
	return d
}

// entering picks a column that raises the objective when it grows, 0 at an optimum. Free
// variables go first, turned around when they should fall; once basic they stay.
func (d *dictionary) entering(bland bool) int {
	best := 0
	for j := 1; j < len(d.nonbasic); j++ {
		c, id := d.a[0][j], d.nonbasic[j]
		if id >= d.rows && math.Abs(c) > pivotFloor {
			if c < 0 {
				d.turn(j)
			}
			return j
		}
		if c <= pivotFloor || id >= d.rows {
			continue
		}
		if best == 0 || bland && id < d.nonbasic[best] || !bland && c > d.a[0][best] {
			best = j
		}
	}
	return best
}

// turn replaces the free variable of column j by its negative; solution turns
// it back. It enters at once and stays, so it is turned once at most.
func (d *dictionary) turn(j int) {
	for i := range d.a {
		d.a[i][j] = -d.a[i][j]
	}
	d.nonbasic[j] += turned
}

// turned marks the identity of a negated free variable; no programme is so large.
const turned = 1 << 40

// leaving picks the line that first blocks the growth of column s, 0 if none
// does. Among equals: the largest pivot, or the least identity under Bland's rule.
func (d *dictionary) leaving(s int, bland bool) int {
	best, least := 0, math.Inf(1)
	for i := 1; i < len(d.a); i++ {
		if d.basic[i] >= d.rows || d.a[i][s] >= -pivotFloor {
			continue
		}
		step := d.a[i][0] / -d.a[i][s]
		better := step < least
		if step == least {
			better = bland && d.basic[i] < d.basic[best] || !bland && d.a[i][s] < d.a[best][s]
		}
		if better {
			best, least = i, step
		}
	}
	return best
}

// pivot swaps basic line r with column s.
func (d *dictionary) pivot(r, s int) {
	line := d.a[r]
	p := line[s]
	line[s] = -1
	for j := range line {
		line[j] /= -p
	}
	for i := range d.a {
		f := d.a[i][s]
		if i == r || f == 0 {
			continue
		}
		d.a[i][s] = 0
		for j, c := range line {
			d.a[i][j] += f * c
		}
		// A slack is ≥ 0; rounding may say otherwise.
		if i > 0 && d.basic[i] < d.rows {
			d.a[i][0] = max(0, d.a[i][0])
		}
	}
	d.basic[r], d.nonbasic[s] = d.nonbasic[s], d.basic[r]
}

// solution reads the free variables off their lines, and the duals off the
// objective.
func (d *dictionary) solution(n int) (v, duals []float64) {
	v, duals = make([]float64, n), make([]float64, d.rows)
	for i := 1; i < len(d.a); i++ {
		switch id := d.basic[i]; {
		case id >= turned:
			v[id-turned-d.rows] = -d.a[i][0]
		case id >= d.rows:
			v[id-d.rows] = d.a[i][0]
		}
	}
	for j := 1; j < len(d.nonbasic); j++ {
		if id := d.nonbasic[j]; id < d.rows {
			duals[id] = max(0, -d.a[0][j])
		}
	}
	return v, duals
}

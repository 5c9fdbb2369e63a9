package safety

// A small linear programme in floats: minimise t over v ≥ 0 with rows r_i(v) ≤ t and v_k ≤ width_k.
// Its answers are proposals.

import "math"

const (
	// pivots is when a programme is given up: those of a node have some 30 rows and columns.
	pivots = 500
	// leastPivot is a coefficient that counts as 0, where forms have sizes near 1: an answer that
	// is wrong by so little proves nothing, or a point that is no counterexample, and both are
	// judged.
	leastPivot = 1e-9
	// sameRatio is the distance of ratios that count as equal; of these the largest pivot is taken.
	sameRatio = 1e-12
)

// programme is a dictionary: each basic variable is a row, a constant and coefficients of the
// nonbasic variables. Variables are numbered: those of v, then a slack for each row.
type programme struct {
	vars, rows int
	d          []float64 // rows × (columns+1), the constant last; row 0 is t
	cols       int
	basic      []int // of each row of d; −1 for t
	nonbasic   []int
}

// newProgramme starts from v = 0, with t the largest of the rows. rows hold vars coefficients and
// a constant; a width of +Inf is none. Without rows there is no programme, and it is not solved.
func newProgramme(rows [][]float64, width []float64) *programme {
	n := len(width)
	p := &programme{vars: n, rows: len(rows), cols: n + 1}
	if len(rows) == 0 {
		return p
	}
	p.d = make([]float64, 0, (len(rows)+n)*(n+2)) // all that there may be
	worst := 0
	for i, r := range rows {
		if r[n] > rows[worst][n] {
			worst = i
		}
	}
	for k := range width {
		p.nonbasic = append(p.nonbasic, k)
	}
	p.nonbasic = append(p.nonbasic, n+worst)
	top := rows[worst]
	p.add(-1, top, nil, 1)
	for i, r := range rows {
		if i != worst {
			p.add(n+i, top, r, 1)
		}
	}
	for k, w := range width {
		if !math.IsInf(w, 1) {
			row := make([]float64, n+1)
			row[k], row[n] = -1, w
			p.add(n+len(rows)+k, row, nil, 0)
		}
	}
	return p
}

// add adds a basic variable a − b + slack·(the slack of the first row).
func (p *programme) add(name int, a, b []float64, slack float64) {
	p.basic = append(p.basic, name)
	at := len(p.d)
	p.d = append(append(p.d, a[:p.vars]...), slack, a[p.vars])
	if b == nil {
		return
	}
	r := p.d[at:]
	for k, v := range b[:p.vars] {
		r[k] -= v
	}
	r[p.vars+1] -= b[p.vars]
}

func (p *programme) row(i int) []float64 { return p.d[i*(p.cols+1) : (i+1)*(p.cols+1)] }

// solve minimises, and reports whether it came to an end.
func (p *programme) solve() bool {
	if p.rows == 0 {
		return false
	}
	for range pivots {
		enter, least := -1, -leastPivot
		for k, v := range p.row(0)[:p.cols] {
			if v < least {
				enter, least = k, v
			}
		}
		if enter < 0 {
			return true
		}
		leave, ratio, size := -1, math.Inf(1), 0.0
		for i := 1; i < len(p.basic); i++ {
			r := p.row(i)
			if a := -r[enter]; a > leastPivot {
				q := max(r[p.cols], 0) / a
				if q < ratio-sameRatio || q <= ratio+sameRatio && a > size {
					leave, ratio, size = i, q, a
				}
			}
		}
		if leave < 0 {
			return false // unbounded: rounding has spoilt it
		}
		p.pivot(leave, enter)
	}
	return false
}

// pivot exchanges a basic and a nonbasic variable.
func (p *programme) pivot(leave, enter int) {
	r := p.row(leave)
	by := -1 / r[enter]
	for k := range r {
		r[k] *= by
	}
	r[enter] = -by
	for i := range p.basic {
		if i == leave {
			continue
		}
		s := p.row(i)
		if f := s[enter]; f != 0 {
			s[enter] = 0
			blas.Daxpy(p.cols+1, f, r, 1, s, 1)
		}
	}
	p.basic[leave], p.nonbasic[enter] = p.nonbasic[enter], p.basic[leave]
}

// value is t.
func (p *programme) value() float64 { return p.row(0)[p.cols] }

// point returns v.
func (p *programme) point() []float64 {
	v := make([]float64, p.vars)
	for i, b := range p.basic {
		if b >= 0 && b < p.vars {
			v[b] = p.row(i)[p.cols]
		}
	}
	return v
}

// multipliers returns the weights y ≥ 0 of the rows, of sum 1, for which Σ y_i r_i is at least t
// for all v.
func (p *programme) multipliers() []float64 {
	y := make([]float64, p.rows)
	for k, b := range p.nonbasic {
		if b >= p.vars && b < p.vars+p.rows {
			y[b-p.vars] = max(p.row(0)[k], 0)
		}
	}
	return y
}

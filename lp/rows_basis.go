// The basis of the row form: the rows in work, which variables are basic, and the inverse.

package lp

import "gonum.org/v1/gonum/floats"

// rowsBasis is a basis for the rows that were violated on the way, in a cell whose boundaries are
// moved inwards by shift.
type rowsBasis struct {
	l1    bool
	nv    int
	rad   float64 // of the ball, 1−shift
	shift float64
	ball  rowsRow // of l1
	cons  []rowsRow

	work  []int32     // names of the rows: indices of cons, −1 the l1 ball
	used  []bool      // by constraint: is in work
	basis []int32     // basic variables: below nv of the ball, nv+i the slack of row i of work
	inv   [][]float64 // inverse of the basis, by basic variable
	u     []float64   // scratch
}

// row returns row i of work.
func (p *rowsBasis) row(i int) *rowsRow {
	if p.work[i] < 0 {
		return &p.ball
	}
	return &p.cons[p.work[i]]
}

// offset returns the constant of row i of work in the shrunk cell.
func (p *rowsBasis) offset(i int) float64 {
	if p.work[i] < 0 {
		return p.rad
	}
	return p.cons[p.work[i]].h - p.shift
}

// inverse makes room for row w of the inverse, with w+1 columns in all rows.
func (p *rowsBasis) inverse(w int) {
	if len(p.inv) == w {
		p.inv = append(p.inv, nil)
	}
	for i := range p.inv[:w] {
		p.inv[i] = append(p.inv[i][:w], 0)
	}
	p.inv[w] = resize(p.inv[w], w+1)
	clear(p.inv[w])
}

// exchange puts variable in in the place of basic variable r; pivot is what the
// row of r says of it.
func (p *rowsBasis) exchange(r, in int, pivot float64) {
	w := len(p.work)
	for l := range p.u { // the column of in, over the basic variables
		if in >= p.nv {
			p.u[l] = -p.inv[l][in-p.nv]
			continue
		}
		t := 0.0
		for i, e := range p.inv[l][:w] {
			if e != 0 {
				t += e * p.row(i).a[in]
			}
		}
		p.u[l] = t
	}
	row := p.inv[r][:w]
	floats.Scale(1/pivot, row)
	for l, u := range p.u {
		if l != r && u != 0 {
			floats.AddScaled(p.inv[l][:w], -u, row)
		}
	}
	p.basis[r] = int32(in)
}

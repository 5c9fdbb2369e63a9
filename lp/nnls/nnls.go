// Package nnls minimises a convex quadratic over numbers that are not negative, in float64: least
// squares with x ≥ 0, projections on cones, and the lasso of given signs are of this kind. The
// active set method is Lawson and Hanson's (1974, chapter 23), on the Gram matrix, since the same
// columns come in many programmes. An answer is a proposal: whoever relies on it certifies it.
package nnls

import "math"

const (
	// tolerance is the share of the largest gradient at 0, all columns scaled to length 1, below
	// which a gradient counts as rounding: the sums round some hundred times by 2⁻⁵³.
	tolerance = 1e-13
	// dependent is the share of a column's square that has to be left beside the chosen ones: less
	// is what the rounding of the Gram matrix leaves of a column that depends on them.
	dependent = 1e-13
	// rounds bounds the number of changes of the chosen set, times the number of columns. Lawson
	// and Hanson report half as many as columns; only rounding could make it go on for ever.
	rounds = 10
)

// Solver keeps the memory between programmes. The zero value is ready; it is for one goroutine at
// a time.
type Solver struct {
	n       int
	q, b    []float64
	scale   []float64 // 1/√q_jj, 0 for a column that is zero
	x       []float64
	chosen  []int
	in      []bool // chosen
	refused []bool // depends on the chosen ones
	factor  []float64
	z       []float64
}

// Minimise minimises ½·xᵀQx − bᵀx over x ≥ 0, for Q = AᵀA of n × n in rows and b = Aᵀy, and leaves
// the point in x. Any other b wants a Q that is positive definite by more than rounding, for a
// column that depends on chosen ones is left out. What of x is positive on entry is the set that
// the search begins with; x = 0 is always right. It reports whether the conditions of a minimum
// hold up to rounding; they do not where numbers are not finite, or where the programme has no
// minimum.
func (s *Solver) Minimise(q, b, x []float64) bool {
	s.reset(q, b, x)
	most := 0.0
	for j := range s.n {
		most = max(most, math.Abs(b[j])*s.scale[j])
	}
	if !(most <= math.MaxFloat64) {
		return false
	}
	if len(s.chosen) > 0 {
		s.settle()
	}
	for range rounds*s.n + 1 {
		j := s.entering(tolerance * most)
		if j < 0 {
			copy(x, s.x)
			return finite(x)
		}
		s.chosen, s.in[j] = append(s.chosen, j), true
		if !s.extend(len(s.chosen) - 1) {
			s.chosen, s.in[j], s.refused[j] = s.chosen[:len(s.chosen)-1], false, true
			continue
		}
		s.settle()
		clear(s.refused)
		if !s.in[j] { // its gradient was rounding: its own value came out as not positive
			s.refused[j] = true
		}
	}
	copy(x, s.x)
	return false
}

func finite(x []float64) bool {
	for _, v := range x {
		if !(math.Abs(v) <= math.MaxFloat64) {
			return false
		}
	}
	return true
}

// reset takes a programme, and what x says of a first set.
func (s *Solver) reset(q, b, x []float64) {
	n := len(b)
	if len(q) != n*n || len(x) != n {
		panic("nnls: a matrix, a vector and a point of different sizes")
	}
	s.n, s.q, s.b, s.chosen = n, q, b, s.chosen[:0]
	if cap(s.x) < n {
		s.scale, s.x, s.z = make([]float64, n), make([]float64, n), make([]float64, n)
		s.in, s.refused, s.factor = make([]bool, n), make([]bool, n), make([]float64, n*n)
	}
	s.scale, s.x, s.z, s.in, s.refused = s.scale[:n], s.x[:n], s.z[:n], s.in[:n], s.refused[:n]
	clear(s.in)
	clear(s.refused)
	clear(s.x)
	for j := range n {
		s.scale[j] = 0
		if d := math.Sqrt(q[j*n+j]); d > 0 {
			s.scale[j] = 1 / d
		}
	}
	for j, v := range x {
		if v > 0 && s.scale[j] > 0 {
			s.chosen = append(s.chosen, j)
			if !s.extend(len(s.chosen) - 1) {
				s.chosen = s.chosen[:len(s.chosen)-1]
				continue
			}
			s.in[j], s.x[j] = true, v
		}
	}
}

// entering returns the column that falls the steepest, −1 if none falls by more than least.
func (s *Solver) entering(least float64) int {
	best := -1
	for j := range s.n {
		if s.in[j] || s.refused[j] || s.scale[j] == 0 {
			continue
		}
		w, row := s.b[j], s.q[j*s.n:(j+1)*s.n]
		for _, k := range s.chosen {
			w -= row[k] * s.x[k]
		}
		if w *= s.scale[j]; w > least {
			best, least = j, w
		}
	}
	return best
}

// settle moves to the minimum over the chosen columns, and drops those that would turn negative on
// the way.
func (s *Solver) settle() {
	for len(s.chosen) > 0 {
		z := s.solve()
		step, drop := 1.0, false
		for i, j := range s.chosen {
			if !(z[i] > 0) {
				drop = true
				if t := s.x[j] / (s.x[j] - z[i]); t < step {
					step = t
				}
			}
		}
		if !drop {
			for i, j := range s.chosen {
				s.x[j] = z[i]
			}
			return
		}
		s.step(z, step)
	}
}

// step goes the share t of the way to z, and drops what is 0 there.
func (s *Solver) step(z []float64, t float64) {
	kept := s.chosen[:0]
	for i, j := range s.chosen {
		v := s.x[j] + t*(z[i]-s.x[j])
		if !(z[i] > 0) && (s.x[j] <= 0 || s.x[j]/(s.x[j]-z[i]) <= t) {
			v = 0
		}
		if s.x[j] = max(v, 0); s.x[j] == 0 {
			s.in[j] = false
			continue
		}
		kept = append(kept, j)
	}
	s.chosen = kept
	for i := range s.chosen {
		s.extend(i) // a part of what was independent is
	}
}

// extend computes row i of the Cholesky factor of the chosen columns, scaled to length 1, and says
// whether column i is independent of those before it.
func (s *Solver) extend(i int) bool {
	n, j := s.n, s.chosen[i]
	row := s.factor[i*n : i*n+i+1]
	left := 1.0
	for k := range i {
		l := s.chosen[k]
		v, other := s.q[j*n+l]*s.scale[j]*s.scale[l], s.factor[k*n:k*n+k+1]
		for m := range k {
			v -= row[m] * other[m]
		}
		row[k] = v / other[k]
		left -= row[k] * row[k]
	}
	if !(left > dependent) {
		row[i] = math.Sqrt(dependent) // for a part of an independent set; rounding alone
		return false
	}
	row[i] = math.Sqrt(left)
	return true
}

// solve returns the minimum over the chosen columns, without signs.
func (s *Solver) solve() []float64 {
	n, z := s.n, s.z[:len(s.chosen)]
	for i, j := range s.chosen {
		v := s.b[j] * s.scale[j]
		for k := range i {
			v -= s.factor[i*n+k] * z[k]
		}
		z[i] = v / s.factor[i*n+i]
	}
	for i := len(z) - 1; i >= 0; i-- {
		for k := i + 1; k < len(z); k++ {
			z[i] -= s.factor[k*n+i] * z[k]
		}
		z[i] /= s.factor[i*n+i]
	}
	for i, j := range s.chosen {
		z[i] *= s.scale[j]
	}
	return z
}

// Gram returns the products of the columns with one another, in rows, and with y.
func Gram(columns [][]float64, y []float64) (q, b []float64) {
	n := len(columns)
	q, b = make([]float64, n*n), make([]float64, n)
	for i, c := range columns {
		for k := range i + 1 {
			v := Dot(c, columns[k])
			q[i*n+k], q[k*n+i] = v, v
		}
		b[i] = Dot(c, y)
	}
	return q, b
}

// Dot returns a·b.
func Dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

package landscape

// Training with weight decay, over networks of all widths, in floats: what is found here is a
// proposal, which bracket.go certifies.
//
// With β/2·Σ(‖w_j‖² + a_j²) added to half the squares, rescaling makes the training problem the
// lasso over the atoms ±σ(X·w), ‖w‖₂ = 1, with the weight β (Neyshabur, Tomioka, Srebro 2015). The
// residual u of the optimum has |g_u(w)| ≤ β on the unit ball for g_u(w) = Σ u_i·σ(x̃_i·w), the
// dual constraint of Pilanci and Ergen (2020). So atoms where it is exceeded are added until none
// is: the largest value on a cell is the length of a projection on a cone.

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/relucell/relucell/lp/nnls"
)

const (
	// floatGap is the relative gap between programme and dual at which the search ends; the floats'
	// own rounding is a thousand times smaller.
	floatGap = 1e-9
	// patience is how many rounds without a smaller gap end it too.
	patience = 25
	// added is how many atoms join in a round.
	added = 10
	// ridge, times a column's square, keeps the lasso of dependent atoms definite.
	ridge = 1e-11
	// aside is how far beyond a wall of length-1 rows a direction may be and count as on it: what
	// floats leave of a projection on the wall.
	aside = 1e-9
)

// atom is the column sign·σ(X·w), ‖w‖₂ = 1.
type atom struct {
	w      []float64
	sign   float64
	column []float64
}

// lasso is min ½‖y − Σ c_j·column_j‖² + β·Σ c_j over c ≥ 0, and the search for its columns.
type lasso struct {
	*data
	cells  []Cell
	beta   float64
	atoms  []atom
	c, u   []float64
	solver nnls.Solver
	q      []float64 // for projections
	b, x   []float64
}

// atomOf returns the atom of a direction.
func (s *lasso) atomOf(w []float64, sign float64) atom {
	a := atom{w: append([]float64(nil), w...), sign: sign, column: make([]float64, s.N())}
	scale(a.w, 1/norm(w))
	for i, row := range s.Rows {
		a.column[i] = sign * max(nnls.Dot(row, a.w), 0)
	}
	return a
}

// newLasso returns the lasso without atoms.
func newLasso(d *Data, cells []Cell, beta float64) *lasso {
	return &lasso{data: newFloats(d), cells: cells, beta: beta, u: slices.Clone(d.Y), b: make([]float64, d.N()), x: make([]float64, d.N())}
}

// train returns the best model that it finds.
func train(ctx context.Context, d *Data, cells []Cell, beta float64) (*Model, error) {
	s := newLasso(d, cells, beta)
	best, gap, since := s.model(), math.Inf(1), 0
	for since < patience {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		over, top := s.violated()
		if g := s.gap(top); g < gap {
			best, gap, since = s.model(), g, -1
		}
		if since++; gap <= floatGap || len(over) == 0 {
			break
		}
		s.atoms = append(s.atoms, over...)
		s.c = append(s.c, make([]float64, len(over))...)
		s.solve()
		s.merge()
	}
	return best, nil
}

// model returns the network: rescaled so that ‖w_j‖ = |a_j|, where the decay is least.
func (s *lasso) model() *Model {
	m := &Model{}
	for j, a := range s.atoms {
		w, root := slices.Clone(a.w), math.Sqrt(s.c[j])
		scale(w, root)
		m.W, m.A = append(m.W, w), append(m.A, a.sign*root)
	}
	return m
}

// gap returns the relative gap to the dual, top being the largest |g_u| on the unit ball.
func (s *lasso) gap(top float64) float64 {
	value, t := nnls.Dot(s.u, s.u)/2, 1.0
	for _, c := range s.c {
		value += s.beta * c
	}
	if value == 0 {
		return 0
	}
	square, product := nnls.Dot(s.u, s.u), nnls.Dot(s.u, s.Y)
	if top > 0 {
		t = s.beta / top
	}
	t = min(t, product/square)
	return (value - t*product + t*t*square/2) / value
}

// violated returns the atoms at which the dual constraint is exceeded the most, one of a cell and
// sign at most, and the largest |g_u| on the unit ball.
func (s *lasso) violated() (over []atom, top float64) {
	type found struct {
		w     []float64
		sign  float64
		value float64
	}
	var all []found
	for i := range s.cells {
		for _, sign := range []float64{1, -1} {
			w, value := s.largest(&s.cells[i], sign)
			if top = max(top, value); value > s.beta {
				all = append(all, found{w, sign, value})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(b.value, a.value) })
	for _, f := range all[:min(len(all), added)] {
		over = append(over, s.atomOf(f.w, f.sign))
	}
	return over, top
}

// largest returns the w of the cell's closure and the unit ball, up to its length, where sign·g_u
// is the largest, and the value. With the gradient g = sign·Xᵀ·D·u that is the projection of g on
// the cone: g + Eᵀ·λ, E the signed rows, for the λ ≥ 0 that make it the shortest (Moreau 1962). A
// value that cannot be more than β is not computed, but for the gradient's length that bounds it.
func (s *lasso) largest(c *Cell, sign float64) ([]float64, float64) {
	g := make([]float64, s.P)
	for i, row := range s.Rows {
		if c.On(i) {
			axpy(g, sign*s.u[i], row)
		}
	}
	if size := norm(g); size <= s.beta {
		return nil, 0
	}
	s.q = s.signed(s.q, c.Signs)
	for i, row := range s.unit {
		s.b[i] = -float64(c.Signs[i]) * nnls.Dot(row, g)
	}
	clear(s.x)
	s.solver.Minimise(s.q, s.b, s.x)
	for i, l := range s.x {
		axpy(g, l*float64(c.Signs[i]), s.unit[i])
	}
	return g, norm(g)
}

// solve solves the lasso over the atoms, and drops those of weight 0.
func (s *lasso) solve() {
	columns := make([][]float64, len(s.atoms))
	for j, a := range s.atoms {
		columns[j] = a.column
	}
	q, b := nnls.Gram(columns, s.Y)
	for j := range b {
		q[j*len(b)+j] *= 1 + ridge
		b[j] -= s.beta
	}
	s.solver.Minimise(q, b, s.c)
	kept := 0
	for j, c := range s.c {
		if c > 0 {
			s.atoms[kept], s.c[kept] = s.atoms[j], c
			kept++
		}
	}
	s.atoms, s.c = s.atoms[:kept], s.c[:kept]
	s.residual()
}

// residual computes u.
func (s *lasso) residual() {
	copy(s.u, s.Y)
	for j, a := range s.atoms {
		axpy(s.u, -s.c[j], a.column)
	}
}

// merge makes one of atoms of a sign in the closure of one cell: σ is linear there, so their sum
// has the sum of their columns, and it is no longer than they are together.
func (s *lasso) merge() {
	kept := 0
	for j, a := range s.atoms {
		c, near := s.c[j], -1
		for k := range kept {
			if s.atoms[k].sign == a.sign && s.share(s.atoms[k].w, a.w) {
				near = k
				break
			}
		}
		if near < 0 {
			s.atoms[kept], s.c[kept] = a, c
			kept++
			continue
		}
		w := slices.Clone(s.atoms[near].w)
		scale(w, s.c[near])
		axpy(w, c, a.w)
		s.atoms[near], s.c[near] = s.atomOf(w, a.sign), norm(w)
	}
	if kept < len(s.atoms) {
		s.atoms, s.c = s.atoms[:kept], s.c[:kept]
		s.residual()
	}
}

// share says that no wall is between two directions.
func (s *lasso) share(a, b []float64) bool {
	for _, row := range s.unit {
		y, z := nnls.Dot(row, a), nnls.Dot(row, b)
		if y > aside && z < -aside || y < -aside && z > aside {
			return false
		}
	}
	return true
}

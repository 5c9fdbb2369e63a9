// The plain way to answer a question: build one linear programme from scratch
// and read both a deep point and multipliers off its optimum. Two solvers share
// it, the small simplex of reference.go and COIN-OR CLP, so that they differ in
// nothing but who does the arithmetic.
//
// The programme is Chebyshev's: maximise t with s_i·z_i(y) ≥ t·|g_i| for all
// rows and distance t from the ball's faces, t ≤ 1. Its optimum is the point
// deepest inside, so a cell that is closed-nonempty but open-empty cannot pass
// for one that is not. The l2 ball is cut out by tangents (Kelley 1960) until the optimum
// is inside or the tangents alone prove emptiness.

package lp

import (
	"fmt"
	"math"

	"github.com/relucell/relucell/ball"
)

// Programme is: maximise Objective·v over {v : A·v ≤ B}, v free, B ≥ 0, so that
// v = 0 is feasible. A has len(B) rows of len(Objective) numbers.
type Programme struct {
	Objective []float64
	A         [][]float64
	B         []float64
}

// Backend solves a Programme: an optimal point and the duals u ≥ 0, one per row,
// with Aᵀu = Objective. Anything but an optimum is an error.
type Backend interface {
	Maximise(p Programme) (v, duals []float64, err error)
}

const (
	// farRow·n bounds the offsets worth a programme: a row scaled to |g| = 1 varies by at most 2√n
	// over the ball, and t is at most 1 (and the start of t at least −farRow·n), so a row with a
	// greater offset never binds, and one with an offset below the negative is empty.
	farRow = 4
	// clearlyNegative is the margin below which its sign is believed: above CLP's
	// feasibility tolerance of 1e-7 on rows of length 1.
	clearlyNegative = -0x1p-22
	// noRoom is the value up to which an optimum over the tangents is taken for ≤ 0, which
	// settles emptiness whatever point attains it: some hundred roundings of 2⁻⁵³.
	noRoom = 0x1p-46
	// cutsBase + cutsPerInput·n cuts are allowed for one programme. Each divides
	// the distance to the ball by about four in the plane, and n cuts do in n dimensions, so
	// a distance of 2⁻³² takes some 16·n; what is not settled by then is within rounding
	// of a tangent or a sliver, and goes to the caller as a proposal like any other.
	cutsBase, cutsPerInput = 40, 20
	// deadDual: a dual value below it, the largest being about 1, says that the
	// optimum does not rest on that row.
	deadDual = 0x1p-30
)

// scratch is a Solver that answers each question by itself.
type scratch struct {
	backend Backend
	norm    ball.Norm
	n       int
	cell    []Constraint
}

// NewScratch returns the plain solver over a backend: every question is built
// and solved from nothing, in time that grows with the whole cell.
func NewScratch(b Backend) Solver { return &scratch{backend: b} }

// Reset implements Solver.
func (s *scratch) Reset(norm ball.Norm, n int) error {
	if n < 1 || norm > ball.Box {
		return fmt.Errorf("norm %v in %d dimensions, expected a known norm and at least 1", norm, n)
	}
	s.norm, s.n, s.cell = norm, n, nil
	return nil
}

// Push implements Solver.
func (s *scratch) Push(c Constraint) { s.cell = append(s.cell, c) }

// Pop implements Solver.
func (s *scratch) Pop() { s.cell = s.cell[:len(s.cell)-1] }

// Ask implements Solver.
func (s *scratch) Ask(c Constraint) (Answer, error) {
	q := question{backend: s.backend, norm: s.norm, n: s.n}
	for i, k := range append(append([]Constraint(nil), s.cell...), c) {
		r, err := newRow(k, s.n)
		if err != nil {
			return Answer{}, fmt.Errorf("constraint %d: %w", i, err)
		}
		q.rows = append(q.rows, r)
	}
	last := len(s.cell)
	for i, r := range q.rows[:last] {
		if r.never {
			return Answer{}, fmt.Errorf("constraint %d does not meet the ball", i)
		}
	}
	if q.rows[last].never {
		return Answer{Self: 1, Lambda: make([]float64, last)}, nil
	}
	return q.answer()
}

// row is s·z scaled to a gradient of length 1.
type row struct {
	g     []float64
	h     float64
	scale float64 // |gradient| before
	// always and never: the sign does not change on the ball.
	always, never bool
}

func newRow(c Constraint, n int) (row, error) {
	if len(c.Form.G) != n {
		return row{}, fmt.Errorf("%d coefficients, expected %d", len(c.Form.G), n)
	}
	if c.Sign != 1 && c.Sign != -1 {
		return row{}, fmt.Errorf("sign %g, expected 1 or -1", c.Sign)
	}
	// The largest coefficient goes first: squares must not overflow.
	var largest float64
	for _, g := range append([]float64{c.Form.H}, c.Form.G...) {
		if math.IsNaN(g) || math.IsInf(g, 0) {
			return row{}, fmt.Errorf("a coefficient is %g, expected a finite number", g)
		}
	}
	for _, g := range c.Form.G {
		largest = max(largest, math.Abs(g))
	}
	h := c.Sign * c.Form.H
	if largest == 0 {
		return row{scale: 1, always: h > 0, never: h <= 0}, nil
	}
	r := row{g: make([]float64, n)}
	var length float64
	for k, g := range c.Form.G {
		r.g[k] = c.Sign * (g / largest)
		length += r.g[k] * r.g[k]
	}
	length = math.Sqrt(length)
	for k := range r.g {
		r.g[k] /= length
	}
	r.h, r.scale = h/largest/length, largest*length
	far := farRow * float64(n)
	r.always, r.never = r.h > far, r.h < -far
	return r, nil
}

// margin returns the least value of a row or distance to a face at y, with a
// bound on the rounding error of each value taken off: a dot product of n
// terms and a sum, on coefficients rounded three times, errs by at most (n+4)·2⁻⁵³ times the sum
// of absolute values (γ_{n+4} to first order; doubled for the rest).
func (q *question) margin(y []float64) float64 {
	unit := 2 * float64(q.n+4) * 0x1p-53
	value := func(g []float64, h float64) float64 {
		v, size := h, math.Abs(h)
		for k, c := range g {
			v += c * y[k]
			size += math.Abs(c * y[k])
		}
		return v - unit*size
	}
	least := 1 - size(q.norm, y)*(1+unit) - unit
	for _, r := range q.rows {
		if !r.always {
			least = min(least, value(r.g, r.h))
		}
	}
	return least
}

// size returns the norm of y.
func size(norm ball.Norm, y []float64) float64 {
	var l1, l2, linf float64
	for _, v := range y {
		l1 += math.Abs(v)
		l2 += v * v
		linf = max(linf, math.Abs(v))
	}
	switch norm {
	case ball.L1:
		return l1
	case ball.L2:
		return math.Sqrt(l2)
	}
	return linf
}

// question is one question: the rows of the cell, and last the side asked.
type question struct {
	backend Backend
	norm    ball.Norm
	n       int
	rows    []row
	cuts    [][]float64 // l2: u·y ≤ 1, |u| = 1
}

// answer solves the Chebyshev programme. A point with a margin beyond
// rounding is a witness, a clearly negative optimum has its duals as
// multipliers. In between (tangents, opposite rows, slivers) the multipliers come
// from maximising the side itself, and the point comes with them.
func (q *question) answer() (Answer, error) {
	y, t, duals, err := q.deepest(q.rows)
	if err != nil {
		return Answer{}, err
	}
	last := len(q.rows) - 1
	if q.rows[last].always || q.margin(y) > 0 {
		return Answer{Meets: true, Witness: y}, nil
	}
	if t < clearlyNegative && duals[last] > deadDual {
		return q.multipliers(duals), nil
	}
	duals, err = q.highest()
	if err != nil {
		return Answer{}, err
	}
	a := q.multipliers(duals)
	a.Witness = y
	return a, nil
}

// multipliers scales the duals of rows of length 1 back to the rows given: Self
// or the largest is 1.
func (q *question) multipliers(duals []float64) Answer {
	last := len(q.rows) - 1
	// λ_i is u_i/scale_i, taken in units that keep quotients of extreme scales finite.
	unit := math.Inf(1)
	for i, r := range q.rows {
		if duals[i] > 0 {
			unit = min(unit, r.scale/duals[i])
		}
	}
	lambda := make([]float64, len(q.rows))
	for i, r := range q.rows {
		if duals[i] > 0 {
			lambda[i] = unit / (r.scale / duals[i])
		}
	}
	return Answer{Self: lambda[last], Lambda: lambda[:last]}
}

// faces returns the ball as rows a·v + margin·t ≤ b over v = y, or v = (y, w)
// with w ≥ |y| for l1, whose 2ⁿ facets of length √n become Σw + √n·t ≤ 1.
func (q *question) faces() (a [][]float64, margin, b []float64) {
	n := q.n
	add := func(m, bound float64) []float64 {
		f := make([]float64, q.columns())
		a, margin, b = append(a, f), append(margin, m), append(b, bound)
		return f
	}
	for k := range n {
		for _, s := range []float64{1, -1} {
			if q.norm == ball.L1 {
				f := add(0, 0)
				f[k], f[n+k] = s, -1
			} else {
				add(1, 1)[k] = s
			}
		}
	}
	if q.norm == ball.L1 {
		f := add(math.Sqrt(float64(n)), 1)
		for k := range n {
			f[n+k] = 1
		}
	}
	for _, u := range q.cuts {
		copy(add(1, 1), u)
	}
	return a, margin, b
}

func (q *question) columns() int {
	if q.norm == ball.L1 {
		return 2 * q.n
	}
	return q.n
}

// deepest maximises the margin t over the rows. It returns y, t, and the duals of
// the rows.
func (q *question) deepest(rows []row) (y []float64, t float64, duals []float64, err error) {
	// t = start + τ makes v = 0 feasible.
	var start float64
	for _, r := range rows {
		if !r.always {
			start = min(start, r.h)
		}
	}
	columns := q.columns()
	for range cutsBase + cutsPerInput*q.n {
		p := Programme{Objective: make([]float64, columns+1)}
		p.Objective[columns] = 1
		add := func(margin, b float64) []float64 {
			a := make([]float64, columns+1)
			a[columns] = margin
			p.A, p.B = append(p.A, a), append(p.B, b-margin*start)
			return a
		}
		for _, r := range rows {
			if r.always {
				add(0, 1)
				continue
			}
			for k, a := 0, add(1, r.h); k < q.n; k++ {
				a[k] = -r.g[k]
			}
		}
		a, margin, b := q.faces()
		for i := range a {
			copy(add(margin[i], b[i]), a[i])
		}
		add(1, 1)
		v, u, err := q.backend.Maximise(p)
		if err != nil {
			return nil, 0, nil, err
		}
		y, t, duals = v[:q.n], start+v[columns], u[:len(rows)]
		if t <= noRoom || q.inside(y) {
			break
		}
	}
	return y, t, duals, nil
}

// inside reports whether y is in the open ball, which only l2 leaves in doubt: there
// it adds the tangent that cuts y off, unless it is.
func (q *question) inside(y []float64) bool {
	length := size(ball.L2, y)
	if q.norm != ball.L2 || length < 1 {
		return true
	}
	u := make([]float64, q.n)
	for k := range u {
		u[k] = y[k] / length
	}
	q.cuts = append(q.cuts, u)
	return false
}

// highest maximises the side asked over the closed cell, from the cell's own
// deepest point, and returns the duals: 1 for the side.
func (q *question) highest() (duals []float64, err error) {
	last := len(q.rows) - 1
	at, _, _, err := q.deepest(q.rows[:last])
	if err != nil {
		return nil, err
	}
	if q.norm == ball.L1 {
		at = append([]float64(nil), at...)
		for k := range q.n {
			at = append(at, math.Abs(at[k]))
		}
	}
	at = at[:q.columns()]
	for range cutsBase + cutsPerInput*q.n {
		p := Programme{Objective: make([]float64, len(at))}
		copy(p.Objective, q.rows[last].g)
		// Room is ≥ 0 in exact arithmetic; the start may be a rounding beyond.
		add := func(a []float64, b float64) {
			for k := range a {
				b -= a[k] * at[k]
			}
			p.A, p.B = append(p.A, a), append(p.B, max(0, b))
		}
		for _, r := range q.rows[:last] {
			a := make([]float64, len(at))
			if r.always {
				add(a, 1)
				continue
			}
			for k, g := range r.g {
				a[k] = -g
			}
			add(a, r.h)
		}
		a, _, b := q.faces()
		for i := range a {
			add(a[i], b[i])
		}
		v, u, err := q.backend.Maximise(p)
		if err != nil {
			return nil, err
		}
		duals = append(append([]float64(nil), u[:last]...), 1)
		y, value := make([]float64, q.n), q.rows[last].h
		for k := range y {
			y[k] = at[k] + v[k]
			value += q.rows[last].g[k] * y[k]
		}
		if value <= noRoom || q.inside(y) {
			break
		}
	}
	return duals, nil
}

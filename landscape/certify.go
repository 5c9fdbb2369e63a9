package landscape

// The least risk of m neurons, proved: every programme of the search is bounded from below in
// integers. For columns c_k and any u with u·c_k ≤ 0 for all of them, ‖y − Σ λ_k·c_k‖² is at least
// 2·y·u − ‖u‖² for every λ ≥ 0, since ‖y − Φλ − u‖² ≥ 0 and u·Φλ ≤ 0. The residual of the best λ is
// such a u, and its bound is the programme's least value: so a float residual, moved inwards by a
// little and rounded, bounds all programmes but those near the least; the few that are left are
// solved in fractions, by the method of Lawson and Hanson.

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/dyadic"
)

const (
	// inwards is how far a residual is moved off the columns it is orthogonal to, beside its length:
	// more than floats are wrong, and little beside what most programmes are above the least.
	inwards = 0x1p-30
	// grid is the number of bits of the numbers of a rounded residual, beside the largest.
	grid = 46
)

// Certified is what all programmes have been held against.
type Certified struct {
	// Least is the least risk of all networks of this width, real weights included: a fraction.
	Least *big.Rat
	// Solved is the number of programmes that were solved in fractions; the others are not below
	// Least by a bound in integers.
	Solved int64
}

// Certify finds the least risk of m neurons, as Widest does, and proves that no network of real
// weights has a lower one. When ctx ends first its cause is the error.
func Certify(ctx context.Context, d *Data, cells []Cell, m int, out bool) (*Wide, *Certified, error) {
	p, w, err := exhaust(ctx, d, cells, m, out)
	if err != nil {
		return nil, nil, err
	}
	c := newCertifier(p)
	// The best in floats first: with a low bound to beat, few others are to be solved.
	for _, b := range p.best {
		for j, m := range b.members {
			p.join(j+1, m)
			p.solve(j+1, 0)
		}
		if err := c.exactly(ctx, &p.levels[m]); err != nil {
			return nil, nil, err
		}
	}
	c.Solved = 0
	err = p.walk(ctx, 1, 0, func(_ float64, l *level) error {
		if c.above(l) {
			return nil
		}
		return c.exactly(ctx, l)
	})
	if err != nil {
		return nil, nil, err
	}
	if m := c.best; m.finite() {
		if risk := p.Risk(m); risk.Cmp(w.Risk) < 0 {
			w.Model, w.Risk, w.Cells = m, risk, c.cells
		}
	}
	if c.Least.Cmp(w.Risk) > 0 {
		panic("landscape: a network below the least risk of all") // a mistake in this file, or in Risk
	}
	return w, &c.Certified, nil
}

// certifier bounds programmes.
type certifier struct {
	*programmes
	Certified
	whole *whole
	reach [][]*big.Int // σ(X·ray) in integers, for each ray
	one   []*big.Int   // the column of the output's bias
	// limit is a float that Least is not above; best is the network of Least, rounded to floats, and
	// cells are its cells.
	limit *big.Rat
	best  *Model
	cells string
	u     []int64
	round []float64
}

func newCertifier(p *programmes) *certifier {
	c := &certifier{programmes: p, whole: newWhole(p.Data), u: make([]int64, p.N()), round: make([]float64, p.N())}
	var t big.Int
	for _, ray := range p.primitive {
		column := make([]*big.Int, p.N())
		for i, row := range c.whole.rows {
			column[i] = new(big.Int)
			for k, x := range row {
				column[i].Add(column[i], t.Mul(x, ray[k]))
			}
			if column[i].Sign() < 0 {
				column[i].SetInt64(0)
			}
		}
		c.reach = append(c.reach, column)
	}
	for range p.N() {
		c.one = append(c.one, big.NewInt(1))
	}
	return c
}

// column is a column of a programme in integers; its length does not matter.
type column struct {
	v    []*big.Int
	sign int
}

// columns returns those of a level, in the order of its floats.
func (c *certifier) columns(l *level) (list []column) {
	if len(c.levels[0].columns) > 0 {
		list = append(list, column{c.one, 1}, column{c.one, -1})
	}
	for _, m := range l.members {
		for _, r := range c.of[m.cell] {
			list = append(list, column{c.reach[r], int(m.sign)})
		}
	}
	return list
}

// above says that the programme's least value is certainly not below Least.
func (c *certifier) above(l *level) bool {
	if c.Least == nil || !c.inner(l) {
		return c.Least != nil && c.Least.Sign() == 0
	}
	exp, most := 0, 0.0
	for _, v := range c.round {
		most = max(most, math.Abs(v))
	}
	if most == 0 || !(most <= math.MaxFloat64) {
		return c.Least.Sign() == 0
	}
	_, exp = math.Frexp(most)
	exp -= grid
	for i, v := range c.round {
		c.u[i] = int64(math.Ldexp(v, -exp))
	}
	var sum, t, u big.Int
	for _, col := range c.columns(l) {
		sum.SetInt64(0)
		for i, v := range col.v {
			sum.Add(&sum, t.Mul(v, u.SetInt64(c.u[i])))
		}
		if sum.Sign()*col.sign > 0 {
			return false
		}
	}
	square, along := new(big.Int), new(big.Int)
	for i, y := range c.whole.y {
		u.SetInt64(c.u[i])
		square.Add(square, t.Mul(&u, &u))
		along.Add(along, t.Mul(&u, y))
	}
	bound := dyadic.Rat(along, 1+c.whole.yExp+exp)
	return bound.Sub(bound, dyadic.Rat(square, 2*exp)).Cmp(c.limit) >= 0
}

// inner leaves in round the residual of the level's point, moved such that its product with each
// column that is in use is below 0 by more than rounding. It reports false where floats fail.
func (c *certifier) inner(l *level) bool {
	copy(c.round, c.Y)
	var used []int
	for k, x := range l.x {
		if x > 0 {
			used = append(used, k)
			axpy(c.round, -x, l.columns[k])
		}
	}
	far := inwards * norm(c.round)
	if len(used) == 0 || far == 0 {
		return true
	}
	gram, right := mat.NewSymDense(len(used), nil), mat.NewVecDense(len(used), nil)
	n := len(l.columns)
	for i, k := range used {
		for j, o := range used[:i+1] {
			gram.SetSym(i, j, l.q[k*n+o])
		}
		right.SetVec(i, -far*math.Sqrt(l.q[k*n+k]))
	}
	var f mat.Cholesky
	var by mat.VecDense
	if !f.Factorize(gram) {
		return false
	}
	if f.SolveVecTo(&by, right) != nil { // nearly dependent: fractions are to tell
		return false
	}
	for i, k := range used {
		axpy(c.round, by.AtVec(i), l.columns[k])
	}
	return true
}

// exactly solves the level's programme in fractions and lowers Least to its value.
func (c *certifier) exactly(ctx context.Context, l *level) error {
	s := &solving{certifier: c, columns: c.columns(l)}
	var first []int
	for k, x := range l.x {
		if x > 0 {
			first = append(first, k)
		}
	}
	if !s.guess(first) {
		if err := s.search(ctx); err != nil {
			return err
		}
	}
	c.Solved++
	if c.Least == nil || s.value.Cmp(c.Least) < 0 {
		c.Least, c.best, c.cells = s.value, s.model(l), c.spell(l.members)
		c.limit = new(big.Rat).SetFloat64(dyadic.UpRat(s.value))
		if c.limit == nil {
			return fmt.Errorf("a risk beyond float64: %w", errRange)
		}
	}
	return nil
}

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
	// inwards is how far a residual is moved off the columns it is orthogonal to, beside its
	// length: more than floats are wrong, and little beside what most programmes are above the
	// least.
	inwards = 0x1p-30
	// grid is the number of bits of the numbers of a rounded residual, beside the largest.
	grid = 46
)

// Certified is what all programmes have been held against.
type Certified struct {
	// Least is the least risk of all networks of this width, real weights included: a fraction.
	Least *big.Rat
	// Solved is the number of programmes that were solved in fractions.
	Solved  int64
	bounds  []*bound
	neurons int
	out     bool
}

// Bounds is the number of bounds, each one of many programmes: all together they are of all.
func (c *Certified) Bounds() int { return len(c.bounds) }

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
		if _, err := c.exactly(ctx, &p.levels[m]); err != nil {
			return nil, nil, err
		}
	}
	if err := c.walk(ctx, 1, 0); err != nil {
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
	one []*big.Int // the column of the output's bias
	// limit is a float that Least is not above; best is the network of Least, rounded to floats,
	// and cells are its cells.
	limit *big.Rat
	best  *Model
	cells string
	round []float64
}

func newCertifier(p *programmes) *certifier {
	c := &certifier{programmes: p, round: make([]float64, p.N())}
	c.neurons, c.out = len(p.levels)-1, len(p.levels[0].columns) > 0
	for range p.N() {
		c.one = append(c.one, big.NewInt(1))
	}
	return c
}

// walk bounds the programmes of all multisets of signed cells from the members of a level on, but
// for those that a bound holds for already.
func (c *certifier) walk(ctx context.Context, j, from int) error {
	done, last := new(big.Int), j+1 == len(c.levels)
	if last {
		bounds := c.bounds
		for _, m := range c.levels[j-1].members {
			bounds = with(bounds, m.number())
		}
		done = held(bounds)
	}
	for k := from; k < 2*len(c.programmes.cells); k++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if last && done.Bit(k) == 1 {
			continue
		}
		c.join(j, memberOf(k))
		c.solve(j, 0)
		if !last {
			if err := c.walk(ctx, j+1, k); err != nil {
				return err
			}
			continue
		}
		b, err := c.bound(ctx, &c.levels[j])
		if err != nil {
			return err
		}
		done.Or(done, &b.holds)
	}
	return nil
}

// bound bounds the programme of a level, where floats can and else in fractions.
func (c *certifier) bound(ctx context.Context, l *level) (*bound, error) {
	if c.Least != nil {
		if b := c.above(l); b != nil {
			c.bounds = append(c.bounds, b)
			return b, nil
		}
	}
	return c.exactly(ctx, l)
}

// column is a column of a programme in integers; its length does not matter.
type column struct {
	v    []*big.Int
	sign int
}

// columns returns those of a level, in the order of its floats.
func (c *certifier) columns(l *level) (list []column) {
	if c.out {
		list = append(list, column{c.one, 1}, column{c.one, -1})
	}
	for _, m := range l.members {
		for _, r := range c.of[m.cell] {
			list = append(list, column{c.ends[r], int(m.sign)})
		}
	}
	return list
}

// above returns a bound that says that the programme's least value is not below Least, or nil.
func (c *certifier) above(l *level) *bound {
	if !c.inner(l) {
		return nil
	}
	most := 0.0
	for _, v := range c.round {
		most = max(most, math.Abs(v))
	}
	if !(most > 0 && most <= math.MaxFloat64) {
		return nil
	}
	_, exp := math.Frexp(most)
	exp -= grid
	b, rest := &bound{h: big.NewInt(1)}, int64(0)
	for i, v := range c.round {
		n := int64(math.Ldexp(v, -exp))
		if rest += n; c.out && i == c.N()-1 {
			n -= rest // the numbers of a residual beside a bias add up to 0
		}
		b.n = append(b.n, big.NewInt(n))
	}
	if exp < 0 {
		b.h.Lsh(b.h, uint(-exp))
	} else {
		for _, n := range b.n {
			n.Lsh(n, uint(exp))
		}
	}
	if c.value(b).Cmp(c.limit) < 0 {
		return nil
	}
	c.hold(b, c.out)
	for _, m := range l.members {
		if b.holds.Bit(m.number()) == 0 {
			return nil
		}
	}
	return b
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
		if !c.out || k > 1 {
			right.SetVec(i, -far*math.Sqrt(l.q[k*n+k]))
		}
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

// exactly solves the level's programme in fractions, lowers Least to its value, and returns its
// residual as a bound.
func (c *certifier) exactly(ctx context.Context, l *level) (*bound, error) {
	s := &solving{certifier: c, columns: c.columns(l)}
	var first []int
	for k, x := range l.x {
		if x > 0 {
			first = append(first, k)
		}
	}
	if !s.guess(first) {
		if err := s.search(ctx); err != nil {
			return nil, err
		}
	}
	c.Solved++
	if c.Least == nil || s.value.Cmp(c.Least) < 0 {
		c.Least, c.best, c.cells = s.value, s.model(l), c.spell(l.members)
		c.limit = new(big.Rat).SetFloat64(dyadic.UpRat(s.value))
		if c.limit == nil {
			return nil, fmt.Errorf("a risk beyond float64: %w", errRange)
		}
	}
	b := s.residual()
	c.hold(b, c.out)
	c.bounds = append(c.bounds, b)
	return b, nil
}

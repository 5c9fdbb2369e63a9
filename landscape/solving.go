package landscape

// A programme of the search for the least risk in fractions: least squares with numbers that are
// not negative, by the method of Lawson and Hanson (1974, chapter 23).

import (
	"context"
	"math/big"
	"slices"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/internal/dyadic"
)

// solving is a programme in fractions.
type solving struct {
	*certifier
	columns []column
	chosen  []int
	// Of least squares over the chosen columns without signs: the numbers of λ, their denominator,
	// and the residual times it.
	numbers []*big.Int
	h       *big.Int
	rest    []*big.Int
	value   *big.Rat
}

// free solves least squares over the chosen columns without signs. It reports false where they
// depend on one another.
func (s *solving) free(chosen []int) bool {
	rows := make([][]*big.Int, len(chosen))
	for i, k := range chosen {
		rows[i] = append(rows[i], s.dot(s.columns[k], s.whole.y))
		rows[i][0].Neg(rows[i][0])
		for _, o := range chosen {
			v := s.dot(s.columns[k], s.columns[o].v)
			rows[i] = append(rows[i], v.Mul(v, big.NewInt(int64(s.columns[o].sign))))
		}
	}
	basis := cone.Kernel(1+len(chosen), rows)
	if len(basis) != 1 || basis[0][0].Sign() <= 0 {
		return false
	}
	s.h, s.numbers, s.chosen = basis[0][0], basis[0][1:], slices.Clone(chosen)
	s.rest = make([]*big.Int, len(s.whole.y))
	var t big.Int
	square := new(big.Int)
	for i, y := range s.whole.y {
		s.rest[i] = new(big.Int).Mul(y, s.h)
		for j, k := range chosen {
			t.Mul(s.numbers[j], s.columns[k].v[i])
			if s.columns[k].sign > 0 {
				t.Neg(&t)
			}
			s.rest[i].Add(s.rest[i], &t)
		}
		square.Add(square, t.Mul(s.rest[i], s.rest[i]))
	}
	s.value = new(big.Rat).SetFrac(square, t.Mul(s.h, s.h))
	s.value.Mul(s.value, s.whole.unit())
	return true
}

// residual returns that of the solution, a bound by the solution's own value.
func (s *solving) residual() *bound {
	h, up := new(big.Int).Set(s.h), uint(max(s.whole.yExp, 0))
	h.Lsh(h, uint(max(-s.whole.yExp, 0)))
	common := new(big.Int).Set(h)
	b := &bound{}
	var t big.Int
	for _, v := range s.rest {
		n := new(big.Int).Lsh(v, up)
		common.GCD(nil, nil, common, t.Abs(n))
		b.n = append(b.n, n)
	}
	for _, n := range b.n {
		n.Quo(n, common)
	}
	b.h = h.Quo(h, common)
	return b
}

// model returns the network of the solution, its weights rounded: v_j is the sum of the rays of its
// cell, each times its λ.
func (s *solving) model(l *level) *Model {
	lambda := make([]*big.Rat, len(s.columns))
	for i, k := range s.chosen {
		lambda[k] = new(big.Rat).SetFrac(s.numbers[i], s.h)
	}
	m, k := &Model{}, 0
	if s.out {
		out := new(big.Rat)
		for i, sign := range []int64{1, -1} {
			if lambda[i] != nil {
				out.Add(out, new(big.Rat).Mul(lambda[i], big.NewRat(sign, 1)))
			}
		}
		m.Out, _ = dyadic.FromRat(out.Mul(out, dyadic.Rat(big.NewInt(1), s.whole.yExp)))
		k = 2
	}
	for _, at := range l.members {
		sum, w := make([]*big.Rat, s.P), make([]float64, s.P)
		for i := range sum {
			sum[i] = new(big.Rat)
		}
		for _, r := range s.of[at.cell] {
			if lambda[k] != nil {
				for i, v := range s.primitive[r] {
					t := new(big.Rat).SetInt(v)
					sum[i].Add(sum[i], t.Mul(t, lambda[k]))
				}
			}
			k++
		}
		for i, v := range sum {
			w[i], _ = dyadic.FromRat(v.Mul(v, s.whole.scaled()))
		}
		m.W, m.A = append(m.W, w), append(m.A, at.sign)
	}
	return m
}

// dot returns the product of a column with a vector.
func (s *solving) dot(c column, v []*big.Int) *big.Int {
	sum := new(big.Int)
	var t big.Int
	for i, x := range c.v {
		sum.Add(sum, t.Mul(x, v[i]))
	}
	if c.sign < 0 {
		sum.Neg(sum)
	}
	return sum
}

// entering returns the column along which the risk still falls the most, −1 if there is none: then
// the residual is a u of the bound.
func (s *solving) entering() int {
	best, most := -1, new(big.Int)
	for k, c := range s.columns {
		if v := s.dot(c, s.rest); v.Cmp(most) > 0 {
			best, most = k, v
		}
	}
	return best
}

// guess says whether the columns that floats have chosen are those of the minimum.
func (s *solving) guess(chosen []int) bool {
	if !s.free(chosen) {
		return false
	}
	for _, v := range s.numbers {
		if v.Sign() < 0 {
			return false
		}
	}
	return s.entering() < 0
}

// search solves the programme from 0 (Lawson and Hanson 1974, chapter 23). In fractions it ends:
// the risk falls from one set of columns to the next.
func (s *solving) search(ctx context.Context) error {
	var chosen []int
	x := make([]*big.Rat, len(s.columns))
	for s.mustFree(nil); ; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		k := s.entering()
		if k < 0 {
			return nil
		}
		chosen, x[k] = append(chosen, k), new(big.Rat)
		for all := false; !all; {
			s.mustFree(chosen)
			before := len(chosen)
			chosen = s.towards(chosen, x)
			all = len(chosen) == before
		}
	}
}

// towards moves x towards the solution over the chosen columns, as far as no number falls below 0,
// and returns the columns whose numbers are above 0 there.
func (s *solving) towards(chosen []int, x []*big.Rat) (kept []int) {
	z, step := make([]*big.Rat, len(chosen)), big.NewRat(1, 1)
	for i, k := range chosen {
		z[i] = new(big.Rat).SetFrac(s.numbers[i], s.h)
		if z[i].Sign() > 0 {
			continue
		}
		t := new(big.Rat).Sub(x[k], z[i])
		if t.Sign() != 0 { // else both are 0
			t.Quo(x[k], t)
		}
		if t.Cmp(step) < 0 {
			step = t
		}
	}
	for i, k := range chosen {
		t := new(big.Rat).Sub(z[i], x[k])
		if x[k] = t.Add(x[k], t.Mul(t, step)); x[k].Sign() > 0 {
			kept = append(kept, k)
		}
	}
	return kept
}

// mustFree solves over columns that are independent, as those that a search has chosen are: the
// last one has a positive product with the residual of the others.
func (s *solving) mustFree(chosen []int) {
	if !s.free(chosen) {
		panic("landscape: chosen columns that depend on one another")
	}
}

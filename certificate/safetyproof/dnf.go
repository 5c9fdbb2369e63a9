package safetyproof

// From the formula of a specification to its disjunctive normal form, whose order is part of the
// format, and the value of a formula at a point.

import (
	"maps"
	"math/big"
	"slices"

	"github.com/relucell/relucell/certificate/internal/fractions"
)

// combination has the coefficients of variables, inputs first, and that of 1 behind them all.
type combination map[int]*big.Rat

const constant = 2 * maxVariables

// form is the condition that a combination, without zeros, is ≤ 0, or < 0.
type form struct {
	combination
	strict bool
}

func (c combination) form(strict bool) *form {
	maps.DeleteFunc(c, func(k int, v *big.Rat) bool { return k < constant && v.Sign() == 0 })
	return &form{c, strict}
}

// sum sets z to a sum of x and y.
type sum = func(z, x, y *big.Rat) *big.Rat

// multiples is the sum of x and so many y.
func multiples(times *big.Rat) sum {
	return func(z, x, y *big.Rat) *big.Rat { return z.Add(x, new(big.Rat).Mul(y, times)) }
}

// add adds b, or what else sum says. It returns how many bits numerators and denominators have.
func (c combination) add(b combination, sum sum) (num, den int) {
	for k, v := range b {
		if c[k] == nil {
			c[k] = new(big.Rat)
		}
		sum(c[k], c[k], v)
		num, den = max(num, c[k].Num().BitLen()), max(den, c[k].Denom().BitLen())
	}
	return num, den
}

// names returns where the coefficients are, ascending.
func (c combination) names() []int { return slices.Sorted(maps.Keys(c)) }

// formula is a comparison, or an and/or of formulas.
type formula struct {
	form  *form
	or    bool
	parts []formula
}

// clauses distributes "and" over "or", the first part varying slowest, and counts the comparisons.
func (s *specification) clauses(f *formula) (out [][]*form, literals int) {
	if f.form != nil {
		return [][]*form{{f.form}}, 1
	}
	if !f.or {
		out = [][]*form{nil}
	}
	for i := range f.parts {
		right, more := s.clauses(&f.parts[i])
		if f.or {
			out, literals = append(out, right...), literals+more
		} else {
			literals = literals*len(right) + more*len(out)
		}
		s.in.Require(literals <= maxLiterals, "the disjunction has more than 1000000 comparisons")
		if f.or {
			continue
		}
		var next [][]*form
		for _, a := range out {
			for _, b := range right {
				if len(right) > 1 { // else there is one to follow a, and its storage may be used
					a = a[:len(a):len(a)]
				}
				next = append(next, append(a, b...))
			}
		}
		out = next
	}
	return out, literals
}

// disjoin fills in boxes and disjuncts.
func (s *specification) disjoin() {
	boxes := map[string]int{}
	clauses, _ := s.clauses(&s.formula)
	for _, c := range clauses {
		s.Stop()
		ends, forms, possible := s.split(c)
		if !possible {
			continue
		}
		key := fractions.Text(ends)
		at, old := boxes[key]
		if !old {
			at = len(s.boxes)
			boxes[key], s.boxes = at, append(s.boxes, ends)
		}
		s.disjuncts = append(s.disjuncts, disjunct{at, forms})
	}
}

// split parts the bounds of a clause from its other conditions. It is not possible if no point
// satisfies it, whatever the network.
func (s *specification) split(clause []*form) (ends []*big.Rat, forms []form, possible bool) {
	ends, possible = make([]*big.Rat, 2*s.inputs), true
	for _, f := range clause {
		names := f.names()
		k := names[0]
		if k == constant {
			possible = possible && f.holds(nil, s.Stop)
			continue
		}
		bound := len(names) == 2 && k < s.inputs
		if bound {
			v, c, at := new(big.Rat).Neg(f.combination[constant]), f.combination[k], 2*k
			if v.Quo(v, c); c.Sign() > 0 {
				at++
			}
			if ends[at] == nil || v.Cmp(ends[at])*c.Sign() < 0 {
				ends[at] = v
			}
		}
		if !bound || f.strict {
			forms = append(forms, *f)
		}
	}
	for k := 0; k < len(ends); k += 2 {
		s.in.Require(ends[k] != nil && ends[k+1] != nil, "an input lacks a bound in some alternative, expected both bounds of every input")
		possible = possible && ends[k].Cmp(ends[k+1]) <= 0
	}
	return ends, forms, possible
}

// holds says whether the condition holds at v, inputs and outputs, unless stop ends it.
func (f *form) holds(v []*big.Rat, stop func()) bool {
	sum, t := new(big.Rat), new(big.Rat)
	for k, c := range f.combination {
		stop()
		if k < constant {
			c = t.Mul(c, v[k])
		}
		sum.Add(sum, c)
	}
	return sum.Sign() < 0 || sum.Sign() == 0 && !f.strict
}

func (f *formula) holds(v []*big.Rat, stop func()) bool {
	if f.form != nil {
		return f.form.holds(v, stop)
	}
	for i := range f.parts {
		if f.parts[i].holds(v, stop) == f.or {
			return f.or
		}
	}
	return !f.or
}

package query

// From the formula of a specification to its disjunctive normal form, whose order is part of the
// format, and the value of a formula at a point.

import (
	"maps"
	"math/big"
	"slices"

	"github.com/relucell/relucell/certificate/internal/fractions"
)

// Combination has the coefficients of variables, inputs first, and that of 1 behind them all.
type Combination map[int]*big.Rat

const Constant = 2 * maxVariables

// Form is the condition that a combination, without zeros, is ≤ 0, or < 0.
type Form struct {
	Combination
	Strict bool
}

func (c Combination) form(strict bool) *Form {
	maps.DeleteFunc(c, func(k int, v *big.Rat) bool { return k < Constant && v.Sign() == 0 })
	return &Form{c, strict}
}

// sum sets z to a sum of x and y.
type sum = func(z, x, y *big.Rat) *big.Rat

// Multiples is the sum of x and so many y.
func Multiples(times *big.Rat) sum {
	return func(z, x, y *big.Rat) *big.Rat { return z.Add(x, new(big.Rat).Mul(y, times)) }
}

// Add adds b, or what else sum says. It returns how many bits numerators and denominators have.
func (c Combination) Add(b Combination, sum sum) (num, den int) {
	for k, v := range b {
		if c[k] == nil {
			c[k] = new(big.Rat)
		}
		sum(c[k], c[k], v)
		num, den = max(num, c[k].Num().BitLen()), max(den, c[k].Denom().BitLen())
	}
	return num, den
}

// Names returns where the coefficients are, ascending.
func (c Combination) Names() []int { return slices.Sorted(maps.Keys(c)) }

// Formula is a comparison, or an and/or of formulas.
type Formula struct {
	form  *Form
	Or    bool
	parts []Formula
}

// clauses distributes "and" over "or", the first part varying slowest, and counts the comparisons.
func (s *Specification) clauses(f *Formula) (out [][]*Form, literals int) {
	if f.form != nil {
		return [][]*Form{{f.form}}, 1
	}
	if !f.Or {
		out = [][]*Form{nil}
	}
	for i := range f.parts {
		right, more := s.clauses(&f.parts[i])
		if f.Or {
			out, literals = append(out, right...), literals+more
		} else {
			literals = literals*len(right) + more*len(out)
		}
		s.in.Require(literals <= maxLiterals, "the disjunction has more than 1000000 comparisons")
		if f.Or {
			continue
		}
		var next [][]*Form
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
func (s *Specification) disjoin() {
	boxes := map[string]int{}
	clauses, _ := s.clauses(&s.Formula)
	for _, c := range clauses {
		s.Stop()
		ends, forms, possible := s.split(c)
		if !possible {
			continue
		}
		key := fractions.Text(ends)
		at, old := boxes[key]
		if !old {
			at = len(s.Boxes)
			boxes[key], s.Boxes = at, append(s.Boxes, ends)
		}
		s.Disjuncts = append(s.Disjuncts, Disjunct{at, forms})
	}
}

// split parts the bounds of a clause from its other conditions. It is not possible if no point
// satisfies it, whatever the network.
func (s *Specification) split(clause []*Form) (ends []*big.Rat, forms []Form, possible bool) {
	ends, possible = make([]*big.Rat, 2*s.Inputs), true
	for _, f := range clause {
		names := f.Names()
		k := names[0]
		if k == Constant {
			possible = possible && f.Holds(nil, s.Stop)
			continue
		}
		bound := len(names) == 2 && k < s.Inputs
		if bound {
			v, c, at := new(big.Rat).Neg(f.Combination[Constant]), f.Combination[k], 2*k
			if v.Quo(v, c); c.Sign() > 0 {
				at++
			}
			if ends[at] == nil || v.Cmp(ends[at])*c.Sign() < 0 {
				ends[at] = v
			}
		}
		if !bound || f.Strict {
			forms = append(forms, *f)
		}
	}
	for k := 0; k < len(ends); k += 2 {
		s.in.Require(ends[k] != nil && ends[k+1] != nil, "an input lacks a bound in some alternative, expected both bounds of every input")
		possible = possible && ends[k].Cmp(ends[k+1]) <= 0
	}
	return ends, forms, possible
}

// Holds says whether the condition holds at v, inputs and outputs, unless stop ends it.
func (f *Form) Holds(v []*big.Rat, stop func()) bool {
	sum, t := new(big.Rat), new(big.Rat)
	for k, c := range f.Combination {
		stop()
		if k < Constant {
			c = t.Mul(c, v[k])
		}
		sum.Add(sum, c)
	}
	return sum.Sign() < 0 || sum.Sign() == 0 && !f.Strict
}

func (f *Formula) Holds(v []*big.Rat, stop func()) bool {
	if f.form != nil {
		return f.form.Holds(v, stop)
	}
	for i := range f.parts {
		if f.parts[i].Holds(v, stop) == f.Or {
			return f.Or
		}
	}
	return !f.Or
}

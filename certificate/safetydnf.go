package certificate

// From the formula of a specification to its disjunctive normal form, whose order is part of the
// format, and the value of a formula at a point.

import "math/big"

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
		s.in.require(literals <= maxLiterals, "the disjunction has more than 1000000 comparisons")
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
		ends, forms, possible := s.split(c)
		if !possible {
			continue
		}
		key := boxText(ends)
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
		if len(f.terms) == 0 {
			possible = possible && f.holds(nil)
			continue
		}
		bound := len(f.terms) == 1 && f.terms[0].k < s.inputs
		if bound {
			v, c, at := new(big.Rat).Neg(f.offset), f.terms[0].coef, 2*f.terms[0].k
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
		s.in.require(ends[k] != nil && ends[k+1] != nil, "an input lacks a bound in some alternative, expected both bounds of every input")
		possible = possible && ends[k].Cmp(ends[k+1]) <= 0
	}
	return ends, forms, possible
}

// holds says whether the condition holds at v, inputs and outputs.
func (f *form) holds(v []*big.Rat) bool {
	sum, t := new(big.Rat).Set(f.offset), new(big.Rat)
	for _, m := range f.terms {
		sum.Add(sum, t.Mul(m.coef, v[m.k]))
	}
	return sum.Sign() < 0 || sum.Sign() == 0 && !f.strict
}

func (f *formula) holds(v []*big.Rat) bool {
	if f.form != nil {
		return f.form.holds(v)
	}
	for i := range f.parts {
		if f.parts[i].holds(v) == f.or {
			return f.or
		}
	}
	return !f.or
}

package certificate

// From the formula of a specification to its disjunctive normal form, whose order is part of the
// format, and the value of a formula at a point.

import "math/big"

// size returns the numbers of disjuncts and of comparisons in the disjunction of f; what exceeds
// the limit by far is cut.
func (f *formula) size() (disjuncts, literals int) {
	if f.form != nil {
		return 1, 1
	}
	if !f.or {
		disjuncts = 1
	}
	for i := range f.parts {
		d, l := f.parts[i].size()
		if f.or {
			disjuncts, literals = disjuncts+d, literals+l
		} else {
			disjuncts, literals = disjuncts*d, literals*d+l*disjuncts
		}
		disjuncts, literals = min(disjuncts, 2*maxLiterals), min(literals, 2*maxLiterals)
	}
	return disjuncts, literals
}

// clauses distributes "and" over "or", the first part varying slowest.
func (f *formula) clauses() [][]*form {
	if f.form != nil {
		return [][]*form{{f.form}}
	}
	out := [][]*form{nil}
	if f.or {
		out = nil
	}
	for i := range f.parts {
		right := f.parts[i].clauses()
		switch {
		case f.or:
			out = append(out, right...)
		case len(right) == 1: // the usual case of many plain assertions
			for k := range out {
				out[k] = append(out[k], right[0]...)
			}
		default:
			var next [][]*form
			for _, a := range out {
				for _, b := range right {
					next = append(next, append(a[:len(a):len(a)], b...))
				}
			}
			out = next
		}
	}
	return out
}

// disjoin fills in boxes and disjuncts.
func (s *specification) disjoin() {
	d, l := s.formula.size()
	s.in.require(max(d, l) <= maxLiterals, "the disjunction has more than 1000000 comparisons")
	boxes := map[string]int{}
	for _, c := range s.formula.clauses() {
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
		bound := len(f.terms) == 1 && f.terms[0].k < s.inputs
		switch {
		case len(f.terms) == 0:
			possible = possible && f.holds(nil)
		case bound:
			v, c, at := new(big.Rat).Neg(f.offset), f.terms[0].coef, 2*f.terms[0].k
			if v.Quo(v, c); c.Sign() > 0 {
				at++
			}
			if ends[at] == nil || v.Cmp(ends[at])*c.Sign() < 0 {
				ends[at] = v
			}
		}
		if len(f.terms) > 0 && (!bound || f.strict) {
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

package vnnlib

// Formulas, and the disjunction of boxes and forms that one is equal to.

import (
	"fmt"
	"math/big"
	"strings"
)

// formula is a comparison, or an and/or of formulas; an "and" of nothing is true.
type formula struct {
	place
	form  *Form
	or    bool
	parts []formula
}

func atom(at place, f Form) formula { return formula{place: at, form: &f} }

func (f *formula) satisfied(x, y []*big.Rat) bool {
	if f.form != nil {
		return f.form.Satisfied(x, y)
	}
	for i := range f.parts {
		if f.parts[i].satisfied(x, y) == f.or {
			return f.or
		}
	}
	return !f.or
}

// not returns the negation of f.
func (f *formula) not() formula {
	g := formula{place: f.place, or: !f.or}
	if f.form != nil {
		n := f.form.negated()
		n.Strict = !f.form.Strict
		return atom(f.place, n)
	}
	for i := range f.parts {
		g.parts = append(g.parts, f.parts[i].not())
	}
	return g
}

// size returns the numbers of disjuncts and of comparisons in the disjunction of f; infinite is as
// good as too many.
func (f *formula) size() (disjuncts, literals float64) {
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
	}
	return disjuncts, literals
}

// clauses distributes "and" over "or". What size says bounds the work.
func (f *formula) clauses() [][]*Form {
	if f.form != nil {
		return [][]*Form{{f.form}}
	}
	var out [][]*Form
	if f.or {
		for i := range f.parts {
			out = append(out, f.parts[i].clauses()...)
		}
		return out
	}
	out = [][]*Form{nil}
	for i := range f.parts {
		right := f.parts[i].clauses()
		if len(right) == 1 { // the usual case of many plain assertions
			for k := range out {
				out[k] = append(out[k], right[0]...)
			}
			continue
		}
		next := make([][]*Form, 0, len(out)*len(right))
		for _, a := range out {
			for _, b := range right {
				next = append(next, append(a[:len(a):len(a)], b...))
			}
		}
		out = next
	}
	return out
}

// In returns the query for a point of a box at which one of some conditions holds, of a network of
// so many outputs.
func In(b Box, outputs int, conditions []Form) *Query {
	q := &Query{Version: "1.0", Type: "Real", Boxes: []Box{b}}
	for k := range b.Lo {
		q.Inputs = append(q.Inputs, fmt.Sprint("X_", k))
		below := Form{X: []Term{{k, big.NewRat(1, 1)}}, Offset: new(big.Rat).Neg(b.Hi[k])}
		above := Form{X: []Term{{k, big.NewRat(-1, 1)}}, Offset: b.Lo[k]}
		q.formula.parts = append(q.formula.parts, atom(place{}, below), atom(place{}, above))
	}
	for i := range outputs {
		q.Outputs = append(q.Outputs, fmt.Sprint("Y_", i))
	}
	one := formula{or: true}
	for _, f := range conditions {
		q.Disjuncts = append(q.Disjuncts, Disjunct{Forms: []Form{f}})
		one.parts = append(one.parts, atom(place{}, f))
	}
	q.formula.parts = append(q.formula.parts, one)
	return q
}

// disjoin fills in boxes and disjuncts.
func (q *Query) disjoin() error {
	disjuncts, literals := 1.0, 0.0
	for i := range q.formula.parts { // names the assertion that is one too many
		d, l := q.formula.parts[i].size()
		disjuncts, literals = disjuncts*d, literals*d+l*disjuncts
		if !(max(disjuncts, literals) <= MaxLiterals) {
			return q.formula.parts[i].errorf("with this assertion the disjunction has more than %d comparisons", MaxLiterals)
		}
	}
	boxes := map[string]int{}
	for i, c := range q.formula.clauses() {
		d, box, err := q.split(i, c)
		if err != nil {
			return err
		}
		if box.Lo == nil {
			q.Dropped++
			continue
		}
		key := box.key()
		at, ok := boxes[key]
		if !ok {
			at = len(q.Boxes)
			boxes[key], q.Boxes = at, append(q.Boxes, box)
		}
		d.Box = at
		q.Disjuncts = append(q.Disjuncts, d)
	}
	return nil
}

// split parts the bounds of clause i from its forms. The box has no bounds where nothing satisfies
// the clause.
func (q *Query) split(i int, clause []*Form) (d Disjunct, b Box, err error) {
	b = Box{make([]*big.Rat, len(q.Inputs)), make([]*big.Rat, len(q.Inputs))}
	possible := true
	for _, f := range clause {
		switch {
		case len(f.X) == 0 && len(f.Y) == 0:
			possible = possible && f.Satisfied(nil, nil)
		case len(f.X) == 1 && len(f.Y) == 0:
			if b.cut(*f); f.Strict {
				d.Forms = append(d.Forms, *f)
			}
		default:
			d.Forms = append(d.Forms, *f)
		}
	}
	for k, name := range q.Inputs {
		if b.Lo[k] == nil || b.Hi[k] == nil {
			side := "upper"
			if b.Lo[k] == nil {
				side = "lower"
			}
			return d, b, q.places[k].errorf("%s has no %s bound in alternative %d, expected both bounds of every input", name, side, i+1)
		}
		possible = possible && b.Lo[k].Cmp(b.Hi[k]) <= 0
	}
	if !possible {
		b = Box{}
	}
	return d, b, nil
}

// cut narrows the box by c·x + o ≤ 0.
func (b *Box) cut(f Form) {
	k, c := f.X[0].Index, f.X[0].Coef
	v := new(big.Rat).Quo(f.Offset, c)
	v.Neg(v)
	if c.Sign() > 0 {
		if b.Hi[k] == nil || v.Cmp(b.Hi[k]) < 0 {
			b.Hi[k] = v
		}
	} else if b.Lo[k] == nil || v.Cmp(b.Lo[k]) > 0 {
		b.Lo[k] = v
	}
}

// key is the same for equal boxes alone.
func (b Box) key() string {
	var s strings.Builder
	for k := range b.Lo {
		fmt.Fprintf(&s, "%s %s;", b.Lo[k].RatString(), b.Hi[k].RatString())
	}
	return s.String()
}

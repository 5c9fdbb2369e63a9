package vnnlib

// Numbers and linear expressions.

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// linear is an expression under construction: coefficients of variables, inputs first, and a
// constant.
type linear struct {
	coef   map[int]*big.Rat
	offset *big.Rat
}

// add adds scale times the expression n. Each node is looked at a bounded number of times.
func (p *parser) add(l *linear, scale *big.Rat, n *node) error {
	switch {
	case n.kind == text:
		return n.errorf("%v: expected a number, a variable or (+ …), (- …), (* …)", n)
	case n.kind == list:
		return p.addList(l, scale, n)
	case looksLikeNumber(n):
		v, err := p.number(n)
		if err != nil {
			return err
		}
		return l.put(n, l.offset, v.Mul(v, scale))
	}
	j, err := p.variable(n)
	if err != nil {
		return err
	}
	if l.coef[j] == nil {
		l.coef[j] = new(big.Rat)
	}
	return l.put(n, l.coef[j], scale)
}

// put adds v to one of l's numbers.
func (l *linear) put(n *node, to, v *big.Rat) error {
	to.Add(to, v)
	return short(n, to)
}

func short(n *node, v *big.Rat) error {
	if v.Num().BitLen() > maxBits || v.Denom().BitLen() > maxBits {
		return n.errorf("a number of more than %d bits", maxBits)
	}
	return nil
}

func (p *parser) addList(l *linear, scale *big.Rat, n *node) error {
	op := n.head()
	if op != "+" && op != "-" && op != "*" {
		return n.errorf("%v: expected a number, a variable or (+ …), (- …), (* …)", n)
	}
	args := n.list[1:]
	if len(args) == 0 {
		return n.errorf("(%s) has no arguments", op)
	}
	if op == "*" {
		return p.addProduct(l, scale, n)
	}
	minus := new(big.Rat).Neg(scale)
	for i := range args {
		s := scale
		if op == "-" && (i > 0 || len(args) == 1) {
			s = minus
		}
		if err := p.add(l, s, &args[i]); err != nil {
			return err
		}
	}
	return nil
}

// addProduct multiplies constants into the scale of the one factor that may hold variables.
func (p *parser) addProduct(l *linear, scale *big.Rat, n *node) error {
	var varying *node
	product := new(big.Rat).Set(scale)
	for i := range n.list[1:] {
		f := &n.list[1+i]
		if p.varies(f) {
			if varying != nil {
				return f.errorf("a product of variables, expected one factor with variables at most")
			}
			varying = f
			continue
		}
		c := linear{offset: new(big.Rat)}
		if err := p.add(&c, big.NewRat(1, 1), f); err != nil {
			return err
		}
		if err := short(f, product.Mul(product, c.offset)); err != nil {
			return err
		}
	}
	if varying == nil {
		return l.put(n, l.offset, product)
	}
	return p.add(l, product, varying)
}

// varies says whether n holds a word that is no number where an argument stands.
func (p *parser) varies(n *node) bool {
	if n.kind != list {
		return !looksLikeNumber(n)
	}
	for i := 1; i < len(n.list); i++ {
		if p.varies(&n.list[i]) {
			return true
		}
	}
	return false
}

// looksLikeNumber says whether n can be nothing but a number, well spelled or not.
func looksLikeNumber(n *node) bool {
	return n.kind == word && strings.ContainsRune("+-.0123456789", rune(n.word[0]))
}

// number reads a decimal: digits, a fraction, and in version 1.0 an exponent.
func (p *parser) number(n *node) (*big.Rat, error) {
	if n.square {
		return nil, n.errorf("%v: expected a decimal number", n)
	}
	if p.version == "2.0" && strings.ContainsAny(n.word, "eE") {
		return nil, n.errorf("%v: a number with an exponent, which version 2.0 does not have", n)
	}
	v, err := Decimal(n.word)
	if err != nil {
		return nil, n.errorf("%v: %v", n, err)
	}
	return v, nil
}

// Decimal reads a decimal as a query has it, and nothing else that big.Rat takes for a number:
// digits, perhaps a point and more of them, and perhaps an exponent, each with a minus or without.
func Decimal(text string) (*big.Rat, error) {
	if len(text) > maxDigits {
		return nil, fmt.Errorf("expected a decimal number of at most %d characters", maxDigits)
	}
	mantissa := text
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		exponent := text[i+1:]
		mantissa = text[:i]
		digits := strings.TrimPrefix(strings.TrimPrefix(exponent, "-"), "+")
		if !allDigits(digits) || strings.HasPrefix(exponent, "-+") {
			return nil, errors.New("expected a decimal number, such as -0.5 or 1e-3")
		}
		if e, ok := new(big.Int).SetString(digits, 10); !ok || e.Cmp(big.NewInt(maxExponent)) > 0 {
			return nil, fmt.Errorf("expected an exponent of at most %d", maxExponent)
		}
	}
	whole, fraction, dot := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	if !allDigits(whole) || dot && !allDigits(fraction) {
		return nil, errors.New("expected a decimal number, such as -0.5")
	}
	v, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, errors.New("expected a decimal number")
	}
	return v, nil
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// comparison makes forms of (op a b): p ≤ q is p − q ≤ 0.
func (p *parser) comparison(n *node) (formula, error) {
	op := n.head()
	if len(n.list) != 3 {
		return formula{}, n.errorf("(%s …) has %d arguments, expected 2", op, len(n.list)-1)
	}
	l := linear{coef: map[int]*big.Rat{}, offset: new(big.Rat)}
	one := big.NewRat(1, 1)
	for i, s := range []*big.Rat{one, new(big.Rat).Neg(one)} {
		if err := p.add(&l, s, &n.list[1+i]); err != nil {
			return formula{}, err
		}
	}
	below := l.form(len(p.inputs))
	above := below.negated()
	strictly := func(f Form) Form { f.Strict = true; return f }
	switch op {
	case "<=":
		return atom(n.place, below), nil
	case ">=":
		return atom(n.place, above), nil
	case "<":
		return atom(n.place, strictly(below)), nil
	case ">":
		return atom(n.place, strictly(above)), nil
	case "!=":
		return formula{place: n.place, or: true, parts: []formula{atom(n.place, strictly(below)), atom(n.place, strictly(above))}}, nil
	}
	return formula{place: n.place, parts: []formula{atom(n.place, below), atom(n.place, above)}}, nil
}

// form orders what was summed up.
func (l *linear) form(inputs int) Form {
	f := Form{Offset: l.offset}
	names := make([]int, 0, len(l.coef))
	for j, c := range l.coef {
		if c.Sign() != 0 {
			names = append(names, j)
		}
	}
	slices.Sort(names)
	for _, j := range names {
		if j < inputs {
			f.X = append(f.X, Term{j, l.coef[j]})
		} else {
			f.Y = append(f.Y, Term{j - inputs, l.coef[j]})
		}
	}
	return f
}

// negated returns the form of which every number has the other sign.
func (f Form) negated() Form {
	flip := func(terms []Term) []Term {
		out := make([]Term, len(terms))
		for i, t := range terms {
			out[i] = Term{t.Index, new(big.Rat).Neg(t.Coef)}
		}
		return out
	}
	return Form{X: flip(f.X), Y: flip(f.Y), Offset: new(big.Rat).Neg(f.Offset), Strict: f.Strict}
}

package certificate

// The checker's own reader of VNN-LIB, versions 1.0 and 2.0: from the bytes of a file to a query
// and the formula that it comes from. Package vnnlib, which the search uses, is another reader;
// tests hold them together. What is not understood is refused.

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

const (
	// The limits of what is read: bytes, comparisons in all disjuncts, nesting, characters of a
	// number, its exponent, bits of a coefficient, and inputs or outputs.
	maxSpec, maxLiterals, maxDepth, maxCharacters, maxPower, maxCoefficient, maxVariables = 1 << 26, 1_000_000, 100, 1000, 1000, 1 << 16, 1 << 20
)

// sexp is a word, or a string, or a list in brackets. Words may have indices in square brackets.
type sexp struct {
	word   string
	list   []sexp
	index  []string
	kind   byte // 'w', '"' or '('
	square bool
	line   int64
}

func (s *sexp) is(w string) bool { return s.kind == 'w' && s.word == w && !s.square }

// head returns the word that a list begins with.
func (s *sexp) head() string {
	if s.kind == '(' && len(s.list) > 0 && s.list[0].kind == 'w' && !s.list[0].square {
		return s.list[0].word
	}
	return ""
}

// formula is a comparison, or an and/or of formulas.
type formula struct {
	form  *form
	or    bool
	parts []formula
}

// variable is what a name stands for: output where side is 1, else input, number at; or, with a
// shape, an array of them that begins there.
type variable struct {
	side, at int
	shape    []int
}

// specification is a file that is being read, and then what it says.
type specification struct {
	in    *lines // for its errors
	text  string
	at    int
	two   bool // version 2.0
	names map[string]variable
	// kind is the element type, where it is not that of the reals.
	kind    string
	formula formula
	query
}

// readSpec reads a file. Types of floats are refused unless reals are asked for.
func readSpec(name string, text []byte, reals bool) *specification {
	s := &specification{in: &lines{name: name, line: 1}, text: string(text), names: map[string]variable{}}
	s.in.require(len(text) <= maxSpec, "the file is longer than 64 MiB")
	for start := true; s.peek() != 0; start = false {
		s.in.require(s.peek() == '(', "expected (")
		c := s.sexp(0)
		switch head := c.head(); {
		case head == "vnnlib-version" && start:
			s.two = true
			s.need(&c, len(c.list) == 2 && c.list[1].is("<2.0>"), "expected (vnnlib-version <2.0>)")
		case head == "assert":
			s.need(&c, len(c.list) == 2, "expected one formula in an assertion")
			s.declared(&c)
			s.formula.parts = append(s.formula.parts, s.boolean(&c.list[1], false))
		case head == "declare-const" && !s.two:
			s.need(&c, len(s.formula.parts) == 0, "a declaration behind an assertion")
			s.constant(&c)
		case head == "declare-network" && s.two:
			s.need(&c, s.inputs == 0 && len(s.formula.parts) == 0, "a second network, or one behind an assertion")
			s.declareNetwork(&c, reals)
		default:
			s.need(&c, false, "expected a declaration or an assertion of its version")
		}
	}
	s.in.line = 0
	s.declared(&sexp{})
	s.disjoin()
	return s
}

// need refuses the file at c unless ok.
func (s *specification) need(c *sexp, ok bool, reason string) {
	if !ok {
		s.in.line = c.line
		s.in.require(false, reason)
	}
}

// peek skips white space and comments and returns the next byte, 0 at the end.
func (s *specification) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case '\n':
			s.in.line++
		case ' ', '\t', '\r':
		case ';':
			end := strings.IndexByte(s.text[s.at:], '\n')
			if end < 0 {
				end = len(s.text) - s.at
			}
			s.at += end - 1
		default:
			s.in.require(c != 0, "a zero byte")
			return c
		}
	}
	return 0
}

// plain returns the word that stands here.
func (s *specification) plain() string {
	from := s.at
	for s.at < len(s.text) && s.text[s.at] > ' ' && s.text[s.at] < 0x7f && strings.IndexByte("()[],\";|", s.text[s.at]) < 0 {
		s.at++
	}
	s.in.require(s.at > from, "expected a word of printable ASCII, a number or a bracket")
	return s.text[from:s.at]
}

func (s *specification) sexp(depth int) sexp {
	c := sexp{kind: s.peek(), line: s.in.line}
	s.in.require(depth <= maxDepth, "brackets are nested deeper than 100")
	switch c.kind {
	case '(':
		for s.at++; s.peek() != ')'; {
			c.list = append(c.list, s.sexp(depth+1))
		}
		s.at++
	case '"':
		end := strings.IndexAny(s.text[s.at+1:], "\"\n\\")
		s.in.require(end >= 0 && s.text[s.at+1+end] == '"', "a string without end, or with a \\")
		s.at += end + 2
	default:
		if c.kind, c.word = 'w', s.plain(); s.peek() == '[' {
			c.square = true
			s.at++
			for more := s.peek() != ']'; more; {
				s.peek()
				c.index = append(c.index, s.plain())
				if more = s.peek() == ','; more {
					s.at++
				}
			}
			s.in.require(s.peek() == ']', "expected , or ] in an index")
			s.at++
		}
	}
	return c
}

// size is the number of inputs, or of outputs.
func (s *specification) size(side int) *int { return [2]*int{&s.inputs, &s.outputs}[side] }

// constant declares X_i or Y_i.
func (s *specification) constant(c *sexp) {
	s.need(c, len(c.list) == 3 && c.list[1].kind == 'w' && !c.list[1].square && c.list[2].is("Real"), "expected (declare-const X_0 Real)")
	name := c.list[1].word
	side := strings.IndexByte("XY", name[0])
	i, rest, ok := index([]byte(strings.TrimPrefix(name[1:], "_")), maxVariables)
	s.need(c, side >= 0 && ok && len(rest) == 0 && name[1] == '_' && s.names[name].shape == nil, "expected X_0, X_1, … or Y_0, Y_1, …, once each")
	s.names[name] = variable{side, i, []int{}}
	*s.size(side)++
}

// declared requires that there are inputs and outputs, numbered from 0.
func (s *specification) declared(c *sexp) {
	s.need(c, s.inputs > 0 && s.outputs > 0, "expected inputs and outputs to be declared first")
	if len(s.formula.parts) == 0 {
		for _, v := range s.names {
			s.need(c, v.at < *s.size(v.side), "expected variables to be numbered from 0")
		}
	}
}

// declareNetwork reads (declare-network name (declare-input X Real [5]) (declare-output Y Real
// [5])).
func (s *specification) declareNetwork(c *sexp, reals bool) {
	s.need(c, len(c.list) == 4 && isName(&c.list[1]), "expected the name of a network, an input and an output")
	for side, head := range []string{"declare-input", "declare-output"} {
		d := &c.list[2+side]
		s.need(d, d.head() == head && (len(d.list) == 3 || len(d.list) == 4 && d.list[3].kind == '"') && isName(&d.list[1]) && d.list[2].square && d.list[2].kind == 'w',
			"expected ("+head+" X Real [5])")
		kind := d.list[2].word
		if kind != "Real" && kind != "real" {
			s.need(d, slices.Contains([]string{"float16", "float32", "float64", "bfloat16"}, kind), "expected the type Real")
			s.need(d, reals, "the element type is "+kind+", expected Real: proofs are about the reals, for which one must ask")
			s.kind = kind
		}
		size, shape, name := 1, []int{}, d.list[1].word
		for _, w := range d.list[2].index {
			v, rest, ok := index([]byte(w), maxVariables/size+1)
			s.need(d, ok && len(rest) == 0 && v > 0, "expected sizes that multiply to at most 1048576")
			size, shape = size*v, append(shape, v)
		}
		s.need(d, s.names[name].shape == nil, "a name that is declared twice")
		s.names[name] = variable{side, 0, shape}
		*s.size(side) = size
	}
}

// isName says whether c is a letter with letters, digits and _ behind it.
func isName(c *sexp) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return c.kind == 'w' && !c.square && strings.Trim(c.word, letters+"0123456789_") == "" && strings.IndexByte(letters, c.word[0]) >= 0
}

// boolean reads a formula; with not, its negation.
func (s *specification) boolean(c *sexp, not bool) (f formula) {
	op := c.head()
	switch {
	case op == "and" || op == "or":
		s.need(c, len(c.list) > 1, "expected a formula behind "+op)
		f.or = (op == "or") != not
		for i := range c.list[1:] {
			f.parts = append(f.parts, s.boolean(&c.list[1+i], not))
		}
		return f
	case op == "not" && !s.two:
		s.need(c, len(c.list) == 2, "expected one formula behind not")
		return s.boolean(&c.list[1], !not)
	}
	// The comparison says that below, left − right, is ≤ 0, or that above is, right − left, or
	// both. A negation turns the side and ≤ into <, and both into one of the two.
	equal := op == "=" && !s.two || op == "==" && s.two
	both := equal || op == "!=" && s.two
	s.need(c, (both || slices.Contains([]string{"<=", ">=", "<", ">"}, op)) && len(c.list) == 3, "expected and, or, or a comparison of two, by an operator of its version")
	below := s.difference(&c.list[1], &c.list[2])
	below.strict = (op == "<" || op == ">" || op == "!=") != not
	above := below.negated()
	turned := (op[0] == '>') != not
	if turned {
		below, above = above, below
	}
	if both {
		return formula{or: !equal || not, parts: []formula{{form: below}, {form: above}}}
	}
	return formula{form: below}
}

// difference returns the form left − right.
func (s *specification) difference(left, right *sexp) *form {
	f := &form{offset: new(big.Rat)}
	coefs := map[int]*big.Rat{}
	s.add(f, coefs, big.NewRat(1, 1), left)
	s.add(f, coefs, big.NewRat(-1, 1), right)
	for k, v := range coefs {
		if v.Sign() != 0 {
			f.terms = append(f.terms, term{k, v})
		}
	}
	slices.SortFunc(f.terms, func(a, b term) int { return a.k - b.k })
	return f
}

// negated returns the form of which every number has the other sign.
func (f *form) negated() *form {
	g := &form{offset: new(big.Rat).Neg(f.offset), strict: f.strict}
	for _, t := range f.terms {
		g.terms = append(g.terms, term{t.k, new(big.Rat).Neg(t.coef)})
	}
	return g
}

// add adds scale times an expression to f, whose coefficients are apart.
func (s *specification) add(f *form, coefs map[int]*big.Rat, scale *big.Rat, c *sexp) {
	sum := f.offset
	switch {
	case c.kind == '(':
		s.addList(f, coefs, scale, c)
		return
	case isNumber(c):
		sum.Add(sum, scale.Mul(scale, s.number(c)))
	default:
		k := s.variable(c)
		if coefs[k] == nil {
			coefs[k] = new(big.Rat)
		}
		sum = coefs[k]
		sum.Add(sum, scale)
	}
	s.bounded(c, sum)
}

func (s *specification) bounded(c *sexp, v *big.Rat) {
	s.need(c, v.Num().BitLen() <= maxCoefficient && v.Denom().BitLen() <= maxCoefficient, "a number of more than 65536 bits")
}

func (s *specification) addList(f *form, coefs map[int]*big.Rat, scale *big.Rat, c *sexp) {
	op := c.head()
	s.need(c, (op == "+" || op == "-" || op == "*") && len(c.list) > 1, "expected a number, a variable, or a sum, difference or product")
	var varying *sexp
	product := new(big.Rat).Set(scale)
	for i := range c.list[1:] {
		arg, v := &c.list[1+i], new(big.Rat).Set(scale)
		switch {
		case op != "*":
			if op == "-" && (i > 0 || len(c.list) == 2) {
				v.Neg(v)
			}
			s.add(f, coefs, v, arg)
		case varies(arg):
			s.need(arg, varying == nil, "a product of variables")
			varying = arg
		default:
			factor := form{offset: new(big.Rat)}
			s.add(&factor, nil, big.NewRat(1, 1), arg)
			s.bounded(arg, product.Mul(product, factor.offset))
		}
	}
	if varying != nil {
		s.add(f, coefs, product, varying)
	} else if op == "*" {
		s.bounded(c, f.offset.Add(f.offset, product))
	}
}

// varies says whether c holds a word that is no number where an argument stands.
func varies(c *sexp) bool {
	if c.kind != '(' {
		return !isNumber(c)
	}
	return len(c.list) > 1 && slices.ContainsFunc(c.list[1:], func(a sexp) bool { return varies(&a) })
}

func isNumber(c *sexp) bool {
	return c.kind == 'w' && strings.IndexByte("+-.0123456789", c.word[0]) >= 0
}

// number reads a decimal: digits, a fraction, and in version 1.0 an exponent.
func (s *specification) number(c *sexp) *big.Rat {
	mantissa, power := strings.TrimPrefix(c.word, "-"), "0"
	if e := strings.IndexAny(mantissa, "eE"); e >= 0 && !s.two {
		mantissa, power = mantissa[:e], mantissa[e+1:]
		if power != "" && (power[0] == '-' || power[0] == '+') {
			power = power[1:]
		}
	}
	whole, fraction, point := strings.Cut(mantissa, ".")
	n, value := digits([]byte(strings.TrimLeft(power, "0")))
	s.need(c, !c.square && len(c.word) <= maxCharacters && isDigits(whole) && isDigits(fraction) == point && isDigits(power) && n < 10 && value <= maxPower,
		"expected a decimal number of its version, such as -0.5, of at most 1000 characters")
	v, _ := new(big.Rat).SetString(c.word)
	return v
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// variable returns the index of a variable, inputs first.
func (s *specification) variable(c *sexp) int {
	v, ok := s.names[c.word]
	s.need(c, c.kind == 'w' && ok && len(c.index) == len(v.shape) && c.square == (len(v.shape) > 0), "expected a number, or a variable that is declared, with an index for each of its dimensions")
	at := v.at
	for d, w := range c.index {
		i, rest, ok := index([]byte(w), v.shape[d])
		s.need(c, ok && len(rest) == 0, fmt.Sprintf("expected an index below %d", v.shape[d]))
		at = at*v.shape[d] + i
	}
	return v.side*s.inputs + at
}

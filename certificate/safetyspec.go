package certificate

// The checker's own reader of VNN-LIB, versions 1.0 and 2.0: from the bytes of a file to a query and
// the formula that it comes from. Package vnnlib, which the search uses, is another reader; tests
// hold them together. What is not understood is refused.

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
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

// specification is a file that is being read, and then what it says.
type specification struct {
	in   *lines // for its errors
	text string
	at   int
	two  bool // version 2.0
	// first has the index of a variable, or of the first element of one of version 2.0, which shape
	// belongs to.
	first   map[string]int
	shape   map[string][]int
	network bool
	// kind is the element type, where it is not that of the reals.
	kind    string
	formula formula
	query
}

// readSpec reads a file. Types of floats are refused unless reals are asked for.
func readSpec(name string, text []byte, reals bool) *specification {
	s := &specification{in: &lines{name: name, line: 1}, text: string(text), first: map[string]int{}, shape: map[string][]int{}}
	s.in.require(len(text) <= maxSpec, "the file is longer than 64 MiB")
	sizes := [2]int{}
	for start := true; s.peek() != 0; start = false {
		s.in.require(s.peek() == '(', "expected (")
		c := s.sexp(0)
		switch head := c.head(); {
		case head == "vnnlib-version" && start:
			s.two = true
			s.need(&c, len(c.list) == 2 && c.list[1].is("<2.0>"), "expected (vnnlib-version <2.0>)")
		case head == "assert":
			s.need(&c, len(c.list) == 2, "expected one formula in an assertion")
			s.variables(&c, &sizes)
			s.formula.parts = append(s.formula.parts, s.boolean(&c.list[1]))
		case head == "declare-const" && !s.two:
			s.need(&c, len(s.formula.parts) == 0, "a declaration behind an assertion")
			s.constant(&c, &sizes)
		case head == "declare-network" && s.two:
			s.need(&c, !s.network && len(s.formula.parts) == 0, "a second network, or one behind an assertion")
			s.declareNetwork(&c, &sizes, reals)
		default:
			s.need(&c, false, "expected a declaration or an assertion of its version")
		}
	}
	s.in.line = 0
	s.variables(&sexp{}, &sizes)
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

// constant declares X_i or Y_i.
func (s *specification) constant(c *sexp, sizes *[2]int) {
	s.need(c, len(c.list) == 3 && c.list[1].kind == 'w' && !c.list[1].square && c.list[2].is("Real"), "expected (declare-const X_0 Real)")
	name := c.list[1].word
	side := strings.IndexByte("XY", name[0])
	_, rest, ok := index([]byte(strings.TrimPrefix(name[1:], "_")), maxVariables)
	_, twice := s.first[name]
	s.need(c, side >= 0 && ok && len(rest) == 0 && name[1] == '_' && !twice, "expected X_0, X_1, … or Y_0, Y_1, …, once each")
	s.first[name] = -1
	sizes[side]++
}

// variables numbers the variables, once all are declared.
func (s *specification) variables(c *sexp, sizes *[2]int) {
	s.need(c, sizes[0] > 0 && sizes[1] > 0, "expected inputs and outputs to be declared first")
	for side := 0; !s.two && side < 2; side++ {
		for i := 0; i < sizes[side] && s.inputs == 0; i++ {
			name := "XY"[side:side+1] + "_" + strconv.Itoa(i)
			_, declared := s.first[name]
			s.need(c, declared, "expected variables to be numbered from 0")
			s.first[name] = side*sizes[0] + i
		}
	}
	s.inputs, s.outputs = sizes[0], sizes[1]
}

// declareNetwork reads (declare-network name (declare-input X Real [5]) (declare-output Y Real [5])).
func (s *specification) declareNetwork(c *sexp, sizes *[2]int, reals bool) {
	s.network = true
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
		_, twice := s.first[name]
		s.need(d, !twice, "a name that is declared twice")
		s.first[name], s.shape[name] = side*sizes[0], shape
		sizes[side] = size
	}
}

// isName says whether c is a letter with letters, digits and _ behind it.
func isName(c *sexp) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return c.kind == 'w' && !c.square && strings.Trim(c.word, letters+"0123456789_") == "" && strings.IndexByte(letters, c.word[0]) >= 0
}

// boolean reads a formula.
func (s *specification) boolean(c *sexp) formula {
	op := c.head()
	switch f := (formula{or: op == "or"}); {
	case op == "and" || op == "or":
		s.need(c, len(c.list) > 1, "expected a formula behind "+op)
		for i := range c.list[1:] {
			f.parts = append(f.parts, s.boolean(&c.list[1+i]))
		}
		return f
	case op == "not" && !s.two:
		s.need(c, len(c.list) == 2, "expected one formula behind not")
		f = s.boolean(&c.list[1])
		return f.not()
	}
	equal := op == "=" && !s.two || op == "==" && s.two
	ok := equal || op == "!=" && s.two || slices.Contains([]string{"<=", ">=", "<", ">"}, op)
	s.need(c, ok && len(c.list) == 3, "expected and, or, or a comparison of two, by an operator of its version")
	below := form{offset: new(big.Rat)}
	coefs := map[int]*big.Rat{}
	s.add(&below, coefs, big.NewRat(1, 1), &c.list[1])
	s.add(&below, coefs, big.NewRat(-1, 1), &c.list[2])
	for k, v := range coefs {
		if v.Sign() != 0 {
			below.terms = append(below.terms, term{k, v})
		}
	}
	slices.SortFunc(below.terms, func(a, b term) int { return a.k - b.k })
	below.strict = op == "<" || op == ">" || op == "!="
	above := below.negated()
	switch {
	case equal || op == "!=":
		return formula{or: !equal, parts: []formula{{form: &below}, {form: above}}}
	case op[0] == '<':
		return formula{form: &below}
	}
	return formula{form: above}
}

// negated returns the form of which every number has the other sign.
func (f *form) negated() *form {
	g := &form{offset: new(big.Rat).Neg(f.offset), strict: f.strict}
	for _, t := range f.terms {
		g.terms = append(g.terms, term{t.k, new(big.Rat).Neg(t.coef)})
	}
	return g
}

// not returns the negation of f.
func (f *formula) not() formula {
	if f.form != nil {
		g := f.form.negated()
		g.strict = !g.strict
		return formula{form: g}
	}
	g := formula{or: !f.or}
	for i := range f.parts {
		g.parts = append(g.parts, f.parts[i].not())
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
	rest := strings.TrimPrefix(c.word, "-")
	cut := func() (n int) {
		n, _ = digits([]byte(rest))
		rest = rest[n:]
		return n
	}
	ok := !c.square && len(c.word) <= maxCharacters && cut() > 0
	if ok && strings.HasPrefix(rest, ".") {
		rest = rest[1:]
		ok = cut() > 0
	}
	if ok && !s.two && rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		rest = rest[1:]
		if rest != "" && (rest[0] == '-' || rest[0] == '+') {
			rest = rest[1:]
		}
		_, power := digits([]byte(strings.TrimLeft(rest, "0")))
		ok = len(strings.TrimLeft(rest, "0")) < 10 && power <= maxPower && cut() > 0
	}
	s.need(c, ok && rest == "", "expected a decimal number of its version, such as -0.5, of at most 1000 characters")
	v, _ := new(big.Rat).SetString(c.word)
	return v
}

// variable returns the index of a variable, inputs first.
func (s *specification) variable(c *sexp) int {
	k, ok := s.first[c.word]
	shape := s.shape[c.word]
	s.need(c, c.kind == 'w' && ok && len(c.index) == len(shape) && c.square == (len(shape) > 0), "expected a number, or a variable that is declared, with an index for each of its dimensions")
	at := 0
	for d, w := range c.index {
		i, rest, ok := index([]byte(w), shape[d])
		s.need(c, ok && len(rest) == 0, fmt.Sprintf("expected an index below %d", shape[d]))
		at = at*shape[d] + i
	}
	return k + at
}

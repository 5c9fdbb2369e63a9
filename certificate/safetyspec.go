package certificate

// The checker's own reader of VNN-LIB, versions 1.0 and 2.0: from the bytes of a file to the
// formula that it states. Package vnnlib, which the search uses, is another reader; tests hold them
// together. What is not understood is refused.

import (
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

const (
	// The limits of what is read: bytes, comparisons in all disjuncts, nesting, characters of a
	// number, bits of a coefficient, and inputs or outputs.
	maxSpec, maxLiterals, maxDepth, maxCharacters, maxCoefficient, maxVariables = 1 << 26, 1_000_000, 100, 1000, 1 << 16, 1 << 20
)

// A decimal has an exponent of at most 1000, in version 1.0 alone.
var (
	decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][-+]?0*(1000|[0-9]{1,3}))?$`)
	isName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
)

// variable is what a name stands for: output where side is 1, else input, number at; or, with a
// shape, an array of them.
type variable struct {
	side, at int
	shape    []int
}

// specification is a file that is being read, and then what it says.
type specification struct {
	in    *lines // for its errors
	rest  string // behind the token, which is "" at the end
	token string
	depth int  // of brackets
	two   bool // version 2.0
	names map[string]variable
	// kind is the element type, where it is not that of the reals.
	kind    string
	formula formula
	query
}

// readSpec reads a file. Types of floats are refused unless reals are asked for.
func readSpec(name string, text []byte, reals bool) *specification {
	s := &specification{in: &lines{name: name, line: 1}, rest: string(text), names: map[string]variable{}}
	s.in.require(len(text) <= maxSpec, "the file is longer than 64 MiB")
	s.next()
	for first := true; s.token != ""; first = false {
		declaring := len(s.formula.parts) == 0
		switch head := s.open(); {
		case head == "vnnlib-version" && first:
			s.two = true
			s.expect("<2.0>")
		case head == "assert":
			s.declared()
			s.formula.parts = append(s.formula.parts, s.boolean(false))
		case head == "declare-const" && !s.two && declaring:
			s.constant()
		case head == "declare-network" && s.two && declaring && s.inputs == 0:
			s.network(reals)
		default:
			s.in.require(false, "expected an assertion, or before them all a declaration of its version, and of one network")
		}
		s.close()
	}
	s.in.line = 0
	s.declared()
	s.disjoin()
	return s
}

// next goes to the next token: a bracket, a comma, a string or a word.
func (s *specification) next() {
	const white, marks = " \t\r\n", "()[],"
	before := s.rest
	for s.rest = strings.TrimLeft(s.rest, white); strings.HasPrefix(s.rest, ";"); s.rest = strings.TrimLeft(s.rest, white) {
		s.rest = s.rest[len(strings.SplitN(s.rest, "\n", 2)[0]):]
	}
	s.in.line += int64(strings.Count(before[:len(before)-len(s.rest)], "\n"))
	end := strings.IndexFunc(s.rest, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(marks+"\";|", c) })
	switch {
	case end < 0:
		end = len(s.rest)
	case end == 0 && s.rest[0] == '"':
		end = 2 + strings.IndexAny(s.rest[1:], "\"\n\\")
		s.in.require(end > 1 && s.rest[end-1] == '"', "a string without end, or with a \\")
	case end == 0:
		s.in.require(strings.IndexByte(marks, s.rest[0]) >= 0, "expected a word of printable ASCII, a number or a bracket")
		end = 1
	}
	s.token, s.rest = s.rest[:end], s.rest[end:]
}

// take returns the token and goes to the next.
func (s *specification) take() string {
	t := s.token
	s.next()
	return t
}

func (s *specification) expect(token string) { s.in.require(s.take() == token, "expected "+token) }

// open goes behind a bracket and the word that follows it, which it returns.
func (s *specification) open() string {
	s.depth++
	s.in.require(s.depth <= maxDepth, "brackets are nested deeper than 100")
	s.expect("(")
	return s.take()
}

func (s *specification) close() {
	s.depth--
	s.expect(")")
}

// size is the number of inputs, or of outputs.
func (s *specification) size(side int) *int { return [2]*int{&s.inputs, &s.outputs}[side] }

// declare gives a name its meaning.
func (s *specification) declare(name string, v variable) {
	s.in.require(s.names[name].shape == nil, "a name that is declared twice")
	s.names[name] = v
}

// constant reads the declaration of X_i or Y_i.
func (s *specification) constant() {
	name := s.take()
	letter, number, _ := strings.Cut(name, "_")
	side := slices.Index([]string{"X", "Y"}, letter)
	s.in.require(side >= 0, "expected X_0, X_1, … or Y_0, Y_1, …")
	s.declare(name, variable{side, s.in.index(number, maxVariables, "expected X_0, X_1, … or Y_0, Y_1, …"), []int{}})
	*s.size(side)++
	s.expect("Real")
}

// declared requires that there are inputs and outputs, numbered from 0.
func (s *specification) declared() {
	s.in.require(s.inputs > 0 && s.outputs > 0, "expected inputs and outputs to be declared first")
	if len(s.formula.parts) == 0 {
		for _, v := range s.names {
			s.in.require(v.at < *s.size(v.side), "expected variables to be numbered from 0")
		}
	}
}

// network reads the declaration of name (declare-input X Real [5]) (declare-output Y Real [5]).
func (s *specification) network(reals bool) {
	s.in.require(isName.MatchString(s.take()), "expected a name")
	for side, head := range []string{"declare-input", "declare-output"} {
		s.in.require(s.open() == head, "expected "+head)
		name, size, shape := s.take(), 1, []int{}
		s.in.require(isName.MatchString(name), "expected a name")
		if kind := s.take(); kind != "Real" && kind != "real" {
			s.in.require(slices.Contains([]string{"float16", "float32", "float64", "bfloat16"}, kind), "expected the type Real")
			s.in.require(reals, "the element type is "+kind+", expected Real: proofs are about the reals, for which one must ask")
			s.kind = kind
		}
		s.expect("[")
		for s.token != "]" {
			if len(shape) > 0 {
				s.expect(",")
			}
			n := s.in.index(s.take(), maxVariables/size+1, "expected sizes that multiply to at most 1048576")
			s.in.require(n > 0, "expected sizes other than 0")
			size, shape = size*n, append(shape, n)
		}
		s.expect("]")
		if strings.HasPrefix(s.token, `"`) {
			s.next()
		}
		s.close()
		s.declare(name, variable{side, 0, shape})
		*s.size(side) = size
	}
}

// boolean reads a formula; with not, its negation.
func (s *specification) boolean(not bool) (f formula) {
	switch op := s.open(); {
	case op == "and" || op == "or":
		f.or = (op == "or") != not
		for more := true; more; more = s.token != ")" {
			f.parts = append(f.parts, s.boolean(not))
		}
	case op == "not" && !s.two:
		f = s.boolean(!not)
	default:
		f = s.comparison(op, not)
	}
	s.close()
	return f
}

// comparison reads two sides. It says that below, left − right, is ≤ 0, or that above is, right −
// left, or both. A negation turns the side and ≤ into <, and both into one of the two.
func (s *specification) comparison(op string, not bool) formula {
	equal := op == "=" && !s.two || op == "==" && s.two
	both := equal || op == "!=" && s.two
	s.in.require(both || slices.Contains([]string{"<=", ">=", "<", ">"}, op), "expected and, or, or a comparison of two, by an operator of its version")
	left, right := s.linear(), s.linear()
	if (op[0] == '>') != not {
		left, right = right, left
	}
	s.add(left, right, (*big.Rat).Sub)
	strict := (op == "<" || op == ">" || op == "!=") != not
	below := formula{form: left.form(strict)}
	if !both {
		return below
	}
	above := combination{constant: new(big.Rat)}
	s.add(above, left, (*big.Rat).Sub)
	return formula{or: !equal || not, parts: []formula{below, {form: above.form(strict)}}}
}

// combination has the coefficients of variables, inputs first, also those that are 0 for they
// cancel out, and a constant.
type combination map[int]*big.Rat

const constant = 2 * maxVariables // behind all variables

// form returns the condition that d is ≤ 0, or < 0.
func (d combination) form(strict bool) *form {
	f := &form{offset: d[constant], strict: strict}
	for _, k := range slices.Sorted(maps.Keys(d)) {
		if k != constant && d[k].Sign() != 0 {
			f.terms = append(f.terms, term{k, d[k]})
		}
	}
	return f
}

// add adds b to a, or subtracts it.
func (s *specification) add(a, b combination, sum func(z, x, y *big.Rat) *big.Rat) {
	for k, v := range b {
		if a[k] == nil {
			a[k] = new(big.Rat)
		}
		s.bounded(sum(a[k], a[k], v))
	}
}

func (s *specification) bounded(v *big.Rat) {
	s.in.require(v.Num().BitLen() <= maxCoefficient && v.Denom().BitLen() <= maxCoefficient, "a number of more than 65536 bits")
}

// linear reads an expression.
func (s *specification) linear() combination {
	if s.token != "(" {
		return s.atom()
	}
	op, sum := s.open(), combination{constant: new(big.Rat)}
	product, factor := big.NewRat(1, 1), combination{constant: big.NewRat(1, 1)}
	for n := 0; n == 0 || s.token != ")"; n++ {
		switch arg := s.linear(); {
		case op == "*" && len(arg) == 1:
			s.bounded(product.Mul(product, arg[constant]))
		case op == "*":
			s.in.require(len(factor) == 1, "a product of variables")
			factor = arg
		case op == "-" && (n > 0 || s.token == ")"):
			s.add(sum, arg, (*big.Rat).Sub)
		default:
			s.in.require(op == "+" || op == "-", "expected a number, a variable, or a sum, difference or product")
			s.add(sum, arg, (*big.Rat).Add)
		}
	}
	s.close()
	if op != "*" {
		return sum
	}
	for _, v := range factor {
		s.bounded(v.Mul(v, product))
	}
	return factor
}

// atom reads a number or a variable.
func (s *specification) atom() combination {
	if decimal.MatchString(s.token) {
		s.in.require(len(s.token) <= maxCharacters && !(s.two && strings.ContainsAny(s.token, "eE")),
			"expected a decimal number of its version, such as -0.5, of at most 1000 characters")
		v, _ := new(big.Rat).SetString(s.take())
		return combination{constant: v}
	}
	v, ok := s.names[s.token]
	s.in.require(ok, "expected a number, such as -0.5, or a variable that is declared, with an index for each of its dimensions")
	s.next()
	for d, size := range v.shape {
		s.expect("[,"[min(d, 1) : min(d, 1)+1])
		v.at = v.at*size + s.in.index(s.take(), size, fmt.Sprintf("expected an index below %d", size))
	}
	if len(v.shape) > 0 {
		s.expect("]")
	}
	return combination{constant: new(big.Rat), v.side*s.inputs + v.at: big.NewRat(1, 1)}
}

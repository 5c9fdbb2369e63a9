package query

// The checker's own reader of VNN-LIB, versions 1.0 and 2.0: from the bytes of a file to the
// formula that it states. Package vnnlib, which the search uses, is another reader; tests hold them
// together. What is not understood is refused.

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

const (
	// The limits of what is read: bytes, comparisons in all disjuncts, nesting, characters of a
	// number, bits of a coefficient, and inputs or outputs.
	maxSpec, maxLiterals, maxDepth, maxCharacters, maxCoefficient, maxVariables = 1 << 26, 1_000_000, 100, 1000, 1 << 16, 1 << 20
)

var isName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// dialect is a version of the language. A comparison holds where left − right is below 0: 1, is 0:
// 2, or is above it: 4; > and >= are < and <= of the sides swapped.
type dialect struct {
	decimal     *regexp.Regexp
	comparisons map[string]int
}

// A decimal has an exponent of at most 1000, in version 1.0 alone.
var dialects = [2]dialect{
	{regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][-+]?0*(1000|[0-9]{1,3}))?$`), map[string]int{"<": 1, "<=": 3, ">": 1, ">=": 3, "=": 2}},
	{regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`), map[string]int{"<": 1, "<=": 3, ">": 1, ">=": 3, "==": 2, "!=": 5}},
}

// variable is what a name stands for: output where side is 1, else input, number at; or, with a
// shape, an array of them.
type variable struct {
	side, at int
	shape    []int
}

// Specification is a file that is being read, and then what it says.
type Specification struct {
	*canonical.Verdict
	in    *canonical.Position // for its errors
	rest  string              // behind the token, which is "" at the end
	token string
	depth int // of brackets
	*dialect
	names map[string]variable
	// kind is the element type, where it is not that of the reals.
	Kind    string
	Formula Formula
	Query
}

// ReadSpec reads a file. Types of floats are refused unless reals are asked for.
func ReadSpec(v *canonical.Verdict, name string, text []byte, reals bool) *Specification {
	s := &Specification{Verdict: v, in: &canonical.Position{File: name, Line: 1}, rest: string(text), dialect: &dialects[0], names: map[string]variable{}}
	s.in.Require(len(text) <= maxSpec, "the file is longer than 64 MiB")
	s.take()
	for first := true; s.token != ""; first = false {
		one, declaring := s.dialect == &dialects[0], len(s.Formula.parts) == 0
		switch head := s.open(); {
		case head == "vnnlib-version" && first:
			s.dialect = &dialects[1]
			s.expect("<2.0>")
		case head == "assert":
			s.declared()
			s.Formula.parts = append(s.Formula.parts, s.boolean(false))
		case head == "declare-const" && one && declaring:
			s.constant()
		case head == "declare-network" && !one && declaring && s.Inputs == 0:
			s.network(reals)
		default:
			s.in.Require(false, "expected an assertion, or before them all a declaration of its version, and of one network")
		}
		s.close()
	}
	s.in.Line = 0
	s.declared()
	s.disjoin()
	return s
}

// Fits requires that so many inputs and outputs are declared.
func (s *Specification) Fits(inputs, outputs int) {
	s.in.Require(s.Inputs == inputs && s.Outputs == outputs,
		fmt.Sprintf("%d inputs and %d outputs are declared, expected %d and %d, as many as the network has", s.Inputs, s.Outputs, inputs, outputs))
}

// take returns the token and goes to the next: a bracket, a comma, a string, a word or the end.
func (s *Specification) take() (token string) {
	s.Stop()
	const white, marks = " \t\r\n", "()[],"
	rest := strings.TrimLeft(s.rest, white)
	for ; strings.HasPrefix(rest, ";"); rest = strings.TrimLeft(rest, white) {
		_, after, _ := strings.Cut(rest, "\n")
		rest = after
	}
	s.in.Line += int64(strings.Count(s.rest[:len(s.rest)-len(rest)], "\n"))
	end := strings.IndexFunc(rest, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(marks+"\";|", c) })
	if end < 0 {
		end = len(rest)
	} else if end == 0 {
		if end = 1; rest[0] == '"' {
			end = 2 + strings.IndexAny(rest[1:], "\"\n\\")
		}
		s.in.Require(end > 1 && rest[end-1] == '"' || end == 1 && strings.IndexByte(marks, rest[0]) >= 0,
			"expected a word of printable ASCII, a number, a bracket, or a string with an end and without a \\")
	}
	token, s.token, s.rest = s.token, rest[:end], rest[end:]
	return token
}

func (s *Specification) expect(token string) { s.in.Require(s.take() == token, "expected "+token) }

// open goes behind a bracket and the word that follows it, which it returns.
func (s *Specification) open() string {
	s.depth++
	s.in.Require(s.depth <= maxDepth, "brackets are nested deeper than 100")
	s.expect("(")
	return s.take()
}

func (s *Specification) close() {
	s.depth--
	s.expect(")")
}

// size is the number of inputs, or of outputs.
func (s *Specification) size(side int) *int { return [2]*int{&s.Inputs, &s.Outputs}[side] }

// declare gives a name its meaning.
func (s *Specification) declare(name string, v variable) {
	s.in.Require(s.names[name].shape == nil, "a name that is declared twice")
	s.names[name] = v
}

// constant reads the declaration of X_i or Y_i.
func (s *Specification) constant() {
	name := s.take()
	letter, number, _ := strings.Cut(name, "_")
	side := slices.Index([]string{"X", "Y"}, letter)
	s.in.Require(side >= 0, "expected X_0, X_1, … or Y_0, Y_1, …")
	s.declare(name, variable{side, s.in.Index(number, maxVariables, "expected X_0, X_1, … or Y_0, Y_1, …"), []int{}})
	*s.size(side)++
	s.expect("Real")
}

// declared requires that there are inputs and outputs, numbered from 0.
func (s *Specification) declared() {
	s.in.Require(s.Inputs > 0 && s.Outputs > 0, "expected inputs and outputs to be declared first")
	if len(s.Formula.parts) == 0 {
		for _, v := range s.names {
			s.in.Require(v.at < *s.size(v.side), "expected variables to be numbered from 0")
		}
	}
}

// network reads the declaration of name (declare-input X Real [5]) (declare-output Y Real [5]).
func (s *Specification) network(reals bool) {
	s.in.Require(isName.MatchString(s.take()), "expected a name")
	for side, head := range []string{"declare-input", "declare-output"} {
		s.in.Require(s.open() == head, "expected "+head)
		name, size, shape := s.take(), 1, []int{}
		s.in.Require(isName.MatchString(name), "expected a name")
		if kind := s.take(); kind != "Real" && kind != "real" {
			s.in.Require(slices.Contains([]string{"float16", "float32", "float64", "bfloat16"}, kind), "expected the type Real")
			s.in.Require(reals, "the element type is "+kind+", expected Real: proofs are about the reals, for which one must ask")
			s.Kind = kind
		}
		s.expect("[")
		for s.token != "]" {
			if len(shape) > 0 {
				s.expect(",")
			}
			n := s.in.Index(s.take(), maxVariables/size+1, "expected sizes that multiply to at most 1048576")
			s.in.Require(n > 0, "expected sizes other than 0")
			size, shape = size*n, append(shape, n)
		}
		s.expect("]")
		if strings.HasPrefix(s.token, `"`) {
			s.take()
		}
		s.close()
		s.declare(name, variable{side, 0, shape})
		*s.size(side) = size
	}
}

// boolean reads a formula; with not, its negation.
func (s *Specification) boolean(not bool) (f Formula) {
	switch op := s.open(); {
	case op == "and" || op == "or":
		f.Or = (op == "or") != not
		for more := true; more; more = s.token != ")" {
			f.parts = append(f.parts, s.boolean(not))
		}
	case op == "not" && s.dialect == &dialects[0]:
		f = s.boolean(!not)
	default:
		f = s.comparison(op, not)
	}
	s.close()
	return f
}

// comparison reads two sides. Where the sides are swapped, < stands for >.
func (s *Specification) comparison(op string, not bool) (f Formula) {
	holds := s.comparisons[op]
	s.in.Require(holds != 0, "expected and, or, or a comparison of two, by an operator of its version")
	left, right := s.linear(), s.linear()
	if (op[0] == '>') != not {
		left, right = right, left
	}
	if not {
		holds = [...]int{1: 3, 2: 5, 3: 1, 5: 2}[holds]
	}
	s.add(left, right, (*big.Rat).Sub)
	strict := holds&2 == 0
	if f = (Formula{Or: holds == 5, parts: []Formula{{form: left.form(strict)}}}); holds == 2 || holds == 5 {
		above := Combination{Constant: new(big.Rat)}
		s.add(above, left, (*big.Rat).Sub)
		f.parts = append(f.parts, Formula{form: above.form(strict)})
	}
	return f
}

// add adds b to a, or what else sum says.
func (s *Specification) add(a, b Combination, sum sum) {
	num, den := a.Add(b, sum)
	s.in.Require(max(num, den) <= maxCoefficient, "a number of more than 65536 bits")
}

// linear reads an expression. Coefficients that are 0, for they cancel out, are of variables too.
func (s *Specification) linear() Combination {
	if s.token != "(" {
		return s.atom()
	}
	op, sum := s.open(), Combination{Constant: new(big.Rat)}
	if op == "*" {
		sum[Constant].SetInt64(1)
	}
	for n := 0; n == 0 || s.token != ")"; n++ {
		arg, add := s.linear(), (*big.Rat).Add
		switch {
		case op == "*":
			if len(arg) == 1 {
				sum, arg = arg, sum
			}
			s.in.Require(len(sum) == 1, "a product of variables")
			add, sum = Multiples(sum[Constant]), Combination{}
		case op == "-" && (n > 0 || s.token == ")"):
			add = (*big.Rat).Sub
		default:
			s.in.Require(op == "+" || op == "-", "expected a number, a variable, or a sum, difference or product")
		}
		s.add(sum, arg, add)
	}
	s.close()
	return sum
}

// atom reads a number or a variable.
func (s *Specification) atom() Combination {
	if len(s.token) <= maxCharacters && s.decimal.MatchString(s.token) {
		v, _ := new(big.Rat).SetString(s.take())
		return Combination{Constant: v}
	}
	v, ok := s.names[s.token]
	s.in.Require(ok, "expected a decimal number of its version, such as -0.5, of at most 1000 characters, or a variable that is declared, with an index for each of its dimensions")
	s.take()
	for d, size := range v.shape {
		s.expect("[,"[min(d, 1) : min(d, 1)+1])
		v.at = v.at*size + s.in.Index(s.take(), size, fmt.Sprintf("expected an index below %d", size))
	}
	if len(v.shape) > 0 {
		s.expect("]")
	}
	return Combination{Constant: new(big.Rat), v.side*s.Inputs + v.at: big.NewRat(1, 1)}
}

package vnnlib

// The commands of both versions: declarations and assertions.

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// parser is a file being read.
type parser struct {
	version, element string
	reals            bool
	inputs, outputs  []string
	// declared has the index of each variable, inputs first: of version 1.0 its own, of version 2.0
	// its first element's.
	declared map[string]int
	shapes   map[string][]int // of version 2.0
	names1   [2]map[int]place // of version 1.0, while they are declared: inputs, outputs
	asserts  []node
	network  bool
	places   []place // where the inputs are declared
}

// Read reads a query. An error is an *Error where a place in the file is to blame.
func Read(r io.Reader, opt Options) (*Query, error) {
	s, err := newScanner(r)
	if err != nil {
		return nil, err
	}
	p := &parser{version: "1.0", element: "Real", reals: opt.Reals, declared: map[string]int{}, shapes: map[string][]int{},
		names1: [2]map[int]place{{}, {}}}
	first := true
	for s.peek() != 0 || s.at < len(s.text) {
		if c := s.peek(); c != '(' {
			return nil, s.here.errorf("unexpected %q, expected (", rune(c))
		}
		n, err := s.node(0)
		if err != nil {
			return nil, err
		}
		if err := p.command(&n, first); err != nil {
			return nil, err
		}
		first = false
	}
	if err := p.settle(s.here); err != nil {
		return nil, err
	}
	return p.query()
}

func (p *parser) command(n *node, first bool) error {
	head := n.head()
	switch {
	case head == "vnnlib-version" && first:
		if len(n.list) != 2 || !n.list[1].is("<2.0>") {
			return n.errorf("expected (vnnlib-version <2.0>), the one version that names itself and is read")
		}
		p.version = "2.0"
		return nil
	case head == "assert":
		if len(n.list) != 2 {
			return n.errorf("(assert …) has %d arguments, expected 1", len(n.list)-1)
		}
		p.asserts = append(p.asserts, n.list[1])
		return nil
	case head == "declare-const" && p.version == "1.0":
		return p.constant(n)
	case head == "declare-network" && p.version == "2.0":
		return p.declareNetwork(n)
	}
	if p.version == "1.0" {
		return n.errorf("%v: expected (declare-const …) or (assert …), or (vnnlib-version <2.0>) first of all", n)
	}
	return n.errorf("%v: expected (declare-network …) or (assert …)", n)
}

// constant declares X_i or Y_i.
func (p *parser) constant(n *node) error {
	if len(n.list) != 3 || n.list[1].kind != word || n.list[1].square {
		return n.errorf("expected (declare-const X_0 Real)")
	}
	name, typ := &n.list[1], &n.list[2]
	if !typ.is("Real") {
		return typ.errorf("%v: expected the type Real", typ)
	}
	if len(p.asserts) > 0 {
		return n.errorf("%s is declared behind an assertion, expected declarations first", name.word)
	}
	side := strings.Index("XY", name.word[:1])
	digits, ok := strings.CutPrefix(name.word[1:], "_")
	i, err := strconv.Atoi(digits)
	if side < 0 || !ok || err != nil || i < 0 || strconv.Itoa(i) != digits || i >= maxVariables {
		return name.errorf("%v: expected an input X_0, X_1, … or an output Y_0, Y_1, …", name)
	}
	if _, twice := p.names1[side][i]; twice {
		return name.errorf("%s is declared twice", name.word)
	}
	p.names1[side][i] = name.place
	return nil
}

// declareNetwork reads (declare-network name (declare-input X Real [5]) (declare-output Y Real
// [5])).
func (p *parser) declareNetwork(n *node) error {
	if p.network {
		return n.errorf("a second network, expected one")
	}
	if len(p.asserts) > 0 {
		return n.errorf("a network behind an assertion, expected it first")
	}
	p.network = true
	if len(n.list) < 2 || n.list[1].kind != word || !isName(n.list[1].word) || n.list[1].square {
		return n.errorf("expected (declare-network name …)")
	}
	for i := range n.list[2:] {
		d := &n.list[2+i]
		switch d.head() {
		case "declare-input":
			if p.inputs != nil || p.outputs != nil {
				return d.errorf("a second input, or one behind the output; expected one input, then one output")
			}
		case "declare-output":
			if p.inputs == nil || p.outputs != nil {
				return d.errorf("a second output, or one before the input; expected one input, then one output")
			}
		default:
			return d.errorf("%v: expected (declare-input …) or (declare-output …), one each", d)
		}
		if err := p.tensor(d); err != nil {
			return err
		}
	}
	return nil
}

// tensor declares the elements of an input or output.
func (p *parser) tensor(d *node) error {
	if len(d.list) < 3 || len(d.list) > 4 || d.list[1].kind != word || !d.list[2].square || d.list[1].square || len(d.list) == 4 && d.list[3].kind != text {
		return d.errorf(`expected (%s X Real [5]), or with the name in the ONNX file, (%[1]s X Real [5] "name")`, d.head())
	}
	name, typ := &d.list[1], &d.list[2]
	if _, twice := p.declared[name.word]; twice || !isName(name.word) {
		return name.errorf("%v: expected a new name of letters, digits and _", name)
	}
	if err := p.elementType(typ); err != nil {
		return err
	}
	size, shape := 1, []int{}
	for i := range typ.index {
		v, ok := natural(typ.index[i].word)
		if !ok || v == 0 || v > maxVariables/size {
			return typ.index[i].errorf("%v: expected sizes that multiply to at most %d", &typ.index[i], maxVariables)
		}
		size, shape = size*v, append(shape, v)
	}
	p.declared[name.word], p.shapes[name.word] = len(p.inputs), shape
	names := make([]string, size)
	for i := range names {
		if names[i] = element(name.word, shape, i); p.inputs == nil {
			p.places = append(p.places, name.place)
		}
	}
	if d.head() == "declare-input" {
		p.inputs = names
	} else {
		p.outputs = names
	}
	return nil
}

func (p *parser) elementType(typ *node) error {
	switch t := typ.word; {
	case t == "Real" || t == "real":
		return nil
	case !slices.Contains([]string{"float16", "float32", "float64", "bfloat16"}, t):
		return typ.errorf("%v: expected the element type Real", typ)
	case !p.reals:
		return &Error{typ.line, typ.column, fmt.Sprintf("the element type is %s, expected Real: answers are about the reals, for which one must ask", t), true}
	default:
		p.element = t
		return nil
	}
}

// element spells element i of a tensor.
func element(name string, shape []int, i int) string {
	if len(shape) == 0 {
		return name
	}
	at := make([]string, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		at[d] = strconv.Itoa(i % shape[d])
		i /= shape[d]
	}
	return name + "[" + strings.Join(at, ",") + "]"
}

// settle numbers the variables once all are declared.
func (p *parser) settle(end place) error {
	if p.version == "1.0" {
		for side, letter := range []string{"X_", "Y_"} {
			names := make([]string, len(p.names1[side]))
			for i := range names {
				names[i] = letter + strconv.Itoa(i)
				if _, ok := p.names1[side][i]; !ok {
					return end.errorf("%s is not declared, but %d variables %s… are, expected them to be numbered from 0", names[i], len(names), letter)
				}
				p.declared[names[i]] = len(p.inputs) + i
				if side == 0 {
					p.places = append(p.places, p.names1[side][i])
				}
			}
			if side == 0 {
				p.inputs = names
			} else {
				p.outputs = names
			}
		}
	}
	if len(p.inputs) == 0 || len(p.outputs) == 0 {
		return end.errorf("no inputs or no outputs are declared, expected both")
	}
	return nil
}

// variable returns the index of a variable, inputs first.
func (p *parser) variable(n *node) (int, error) {
	first, ok := p.declared[n.word]
	if !ok {
		return 0, n.errorf("%v: expected a number or a variable that is declared", n)
	}
	if n.square && p.version == "1.0" {
		return 0, n.errorf("%s has an index, which version 1.0 does not have", n.word)
	}
	shape := p.shapes[n.word]
	if len(n.index) != len(shape) || n.square && len(n.index) == 0 {
		return 0, n.errorf("%s has %d indices, expected %d", n.word, len(n.index), len(shape))
	}
	at := 0
	for d := range n.index {
		i, ok := natural(n.index[d].word)
		if !ok || i >= shape[d] {
			return 0, n.index[d].errorf("%v: expected an index below %d", &n.index[d], shape[d])
		}
		at = at*shape[d] + i
	}
	return first + at, nil
}

// query makes the query of what was read.
func (p *parser) query() (*Query, error) {
	q := &Query{Version: p.version, Type: p.element, Inputs: p.inputs, Outputs: p.outputs, places: p.places}
	for i := range p.asserts {
		f, err := p.boolean(&p.asserts[i])
		if err != nil {
			return nil, err
		}
		q.formula.parts = append(q.formula.parts, f)
	}
	if err := q.disjoin(); err != nil {
		return nil, err
	}
	return q, nil
}

func (p *parser) boolean(n *node) (formula, error) {
	f := formula{place: n.place}
	switch op := n.head(); op {
	case "and", "or":
		f.or = op == "or"
		if len(n.list) == 1 {
			return f, n.errorf("(%s) has no arguments", op)
		}
		for i := range n.list[1:] {
			g, err := p.boolean(&n.list[1+i])
			if err != nil {
				return f, err
			}
			f.parts = append(f.parts, g)
		}
		return f, nil
	case "not":
		if p.version == "1.0" && len(n.list) == 2 {
			g, err := p.boolean(&n.list[1])
			if err != nil {
				return f, err
			}
			return g.not(), nil
		}
	case "<=", ">=", "<", ">":
		return p.comparison(n)
	case "=":
		if p.version == "1.0" {
			return p.comparison(n)
		}
	case "==", "!=":
		if p.version == "2.0" {
			return p.comparison(n)
		}
	}
	if p.version == "1.0" {
		return f, n.errorf("%v: expected and, or, not or a comparison by <=, >=, <, > or =", n)
	}
	return f, n.errorf("%v: expected and, or or a comparison by <=, >=, <, >, == or !=", n)
}

// natural reads a whole number in its one spelling.
func natural(s string) (int, bool) {
	v, err := strconv.Atoi(s)
	return v, err == nil && v >= 0 && strconv.Itoa(v) == s
}

// isName says whether s is a letter with letters, digits and _ behind it.
func isName(s string) bool {
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

package extremum

// Forms of outputs, as users write them: "y0 - y1", "2*y0 + 0.5 y3 - 1", "(y0 + y1)/2".

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/vnnlib"
)

// Form is Σ C_i·y_i + Offset, one coefficient for each output.
type Form struct {
	C      []*big.Rat
	Offset *big.Rat
}

// maxText bounds a form as text, and maxBits the parts of a fraction that products make.
const (
	maxText = 1 << 16
	maxBits = 1 << 16
)

// ParseForm reads a linear form as one writes it, exactly: outputs y0, y1, …, decimals, + and -,
// products and quotients by numbers, brackets: "y0 + y1/3", "(y0 + y1)/2", "2 y0 - 1e-3". An error
// names the column and what was expected.
func ParseForm(text string, outputs int) (Form, error) {
	if strings.TrimSpace(text) == "" || len(text) > maxText {
		return Form{}, fmt.Errorf("%d bytes, expected a form such as y0 - y1, of at most %d", len(text), maxText)
	}
	p := &formParser{outputs: outputs}
	at := 1
	for text != "" {
		m := formToken.FindString(text)
		p.words, p.columns = append(p.words, m), append(p.columns, at)
		at += utf8.RuneCountInString(m)
		text = text[len(m):]
		n := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
		at, text = at+n, text[n:]
	}
	if p.words[0] == "" { // spaces before the first word
		p.words, p.columns = p.words[1:], p.columns[1:]
	}
	l, err := p.sum()
	if err == nil && p.word() != "" {
		err = p.expected("an operator")
	}
	if err != nil {
		return Form{}, err
	}
	f := Form{C: make([]*big.Rat, outputs), Offset: l.offset}
	for i := range f.C {
		if f.C[i] = l.c[i]; f.C[i] == nil {
			f.C[i] = new(big.Rat)
		}
	}
	return f, nil
}

// formToken is a number, an output, or any other sign.
var formToken = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|[yY][ _]?[0-9]+|[^ \t\r\n]|)`)

// formParser reads words by recursive descent.
type formParser struct {
	outputs int
	words   []string
	columns []int
}

// word is the next one, "" at the end.
func (p *formParser) word() string {
	if len(p.words) == 0 {
		return ""
	}
	switch w := p.words[0]; w {
	case "−":
		return "-"
	case "·":
		return "*"
	default:
		return w
	}
}

func (p *formParser) next() { p.words, p.columns = p.words[1:], p.columns[1:] }

// expected says that the next word is not what.
func (p *formParser) expected(what string) error {
	if len(p.words) == 0 {
		return fmt.Errorf("it ends where %s was expected", what)
	}
	return p.at(p.columns[0], fmt.Errorf("%q, expected %s, as in 2*y0 - y1/3 + 0.5", p.words[0], what))
}

func (p *formParser) at(column int, err error) error {
	return fmt.Errorf("column %d: %w", column, err)
}

// sum is terms with + or − between, the first with a sign or without.
func (p *formParser) sum() (linear, error) {
	total := newLinear()
	for sign := p.word(); ; sign = p.word() {
		if sign == "+" || sign == "-" {
			p.next()
		}
		l, err := p.product()
		if err != nil {
			return total, err
		}
		if sign == "-" {
			l = l.times(big.NewRat(-1, 1))
		}
		total.add(l)
		if w := p.word(); w != "+" && w != "-" {
			return total, nil
		}
	}
}

// product is factors with *, / or, behind a number, nothing between, from the left to the right; at
// most one of them is no number.
func (p *formParser) product() (linear, error) {
	l, err := p.factor()
	for err == nil {
		op := p.word()
		switch {
		case op == "*" || op == "/":
			p.next()
		case l.constant() && op != "" && strings.ContainsAny(op[:1], "yY("):
			op = "*"
		default:
			return l, nil
		}
		column := 0
		if len(p.columns) > 0 {
			column = p.columns[0]
		}
		var m linear
		if m, err = p.factor(); err == nil {
			if l, err = l.by(op, m); err != nil {
				err = p.at(column, err)
			}
		}
	}
	return l, err
}

// factor is a number, an output, or a sum in brackets.
func (p *formParser) factor() (linear, error) {
	l, w := newLinear(), p.word()
	switch {
	case w == "(":
		column := p.columns[0]
		p.next()
		l, err := p.sum()
		if err == nil && p.word() != ")" {
			err = p.expected(fmt.Sprintf("the ) of the ( in column %d", column))
		}
		if err == nil {
			p.next()
		}
		return l, err
	case w != "" && '0' <= w[0] && w[0] <= '9':
		v, err := number(w)
		if err != nil {
			return l, p.at(p.columns[0], fmt.Errorf("%.20q: %w", w, err))
		}
		l.offset = v
	case len(w) > 1 && (w[0] == 'y' || w[0] == 'Y'):
		i, err := strconv.Atoi(strings.TrimLeft(w[1:], " _"))
		if err != nil || i >= p.outputs {
			return l, p.at(p.columns[0], fmt.Errorf("%.20q, expected %s", w, p.known()))
		}
		l.c[i] = big.NewRat(1, 1)
	default:
		return l, p.expected("a number, an output or a bracket")
	}
	p.next()
	return l, nil
}

// known says which outputs there are.
func (p *formParser) known() string {
	if p.outputs == 1 {
		return "y0, the only output"
	}
	return fmt.Sprintf("an output from y0 to y%d", p.outputs-1)
}

// number reads a decimal, with an exponent as a query has it.
func number(text string) (*big.Rat, error) {
	if strings.ContainsAny(text, "eE") {
		return vnnlib.Decimal(text)
	}
	return dyadic.ParseRat(text), nil
}

// linear is a form with coefficients of outputs that it has: a network may have many more.
type linear struct {
	c      map[int]*big.Rat // none is 0
	offset *big.Rat
}

func newLinear() linear { return linear{map[int]*big.Rat{}, new(big.Rat)} }

// constant says that no output is in the form.
func (l linear) constant() bool { return len(l.c) == 0 }

func (l linear) add(m linear) {
	l.offset.Add(l.offset, m.offset)
	for i, v := range m.c {
		if l.c[i] == nil {
			l.c[i] = new(big.Rat)
		}
		if l.c[i].Add(l.c[i], v).Sign() == 0 {
			delete(l.c, i)
		}
	}
}

// times returns v·l.
func (l linear) times(v *big.Rat) linear {
	m := newLinear()
	m.offset.Mul(l.offset, v)
	for i, c := range l.c {
		if v.Sign() != 0 {
			m.c[i] = new(big.Rat).Mul(c, v)
		}
	}
	return m
}

// by returns l·m or l/m.
func (l linear) by(op string, m linear) (product linear, err error) {
	switch {
	case op == "/" && !m.constant():
		return l, errors.New("a quotient by outputs, expected one by a number")
	case op == "/" && m.offset.Sign() == 0:
		return l, errors.New("a quotient by 0, expected another number")
	case op == "/":
		product = l.times(new(big.Rat).Inv(m.offset))
	case l.constant():
		product = m.times(l.offset)
	case m.constant():
		product = l.times(m.offset)
	default:
		return l, errors.New("a product of outputs, expected one by a number")
	}
	for _, v := range append(slices.Collect(maps.Values(product.c)), product.offset) {
		if max(v.Num().BitLen(), v.Denom().BitLen()) > maxBits {
			return l, fmt.Errorf("a number of more than %d bits, expected a shorter one", maxBits)
		}
	}
	return product, nil
}

// Neg returns −f.
func (f Form) Neg() Form {
	g := Form{C: make([]*big.Rat, len(f.C)), Offset: new(big.Rat).Neg(f.Offset)}
	for i, c := range f.C {
		g.C[i] = new(big.Rat).Neg(c)
	}
	return g
}

// At returns the form's value at outputs y.
func (f Form) At(y []*big.Rat) *big.Rat {
	v := new(big.Rat).Set(f.Offset)
	for i, c := range f.C {
		v.Add(v, new(big.Rat).Mul(c, y[i]))
	}
	return v
}

// over returns den·f(W·x + b), den > 0, for W and b in integers times 2^exp: den in the same scale.
func (f Form) over(rows [][]*big.Int, exp int) (row []*big.Int, den *big.Rat) {
	common := new(big.Int).Set(f.Offset.Denom())
	var g, t big.Int
	for _, c := range f.C {
		g.GCD(nil, nil, common, c.Denom())
		common.Mul(common, t.Quo(c.Denom(), &g))
	}
	// The integers of the rows are 2^−exp times as large; the offset must follow.
	shift := 0
	if exp > 0 {
		shift = exp
	}
	row = make([]*big.Int, len(rows[0]))
	for k := range row {
		row[k] = new(big.Int)
		for i, c := range f.C {
			if c.Sign() != 0 {
				t.Mul(c.Num(), g.Quo(common, c.Denom()))
				row[k].Add(row[k], t.Mul(&t, rows[i][k]))
			}
		}
		row[k].Lsh(row[k], uint(shift))
	}
	t.Mul(f.Offset.Num(), g.Quo(common, f.Offset.Denom()))
	last := row[len(row)-1]
	last.Add(last, t.Lsh(&t, uint(shift-exp)))
	den = new(big.Rat).SetInt(g.Lsh(common, uint(shift-exp)))
	return row, den
}

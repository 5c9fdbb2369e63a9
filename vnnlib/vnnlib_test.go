package vnnlib

import (
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const (
	one1 = "(declare-const X_0 Real)\n(declare-const Y_0 Real)\n(assert (>= X_0 -1))(assert (<= X_0 1))\n"
	two2 = "(vnnlib-version <2.0>)\n(declare-network f (declare-input x Real [1,2]) (declare-output y Real []))\n" +
		"(assert (and (>= x[0,0] -1) (<= x[0,0] 1) (>= x [0, 1] 0) (<= x[0,1] 0.5)))\n"
)

// spell writes a query in the words of the documentation.
func spell(q *Query) string {
	var s strings.Builder
	for _, d := range q.Disjuncts {
		s.WriteString("box")
		for k := range q.Inputs {
			b := q.Boxes[d.Box]
			fmt.Fprintf(&s, " %s %s", b.Lo[k].RatString(), b.Hi[k].RatString())
		}
		for _, f := range d.Forms {
			op := "<="
			if f.Strict {
				op = "<"
			}
			fmt.Fprintf(&s, "; %s", op)
			for _, t := range f.X {
				fmt.Fprintf(&s, " %s:%s", q.Inputs[t.Index], t.Coef.RatString())
			}
			for _, t := range f.Y {
				fmt.Fprintf(&s, " %s:%s", q.Outputs[t.Index], t.Coef.RatString())
			}
			fmt.Fprintf(&s, " %s", f.Offset.RatString())
		}
		s.WriteString("\n")
	}
	return s.String()
}

func TestQueriesAsTheyAreRead(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"touching":                  {one1 + "(assert (<= Y_0 0))", "box -1 1; <= Y_0:1 0\n"},
		"at least":                  {one1 + "(assert (>= Y_0 0.1))", "box -1 1; <= Y_0:-1 1/10\n"},
		"strict":                    {one1 + "(assert (< Y_0 -0.25))", "box -1 1; < Y_0:1 1/4\n"},
		"exponents":                 {one1 + "(assert (> Y_0 25e-2))(assert (> Y_0 1E+1))", "box -1 1; < Y_0:-1 1/4; < Y_0:-1 10\n"},
		"equality is two forms":     {one1 + "(assert (= Y_0 X_0))", "box -1 1; <= X_0:-1 Y_0:1 0; <= X_0:1 Y_0:-1 0\n"},
		"not":                       {one1 + "(assert (not (or (<= Y_0 0) (> Y_0 X_0))))", "box -1 1; < Y_0:-1 0; <= X_0:-1 Y_0:1 0\n"},
		"arithmetic":                {one1 + "(assert (<= (+ (* 2 (- X_0 0.5 X_0) 3) (- Y_0)) (- 0.5)))", "box -1 1; <= Y_0:-1 -5/2\n"},
		"or of boxes":               {one1 + "(assert (or (and (<= X_0 0) (<= Y_0 1)) (>= X_0 0) (and (<= X_0 0) (<= Y_0 2))))", "box -1 0; <= Y_0:1 -1\nbox 0 1\nbox -1 0; <= Y_0:1 -2\n"},
		"distributed":               {one1 + "(assert (or (<= Y_0 1) (<= Y_0 2)))(assert (or (<= Y_0 3) (<= Y_0 4)))", "box -1 1; <= Y_0:1 -1; <= Y_0:1 -3\nbox -1 1; <= Y_0:1 -1; <= Y_0:1 -4\nbox -1 1; <= Y_0:1 -2; <= Y_0:1 -3\nbox -1 1; <= Y_0:1 -2; <= Y_0:1 -4\n"},
		"a fixed input":             {one1 + "(assert (= X_0 0.1))", "box 1/10 1/10\n"},
		"a scaled bound":            {one1 + "(assert (<= (* -4 X_0) 1))", "box -1/4 1\n"},
		"a strict bound":            {one1 + "(assert (< X_0 0.5))", "box -1 1/2; < X_0:1 -1/2\n"},
		"an empty box":              {one1 + "(assert (>= X_0 2))", ""},
		"a false comparison":        {one1 + "(assert (or (< 1 1) (<= Y_0 0)))", "box -1 1; <= Y_0:1 0\n"},
		"a true comparison":         {one1 + "(assert (<= Y_0 Y_0))", "box -1 1\n"},
		"version 2":                 {two2 + "(assert (== y x[0,1]))", "box -1 1 0 1/2; <= x[0,1]:-1 y:1 0; <= x[0,1]:1 y:-1 0\n"},
		"unequal is less or more":   {two2 + "(assert (!= y 1))", "box -1 1 0 1/2; < y:1 -1\nbox -1 1 0 1/2; < y:-1 1\n"},
		"comments, names, a string": {strings.Replace(two2, "Real []", `Real [] "out ; put"`, 1) + "; (nothing\n(assert (<= y 1))", "box -1 1 0 1/2; <= y:1 -1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := Read(strings.NewReader(c.text), Options{})
			require.NoError(t, err)
			require.Equal(t, c.want, spell(q))
		})
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a chain":                   {one1 + "(assert (<= 0 Y_0 1))", "line 4, column 9: (<= …) has 3 arguments, expected 2"},
		"brackets left open":        {one1 + "(assert (<= Y_0 1)", "line 4, column 19: the file ends inside of brackets"},
		"brackets too many":         {one1 + "(assert (<= Y_0 1)))", "line 4, column 20: unexpected ')'"},
		"a padded index":            {"(declare-const X_01 Real)", "line 1, column 16: X_01: expected an input"},
		"a signed index":            {"(declare-const X_+1 Real)", "line 1, column 16: X_+1: expected an input"},
		"another letter":            {"(declare-const Z_1 Real)", "line 1, column 16: Z_1: expected an input"},
		"a fraction":                {one1 + "(assert (<= Y_0 1/3))", "line 4, column 17: 1/3: expected a decimal number"},
		"digits with _":             {one1 + "(assert (<= Y_0 1_0))", "line 4, column 17: 1_0: expected a decimal number"},
		"hexadecimal":               {one1 + "(assert (<= Y_0 0x1))", "0x1: expected a decimal number"},
		"a bare point":              {one1 + "(assert (<= Y_0 .5))", ".5: expected a decimal number"},
		"a plus sign":               {one1 + "(assert (<= Y_0 +5))", "+5: expected a decimal number"},
		"a vast exponent":           {one1 + "(assert (<= Y_0 1e999999999999))", "expected an exponent of at most 1000"},
		"Int":                       {"(declare-const X_0 Int)", "line 1, column 20: Int: expected the type Real"},
		"push":                      {one1 + "(push 1)", "line 4, column 1: (push …): expected"},
		"let":                       {one1 + "(assert (let ((a 1)) (<= Y_0 1)))", "(let …): expected and, or, not or a comparison"},
		"ite":                       {one1 + "(assert (<= Y_0 (ite 1 2 3)))", "(ite …): expected a number, a variable"},
		"implication":               {one1 + "(assert (=> (<= Y_0 1) (<= Y_0 2)))", "(=> …): expected and, or, not"},
		"a product":                 {one1 + "(assert (<= (* Y_0 X_0) 1))", "a product of variables"},
		"a gap":                     {"(declare-const X_1 Real)(declare-const Y_0 Real)", "X_0 is not declared"},
		"declared twice":            {"(declare-const X_0 Real)(declare-const X_0 Real)", "X_0 is declared twice"},
		"no outputs":                {"(declare-const X_0 Real)", "no inputs or no outputs"},
		"no bound":                  {one1[:strings.Index(one1, "(assert (<=")] + "(assert (<= Y_0 0))", "line 1, column 16: X_0 has no upper bound in alternative 1"},
		"an unknown name":           {one1 + "(assert (<= Y_1 0))", "line 4, column 13: Y_1: expected a number or a variable"},
		"an index in version 1":     {one1 + "(assert (<= Y_0[0] 0))", "Y_0 has an index"},
		"an empty or":               {one1 + "(assert (or))", "(or) has no arguments"},
		"deep brackets":             {one1 + "(assert " + strings.Repeat("(and ", 200), "nested deeper than 100"},
		"other letters":             {one1 + "(assert (<= Y_0 ½))", "line 4, column 17: unexpected"},
		"version 3":                 {"(vnnlib-version <3.0>)", "line 1, column 1: expected (vnnlib-version <2.0>)"},
		"an exponent in version 2":  {two2 + "(assert (<= y 1e-3))", "1e-3: a number with an exponent"},
		"not in version 2":          {two2 + "(assert (not (<= y 1)))", "(not …): expected and, or or a comparison"},
		"= in version 2":            {two2 + "(assert (= y 1))", "(= …): expected and, or or a comparison"},
		"== in version 1":           {one1 + "(assert (== Y_0 1))", "(== …): expected and, or, not or"},
		"an index out of range":     {two2 + "(assert (<= x[1,0] 1))", "line 4, column 15: 1: expected an index below 1"},
		"too few indices":           {two2 + "(assert (<= x[1] 1))", "x has 1 indices, expected 2"},
		"a scalar with an index":    {two2 + "(assert (<= y[0] 1))", "y has 1 indices, expected 0"},
		"hidden":                    {`(vnnlib-version <2.0>)(declare-network f (declare-hidden h Real [1] "h"))`, "(declare-hidden …): expected (declare-input …)"},
		"another network":           {two2[:strings.Index(two2, "(assert")] + "(declare-network g)", "a second network"},
		"float32 unasked":           {strings.Replace(two2, "Real [1,2]", "float32 [1,2]", 1), "line 2, column 37: the element type is float32, expected Real"},
		"int8":                      {strings.Replace(two2, "Real [1,2]", "int8 [1,2]", 1), "int8: expected the element type Real"},
		"a string without end":      {"(vnnlib-version <2.0>)(declare-network f (declare-input x Real [1] \"a\n\"", "a string without end"},
		"more than a million":       {one1 + strings.Repeat("(assert (or (<= Y_0 0) (<= Y_0 1)))", 30), "the disjunction has more than 1000000"},
		"numbers that are too long": {one1 + "(assert (<= Y_0 (* " + strings.Repeat("1e1000 ", 100) + ")))", "more than 65536 bits"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.text), Options{})
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestFloatTypesAreReadAsRealsWhereThatIsAskedFor(t *testing.T) {
	q, err := Read(strings.NewReader(strings.ReplaceAll(two2, "Real", "float32")), Options{Reals: true})
	require.NoError(t, err)
	require.Equal(t, []string{"float32", "2.0"}, []string{q.Type, q.Version})
	require.NoError(t, q.Fits(2, 1))
	require.ErrorContains(t, q.Fits(3, 1), "inputs: 2 are declared, expected 3")
	require.ErrorContains(t, q.Fits(2, 2), "outputs: 1 are declared, expected 2")
}

// TestDisjunctsAreTheFormula: at every point, some disjunct holds if and only if the formula does.
func TestDisjunctsAreTheFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var formula func(depth int) string
		side := rapid.SampledFrom([]string{"X_0", "X_1", "Y_0", "0.5", "-1", "1e-1", "(+ X_0 Y_0)", "(* 2 X_1)", "(- X_1 Y_0 1)"})
		formula = func(depth int) string {
			if depth == 0 || rapid.Bool().Draw(t, "leaf") {
				op := rapid.SampledFrom([]string{"<=", ">=", "<", ">", "="}).Draw(t, "op")
				return fmt.Sprintf("(%s %s %s)", op, side.Draw(t, "left"), side.Draw(t, "right"))
			}
			op := rapid.SampledFrom([]string{"and", "or", "not"}).Draw(t, "op")
			s := "(" + op
			n := 1
			if op != "not" {
				n = rapid.IntRange(1, 3).Draw(t, "n")
			}
			for range n {
				s += " " + formula(depth-1)
			}
			return s + ")"
		}
		text := "(declare-const Y_0 Real)(declare-const X_1 Real)(declare-const X_0 Real)" +
			"(assert (and (<= X_0 1) (>= X_0 -1) (<= X_1 1) (>= X_1 -1)))(assert " + formula(3) + ")"
		q, err := Read(strings.NewReader(text), Options{})
		require.NoError(t, err)
		number := rapid.Custom(func(t *rapid.T) *big.Rat { return big.NewRat(rapid.Int64Range(-12, 12).Draw(t, "n"), 10) })
		x, y := []*big.Rat{number.Draw(t, "x"), number.Draw(t, "x")}, []*big.Rat{number.Draw(t, "y")}
		require.Equal(t, q.Satisfied(x, y), inSomeDisjunct(q, x, y), text)
	})
}

func inSomeDisjunct(q *Query, x, y []*big.Rat) bool {
	for _, d := range q.Disjuncts {
		ok := true
		for k := range x {
			ok = ok && x[k].Cmp(q.Boxes[d.Box].Lo[k]) >= 0 && x[k].Cmp(q.Boxes[d.Box].Hi[k]) <= 0
		}
		for _, f := range d.Forms {
			ok = ok && f.Satisfied(x, y)
		}
		if ok {
			return true
		}
	}
	return false
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{one1, two2, one1 + "(assert (or (and (<= Y_0 1e-3)) (not (= X_0 (* 2 0.5)))))", two2 + "(assert (!= y (- x[0,1])))"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		q, err := Read(strings.NewReader(string(data)), Options{Reals: true})
		var at *Error
		if err != nil {
			require.Nil(t, q, "a query beside an error")
			if errors.As(err, &at) {
				require.Positive(t, at.Line)
				require.Positive(t, at.Column)
			}
			return
		}
		zero := new(big.Rat)
		x, y := make([]*big.Rat, len(q.Inputs)), make([]*big.Rat, len(q.Outputs))
		for k := range x {
			x[k] = zero
		}
		for k := range y {
			y[k] = zero
		}
		require.Equal(t, q.Satisfied(x, y), inSomeDisjunct(q, x, y))
	})
}

// TestPublicQueries reads those of public benchmarks that lie beside the checkout.
func TestPublicQueries(t *testing.T) {
	found, err := filepath.Glob(filepath.Join("..", "..", "shared", "safety", "*", "vnnlib", "*.vnnlib"))
	require.NoError(t, err)
	if len(found) == 0 {
		t.Skip("no folder shared/safety beside the project")
	}
	for _, path := range found {
		f, err := os.Open(path)
		require.NoError(t, err)
		q, err := Read(f, Options{})
		require.NoError(t, f.Close())
		require.NoError(t, err, path)
		require.NotEmpty(t, q.Disjuncts, path)
	}
}

func TestAQueryOfABoxIsThatOfItsText(t *testing.T) {
	text := "(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(declare-const Y_1 Real)(declare-const Y_2 Real)" +
		"(assert (<= X_0 1.5))(assert (>= X_0 -0.25))(assert (<= X_1 2))(assert (>= X_1 1))" +
		"(assert (or (<= (- Y_0 Y_2) 0) (<= (+ Y_1 3) 0)))"
	want, err := Read(strings.NewReader(text), Options{})
	require.NoError(t, err)
	r := func(a, b int64) *big.Rat { return big.NewRat(a, b) }
	got := In(Box{Lo: []*big.Rat{r(-1, 4), r(1, 1)}, Hi: []*big.Rat{r(3, 2), r(2, 1)}}, 3, []Form{
		{Y: []Term{{0, r(1, 1)}, {2, r(-1, 1)}}, Offset: new(big.Rat)},
		{Y: []Term{{1, r(1, 1)}}, Offset: r(3, 1)},
	})
	require.NoError(t, got.Fits(2, 3))
	show := func(q *Query) string {
		return fmt.Sprint(q.Version, q.Type, q.Inputs, q.Outputs, q.Boxes, len(q.Disjuncts))
	}
	require.Equal(t, show(want), show(got))
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int, name string) (x []*big.Rat) {
			for _, v := range rapid.SliceOfN(rapid.Int64Range(-16, 16), n, n).Draw(t, name) {
				x = append(x, r(v, 4))
			}
			return x
		}
		x, y := draw(2, "x"), draw(3, "y")
		require.Equal(t, want.Satisfied(x, y), got.Satisfied(x, y))
		for i := range want.Disjuncts {
			require.Equal(t, want.Disjuncts[i].Forms[0].Value(x, y).RatString(), got.Disjuncts[i].Forms[0].Value(x, y).RatString())
		}
	})
}

package query

// The checker's reader of VNN-LIB held against package vnnlib: the same query of what both read,
// and what one refuses, the other does.

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/vnnlib"
)

// readBoth reads a text with both readers; they agree.
func readBoth(t require.TestingT, text string, reals bool) (*Specification, *vnnlib.Query) {
	v := canonical.NewVerdict(context.Background())
	var s *Specification
	v.Guard(func() { s = ReadSpec(v, "spec", []byte(text), reals) })
	q, err := vnnlib.Read(bytes.NewReader([]byte(text)), vnnlib.Options{Reals: reals})
	if err != nil {
		require.Error(t, v.Err(), "vnnlib refuses: %v\n%s", err, text)
		return nil, nil
	}
	require.NoError(t, v.Err(), text)
	require.Equal(t, []int{len(q.Inputs), len(q.Outputs)}, []int{s.Inputs, s.Outputs})
	require.Equal(t, queryLines(q), s.Lines(), text)
	require.Equal(t, q.Type != "Real", s.Kind != "")
	return s, q
}

// queryLines spells a query of package vnnlib as docs/safety-proof.md does.
func queryLines(q *vnnlib.Query) []string {
	out := []string{fmt.Sprintf("query %d %d", len(q.Boxes), len(q.Disjuncts))}
	for _, b := range q.Boxes {
		line := "box"
		for k := range b.Lo {
			line += " " + b.Lo[k].RatString() + " " + b.Hi[k].RatString()
		}
		out = append(out, line)
	}
	for _, d := range q.Disjuncts {
		line := fmt.Sprint("or ", d.Box)
		for _, f := range d.Forms {
			line += map[bool]string{false: "; <=", true: "; <"}[f.Strict]
			for _, t := range f.X {
				line += fmt.Sprintf(" x%d:%s", t.Index, t.Coef.RatString())
			}
			for _, t := range f.Y {
				line += fmt.Sprintf(" y%d:%s", t.Index, t.Coef.RatString())
			}
			line += " " + f.Offset.RatString()
		}
		out = append(out, line)
	}
	return out
}

// drawFormula draws a formula of either version.
func drawFormula(t *rapid.T, two bool, depth int) string {
	vars := []string{"X_0", "X_1", "Y_0", "Y_1"}
	equal, ops := "=", []string{"and", "or", "not"}
	if two {
		vars, equal, ops = []string{"in[0]", "in[1]", "out[0,0]", "out[ 0 , 1 ]"}, "==", []string{"and", "or"}
	}
	var side func(depth int) string
	side = func(depth int) string {
		switch rapid.IntRange(0, 6).Draw(t, "side") {
		case 0, 1, 2:
			return rapid.SampledFrom(vars).Draw(t, "var")
		case 3, 4:
			return rapid.SampledFrom([]string{"0", "1", "-0.5", "0.10", "2", "007", "-0"}).Draw(t, "number")
		}
		if depth == 0 {
			return "1"
		}
		op := rapid.SampledFrom([]string{"+", "-", "*"}).Draw(t, "op")
		s := "(" + op
		for range rapid.IntRange(1, 3).Draw(t, "n") {
			s += " " + side(depth-1)
		}
		return s + ")"
	}
	if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
		ops = []string{"<=", ">=", "<", ">", equal}
		if two {
			ops = append(ops, "!=")
		}
		return fmt.Sprintf("(%s %s %s)", rapid.SampledFrom(ops).Draw(t, "op"), side(2), side(2))
	}
	op := rapid.SampledFrom(ops).Draw(t, "op")
	n := rapid.IntRange(1, 3).Draw(t, "n")
	if op == "not" {
		n = 1
	}
	s := "(" + op
	for range n {
		s += " " + drawFormula(t, two, depth-1)
	}
	return s + ")"
}

const (
	head1 = "(declare-const Y_0 Real) (declare-const X_1 Real); a comment (\n(declare-const X_0 Real)(declare-const Y_1 Real)\n" +
		"(assert (and (<= X_0 1) (>= X_0 -1) (<= X_1 1e0)))(assert (>= X_1 -1.5))\n"
	head2 = "(vnnlib-version <2.0>)\n(declare-network f (declare-input in Real [2]) (declare-output out real [1,2] \"a ; name\"))\n" +
		"(assert (and (<= in[0] 1) (>= in[0] -1) (<= in[1] 1) (>= in[1] -1.5)))\n"
)

func drawSpec(t *rapid.T) string {
	two, text := rapid.Bool().Draw(t, "2.0"), head1
	if two {
		text = head2
	}
	for range rapid.IntRange(1, 2).Draw(t, "assertions") {
		text += "(assert " + drawFormula(t, two, 3) + ")\n"
	}
	return text
}

func TestSpecsAreReadAsByVNNLIB(t *testing.T) {
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		s, q := readBoth(t, drawSpec(t), false)
		if s == nil {
			return // a product of variables
		}
		read++
		number := rapid.Custom(func(t *rapid.T) *big.Rat { return big.NewRat(rapid.Int64Range(-4, 4).Draw(t, "p"), 2) })
		x, y := rapid.SliceOfN(number, 2, 2).Draw(t, "x"), rapid.SliceOfN(number, 2, 2).Draw(t, "y")
		require.Equal(t, q.Satisfied(x, y), s.Formula.Holds(append(append([]*big.Rat(nil), x...), y...), func() {}))
	})
	require.NotZero(t, read)
}

func TestMutatedSpecsAreReadAsByVNNLIB(t *testing.T) {
	pieces := []string{"(", ")", "[", "]", ",", "\"", "; ", "\n", " ", "0", "1", "-", "+", ".", "e", "_", "X_0", "X_01", "X_+1", "Y_2", "1/3", "1_0", "0x1", "1e3", "1e-1001", "Int", "Bool", "float32",
		"and", "or", "not", "<=", "==", "=", "!=", "<", "assert", "(push 1)", "(let", "ite", "=>", "*", "in", "in[0]", "out[0,2]", "out[0]", "\x00", "é", "|", "declare-hidden", "(or)", "()"}
	rapid.Check(t, func(t *rapid.T) {
		text := drawSpec(t)
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			i := rapid.IntRange(0, len(text)).Draw(t, "at")
			j := min(len(text), i+rapid.IntRange(0, 6).Draw(t, "cut"))
			text = text[:i] + rapid.SampledFrom(append(pieces, "")).Draw(t, "piece") + text[j:]
		}
		readBoth(t, text, rapid.Bool().Draw(t, "reals"))
	})
}

func TestSpecsThatAreRefused(t *testing.T) {
	assert := func(f string) string { return head1 + "(assert " + f + ")" }
	assert2 := func(f string) string { return head2 + "(assert " + f + ")" }
	for _, text := range []string{
		"", "(", ")", assert("(<= 0 Y_0 1)"), assert("(<= Y_0 1)") + ")", head1 + "(assert (<= Y_0 1)", "(declare-const X_01 Real)" + head1, "(declare-const X_+1 Real)" + head1,
		assert("(<= Y_0 1/3)"), assert("(<= Y_0 1_0)"), assert("(<= Y_0 0x1)"), assert("(<= Y_0 .5)"), assert("(<= Y_0 5.)"), assert("(<= Y_0 +5)"), assert("(<= Y_0 1e1001)"), assert("(<= Y_0 --1)"),
		strings.Replace(head1, "Y_0 Real", "Y_0 Int", 1), strings.Replace(head1, "Y_0 Real", "Y_0 Bool", 1), head1 + "(push 1)", head1 + "(pop 1)", head1 + "(reset)", head1 + "(check-sat)",
		assert("(let ((a 1)) (<= Y_0 1))"), assert("(<= Y_0 (ite 1 2 3))"), assert("(=> (<= Y_0 1) (<= Y_0 2))"), assert("(<= (* Y_0 X_0) 1)"), assert("(<= (* Y_0 Y_0) 1)"),
		"(declare-const X_1 Real)(declare-const Y_0 Real)", "(declare-const X_0 Real)" + head1, "(declare-const X_0 Real)", strings.Replace(head1, "(>= X_0 -1)", "(>= Y_0 -1)", 1),
		assert("(<= Y_2 0)"), assert("(<= Y_0[0] 0)"), assert("(or)"), assert("(and)"), assert("(not)"), assert("()"), assert("Y_0"), assert("(<= Y_0 \"a\")"), assert("(<= Y_0)"), assert("(<= Y_0 ½)"),
		assert(strings.Repeat("(and ", 200) + "(<= Y_0 1)" + strings.Repeat(")", 200)), "(vnnlib-version <3.0>)" + head1, "(vnnlib-version <2.0>)" + head1, head1 + head1, head2 + head2,
		assert2("(<= out[0,0] 1e-3)"), assert2("(not (<= out[0,0] 1))"), assert2("(= out[0,0] 1)"), assert("(== Y_0 1)"), assert("(!= Y_0 1)"), assert2("(<= out[0,2] 1)"), assert2("(<= out[1,0] 1)"),
		assert2("(<= out[00,0] 1)"), assert2("(<= out[0] 1)"), assert2("(<= out 1)"), assert2("(<= in[] 1)"), strings.Replace(head2, "(declare-output", "(declare-hidden h Real [1] \"h\") (declare-output", 1),
		strings.Replace(head2, "Real [2]", "float32 [2]", 1), strings.Replace(head2, "Real [2]", "int8 [2]", 1), strings.Replace(head2, "Real [2]", "Real [0]", 1), strings.Replace(head2, "out real", "in real", 1),
		strings.Replace(head2, "\"a ; name\"", "\"a\n\"", 1), head1 + strings.Repeat("(assert (or (<= Y_0 0) (<= Y_0 1)))", 30), assert("(<= Y_0 (* " + strings.Repeat("1e1000 ", 100) + "))"),
		assert("(<= Y_0 " + strings.Repeat("1", 1001) + ")"), assert("(<= Y_0 1)") + "(declare-const X_2 Real)", head1 + "\x00", head1 + "X_0",
	} {
		s, _ := readBoth(t, text, false)
		require.Nil(t, s, "%.200s", text)
	}
	s, _ := readBoth(t, strings.Replace(head2, "Real [2]", "float32 [2]", 1), true)
	require.Equal(t, "float32", s.Kind)
	s, _ = readBoth(t, head1+"(assert (or (<= Y_0 0) (>= X_0 2)))", false)
	require.Equal(t, []string{"query 1 1", "box -1 1 -3/2 1", "or 0; <= y0:1 0"}, s.Lines())
}

func FuzzSpec(f *testing.F) {
	for _, s := range []string{head1, head2, "(declare-const X_0 Real)\n(declare-const Y_0 Real)\n(assert (>= X_0 -1))\n(assert (<= X_0 0.5))\n(assert (or (<= Y_0 -0.25) (> Y_0 1)))\n", head1 + "(assert (or (not (= Y_0 (- 1 X_0))) (<= (* 2 Y_1) 1e-2)))", head2 + "(assert (!= out[0,1] 1))"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, text string, reals bool) { readBoth(t, text, reals) })
}

// TestPublicSpecs reads the queries of public benchmarks that lie beside the checkout.
func TestPublicSpecs(t *testing.T) {
	found, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "..", "shared", "safety", "*", "vnnlib", "*.vnnlib"))
	require.NoError(t, err)
	if len(found) == 0 {
		t.Skip("no folder shared/safety beside the project")
	}
	for _, path := range found {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		s, _ := readBoth(t, string(text), false)
		require.NotNil(t, s, path)
	}
}

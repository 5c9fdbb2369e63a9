// Package vnnlib reads queries about one network in the format VNN-LIB, versions 1.0 and 2.0.
//
// A query asks for a point x and the network's output y that satisfy a formula. The formula is an
// and/or of linear comparisons of inputs and outputs; its numbers are decimals, which are kept
// exactly as fractions. [Read] turns it into a disjunction (its disjunctive normal form): each
// [Disjunct] is a closed box of the inputs and conditions on inputs and outputs.
//
//	q, err := vnnlib.Read(file, vnnlib.Options{})
//	if err != nil { … }                        // names line and column
//	for _, d := range q.Disjuncts { use(q.Boxes[d.Box], d.Forms) }
//	q.Satisfied(x, y)                          // the formula itself, exactly
//
// The order of everything is that of the file, so that two readers of a file derive one query:
// disjuncts in the order in which "and" is distributed over "or", the first assertion varying
// slowest; boxes by first use; variables of a form ascending, once, and with coefficients that are
// not 0; forms unscaled. A comparison of one input alone is a bound of the box, and, where it is
// strict, a form as well. A comparison without variables is decided at once. A disjunct whose box
// is empty (lo > hi) or that holds a false comparison is dropped, before anything is numbered.
//
// [In] makes a query of a box and conditions, without a text and its limits.
//
// What is not understood is an error, never skipped. Everything has a limit: the length of the
// file, the depth of brackets, the length of numbers and the size of the disjunction.
package vnnlib

import (
	"fmt"
	"math/big"
)

// The limits of what is read.
const (
	// MaxBytes is the longest file.
	MaxBytes = 1 << 26
	// MaxLiterals is the largest number of comparisons in all disjuncts together.
	MaxLiterals = 1_000_000
	// maxDepth is the deepest nesting of brackets.
	maxDepth = 100
	// maxDigits is the longest spelling of a number, and maxExponent its largest exponent.
	maxDigits, maxExponent = 1000, 1000
	// maxBits is the length of the numerator or denominator of any coefficient.
	maxBits = 1 << 16
	// maxVariables is the largest number of inputs, and of outputs.
	maxVariables = 1 << 20
)

// Options says how to read. The zero value takes a file by its word.
type Options struct {
	// Reals reads a query of version 2.0 over a floating-point type as one over the reals. The
	// query's Type still names the file's type. Without Reals such a file is an error.
	Reals bool
}

// Query is a question about a network: is there a point in a disjunct?
type Query struct {
	// Version is "1.0" or "2.0".
	Version string
	// Type is the element type that the file names: "Real", or a floating-point type that was read
	// as the reals.
	Type string
	// Inputs and Outputs are the variables as the file spells them, in the order of the network's.
	Inputs, Outputs []string
	// Boxes are the distinct boxes of the disjuncts.
	Boxes []Box
	// Disjuncts are the alternatives; none where the formula is false for want of a box.
	Disjuncts []Disjunct
	// Dropped is the number of alternatives that no point satisfies whatever the network is.
	Dropped int

	formula formula
	places  []place // where the inputs are declared
}

// Box is the closed box Π[Lo_k, Hi_k], Lo ≤ Hi, one bound for each input.
type Box struct{ Lo, Hi []*big.Rat }

// Disjunct is satisfied by the points of a box that satisfy all forms.
type Disjunct struct {
	// Box is the index of the box in Query.Boxes.
	Box int
	// Forms are conditions, in the order of the file.
	Forms []Form
}

// Form is the condition Σ X_i·x + Σ Y_i·y + Offset ≤ 0, or < 0 where it is strict.
type Form struct {
	X, Y   []Term
	Offset *big.Rat
	Strict bool
}

// Term is a coefficient, not 0, of the variable of an index.
type Term struct {
	Index int
	Coef  *big.Rat
}

// Value returns the value of the form at input x and output y.
func (f Form) Value(x, y []*big.Rat) *big.Rat {
	v, t := new(big.Rat).Set(f.Offset), new(big.Rat)
	for _, m := range f.X {
		v.Add(v, t.Mul(m.Coef, x[m.Index]))
	}
	for _, m := range f.Y {
		v.Add(v, t.Mul(m.Coef, y[m.Index]))
	}
	return v
}

// Satisfied reports whether the form's condition holds at input x and output y.
func (f Form) Satisfied(x, y []*big.Rat) bool {
	s := f.Value(x, y).Sign()
	return s < 0 || s == 0 && !f.Strict
}

// Satisfied reports whether input x and output y, one number for each variable, satisfy the formula
// of the file. It does not look at the disjuncts.
func (q *Query) Satisfied(x, y []*big.Rat) bool { return q.formula.satisfied(x, y) }

// Fits says whether the query is about networks of so many inputs and outputs.
func (q *Query) Fits(inputs, outputs int) error {
	if len(q.Inputs) != inputs {
		return fmt.Errorf("inputs: %d are declared, expected %d, as many as the network has", len(q.Inputs), inputs)
	}
	if len(q.Outputs) != outputs {
		return fmt.Errorf("outputs: %d are declared, expected %d, as many as the network has", len(q.Outputs), outputs)
	}
	return nil
}

// Error is what is wrong with a file.
type Error struct {
	// Line and Column are 1-based; columns count bytes.
	Line, Column int
	// Problem says what was found and what was expected.
	Problem string
	// Type says that the problem is a floating-point type, which Options.Reals would let pass.
	Type bool
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

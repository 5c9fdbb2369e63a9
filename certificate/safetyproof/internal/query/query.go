package query

// The query that a proof of safety is about, in its one spelling. docs/safety-proof.md has the
// spelling.

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/fractions"
)

const (
	// maxDisjuncts bounds the disjuncts, maxNumbers the numbers of a query, and maxQuery its bytes.
	maxDisjuncts, maxNumbers, maxQuery = 1_000_000, 1 << 22, 1 << 28
)

// Disjunct is a box with conditions.
type Disjunct struct {
	Box   int
	Forms []Form
}

// Query is a disjunction. A box has lo_1 hi_1 lo_2 hi_2 ….
type Query struct {
	Inputs, Outputs int
	Boxes           [][]*big.Rat
	Disjuncts       []Disjunct
	numbers, bytes  int // of a query that is read
}

func (q *Query) disjunctText(d *Disjunct) string {
	s := fmt.Append(nil, "or ", d.Box)
	for _, f := range d.Forms {
		s = append(s, map[bool]string{true: "; <", false: "; <="}[f.Strict]...)
		for _, k := range f.Names() {
			switch s = append(s, ' '); {
			case k < q.Inputs:
				s = fmt.Appendf(s, "x%d:", k)
			case k < Constant:
				s = fmt.Appendf(s, "y%d:", k-q.Inputs)
			}
			s = append(s, f.Combination[k].RatString()...)
		}
	}
	return string(s)
}

// Lines returns the query as a proof has it.
func (q *Query) Lines() []string {
	out := []string{fmt.Sprintf("query %d %d", len(q.Boxes), len(q.Disjuncts))}
	for _, ends := range q.Boxes {
		out = append(out, "box "+fractions.Text(ends))
	}
	for i := range q.Disjuncts {
		out = append(out, q.disjunctText(&q.Disjuncts[i]))
	}
	return out
}

// Expect requires that the lines from "query" to the last disjunct are those of this query, which
// a specification gives.
func (q *Query) Expect(in *canonical.Lines) {
	for _, line := range q.Lines() {
		in.Require(string(in.Next()) == line, "this is another query: the specification gives "+line[:min(len(line), 100)])
	}
}

// Read reads the lines from "query" to the last disjunct, of a network of so many inputs and
// outputs. That they are in their one spelling is seen when they are written again. It is read
// until stop ends it.
func Read(in *canonical.Lines, inputs, outputs int, stop func()) *Query {
	head, b, d := string(in.Next()), 0, 0
	_, err := fmt.Sscanf(head, "query %d %d", &b, &d)
	in.Require(err == nil && head == fmt.Sprintf("query %d %d", b, d) && 0 <= b && b <= d && d <= maxDisjuncts && (b > 0) == (d > 0),
		"expected \"query\" and the numbers of boxes and disjuncts, a million at most")
	q := &Query{Inputs: inputs, Outputs: outputs}
	seen := map[string]bool{}
	for range b {
		stop()
		q.readBox(in, seen)
	}
	for used := 0; d > 0; d-- {
		stop()
		q.readDisjunct(in, used)
		used = max(used, q.Disjuncts[len(q.Disjuncts)-1].Box+1)
		in.Require(d > 1 || used == b, "the disjuncts leave a box unused")
	}
	return q
}

func (q *Query) readBox(in *canonical.Lines, seen map[string]bool) {
	line := in.After("box ", "expected \"box\" and its ends")
	q.room(in, line)
	var ends []*big.Rat
	for _, w := range strings.Split(line, " ") {
		ends = append(ends, q.rational(in, w))
	}
	in.Require(len(ends) == 2*q.Inputs && fractions.Text(ends) == line && !seen[line], "expected a new box: two numbers for each input, in lowest terms")
	for k := 0; k < len(ends); k += 2 {
		in.Require(ends[k].Cmp(ends[k+1]) <= 0, "the box is empty")
	}
	seen[line] = true
	q.Boxes = append(q.Boxes, ends)
}

func (q *Query) readDisjunct(in *canonical.Lines, used int) {
	line := string(in.Next())
	q.room(in, line)
	parts := strings.Split(line, "; ")
	d := Disjunct{Box: in.Index(strings.TrimPrefix(parts[0], "or "), min(used+1, len(q.Boxes)), "expected \"or\" and one of the boxes, by first use")}
	for _, p := range parts[1:] {
		words, sum := strings.Split(p, " "), Combination{Constant: new(big.Rat)}
		for _, w := range words[1:] {
			name, value, isTerm := strings.Cut(w, ":")
			number, isInput := strings.CutPrefix(name, "x")
			switch {
			case !isTerm:
				sum[Constant] = q.rational(in, w)
			case isInput:
				sum[in.Index(number, q.Inputs, "expected one of the inputs")] = q.rational(in, value)
			default:
				sum[q.Inputs+in.Index(strings.TrimPrefix(name, "y"), q.Outputs, "expected x and one of the inputs, or y and one of the outputs")] = q.rational(in, value)
			}
		}
		d.Forms = append(d.Forms, *sum.form(words[0] == "<"))
	}
	in.Require(q.disjunctText(&d) == line, "expected conditions on variables, once each, ascending, with coefficients other than 0, and a number, all in lowest terms")
	q.Disjuncts = append(q.Disjuncts, d)
}

// room asks for room for another line.
func (q *Query) room(in *canonical.Lines, line string) {
	q.bytes += len(line)
	in.Require(q.bytes <= maxQuery, "the query has more than 256 MiB")
}

// rational reads a number of the query, of which there may be so many.
func (q *Query) rational(in *canonical.Lines, w string) *big.Rat {
	q.numbers++
	in.Require(q.numbers <= maxNumbers, "the query has more than 4194304 numbers")
	return fractions.Read(&in.Position, w)
}

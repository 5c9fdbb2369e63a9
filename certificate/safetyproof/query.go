package safetyproof

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

// disjunct is a box with conditions.
type disjunct struct {
	box   int
	forms []form
}

// query is a disjunction. A box has lo_1 hi_1 lo_2 hi_2 ….
type query struct {
	inputs, outputs int
	boxes           [][]*big.Rat
	disjuncts       []disjunct
	numbers, bytes  int // of a query that is read
}

func (q *query) disjunctText(d *disjunct) string {
	s := fmt.Append(nil, "or ", d.box)
	for _, f := range d.forms {
		s = append(s, map[bool]string{true: "; <", false: "; <="}[f.strict]...)
		for _, k := range f.names() {
			switch s = append(s, ' '); {
			case k < q.inputs:
				s = fmt.Appendf(s, "x%d:", k)
			case k < constant:
				s = fmt.Appendf(s, "y%d:", k-q.inputs)
			}
			s = append(s, f.combination[k].RatString()...)
		}
	}
	return string(s)
}

// lines returns the query as a proof has it.
func (q *query) lines() []string {
	out := []string{fmt.Sprintf("query %d %d", len(q.boxes), len(q.disjuncts))}
	for _, ends := range q.boxes {
		out = append(out, "box "+fractions.Text(ends))
	}
	for i := range q.disjuncts {
		out = append(out, q.disjunctText(&q.disjuncts[i]))
	}
	return out
}

// expect requires that the lines from "query" to the last disjunct are those of this query, which
// a specification gives.
func (q *query) expect(in *canonical.Lines) {
	for _, line := range q.lines() {
		in.Require(string(in.Next()) == line, "this is another query: the specification gives "+line[:min(len(line), 100)])
	}
}

// readQuery reads the lines from "query" to the last disjunct, of a network of so many inputs and
// outputs. That they are in their one spelling is seen when they are written again. It is read
// until stop ends it.
func readQuery(in *canonical.Lines, inputs, outputs int, stop func()) *query {
	head, b, d := string(in.Next()), 0, 0
	_, err := fmt.Sscanf(head, "query %d %d", &b, &d)
	in.Require(err == nil && head == fmt.Sprintf("query %d %d", b, d) && 0 <= b && b <= d && d <= maxDisjuncts && (b > 0) == (d > 0),
		"expected \"query\" and the numbers of boxes and disjuncts, a million at most")
	q := &query{inputs: inputs, outputs: outputs}
	seen := map[string]bool{}
	for range b {
		stop()
		q.readBox(in, seen)
	}
	for used := 0; d > 0; d-- {
		stop()
		q.readDisjunct(in, used)
		used = max(used, q.disjuncts[len(q.disjuncts)-1].box+1)
		in.Require(d > 1 || used == b, "the disjuncts leave a box unused")
	}
	return q
}

func (q *query) readBox(in *canonical.Lines, seen map[string]bool) {
	line := in.After("box ", "expected \"box\" and its ends")
	q.room(in, line)
	var ends []*big.Rat
	for _, w := range strings.Split(line, " ") {
		ends = append(ends, q.rational(in, w))
	}
	in.Require(len(ends) == 2*q.inputs && fractions.Text(ends) == line && !seen[line], "expected a new box: two numbers for each input, in lowest terms")
	for k := 0; k < len(ends); k += 2 {
		in.Require(ends[k].Cmp(ends[k+1]) <= 0, "the box is empty")
	}
	seen[line] = true
	q.boxes = append(q.boxes, ends)
}

func (q *query) readDisjunct(in *canonical.Lines, used int) {
	line := string(in.Next())
	q.room(in, line)
	parts := strings.Split(line, "; ")
	d := disjunct{box: in.Index(strings.TrimPrefix(parts[0], "or "), min(used+1, len(q.boxes)), "expected \"or\" and one of the boxes, by first use")}
	for _, p := range parts[1:] {
		words, sum := strings.Split(p, " "), combination{constant: new(big.Rat)}
		for _, w := range words[1:] {
			name, value, isTerm := strings.Cut(w, ":")
			number, isInput := strings.CutPrefix(name, "x")
			switch {
			case !isTerm:
				sum[constant] = q.rational(in, w)
			case isInput:
				sum[in.Index(number, q.inputs, "expected one of the inputs")] = q.rational(in, value)
			default:
				sum[q.inputs+in.Index(strings.TrimPrefix(name, "y"), q.outputs, "expected x and one of the inputs, or y and one of the outputs")] = q.rational(in, value)
			}
		}
		d.forms = append(d.forms, *sum.form(words[0] == "<"))
	}
	in.Require(q.disjunctText(&d) == line, "expected conditions on variables, once each, ascending, with coefficients other than 0, and a number, all in lowest terms")
	q.disjuncts = append(q.disjuncts, d)
}

// room asks for room for another line.
func (q *query) room(in *canonical.Lines, line string) {
	q.bytes += len(line)
	in.Require(q.bytes <= maxQuery, "the query has more than 256 MiB")
}

// rational reads a number of the query, of which there may be so many.
func (q *query) rational(in *canonical.Lines, w string) *big.Rat {
	q.numbers++
	in.Require(q.numbers <= maxNumbers, "the query has more than 4194304 numbers")
	return fractions.Read(&in.Position, w)
}

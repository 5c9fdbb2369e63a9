package certificate

// The query that a proof of safety is about, in its one spelling. docs/safety-proof.md has the
// spelling.

import (
	"fmt"
	"math/big"
	"strings"
)

const (
	// maxRational bounds the digits of a numerator and of a denominator, maxDisjuncts the
	// disjuncts, maxNumbers the numbers of a query, and maxCommon the bits of a common denominator.
	maxRational, maxDisjuncts, maxNumbers, maxCommon = 20000, 1_000_000, 1 << 22, 1 << 17
)

// term is a coefficient of variable k, inputs first.
type term struct {
	k    int
	coef *big.Rat
}

// form is the condition Σ coef·variable + offset ≤ 0, or < 0.
type form struct {
	terms  []term
	offset *big.Rat
	strict bool
}

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
	numbers         int
}

func boxText(ends []*big.Rat) string {
	var s strings.Builder
	s.WriteString("box")
	for _, v := range ends {
		s.WriteString(" " + v.RatString())
	}
	return s.String()
}

func (q *query) disjunctText(d *disjunct) string {
	var s strings.Builder
	fmt.Fprint(&s, "or ", d.box)
	for _, f := range d.forms {
		s.WriteString("; <")
		if !f.strict {
			s.WriteByte('=')
		}
		for _, t := range f.terms {
			if t.k < q.inputs {
				fmt.Fprintf(&s, " x%d:%s", t.k, t.coef.RatString())
			} else {
				fmt.Fprintf(&s, " y%d:%s", t.k-q.inputs, t.coef.RatString())
			}
		}
		s.WriteString(" " + f.offset.RatString())
	}
	return s.String()
}

// lines returns the query as a proof has it.
func (q *query) lines() []string {
	out := []string{fmt.Sprintf("query %d %d", len(q.boxes), len(q.disjuncts))}
	for _, ends := range q.boxes {
		out = append(out, boxText(ends))
	}
	for i := range q.disjuncts {
		out = append(out, q.disjunctText(&q.disjuncts[i]))
	}
	return out
}

// readQuery reads the lines from "query" to the last disjunct. Where a specification is given, it
// is the query, and they must be its lines.
func readQuery(in *lines, n *safetyNet, want *query) *query {
	if want != nil {
		for _, line := range want.lines() {
			in.require(string(in.next()) == line, "this is another query: the specification gives "+line[:min(len(line), 100)])
		}
		return want
	}
	head := string(in.next())
	text, named := strings.CutPrefix(head, "query ")
	b, rest, ok := index([]byte(text), maxDisjuncts+1)
	d, rest, right := index([]byte(strings.TrimPrefix(string(rest), " ")), maxDisjuncts+1)
	q := &query{inputs: n.inputs, outputs: n.outputs}
	in.require(named && ok && right && len(rest) == 0 && head == fmt.Sprintf("query %d %d", b, d) && b <= d && (b > 0) == (d > 0),
		"expected \"query\" and the numbers of boxes and disjuncts, a million at most")
	seen := map[string]bool{}
	for range b {
		q.readBox(in, seen)
	}
	for used := 0; d > 0; d-- {
		q.readDisjunct(in, used)
		used = max(used, q.disjuncts[len(q.disjuncts)-1].box+1)
		in.require(d > 1 || used == b, "the disjuncts leave a box unused")
	}
	return q
}

func (q *query) readBox(in *lines, seen map[string]bool) {
	line := string(in.next())
	words := strings.Split(line, " ")
	var ends []*big.Rat
	q.count(in, len(words))
	for _, w := range words[1:] {
		ends = append(ends, rational(in, w))
	}
	in.require(len(ends) == 2*q.inputs && boxText(ends) == line && !seen[line], "expected a new box: two numbers for each input, in lowest terms")
	for k := 0; k < len(ends); k += 2 {
		in.require(ends[k].Cmp(ends[k+1]) <= 0, "the box is empty")
	}
	seen[line] = true
	q.boxes = append(q.boxes, ends)
}

// count bounds the numbers of a query.
func (q *query) count(in *lines, more int) {
	q.numbers += more
	in.require(q.numbers <= maxNumbers, "the query has more than 4194304 numbers")
}

func (q *query) readDisjunct(in *lines, used int) {
	line := string(in.next())
	parts := strings.Split(line, "; ")
	box, _, ok := index([]byte(strings.TrimPrefix(parts[0], "or ")), min(used+1, len(q.boxes)))
	in.require(ok, "expected \"or\" and one of the boxes, by first use")
	d := disjunct{box: box}
	for _, p := range parts[1:] {
		words := strings.Split(p, " ")
		q.count(in, len(words)-1)
		in.require(len(words) > 1, "expected a condition")
		f := form{strict: words[0] == "<", offset: rational(in, words[len(words)-1])}
		last := -1
		for _, w := range words[1 : len(words)-1] {
			name, value, _ := strings.Cut(w, ":")
			limit, first := q.inputs, 0
			if strings.HasPrefix(name, "y") {
				limit, first = q.outputs, q.inputs
			}
			k, _, ok := index([]byte(name[min(1, len(name)):]), limit)
			v := rational(in, value)
			in.require(ok && first+k > last && v.Sign() != 0, "expected variables once each, ascending, with coefficients other than 0")
			last = first + k
			f.terms = append(f.terms, term{last, v})
		}
		d.forms = append(d.forms, f)
	}
	in.require(q.disjunctText(&d) == line, "expected a disjunct in its one spelling")
	q.disjuncts = append(q.disjuncts, d)
}

// rational reads p or p/q. That it is in its one spelling is seen when it is written again.
func rational(in *lines, w string) *big.Rat {
	num, den, _ := strings.Cut(w, "/")
	ok := len(num) <= maxRational+1 && len(den) <= maxRational && strings.Trim(den, "0123456789") == "" &&
		strings.Trim(strings.TrimPrefix(num, "-"), "0123456789") == "" && strings.Trim(den+"0", "0") != "" == (den != "")
	v := new(big.Rat)
	if ok {
		_, ok = v.SetString(w)
	}
	in.require(ok, "expected an integer, or p/q in lowest terms, of at most 20000 digits each")
	return v
}

// floorRat returns ⌊v·2^f⌋ if that is small.
func floorRat(v *big.Rat, f uint) (int64, bool) { return fixedPoint(v.Num(), v.Denom(), int(f)) }

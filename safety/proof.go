package safety

// The proof of a verdict "holds": a header that says what it is about, and the tree.

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"

	"github.com/relucell/relucell/vnnlib"
)

const (
	// What a checker reads: numbers of maxDigits digits in the query, and of maxMultiplier as
	// weights in exact lines, lines of maxLine bytes, maxNumbers numbers and maxQuery bytes in the
	// query, common denominators of maxCommon bits of a box or of the conditions of an alternative,
	// and maxSplits splits on a path.
	maxDigits, maxMultiplier, maxLine, maxNumbers, maxQuery, maxCommon, maxSplits = 20_000, 12_288, 4 << 20, 1 << 22, 1 << 28, 131_072, 100_000
	// bitsOfDigit: a number of fewer than 3 bits a digit has no more digits.
	bitsOfDigit = 3
	// maxWeights is how many weights other than 0 the layers may have: where more than a quarter
	// is, they are kept with the zeros, in two orders, which takes four GiB then. maxRows is how
	// many entries the columns of a layer may have on a node with bounds.
	maxWeights, maxRows = 1 << 26, 1 << 27
	// coarser is how many bits fewer are tried where numbers are too large.
	coarser = 4
	// narrowest is the number of bits that the narrowest side of a box should have in units.
	narrowest = 16
)

// Proof is a proof that no point satisfies a query, for any checker of the format
// (docs/safety-proof.md).
type Proof struct {
	header []byte // what is said of the query
	bits   uint
	tree   *tree
}

// Write writes the proof about a network and a query, of which net and spec are the hashes,
// "sha256:" and 64 hexadecimal digits; spec is "-" for a query without a file. An error that is not
// w's says that text could not be laid aside.
func (p *Proof) Write(w io.Writer, net, spec string) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "relucell-safety 1\nnet %s\nspec %s\nbits %d\n%s", net, spec, p.bits, p.header)
	if err := p.tree.writeTo(b); err != nil {
		return err
	}
	b.WriteString("holds\n")
	return b.Flush()
}

// Close frees what is laid aside.
func (p *Proof) Close() { p.tree.discard() }

// ProofError says what of a query no proof can hold; there is an answer without one.
type ProofError struct{ Problem string }

func (e *ProofError) Error() string { return e.Problem + ": leave the proof out" }

// header spells what a proof says of the query. An error says what a proof cannot hold.
func header(q *vnnlib.Query) ([]byte, error) {
	h := &heading{}
	h.text = fmt.Appendf(nil, "query %d %d\n", len(q.Boxes), len(q.Disjuncts))
	for i, x := range q.Boxes {
		h.begin(fmt.Sprintf("box %d", i+1), "box")
		for k := range x.Lo {
			h.number(' ', x.Lo[k])
			h.number(' ', x.Hi[k])
		}
		h.end()
	}
	for i := range q.Disjuncts {
		d := &q.Disjuncts[i]
		h.begin(fmt.Sprintf("alternative %d", i+1), fmt.Sprintf("or %d", d.Box))
		for j := range d.Forms {
			h.form(&d.Forms[j])
		}
		h.end()
	}
	h.text = append(h.text, "tree\n"...)
	return h.text, h.err
}

// heading is a header being spelled, with the first thing that a proof cannot hold.
type heading struct {
	text    []byte
	what    string
	start   int
	common  *big.Int // the common denominator of the line
	numbers int
	err     error
}

func (h *heading) refuse(problem string, limit int) {
	if h.err == nil {
		h.err = &ProofError{fmt.Sprintf("%s: %s, expected at most %d in a proof", h.what, problem, limit)}
	}
}

func (h *heading) begin(what, line string) {
	h.what, h.start, h.common = what, len(h.text), big.NewInt(1)
	h.text = append(h.text, line...)
}

func (h *heading) end() {
	if h.text = append(h.text, '\n'); len(h.text)-h.start > maxLine {
		h.refuse(fmt.Sprintf("%d characters", len(h.text)-h.start), maxLine)
	}
	if len(h.text) > maxQuery {
		h.refuse("more characters of all boxes and alternatives", maxQuery)
	}
}

func (h *heading) number(sep byte, v *big.Rat) {
	h.text = append(h.text, sep)
	at := len(h.text)
	h.text = append(h.text, v.RatString()...)
	if len(h.text)-at > maxDigits {
		h.refuse(fmt.Sprintf("a number of %d characters", len(h.text)-at), maxDigits)
	}
	if h.numbers++; h.numbers > maxNumbers {
		h.refuse("more numbers", maxNumbers)
	}
	if h.common.BitLen() <= maxCommon {
		widen(h.common, v.Denom())
	}
	if h.common.BitLen() > maxCommon-mostBits { // boxes meet those of the grid
		h.refuse(fmt.Sprintf("a common denominator of %d bits", h.common.BitLen()), maxCommon-mostBits)
	}
}

func (h *heading) form(f *vnnlib.Form) {
	h.text = append(h.text, "; <"...)
	if !f.Strict {
		h.text = append(h.text, '=')
	}
	for i, terms := range [][]vnnlib.Term{f.X, f.Y} {
		for _, t := range terms {
			h.text = strconv.AppendInt(append(h.text, ' ', "xy"[i]), int64(t.Index), 10)
			h.number(':', t.Coef)
		}
	}
	h.number(' ', f.Offset)
}

// proving chooses the unit of a proof of the subject's query, and puts the roots on its grid.
func (s *subject) proving() (*fixed, []*node, error) {
	count := 0
	for i := range s.layers {
		count += s.layers[i].weights()
	}
	if count > maxWeights {
		return nil, nil, &ProofError{fmt.Sprintf("the network has %d weights other than 0, expected at most %d for a proof", count, maxWeights)}
	}
	first := uint(usualBits)
	for _, b := range s.query.Boxes {
		for k := range b.Lo {
			width := new(big.Rat).Sub(b.Hi[k], b.Lo[k])
			for ; width.Sign() > 0 && first < mostBits; first++ {
				if v, ok := flooredRat(width, first); !ok || v >= 1<<narrowest {
					break
				}
			}
		}
	}
	var best *fixed
	var nodes []*node
	weights := weightsOf(s)
	for bits := first; ; bits = max(bits-coarser, leastBits) {
		f, roots, ok := s.try(weights, bits)
		if roots != nil && best == nil || ok {
			best, nodes = f, roots
		}
		if f != nil {
			f.blind = !ok
		}
		if ok || s.ctx.Err() != nil || bits == leastBits {
			break
		}
	}
	if best == nil {
		return nil, nil, &ProofError{fmt.Sprintf("a box reaches beyond 2^%d, where proofs have no grid", exactBits-leastBits)}
	}
	return best, nodes, nil
}

// try makes roots with a unit of 2^−bits, and says whether all of them have bounds. There are none
// where a box is too large.
func (s *subject) try(weights []fixedLayer, bits uint) (f *fixed, roots []*node, ok bool) {
	for i := range s.query.Boxes {
		n := &node{place: &place{side: i}}
		if n.lo, n.hi, ok = s.onGrid(s.query.Boxes[i], bits); !ok {
			return nil, nil, false
		}
		roots = append(roots, n)
	}
	f = newFixed(s, weights, bits)
	z := newFixedZone(f)
	ok = f.bounds
	for i, d := range s.query.Disjuncts {
		if !ok {
			break
		}
		if st := z.bound(roots[d.Box], false); st == empty || i > 0 && d.Box == s.query.Disjuncts[i-1].Box && st == bounded && i >= sampled {
			continue
		} else if st != bounded {
			ok = false
		}
		for j := range d.Forms {
			_, right := z.back.mixed(&claim{disjunct: int32(i), alone: int32(j)})
			ok = ok && right
		}
	}
	return f, roots, ok
}

// sampled is the number of alternatives whose conditions are tried before a unit is chosen.
const sampled = 16

// share is alpha of a slope v between m and 1.
func share(v, m float64) int16 {
	p := (v - m) / (1 - m)
	if !(p >= 0 && p <= 1) {
		return -1
	}
	return int16(math.Round(p * 256))
}

// claimed turns a mixture into weights in integers.
func (f *fixed) claimed(d int32, m *mixture, open []int32) *claim {
	c := &claim{disjunct: d, alone: -1}
	weight := func(v float64) int64 { return int64(math.Round(math.Abs(v) * float64(int64(1)<<f.grain()))) }
	top := 0.0
	for _, v := range m.mu {
		top = max(top, v)
	}
	for _, v := range m.beta {
		top = max(top, math.Abs(v))
	}
	for _, v := range m.mu {
		c.mu = append(c.mu, weight(v/top))
	}
	for _, v := range m.beta {
		c.beta = append(c.beta, weight(v/top))
	}
	if m.alpha != nil {
		c.alpha = make([]int16, f.units)
		for q := range c.alpha {
			c.alpha[q] = -1
		}
		for _, q := range open {
			c.alpha[q] = share(m.alpha[q], f.belowOf(q))
		}
	}
	return c
}

// line spells the claim on a node whose bounds are known; nil if it is not right there.
func (z *fixedZone) claimLine(c *claim) []byte {
	if c.exact != nil {
		return z.exactLine(c)
	}
	if !z.back.proves(c) {
		return nil
	}
	if c.alone >= 0 {
		return fmt.Appendf(nil, "Z%d %d\n", c.disjunct, c.alone)
	}
	b := fmt.Appendf(nil, "F%d ", c.disjunct)
	for j, v := range c.mu {
		if v != 0 {
			b = strconv.AppendInt(item(b, j, ':'), v, 10)
		}
	}
	b = append(b, ';')
	for q, v := range c.beta {
		if v != 0 {
			b = strconv.AppendInt(item(b, int(z.neuron[q]), ':'), v, 10)
		}
	}
	b = append(b, ';')
	for q, v := range c.alpha {
		if v >= 0 && z.side[q] == 0 && int64(v) != z.usual(q) {
			b = strconv.AppendInt(item(b, int(z.neuron[q]), '/'), int64(v), 10)
		}
	}
	if b = append(b, '\n'); len(b) > maxLine {
		return nil
	}
	return b
}

// item begins the next item of a list in a line, by its place.
func item(b []byte, at int, sep byte) []byte {
	if last := b[len(b)-1]; last != ' ' && last != ';' {
		b = append(b, ' ')
	}
	return append(strconv.AppendInt(b, int64(at), 10), sep)
}

// exactClaim refutes a disjunct where the units have these sides; 0 are those that do not matter.
type exactClaim struct {
	mu, beta []*big.Int // by condition, and by unit
	side     []int8
}

// exactLine spells an exact claim, nil where sides are others.
func (z *fixedZone) exactLine(c *claim) []byte {
	e := c.exact
	for q, s := range e.side {
		if s != 0 && z.side[q] != s {
			return nil
		}
	}
	for _, v := range append(e.mu[:len(e.mu):len(e.mu)], e.beta...) {
		if v != nil && v.BitLen() > maxMultiplier*bitsOfDigit {
			return nil
		}
	}
	b := fmt.Appendf(nil, "E%d ", c.disjunct)
	for j, v := range e.mu {
		if v.Sign() != 0 {
			b = v.Append(item(b, j, ':'), 10)
		}
	}
	b = append(b, ';')
	for q, v := range e.beta {
		if v != nil && v.Sign() != 0 {
			b = v.Append(item(b, int(z.neuron[q]), ':'), 10)
		}
	}
	if b = append(b, '\n'); len(b) > maxLine || len(e.side) == 0 {
		return nil
	}
	return b
}

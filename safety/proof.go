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
	// maxDigits and maxMultiplier are the longest numbers that a checker reads: of the query, and of
	// weights in exact lines. maxLine is the longest line in bytes.
	maxDigits, maxMultiplier, maxLine = 20_000, 12_288, 4 << 20
	// bitsOfDigit: a number of fewer than 3 bits a digit has no more digits.
	bitsOfDigit = 3
	// narrowest is the number of bits that the narrowest side of a box should have in units.
	narrowest = 16
)

// Proof is a proof that no point satisfies a query, for any checker of the format
// (docs/certificate-safety.md).
type Proof struct {
	query *vnnlib.Query
	bits  uint
	tree  *tree
}

// Write writes the proof about a network and a query, of which net and spec are the hashes,
// "sha256:" and 64 hexadecimal digits; spec is "-" for a query without a file. An error that is not
// w's says that a number is longer than the format allows, or that text could not be laid aside.
func (p *Proof) Write(w io.Writer, net, spec string) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "relucell-safety 1\nnet %s\nspec %s\nbits %d\nquery %d %d\n", net, spec, p.bits, len(p.query.Boxes), len(p.query.Disjuncts))
	for _, x := range p.query.Boxes {
		b.WriteString("box")
		for k := range x.Lo {
			fmt.Fprintf(b, " %s %s", x.Lo[k].RatString(), x.Hi[k].RatString())
		}
		b.WriteByte('\n')
	}
	for i := range p.query.Disjuncts {
		d := &p.query.Disjuncts[i]
		fmt.Fprintf(b, "or %d", d.Box)
		for j := range d.Forms {
			spellForm(b, &d.Forms[j])
		}
		b.WriteByte('\n')
	}
	b.WriteString("tree\n")
	if err := p.tree.writeTo(b); err != nil {
		return err
	}
	b.WriteString("holds\n")
	return b.Flush()
}

func spellForm(b *bufio.Writer, f *vnnlib.Form) {
	b.WriteString("; <")
	if !f.Strict {
		b.WriteByte('=')
	}
	for _, t := range f.X {
		fmt.Fprintf(b, " x%d:%s", t.Index, t.Coef.RatString())
	}
	for _, t := range f.Y {
		fmt.Fprintf(b, " y%d:%s", t.Index, t.Coef.RatString())
	}
	b.WriteByte(' ')
	b.WriteString(f.Offset.RatString())
}

// Close frees what is laid aside.
func (p *Proof) Close() { p.tree.discard() }

// provable says why a proof cannot be made of an answer to the query, whatever the answer is.
func provable(q *vnnlib.Query) error {
	long := func(v *big.Rat) bool { return max(v.Num().BitLen(), v.Denom().BitLen()) > maxDigits*bitsOfDigit }
	for i := range q.Disjuncts {
		for j := range q.Disjuncts[i].Forms {
			f := &q.Disjuncts[i].Forms[j]
			bad := long(f.Offset)
			for _, t := range append(f.X[:len(f.X):len(f.X)], f.Y...) {
				bad = bad || long(t.Coef)
			}
			if bad {
				return fmt.Errorf("a condition of alternative %d has a number of more than %d digits, which a proof cannot hold: leave the proof out", i+1, maxDigits)
			}
		}
	}
	return nil
}

// proving chooses the unit of a proof of the subject's query, and puts the roots on its grid.
func (s *subject) proving() (*fixed, []*node, error) {
	if err := provable(s.query); err != nil {
		return nil, nil, err
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
	for bits := first; bits >= leastBits; bits -= 4 {
		f, roots, ok := s.try(bits)
		if roots != nil && best == nil || ok {
			best, nodes = f, roots
		}
		if ok || s.ctx.Err() != nil {
			break
		}
	}
	if best == nil {
		return nil, nil, fmt.Errorf("a box reaches beyond 2^%d, where proofs have no grid: leave the proof out", exactBits-leastBits)
	}
	return best, nodes, nil
}

// try makes roots with a unit of 2^−bits, and says whether all of them have bounds. There are none
// where a box is too large.
func (s *subject) try(bits uint) (f *fixed, roots []*node, ok bool) {
	for i := range s.query.Boxes {
		n := &node{place: &place{side: i}}
		if n.lo, n.hi, ok = s.onGrid(s.query.Boxes[i], bits); !ok {
			return nil, nil, false
		}
		roots = append(roots, n)
	}
	f = newFixed(s, bits)
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
			l, j := f.unitLayer(q)
			c.alpha[q] = share(m.alpha[q], f.subject.layers[l].below[j])
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
	first := true
	item := func(at int64, sep byte, v int64) {
		if !first {
			b = append(b, ' ')
		}
		first = false
		b = strconv.AppendInt(append(strconv.AppendInt(b, at, 10), sep), v, 10)
	}
	for j, v := range c.mu {
		if v != 0 {
			item(int64(j), ':', v)
		}
	}
	b, first = append(b, ';'), true
	for q, v := range c.beta {
		if v != 0 {
			item(int64(z.neuron[q]), ':', v)
		}
	}
	b, first = append(b, ';'), true
	for q, v := range c.alpha {
		if v >= 0 && z.side[q] == 0 && int64(v) != z.usual(q) {
			item(int64(z.neuron[q]), '/', int64(v))
		}
	}
	if b = append(b, '\n'); len(b) > maxLine {
		return nil
	}
	return b
}

// exactClaim refutes a disjunct where all units have these sides.
type exactClaim struct {
	mu, beta []*big.Int // by condition, and by unit
	side     []int8
}

// exactLine spells an exact claim, nil where sides are others.
func (z *fixedZone) exactLine(c *claim) []byte {
	e := c.exact
	for q, s := range e.side {
		if z.side[q] != s {
			return nil
		}
	}
	for _, v := range append(e.mu[:len(e.mu):len(e.mu)], e.beta...) {
		if v != nil && v.BitLen() > maxMultiplier*bitsOfDigit {
			return nil
		}
	}
	b := fmt.Appendf(nil, "E%d ", c.disjunct)
	first := true
	item := func(at int, v *big.Int) {
		if v == nil || v.Sign() == 0 {
			return
		}
		if !first {
			b = append(b, ' ')
		}
		first = false
		b = v.Append(append(strconv.AppendInt(b, int64(at), 10), ':'), 10)
	}
	for j, v := range e.mu {
		item(j, v)
	}
	b, first = append(b, ';'), true
	for q, v := range e.beta {
		item(int(z.neuron[q]), v)
	}
	if b = append(b, '\n'); len(b) > maxLine || len(e.side) == 0 {
		return nil
	}
	return b
}

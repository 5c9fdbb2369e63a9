package safety

// What a search with a proof writes at a node. Floats have said what refutes it; integers have the
// last word, and what they do not confirm is as good as not refuted.

import (
	"math"
	"slices"
)

// proofs is what a search with a proof has.
type proofs struct {
	fixed  *fixed
	tree   *tree
	header []byte
}

// prover says in integers what is refuted at a node, and writes it.
type prover struct {
	zone  *zone
	exact *fixedZone // nil without a proof
	tree  *tree
}

// claim says what refuted disjunct d: its condition j, or a mixture.
func (p *prover) claim(d int32, j int, m *mixture) *claim {
	switch {
	case p.exact == nil:
		return &claim{disjunct: d}
	case m != nil:
		return p.exact.claimed(d, m, p.zone.open)
	}
	return &claim{disjunct: d, alone: int32(j)}
}

// doubtful says that bounds of the first level are most likely too loose for form r, which those of
// the second refute: what they lose at units is twice its bound, without what they lose because
// later units start from looser ones.
func (f *refuter) doubtful(r int) bool {
	v := f.least[r]
	for q, lost := range f.zone.lost {
		if lost > 0 {
			v -= lost * math.Abs(f.zone.back.weight[r*f.zone.units+q])
		}
	}
	return v < -f.least[r]
}

// commit writes what the claims refute, and returns the disjuncts that integers cannot tell, and
// whether the node is closed. The node's other disjuncts stay open, unless these were the last
// ones. Bounds of the second level are used only to close a node, so that they do not burden those
// below.
func (p *prover) commit(n *node, claims []*claim, last bool) (failed []int32, closed bool) {
	if p.exact == nil {
		return nil, last
	}
	second := last && slices.ContainsFunc(claims, func(c *claim) bool { return c.second })
	if second && p.closes(n, claims) {
		return nil, true
	}
	lines, left, st := p.lines(n, claims, false)
	if last && !second && len(left) > 0 && st != stopped && st != empty && p.closes(n, claims) {
		return nil, true
	}
	switch {
	case st == stopped:
		return nil, true // nothing that is written counts any more
	case st == empty || last && len(left) == 0:
		p.tree.close(n.place, append(n.text, lines...))
		return nil, true
	}
	n.text = append(n.text, lines...)
	for _, c := range claims {
		if !slices.Contains(left, c.disjunct) {
			n.held = append(n.held, c)
		}
	}
	return left, false
}

// closes closes a node by bounds of the second level, and says whether they refute all that is
// claimed.
func (p *prover) closes(n *node, claims []*claim) bool {
	lines, failed, st := p.lines(n, append(n.held[:len(n.held):len(n.held)], claims...), true)
	if st != empty && (st == stopped || len(failed) > 0) {
		return false
	}
	p.tree.close(n.place, append([]byte("R\n"), lines...)) // R is the first line of a node
	return true
}

// lines spells the claims that are right on a node, and returns the disjuncts of the others. An
// empty node refutes all that there is.
func (p *prover) lines(n *node, claims []*claim, second bool) (lines []byte, failed []int32, st state) {
	if st = p.exact.bound(n, second); st == empty {
		return []byte("V\n"), nil, st
	}
	for _, c := range claims {
		var line []byte
		if st == bounded || c.exact != nil {
			line = p.exact.claimLine(c)
		}
		if line == nil {
			failed = append(failed, c.disjunct)
		}
		lines = append(lines, line...)
	}
	return lines, failed, st
}

// holds says whether integers confirm that a mixture refutes a disjunct.
func (p *prover) holds(n *node, d int32, m *mixture) bool {
	if p.exact == nil {
		return true
	}
	c := p.exact.claimed(d, m, p.zone.open)
	for _, second := range []bool{false, true} {
		if p.exact.bound(n, second) == bounded && p.exact.back.proves(c) {
			return true
		}
	}
	return false
}

// sides are those of the units by the bounds of the node, where all are settled.
func (z *zone) sides() []int8 {
	sides := make([]int8, z.units)
	for q := range sides {
		switch sides[q] = z.fixed[q]; {
		case z.belowOf(int32(q)) == 1:
			sides[q] = 1
		case sides[q] != 0:
		case z.l[q] < 0:
			sides[q] = -1
		default:
			sides[q] = 1
		}
	}
	return sides
}

// settled returns, until the next call, the sides of all units on a node that is settled in
// floats; nil where a proof must settle some units first.
func (p *prover) settled(n *node) []int8 {
	if p.exact == nil {
		return p.zone.sides()
	}
	for _, second := range []bool{false, true} {
		p.exact.bound(n, second)
		if !slices.Contains(p.exact.side, 0) {
			return p.exact.side
		}
	}
	return nil
}

// unsettled is the first unit without a side in integers, −1 if there is none.
func (p *prover) unsettled(n *node) int32 {
	p.exact.bound(n, true)
	return int32(slices.Index(p.exact.side, 0))
}

// exactly replaces the claims that integers do not confirm by exact ones.
func (w *worker) exactly(n *node, claims []*claim, failed []int32, sides []int8) ([]*node, *Witness, error) {
	var rest []*claim
	for _, c := range claims {
		if !slices.Contains(failed, c.disjunct) {
			continue // it is written
		}
		if c.exact == nil {
			found, e, err := w.leaf(n, c.disjunct, sides)
			if found != nil || err != nil {
				return nil, found, err
			}
			c = e
		}
		rest = append(rest, c)
	}
	return w.ends(n, rest)
}

// ends closes a node whose disjuncts are all refuted; what integers cannot tell is split.
func (w *worker) ends(n *node, claims []*claim) ([]*node, *Witness, error) {
	failed, closed := w.commit(n, claims, true)
	if closed {
		return nil, nil, nil
	}
	n.disjunct = failed
	return w.splitUnsettled(n)
}

// splitUnsettled splits the first unit that has no side in integers, or closes a node whose signs
// contradict one another.
func (w *worker) splitUnsettled(n *node) ([]*node, *Witness, error) {
	closed, err := w.contradiction(n)
	if closed || err != nil {
		return nil, nil, err
	}
	return w.splitUnit(n, w.unsettled(n)), nil, nil
}

// contradiction closes a node if its signs contradict one another, as far as the pre-activations
// are affine: in the layers before the first unit without a side, and in that unit's. So a tree of
// signs has no more nodes than there are cells, also where there are no bounds.
func (w *worker) contradiction(n *node) (closed bool, err error) {
	q := w.unsettled(n)
	known := w.units
	if q >= 0 {
		l, _ := w.unitLayer(q)
		known = w.layers[l].first + w.layers[l].out
	}
	c := *n
	c.signs = slices.DeleteFunc(slices.Clone(n.signs), func(s sign) bool { return int(s.unit) >= known })
	if len(c.signs) == 0 {
		return false, nil
	}
	e, err := w.contradicts(&c, slices.Clone(w.exact.side))
	if e == nil || err != nil {
		return false, err
	}
	var claims []*claim
	for _, d := range n.disjunct {
		claims = append(claims, &claim{disjunct: d, exact: e})
	}
	_, closed = w.commit(n, claims, true)
	return closed, nil
}

// void is visit for a node without points, as floats have it.
func (w *worker) void(n *node) ([]*node, *Witness, error) {
	if w.exact == nil {
		return nil, nil, nil
	}
	var claims []*claim
	for _, d := range n.disjunct {
		m := &mixture{mu: make([]float64, len(w.subject.conditions[d])), beta: make([]float64, w.units)}
		m.beta[w.zone.emptied] = 1
		claims = append(claims, w.exact.claimed(d, m, nil))
	}
	c := *n
	failed, closed := w.commit(&c, claims, true)
	if closed {
		return nil, nil, nil
	}
	c.disjunct = failed
	closed, err := w.contradiction(&c)
	if closed || err != nil {
		return nil, nil, err
	}
	return w.splitVoid(&c), nil, nil
}

// splitVoid splits an empty node of which neither integers nor signs say so: a unit where few are
// open, else the widest input.
func (w *worker) splitVoid(n *node) []*node {
	q, open := w.unsettled(n), 0
	for _, s := range w.exact.side {
		if s == 0 {
			open++
		}
	}
	at, widest := -1, 0.0
	for k := range n.lo {
		if m := w.cut(n.lo[k], n.hi[k]); m > n.lo[k] && n.hi[k]-n.lo[k] > widest {
			at, widest = k, n.hi[k]-n.lo[k]
		}
	}
	if open <= w.few || at < 0 {
		return w.splitUnit(n, q)
	}
	return w.halveInput(n, at)
}

package safety

// What a search with a proof writes at a node. Floats have said what refutes it; integers have the last
// word, and what they do not confirm is as good as not refuted.

import (
	"errors"
	"slices"
)

// proofs is what a search with a proof has.
type proofs struct {
	fixed  *fixed
	tree   *tree
	header []byte
}

// claim adds what refuted disjunct d: its condition j, or a mixture.
func (w *worker) claim(claims []*claim, d int32, j int, m *mixture) []*claim {
	switch {
	case w.exact == nil:
		return nil
	case m != nil:
		return append(claims, w.exact.claimed(d, m, w.zone.open))
	}
	return append(claims, &claim{disjunct: d, alone: int32(j)})
}

// commit writes what the claims refute, and returns the disjuncts that integers cannot tell, and
// whether the node is closed. The node's other disjuncts stay open, unless these were the last ones.
// Bounds of the second level are used only to close a node, so that they do not burden those below.
func (w *worker) commit(n *node, claims []*claim, last bool) (failed []int32, closed bool) {
	if w.exact == nil {
		return nil, last
	}
	for _, second := range []bool{false, true} {
		if second && !last {
			break
		}
		lines, left, st := w.lines(n, claims, second)
		switch {
		case st == stopped:
			return nil, true // nothing that is written counts any more
		case st == empty || last && len(left) == 0:
			w.tree.close(n.place, append(n.text, lines...))
			return nil, true
		case !second:
			defer func() {
				if !closed {
					n.text = append(n.text, lines...)
				}
			}()
			failed = left
		}
	}
	return failed, false
}

// lines spells the claims that are right on a node, and returns the disjuncts of the others. An empty
// node refutes all that there is.
func (w *worker) lines(n *node, claims []*claim, second bool) (lines []byte, failed []int32, st state) {
	if second {
		lines = append(lines, 'R', '\n')
	}
	if st = w.exact.bound(n, second); st == empty {
		return append(lines, 'V', '\n'), nil, st
	}
	for _, c := range claims {
		line := w.exact.claimLine(c)
		if line == nil {
			failed = append(failed, c.disjunct)
		}
		lines = append(lines, line...)
	}
	return lines, failed, st
}

// holds says whether integers confirm that a mixture refutes a disjunct.
func (w *worker) holds(n *node, d int32, m *mixture) bool {
	if w.exact == nil {
		return true
	}
	c := w.exact.claimed(d, m, w.zone.open)
	for _, second := range []bool{false, true} {
		if w.exact.bound(n, second) == bounded && w.exact.back.proves(c) {
			return true
		}
	}
	return false
}

// sides are those of the units by the bounds of the node, where all are settled.
func (z *zone) sides() []int8 {
	sides := make([]int8, z.units)
	for q := range sides {
		l, j := z.unitLayer(int32(q))
		switch sides[q] = z.fixed[q]; {
		case z.layers[l].below[j] == 1:
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

// settled returns, until the next call, the sides of all units on a node that is settled in floats; nil where a proof must
// settle some units first.
func (w *worker) settled(n *node) []int8 {
	if w.exact == nil {
		return w.zone.sides()
	}
	for _, second := range []bool{false, true} {
		w.exact.bound(n, second)
		if !slices.Contains(w.exact.side, 0) {
			return w.exact.side
		}
	}
	return nil
}

// unsettled is the first unit without a side in integers, −1 if there is none.
func (w *worker) unsettled(n *node) int32 {
	w.exact.bound(n, true)
	return int32(slices.Index(w.exact.side, 0))
}

// exactly replaces those claims by exact ones that integers do not confirm.
func (w *worker) exactly(n *node, claims []*claim, failed []int32, sides []int8) ([]*node, *Witness, error) {
	for i, c := range claims {
		if c.exact != nil || !slices.Contains(failed, c.disjunct) {
			continue
		}
		found, e, err := w.leaf(n, c.disjunct, sides)
		if found != nil || err != nil {
			return nil, found, err
		}
		claims[i] = e
	}
	return w.ends(n, claims)
}

// ends closes a node whose disjuncts are all refuted; what integers cannot tell is split.
func (w *worker) ends(n *node, claims []*claim) ([]*node, *Witness, error) {
	failed, closed := w.commit(n, claims, true)
	if closed {
		return nil, nil, nil
	}
	n.disjunct = failed
	return w.splitUnit(n, w.unsettled(n)), nil, nil
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
	c.disjunct, claims = failed, nil
	sides := slices.Clone(w.settled(n))
	if sides == nil {
		return w.splitVoid(&c), nil, nil
	}
	for _, d := range failed {
		found, e, err := w.leaf(&c, d, sides)
		if found != nil || err != nil {
			return nil, nil, errors.Join(err, errLeaf)
		}
		claims = append(claims, e)
	}
	return w.ends(&c, claims)
}

// splitVoid splits an empty node that integers do not see to be one: a unit where few are open, else the
// widest input.
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

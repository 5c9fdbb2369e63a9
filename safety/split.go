package safety

// How a node is split: the input through which most looseness enters, or a unit. What a split of
// either promises is in outlook.go.
//
// Which input is split matters more than anything else in the search. A form that came back may
// have slope 0 in the very input whose looseness sits in its constant, so slopes are a bad guide.

import (
	"math"
	"strconv"
)

// halve splits the input through which most looseness enters condition form r; the widest for −1.
func (w *worker) halve(n *node, r int) []*node {
	k := w.blame(n, r)
	if k < 0 {
		return w.splitUnit(n, w.widestUnit(r))
	}
	return w.halveInput(n, k)
}

func (w *worker) halveInput(n *node, k int) []*node {
	below, above := w.halves(n, k)
	return w.children(n, &below, &above, 'X', k)
}

// halves are the halves of a node's box.
func (s *subject) halves(n *node, k int) (below, above node) {
	m := s.cut(n.lo[k], n.hi[k])
	below, above = *n, *n
	below.hi, above.lo = with(n.hi, k, m), with(n.lo, k, m)
	below.halvings, above.halvings = n.halvings+1, n.halvings+1
	return below, above
}

// children writes the line that splits a node. Where no proof has a longer path, the node is given
// up.
func (w *worker) children(n, below, above *node, line byte, at int) []*node {
	if n.place != nil {
		if n.depth() >= maxSplits {
			w.givenUp.Add(1)
			return nil
		}
		text := append(strconv.AppendInt(append(n.text, line), int64(at), 10), '\n')
		below.place, above.place = w.tree.split(n.place, text)
		below.text, above.text, below.held, above.held = nil, nil, nil, nil
	}
	return []*node{below, above}
}

// cut is where an interval is halved: between its ends, or at one where it cannot be halved. On a
// grid ends are whole numbers of units, of at most exactBits, and what is computed is exact.
func (s *subject) cut(lo, hi float64) float64 {
	if s.bits == 0 {
		return middle(lo, hi)
	}
	return math.Ldexp(math.Floor(math.Ldexp((lo+hi)/2, int(s.bits))), -int(s.bits))
}

func with(v []float64, k int, x float64) []float64 {
	v = append([]float64(nil), v...)
	v[k] = x
	return v
}

// blame scores inputs: how much of the looseness at each open unit, as far as it matters to form r,
// came in through the input. It returns −1 where no input can be halved.
func (w *worker) blame(n *node, r int) int {
	const linear = 0.1 // forms that are exact must be split too
	score := make([]float64, w.inputs)
	if r >= 0 && !w.deep(n) {
		for k := range score {
			score[k] = linear * math.Abs(w.form[r][k]) * (n.hi[k] - n.lo[k])
		}
		w.shares(r, score)
	}
	best, at := -1.0, -1
	for k := range score {
		width := n.hi[k] - n.lo[k]
		if m := w.cut(n.lo[k], n.hi[k]); !(m > n.lo[k] && m < n.hi[k]) || w.deep(n) {
			continue
		}
		if r < 0 || math.IsNaN(score[k]) {
			score[k] = width
		}
		if score[k] > best {
			best, at = score[k], k
		}
	}
	return at
}

// shares adds to each input's score how much of the looseness at open units, as far as it matters
// to form r, came in through it, and returns that of each unit.
func (f *refuter) shares(r int, score []float64) (gaps []float64) {
	z := f.zone
	for _, q := range z.open {
		l, j := z.unitLayer(q)
		z.rows[l].touch(j, 0, len(z.inputOf))
		g := z.rows[l].row(j)
		gap := math.Abs(z.back.weight[r*z.units+int(q)]) * (z.lines[q][upper].at - z.lines[q][lower].at)
		gaps = append(gaps, gap)
		gap /= z.rows[l].norm(j)
		for i, k := range z.inputOf {
			score[k] += gap * math.Abs(g[i])
		}
	}
	return gaps
}

// faint is added to what a unit's value counts in a form: a unit that does not count there may
// still be the only one left to split. It chooses among splits and decides nothing.
const faint = 1e-6

// gap is how far apart an open unit's lines are, as far as it matters to form r, −1 for none.
func (f *refuter) gap(r int, q int32) float64 {
	gap := f.zone.lines[q].width()
	if r >= 0 {
		gap *= faint + math.Abs(f.zone.back.weight[r*f.zone.units+int(q)])
	}
	return gap
}

// widestUnit is the open unit of the largest gap; −1 if none is open.
func (f *refuter) widestUnit(r int) int32 {
	best, at := -1.0, int32(-1)
	for _, q := range f.zone.open {
		if at < 0 { // whatever its numbers are
			at = q
		}
		if gap := f.gap(r, q); gap > best {
			best, at = gap, q
		}
	}
	return at
}

// signed are a node with both signs of a unit.
func signed(n *node, q int32) (below, above node) {
	below, above = *n, *n
	for s, c := range map[int8]*node{-1: &below, 1: &above} {
		c.signs = append(n.signs[:len(n.signs):len(n.signs)], sign{q, s})
	}
	return below, above
}

// splitUnit gives a unit both signs. Both have z = 0. With no unit the node is given up.
func (w *worker) splitUnit(n *node, q int32) []*node {
	if q < 0 {
		w.givenUp.Add(1)
		return nil
	}
	below, above := signed(n, q)
	at := q
	if w.exact != nil {
		at = w.exact.neuron[q]
	}
	return w.children(n, &below, &above, 'N', int(at))
}

package certificate

// The tree of a proof of safety: read from front to back by one, who knows the place, while workers
// check what the lines claim about their nodes.

import (
	"bytes"
	"math/big"
	"slices"
)

// signed is a neuron with a sign.
type signed struct {
	q int
	s int8
}

// safetyNode is a node: a box on the grid with signs.
type safetyNode struct {
	box    int
	lo, hi []int64
	signs  []signed
	second bool // bounds of the second level
}

// claim is a line that refutes.
type claim struct {
	kind byte
	line int64
	d    int
	// mu, beta and alpha name conditions and neurons, ascending.
	mu, beta, alpha []weight
}

// weight is a multiplier.
type weight struct {
	at int
	v  *big.Int
}

// halving is a split above the place: of input k, or, for k < 0, of neuron q.
type halving struct {
	k         int
	lo, m, hi int64
	closed    int
	// level says that bounds of the second level were in force, later that the second subtree is at
	// hand.
	level, later bool
}

// safetyWalker is the place in the tree.
type safetyWalker struct {
	*safetyCheck
	in *lines
	safetyNode
	above  []halving
	sign   []int8 // of each neuron, 0 for none
	closed []int  // the disjuncts refuted on the path
	shut   []bool // of each disjunct
	of     []int  // the number of disjuncts of each box
	begun  bool   // the node has a line
	claims []claim
	size   int // of the claims, in bytes
}

func (c *safetyCheck) newWalker(in *lines) *safetyWalker {
	w := &safetyWalker{safetyCheck: c, in: in, sign: make([]int8, len(c.net.unit)), shut: make([]bool, len(c.query.disjuncts)), of: make([]int, len(c.query.boxes))}
	for _, d := range c.query.disjuncts {
		w.of[d.box]++
	}
	return w
}

// tree checks the subtree of a box.
func (w *safetyWalker) tree(box int) {
	w.safetyNode = safetyNode{box: box}
	ends := w.query.boxes[box]
	for k := 0; k < len(ends); k += 2 {
		lo, ok := floorRat(ends[k], w.net.f)
		hi, fits := floorRat(new(big.Rat).Neg(ends[k+1]), w.net.f)
		w.in.require(ok && fits, "the box is too large for so many bits")
		w.lo, w.hi = append(w.lo, lo), append(w.hi, -hi)
	}
	for {
		line := w.in.next()
		w.stop()
		w.in.require(len(line) > 0, "a blank line")
		if !w.line(line[0], line[1:]) {
			continue
		}
		w.flush()
		if !w.sibling() {
			return
		}
	}
}

// line checks a line, and says whether it ends the node.
func (w *safetyWalker) line(kind byte, text []byte) (ends bool) {
	switch kind {
	case 'R':
		w.in.require(len(text) == 0 && !w.begun && !w.second, "R stands alone, first of all lines of a node, and once on a path")
		w.second = true
	case 'X', 'N':
		w.flush()
		w.report.Splits++
		w.split(kind, text)
	case 'V':
		w.in.require(len(text) == 0, "expected nothing after V")
		w.claim(claim{kind: kind}, 0)
		return true
	case 'Z', 'E', 'F':
		w.refute(kind, text)
	default:
		w.in.require(false, "expected a line that begins with one of R X N Z F E V")
	}
	w.begun = kind != 'X' && kind != 'N'
	return len(w.closed) == w.of[w.box]
}

// split goes to the first subtree.
func (w *safetyWalker) split(kind byte, text []byte) {
	h := halving{k: -1, closed: len(w.closed), level: w.second}
	if kind == 'N' {
		q := w.in.index(string(text), len(w.sign), "expected one of the neurons, counted from 0")
		w.in.require(w.sign[q] == 0, "the neuron has a sign")
		w.sign[q] = -1
		w.signs = append(w.signs, signed{q, -1})
	} else {
		k := w.in.index(string(text), len(w.lo), "expected one of the inputs, counted from 0")
		w.in.require(w.hi[k]-w.lo[k] >= 2, "the input cannot be halved on this grid")
		h.k, h.lo, h.hi, h.m = k, w.lo[k], w.hi[k], (w.lo[k]+w.hi[k])>>1
		w.hi[k] = h.m
	}
	w.above = append(w.above, h)
}

// sibling goes to the next node; there may be none.
func (w *safetyWalker) sibling() bool {
	for w.begun = false; len(w.above) > 0; w.above = w.above[:len(w.above)-1] {
		h := &w.above[len(w.above)-1]
		w.reopen(h.closed)
		w.second = h.level
		last := len(w.signs) - 1
		switch {
		case h.k >= 0 && !h.later:
			w.lo[h.k], w.hi[h.k] = h.m, h.hi
		case h.k >= 0:
			w.lo[h.k] = h.lo
		case !h.later:
			w.signs[last].s = +1
			w.sign[w.signs[last].q] = +1
		default:
			w.sign[w.signs[last].q] = 0
			w.signs = w.signs[:last]
		}
		if !h.later {
			h.later = true
			return true
		}
	}
	w.reopen(0)
	return false
}

// reopen opens the disjuncts that were refuted since so many were.
func (w *safetyWalker) reopen(closed int) {
	for _, d := range w.closed[closed:] {
		w.shut[d] = false
	}
	w.closed = w.closed[:closed]
}

// refute reads a line that refutes a disjunct.
func (w *safetyWalker) refute(kind byte, text []byte) {
	d, rest, ok := index(text, len(w.shut))
	w.in.require(ok && w.query.disjuncts[d].box == w.box && !w.shut[d], "expected a disjunct of the box that is not refuted yet")
	rest, ok = bytes.CutPrefix(rest, []byte{' '})
	w.in.require(ok, "expected a space")
	c := claim{kind: kind, d: d}
	conditions := len(w.query.disjuncts[d].forms)
	if kind == 'Z' {
		c.mu = []weight{{w.in.index(string(rest), conditions, "expected one of the disjunct's conditions, counted from 0"), nil}}
	} else {
		lists := bytes.Split(rest, []byte{';'})
		w.in.require(len(lists) == 2+int(kind&1^1), "expected lists of multipliers, with ; between")
		most := maxLong
		if kind == 'F' {
			most = 10
			c.alpha = w.weights(lists[2], '/', len(w.sign), 3)
		}
		c.mu, c.beta = w.weights(lists[0], ':', conditions, most), w.weights(lists[1], ':', len(w.sign), most)
		w.in.require(len(c.mu)+len(c.beta) > 0, "expected one multiplier at least")
		for _, v := range slices.Concat(c.mu, c.beta) {
			w.in.require(v.v.Sign() > 0 && (kind == 'E' || v.v.BitLen() <= 32), "expected multipliers ≥ 1, and less than 2^32 in F")
		}
		for _, v := range c.beta {
			w.in.require(w.sign[v.at] != 0, "a neuron with a multiplier has no sign")
		}
		for _, v := range c.alpha {
			w.in.require(w.sign[v.at] == 0 && v.v.Int64() <= 256, "expected slopes of neurons without a sign, from 0 to 256")
		}
	}
	w.shut[d] = true
	w.closed = append(w.closed, d)
	w.claim(c, len(text))
}

// weights reads a list, ascending.
func (w *safetyWalker) weights(text []byte, between byte, limit, most int) (list []weight) {
	for last := -1; len(text) > 0; {
		at, rest, ok := index(text, limit)
		w.in.require(ok && at > last && len(rest) > 0 && rest[0] == between, "expected names in their range, ascending, each with a multiplier")
		v := new(big.Int)
		text, ok = natural(rest[1:], most, v)
		w.in.require(ok, "expected a natural in its one spelling")
		list, last = append(list, weight{at, v}), at
		if len(text) > 0 {
			w.in.require(text[0] == ' ' && len(text) > 1, "expected a single space between multipliers")
			text = text[1:]
		}
	}
	return list
}

// claim adds a line to what is checked of the node.
func (w *safetyWalker) claim(c claim, size int) {
	const most = 1 << 20 // bytes that wait
	c.line = w.in.line
	w.report.Leaves++
	w.claims = append(w.claims, c)
	if w.size += size; w.size > most || len(w.claims) > most/64 {
		w.flush()
	}
}

// flush hands what was claimed of the node to a worker.
func (w *safetyWalker) flush() {
	if len(w.claims) > 0 {
		n := w.safetyNode
		n.lo, n.hi, n.signs = slices.Clone(n.lo), slices.Clone(n.hi), slices.Clone(n.signs)
		w.jobs <- safetyJob{n, w.claims}
		w.claims, w.size = nil, 0
	}
}

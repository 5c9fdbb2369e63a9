package safetyproof

// The tree of a proof of safety: read from front to back by one, who knows the place, while workers
// check what the lines claim about their nodes.

import (
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/safetyproof/internal/fixed"
)

// maxSplits bounds the splits on a path.
const maxSplits = 100_000

// node is a node: a box on the grid with signs.
type node struct {
	box    int
	lo, hi []int64
	signs  []int8 // of each neuron, 0 for none
	second bool   // bounds of the second level
}

// claim is a line that refutes.
type claim struct {
	canonical.Position
	kind byte
	d    int
	// mu, beta and alpha name conditions and neurons, ascending.
	mu, beta, alpha []weight
}

// weight is a multiplier.
type weight struct {
	at int
	v  *big.Int
}

// walker is the place in the tree.
type walker struct {
	*checker
	in *canonical.Lines
	node
	closed []int  // the disjuncts refuted on the path
	shut   []bool // of each disjunct
	of     []int  // the number of disjuncts of each box
	claims []claim
	size   int          // of the claims, in bytes
	idle   chan *bounds // of workers
	crew   sync.WaitGroup
}

func (c *checker) newWalker(in *canonical.Lines, workers int) *walker {
	w := &walker{checker: c, in: in, shut: make([]bool, len(c.query.Disjuncts)), of: make([]int, len(c.query.Boxes)),
		idle: make(chan *bounds, workers)}
	for range workers {
		w.idle <- newBounds(c.Verdict, c.net)
	}
	for _, d := range c.query.Disjuncts {
		w.of[d.Box]++
	}
	return w
}

// tree checks the subtree of a box.
func (w *walker) tree(box int) {
	w.node = node{box: box, signs: make([]int8, len(w.net.unit))}
	w.in.Require(fixed.Fits(func() {
		for k, end := range w.query.Boxes[box] {
			if k%2 == 0 {
				w.lo = append(w.lo, w.net.inUnits(end))
			} else {
				w.hi = append(w.hi, -w.net.inUnits(new(big.Rat).Neg(end)))
			}
		}
	}), "the box is too large for so many bits")
	w.subtree(0)
}

// subtree checks the subtree of the node at hand, below so many splits, and leaves the place as it
// was.
func (w *walker) subtree(splits int) {
	w.in.Require(splits <= maxSplits, "more than 100000 splits on a path")
	closed, second := len(w.closed), w.second
	for first, ended := true, false; !ended; first = false {
		line := string(w.in.Next())
		w.Stop()
		kind, text := line[:min(1, len(line))], line[min(1, len(line)):]
		ended = true
		switch kind {
		case "R":
			w.in.Require(text == "" && first && !w.second, "R stands alone, first of all lines of a node, and once on a path")
			w.second, ended = true, false
		case "V":
			w.in.Require(text == "", "expected nothing after V")
			w.claim(claim{kind: 'V'}, 0)
		case "Z", "E", "F":
			w.refute(kind[0], text)
			ended = len(w.closed) == w.of[w.box]
		case "X":
			w.halve(text, splits)
		case "N":
			w.fix(text, splits)
		default:
			w.in.Require(false, "expected a line that begins with one of R X N Z F E V")
		}
	}
	w.flush()
	for _, d := range w.closed[closed:] {
		w.shut[d] = false
	}
	w.closed, w.second = w.closed[:closed], second
}

// halve checks the halves of a node.
func (w *walker) halve(text string, splits int) {
	k := w.in.Index(text, len(w.lo), "expected one of the inputs, counted from 0")
	lo, hi := w.lo[k], w.hi[k]
	w.in.Require(hi-lo >= 2, "the input cannot be halved on this grid")
	w.split(splits, func() { w.hi[k] = (lo + hi) >> 1 }, func() { w.lo[k], w.hi[k] = (lo+hi)>>1, hi })
	w.lo[k] = lo
}

// fix checks the sides of a neuron.
func (w *walker) fix(text string, splits int) {
	q := w.in.Index(text, len(w.signs), "expected one of the neurons, counted from 0")
	w.in.Require(w.signs[q] == 0, "the neuron has a sign")
	w.split(splits, func() { w.signs[q] = -1 }, func() { w.signs[q] = +1 })
	w.signs[q] = 0
}

// split checks two nodes below the node at hand, each made of what is left of it.
func (w *walker) split(splits int, nodes ...func()) {
	w.flush()
	w.report.Splits++
	for _, below := range nodes {
		below()
		w.subtree(splits + 1)
	}
}

// refute reads a line that refutes a disjunct.
func (w *walker) refute(kind byte, text string) {
	number, rest, _ := strings.Cut(text, " ")
	d := w.in.Index(number, len(w.shut), "expected the number of a disjunct of the box, and a space")
	w.in.Require(w.query.Disjuncts[d].Box == w.box && !w.shut[d], "expected a disjunct of the box that is not refuted yet")
	c, conditions := claim{kind: kind, d: d}, len(w.query.Disjuncts[d].Forms)
	if kind == 'Z' {
		c.mu = alone(w.in.Index(rest, conditions, "expected one of the disjunct's conditions, counted from 0"), w.net.f)
	} else {
		lists := strings.Split(rest, ";")
		w.in.Require(len(lists) == map[byte]int{'E': 2, 'F': 3}[kind], "expected lists of multipliers, with ; between")
		some := func(v weight) bool { return v.v.Sign() > 0 && (kind == 'E' || v.v.BitLen() <= 32) }
		c.mu = w.weights(lists[0], ":", conditions, some, "expected multipliers ≥ 1, and less than 2^32 in F")
		c.beta = w.weights(lists[1], ":", len(w.signs), func(v weight) bool { return some(v) && w.signs[v.at] != 0 },
			"a neuron with a multiplier has no sign, or it is not ≥ 1 and, in F, less than 2^32")
		w.in.Require(len(c.mu)+len(c.beta) > 0, "expected one multiplier at least")
		if kind == 'F' {
			c.alpha = w.weights(lists[2], "/", len(w.signs), func(v weight) bool { return w.signs[v.at] == 0 && v.v.Cmp(big.NewInt(256)) <= 0 },
				"expected slopes of neurons without a sign, from 0 to 256")
		}
	}
	w.shut[d] = true
	w.closed = append(w.closed, d)
	w.claim(c, len(text))
}

// alone is the multiplier of one condition that needs no other.
func alone(j int, f uint) []weight { return []weight{{j, big.NewInt(1 << min(f, 20))}} }

// weights reads a list, ascending, of multipliers that are right.
func (w *walker) weights(text, between string, limit int, right func(weight) bool, reason string) (list []weight) {
	for more := text != ""; more; {
		var item string
		item, text, more = strings.Cut(text, " ")
		name, value, _ := strings.Cut(item, between)
		v := weight{w.in.Index(name, limit, "expected names in their range, each with a multiplier, and single spaces between"), new(big.Int)}
		rest, ok := canonical.Natural([]byte(value), canonical.MaxLong, v.v)
		w.in.Require(ok && len(rest) == 0, "expected a natural in its one spelling")
		w.in.Require(len(list) == 0 || list[len(list)-1].at < v.at, "expected names that ascend")
		w.in.Require(right(v), reason)
		list = append(list, v)
	}
	return list
}

// claim adds a line to what is checked of the node.
func (w *walker) claim(c claim, size int) {
	const most = 1 << 20 // bytes that wait
	c.Position = w.in.Position
	w.report.Leaves++
	w.claims = append(w.claims, c)
	if w.size += 64 + size; w.size > most {
		w.flush()
	}
}

// flush hands what was claimed of the node to a worker.
func (w *walker) flush() {
	if len(w.claims) == 0 {
		return
	}
	n, claims, b := w.node, w.claims, <-w.idle
	n.lo, n.hi, n.signs = slices.Clone(n.lo), slices.Clone(n.hi), slices.Clone(n.signs)
	w.crew.Go(func() {
		w.Guard(func() { w.check(b, &n, claims) })
		w.idle <- b
	})
	w.claims, w.size = nil, 0
}

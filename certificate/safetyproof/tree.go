package safetyproof

// The tree of a proof of safety: read from front to back by one, who knows the place, while workers
// check what the lines claim about their nodes.

import (
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
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

// walker is the place in the tree.
type walker struct {
	*checker
	in *canonical.Lines
	node
	closed []int  // the disjuncts refuted on the path
	shut   []bool // of each disjunct
	of     []int  // the number of disjuncts of each box
	claims []claims.Claim
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
			w.claim(claims.Claim{Position: w.in.Position, Kind: 'V'}, 0)
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
	c := claims.Claim{Position: w.in.Position, Kind: kind, Disjunct: d}
	c.Read(rest, len(w.query.Disjuncts[d].Forms), w.signs, w.net.f)
	w.shut[d] = true
	w.closed = append(w.closed, d)
	w.claim(c, len(text))
}

// claim adds a line to what is checked of the node.
func (w *walker) claim(c claims.Claim, size int) {
	const most = 1 << 20 // bytes that wait
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

package safety

// What is done at a node: bounds, refutations, candidates, a split.

import (
	"math"
	"slices"
)

const (
	// climbEvery is how often a node is a start for a climb: one node in so many.
	climbEvery = 8
	// halvingsFixed + halvingsEach·inputs is the depth at which inputs are split no more.
	halvingsFixed, halvingsEach = 40, 8
	// usualEntries is the number of entries of a programme up to which it is asked.
	usualEntries = 100_000
)

// tuning steers a search and changes no verdict.
type tuning struct {
	// few is the number of open units from which on a programme over triangles is asked, and units
	// are split.
	few int
	// many is the number of open units up to which a programme is asked where inputs are split no
	// more, and where units are to be split first.
	many int
	// halvings is the depth at which inputs are split no more.
	halvings int
	// entries is the number of entries of a programme up to which it is asked.
	entries int
}

func usual(inputs int) tuning {
	return tuning{24, 200, halvingsFixed + halvingsEach*inputs, usualEntries}
}

// node is a box with signs of some units. Nodes share what they do not change.
type node struct {
	lo, hi   []float64
	signs    []sign
	disjunct []int32 // those that are not refuted
	halvings int
	again    int     // the depth from which on splits of units are tried again
	key      float64 // the least first
	known
	// place is where its text belongs, nil without a proof; text are its lines so far, which say
	// what is held.
	place *place
	text  []byte
	held  []*claim
}

// known is what is known of a node from the one above, where units are split first.
type known struct {
	// l, u bound pre-activations; nil where nothing is known, and with a proof, as its checker
	// knows the node alone.
	l, u []float64
	// from are the mixtures with which the next ascents start.
	from map[int32]*mixture
}

// depth is the number of splits above the node.
func (n *node) depth() int { return n.halvings + len(n.signs) }

// size bounds the memory that a node takes while it waits, in bytes. What it shares counts in full,
// as nobody knows who will be the last to have it.
func (n *node) size() int {
	const fixed, number, entry = 384, 8, 64 // a node with its place; a float or a sign; one in a map
	numbers := len(n.lo) + len(n.hi) + len(n.signs) + len(n.disjunct) + len(n.l) + len(n.u)
	for _, m := range n.from {
		if m != nil {
			numbers += len(m.mu) + len(m.beta) + len(m.alpha)
		}
	}
	return fixed + number*numbers + entry*len(n.from)
}

// worker looks at nodes.
type worker struct {
	*search
	zone   *zone
	walker *walker
	refuter
	prover
	ascent ascent
	turn   int
}

// loose is a disjunct that is not refuted, its condition with the largest lower bound, and that.
type loose struct {
	disjunct int32
	row      int
	top      float64
}

func newWorker(r *search) *worker {
	z := newZone(r.subject)
	w := &worker{search: r, zone: z, walker: newWalker(r.subject), refuter: refuter{zone: z}, prover: prover{zone: z}}
	w.ascent = ascent{zone: z, walker: w.walker}
	if r.proofs != nil {
		w.exact, w.prover.tree = newFixedZone(r.proofs.fixed), r.proofs.tree
	}
	return w
}

// visit looks at a node and returns what is left of it: its children, or a witness, or neither
// where it is refuted.
func (w *worker) visit(n *node) (children []*node, found *Witness, err error) {
	switch w.zone.bound(n) {
	case empty:
		return w.void(n)
	case unbounded:
		return w.beyond(n)
	case stopped:
		return []*node{n}, nil, nil
	}
	w.evaluate(n)
	left, claims, found := w.refuteEach(n)
	switch {
	case found != nil:
		return nil, found, nil
	case w.ctx.Err() != nil: // what is left may have no condition: a point that was not confirmed
		return []*node{n}, nil, nil
	}
	best := loose{-1, -1, math.Inf(1)}
	for _, o := range left {
		if !(o.top >= best.top) {
			best = o
		}
	}
	units, ask := w.plan(n, len(left), best.row)
	if w.ctx.Err() != nil {
		return []*node{n}, nil, nil
	}
	rest := &node{lo: n.lo, hi: n.hi, signs: n.signs, halvings: n.halvings, again: n.again, place: n.place, known: n.known}
	if units && w.exact == nil && !w.zone.oneLayer() {
		rest.l, rest.u = slices.Clone(w.zone.l), slices.Clone(w.zone.u)
	}
	if units && !ask {
		if left, best, found = w.ascents(rest, left, &claims); found != nil {
			return nil, found, nil
		}
	}
	rest.key = best.top
	for _, o := range left {
		rest.disjunct = append(rest.disjunct, o.disjunct)
	}
	if len(left) == 0 || !ask {
		failed, closed := w.commit(rest, claims, len(left) == 0)
		if closed {
			return nil, nil, nil
		}
		rest.disjunct = united(rest.disjunct, failed)
		if best.row < 0 {
			best.disjunct, best.row = failed[0], w.start[slices.Index(n.disjunct, failed[0])]
		}
		claims = nil
	}
	switch {
	case ask:
		return w.programmes(rest, best.row, claims)
	case units && w.exact != nil && w.exact.blind:
		return w.splitUnsettled(rest)
	case units:
		return w.splitUnit(rest, w.strongest(rest.from[best.disjunct], best)), nil, nil
	}
	return w.halve(rest, best.row), w.climb(rest), nil
}

// refuteEach returns the disjuncts of a node that forms which came back leave, and claims of the
// others; or a witness.
func (w *worker) refuteEach(n *node) (left []loose, claims []*claim, found *Witness) {
	for i, d := range n.disjunct {
		at, top, m := w.refuted(i, d)
		if top > 0 {
			c := w.claim(d, at-w.start[i], m)
			c.second = w.exact != nil && m == nil && w.doubtful(at)
			claims = append(claims, c)
			continue
		}
		if found = w.corner(d, at); found != nil {
			return nil, nil, found
		}
		left = append(left, loose{d, at, top})
	}
	return left, claims, nil
}

// plan says whether units are split at a node with so many disjuncts left, of which form r is the
// loosest, and whether a programme is asked. Where units are split and none is, multipliers go
// uphill.
func (w *worker) plan(n *node, left, r int) (units, ask bool) {
	open := len(w.zone.open)
	columns := open + len(w.zone.inputOf)
	large := columns*(columns+open+len(n.signs)) > w.entries
	units = left > 0 && (len(n.signs) > 0 || large && open <= w.few || w.unitsFirst(n, r))
	if large {
		return units, open == 0
	}
	return units, open <= w.few || open <= w.many && (w.deep(n) || units && (w.zone.oneLayer() || len(n.signs) > 0 && n.from == nil))
}

// beyond is visit for a node without bounds: neurons are split until all are fixed, if they are
// few.
func (w *worker) beyond(n *node) ([]*node, *Witness, error) {
	const few = 12
	var free []int32
	for i := range w.layers {
		for j, m := range w.layers[i].below {
			if q := w.layers[i].first + j; m != 1 && w.zone.fixed[q] == 0 {
				free = append(free, int32(q))
			}
		}
	}
	switch {
	case len(free) > 0 && w.exact != nil:
		return w.splitUnsettled(n)
	case len(free) > few:
		return w.splitUnit(n, -1), nil, nil
	case len(free) > 0:
		return w.splitUnit(n, free[0]), nil, nil
	}
	sides := w.zone.sides()
	var claims []*claim
	for _, d := range n.disjunct {
		found, c, err := w.leaf(n, d, sides)
		if found != nil || err != nil {
			return nil, found, err
		}
		claims = append(claims, c)
	}
	return w.ends(n, claims)
}

// deep says that inputs are split no more.
func (w *worker) deep(n *node) bool { return n.halvings >= w.halvings }

// corner tries the point of the box where a form is least, and the middle.
func (w *worker) corner(d int32, r int) *Witness {
	x := w.walker.x
	for k := range x {
		x[k] = middle(w.zone.lo[k], w.zone.hi[k])
	}
	if found := w.walker.try(d, x); found != nil || r < 0 {
		return found
	}
	return w.walker.try(d, w.lowest(w.walker.x, r))
}

// lowest is the corner of the box where form r is least, in x.
func (f *refuter) lowest(x []float64, r int) []float64 { return f.zone.lowest(x, f.form[r]) }

// lowest is the corner of the box where a form is least, in x.
func (z *zone) lowest(x, form []float64) []float64 {
	for k := range x {
		x[k] = z.lo[k]
		if form[k] < 0 {
			x[k] = z.hi[k]
		}
	}
	return x
}

// climb starts at the middle of some nodes.
func (w *worker) climb(n *node) *Witness {
	if w.turn++; w.turn%climbEvery != 0 {
		return nil
	}
	for _, d := range n.disjunct {
		for k := range w.walker.x {
			w.walker.x[k] = middle(n.lo[k], n.hi[k])
		}
		if found := w.walker.descend(d, w.walker.x, n.lo, n.hi, 5); found != nil {
			return found
		}
	}
	return nil
}

// programmes asks a programme for each disjunct of a node with few open units. claims are of
// disjuncts that are refuted already.
func (w *worker) programmes(n *node, r int, claims []*claim) ([]*node, *Witness, error) {
	t := newTriangle(w.zone)
	var open []int32
	var sides []int8
	if len(w.zone.open) == 0 {
		sides = slices.Clone(w.settled(n))
	}
	split, most := int32(-1), 0.0
	for _, d := range n.disjunct {
		found, c, point, err := w.programme(t, n, d, sides)
		if found != nil || err != nil {
			return nil, found, err
		}
		if c != nil {
			claims = append(claims, c)
			continue
		}
		open = append(open, d)
		if point != nil {
			if q, v := t.loosest(point, w.zone.back.weight[max(r, 0)*w.units:]); v > most {
				split, most = q, v
			}
		}
	}
	failed, closed := w.commit(n, claims, len(open) == 0)
	if closed {
		return nil, nil, nil
	}
	if sides != nil { // what was claimed before this node was known to be settled
		return w.exactly(n, claims, failed, sides)
	}
	n.disjunct = united(open, failed)
	if q := w.farthest(r); q >= 0 {
		split = q
	}
	if split < 0 {
		split = w.widestUnit(r)
	}
	if w.exact != nil && (split < 0 || w.exact.blind) {
		return w.splitUnsettled(n)
	}
	return w.splitUnit(n, split), nil, nil
}

// programme asks a programme for one disjunct. It returns a witness, or what refutes the disjunct,
// or, if the programme has one, a point. sides, where not nil, are those of all units.
func (w *worker) programme(t *triangle, n *node, d int32, sides []int8) (found *Witness, c *claim, point []float64, err error) {
	t.fill(d, n.signs)
	w.programmesAsked.Add(1)
	if p := newProgramme(t.rows, t.width); p.solve() {
		if p.value() > 0 {
			if m := t.mixture(d, p.multipliers()); m != nil && w.zone.back.refutes(d, m) && (sides == nil || w.holds(n, d, m)) {
				return nil, w.claim(d, -1, m), nil, nil
			}
		}
		point = p.point()
		if found = w.walker.try(d, t.input(point, w.walker.x)); found != nil {
			return found, nil, nil, nil
		}
	}
	if sides != nil {
		found, c, err = w.leaf(n, d, sides)
	}
	return found, c, point, err
}

// united are the disjuncts of both lists, in order.
func united(a, b []int32) []int32 {
	a = append(a, b...)
	slices.Sort(a)
	return a
}

// input is the point of the inputs of a solution.
func (t *triangle) input(v, x []float64) []float64 {
	copy(x, t.lo)
	for i, k := range t.free {
		x[k] = min(max(t.lo[k]+v[i], t.lo[k]), t.hi[k])
	}
	return x
}

// loosest is the open unit whose value in a solution is farthest from what it is, as far as it
// matters.
func (t *triangle) loosest(v, weight []float64) (at int32, most float64) {
	at = -1
	for _, q := range t.open {
		z, a := t.pre[q][t.n], t.val[q][t.n]
		for k, x := range v {
			z += t.pre[q][k] * x
			a += t.val[q][k] * x
		}
		f := z
		if z < 0 {
			f *= t.belowOf(q)
		}
		if off := math.Abs(a-f) * (faint + math.Abs(weight[q])); off > most {
			at, most = q, off
		}
	}
	return at, most
}

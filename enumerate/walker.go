// The walk: depth first over the tree of patterns, minus side before plus
// side. Two things are certified, and together they are the count: the
// witness of every final cell, and the emptiness of every side not taken.

package enumerate

import (
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/relucell/relucell/lp"
)

// walker is one worker's state. All of it but the counters, and the digits of described vertices, is a function of the
// path from the root, so that a subtree gives the same nodes whoever walks it.
type walker struct {
	m      *model
	cert   certifier
	pass1  *passer
	solver lp.Incremental
	off    int // > 0: the solver could not follow; questions go to the exact solve
	states []*layerState
	levels []*level
	labels []int8
	obs    Observer
	run    *run
	stats  stats
	err    error
	point  []float64
	xs     []float64
	frames []frame
	short  *level
	// What recall knows and works in.
	onPath   constraints
	memories []memories
	sum      []float64
	second   payoff
	far      payoff
	// The bracket: this task's account, and what a stop left open.
	account   *account
	left      int64
	leftUpper *big.Int
	tick      int64
	// Best first: the path of the cell, the sides still to be taken to reach a waiting cell,
	// the splits left of a stint (0: no end) and those made, the bits of a bound below which cells wait, those cells, and the decisions
	// counted before a path was repeated.
	path   []int8
	script []int8
	budget int64
	splits int64
	floor  int
	// clock counts work, in vertices and pairs of them looked at, or what takes as long.
	clock  *int64
	fares  fares
	parked []*node
	replay *Decisions
	// Late: the decision at hand was given up; the cell that a script leads to was not reached, or not left as it
	// should be; a cell that may be empty was left open; a stint is what is walked.
	gaveUp, lost, vague, stint bool
	// The checkpoint: its records at and below the current cell, and what joined subtrees came to.
	saved  *saved
	joined odometer
	// Probing: coin chooses the sides, met counts the splits.
	coin *rand.Rand
	met  int
	// polygon is the solver where it is one that knows all vertices, and outline what it knows, certified.
	polygon *lp.Polygon
	outline outline
	// described says that the walk goes by the vertices of cells; where it cannot, other, which goes by the
	// solver, takes over. mid and half are a box.
	described bool
	base      int       // the level on which a subtree begins that was handed over
	atRoot    Decisions // what had been counted at the root
	cells     *description
	other     *walker
	mid, half point
	// greedy says that the solver's multipliers are those of the largest value on a cell.
	greedy bool
	// pivots0 is what the solver had done before this walker's current subtree.
	pivots0 int64
}

// frame is a split whose plus side is still to be walked. Everything that side
// needs stays untouched on the stack while the minus side is walked, so another
// worker can be handed the shallowest frame at any moment.
type frame struct {
	l, j, d int
	depth   int // splits before it
	given   *handover
	found   int64 // regions found when the split was made
	saved   *saved
	// Upper bounds of the regions of the plus side and of the whole cell, nil until asked for.
	plus, cell *big.Int
}

// level is a cell on the path: its witness and the forms gathered below it.
type level struct {
	y []float64 // witness, in unit coordinates
	// big is the witness where float64 cannot hold it.
	big []*big.Rat
	z   []int8 // signs at the witness, 0 where not certain
	// full says that z holds the signs of the layers not yet entered too.
	full bool
	acc  accumulator
	// far is the witness of the side of the next split that y is not on.
	far *level
	// Of a described cell: its vertices, those on the two sides of its split and of the part on the hyperplane,
	// the neurons of a word that change sign on it, and how many names had been given with the split's.
	at, plus, minus, section []int32
	open                     uint64
	names, word              int
}

func newLevel(m *model) *level {
	return &level{y: make([]float64, m.n), z: make([]int8, m.neurons)}
}

// setWitness copies the witness of o.
func (lv *level) setWitness(o *level) {
	copy(lv.y, o.y)
	copy(lv.z, o.z)
	lv.big, lv.full = o.big, o.full
}

// stats are a worker's counters.
type stats struct {
	dec       Decisions
	questions int64
	regions   int64
	refreshes int64
}

func newWalker(r *run) *walker {
	m := r.m
	w := &walker{m: m, run: r, clock: new(int64), pass1: newPasser(m), solver: r.policy.newSolver(m),
		labels: make([]int8, m.neurons), point: make([]float64, m.n), xs: make([]float64, m.n), short: newLevel(m), leftUpper: new(big.Int)}
	w.cert = certifier{m: m, labels: w.labels, f: make([]float64, m.n), policy: r.policy, proof: r.observed}
	w.cert.path.m = m
	if s, ok := w.solver.(lp.Stoppable); ok {
		s.StopWhen(m.late)
	}
	w.polygon, _ = w.solver.(*lp.Polygon)
	w.greedy = greedy(w.solver)
	w.memorise()
	for range m.layers {
		w.states = append(w.states, &layerState{})
	}
	return w
}

// memorise prepares recall, for walks without a proof.
func (w *walker) memorise() {
	w.memories = make([]memories, w.m.neurons)
	w.second.worth, w.far.worth = secondWorth, farWorth
	w.onPath = newConstraints(w.m.n, w.m.neurons)
	w.sum = make([]float64, w.m.n+3)
}

func (w *walker) level(d int) *level {
	for len(w.levels) <= d {
		lv := newLevel(w.m)
		lv.far = newLevel(w.m)
		w.levels = append(w.levels, lv)
	}
	return w.levels[d]
}

// count adds a decision.
func (s *stats) count(t tier) {
	switch t {
	case tierFloat:
		s.dec.Float++
	case tierInteger:
		s.dec.Integer++
	case tierSolve:
		s.dec.Solve++
	}
}

// enter goes into layer l on the cell at depth d, whose accumulator holds its forms.
func (w *walker) enter(l, d int) {
	if l > 0 {
		w.load(l, &w.levels[d].acc)
		w.lookAhead(l, w.levels[d])
	}
	w.begin(&w.levels[d].acc, l+1)
	st := w.states[l]
	st.entry = d
	outlined := w.outlines() && w.outlined()
	for j := range st.done {
		if w.m.late() {
			w.unsettled(l, j)
			w.leave(l, 0, d)
			return
		}
		if outlined {
			st.done[j] = w.atOnce(l, j, w.levels[d].z)
		} else {
			st.done[j] = w.quick(l, j)
		}
		if st.done[j] != open {
			w.pass(&w.levels[d].acc, l, j, w.labels[w.m.layers[l].first+j])
		}
	}
	w.nodes(l, 0, d)
}

// quick settles neuron j on the cell on which its layer is entered, if its form
// alone does.
func (w *walker) quick(l, j int) status {
	z := w.form(l, j)
	id := w.m.layers[l].first + j
	w.labels[id] = 0
	if z.zero() {
		return zeroDone
	}
	t := w.selfSide(z)
	if t == 0 {
		return open
	}
	w.labels[id] = t
	if w.cert.proof {
		w.keep(l, j, &multipliers{self: 1})
	}
	w.stats.count(tierFloat)
	return selfDone
}

// atOnce settles neuron j by the outline of the cell on which its layer is entered; z
// holds the signs at a point of it.
func (w *walker) atOnce(l, j int, z []int8) status {
	f := w.form(l, j)
	id := w.m.layers[l].first + j
	w.labels[id] = 0
	if f.zero() {
		return zeroDone
	}
	if z[id] == 0 || !w.outside(f, -float64(z[id])) {
		return open
	}
	w.labels[id] = z[id]
	w.stats.count(tierFloat)
	return caseDone
}

// settle decides the neurons of layer l from j on that are settled on the whole
// cell, before it is split for the first time in this layer: once for all its parts.
func (w *walker) settle(l, j, d int) {
	st := w.states[l]
	for ; j < len(st.done); j++ {
		id := w.m.layers[l].first + j
		z0 := w.levels[d].z[id]
		s := -float64(z0)
		if w.m.late() {
			return
		}
		if st.done[j] != open || z0 == 0 || w.off > 0 || w.levels[d].far.z[id] == -z0 {
			continue // the witnesses of the two sides are on the two sides of j as well
		}
		z := w.form(l, j)
		if z.lost() || w.solver.Seen(z.g, z.h, s) {
			continue
		}
		t, _ := w.ask(z, id, s)
		if t == tierNone {
			continue
		}
		w.labels[id] = int8(-s)
		w.stats.count(t)
		st.done[j] = caseDone
		if w.cert.proof {
			w.keep(l, j, &w.cert.out)
		}
		w.pass(&w.levels[d].acc, l, j, w.labels[id])
	}
}

// keep stores a copy of a proof for a neuron settled on entry.
func (w *walker) keep(l, j int, p *multipliers) {
	w.states[l].proofs[j].copyFrom(p)
}

func (p *multipliers) copyFrom(o *multipliers) {
	p.self, p.bigSelf, p.bigLam = o.self, o.bigSelf, o.bigLam
	p.ids = append(p.ids[:0], o.ids...)
	p.lambda = append(p.lambda[:0], o.lambda...)
}

// selfSide returns the sign that z certainly has on the whole ball, or 0. The
// bound is that of certifier.float without ancestors.
func (w *walker) selfSide(z *form) int8 {
	if !w.cert.policy.allowFloat() {
		return 0
	}
	bound := slack*(z.err+float64(len(z.g)+8)*unit*z.mag) + underflow
	if math.Abs(z.h) <= bound {
		return 0
	}
	if math.Abs(z.h) > supUnit(w.m.norm, z.g)+bound {
		if z.h > 0 {
			return 1
		}
		return -1
	}
	return 0
}

// ask puts the question to the solver and certifies an answer "empty". tierNone
// says that the side may be live; the reply is then the solver's, or nil after a failure.
func (w *walker) ask(z *form, id int, s float64) (tier, *lp.Reply) {
	if z.lost() { // a solver can say nothing of it
		return tierNone, nil
	}
	if w.remembers() && !w.solver.Seen(z.g, z.h, s) && w.recall(z, id, s) {
		return tierFloat, nil
	}
	if w.outlines() && w.outside(z, s) {
		return tierFloat, nil
	}
	for try := 0; try < 2; try++ {
		w.stats.questions++
		*w.clock += questionWork
		r, err := w.solver.Ask(z.g, z.h, s)
		if err == nil && r.Meets {
			return tierNone, r
		}
		if w.m.late() {
			return tierNone, nil
		}
		if err == nil {
			if t := w.cert.prune(z, s, r.ID, r.Lambda); t != tierNone {
				if t == tierFloat && w.remembers() {
					w.remember(id, s, r.ID, r.Lambda)
				}
				return t, nil
			}
		}
		w.stats.refreshes++
		if try > 0 || !w.solver.Refresh() {
			break
		}
	}
	return tierNone, nil
}

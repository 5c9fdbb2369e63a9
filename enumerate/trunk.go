// What the three trees share: the forms on the path, the labels, and what is counted and told.

package enumerate

import (
	"math"
	"math/big"
	"sync/atomic"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/tuning"
)

// trunk holds the forms of the layers on the path to a cell. All of it but the tally is a function of that path.
type trunk struct {
	m      *model
	policy *policy
	halt   *atomic.Bool // asks to leave cells open
	labels []int8
	states []*layerState
	told   tree.Teller
	tally  *tree.Tally
	tune   *tuning.Table
}

func newTrunk(m *model, p *policy, halt *atomic.Bool) trunk {
	k := trunk{m: m, policy: p, halt: halt, labels: make([]int8, m.neurons), told: tree.Silent{}, tally: new(tree.Tally), tune: &tuning.Usual}
	if p != nil && p.tune != nil {
		k.tune = p.tune
	}
	for range m.layers {
		k.states = append(k.states, &layerState{})
	}
	return k
}

// Labels are the signs of the decided neurons.
func (w *trunk) Labels() []int8 { return w.labels }

// Tell sets who is told.
func (w *trunk) Tell(t tree.Teller) { w.told = t }

// Tally is what has been done.
func (w *trunk) Tally() *tree.Tally { return w.tally }

// count adds a decision.
func (w *trunk) count(t tier) {
	switch t {
	case tierFloat:
		w.tally.Float++
	case tierInteger:
		w.tally.Integer++
	case tierSolve:
		w.tally.Solve++
	}
}

// quick settles neuron j on the cell on which its layer is entered, if its form alone does.
func (w *trunk) quick(l, j int) status {
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
	w.tally.Float++
	return selfDone
}

// selfSide returns the sign that z certainly has on the whole ball, or 0. The bound is that of certifier.float without
// ancestors.
func (w *trunk) selfSide(z *form) int8 {
	if !w.policy.allowFloat() {
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

// carries returns 1 if the decided unit u of layer l passes on more than a constant, 0 if not.
func (w *trunk) carries(l, u int) int {
	s := w.labels[w.m.layers[l].first+u]
	if s > 0 || (s < 0 && w.m.layers[l].leaks()) {
		return 1
	}
	return 0
}

// withLabel calls f while neuron id has a label.
func (w *trunk) withLabel(id int, s int8, f func() *big.Int) *big.Int {
	label := w.labels[id]
	w.labels[id] = s
	b := f()
	w.labels[id] = label
	return b
}

// openFrom says of neurons of layer l whether they are among those from j on that entering the layer left open.
func (w *trunk) openFrom(l, j int) func(u int) bool {
	done := w.states[l].done
	return func(u int) bool { return u >= j && done[u] == open }
}

// boundOf bounds the regions of a cell before neuron j of layer l, of whose neurons it says which may change sign there.
// look, unless the first bound is small, takes a closer look at the later layers; nil is none.
func (w *trunk) boundOf(l, j int, undecided func(u int) bool, look func() []bound.LayerCount) *big.Int {
	if w.m.late() {
		return w.rough(l, j)
	}
	b := w.recursion(l, undecided, w.m.tail(l))
	if look != nil && b.BitLen() > w.tune.FewBits && !w.m.late() {
		if tail := look(); tail != nil {
			if c := w.recursion(l, undecided, tail); c.Cmp(b) < 0 {
				return c
			}
		}
	}
	return b
}

// recursion bounds them. The layers before l are affine on the cell, so the dimension is at most the least number of units
// that any of them passes on.
func (w *trunk) recursion(l int, undecided func(u int) bool, tail []bound.LayerCount) *big.Int {
	dim := w.m.n
	for i := 0; i < l; i++ {
		k := 0
		for u := range w.m.layers[i].m {
			k += w.carries(i, u)
		}
		dim = min(dim, k)
	}
	ly := w.m.layers[l]
	here := bound.LayerCount{Leaky: ly.leaks()}
	for u := range ly.m {
		if undecided(u) {
			here.K++
		} else {
			here.P += w.carries(l, u)
		}
	}
	list := append(append(make([]bound.LayerCount, 0, len(w.m.source.Layers())), here), tail...)
	return bound.Recursion(list, dim)
}

// rough bounds the regions of the cell before neuron j of layer l by a factor of two for each neuron that may still be
// undecided, in a time that thousands of cells have.
func (w *trunk) rough(l, j int) *big.Int {
	undecided := 0
	for _, s := range w.states[l].done[min(j, len(w.states[l].done)):] {
		if s == open {
			undecided++
		}
	}
	for _, ly := range w.m.layers[l+1:] {
		undecided += ly.m
	}
	return new(big.Int).Lsh(big.NewInt(1), uint(max(1, undecided))) // 2 at least: what is open is not known
}

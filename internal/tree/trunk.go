// What the trees share: the forms on the path, the labels, and what is counted and told.

package tree

import (
	"math/big"
	"sync/atomic"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/tuning"
)

// trunk holds the forms of the layers on the path to a cell. All of it but the tally is a function
// of that path.
type trunk struct {
	*forms.Path
	m       *Subject
	judge   *judge.Judge
	policy  *Policy
	halt    *atomic.Bool // asks to leave cells open
	labels  []int8
	layers  []layer
	told    Teller
	tally   *Tally
	tune    *tuning.Table
	maximal bool // there are maxima
}

// layer is what was settled when a layer was entered. The labels are in the trunk's.
type layer struct {
	done []status
	// entry is the depth of the cell on which the layer was entered.
	entry int
}

// status says what is known of a neuron of the current layer.
type status int8

const (
	open    status = iota // both sides may live
	settled               // one side is empty on the whole cell
	zero                  // identically zero
)

func newTrunk(m *Subject, p *Policy, halt *atomic.Bool) trunk {
	k := trunk{Path: forms.NewPath(m.Model), m: m, policy: p, halt: halt, labels: make([]int8, m.Neurons),
		told: Silent{}, tally: new(Tally), tune: p.tuning(), maximal: m.Maximal()}
	k.judge = judge.New(m.Model, k.labels, p.tiers())
	for _, ly := range m.Layers {
		k.layers = append(k.layers, layer{done: make([]status, ly.Neurons)})
	}
	return k
}

// copyLayer copies the forms of a layer of another trunk, and what is settled.
func (w *trunk) copyLayer(o *trunk, l int) {
	w.CopyLayer(o.Path, l)
	to, from := &w.layers[l], &o.layers[l]
	copy(to.done, from.done)
	to.entry = -1 // the cell of entry is not on this tree's path
}

// Labels are the signs of the decided neurons.
func (w *trunk) Labels() []int8 { return w.labels }

// Tell sets who is told.
func (w *trunk) Tell(t Teller) { w.told = t }

// count adds a decision.
func (w *trunk) count(t judge.Tier) {
	switch t {
	case judge.Float:
		w.tally.Float++
	case judge.Integer:
		w.tally.Integer++
	case judge.Solve:
		w.tally.Solve++
	}
}

// carries returns 1 if the decided unit u of layer l passes on more than a constant, 0 if not.
func (w *trunk) carries(l, u int) int {
	if ly := w.m.Layers[l]; ly.Carries(u, w.m.Label(w.labels, l, u)) {
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

// openFrom says of neurons of layer l whether they are among those from j on that entering the
// layer left open.
func (w *trunk) openFrom(l, j int) func(u int) bool {
	done := w.layers[l].done
	return func(u int) bool { return u >= j && u < len(done) && done[u] == open }
}

// boundOf bounds the regions of a cell before neuron j of layer l, of whose neurons it says which
// may change sign there. look, unless the first bound is small, takes a closer look at the later
// layers; nil is none.
func (w *trunk) boundOf(l, j int, undecided func(u int) bool, look func() []bound.LayerCount) *big.Int {
	if w.m.Late() || w.maximal {
		return w.rough(l, j)
	}
	b := w.recursion(l, undecided, w.m.tail(l))
	if look != nil && b.BitLen() > w.tune.FewBits && !w.m.Late() {
		if tail := look(); tail != nil {
			if c := w.recursion(l, undecided, tail); c.Cmp(b) < 0 {
				return c
			}
		}
	}
	return b
}

// recursion bounds them. The layers before l are affine on the cell, so the dimension is at most
// the least number of units that any of them passes on.
func (w *trunk) recursion(l int, undecided func(u int) bool, tail []bound.LayerCount) *big.Int {
	dim := w.m.N
	for i := 0; i < l; i++ {
		k := 0
		for u := range w.m.Layers[i].Out {
			k += w.carries(i, u)
		}
		dim = min(dim, k)
	}
	ly := w.m.Layers[l]
	here := bound.LayerCount{}
	for u := range ly.Out {
		if undecided(u) {
			here.K++
			if ly.Slopes[u] != 0 {
				here.Leaky++
			}
		} else {
			here.P += w.carries(l, u)
		}
	}
	list := append(append(make([]bound.LayerCount, 0, len(w.m.Source.Layers())), here), tail...)
	return bound.Recursion(list, dim)
}

// rough bounds the regions of the cell before neuron j of layer l by a factor of two for each
// neuron that may still be undecided, in a time that thousands of cells have.
func (w *trunk) rough(l, j int) *big.Int {
	undecided := 0
	for _, s := range w.layers[l].done[min(j, len(w.layers[l].done)):] {
		if s == open {
			undecided++
		}
	}
	for _, ly := range w.m.Layers[l+1:] {
		undecided += ly.Neurons
	}
	return new(big.Int).Lsh(big.NewInt(1), uint(max(1, undecided))) // 2 at least: what is open is not known
}

// An upper bound for a cell that is left unexplored: the recursion of Serra,
// Tjandraatmadja and Ramalingam over the neurons that are still undecided, those of
// later layers only as far as the ball leaves their sign open, or the cell itself in a closer look.

package enumerate

import (
	"math/big"
	"sync"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/network"
)

// tails holds, for each layer with an activation, what the recursion takes for
// the layers of the network after it. It is computed when first needed.
type tails struct {
	once  sync.Once
	all   []bound.LayerCount
	after [][]bound.LayerCount
	at    []int // layers with an activation among all
}

// stabilityBound is the bound whose view of the ball says which neurons of later
// layers can change sign: the tightest of the polynomial ones.
const stabilityBound = "combined"

func (m *model) tail(l int) []bound.LayerCount {
	m.survey()
	return m.tails.after[l]
}

// rootBound bounds the whole count.
func (m *model) rootBound() *big.Int {
	if m.survey(); m.late() {
		return roughUpper(m.source)
	}
	return bound.Recursion(m.tails.all, m.n)
}

// survey computes the tails, as tight as there is time for.
func (m *model) survey() {
	m.tails.once.Do(func() {
		counts := trivialCounts(m.source)
		ctx, cancel := m.surveyTime()
		defer cancel()
		ctx = bound.Shared(ctx, m.source, m.ball)
		for _, name := range m.surveyors() {
			b, _ := bound.ByName(name)
			e, ok := b.(bound.Explainer)
			if !ok {
				continue
			}
			terms, err := e.Terms(ctx, m.source, m.ball)
			if err != nil {
				break
			}
			for i, t := range terms {
				if name == stabilityBound || t.Count.K <= counts[i].K {
					counts[i] = t.Count
				}
			}
		}
		for i, ly := range m.source.Layers() {
			if ly.Act != network.None {
				m.tails.after = append(m.tails.after, counts[i+1:])
				m.tails.at = append(m.tails.at, i)
			}
		}
		m.tails.all = counts
	})
}

// trivialCounts takes every neuron for undecided.
func trivialCounts(n *network.Network) []bound.LayerCount {
	counts := make([]bound.LayerCount, len(n.Layers()))
	for i, ly := range n.Layers() {
		if ly.Act == network.None {
			counts[i].P = ly.Out()
		} else {
			counts[i] = bound.LayerCount{K: ly.Out(), Leaky: ly.Act == network.LeakyReLU}
		}
	}
	return counts
}

// boundable says that a closer look at a cell's later layers is possible and may pay.
func (w *trunk) boundable(l int) bool {
	return l+1 < len(w.m.layers) && w.m.n <= boxInputs && w.policy.allowFloat()
}

// Bound bounds the regions of the cell.
func (t *Solved) Bound(close bool) *big.Int {
	lv := t.levels[t.depth]
	open := t.openFrom(lv.l, lv.j)
	if !close || t.off > 0 || !t.boundable(lv.l) {
		return t.boundOf(lv.l, lv.j, open, nil)
	}
	return t.boundOf(lv.l, lv.j, open, func() []bound.LayerCount {
		if !lv.arrived {
			t.arrive(lv)
		}
		return t.tailIn(lv.l, open, &lv.acc, t.box(lv))
	})
}

// Rough is a bound that costs next to nothing.
func (t *Solved) Rough() *big.Int {
	lv := t.levels[t.depth]
	return t.rough(lv.l, lv.j)
}

// SplitBound bounds the plus side of a split, and the whole.
func (t *Solved) SplitBound(depth int) (plus, cell *big.Int) {
	lv := t.levels[depth]
	return t.sideBound(lv, 1), t.boundOf(lv.l, lv.j, t.openFrom(lv.l, lv.j), nil)
}

// MinusBound bounds the other side.
func (t *Solved) MinusBound(depth int) *big.Int { return t.sideBound(t.levels[depth], -1) }

func (t *Solved) sideBound(lv *level, s int8) *big.Int {
	return t.withLabel(t.m.layers[lv.l].first+lv.j, s, func() *big.Int {
		return t.boundOf(lv.l, lv.j+1, t.openFrom(lv.l, lv.j+1), nil)
	})
}

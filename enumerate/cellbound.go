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

// cellBound bounds the regions of the cell at depth d before neuron j of layer l.
// Its layers before l are affine on the cell, so the dimension is at most the
// least number of units that any of them passes on.
func (w *walker) cellBound(l, j, d int) *big.Int {
	if w.m.late() {
		return w.roughBound(l, j)
	}
	return w.cellBoundOver(l, j, d, w.m.tail(l))
}

// tightBound is cellBound for the cell at depth d with a closer look at the later layers.
func (w *walker) tightBound(l, j, d int) *big.Int {
	b := w.cellBound(l, j, d)
	if b.BitLen() > fewBits && !w.m.late() {
		if t := w.tailHere(l, j, d); t != nil {
			if c := w.cellBoundOver(l, j, d, t); c.Cmp(b) < 0 {
				return c
			}
		}
	}
	return b
}

// undecided says that neuron u of layer l may change sign on the cell at depth d before neuron j.
func (w *walker) undecided(l, u, j, d int) bool {
	if u < j || w.states[l].done[u] != open {
		return false
	}
	if !w.described {
		return true
	}
	lv := w.levels[d]
	word, bit := w.m.layers[l].wordOf(u)
	return word != lv.word || lv.open>>bit&1 != 0
}

func (w *walker) cellBoundOver(l, j, d int, tail []bound.LayerCount) *big.Int {
	dim := w.m.n
	for i := 0; i < l; i++ {
		k := 0
		for u := range w.m.layers[i].m {
			k += w.carries(i, u)
		}
		dim = min(dim, k)
	}
	ly := w.m.layers[l]
	here := bound.LayerCount{Leaky: ly.act == network.LeakyReLU}
	for u := range ly.m {
		if w.undecided(l, u, j, d) {
			here.K++
		} else {
			here.P += w.carries(l, u)
		}
	}
	list := append(append(make([]bound.LayerCount, 0, len(w.m.source.Layers())), here), tail...)
	return bound.Recursion(list, dim)
}

// carries returns 1 if the decided unit u of layer l passes on more than a constant, 0 if not.
func (w *walker) carries(l, u int) int {
	s := w.labels[w.m.layers[l].first+u]
	if s > 0 || (s < 0 && w.m.layers[l].act == network.LeakyReLU) {
		return 1
	}
	return 0
}

// sideBound is cellBound for side s of a frame, whose label may not be set yet.
func (w *walker) sideBound(f *frame, s int8) *big.Int {
	id := w.m.layers[f.l].first + f.j
	label := w.labels[id]
	w.labels[id] = s
	b := w.cellBound(f.l, f.j+1, f.d)
	w.labels[id] = label
	return b
}

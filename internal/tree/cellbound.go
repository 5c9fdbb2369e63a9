// An upper bound for a cell that is left unexplored: the recursion of Serra, Tjandraatmadja and
// Ramalingam over the neurons that are still undecided, those of later layers only as far as the
// ball leaves their sign open, or the cell itself in a closer look.

package tree

import (
	"math/big"

	"github.com/relucell/relucell/bound"
)

// boundable says that a closer look at a cell's later layers is possible and may pay.
func (w *trunk) boundable(l int) bool {
	return l+1 < len(w.m.Layers) && w.m.N <= boxInputs && w.judge.Policy.AllowFloat()
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
	return t.withLabel(t.m.Layers[lv.l].First+lv.j, s, func() *big.Int {
		return t.boundOf(lv.l, lv.j+1, t.openFrom(lv.l, lv.j+1), nil)
	})
}

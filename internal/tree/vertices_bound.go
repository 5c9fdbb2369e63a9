// Bounds of cells that are kept by their vertices, which box them in.

package tree

import (
	"math/big"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/internal/forms"
)

// undecided says of neurons of the level's layer whether they may change sign on the cell, from
// neuron j on.
func (t *words) undecided(lv *hull, j int) func(u int) bool {
	from := t.openFrom(lv.l, j)
	return func(u int) bool {
		if !from(u) {
			return false
		}
		word, bit := t.cells.WordOf(lv.l, u)
		return word != lv.word || lv.open>>bit&1 != 0
	}
}

// Bound bounds the regions of the cell.
func (t *Vertices) Bound(close bool) *big.Int {
	if t.standing {
		return t.stander().Bound(close)
	}
	lv := t.here()
	open := t.undecided(lv, lv.j)
	if !close || !t.boundable(lv.l) {
		return t.boundOf(lv.l, lv.j, open, nil)
	}
	return t.boundOf(lv.l, lv.j, open, func() []bound.LayerCount {
		if !lv.arrived {
			t.arrive(lv)
		}
		t.cells.Around(lv.at, &t.around)
		at, b := make([]interval, t.m.N), &t.around
		for k := range at {
			at[k] = interval{lo: max(-1, b.Mid[k]-b.Half[k]-2*forms.Unit), hi: min(1, b.Mid[k]+b.Half[k]+2*forms.Unit)}
		}
		return t.tailIn(lv.l, open, &lv.acc, at)
	})
}

// Rough is a bound that costs next to nothing.
func (t *Vertices) Rough() *big.Int {
	if t.standing {
		return t.stander().Rough()
	}
	lv := t.here()
	return t.rough(lv.l, lv.j)
}

// SplitBound bounds the plus side of a split, and the whole.
func (t *Vertices) SplitBound(depth int) (plus, cell *big.Int) {
	if t.standing && depth >= t.since {
		return t.stander().SplitBound(depth)
	}
	lv := t.levels[depth]
	return t.sideBound(lv, 1), t.boundOf(lv.l, lv.j, t.undecided(lv, lv.j), nil)
}

// MinusBound bounds the other side.
func (t *Vertices) MinusBound(depth int) *big.Int {
	if t.standing && depth >= t.since {
		return t.stander().MinusBound(depth)
	}
	return t.sideBound(t.levels[depth], -1)
}

func (t *words) sideBound(lv *hull, s int8) *big.Int {
	if t.m.Layers[lv.l].Ends != nil {
		return t.rough(lv.l, lv.j)
	}
	return t.withLabel(t.m.Layers[lv.l].First+lv.j, s, func() *big.Int {
		return t.boundOf(lv.l, lv.j+1, t.undecided(lv, lv.j+1), nil)
	})
}

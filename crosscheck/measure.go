// The recursion's own terms, measured: what really happens in each layer, to be
// held beside what a bound assumes.

package crosscheck

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// MeasuredLayer is what the walk found in one layer with an activation.
type MeasuredLayer struct {
	// Layer is the index of the layer in the network, Width its neurons.
	Layer, Width int
	// Cells is the number of cells after the layer.
	Cells *big.Int
	// Splitting is the number of neurons that cut at least one cell. Changing is the number of
	// those that are positive somewhere in the ball and negative elsewhere, which is what k bounds;
	// of maxima, those of which several pieces are the largest somewhere. A neuron may change its
	// sign from cell to cell without cutting one.
	Splitting, Changing int
	// Active neurons are positive on some cell and negative on none, Inactive ones positive on
	// none. Changing + Active + Inactive = Width. Maxima are active on every cell.
	Active, Inactive int
	// ByActive[a] is the number of cells after the layer on which exactly a of its neurons are
	// positive.
	ByActive []*big.Int
	// Dim is the largest, over the cells before the layer, of an upper bound on the dimension of
	// the layer's input: the number of inputs, and no more than the units that carry
	// dimension in any layer before.
	Dim int
}

// Measure walks all regions and returns the measured terms, a layer with an activation at a time.
// It is an error if ctx ends first.
func Measure(ctx context.Context, n *network.Network, b ball.Ball) ([]MeasuredLayer, error) {
	m := newMeasurer(n)
	for r, err := range enumerate.Regions(ctx, n, b, enumerate.Options{Workers: 1}) {
		if err != nil {
			return nil, err
		}
		m.region(r.Pattern)
	}
	return m.result(), nil
}

// measurer reads the patterns in the order of the walk, so that the cells of a
// prefix come one after the other: a new prefix is where a pattern differs from the one before.
type measurer struct {
	layers []measured
	last   network.Pattern
}

// measured is a layer: the signs of its neurons are [first, end).
type measured struct {
	index, first, end int
	affineDim         int       // the narrowest layer between the activation before and this layer
	slopes            []float64 // of the neurons below zero
	carried           int       // units that are no neurons
	cells             int64
	byActive          []int64
	dim               int
	seen              []uint8 // a set of the flags below for each neuron
	in                int     // dimension of the input on the current cell
	of                []int   // the neuron that each sign is of
	largest           []int   // of maxima, where the largest piece has been seen, counted from 1
}

const (
	seenMinus = 1 << iota
	seenPlus
	seenSplit
)

func newMeasurer(n *network.Network) *measurer {
	m := &measurer{}
	j, narrow := 0, n.Inputs()
	for i, l := range n.Layers() {
		if l.Act == network.None {
			narrow = min(narrow, l.Out())
			continue
		}
		k := l.Neurons()
		d := measured{index: i, first: j, end: j + l.Signs(), affineDim: narrow, carried: l.Out() - k, byActive: make([]int64, k+1), seen: make([]uint8, k)}
		for u, at := 0, 0; u < l.Out(); u++ {
			if !l.IsNeuron(u) {
				continue
			}
			signs := 1
			if l.Act == network.Max {
				signs, d.largest = l.Pieces[u], append(d.largest, 0)
			}
			for range signs {
				d.slopes, d.of = append(d.slopes, l.Below(u)), append(d.of, at)
			}
			at++
		}
		m.layers = append(m.layers, d)
		j, narrow = d.end, l.Out()
	}
	return m
}

// region takes the next final cell.
func (m *measurer) region(p network.Pattern) {
	from := 0
	if m.last != nil {
		for from < len(p) && p[from] == m.last[from] {
			from++
		}
	}
	dim := -1
	for i := range m.layers {
		l := &m.layers[i]
		if l.end <= from && m.last != nil {
			continue
		}
		if dim < 0 && i > 0 {
			dim = m.layers[i-1].after(p)
		}
		l.enter(dim)
		dim = l.cell(p)
		if m.last != nil && from >= l.first && from < l.end {
			l.seen[l.of[from-l.first]] |= seenSplit
		}
	}
	m.last = append(m.last[:0], p...)
}

// enter notes the dimension of the layer's input, −1 for the ball's.
func (l *measured) enter(dim int) {
	l.in = l.affineDim
	if dim >= 0 {
		l.in = min(l.in, dim)
	}
	l.dim = max(l.dim, l.in)
}

// cell counts a cell after the layer and returns the dimension on it.
func (l *measured) cell(p network.Pattern) int {
	l.cells++
	active := 0
	for j, s := range p[l.first:l.end] {
		u := l.of[j]
		switch {
		case s > 0:
			active++
			l.seen[u] |= seenPlus
			if l.largest != nil && l.largest[u] != 0 && l.largest[u] != j+1 {
				l.seen[u] |= seenMinus
			} else if l.largest != nil {
				l.largest[u] = j + 1
			}
		case s < 0 && l.largest == nil:
			l.seen[u] |= seenMinus
		}
	}
	l.byActive[active]++
	return l.after(p)
}

// after returns the dimension after the layer on the cell of p.
func (l *measured) after(p network.Pattern) int {
	carry := l.carried
	for j, s := range p[l.first:l.end] {
		if s > 0 || s < 0 && l.slopes[j] != 0 {
			carry++
		}
	}
	return min(l.in, carry)
}

func (m *measurer) result() []MeasuredLayer {
	var out []MeasuredLayer
	for i := range m.layers {
		l := &m.layers[i]
		r := MeasuredLayer{Layer: l.index, Width: len(l.seen), Cells: big.NewInt(l.cells), Dim: l.dim}
		for _, s := range l.seen {
			switch s & (seenPlus | seenMinus) {
			case seenPlus | seenMinus:
				r.Changing++
			case seenPlus:
				r.Active++
			default:
				r.Inactive++
			}
			if s&seenSplit != 0 {
				r.Splitting++
			}
		}
		for _, c := range l.byActive {
			r.ByActive = append(r.ByActive, big.NewInt(c))
		}
		out = append(out, r)
	}
	return out
}

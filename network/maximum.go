// Layers of maxima. A unit there is the largest of several affine forms, its pieces (the maxout of
// Goodfellow et al. 2013, and max pooling). Given which piece wins, it passes on that piece, which
// an ordinary layer can say: Masked is the network of such layers, on which all that starts from a
// pattern rests.

package network

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// maxPieces is the largest number of pieces of one maximum: of two pieces each a difference may be
// looked at, so their number should stay some thousands of millions below what memory holds.
const maxPieces = 1 << 16

// checkPieces checks that the pieces of the units of a Max layer are its rows.
func (l Layer) checkPieces() error {
	if l.Act != Max {
		if l.Pieces != nil {
			return fmt.Errorf("pieces: %d are given, but only max has them", len(l.Pieces))
		}
		return nil
	}
	rows := 0
	for u, k := range l.Pieces {
		if k < 1 || k > maxPieces {
			return fmt.Errorf("pieces: entry %d is %d, expected a number from 1 to %d", u, k, maxPieces)
		}
		rows += k
	}
	if rows != len(l.B) {
		return fmt.Errorf("pieces: %d in all, expected %d, one per row of the weights", rows, len(l.B))
	}
	return nil
}

// largest replaces the rows of a Max layer by its units, and appends to signs those of the pieces
// of its neurons: + for the first of the largest, 0 for others as large, − for the rest.
func (l Layer) largest(z dyadic.Vector, signs Pattern) (dyadic.Vector, Pattern) {
	units := dyadic.Vector{N: make([]big.Int, len(l.Pieces)), Exp: z.Exp}
	first := 0
	for u, k := range l.Pieces {
		rows := z.N[first : first+k]
		first += k
		top := 0
		for i := range rows {
			if rows[i].Cmp(&rows[top]) > 0 {
				top = i
			}
		}
		units.N[u].Set(&rows[top])
		for i := range rows[:k*min(1, k-1)] { // a single piece is no neuron
			switch {
			case i == top:
				signs = append(signs, 1)
			case rows[i].Cmp(&rows[top]) == 0:
				signs = append(signs, 0)
			default:
				signs = append(signs, -1)
			}
		}
	}
	return units, signs
}

// largestOf replaces the rows of a Max layer by its units, in place.
func (l Layer) largestOf(z []float64) []float64 {
	first := 0
	for u, k := range l.Pieces {
		v := z[first]
		for _, w := range z[first+1 : first+k] {
			v = max(v, w)
		}
		z[u] = v // u ≤ first: it is read no more
		first += k
	}
	return z[:len(l.Pieces)]
}

// Maximal says whether a layer is one of maxima.
func (n *Network) Maximal() bool {
	return slices.ContainsFunc(n.layers, func(l Layer) bool { return l.Act == Max })
}

// Masked returns the network without maxima whose neurons have the signs of this one's patterns,
// and which is the same affine map wherever it has the same pattern: each piece is a unit that
// passes itself on where its sign is +, and nothing otherwise, and what reads a maximum reads all
// its pieces. It is the network itself where that has no maxima. Layer i of the one is layer i of
// the other. The masked network is a way to compute, and no network to count: it is not continuous.
func (n *Network) Masked() *Network {
	n.masking.Do(func() {
		n.masked = n
		if n.Maximal() {
			n.masked = n.mask()
		}
	})
	return n.masked
}

func (n *Network) mask() *Network {
	var layers []Layer
	var pieces []int // of the units of the layer before, where it is one of maxima
	for _, l := range n.layers {
		m := Layer{W: l.repeated(pieces), B: l.B, Act: l.Act, Slope: l.Slope, Slopes: l.Slopes}
		if pieces = l.Pieces; l.Act == Max {
			m.Act = Mixed
			for _, k := range pieces {
				slope := 0.0
				if k == 1 {
					slope = 1
				}
				m.Slopes = append(m.Slopes, slices.Repeat([]float64{slope}, k)...)
			}
		}
		layers = append(layers, m)
	}
	if pieces != nil { // the output is read by nobody, so sum it up
		one := Layer{W: identity(len(pieces)), B: make([]float64, len(pieces))}
		one.W = one.repeated(pieces)
		layers = append(layers, one)
	}
	m, err := New(layers)
	if err != nil {
		panic(fmt.Sprintf("network: masks: %v", err))
	}
	return m
}

func identity(n int) Weights {
	w := NewSparse(n)
	for u := range n {
		w.Append([]int32{int32(u)}, []float64{1})
	}
	return w
}

// repeated returns the weights of the layer with column u as often as there are pieces of unit u;
// nil is once.
func (l Layer) repeated(pieces []int) Weights {
	if pieces == nil {
		return l.W
	}
	first := make([]int, len(pieces)+1)
	for u, k := range pieces {
		first[u+1] = first[u] + k
	}
	rows, cols := len(l.B), first[len(pieces)]
	w := NewSparse(cols)
	var at []int32
	var v []float64
	for i := range rows {
		at, v = at[:0], v[:0]
		for u, weight := range l.Entries(i) {
			for c := first[u]; c < first[u+1]; c++ {
				at, v = append(at, int32(c)), append(v, weight)
			}
		}
		w.Append(at, v)
	}
	return w.Smaller()
}

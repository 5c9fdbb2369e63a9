// Maxima as tournaments of ReLUs, for all that asks what a network does and not how it is cut:
// max(a, b) = b + relu(a − b), and the winners of pairs meet again. The tournament is the same
// function: its own weights are 1 and −1, so nothing is rounded.
//
// It has more regions, for it is cut by a = b also where c wins. Each of them lies in one region of
// the network with the maxima (package bound says why).

package network

import "fmt"

// Tournament returns the network without maxima that is the same function, and for each of its
// layers the layer of this one that it is of. A layer of maxima becomes the affine layer of its
// pieces, and then rounds, ⌈log₂ k⌉ for k pieces at most. A round has the maxima in order, and of
// each its pairs (a, b) in order: a neuron relu(a − b), and then a unit that carries b; a piece
// without another is carried. What is left of a maximum is the sum of the two, which the next layer
// adds up; behind the last layer an affine one does. Where there are no maxima it is the network
// itself.
func (n *Network) Tournament() (t *Network, of []int) {
	n.playing.Do(func() {
		n.played = n
		for i := range n.layers {
			n.playedOf = append(n.playedOf, i)
		}
		if n.Maximal() {
			n.played, n.playedOf = n.play()
		}
	})
	return n.played, n.playedOf
}

func (n *Network) play() (*Network, []int) {
	var layers []Layer
	var of []int
	var parts []int // how many units each value of the layer before is the sum of; nil: one each
	for i, l := range n.layers {
		w := l.repeated(parts)
		if parts = nil; l.Act != Max {
			l.W = w
			layers, of = append(layers, l), append(of, i)
			continue
		}
		layers, of = append(layers, Layer{W: w, B: l.B}), append(of, i)
		for r := firstRound(l.Pieces); !r.over(); {
			layers, of = append(layers, r.play()), append(of, i)
			parts = r.parts
		}
	}
	if parts != nil {
		one := Layer{W: identity(len(parts)), B: make([]float64, len(parts))}
		one.W = one.repeated(parts)
		layers, of = append(layers, one), append(of, len(n.layers)-1)
	}
	t, err := New(layers)
	if err != nil {
		panic(fmt.Sprintf("network: a tournament: %v", err))
	}
	return t, of
}

// round is what is left of the maxima of a layer: of each so many values, each the sum of so many
// units of the layer before.
type round struct{ left, parts []int }

func firstRound(pieces []int) *round {
	r := &round{left: append([]int(nil), pieces...)}
	for _, k := range pieces {
		for range k {
			r.parts = append(r.parts, 1)
		}
	}
	return r
}

// over says that one value is left of each maximum.
func (r *round) over() bool { return len(r.left) == len(r.parts) }

// play returns the layer of a round, and goes on to what it leaves.
func (r *round) play() Layer {
	first := []int{0} // the units of each value
	for i, k := range r.parts {
		first = append(first, first[i]+k)
	}
	w, l := NewSparse(first[len(r.parts)]), Layer{Act: Mixed}
	unit := func(slope float64, values ...int) { // the first value, less the second
		var at []int32
		var v []float64
		for i, value := range values {
			for c := first[value]; c < first[value+1]; c++ {
				at, v = append(at, int32(c)), append(v, float64(1-2*i))
			}
		}
		w.Append(at, v)
		l.Slopes = append(l.Slopes, slope)
	}
	r.parts = nil
	value := 0
	for u, k := range r.left {
		for end := value + k; value < end; value += 2 {
			if value+1 == end {
				unit(1, value)
				r.parts = append(r.parts, 1)
				value--
			} else {
				unit(0, value, value+1)
				unit(1, value+1)
				r.parts = append(r.parts, 2)
			}
		}
		r.left[u] = (k + 1) / 2
	}
	l.W, l.B = w.Smaller(), make([]float64, len(l.Slopes))
	return l
}

// Units that carry their value on are no neurons. In each layer of the model they come after the
// neurons, so that neuron j of a layer is its unit j, here and in all that is computed of the
// network.

package forms

import (
	"fmt"
	"slices"

	"github.com/relucell/relucell/network"
)

// arranged returns the network with the units of each layer in that order. The neurons keep theirs,
// and with it their patterns; the outputs may be in another order.
func arranged(n *network.Network) *network.Network {
	layers := slices.Clone(n.Layers())
	var before []int // the units of the layer before, in their order; nil where nothing moved
	moved := false
	for i := range layers {
		l := &layers[i]
		order := neuronsFirst(*l)
		if order != nil || before != nil {
			*l = permuted(*l, order, before)
			moved = true
		}
		before = order
	}
	if !moved {
		return n
	}
	a, err := network.New(layers)
	if err != nil {
		panic(fmt.Sprintf("forms: a network whose units changed places: %v", err))
	}
	return a
}

// neuronsFirst returns the units of a layer with the neurons first, nil where they are in that
// order.
func neuronsFirst(l network.Layer) []int {
	if l.Act != network.Mixed {
		return nil
	}
	var neurons, carried []int
	for j := range l.B {
		if l.IsNeuron(j) {
			neurons = append(neurons, j)
		} else {
			carried = append(carried, j)
		}
	}
	if order := append(neurons, carried...); !slices.IsSorted(order) {
		return order
	}
	return nil
}

// permuted returns the layer with its units and its inputs in the given orders, nil for as they
// are.
func permuted(l network.Layer, units, inputs []int) network.Layer {
	at := func(order []int, i int) int {
		if order == nil {
			return i
		}
		return order[i]
	}
	place := make([]int, l.In()) // of each input
	for i := range place {
		place[at(inputs, i)] = i
	}
	w := network.NewSparse(l.In())
	p := network.Layer{B: make([]float64, l.Out()), Act: l.Act, Slope: l.Slope}
	row := make([]float64, l.In())
	for j := range p.B {
		for i, v := range l.Entries(at(units, j)) {
			row[place[i]] = v
		}
		w.AppendDense(row)
		clear(row)
		p.B[j] = l.B[at(units, j)]
		if l.Slopes != nil {
			p.Slopes = append(p.Slopes, l.Slopes[at(units, j)])
		}
	}
	p.W = w.Smaller()
	return p
}

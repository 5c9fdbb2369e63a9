// Networks with maxima.

package gen

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

// Maxima draws a network with layers of maxima between others. Half of them have weights in
// {−1, 0, 1} and pools over what a ReLU passes on, so that pieces that tie, are dominated or
// identical are the rule; the other half are drawn as Random draws.
func Maxima(rng *rand.Rand, inputs, maxNeurons int) *network.Network {
	ternary := rng.IntN(2) == 0
	opt := RandomOptions{Law: He, Precision: Float32}
	layer := func(in, out int) network.Layer {
		if !ternary {
			return randomLayer(rng, in, out, opt)
		}
		return ternaryLayer(rng, in, out)
	}
	var layers []network.Layer
	in := inputs
	maxima := false
	for left := 1 + rng.IntN(maxNeurons); left > 0 || !maxima; left-- {
		var l network.Layer
		switch rng.IntN(5) {
		case 0: // a pool of what there is
			l = network.Layer{W: identity(in), B: make([]float64, in), Act: network.Max, Pieces: parts(rng, in)}
		case 1, 2:
			rows := 2 + rng.IntN(4)
			l = layer(in, rows)
			l.Act, l.Pieces = network.Max, parts(rng, rows)
		case 3:
			l = layer(in, 1+rng.IntN(3))
			l.Act = network.ReLU
		default:
			l = layer(in, 1+rng.IntN(3))
		}
		layers, in = append(layers, l), l.Out()
		left -= l.Neurons()
		maxima = maxima || l.Act == network.Max && l.Neurons() > 0
	}
	if rng.IntN(2) == 0 {
		layers = append(layers, layer(in, 1))
	}
	return Build(layers...)
}

// parts cuts n rows into the pieces of units.
func parts(rng *rand.Rand, n int) []int {
	var p []int
	for n > 0 {
		k := 1 + rng.IntN(min(n, 4))
		p, n = append(p, k), n-k
	}
	return p
}

func identity(n int) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	for i := range n {
		m.Set(i, i, 1)
	}
	return m
}

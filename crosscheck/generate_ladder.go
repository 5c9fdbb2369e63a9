// Ladders: layer upon layer the same scale, until a number has left the range of float64, and then
// what is still a number must be told from it.

package crosscheck

import (
	"math"

	"relucell/ball"
	"relucell/network"
)

const (
	// ladderSpan is how far a ladder goes at most: a sum of float64 terms spans 2,098 powers of two, and products more.
	ladderSpan = 2400
	// ladderDepth bounds the layers: a network of one region costs the exact counters a millisecond a layer.
	ladderDepth = 320
)

// Ladder draws a network of one or two inputs whose layers of two units scale the first by the same power of two, most
// often until it has gone farther than the numbers of float64 do; biases here and there cut,
// and layers at the end bring the two units together. The ball is the unit one, of any norm.
func Ladder(d Dice) Case {
	exponent := []int{1000, 600, 100, 40, 4, 1}[d.IntN(6)]
	depth := min(1+(600+d.IntN(ladderSpan-600))/exponent, ladderDepth)
	if d.IntN(2) == 1 {
		exponent = -exponent
	}
	slope := []float64{0, 0, 0.5, -1, 2}[d.IntN(5)]
	n := 1 + d.IntN(2)
	first := affine(make([]float64, 2*n), []float64{0, 0})
	first.W.Set(0, 0, math.Ldexp(1, exponent))
	first.W.Set(1, n-1, 1-2*float64(d.IntN(2)))
	layers := []network.Layer{first}
	turn := depth
	if d.IntN(3) == 2 {
		turn = 1 + d.IntN(depth) // from here on it goes back
	}
	for i := range depth {
		e := exponent
		if i >= turn {
			e = -e
		}
		l := affine([]float64{math.Ldexp(1, e), 0, 0, 1}, []float64{0, 0})
		switch d.IntN(4 + depth/4) {
		case 1:
			l.B[d.IntN(2)] = ladderBias(d, exponent)
		case 2:
			l.W.Set(d.IntN(2), d.IntN(2), []float64{-1, 1, 2, -0.5, 16}[d.IntN(5)])
		}
		layers = append(layers, l)
	}
	for range 1 + d.IntN(2) {
		l := affine([]float64{-0.5, 1, 1, 0}, []float64{0, 0})
		l.W.Set(0, d.IntN(2), []float64{-1, 1, 2, -0.5, 16}[d.IntN(5)])
		if d.IntN(2) == 1 {
			l.B[d.IntN(2)] = ladderBias(d, exponent)
		}
		layers = append(layers, l)
	}
	for i := range layers {
		if layers[i].Act, layers[i].Slope = network.ReLU, 0; slope != 0 {
			layers[i].Act, layers[i].Slope = network.LeakyReLU, slope
		}
	}
	norm := ball.Norm(d.IntN(4))
	if norm == ball.Box {
		return Case{Name: "ladder", Net: build(layers...), Ball: unitCube(n, -1)}
	}
	return Case{Name: "ladder", Net: build(layers...), Ball: atOrigin(norm, n)}
}

// ladderBias draws a simple bias, or one of the ladder's scale.
func ladderBias(d Dice, exponent int) float64 {
	b := []float64{1, -1, 0.5, -0.25}[d.IntN(4)]
	if d.IntN(3) == 2 {
		return math.Ldexp(b, exponent)
	}
	return b
}

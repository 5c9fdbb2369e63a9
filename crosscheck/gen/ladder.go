// Ladders: layer upon layer the same scale, until a number has left the range of float64, and then
// what is still a number must be told from it.

package gen

import (
	"math"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

const (
	// ladderSpan is how far a ladder goes at most: a sum of float64 terms spans 2,098 powers of
	// two, and products more.
	ladderSpan = 2400
	// ladderDepth bounds the layers: a network of one region costs the exact counters a millisecond
	// a layer.
	ladderDepth = 320
)

// Ladder draws a network of one or two inputs whose layers of two or three units scale the first by
// the same power of two, most often until it has gone farther than the numbers of float64 do, and
// the others the other way or not at all; biases here and there cut, and layers at the end bring
// the units together. The ball is the unit one, of any norm.
func Ladder(d Dice) Case {
	exponent := []int{1000, 600, 127, 127, 40, 4}[d.IntN(6)]
	depth := min(1+(600+d.IntN(ladderSpan-600))/exponent, ladderDepth)
	if d.IntN(2) == 1 {
		exponent = -exponent
	}
	n, width := 1+d.IntN(2), 2+d.IntN(2)
	first := Affine(make([]float64, width*n), make([]float64, width))
	rungs := []int{exponent, exponent * -d.IntN(2), exponent * (d.IntN(3) - 1)}[:width]
	for j, e := range rungs {
		first.Dense().Set(j, min(j, n-1), math.Ldexp(1-2*float64(d.IntN(2)), e))
	}
	layers := []network.Layer{first}
	turn := depth
	if d.IntN(3) == 2 {
		turn = 1 + d.IntN(depth) // from here on it goes back
	}
	for i := range depth {
		l := Affine(make([]float64, width*width), make([]float64, width))
		for j, e := range rungs {
			if i >= turn {
				e = -e
			}
			l.Dense().Set(j, j, math.Ldexp(1, e))
		}
		switch d.IntN(4 + depth/4) {
		case 1:
			l.B[d.IntN(width)] = ladderBias(d, exponent)
		case 2:
			l.Dense().Set(d.IntN(width), d.IntN(width), ladderWeight(d))
		}
		layers = append(layers, l)
	}
	for range 1 + d.IntN(2) {
		l := Affine(make([]float64, width*width), make([]float64, width))
		for k := range width {
			l.Dense().Set(0, k, ladderWeight(d))
			l.Dense().Set(1, k, ladderWeight(d)*float64(d.IntN(2)))
		}
		if d.IntN(2) == 1 {
			l.B[d.IntN(width)] = ladderBias(d, exponent)
		}
		layers = append(layers, l)
	}
	slope := []float64{0, 0, 0.5, -1, 2}[d.IntN(5)]
	for i := range layers {
		if layers[i].Act = network.ReLU; slope != 0 {
			layers[i].Act, layers[i].Slope = network.LeakyReLU, slope
		}
	}
	norm := ball.Norm(d.IntN(4))
	if norm == ball.Box {
		return Case{Name: "ladder", Net: Build(layers...), Ball: unitCube(n, -1)}
	}
	return Case{Name: "ladder", Net: Build(layers...), Ball: AtOrigin(norm, n)}
}

// ladderWeight draws a weight off the ladder.
func ladderWeight(d Dice) float64 { return []float64{1, -1, -0.5, 2, 16}[d.IntN(5)] }

// ladderBias draws a simple bias, or one of the ladder's scale.
func ladderBias(d Dice, exponent int) float64 {
	b := []float64{1, -1, 0.5, -0.25}[d.IntN(4)]
	if d.IntN(3) == 2 {
		return math.Ldexp(b, exponent)
	}
	return b
}

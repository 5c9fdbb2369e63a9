// Transformations that change a network, or network and ball, and by
// definition not the count. Applied to any case they catch tolerances, dead
// bands and closed-cell reasoning.

package gen

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// AppendCopies appends to each layer with an activation a copy of one of its
// units, with zero outgoing weights.
func AppendCopies(n *network.Network, rng *rand.Rand) *network.Network {
	return appendUnits(n, func(l network.Layer) ([]float64, float64, float64) {
		j := rng.IntN(l.Out())
		return l.W.RawRowView(j), l.B[j], l.Below(j)
	})
}

// AppendNegations appends to each layer with an activation the negation −z of
// one of its units, with zero outgoing weights.
func AppendNegations(n *network.Network, rng *rand.Rand) *network.Network {
	return appendUnits(n, func(l network.Layer) ([]float64, float64, float64) {
		j := rng.IntN(l.Out())
		w := make([]float64, l.In())
		for i, v := range l.W.RawRowView(j) {
			w[i] = -v
		}
		return w, -l.B[j], l.Below(j)
	})
}

// AppendZeros appends to each layer with an activation a unit whose
// pre-activation is identically zero, with zero outgoing weights.
func AppendZeros(n *network.Network) *network.Network {
	return appendUnits(n, func(l network.Layer) ([]float64, float64, float64) {
		return make([]float64, l.In()), 0, 0
	})
}

// appendUnits appends to each layer with an activation the unit that draw
// returns for it, and a zero column to the layer after it.
func appendUnits(n *network.Network, draw func(network.Layer) (weights []float64, bias, below float64)) *network.Network {
	layers := CopyLayers(n)
	for i := range layers {
		l := &layers[i]
		if l.Act == network.None {
			continue
		}
		weights, bias, below := draw(*l)
		if l.Act == network.Mixed {
			l.Slopes = append(l.Slopes, below)
		}
		grown := mat.NewDense(l.Out()+1, l.In(), nil)
		grown.Copy(l.W)
		grown.SetRow(l.Out(), weights)
		l.W, l.B = grown, append(l.B, bias)
		next := &layers[i+1]
		wider := mat.NewDense(next.Out(), next.In()+1, nil)
		wider.Copy(next.W)
		next.W = wider
	}
	return Build(layers...)
}

// PermuteNeurons reorders the units within each layer with an activation, and
// the columns after it to match.
func PermuteNeurons(n *network.Network, rng *rand.Rand) *network.Network {
	layers := CopyLayers(n)
	for i := range layers {
		if layers[i].Act == network.None {
			continue
		}
		l, next := layers[i], layers[i+1]
		rows, columns := mat.DenseCopyOf(l.W), mat.DenseCopyOf(next.W)
		bias, slopes := slices.Clone(l.B), slices.Clone(l.Slopes)
		for to, from := range rng.Perm(l.Out()) {
			l.Dense().SetRow(to, rows.RawRowView(from))
			l.B[to] = bias[from]
			if slopes != nil {
				l.Slopes[to] = slopes[from]
			}
			for r := range next.Out() {
				next.Dense().Set(r, to, columns.At(r, from))
			}
		}
	}
	return Build(layers...)
}

// ScaleNeurons scales each unit with an activation by a power of two from 2⁻⁴⁰
// to 2⁴⁰ and its outgoing weights inversely. Units for which that would round
// (their weights near the ends of the float64 range) stay as they are.
func ScaleNeurons(n *network.Network, rng *rand.Rand) *network.Network {
	layers := CopyLayers(n)
	for i := range layers {
		if layers[i].Act == network.None {
			continue
		}
		l, next := layers[i], layers[i+1]
		for j := range l.Out() {
			e := rng.IntN(81) - 40
			incoming := append([]float64{l.B[j]}, l.W.RawRowView(j)...)
			outgoing := mat.Col(nil, j, next.W)
			if !scale(incoming, e) || !scale(outgoing, -e) {
				continue
			}
			l.B[j] = incoming[0]
			l.Dense().SetRow(j, incoming[1:])
			next.Dense().SetCol(j, outgoing)
		}
	}
	return Build(layers...)
}

// ScaleBall multiplies the ball's centre and radius (or bounds) by 2^e and the
// weights, not the biases, of the first layer by 2^−e. It is an error if that
// would round.
func ScaleBall(n *network.Network, b ball.Ball, e int) (*network.Network, ball.Ball, error) {
	layers := CopyLayers(n)
	if !scale(layers[0].Dense().RawMatrix().Data, -e) {
		return nil, ball.Ball{}, fmt.Errorf("layer 0: weights: scaling by 2^%d leaves the float64 range", -e)
	}
	parts := [][]float64{b.Center(), {b.Radius()}, b.Lo(), b.Hi()}
	for i, p := range parts {
		parts[i] = append([]float64(nil), p...)
		if !scale(parts[i], e) {
			return nil, ball.Ball{}, fmt.Errorf("ball: scaling by 2^%d leaves the float64 range", e)
		}
	}
	if b.Norm() == ball.Box {
		return Build(layers...), Must(ball.NewBox(parts[2], parts[3])), nil
	}
	return Build(layers...), Must(ball.New(b.Norm(), parts[0], parts[1][0])), nil
}

// RoundFloat32 returns the network with every weight, bias and slope rounded
// to the nearest float32: the network that a float32 file of it holds. A
// network that already is one comes back equal. It is an error if a number
// leaves the float32 range, or a slope becomes 0 or 1.
func RoundFloat32(n *network.Network) (*network.Network, error) {
	layers := CopyLayers(n)
	for i := range layers {
		data := layers[i].Dense().RawMatrix().Data
		for k, v := range data {
			data[k] = float64(float32(v))
		}
		for k, v := range layers[i].B {
			layers[i].B[k] = float64(float32(v))
		}
		layers[i].Slope = float64(float32(layers[i].Slope))
		for k, v := range layers[i].Slopes {
			r := float64(float32(v))
			if r != v && (r == 0 || r == 1) {
				return nil, fmt.Errorf("layer %d: slopes: entry %d is %g, which becomes %g", i, k, v, r)
			}
			layers[i].Slopes[k] = r
		}
	}
	return network.New(layers)
}

// scale multiplies v by 2^e in place. It returns false if a product is not exact.
func scale(v []float64, e int) bool {
	for i, x := range v {
		y := math.Ldexp(x, e)
		if math.IsInf(y, 0) || math.Ldexp(y, -e) != x {
			return false
		}
		v[i] = y
	}
	return true
}

// Clone returns a deep copy of the layers, with dense weights.
func Clone(n *network.Network) []network.Layer {
	layers := slices.Clone(n.Layers())
	for i, l := range layers {
		layers[i].W, layers[i].B, layers[i].Slopes = mat.DenseCopyOf(l.W), slices.Clone(l.B), slices.Clone(l.Slopes)
	}
	return layers
}

// CopyLayers returns a deep copy of the layers. A network that ends in an
// activation gets an identity layer after it, so that each layer with an
// activation has a layer after it.
func CopyLayers(n *network.Network) []network.Layer {
	layers := Clone(n)
	if last := layers[len(layers)-1]; last.Act != network.None {
		layers = append(layers, network.Layer{W: identity(last.Out()), B: make([]float64, last.Out())})
	}
	return layers
}

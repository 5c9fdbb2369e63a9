// Random balls: every norm, every size from far below the network's scale to
// the whole arrangement, and centres that lie on boundaries, where a count is
// most easily wrong.

package gen

import (
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// RandomBall draws a ball for a network: its norm evenly among the four, its
// centre at 0, at a lattice point, at a random point, or (to rounding) on a
// boundary of the first layer, its radius from 2⁻³⁰ to 2⁶.
func RandomBall(rng *rand.Rand, n *network.Network) ball.Ball {
	return BallOf(rng, ball.Norm(rng.IntN(4)), randomCenter(rng, n), randomRadius(rng))
}

// BallOf returns the ball of the norm with this centre and radius. A box gets
// half-widths between radius/2 and radius, drawn for each coordinate, and at
// least one float64 on each side of the centre.
func BallOf(rng *rand.Rand, norm ball.Norm, center []float64, radius float64) ball.Ball {
	if norm != ball.Box {
		return Must(ball.New(norm, center, radius))
	}
	lo, hi := make([]float64, len(center)), make([]float64, len(center))
	for i, c := range center {
		w := radius * (1 + rng.Float64()) / 2
		lo[i] = min(c-w, math.Nextafter(c, math.Inf(-1)))
		hi[i] = max(c+w, math.Nextafter(c, math.Inf(+1)))
	}
	return Must(ball.NewBox(lo, hi))
}

// AtBoundary returns the network with the bias of neuron j of its first layer
// set to −w·x, so that the neuron's boundary passes exactly through x. It
// returns false, and the network unchanged, if −w·x is no float64.
func AtBoundary(n *network.Network, j int, x []float64) (*network.Network, bool) {
	first := n.Layers()[0]
	z := new(big.Rat)
	for i, w := range first.W.RawRowView(j) {
		product := new(big.Rat).SetFloat64(w)
		z.Add(z, product.Mul(product, new(big.Rat).SetFloat64(x[i])))
	}
	bias, exact := dyadic.FromRat(z.Neg(z))
	if !exact {
		return n, false
	}
	layers := append([]network.Layer(nil), n.Layers()...)
	layers[0].B = append([]float64(nil), first.B...)
	layers[0].B[j] = bias
	return Build(layers...), true
}

// RandomCase draws a network and a ball. In one case in four a boundary of the
// first layer passes exactly through the centre, where a float64 bias allows it.
func RandomCase(rng *rand.Rand, opt RandomOptions) Case {
	c := Case{Name: "random", Net: Random(rng, opt)}
	c.Ball = RandomBall(rng, c.Net)
	if rng.IntN(4) == 0 && c.Ball.Norm() != ball.Box {
		c.Net, _ = AtBoundary(c.Net, rng.IntN(c.Net.Layers()[0].Out()), c.Ball.Center())
	}
	return c
}

// TernaryCase draws a network as Ternary does, and a ball whose centre and
// radius are multiples of ¼, so that tangency and boundaries through the
// centre and the corners are common.
func TernaryCase(rng *rand.Rand, widths ...int) Case {
	n := Ternary(rng, widths...)
	quarters := func(limit int) float64 { return float64(rng.IntN(2*limit+1)-limit) / 4 }
	center := make([]float64, n.Inputs())
	for i := range center {
		center[i] = quarters(6)
	}
	norm, radius := ball.Norm(rng.IntN(4)), float64(1+rng.IntN(8))/4
	if norm != ball.Box {
		return Case{Name: "ternary", Net: n, Ball: Must(ball.New(norm, center, radius))}
	}
	lo, hi := make([]float64, len(center)), make([]float64, len(center))
	for i, c := range center {
		lo[i], hi[i] = c-float64(1+rng.IntN(8))/4, c+float64(1+rng.IntN(8))/4
	}
	return Case{Name: "ternary", Net: n, Ball: Must(ball.NewBox(lo, hi))}
}

// randomCenter draws a centre as RandomBall says.
func randomCenter(rng *rand.Rand, n *network.Network) []float64 {
	center := make([]float64, n.Inputs())
	kind := rng.IntN(4)
	for i := range center {
		switch kind {
		case 1:
			center[i] = float64(rng.IntN(9)-4) / 4
		case 2, 3:
			center[i] = rng.NormFloat64()
		}
	}
	if kind == 3 {
		first := n.Layers()[0]
		j := rng.IntN(first.Out())
		projectOnto(center, first.W.RawRowView(j), first.B[j])
	}
	return center
}

// projectOnto moves x to the nearest point of {g·x + h = 0}, to rounding.
func projectOnto(x, g []float64, h float64) {
	z, square := h, 0.0
	for i := range g {
		z += g[i] * x[i]
		square += g[i] * g[i]
	}
	if square == 0 {
		return
	}
	for i := range g {
		x[i] -= z / square * g[i]
	}
}

// randomRadius draws tiny radii (2⁻³⁰ to 2⁻⁵), middling ones (2⁻³ to 2) and
// ones that hold nearly all of an arrangement (2⁴ to 2⁶), mostly middling ones.
func randomRadius(rng *rand.Rand) float64 {
	low, high := -3.0, 1.0
	switch rng.IntN(6) {
	case 0:
		low, high = -30, -5
	case 1:
		low, high = 4, 6
	}
	return math.Exp2(low + (high-low)*rng.Float64())
}

// Must unwraps a ball that a generator made.
func Must(b ball.Ball, err error) ball.Ball {
	if err != nil {
		panic("gen: a generator made a bad ball: " + err.Error())
	}
	return b
}

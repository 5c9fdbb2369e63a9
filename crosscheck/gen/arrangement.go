// One-layer networks: hyperplane arrangements, generic and as degenerate as
// they come, with the counts that combinatorics knows.

package gen

import (
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// Resonance returns the resonance arrangement as one layer without biases:
// its normals are all nonzero 0/1 vectors of length n. Any ball at 0 has
// 2, 6, 32, 370, 11292, 1066044, 347326352 regions for n = 1…7 (OEIS A034997).
func Resonance(n int) *network.Network {
	var weights []float64
	for v := 1; v < 1<<n; v++ {
		weights = append(weights, bits(v, n)...)
	}
	return OneLayer(weights, make([]float64, 1<<n-1))
}

// Threshold returns the arrangement of the threshold functions of n variables
// as one layer without biases: its normals are (1,v), v in {0,1}ⁿ, so it has
// n+1 inputs. Any ball at 0 has 4, 14, 104, 1882, 94572, 15028134 regions for
// n = 1…6 (OEIS A000609).
func Threshold(n int) *network.Network {
	var weights []float64
	for v := range 1 << n {
		weights = append(append(weights, 1), bits(v, n)...)
	}
	return OneLayer(weights, make([]float64, 1<<n))
}

// bits returns the n binary digits of v.
func bits(v, n int) []float64 {
	d := make([]float64, n)
	for i := range d {
		d[i] = float64(v >> i & 1)
	}
	return d
}

// Generic draws k hyperplanes in n dimensions with independent normal
// coefficients. With probability one they are in general position: the whole
// space has Σ_{i≤n} C(k,i) regions (Zaslavsky 1975), as has a ball that is
// large enough; how large depends on the draw. MomentCurve names such a ball.
func Generic(k, n int, rng *rand.Rand) *network.Network {
	weights, bias := make([]float64, k*n), make([]float64, k)
	for i := range weights {
		weights[i] = rng.NormFloat64()
	}
	for i := range bias {
		bias[i] = rng.NormFloat64()
	}
	return OneLayer(weights, bias)
}

// MomentCurve returns k hyperplanes in general position in n dimensions with
// integer coefficients, and a box that holds all their crossings, so that it
// has exactly Σ_{i≤n} C(k,i) regions.
//
// Hyperplane t = 1…k is tⁿ + x_{n−1}·tⁿ⁻¹ + … + x₁·t + x₀ = 0. So x lies on it
// iff t is a root of the monic polynomial with coefficients x: no point lies
// on n+1 of them, and n of them meet in one point, whose coordinates are the
// elementary symmetric functions of the n roots, up to sign: below
// C(n,i)·max(k,n)ⁱ. An open convex set that meets every flat of an arrangement
// in general position has one region per flat.
func MomentCurve(n, k int) (*network.Network, ball.Ball) {
	reach := momentReach(n, k)
	b := Must(ball.New(ball.LInf, make([]float64, n), reach))
	l := momentLayer(n, k)
	return Build(l, Sum(k)), b
}

// momentLayer is the layer of MomentCurve.
func momentLayer(n, k int) network.Layer {
	l := ReLU(make([]float64, n*k), make([]float64, k))
	for t := 1; t <= k; t++ {
		power := 1.0
		for i := range n {
			l.Dense().Set(t-1, i, power)
			power *= float64(t)
		}
		l.B[t-1] = power
	}
	return l
}

// momentReach bounds the coordinates of every crossing of MomentCurve(n, k)
// strictly; flats of fewer than n hyperplanes get their crossing with further
// ones, hence max(k,n). It is a power of two.
func momentReach(n, k int) float64 {
	reach := 1.0
	for i := 1; i <= n; i++ {
		c := new(big.Int).Binomial(int64(n), int64(i)).Int64()
		reach = max(reach, float64(c)*math.Pow(float64(max(k, n)), float64(i)))
	}
	_, exponent := math.Frexp(reach)
	return math.Ldexp(1, exponent)
}

// ParallelSlivers returns n parallel lines in the plane, x + y = i·2⁻⁶⁰ for
// i = 0…n−1, every other one with its sign reversed, and the unit disc: n+1
// regions, all but two of them slivers.
func ParallelSlivers(n int) (*network.Network, ball.Ball) {
	weights, bias := make([]float64, 2*n), make([]float64, n)
	for i := range n {
		s := 1 - 2*float64(i%2)
		weights[2*i], weights[2*i+1] = s, s
		bias[i] = -s * math.Ldexp(float64(i), -60)
	}
	return OneLayer(weights, bias), Must(ball.New(ball.L2, []float64{0, 0}, 1))
}

// Tangent345 returns the line 3x + 4y = 5 and two discs at 0: of radius 1,
// which it touches (1 region), and of the next float64 above 1, which it cuts
// (2 regions).
func Tangent345() (n *network.Network, touching, cut ball.Ball) {
	center := []float64{0, 0}
	return OneLayer([]float64{3, 4}, []float64{-5}),
		Must(ball.New(ball.L2, center, 1)),
		Must(ball.New(ball.L2, center, math.Nextafter(1, 2)))
}

// OneLayer returns a ReLU layer and a sum.
func OneLayer(weights, bias []float64) *network.Network {
	return Build(ReLU(weights, bias), Sum(len(bias)))
}

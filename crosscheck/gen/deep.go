// Deep networks whose count is a theorem: maps that fold an interval onto
// itself, layer upon layer, so that regions multiply.

package gen

import (
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// TentMap returns L ≥ 1 layers of the tent map 2σ(x) − 4σ(x−½) and the ball
// (½, ½), which has 2^L regions: each layer folds (0,1) twofold onto itself
// (Telgarsky 2015).
func TentMap(layers int) (*network.Network, ball.Ball) {
	all := []network.Layer{ReLU([]float64{1, 1}, []float64{0, -0.5})}
	for range layers - 1 {
		all = append(all, ReLU([]float64{2, -4, 2, -4}, []float64{0, -0.5}))
	}
	all = append(all, Affine([]float64{2, -4}, []float64{0}))
	return Build(all...), Must(ball.New(ball.LInf, []float64{0.5}, 0.5))
}

// Folding returns k ≥ 1 layers with x ↦ |x| − 2⁻ˡ on each of two coordinates
// in layer l = 1…k, two units a coordinate, and the box [−1,1]², which has 4^k
// regions: layer l maps each of its pieces onto (−2⁻ˡ, 2⁻ˡ), halved by 0.
func Folding(k int) (*network.Network, ball.Ball) {
	all := []network.Layer{ReLU([]float64{1, 0, -1, 0, 0, 1, 0, -1}, make([]float64, 4))}
	for l := 1; l < k; l++ {
		h := math.Ldexp(1, -l)
		all = append(all, ReLU([]float64{
			1, 1, 0, 0,
			-1, -1, 0, 0,
			0, 0, 1, 1,
			0, 0, -1, -1,
		}, []float64{-h, h, -h, h}))
	}
	h := math.Ldexp(1, -k)
	all = append(all, Affine([]float64{1, 1, 0, 0, 0, 0, 1, 1}, []float64{-h, -h}))
	return Build(all...), unitCube(2, -1)
}

// Montufar returns the construction behind the lower bound of Montúfar,
// Pascanu, Cho, Bengio 2014 (Theorem 4): on each of n inputs, each of L ≥ 1
// layers folds [0,1] p-fold onto itself with the units σ(px−i), i = 0…p−1,
// summed with the weights 1, −2, 2, −2, …; a last ReLU layer of m units then
// cuts the unit cube in general position (m = 0 leaves it out). In the box
// [0,1]ⁿ it has p^(nL)·Σ_{j≤n} C(m,j) regions, the third result.
//
// The last layer's hyperplanes are those of MomentCurve, scaled so that all
// their crossings lie inside the cube.
func Montufar(n, p, layers, m int) (*network.Network, ball.Ball, *big.Int) {
	in, fold := n, func(coordinate, source int) float64 { return indicator(coordinate == source) }
	var all []network.Layer
	for range layers {
		l := ReLU(make([]float64, n*p*in), make([]float64, n*p))
		for u := range n * p {
			for c := range in {
				l.Dense().Set(u, c, float64(p)*fold(u/p, c))
			}
			l.B[u] = -float64(u % p)
		}
		all = append(all, l)
		in, fold = n*p, func(coordinate, source int) float64 {
			return indicator(source/p == coordinate) * foldWeight(source%p)
		}
	}
	count := new(big.Int).Exp(big.NewInt(int64(p)), big.NewInt(int64(n*layers)), nil)
	last := Affine(make([]float64, n*in), make([]float64, n))
	for r := range n {
		for c := range in {
			last.Dense().Set(r, c, fold(r, c))
		}
	}
	all = append(all, last)
	if m > 0 {
		// y = scale·(x − ½) brings [0,1]ⁿ to a cube that holds every crossing.
		radius := momentReach(n, m)
		spread := Affine(make([]float64, n*n), make([]float64, n))
		for i := range n {
			spread.Dense().Set(i, i, 2*radius)
			spread.B[i] = -radius
		}
		all = append(all, spread, momentLayer(n, m))
		count.Mul(count, subsets(m, n))
	}
	return Build(all...), unitCube(n, 0), count
}

// foldWeight returns 1, −2, 2, −2, … for i = 0, 1, 2, 3, …
func foldWeight(i int) float64 {
	switch {
	case i == 0:
		return 1
	case i%2 == 1:
		return -2
	}
	return 2
}

// DeadLayers returns a network whose second layer is dead in every ball and
// whose third layer has only constant pre-activations, one of them
// identically zero: the count is that of its first layer, whose boundaries
// are those of MomentCurve(n, k).
func DeadLayers(n, k int) (*network.Network, ball.Ball) {
	dead := ReLU(make([]float64, 2*k), []float64{-1, -0.5})
	for c := range k {
		dead.Dense().Set(0, c, -1)
		dead.Dense().Set(1, c, -2)
	}
	constant := ReLU([]float64{1, 1, 1, -1, -1, 1}, []float64{0, 1, -1})
	_, b := MomentCurve(n, k)
	return Build(momentLayer(n, k), dead, constant, Sum(3)), b
}

// unitCube returns the box [lo,1]ⁿ.
func unitCube(n int, lo float64) ball.Ball {
	los, his := make([]float64, n), make([]float64, n)
	for i := range n {
		los[i], his[i] = lo, 1
	}
	return Must(ball.NewBox(los, his))
}

// indicator is 1 where the condition holds, else 0.
func indicator(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}

// subsets returns Σ_{j≤n} C(m,j), the regions of m hyperplanes in general
// position in n dimensions (Schläfli; Zaslavsky 1975).
func subsets(m, n int) *big.Int {
	total := new(big.Int)
	for j := range min(m, n) + 1 {
		total.Add(total, new(big.Int).Binomial(int64(m), int64(j)))
	}
	return total
}

// Slices: a network on a line or plane through its inputs is the network with
// an affine layer in front. The layer's numbers are those given, not
// differences of them, so that the slice is exact and can be counted and proved.

package network

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Through returns the network on the line through two points, x = p₀ + s·(p₁−p₀),
// or on the plane through three, x = p₀ + s·(p₁−p₀) + t·(p₂−p₀): p₀ is at 0, p₁ at
// s = 1, p₂ at t = 1. As differences may round, there are two affine layers,
// (s, t) ↦ (1−s−t, s, t) ↦ p₀·(1−s−t) + p₁·s + p₂·t. It is an error if the points
// do not span a line or plane.
func Through(n *Network, points ...[]float64) (*Network, error) {
	if len(points) != 2 && len(points) != 3 {
		return nil, fmt.Errorf("%d points, expected 2 for a line or 3 for a plane", len(points))
	}
	if err := haveLength(n, "point", points); err != nil {
		return nil, err
	}
	var spanned [][]*big.Rat
	for _, p := range points[1:] {
		v := rats(p)
		for k, x := range rats(points[0]) {
			v[k].Sub(v[k], x)
		}
		spanned = append(spanned, v)
	}
	if !independent(spanned) {
		return nil, errors.New("the points coincide or lie on one line, expected points that span a line (2) or a plane (3)")
	}
	d := len(points) - 1
	weights := mat.NewDense(d+1, d, nil)
	bias := make([]float64, d+1)
	bias[0] = 1
	for k := range d {
		weights.Set(0, k, -1)
		weights.Set(k+1, k, 1)
	}
	return inFront(n, Layer{W: weights, B: bias}, Layer{W: columns(points), B: make([]float64, n.Inputs())})
}

// Along returns the network on the line x = origin + s·u or the plane
// x = origin + s·u + t·v of one or two directions. It is an error if they are 0
// or parallel.
func Along(n *Network, origin []float64, directions ...[]float64) (*Network, error) {
	if len(directions) != 1 && len(directions) != 2 {
		return nil, fmt.Errorf("%d directions, expected 1 for a line or 2 for a plane", len(directions))
	}
	if err := haveLength(n, "origin", [][]float64{origin}); err != nil {
		return nil, err
	}
	if err := haveLength(n, "direction", directions); err != nil {
		return nil, err
	}
	var spanned [][]*big.Rat
	for _, u := range directions {
		spanned = append(spanned, rats(u))
	}
	if !independent(spanned) {
		return nil, errors.New("the directions are 0 or parallel, expected directions that span a line (1) or a plane (2)")
	}
	return inFront(n, Layer{W: columns(directions), B: append([]float64(nil), origin...)})
}

// Inputs returns the network of chosen inputs (0-based), one or more, the others
// fixed at the values of origin. The slice's coordinates are the inputs themselves.
func Inputs(n *Network, origin []float64, chosen ...int) (*Network, error) {
	if len(chosen) == 0 {
		return nil, errors.New("0 inputs, expected 1 for a line, 2 for a plane, or more")
	}
	if err := haveLength(n, "origin", [][]float64{origin}); err != nil {
		return nil, err
	}
	fixed := append([]float64(nil), origin...)
	weights := mat.NewDense(n.Inputs(), len(chosen), nil)
	for k, i := range chosen {
		if i < 0 || i >= n.Inputs() {
			return nil, fmt.Errorf("input %d, expected one from 0 to %d", i, n.Inputs()-1)
		}
		if slices.Contains(chosen[:k], i) {
			return nil, fmt.Errorf("input %d twice, expected different ones", i)
		}
		weights.Set(i, k, 1)
		fixed[i] = 0
	}
	return inFront(n, Layer{W: weights, B: fixed})
}

func inFront(n *Network, layers ...Layer) (*Network, error) {
	return New(append(layers, n.Layers()...))
}

func haveLength(n *Network, what string, xs [][]float64) error {
	for i, x := range xs {
		if len(x) != n.Inputs() {
			return fmt.Errorf("%s %d: %d numbers, expected %d, one for each input", what, i, len(x), n.Inputs())
		}
	}
	return nil
}

// columns returns the matrix with these columns.
func columns(xs [][]float64) *mat.Dense {
	m := mat.NewDense(len(xs[0]), len(xs), nil)
	for k, x := range xs {
		m.SetCol(k, x)
	}
	return m
}

func rats(x []float64) []*big.Rat {
	r := make([]*big.Rat, len(x))
	for k, v := range x {
		r[k] = new(big.Rat)
		if r[k].SetFloat64(v) == nil {
			r[k].SetInt64(0) // New refuses what is not finite
		}
	}
	return r
}

// independent says whether one or two vectors are linearly independent: a
// coordinate of the first is not 0, and with it some 2×2 determinant.
func independent(v [][]*big.Rat) bool {
	for i := range v[0] {
		if v[0][i].Sign() == 0 {
			continue
		}
		if len(v) == 1 {
			return true
		}
		for k := range v[0] {
			a, b := new(big.Rat).Mul(v[0][i], v[1][k]), new(big.Rat).Mul(v[0][k], v[1][i])
			if a.Cmp(b) != 0 {
				return true
			}
		}
		return false
	}
	return false
}

package network_test

// The forms of pieces of maxima, against fractions.

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
)

// withMaxima makes maxima of some layers of a network.
func withMaxima(t *rapid.T, n *network.Network) *network.Network {
	var layers []network.Layer
	for i, l := range n.Layers() {
		if rapid.Bool().Draw(t, "maxima") {
			l = network.Layer{W: l.W, B: l.B, Act: network.Max}
			for left := l.Rows(); left > 0; left -= l.Pieces[len(l.Pieces)-1] {
				l.Pieces = append(l.Pieces, rapid.IntRange(1, left).Draw(t, "pieces"))
			}
		}
		if i > 0 { // what is before may have become narrower
			w := mat.NewDense(l.Rows(), layers[i-1].Out(), nil)
			w.Copy(l.W)
			l.W = w
		}
		layers = append(layers, l)
	}
	m, err := network.New(layers)
	require.NoError(t, err)
	return m
}

// differences are the pre-activations at a point, those of pieces of a maximum less the largest.
func differences(n *network.Network, x []*big.Rat) (all []*big.Rat) {
	for _, l := range n.Layers() {
		one, err := network.New([]network.Layer{{W: l.W, B: l.B}})
		if err != nil {
			panic(err)
		}
		z, _ := evaluate(one, x)
		if of, err := network.New([]network.Layer{l}); err == nil {
			x, _ = evaluate(of, x)
		}
		if l.Act != network.Max {
			for j, v := range z {
				if l.IsNeuron(j) {
					all = append(all, v)
				}
			}
			continue
		}
		for u, k := range l.Pieces {
			for _, v := range z[:k*min(1, k-1)] {
				all = append(all, new(big.Rat).Sub(v, x[u]))
			}
			z = z[k:]
		}
	}
	return all
}

// At any point whose pattern it is given a pass says what the neurons' pre-activations are, weights
// of all sizes, whatever patterns it was given before.
func TestFormsOfNeuronsAndPiecesMatchFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := withMaxima(t, anyNetwork(anyFloat()).Draw(t, "network"))
		pass := n.NewAffinePass()
		for range 4 {
			var x []*big.Rat
			for _, v := range anyPoint(n, anyFloat()).Draw(t, "point") {
				x = append(x, rat(v))
			}
			y, p := evaluate(n, x)
			at := func(row []*big.Int, exp int) *big.Rat {
				z := new(big.Rat).SetInt(row[len(row)-1])
				for k, v := range x {
					z.Add(z, new(big.Rat).Mul(new(big.Rat).SetInt(row[k]), v))
				}
				two := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(exp, -exp))))
				if exp < 0 {
					two.Inv(two)
				}
				return z.Mul(z, two)
			}
			for j, want := range differences(n, x) {
				row, exp := pass.Neuron(p, j)
				require.Zero(t, want.Cmp(at(row, exp)), "neuron %d", j)
			}
			rows, exp := pass.Integers(p)
			for i, want := range y {
				require.Zero(t, want.Cmp(at(rows[i], exp)), "output %d", i)
			}
		}
	})
}

// A piece of a maximum of which none wins is not held against the winner of another maximum.
func TestAPieceWithoutAWinnerIsComparedWithNoOtherMaximum(t *testing.T) {
	l := network.Layer{W: mat.NewDense(4, 1, []float64{1, 2, 3, 4}), B: make([]float64, 4), Act: network.Max, Pieces: []int{2, 2}}
	n, err := network.New([]network.Layer{l})
	require.NoError(t, err)
	for _, p := range []network.Pattern{{-1, -1, 1, -1}, {0, 0, 1, -1}} {
		row, _ := n.NewAffinePass().Neuron(p, 1)
		require.Equal(t, int64(2), row[0].Int64())
	}
}

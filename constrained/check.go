package constrained

// The proof for all inputs is one product of integers. With u the units of the last layer that has
// any, the outputs are y = W·u + b, the layers behind it multiplied out, so A·y = (A·W)·u + A·b.
// A unit of slope at most 0 for z < 0 is never below 0, whatever its input; any other may be
// anything. So A·y ≤ 0 for all u that are possible if A·b ≤ 0, A·W ≤ 0 in the columns of units of
// the first kind, and A·W = 0 in the others: and this has no ball, no walk and no float.

import (
	"fmt"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// Gap is why the structure of a network does not show A·y ≤ 0: the first number of the product that
// has the wrong sign. It does not say that the constraint is violated anywhere.
type Gap struct {
	Row   int // of A, from 0
	Layer int // whose units are meant, from 0; −1: the inputs of an affine network
	Unit  int // of the layer; −1: the constant
	Value *big.Rat
	// Free says that the unit may be below 0, so that 0 is expected.
	Free bool
}

// String says the gap in words.
func (g *Gap) String() string {
	what := fmt.Sprintf("constraint %d: ", g.Row)
	switch {
	case g.Unit < 0:
		what += "the constant"
	case g.Layer < 0:
		what += fmt.Sprintf("the coefficient of input %d", g.Unit)
	default:
		what += fmt.Sprintf("the coefficient of unit %d of layer %d", g.Unit, g.Layer)
	}
	what += " is " + g.Value.RatString()
	switch {
	case !g.Free:
		return what + ", expected at most 0"
	case g.Layer >= 0:
		return what + ", expected 0, for the unit may be below 0"
	}
	return what + ", expected 0"
}

// Check returns nil if the structure of the network shows row·y ≤ 0 for all rows and every input,
// and else the first gap. Rows have as many numbers as there are outputs.
func Check(n *network.Network, rows [][]*big.Int) (*Gap, error) {
	for i, r := range rows {
		if len(r) != n.Outputs() {
			return nil, fmt.Errorf("row %d has %d numbers, expected %d, one for each output", i, len(r), n.Outputs())
		}
	}
	for i, r := range rows {
		if g := checkRow(n, i, r); g != nil {
			return g, nil
		}
	}
	return nil, nil
}

// checkRow multiplies a row by the layers from the last on, and looks at its signs at the first
// that has neurons.
func checkRow(n *network.Network, i int, row []*big.Int) *Gap {
	layers := n.Layers()
	at, exp := row, 0 // row·y = Σ 2^exp·at_k·u_k + constant
	constant := new(big.Rat)
	l := len(layers) - 1
	for ; l >= 0 && layers[l].Neurons() == 0; l-- {
		constant.Add(constant, product(at, exp, layers[l].B))
		at, exp = times(at, exp, layers[l])
	}
	if constant.Sign() > 0 {
		return &Gap{Row: i, Layer: l, Unit: -1, Value: constant}
	}
	for k, v := range at {
		free := l < 0 || layers[l].Act == network.Max || layers[l].Below(k) > 0
		if s := v.Sign(); s > 0 || free && s != 0 {
			return &Gap{Row: i, Layer: l, Unit: k, Value: dyadic.Rat(v, exp), Free: free}
		}
	}
	return nil
}

// product returns Σ 2^exp·at_k·b_k.
func product(at []*big.Int, exp int, b []float64) *big.Rat {
	d := dyadic.Floats(b)
	var s, t big.Int
	for k, v := range at {
		s.Add(&s, t.Mul(v, &d.N[k]))
	}
	return dyadic.Rat(&s, exp+d.Exp)
}

// times returns the row 2^exp·at times the weights of a layer, as integers times a power of two.
func times(at []*big.Int, exp int, l network.Layer) ([]*big.Int, int) {
	var weights []float64
	var rows, columns []int
	for r := range l.Rows() {
		if at[r].Sign() == 0 {
			continue
		}
		for c, w := range l.Entries(r) {
			if w != 0 {
				weights, rows, columns = append(weights, w), append(rows, r), append(columns, c)
			}
		}
	}
	d := dyadic.Floats(weights)
	out := dyadic.ZeroInts(l.In())
	var t big.Int
	for i := range weights {
		out[columns[i]].Add(out[columns[i]], t.Mul(at[rows[i]], &d.N[i]))
	}
	return out, exp + d.Exp
}

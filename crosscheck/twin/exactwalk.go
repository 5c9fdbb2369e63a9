// The exact walk: the definition of an activation region, carried out
// literally in rational arithmetic. It exists to be compared with the fast
// walk, so it is written to be read, and no decision in it uses floats.

package twin

import (
	"fmt"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// form is the affine form z(x) = g·x + h.
type form struct {
	g []*big.Rat
	h *big.Rat
}

// constant says whether g = 0.
func (f form) constant() bool {
	for _, g := range f.g {
		if g.Sign() != 0 {
			return false
		}
	}
	return true
}

// at returns z(x).
func (f form) at(x []*big.Rat) *big.Rat {
	z := new(big.Rat).Set(f.h)
	for i, g := range f.g {
		z.Add(z, new(big.Rat).Mul(g, x[i]))
	}
	return z
}

// times returns s·z.
func (f form) times(s *big.Rat) form {
	t := zeroForm(len(f.g))
	t.h.Mul(f.h, s)
	for i, g := range f.g {
		t.g[i].Mul(g, s)
	}
	return t
}

func zeroForm(n int) form {
	f := form{g: make([]*big.Rat, n), h: new(big.Rat)}
	for i := range f.g {
		f.g[i] = new(big.Rat)
	}
	return f
}

// cell is an open, convex, nonempty subset of the ball's interior.
type cell interface {
	// cut returns cell ∩ {z < 0} and cell ∩ {z > 0} for a form that is not
	// constant. A side that is empty is nil.
	cut(f form) (minus, plus cell)
}

// exactWalk carries the network from layer to layer over shrinking cells.
type exactWalk struct {
	layers  []network.Layer
	pattern network.Pattern
	found   func(network.Pattern, cell)
}

// walkExactly calls found for each final cell, the minus side of a neuron
// before its plus side. found must copy the pattern if it keeps it.
func walkExactly(n *network.Network, start cell, found func(network.Pattern, cell)) {
	w := &exactWalk{layers: n.Layers(), found: found}
	inputs := make([]form, n.Inputs())
	for i := range inputs {
		inputs[i] = zeroForm(len(inputs))
		inputs[i].g[i].SetInt64(1)
	}
	w.layer(0, inputs, start)
}

// walkIn is walkExactly in one, two or three inputs, from the interior of the ball. It is an error
// if the network or the ball has not as many.
func walkIn(inputs int, n *network.Network, b ball.Ball, found func(network.Pattern, cell)) error {
	if err := checkDimensions(n, b, inputs); err != nil {
		return err
	}
	var start cell
	switch inputs {
	case 1:
		lo, hi := boundingBox(b)
		start = segment{lo[0], hi[0]}
	case 2:
		start = startPolygon(b)
	default:
		start = startPolyhedron(b)
	}
	walkExactly(n, start, found)
	return nil
}

// countIn counts the cells of walkIn.
func countIn(inputs int, n *network.Network, b ball.Ball) (*big.Int, error) {
	count := int64(0)
	if err := walkIn(inputs, n, b, func(network.Pattern, cell) { count++ }); err != nil {
		return nil, err
	}
	return big.NewInt(count), nil
}

// layer goes on with layer l on cell c, where the units of the layer before
// are the forms in.
func (w *exactWalk) layer(l int, in []form, c cell) {
	if l == len(w.layers) {
		w.found(w.pattern, c)
		return
	}
	z := preActivations(w.layers[l], in)
	if w.layers[l].Act == network.Max {
		w.maximum(l, 0, 0, z, make([]form, len(w.layers[l].Pieces)), c)
		return
	}
	w.unit(l, 0, z, make([]form, len(z)), c)
}

// unit goes on with unit j of layer l. z are the pre-activations of the layer,
// out[:j] the units that are settled.
func (w *exactWalk) unit(l, j int, z, out []form, c cell) {
	if j == len(z) {
		w.layer(l+1, append([]form(nil), out...), c)
		return
	}
	below := w.layers[l].Below(j)
	if below == 1 { // no neuron: it carries z on
		out[j] = z[j]
		w.unit(l, j+1, z, out, c)
		return
	}
	follow := func(sign int, c cell) {
		w.pattern = append(w.pattern, int8(sign))
		out[j] = activate(below, z[j], sign)
		w.unit(l, j+1, z, out, c)
		w.pattern = w.pattern[:len(w.pattern)-1]
	}
	if z[j].constant() {
		follow(z[j].h.Sign(), c)
		return
	}
	minus, plus := c.cut(z[j])
	if minus != nil {
		follow(-1, minus)
	}
	if plus != nil {
		follow(+1, plus)
	}
}

// preActivations returns W·in + B as forms of the input.
func preActivations(l network.Layer, in []form) []form {
	n := len(in[0].g)
	z := make([]form, len(l.B))
	product := new(big.Rat)
	for r := range z {
		z[r] = zeroForm(n)
		z[r].h.SetFloat64(l.B[r])
		for c, f := range in {
			weight := rat(l.W.At(r, c))
			if weight.Sign() == 0 {
				continue
			}
			z[r].h.Add(z[r].h, product.Mul(weight, f.h))
			for i := range f.g {
				z[r].g[i].Add(z[r].g[i], product.Mul(weight, f.g[i]))
			}
		}
	}
	return z
}

// activate returns what a neuron with a slope below zero passes on where its pre-activation z has
// the given sign.
func activate(below float64, z form, sign int) form {
	switch {
	case sign > 0:
		return z
	case sign < 0 && below != 0:
		return z.times(rat(below))
	}
	return zeroForm(len(z.g))
}

// rat returns the finite float v as the rational that it is.
func rat(v float64) *big.Rat {
	r := new(big.Rat).SetFloat64(v)
	if r == nil {
		panic(fmt.Sprintf("twin: %g is not a finite number", v))
	}
	return r
}

// checkDimensions says whether net and ball have the wanted number of inputs.
func checkDimensions(n *network.Network, b ball.Ball, want int) error {
	if n.Inputs() != want {
		return fmt.Errorf("network: %d inputs, expected %d", n.Inputs(), want)
	}
	if b.Dim() != want {
		return fmt.Errorf("ball: %d coordinates, expected %d, one per input of the network", b.Dim(), want)
	}
	return nil
}

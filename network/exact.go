// Exact evaluation: every weight is dyadic, so nothing is ever rounded (package dyadic).

package network

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

// Pattern returns the exact signs of the pre-activations of all neurons, in
// network order, at the point x taken as real numbers. A 0 says that the
// pre-activation is 0 at this point (not that it vanishes on a cell). A maximum
// has a sign for each piece: + for the first of the largest, 0 for others that
// are as large, − for the rest. It panics when x has not length Inputs or is
// not finite.
func (n *Network) Pattern(x []float64) Pattern {
	exact := make([]*big.Float, len(x))
	for i, v := range x {
		exact[i] = big.NewFloat(v)
	}
	_, p := n.ForwardExact(exact)
	return p
}

// ForwardExact returns the output at the exact point x, nothing rounded, and
// the signs of the pre-activations as Pattern does. It panics when x has not
// length Inputs or is not finite. The precision of a result is what it needs.
func (n *Network) ForwardExact(x []*big.Float) ([]*big.Float, Pattern) {
	n.mustHaveInputs(len(x))
	pattern := make(Pattern, 0, n.Signs())
	for _, v := range x {
		if v.IsInf() {
			panic("network: an infinite coordinate")
		}
	}
	a := dyadic.BigFloats(x)
	for _, l := range n.layers {
		a, _ = a.Affine(context.Background(), l.Rows(), l.Row, l.B) // which does not end
		if l.Act == Max {
			a, pattern = l.largest(a, pattern)
			continue
		}
		signs := make(Pattern, l.Out())
		for j := range signs {
			if signs[j] = int8(a.N[j].Sign()); l.IsNeuron(j) {
				pattern = append(pattern, signs[j])
			}
		}
		if l.Act != None {
			a = a.Times(l.factors(signs))
		}
	}
	return a.Floats(), pattern
}

// SignsOf returns one sign for each unit of a layer, given a pattern that begins with those of its
// neurons. A unit that carries its value on does so with any sign, and has +1.
func (l Layer) SignsOf(p Pattern) Pattern {
	s := make(Pattern, l.Out())
	for j := range s {
		s[j] = 1
		if l.IsNeuron(j) {
			s[j], p = p[0], p[1:]
		}
	}
	return s
}

// factors returns what the units multiply their pre-activations by where these have the signs: 0
// gives 0.
func (l Layer) factors(signs Pattern) []float64 {
	f := make([]float64, len(signs))
	for j, s := range signs {
		switch {
		case s > 0:
			f[j] = 1
		case s < 0:
			f[j] = l.Below(j)
		}
	}
	return f
}

// The distance to the nearest boundary, by its definition, in fractions.

package twin

import (
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// Distance is the distance from the centre to the nearest boundary, for l2 its square, nil if there
// is none: the definition, in fractions.
func Distance(n *network.Network, b ball.Ball) *big.Rat {
	center := make([]*big.Rat, n.Inputs())
	in := make([]form, n.Inputs())
	for i := range in {
		in[i] = zeroForm(len(in))
		in[i].g[i].SetInt64(1)
		center[i] = rat(b.Center()[i])
	}
	var least *big.Rat
	for _, l := range n.Layers() {
		in = preActivations(l, in)
		for j, z := range in {
			if !l.IsNeuron(j) {
				continue
			}
			v := z.at(center)
			if !z.constant() {
				if d := distanceTo(z, v, b.Norm()); least == nil || d.Cmp(least) < 0 {
					least = d
				}
				if v.Sign() == 0 {
					return new(big.Rat)
				}
			}
			in[j] = activate(l.Below(j), z, v.Sign())
		}
	}
	return least
}

// distanceTo is that to the hyperplane of a form with the value v at the centre.
func distanceTo(z form, v *big.Rat, norm ball.Norm) *big.Rat {
	size := new(big.Rat)
	for _, g := range z.g {
		a := new(big.Rat).Abs(g)
		switch norm {
		case ball.L2:
			size.Add(size, a.Mul(a, a))
		case ball.L1:
			if a.Cmp(size) > 0 {
				size.Set(a)
			}
		default:
			size.Add(size, a)
		}
	}
	d := new(big.Rat).Abs(v)
	if norm == ball.L2 {
		d.Mul(d, d)
	}
	return d.Quo(d, size)
}

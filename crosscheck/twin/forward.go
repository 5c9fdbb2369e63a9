package twin

// A forward pass in fractions, slow and obvious, which shares nothing with the affine maps of
// regions.

import (
	"math/big"
	"slices"

	"github.com/relucell/relucell/network"
)

// Forward returns the outputs of a network at x, nothing rounded.
func Forward(n *network.Network, x []*big.Rat) []*big.Rat {
	for _, l := range n.Layers() {
		z := make([]*big.Rat, l.Rows())
		for i := range z {
			z[i] = new(big.Rat).SetFloat64(l.B[i])
			for k, v := range x {
				w := new(big.Rat).SetFloat64(l.W.At(i, k))
				z[i].Add(z[i], w.Mul(w, v))
			}
			if l.Act != network.Max && z[i].Sign() < 0 {
				z[i].Mul(z[i], new(big.Rat).SetFloat64(l.Below(i)))
			}
		}
		x = z
		if l.Act == network.Max {
			x = nil
			for _, k := range l.Pieces {
				x, z = append(x, slices.MaxFunc(z[:k], (*big.Rat).Cmp)), z[k:]
			}
		}
	}
	return x
}

package twin

// A forward pass in fractions, slow and obvious, which shares nothing with the affine maps of regions.

import (
	"math/big"

	"github.com/relucell/relucell/network"
)

// Forward returns the outputs of a network without maxima at x, nothing rounded. It panics for a
// network with maxima.
func Forward(n *network.Network, x []*big.Rat) []*big.Rat {
	for _, l := range n.Layers() {
		if l.Pieces != nil {
			panic("twin: Forward of a network with maxima")
		}
		z := make([]*big.Rat, l.Out())
		for i := range z {
			z[i] = new(big.Rat).SetFloat64(l.B[i])
			for k, v := range x {
				w := new(big.Rat).SetFloat64(l.W.At(i, k))
				z[i].Add(z[i], w.Mul(w, v))
			}
			if z[i].Sign() < 0 {
				z[i].Mul(z[i], new(big.Rat).SetFloat64(l.Below(i)))
			}
		}
		x = z
	}
	return x
}

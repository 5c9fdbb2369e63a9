// The bounds that need only the widths and no argument about inactive units.
//
// 2^N: a cell is split at most once per neuron, and by a maximum of k pieces into k.
//
// Zaslavsky product (Raghu et al. 2017, after Zaslavsky 1975): on a cell the
// pre-activations of layer l are affine functions of the n_0 inputs, so layer l cuts
// it into at most Σ_{j≤n_0} C(n_l,j) cells, and the layers multiply. Nothing
// is assumed of the activation; affine layers have no neurons.

package bound

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

func powerOfTwo(_ context.Context, n *network.Network, _ ball.Ball) (*big.Int, error) {
	v := big.NewInt(1)
	for _, l := range n.Layers() {
		if l.Act != network.Max {
			v.Lsh(v, uint(l.Neurons()))
		}
		for _, k := range l.Pieces {
			v.Mul(v, big.NewInt(int64(k)))
		}
	}
	return v, nil
}

func zaslavskyProduct(_ context.Context, n *network.Network, _ ball.Ball) (*big.Int, error) {
	v := big.NewInt(1)
	for _, c := range Unsettled(n) {
		v.Mul(v, c.cells(n.Inputs()))
	}
	return v, nil
}

// The bound of Montúfar (2017, after Montúfar, Pascanu, Cho and Bengio 2014):
//
//	Π_l Σ_{j ≤ min(n_0, …, n_{l−1})} C(n_l, j).
//
// On a cell the input of layer l is an affine map that went through layers of
// widths n_1 … n_{l−1}, so its rank is at most the least of the widths before,
// and Zaslavsky's sum in that dimension bounds what layer l makes of the cell. Affine layers take
// part in the minimum and have no factor of their own. No property of the
// activation is used but that it is affine on each side, so leaky units are fine.

package bound

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

func montufar(_ context.Context, n *network.Network, _ ball.Ball) (*big.Int, error) {
	v, d := big.NewInt(1), n.Inputs()
	for i, c := range Unsettled(n) {
		l := n.Layers()[i]
		v.Mul(v, c.cells(d))
		d = min(d, l.Out())
	}
	return v, nil
}

// The bound of Serra, Tjandraatmadja and Ramalingam (2018), Theorem 1,
//
//	Σ over 0 ≤ j_l ≤ min{n_0, n_1−j_1, …, n_{l−1}−j_{l−1}, n_l} of Π_l C(n_l, j_l),
//
// and its rank variant (their Lemma 2): the rows of a layer span no more than
// its rank, so the rank takes the place of the width where it is smaller. Both are
// the recursion of recursion.go with every neuron unsettled. The theorem is about ReLU; in a leaky
// unit no dimension is lost, and an affine layer only limits the dimension.

package bound

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// Unsettled returns the recursion's layers with every neuron unsettled.
func Unsettled(n *network.Network) []LayerCount {
	cs := make([]LayerCount, 0, len(n.Layers()))
	for _, l := range n.Layers() {
		cs = append(cs, unsettledUnits(l, n.Inputs()))
	}
	return cs
}

// unsettledUnits is what the recursion needs to know of a layer of which nothing is settled, in a
// network of so many inputs.
func unsettledUnits(l network.Layer, inputs int) LayerCount {
	c := LayerCount{}
	if l.Act == network.Max {
		var more []int
		for _, k := range l.Pieces {
			if k > 1 {
				more = append(more, k-1)
			}
		}
		c.K, c.Leaky, c.P = len(more), len(more), l.Out()-len(more)
		c.Ways = waysOf(more, inputs)
		return c
	}
	for j := range l.B {
		switch l.Below(j) {
		case 1:
			c.P++
		case 0:
			c.K++
		default:
			c.K++
			c.Leaky++
		}
	}
	return c
}

func serra(_ context.Context, n *network.Network, _ ball.Ball) (*big.Int, error) {
	return Recursion(Unsettled(n), n.Inputs()), nil
}

func serraRank(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	cs := Unsettled(n)
	ranks, err := analysisOf(ctx, n, b).ranks(ctx)
	if err != nil {
		return nil, err
	}
	for i, r := range ranks {
		cs[i].RankCut, cs[i].RankOut = r, r
		if r == 0 { // all rows are zero: its neurons are constant
			cs[i].K, cs[i].P = 0, 0
		}
	}
	return Recursion(cs, n.Inputs()), nil
}

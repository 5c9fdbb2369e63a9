// The matrix framework of Hinz and van de Geer (2019), A framework for the
// construction of upper bounds on the number of affine linear regions of ReLU
// feed-forward neural networks.
//
// A histogram counts regions by the dimension of the image that the layers so far give them. A
// layer of n' units takes a histogram over dimensions to one over dimensions after it, by two
// matrices: M clips dimensions at n', and column j of B is a bound γ_{j,n'} on the activation
// histogram of n' hyperplanes in dimension j (how many cells have i active units), itself clipped
// at j. The number of regions is at most
//
//	‖B_{n_L} M_{n_{L−1},n_L} ⋯ B_{n_1} M_{n_0,n_1} e_{n_0}‖₁.
//
// A γ is admissible if for every arrangement and every J it counts at least as many cells with ≥ J
// active units as there are (dominance), and if a larger dimension gives a dominating γ. Then each
// product dominates the true histogram: layers send a region of larger dimension to a dominating
// histogram, and ‖·‖₁ is the count with J = 0.
//
// Two γ are given. All cells have every unit active: γ = Zaslavsky's sum at n', which gives
// Montúfar's bound. C(n',j) cells have n'−j active, j ≤ dimension: Serra's. The tighter γ of Hinz
// (2021, arXiv 2103.17174) is not here: we have no proof of it that would stand in this file, and a
// bound without one could be below the count.
//
// A leaky unit carries dimension where it is inactive too, and a unit without activation always:
// active means then that a unit carries. With k neurons of which m are leaky, a cell with j
// inactive ones has at most n'−max(0,j−m) active units, and C(k,j) cells are put there. An affine
// layer has M alone.

package bound

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// gamma returns an admissible activation histogram of the units of a layer, all its neurons
// unsettled, in dimension d: entry i counts the cells with i active units.
type gamma func(d int, c LayerCount) []*big.Int

// gammaMontufar puts all cells where every unit is active.
func gammaMontufar(d int, c LayerCount) []*big.Int {
	h := dyadic.ZeroInts(c.P + c.K + 1)
	h[c.P+c.K].Set(c.cells(d))
	return h
}

// gammaSerra puts C(k,j) cells where j neurons are inactive, j ≤ min(d,k).
func gammaSerra(d int, c LayerCount) []*big.Int {
	h := dyadic.ZeroInts(c.P + c.K + 1)
	for j, cells := range c.ways(min(d, c.K)) {
		i := c.lost(c.P+c.K, j)
		h[i].Add(h[i], cells)
	}
	return h
}

// hinz multiplies the matrices from the right: a vector passes through the layers.
func hinz(ctx context.Context, n *network.Network, g gamma) (*big.Int, error) {
	h := dyadic.ZeroInts(n.Inputs() + 1) // h[d] counts regions of dimension d
	h[n.Inputs()].SetInt64(1)
	for _, l := range n.Layers() {
		h = clipHistogram(h, l.Out())
		if l.Act == network.None {
			continue
		}
		units := unsettledUnits(l, n.Inputs())
		next := dyadic.ZeroInts(len(h))
		for d, regions := range h {
			if regions.Sign() == 0 {
				continue
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			for i, cells := range clipHistogram(g(d, units), d) { // B's column d
				next[i].Add(next[i], new(big.Int).Mul(cells, regions))
			}
		}
		h = next
	}
	sum := new(big.Int)
	for _, v := range h {
		sum.Add(sum, v)
	}
	return sum, nil
}

// clipHistogram moves what lies beyond d to d.
func clipHistogram(h []*big.Int, d int) []*big.Int {
	if len(h) <= d+1 {
		return h
	}
	c := dyadic.ZeroInts(d + 1)
	for i, v := range h {
		c[min(i, d)].Add(c[min(i, d)], v)
	}
	return c
}

func hinzMontufar(ctx context.Context, n *network.Network, _ ball.Ball) (*big.Int, error) {
	return hinz(ctx, n, gammaMontufar)
}

func hinzSerra(ctx context.Context, n *network.Network, _ ball.Ball) (*big.Int, error) {
	return hinz(ctx, n, gammaSerra)
}

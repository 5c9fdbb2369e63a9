// The dial from bound to count, an idea of our own: the first m layers are
// enumerated exactly, the rest is bounded in each piece. m = 0 is the bound, m = L the count.

package crosscheck

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// Dial is the upper bound with the first m layers enumerated and the rest
// bounded by the inner bound in each piece.
//
// Theorem. Let B be the ball, N a network with L layers with an activation, and Q a region of the
// network N_m that ends with the m-th of them, with pattern p. Let N_p be N with each neuron of
// these m layers replaced by the linear function that it is on Q: z where p is +, 0 where p is 0 or
// the unit is an inactive ReLU, slope·z where it is an inactive leaky unit, and each maximum by the
// piece that is the largest on Q. Then for every upper bound U
//
//	count(N, B) ≤ Σ_Q U(N_p, B),
//
// and with m = L, and U = 1 for networks without neurons, the two sides are equal.
//
// Proof. The regions of N are the disjoint union over Q of the cells that the remaining layers make
// of Q, since the walk of N begins with that of N_m. On Q, N and N_p have the same pre-activations
// in the remaining layers for equal signs of the neurons before (0 included: an affine form that
// vanishes on an open subset of a cell vanishes on the cell). By induction over the neurons, a cell
// of N in Q with signs s is the intersection of Q with the cell of N_p in B with the signs s, which
// is then not empty; so Q has at most as many cells as N_p has regions in B. For m = L, N_p has no
// neurons, each Q counts one, and the Q are the regions of N. ∎
//
// N_p is exact in float64: a diagonal affine layer with entries 1, 0 and slope takes the place of
// an activation, and nothing is multiplied out. Its affine front carries the rank of the piece into
// the recursion, and back-substitution sees through it exactly.
//
// The sum of m+1 is not always below that of m: N_p is bounded over B, not over Q. So the value is
// the least of the sums for 0 … m, which never grows with m, and is sound as each of them is. Value
// goes on with the smaller m when the pieces outgrow the budget.
type Dial struct {
	// M is the number of layers with an activation that are enumerated; above their number it
	// means all.
	M int
	// Inner bounds the rest in each piece: an upper bound of bound.Bound.
	Inner bound.Bound
	// Budget is the most pieces; 0 means 20,000. Beyond it the last M with fewer serves.
	Budget int
}

const defaultDialBudget = 20_000

// NewDial returns the dial at m over back-substitution.
func NewDial(m int) Dial {
	inner, ok := bound.ByName("crown")
	if !ok {
		panic("crosscheck: the bound crown is not registered")
	}
	return Dial{M: m, Inner: inner}
}

// Name is "dial-M", with the inner bound unless it is crown.
func (d Dial) Name() string {
	if d.Inner.Name() == "crown" {
		return fmt.Sprintf("dial-%d", d.M)
	}
	return fmt.Sprintf("dial-%d-%s", d.M, d.Inner.Name())
}

// Kind and Scope make a Dial a bound.Bound.
func (d Dial) Kind() bound.Kind   { return bound.Upper }
func (d Dial) Scope() bound.Scope { return bound.Local }

// Value returns the least of the sums for 0 … M.
func (d Dial) Value(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	vs, err := d.Values(ctx, n, b)
	if err != nil {
		return nil, err
	}
	return vs[len(vs)-1], nil
}

// Values returns the dial's values at 0 … M, or fewer when there are fewer
// layers or the budget ends: the last one is Value.
func (d Dial) Values(ctx context.Context, n *network.Network, b ball.Ball) ([]*big.Int, error) {
	if d.Budget == 0 {
		d.Budget = defaultDialBudget
	}
	v, err := d.Inner.Value(ctx, n, b)
	if err != nil {
		return nil, err
	}
	all := []*big.Int{v}
	for m := 1; m <= min(d.M, depthOf(n)); m++ {
		sum, err := d.sum(ctx, n, b, m)
		if err != nil {
			return nil, err
		}
		if sum == nil { // the budget ended, as it will for all larger m
			break
		}
		if last := all[len(all)-1]; last.Cmp(sum) < 0 {
			sum = new(big.Int).Set(last)
		}
		all = append(all, sum)
	}
	return all, nil
}

// sum returns Σ_Q U(N_p, B), nil when there are more pieces than the budget.
func (d Dial) sum(ctx context.Context, n *network.Network, b ball.Ball, m int) (*big.Int, error) {
	front, rest := splitAfter(n, m)
	total, pieces := new(big.Int), 0
	for q, err := range enumerate.Regions(ctx, gen.Build(front...), b, enumerate.Options{Workers: 1}) {
		if err != nil {
			return nil, err
		}
		if pieces++; pieces > d.Budget {
			return nil, nil
		}
		if m == depthOf(n) {
			continue
		}
		v, err := d.Inner.Value(ctx, pieceNetwork(front, rest, q.Pattern), b)
		if err != nil {
			return nil, err
		}
		total.Add(total, v)
	}
	if m == depthOf(n) {
		total.SetInt64(int64(pieces))
	}
	return total, nil
}

// splitAfter cuts the layers after the m-th with an activation, m ≥ 1.
func splitAfter(n *network.Network, m int) (front, rest []network.Layer) {
	for i, l := range n.Layers() {
		if l.Act != network.None {
			if m--; m == 0 {
				return n.Layers()[:i+1], n.Layers()[i+1:]
			}
		}
	}
	panic("crosscheck: fewer layers with an activation than the dial asks for")
}

// pieceNetwork returns N_p.
func pieceNetwork(front, rest []network.Layer, p network.Pattern) *network.Network {
	var all []network.Layer
	for _, l := range front {
		if l.Act == network.Max {
			all = append(all, winningRows(l, p))
			p = p[l.Signs():]
			continue
		}
		signs := l.SignsOf(p)
		p = p[l.Neurons():]
		if l.Act == network.None {
			all = append(all, l)
			continue
		}
		diagonal := gen.Affine(make([]float64, l.Out()*l.Out()), make([]float64, l.Out()))
		for j, s := range signs {
			switch {
			case s > 0:
				diagonal.Dense().Set(j, j, 1)
			case s < 0:
				diagonal.Dense().Set(j, j, l.Below(j))
			}
		}
		all = append(all, network.Layer{W: mat.DenseCopyOf(l.W), B: l.B, Act: network.None}, diagonal)
	}
	return gen.Build(append(all, rest...)...)
}

// winningRows returns the affine layer that a layer of maxima is where its pieces have the signs
// with which p begins.
func winningRows(l network.Layer, p network.Pattern) network.Layer {
	rows := network.NewSparse(l.In())
	a, first := network.Layer{}, 0
	for _, k := range l.Pieces {
		win := first
		if k > 1 {
			win += slices.Index(p[:k], 1)
			p = p[k:]
		}
		rows.AppendDense(l.W.RawRowView(win))
		a.B = append(a.B, l.B[win])
		first += k
	}
	a.W = rows.Smaller()
	return a
}

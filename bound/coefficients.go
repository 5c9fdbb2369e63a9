// The bound of Serra and Ramalingam (2020), Empirical bounds on linear regions
// of deep rectifier networks, from the signs of the coefficients:
//
//	R(l,k,d) = Σ_{j ≤ min(I_l(k),d)} C(I_l(k),j) · R(l+1, A_l(k)−j, min(d, A_l(k)−j)),
//
// where k bounds the active units of the layer before, A_l(k) the units of layer l that are then
// not stably inactive, I_l(k) those that are unstable.
//
// The input of a layer after a ReLU layer is ≥ 0 and zero but for a set S of at most k active
// units. A unit with bias ≤ 0 can be positive only if S holds a unit with a positive weight to it;
// one with bias > 0 can be negative only if S holds one with a negative weight. A unit with bias 0
// and no negative weight at all is never negative. So with N(u) the units that u can upset in this
// way,
//
//	I_l(k) ≤ min(#∪N(u), sum of the k largest #N(u)),
//
// and likewise A_l(k) with bias > 0 units always in (the paper solves the maximum coverage problem;
// the sum is a relaxation of it, so sound). Both grow with k.
//
// After a layer that has other units than ReLUs, in one of maxima and in the first, inputs have any
// sign and any number may be nonzero: then every unit with a nonzero row is unstable. An affine
// layer passes k on as its width; other units than ReLUs carry whatever their sign, so that in a
// layer that has some A is not used, and no more than recursion.go says is lost.
//
// In the ball the same holds with the units that interval arithmetic has not settled.

package bound

import (
	"context"
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// coverage says how many units of a layer can be not stably inactive, and unstable, given k active
// before.
type coverage struct {
	always         int   // units that are not stably inactive whatever the layer before does
	live, unstable []int // partial sums of the k largest reaches, k = 0, 1, …, each capped by the union
}

func (c coverage) active(k int) int { return c.always + c.live[min(k, len(c.live)-1)] }
func (c coverage) cut(k int) int    { return c.unstable[min(k, len(c.unstable)-1)] }

// enough returns the k beyond which neither grows.
func (c coverage) enough() int {
	k := len(c.live) - 1
	for k > 0 && c.live[k-1] == c.live[k] && c.unstable[k-1] == c.unstable[k] {
		k--
	}
	return k
}

// coverageOf computes the coverage of layer l after a ReLU layer.
func coverageOf(l network.Layer, settled []status, dead []bool) coverage {
	var c coverage
	live, unstable := make([]int, l.In()), make([]int, l.In())
	liveUnion, unstableUnion := 0, 0
	for j := range l.Out() {
		if settled[j] == inactive {
			continue
		}
		at, row := l.Row(j)
		positive, dead := l.B[j] > 0, pick(dead, at)
		if positive {
			c.always++
		}
		any := false
		for k, w := range row {
			if dead[k] {
				continue
			}
			if (w > 0 && !positive) || (w < 0 && positive) {
				any = true
			}
		}
		if !any {
			continue
		}
		cuts := l.IsNeuron(j) && settled[j] == unsettled && (l.B[j] != 0 || slices.ContainsFunc(row, func(w float64) bool { return w < 0 }))
		if !positive {
			liveUnion++
		}
		if cuts {
			unstableUnion++
		}
		for k, w := range row {
			if dead[k] {
				continue
			}
			to := k
			if at != nil {
				to = int(at[k])
			}
			if w > 0 && !positive {
				live[to]++
			}
			if cuts && ((w > 0 && !positive) || (w < 0 && positive)) {
				unstable[to]++
			}
		}
	}
	c.live, c.unstable = partialSums(live, liveUnion), partialSums(unstable, unstableUnion)
	return c
}

func partialSums(reach []int, union int) []int {
	slices.Sort(reach)
	slices.Reverse(reach)
	sums := make([]int, len(reach)+1)
	for k, r := range reach {
		sums[k+1] = min(union, sums[k]+r)
	}
	return sums
}

// coefficientBound evaluates the recursion; s settles units beforehand (nil: none).
type coefficientBound struct {
	layers []network.Layer
	terms  []LayerTerms // settled counts and ranks of each layer
	cover  []*coverage  // nil where the layer before has other units than ReLUs
	memo   map[[3]int]*big.Int
	ctx    context.Context // of the one call that the table is for
}

// at returns R(l,k,d).
func (c *coefficientBound) at(l, k, d int) (*big.Int, error) {
	if l == len(c.layers) {
		return big.NewInt(1), nil
	}
	if c.cover[l] == nil { // k says nothing here, or nothing more beyond some k
		k = 0
	} else {
		k = min(k, c.cover[l].enough())
	}
	key := [3]int{l, k, d}
	if v, ok := c.memo[key]; ok {
		return v, nil
	}
	if err := c.ctx.Err(); err != nil {
		return nil, err
	}
	t := c.terms[l]
	carry, cut := t.Count.P+t.Count.K, t.Count.K
	if cov := c.cover[l]; cov != nil && !t.Affine {
		cut = min(cut, cov.cut(k))
		if c.layers[l].Act == network.ReLU {
			carry = min(carry, cov.active(k))
		}
	}
	count := t.Count
	count.K, count.P = cut, max(carry-cut, 0)
	m, out := count.caps(d)
	out = min(out, carry)
	sum := new(big.Int)
	for j, n := range count.ways(m) {
		left := max(0, carry-max(0, j-count.Leaky)) // I > A cannot be attained: no cell has fewer than no active unit
		rest, err := c.at(l+1, left, min(out, left))
		if err != nil {
			return nil, err
		}
		sum.Add(sum, new(big.Int).Mul(n, rest))
	}
	c.memo[key] = sum
	return sum, nil
}

func coefficients(ctx context.Context, a *analysis, s *stability) (*big.Int, error) {
	s = a.fold(s)
	ts, err := a.terms(ctx, s)
	if err != nil {
		return nil, err
	}
	c := &coefficientBound{layers: a.whole.Layers(), terms: ts, memo: map[[3]int]*big.Int{}, ctx: ctx}
	for i, l := range c.layers {
		var cov *coverage
		if i > 0 && c.layers[i-1].Act == network.ReLU && l.Act != network.Max {
			dead := make([]bool, l.In())
			for k, u := range s.units[i-1] {
				dead[k] = u == inactive
			}
			v := coverageOf(l, s.units[i], dead)
			cov = &v
		}
		c.cover = append(c.cover, cov)
	}
	return c.at(0, a.net.Inputs(), a.net.Inputs())
}

func coefficientsGlobal(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	a, s := analysisOf(ctx, n, b), &stability{}
	for _, l := range a.net.Layers() {
		s.units = append(s.units, make([]status, l.Out()))
	}
	return coefficients(ctx, a, s)
}

func coefficientsLocal(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	a := analysisOf(ctx, n, b)
	s, err := interval(ctx, a)
	if err != nil {
		return nil, err
	}
	return coefficients(ctx, a, s)
}

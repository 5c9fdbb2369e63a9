// The regions of a network with one input are intervals with rational ends:
// the smallest exact counter there is.

package twin

import (
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// Interval is a region of a network with one input: the open interval (Lo, Hi).
type Interval struct {
	Pattern network.Pattern
	Lo, Hi  *big.Rat
}

// Intervals returns the activation regions of a network with one input, by
// exact rational arithmetic, the minus side of each neuron first. In one
// dimension the l2, linf and l1 balls are the same interval. It is an error
// if the network or the ball has not exactly one input.
func Intervals(n *network.Network, b ball.Ball) ([]Interval, error) {
	var all []Interval
	err := walkIn(1, n, b, func(p network.Pattern, c cell) {
		s := c.(segment)
		all = append(all, Interval{append(network.Pattern(nil), p...), s.lo, s.hi})
	})
	return all, err
}

// CountIntervals returns how many intervals Intervals would.
func CountIntervals(n *network.Network, b ball.Ball) (*big.Int, error) { return countIn(1, n, b) }

// segment is the open interval (lo, hi), lo < hi.
type segment struct{ lo, hi *big.Rat }

// cut splits at the root −h/g when it lies strictly inside. Otherwise the sign
// of z at the midpoint is its sign everywhere inside.
func (s segment) cut(f form) (minus, plus cell) {
	root := new(big.Rat).Quo(f.h, f.g[0])
	root.Neg(root)
	if s.lo.Cmp(root) < 0 && root.Cmp(s.hi) < 0 {
		left, right := segment{s.lo, root}, segment{root, s.hi}
		if f.g[0].Sign() > 0 {
			return left, right
		}
		return right, left
	}
	mid := new(big.Rat).Add(s.lo, s.hi)
	mid.Quo(mid, big.NewRat(2, 1))
	if f.at([]*big.Rat{mid}).Sign() > 0 {
		return nil, s
	}
	return s, nil
}

// boundingBox returns the exact least box that holds the ball.
func boundingBox(b ball.Ball) (lo, hi []*big.Rat) {
	for i := range b.Dim() {
		if b.Norm() == ball.Box {
			lo, hi = append(lo, rat(b.Lo()[i])), append(hi, rat(b.Hi()[i]))
			continue
		}
		c, r := rat(b.Center()[i]), rat(b.Radius())
		lo, hi = append(lo, new(big.Rat).Sub(c, r)), append(hi, new(big.Rat).Add(c, r))
	}
	return lo, hi
}

// All ways of deciding stability at once: a neuron is settled if any of them settles it. On top,
// the exact distance to the nearest boundary: if the ball keeps clear of it, the bound is 1; and
// the smaller of the plain recursion and the one that uses the signs of the coefficients.

package bound

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

func settledByAny(ctx context.Context, a *analysis) (*stability, error) {
	all := &stability{}
	for _, decide := range []func(context.Context, *analysis) (*stability, error){lipschitzMasked, zonotope, crown} {
		s, err := decide(ctx, a)
		if err != nil {
			return nil, err
		}
		for i, units := range s.units {
			if len(all.units) == i {
				all.units = append(all.units, append([]status(nil), units...))
				continue
			}
			for j, u := range units {
				if all.units[i][j] == unsettled {
					all.units[i][j] = u
				}
			}
		}
	}
	return all, nil
}

// RelaxationWork returns about how many multiplications the matrix products of "zonotope" and
// "crown", and so of "combined", may take: the square of the widths times the inputs and neurons
// before, which wide layers make hours.
func RelaxationWork(n *network.Network) float64 {
	n, _ = n.Tournament()
	work, weights, generators := 0.0, 0.0, float64(n.Inputs())
	for i, l := range n.Layers() {
		in, out := float64(l.In()), float64(l.Out())
		if i > 0 {
			work += in * out * (generators + 2*weights/in)
		}
		weights += in * out
		generators += float64(l.Neurons())
	}
	return work
}

// combinedBound is the localBound of settledByAny with the additions above; its value may be below
// the recursion on its Terms.
type combinedBound struct{ localBound }

func (c *combinedBound) Value(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	if err := CheckDims(n, b); err != nil {
		return nil, err
	}
	a := analysisOf(ctx, n, b)
	switch one, err := a.single(ctx); {
	case err != nil:
		return nil, err
	case one:
		return big.NewInt(1), nil
	}
	s, err := settledByAny(ctx, a)
	if err != nil {
		return nil, err
	}
	ts, err := a.terms(ctx, a.fold(s))
	if err != nil {
		return nil, err
	}
	v := recursionOf(ts, n.Inputs())
	w, err := coefficients(ctx, a, s)
	if err != nil {
		return nil, err
	}
	if w.Cmp(v) < 0 {
		v = w
	}
	return v, nil
}

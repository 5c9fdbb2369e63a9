package judge

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/network"
)

// Passes are the signs of the pre-activations at a point of the unit ball, as the
// two float filters and exact arithmetic see them, and whether the point is inside.
type Passes struct {
	Static, Tight, Exact  []int8
	Inside, ExactlyInside bool
}

// Pass evaluates the network at y.
func Pass(n *network.Network, b ball.Ball, y []float64) (Passes, error) {
	m, err := forms.Compile(context.Background(), n, b)
	if err != nil {
		return Passes{}, err
	}
	p := Passes{Static: make([]int8, m.Neurons), Tight: make([]int8, m.Neurons), Exact: make([]int8, m.Neurons)}
	f := newPasser(m)
	f.signs(y, p.Static, nil)
	f.signsTight(y, p.Tight, nil)
	m.ExactSigns(ratsOf(y), p.Exact)
	p.Inside, p.ExactlyInside = forms.Inside(m.Norm, y), insideUnitExact(m.Norm, ratsOf(y))
	return p, nil
}

// insideUnitExact is the exact twin.
func insideUnitExact(norm ball.Norm, y []*big.Rat) bool {
	t := new(big.Rat)
	for _, v := range y {
		a := new(big.Rat).Abs(v)
		switch norm {
		case ball.L1:
			t.Add(t, a)
		case ball.L2:
			t.Add(t, a.Mul(a, a))
		default:
			if a.Cmp(t) > 0 {
				t = a
			}
		}
	}
	return t.Cmp(big.NewRat(1, 1)) < 0
}

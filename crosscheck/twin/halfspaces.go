// The exact walk in any number of inputs. A cell is a list of half-spaces with
// a rational point inside, and lp/exact says which sides of a hyperplane it
// has. So this counter shares the exact tier with the fast walk, but neither
// its floats nor its bookkeeping; for one to three inputs Intervals, Polygons and
// CountPolyhedra share nothing at all.

package twin

import (
	"fmt"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

// CountExactly counts the activation regions of a network with any number of
// inputs, one exact question per side of each prefix of a pattern. It is slow:
// for a few hundred regions. It is an error if the dimensions of network and ball differ,
// or if the exact solver fails.
func CountExactly(n *network.Network, b ball.Ball) (count *big.Int, err error) {
	if err := checkDimensions(n, b, n.Inputs()); err != nil {
		return nil, err
	}
	// The solver's failure leaves the walk, from whatever depth, as a panic of this type.
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case exactFailure:
			count, err = nil, fmt.Errorf("exact solver: %w", failure.err)
		default:
			panic(failure)
		}
	}()
	u := unitBall(b)
	start := halfspaces{ball: &u, inside: make([]*big.Rat, b.Dim())}
	for i := range start.inside {
		start.inside[i] = new(big.Rat)
	}
	found := int64(0)
	walkExactly(n, start, func(network.Pattern, cell) { found++ })
	return big.NewInt(found), nil
}

type exactFailure struct{ err error }

// unit is the map x = mid + half·y from the unit ball of a norm to the ball.
type unit struct {
	norm      ball.Norm
	mid, half []*big.Rat
}

func unitBall(b ball.Ball) unit {
	u := unit{norm: b.Norm()}
	lo, hi := boundingBox(b)
	two := big.NewRat(2, 1)
	for i := range lo {
		mid := new(big.Rat).Add(lo[i], hi[i])
		half := new(big.Rat).Sub(hi[i], lo[i])
		u.mid, u.half = append(u.mid, mid.Quo(mid, two)), append(u.half, half.Quo(half, two))
	}
	return u
}

// row returns a positive multiple of z(mid + half·y) with integer coefficients.
func (u unit) row(f form) exact.Row {
	h := f.at(u.mid)
	denominator := new(big.Int).Set(h.Denom())
	g := make([]*big.Rat, len(f.g))
	for i := range g {
		g[i] = new(big.Rat).Mul(f.g[i], u.half[i])
		common := new(big.Int).GCD(nil, nil, denominator, g[i].Denom())
		denominator.Mul(denominator, common.Quo(g[i].Denom(), common))
	}
	integer := func(v *big.Rat) *big.Int {
		t := new(big.Int).Quo(denominator, v.Denom())
		return t.Mul(t, v.Num())
	}
	row := exact.Row{H: integer(h), G: make([]*big.Int, len(g))}
	for i := range g {
		row.G[i] = integer(g[i])
	}
	return row
}

// halfspaces is {rows > 0} in the open unit ball; inside is a point of it.
type halfspaces struct {
	ball   *unit
	rows   []exact.Row
	inside []*big.Rat
}

// cut asks for both sides. It panics with exactFailure if the solver fails.
func (c halfspaces) cut(f form) (minus, plus cell) {
	row := c.ball.row(f)
	if q, ok := c.side(row.Neg()); ok {
		minus = q
	}
	if q, ok := c.side(row); ok {
		plus = q
	}
	return minus, plus
}

func (c halfspaces) side(row exact.Row) (halfspaces, bool) {
	witness, _, _, err := exact.Side(c.ball.norm, row, c.rows, c.inside)
	if err != nil {
		panic(exactFailure{err})
	}
	if witness == nil {
		return halfspaces{}, false
	}
	rows := append(append([]exact.Row(nil), c.rows...), row)
	return halfspaces{c.ball, rows, witness}, true
}

package crosscheck

// Bounds and distances where networks are made to be as hard as possible for them: package
// internal/attack climbs towards the largest ratio of what is to what is claimed. `make attack`
// gives it minutes.

import (
	"context"
	"math/big"
	"strings"
	"testing"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/network"
)

// quickAttack is the number of cases in the usual tests.
const quickAttack = 150

func TestNoBoundIsExceeded(t *testing.T) {
	attack.Run(t, quickAttack, measureBounds)
}

// The goals; those of bounds are their names.
const (
	distanceBelow, distanceAbove = "distance, from below", "distance, from above"
	named                        = "bound "
)

// measureBounds holds bounds against the exact count, and the distance to the nearest boundary
// against the exact one.
func measureBounds(c *attack.Case, goal string) (attack.Marks, error) {
	m := attack.NewMarks()
	n, b, ok := c.Build()
	if !ok {
		return m, nil
	}
	if !strings.HasPrefix(goal, named) {
		if err := measureDistance(m, n, b); err != nil || goal != "" {
			return m, err
		}
	}
	var count *big.Int
	var err error
	switch n.Inputs() {
	case 1:
		count, err = twin.CountIntervals(n, b)
	case 2:
		count, err = twin.CountPolygons(n, b)
	default:
		return m, nil
	}
	if err != nil {
		return m, err
	}
	exact := new(big.Rat).SetInt(count)
	for _, r := range bound.Evaluate(context.Background(), bound.All(), n, b) {
		if r.Err != nil {
			return m, r.Err
		}
		if value := new(big.Rat).SetInt(r.Value); r.Kind == bound.Upper {
			m.Compare(named+r.Name, exact, value)
		} else {
			m.Compare(named+r.Name, value, exact)
		}
	}
	return m, nil
}

func measureDistance(m attack.Marks, n *network.Network, b ball.Ball) error {
	d, err := bound.NearestBoundaryOf(context.Background(), n, b)
	if err != nil {
		return err
	}
	exact := twin.Distance(n, b)
	if exact == nil {
		if d.Neuron >= 0 {
			m.Compare(distanceAbove, big.NewRat(1, 1), new(big.Rat))
		}
		return nil
	}
	lower, upper := new(big.Rat).SetFloat64(d.Lower), new(big.Rat).SetFloat64(d.Upper)
	if b.Norm() == ball.L2 {
		lower.Mul(lower, lower)
		upper.Mul(upper, upper)
	}
	m.Compare(distanceBelow, lower, exact)
	m.Compare(distanceAbove, exact, upper)
	return nil
}

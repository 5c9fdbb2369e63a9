package extremum

// Extremes, Lipschitz constants and radii where networks are made to be as hard as possible for
// them: package internal/attack climbs towards cases that ask for many programmes in integers.
// Polytopes are held against the vertices of all regions, constants against all minors.

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/network"
)

const (
	// quickAttack is the number of cases in the usual tests; attackRegions bounds the regions of
	// one.
	quickAttack, attackRegions = 5, 40
)

func TestNoBoundIsExceeded(t *testing.T) {
	attack.Run(t, quickAttack, func(c *attack.Case, _ string) (attack.Marks, error) {
		m := attack.NewMarks()
		n, b, ok := c.Build()
		if !ok {
			return m, nil
		}
		var all []enumerate.Region
		for r, err := range enumerate.Regions(anything, n, b, enumerate.Options{Workers: 1}) {
			if all = append(all, r); err != nil || len(all) > attackRegions {
				return m, err
			}
		}
		f := Form{Offset: new(big.Rat)}
		rng := rand.New(rand.NewPCG(c.Seed, 1))
		for range n.Outputs() {
			f.C = append(f.C, big.NewRat(int64(rng.IntN(5)-2), 3))
		}
		for _, measure := range []func(attack.Marks, *network.Network, ball.Ball, Form, []enumerate.Region) error{measureMaximum, measureLipschitz, measureRadius} {
			if err := measure(m, n, b, f, all); err != nil {
				return m, err
			}
		}
		return m, nil
	})
}

// must notes that something is to hold.
func must(m attack.Marks, what string, holds bool) {
	off := new(big.Rat)
	if !holds {
		off.SetInt64(1)
	}
	m.Note(what, off, 0)
}

// highest is the largest value of any of some forms at the vertices of regions of a polytope.
func highest(n *network.Network, all []enumerate.Region, forms ...Form) (top *big.Rat, err error) {
	for _, r := range all {
		list, err := r.VerticesExact()
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			out := twin.Forward(n, v.X)
			for _, f := range forms {
				if y := f.At(out); top == nil || top.Cmp(y) < 0 {
					top = y
				}
			}
		}
	}
	return top, nil
}

func measureMaximum(m attack.Marks, n *network.Network, b ball.Ball, f Form, all []enumerate.Region) error {
	e, err := Maximum(anything, n, b, f, Options{})
	if err != nil {
		return err
	}
	m.Guide("programmes of a maximum", float64(e.Programmes))
	must(m, "point of a maximum", b.Contains(e.Point) && f.At(twin.Forward(n, e.Point)).Cmp(e.Lower) == 0)
	if b.Norm() == ball.L2 && n.Inputs() > 1 { // between what the middle and each region's point have, and a float more
		for _, r := range all {
			must(m, "upper bound of a maximum", f.At(twin.Forward(n, ball.RatsOf(r.Point()))).Cmp(e.Upper) <= 0)
		}
		gap := new(big.Rat).Sub(e.Upper, e.Lower)
		must(m, "order of the bounds", gap.Sign() >= 0)
		return nil
	}
	top, err := highest(n, all, f)
	if err == nil {
		must(m, "maximum", e.Exact() && e.Lower.Cmp(top) == 0)
	}
	return err
}

func measureLipschitz(m attack.Marks, n *network.Network, b ball.Ball, _ Form, all []enumerate.Region) error {
	for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
		l, err := Lipschitz(anything, n, b, norm)
		if err != nil {
			return nil // beyond the range of floats
		}
		m.Guide("regions in integers", float64(l.Exact))
		reached := false
		for _, r := range all {
			rows, _ := r.AffineExact()
			columns := make([][]*big.Rat, n.Inputs())
			for _, row := range rows {
				for k, v := range row {
					c, _ := v.Rat(nil)
					columns[k] = append(columns[k], c)
				}
			}
			most, least := normAtMost(columns, norm, l.Upper), false
			if r.Pattern.String() == l.Pattern.String() {
				// Lower is met: it is no upper bound, or is the norm itself, and then nothing less
				// is one.
				least = !normAtMost(columns, norm, new(big.Rat).Mul(l.Lower, big.NewRat(1<<60-1, 1<<60)))
				reached = reached || least || l.Lower.Sign() == 0
			}
			must(m, "constant in "+norm.String(), most)
		}
		must(m, "attained in "+norm.String(), reached)
	}
	return nil
}

// normAtMost says whether q is at least the norm of a matrix, given by columns.
func normAtMost(columns [][]*big.Rat, norm ball.Norm, q *big.Rat) bool {
	if norm == ball.L2 {
		return spectralAtMost(columns, q)
	}
	outer, inner := len(columns[0]), len(columns)
	at := func(i, k int) *big.Rat { return columns[k][i] }
	if norm == ball.L1 {
		outer, inner, at = inner, outer, func(i, k int) *big.Rat { return columns[i][k] }
	}
	for i := range outer {
		sum := new(big.Rat)
		for k := range inner {
			sum.Add(sum, new(big.Rat).Abs(at(i, k)))
		}
		if sum.Cmp(q) > 0 {
			return false
		}
	}
	return true
}

func measureRadius(m attack.Marks, n *network.Network, b ball.Ball, _ Form, _ []enumerate.Region) error {
	for _, norm := range []ball.Norm{ball.LInf, ball.L2} {
		q, err := ClassRadius(anything, n, b.Center(), norm, b.Radius())
		if err == ErrTie {
			return nil
		}
		if err != nil {
			return err
		}
		m.Guide("boxes of a radius", float64(q.Boxes))
		if q.Point != nil {
			outer, err := ball.New(norm, b.Center(), q.Upper)
			must(m, "changing point", err == nil && outer.Contains(q.Point) && changes(n, b.Center(), q.Point))
			must(m, "bracket of a radius", q.Upper == math.Nextafter(q.Lower, math.Inf(1)))
		}
		inner, err := ball.New(ball.LInf, b.Center(), q.Lower)
		if norm == ball.L2 || err != nil || q.Lower == 0 {
			continue
		}
		var all []enumerate.Region
		for r, err := range enumerate.Regions(anything, n, inner, enumerate.Options{Workers: 1}) {
			if all = append(all, r); err != nil || len(all) > attackRegions {
				return err
			}
		}
		var against []Form
		for _, f := range q.Keeps(n.Outputs()) {
			against = append(against, f.Neg())
		}
		worst, err := highest(n, all, against...)
		if err != nil {
			return err
		}
		must(m, "kept class", worst.Sign() < 0)
	}
	return nil
}

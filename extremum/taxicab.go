package extremum

// The point of a region nearest to the centre in l1, at which a form is ≥ 0: a linear programme.
// The simplex of lp/exact wants a point strictly inside, and the points at which the form is ≥ 0
// may have none. So what the form lacks to 0 is a variable that has a price, an exact penalty: with
// a price that is high enough it is 0 (Han, Mangasarian 1979).

import (
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp/exact"
)

// nearestL1 returns the point of {rows ≥ 0, form ≥ 0} nearest to 0 in l1 where one lies in the
// closed unit ball of l1, and else nil. inside is a point strictly inside rows and ball.
func nearestL1(stop func() bool, form exact.Row, rows []exact.Row, inside []*big.Rat) ([]*big.Rat, error) {
	m, err := exact.MaximizeUntil(stop, ball.L1, form, rows, inside)
	if err != nil || m.Value.Sign() < 0 {
		return nil, err
	}
	n := len(inside)
	p := pricedOf(form, rows, n)
	at := p.lift(inside)
	// Rows that are nearly parallel to the form need a price of as many bits as they have: each one
	// has twice as many as the one before.
	for bits := uint(1); ; bits *= 2 {
		objective := exact.NewRow(0, slices.Repeat([]int64{-1}, 2*n+1)...)
		objective.G[2*n].Neg(new(big.Int).Lsh(p.lack, bits))
		m, err := exact.MaximizeUntil(stop, ball.LInf, objective, p.rows, at)
		if err != nil {
			return nil, err
		}
		if m.Y[2*n].Sign() == 0 {
			y := make([]*big.Rat, n)
			for k := range y {
				y[k] = new(big.Rat).Sub(m.Y[k], m.Y[n+k])
			}
			return y, nil
		}
	}
}

// priced is a programme over a, b and s ≥ 0, with y = a − b, in which the form may lack up to
// lack·s to 0.
type priced struct {
	rows []exact.Row
	lack *big.Int
}

func pricedOf(form exact.Row, rows []exact.Row, n int) priced {
	// Twice what a form is at most in size on the unit ball, and more than 0: s = ½ suffices.
	p := priced{lack: new(big.Int).Abs(form.H)}
	for _, g := range form.G {
		p.lack.Add(p.lack, new(big.Int).Abs(g))
	}
	p.lack.Add(p.lack, big.NewInt(1)).Lsh(p.lack, 1)
	lifted := func(r exact.Row, s *big.Int) exact.Row {
		return exact.Row{G: append(slices.Concat(r.G, r.Neg().G), s), H: r.H}
	}
	for _, r := range rows {
		p.rows = append(p.rows, lifted(r, new(big.Int)))
	}
	p.rows = append(p.rows, lifted(form, p.lack))
	for k := range 2*n + 1 {
		r := exact.NewRow(0, make([]int64, 2*n+1)...)
		r.G[k].SetInt64(1)
		p.rows = append(p.rows, r)
	}
	return p
}

// lift returns a point strictly inside the programme for one that is so of the rows and the ball.
func (p priced) lift(y []*big.Rat) []*big.Rat {
	most := new(big.Rat)
	for _, v := range y {
		if a := new(big.Rat).Abs(v); a.Cmp(most) > 0 {
			most = a
		}
	}
	// What a and b have more than they need: |y| + more < 1.
	more := new(big.Rat).Sub(big.NewRat(1, 1), most)
	more.Quo(more, big.NewRat(2, 1))
	var a, b []*big.Rat
	for _, v := range y {
		plus, minus := new(big.Rat), new(big.Rat)
		if v.Sign() > 0 {
			plus.Set(v)
		} else {
			minus.Neg(v)
		}
		a, b = append(a, plus.Add(plus, more)), append(b, minus.Add(minus, more))
	}
	return append(slices.Concat(a, b), big.NewRat(1, 2))
}

package ridge

// A point at which a function that is not 0 everywhere is not 0.

import (
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// Witness returns a point where the function is not 0, nil where it is 0 everywhere. It is 0 or a
// unit vector, if one of them will do. Otherwise the function has a kink, and it is not 0 at three
// points in a row across that: were it, c·|n·x + h| would be affine there.
func (s *Sum) Witness() []*big.Rat {
	if s.IsZero() {
		return nil
	}
	for k := -1; k < s.Inputs; k++ {
		x := dyadic.ZeroRats(s.Inputs)
		if k >= 0 {
			x[k].SetInt64(1)
		}
		if !isZero(s.At(x)) {
			return x
		}
	}
	// An affine function that is 0 at these points is 0, so there are ridges.
	r := s.Ridges[0]
	p := s.alone(r)
	step := s.room(r, p)
	for _, t := range []int64{0, 1, -1} {
		x := dyadic.ZeroRats(s.Inputs)
		for k := range x {
			x[k].Mul(step, new(big.Rat).SetInt(r.N[k]))
			x[k].Add(p[k], x[k].Mul(x[k], big.NewRat(t, 1)))
		}
		if !isZero(s.At(x)) {
			return x
		}
	}
	panic("ridge: no point beside a kink at which the function is not 0")
}

// alone returns a point of the hyperplane of r that is on no other. On the curve p + Σ tⁱ·u_i, the
// u_i a basis of the hyperplane's directions, each of the others is a polynomial in t of degree
// below the number of inputs that is not 0 everywhere, so it has few roots: one of the first whole
// t is no root of any.
func (s *Sum) alone(r Ridge) []*big.Rat {
	n := s.Inputs
	first := slices.IndexFunc(r.N[:n], func(v *big.Int) bool { return v.Sign() != 0 })
	for t := int64(0); ; t++ {
		x, power := dyadic.ZeroRats(n), big.NewInt(1)
		sum := new(big.Int).Neg(r.N[n])
		for k := range x {
			if k == first {
				continue
			}
			power.Mul(power, big.NewInt(t))
			x[k].SetInt(power)
			sum.Sub(sum, new(big.Int).Mul(r.N[k], power))
		}
		x[first].SetFrac(sum, r.N[first])
		if !slices.ContainsFunc(s.Ridges, func(o Ridge) bool { return order(o, r) != 0 && o.at(x).Sign() == 0 }) {
			return x
		}
	}
}

// room returns a step along n from the point p of r's hyperplane, to both sides, that crosses no
// other one: at most half the way to each.
func (s *Sum) room(r Ridge, p []*big.Rat) *big.Rat {
	step := big.NewRat(1, 1)
	for _, o := range s.Ridges {
		slope := new(big.Int)
		for k := range p {
			slope.Add(slope, new(big.Int).Mul(o.N[k], r.N[k]))
		}
		if order(o, r) == 0 || slope.Sign() == 0 {
			continue
		}
		t := o.at(p)
		t.Quo(t.Abs(t), new(big.Rat).SetInt(slope.Abs(slope)))
		if t.Mul(t, big.NewRat(1, 2)); t.Cmp(step) < 0 {
			step = t
		}
	}
	return step
}

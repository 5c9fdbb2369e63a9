package ridge

// The sum, and how to add to it.

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// Sum is the function Σ c·|n·x + h| + A·x + b.
type Sum struct {
	Inputs, Outputs int
	// Ridges are the hyperplanes with a coefficient other than 0, in the order of their N.
	Ridges []Ridge
	// Linear is A with b behind it: a row for each output.
	Linear [][]*big.Rat
	// Cancelled are hyperplanes of neurons that add up to nothing.
	Cancelled []Ridge
	// Unused are neurons that are constant or have no effect.
	Unused []int
}

// Ridge is a hyperplane, and what the function does across it.
type Ridge struct {
	// N is n and then h: integers without a common divisor, the first of n that is not 0 positive.
	N []*big.Int
	// C has the coefficient of |n·x + h| in each output.
	C []*big.Rat
	// Neurons are those with this hyperplane.
	Neurons []Member
}

// Member is a neuron of a hyperplane: its pre-activation is Factor·(n·x + h).
type Member struct {
	Neuron int
	Factor *big.Rat
}

// plane returns the hyperplane of the form z, as in Ridge, and the factor with
// z = factor·(n·x + h); nil where z is constant.
func plane(z dyadic.Vector) (n []*big.Int, factor *big.Rat) {
	last := len(z.N) - 1
	first := slices.IndexFunc(z.N[:last], func(v big.Int) bool { return v.Sign() != 0 })
	if first < 0 {
		return nil, nil
	}
	g := new(big.Int)
	for i := range z.N {
		if z.N[i].Sign() != 0 {
			g.GCD(nil, nil, g, new(big.Int).Abs(&z.N[i]))
		}
	}
	if z.N[first].Sign() < 0 {
		g.Neg(g)
	}
	for i := range z.N {
		n = append(n, new(big.Int).Quo(&z.N[i], g))
	}
	return n, dyadic.Rat(g, z.Exp)
}

func order(a, b Ridge) int {
	for i := range a.N {
		if c := a.N[i].Cmp(b.N[i]); c != 0 {
			return c
		}
	}
	return 0
}

// isZero says whether all numbers are 0.
func isZero(v []*big.Rat) bool {
	return !slices.ContainsFunc(v, func(x *big.Rat) bool { return x.Sign() != 0 })
}

// gather puts the ridges in order, makes one of those of one hyperplane, and sets apart what
// cancels.
func (s *Sum) gather(list []Ridge) {
	slices.SortStableFunc(list, order)
	for len(list) > 0 {
		same := 1
		for same < len(list) && order(list[0], list[same]) == 0 {
			same++
		}
		r := Ridge{N: list[0].N, C: dyadic.ZeroRats(s.Outputs)}
		for _, o := range list[:same] {
			for i, c := range o.C {
				r.C[i].Add(r.C[i], c)
			}
			r.Neurons = append(r.Neurons, o.Neurons...)
		}
		slices.SortFunc(r.Neurons, func(a, b Member) int { return cmp.Compare(a.Neuron, b.Neuron) })
		if isZero(r.C) {
			s.Cancelled = append(s.Cancelled, r)
		} else {
			s.Ridges = append(s.Ridges, r)
		}
		list = list[same:]
	}
}

// At returns the function's values at a point.
func (s *Sum) At(x []*big.Rat) []*big.Rat {
	y := make([]*big.Rat, s.Outputs)
	for i, row := range s.Linear {
		y[i] = new(big.Rat).Set(row[s.Inputs])
		for k, v := range x {
			y[i].Add(y[i], new(big.Rat).Mul(row[k], v))
		}
	}
	for _, r := range s.Ridges {
		z := r.at(x)
		z.Abs(z)
		for i, c := range r.C {
			y[i].Add(y[i], new(big.Rat).Mul(c, z))
		}
	}
	return y
}

// at returns n·x + h.
func (r Ridge) at(x []*big.Rat) *big.Rat {
	z := new(big.Rat).SetInt(r.N[len(x)])
	for k, v := range x {
		z.Add(z, new(big.Rat).Mul(new(big.Rat).SetInt(r.N[k]), v))
	}
	return z
}

// Minus returns s − o, which bears no neurons. It panics where their shapes differ.
func (s *Sum) Minus(o *Sum) *Sum {
	if s.Inputs != o.Inputs || s.Outputs != o.Outputs {
		panic("ridge: a difference of functions of different shapes")
	}
	d := &Sum{Inputs: s.Inputs, Outputs: s.Outputs}
	var list []Ridge
	for _, r := range s.Ridges {
		list = append(list, Ridge{N: r.N, C: r.C})
	}
	for _, r := range o.Ridges {
		list = append(list, Ridge{N: r.N, C: multiple(r.C, big.NewRat(-1, 1))})
	}
	d.gather(list)
	d.Cancelled = nil
	for i, row := range s.Linear {
		var less []*big.Rat
		for k, v := range row {
			less = append(less, new(big.Rat).Sub(v, o.Linear[i][k]))
		}
		d.Linear = append(d.Linear, less)
	}
	return d
}

// IsZero says that the function is 0 everywhere.
func (s *Sum) IsZero() bool {
	return len(s.Ridges) == 0 && !slices.ContainsFunc(s.Linear, func(row []*big.Rat) bool { return !isZero(row) })
}

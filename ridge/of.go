package ridge

// From a network to its sum.

import (
	"context"
	"fmt"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// Of returns the sum of a network whose neurons are all in one layer, or that has none. Any slopes
// will do, and maxima of two. When ctx ends first its cause is the error; other errors say what is
// in the way.
func Of(ctx context.Context, n *network.Network) (*Sum, error) {
	layers := n.Layers()
	at, err := layerOfNeurons(layers)
	if err != nil {
		return nil, err
	}
	s := &Sum{Inputs: n.Inputs(), Outputs: n.Outputs()}
	before, err := rows(ctx, layers[:at+1])
	if err != nil {
		return nil, err
	}
	after, err := rows(ctx, layers[at+1:])
	if err != nil {
		return nil, err
	}
	return s, s.add(ctx, unitsOf(layers[at], before), after)
}

// layerOfNeurons returns the index of the one layer with neurons, or of the last layer where there
// is none.
func layerOfNeurons(layers []network.Layer) (int, error) {
	at := -1
	for i, l := range layers {
		if l.Neurons() == 0 {
			continue
		}
		if at >= 0 {
			return 0, fmt.Errorf("layers %d and %d have neurons, expected one layer with neurons; on a ball relucell diff compares networks of any depth", at, i)
		}
		at = i
		for j, k := range l.Pieces {
			if k > 2 {
				return 0, fmt.Errorf("layer %d: unit %d is a maximum of %d, expected of two at most; on a ball relucell diff compares networks of any depth", i, j, k)
			}
		}
	}
	if at < 0 {
		at = len(layers) - 1
	}
	return at, nil
}

// rows returns, for each row of the last layer's matrix, its form of the first layer's inputs: the
// coefficients and then the offset. It is nil for no layers. No layer but the last has neurons.
func rows(ctx context.Context, layers []network.Layer) ([]dyadic.Vector, error) {
	var forms []dyadic.Vector
	for i, l := range layers {
		next := make([]dyadic.Vector, l.Rows())
		for j := range next {
			if err := ctx.Err(); err != nil {
				return nil, context.Cause(ctx)
			}
			if i == 0 {
				row := make([]float64, l.In()+1)
				for k, w := range l.Entries(j) {
					row[k] = w
				}
				row[l.In()] = l.B[j]
				next[j] = dyadic.Floats(row)
				continue
			}
			v := dyadic.Zeros(len(forms[0].N))
			for k, w := range l.Entries(j) {
				v = v.Add(times(new(big.Rat).SetFloat64(w), forms[k]))
			}
			last := dyadic.Zeros(len(v.N))
			m, e := dyadic.Split(l.B[j])
			last.N[len(last.N)-1].SetInt64(m)
			last.Exp = e
			next[j] = v.Add(last)
		}
		forms = next
	}
	return forms, nil
}

// times returns c·v, c dyadic.
func times(c *big.Rat, v dyadic.Vector) dyadic.Vector {
	p := dyadic.Vector{N: make([]big.Int, len(v.N)), Exp: v.Exp - (c.Denom().BitLen() - 1)}
	for i := range p.N {
		p.N[i].Mul(c.Num(), &v.N[i])
	}
	return p
}

// unit is rest + c·|z|, forms of the inputs.
type unit struct {
	neuron  int // −1 for none
	z, rest dyadic.Vector
	c       *big.Rat
}

// unitsOf returns the units of a layer whose rows are these forms.
func unitsOf(l network.Layer, forms []dyadic.Vector) []unit {
	one, half := big.NewRat(1, 1), big.NewRat(1, 2)
	var list []unit
	neuron := 0
	for j := range l.Out() {
		u := unit{neuron: -1, rest: forms[0]}
		switch {
		case !l.IsNeuron(j):
		case l.Act == network.Max:
			p, q := forms[0], forms[1]
			forms = forms[1:]
			u.z, u.c = p.Add(times(big.NewRat(-1, 1), q)), half
			u.rest = times(half, p.Add(q))
		default:
			a := new(big.Rat).SetFloat64(l.Below(j))
			u.z = forms[0]
			u.c = new(big.Rat).Sub(one, a)
			u.c.Mul(u.c, half)
			a.Add(one, a)
			u.rest = times(a.Mul(a, half), u.z)
		}
		if forms = forms[1:]; u.c != nil {
			u.neuron = neuron
			neuron++
		}
		list = append(list, u)
	}
	return list
}

// add adds the units, which the rows of after read; no rows are the units themselves.
func (s *Sum) add(ctx context.Context, units []unit, after []dyadic.Vector) error {
	rest := make([]dyadic.Vector, s.Outputs)
	weights := make([][]*big.Rat, len(units))
	for j := range units {
		weights[j] = make([]*big.Rat, s.Outputs)
	}
	for i := range rest {
		rest[i] = dyadic.Zeros(s.Inputs + 1)
		if after != nil {
			rest[i].Exp = after[i].Exp
			rest[i].N[s.Inputs].Set(&after[i].N[len(units)])
		}
		for j := range units {
			switch {
			case after != nil:
				weights[j][i] = after[i].Rat(j)
			case i == j:
				weights[j][i] = big.NewRat(1, 1)
			default:
				weights[j][i] = new(big.Rat)
			}
		}
	}
	var list []Ridge
	for j, u := range units {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		for i, w := range weights[j] {
			if w.Sign() != 0 {
				rest[i] = rest[i].Add(times(w, u.rest))
			}
		}
		if u.c != nil {
			list = s.bend(list, u, weights[j], rest)
		}
	}
	s.gather(list)
	for _, v := range rest {
		s.Linear = append(s.Linear, v.Rats())
	}
	return nil
}

// bend adds what a neuron bends: a ridge, or a constant.
func (s *Sum) bend(list []Ridge, u unit, weights []*big.Rat, rest []dyadic.Vector) []Ridge {
	n, factor := plane(u.z)
	if n == nil || isZero(weights) {
		s.Unused = append(s.Unused, u.neuron)
		if n == nil {
			constant := dyadic.Vector{N: make([]big.Int, s.Inputs+1), Exp: u.z.Exp}
			constant.N[s.Inputs].Abs(&u.z.N[s.Inputs])
			for i, w := range weights {
				rest[i] = rest[i].Add(times(new(big.Rat).Mul(w, u.c), constant))
			}
		}
		return list
	}
	r := Ridge{N: n, Neurons: []Member{{u.neuron, factor}}}
	size := new(big.Rat).Abs(factor)
	size.Mul(size, u.c)
	for _, w := range weights {
		r.C = append(r.C, new(big.Rat).Mul(w, size))
	}
	return append(list, r)
}

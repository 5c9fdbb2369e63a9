package ridge

// A bound of the size of a sum on a ball, without its regions. In the difference of two networks
// that are nearly equal each ridge c·|p| has a twin −d·|q| with c·p ≈ ±d·q; both together are at
// most the largest |c·p ∓ d·q|, for sizes differ by no more than what is in them. That is exact,
// costs a product a pair, and is as small as the rounding that made the networks differ, where the
// regions of the difference are slivers without number.

import (
	"cmp"
	"context"
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
)

// mostPairs bounds the pairs that are looked at for one output: a few seconds.
const mostPairs = 1 << 22

// Bound says how large outputs are at most, and by which pairs.
type Bound struct {
	// Most is a number for each output that its size does not exceed on the closed ball.
	Most []*big.Rat
	// Pairs has, for each output, pairs of neurons, one of each of two ridges.
	Pairs [][][2]int
}

// Bound bounds the outputs on the ball. It is nil where there are more than some thousand ridges,
// or a bound is beyond float64. When ctx ends first its cause is the error. The sum is that of a
// network: a difference of two sums bears no neurons to name.
func (s *Sum) Bound(ctx context.Context, b ball.Ball) (*Bound, error) {
	bound := &Bound{}
	for i, row := range s.Linear {
		sum := size(b, row)
		pairs, err := s.pairs(ctx, i)
		if err != nil || pairs == nil {
			return nil, err
		}
		named := [][2]int{}
		for _, p := range pairs {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			sum = plus(sum, s.together(b, i, p))
			if p.minus >= 0 && p.plus >= 0 && len(s.Ridges[p.plus].Neurons)*len(s.Ridges[p.minus].Neurons) > 0 {
				named = append(named, [2]int{s.Ridges[p.plus].Neurons[0].Neuron, s.Ridges[p.minus].Neurons[0].Neuron})
			}
		}
		if sum == nil {
			return nil, nil
		}
		bound.Most, bound.Pairs = append(bound.Most, sum), append(bound.Pairs, named)
	}
	return bound, nil
}

// plus adds; nil is infinite.
func plus(x, y *big.Rat) *big.Rat {
	if x == nil || y == nil {
		return nil
	}
	return new(big.Rat).Add(x, y)
}

// size returns a bound of |g·x + h| on the ball, h the last of the form; nil for none.
func size(b ball.Ball, form []*big.Rat) *big.Rat {
	least := new(big.Rat)
	for range 2 {
		v, square := b.Support(form[:len(form)-1])
		v.Add(v, form[len(form)-1])
		if square.Sign() > 0 {
			root := new(big.Rat).SetFloat64(dyadic.RootAbove(square))
			if root == nil {
				return nil
			}
			v.Add(v, root)
		}
		if v.Cmp(least) > 0 {
			least = v
		}
		form = multiple(form, big.NewRat(-1, 1))
	}
	return least
}

// multiple returns f·form.
func multiple(form []*big.Rat, f *big.Rat) []*big.Rat {
	r := make([]*big.Rat, len(form))
	for k, v := range form {
		r[k] = new(big.Rat).Mul(v, f)
	}
	return r
}

// form returns |c|·(n·x + h), c the coefficient in output i.
func (r Ridge) form(i int) []*big.Rat {
	c, v := new(big.Rat).Abs(r.C[i]), make([]*big.Rat, len(r.N))
	for k, n := range r.N {
		v[k] = new(big.Rat).SetInt(n)
		v[k].Mul(v[k], c)
	}
	return v
}

// pair is two ridges of different signs, by number; −1 for no other.
type pair struct{ plus, minus int }

// together bounds the size of a pair.
func (s *Sum) together(b ball.Ball, i int, p pair) *big.Rat {
	if p.minus < 0 || p.plus < 0 {
		return size(b, s.Ridges[max(p.plus, p.minus)].form(i))
	}
	v, w := s.Ridges[p.plus].form(i), s.Ridges[p.minus].form(i)
	var least *big.Rat
	for _, sign := range []int64{-1, 1} {
		d := multiple(w, big.NewRat(sign, 1))
		for k := range d {
			d[k].Add(d[k], v[k])
		}
		if z := size(b, d); least == nil || z != nil && z.Cmp(least) < 0 {
			least = z
		}
	}
	return least
}

// pairs pairs ridges of different signs in output i, the nearest first. Any pairs give a bound, so
// distances are told in floats. It returns nil, and no error, where there are too many to look at.
func (s *Sum) pairs(ctx context.Context, i int) ([]pair, error) {
	var of [2][]int
	floats := make([][]float64, len(s.Ridges))
	for k, r := range s.Ridges {
		if r.C[i].Sign() == 0 {
			continue
		}
		side := (1 - r.C[i].Sign()) / 2
		of[side] = append(of[side], k)
		for _, v := range r.form(i) {
			f, _ := dyadic.FromRat(v)
			floats[k] = append(floats[k], f)
		}
	}
	if len(of[0])*len(of[1]) > mostPairs {
		return nil, nil
	}
	type near struct {
		pair
		distance float64
	}
	var all []near
	for _, p := range of[0] {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		for _, m := range of[1] {
			all = append(all, near{pair{p, m}, distance(floats[p], floats[m])})
		}
	}
	slices.SortStableFunc(all, func(x, y near) int { return cmp.Compare(x.distance, y.distance) })
	done, list := make([]bool, len(s.Ridges)), []pair{}
	for _, n := range all {
		if !done[n.plus] && !done[n.minus] {
			done[n.plus], done[n.minus] = true, true
			list = append(list, n.pair)
		}
	}
	for side, ks := range of {
		for _, k := range ks {
			if !done[k] {
				p := pair{k, -1}
				if side == 1 {
					p = pair{-1, k}
				}
				list = append(list, p)
			}
		}
	}
	return list, nil
}

// distance is that of v from w or from −w, whichever is nearer.
func distance(v, w []float64) float64 {
	var same, other float64
	for k := range v {
		same, other = max(same, math.Abs(v[k]-w[k])), max(other, math.Abs(v[k]+w[k]))
	}
	return min(same, other)
}

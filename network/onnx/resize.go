// Resize: each element of the result lies somewhere between those of the input, axis by axis. It is
// the nearest of them, a move, or a mean of its neighbours, linear or cubic, rows. Where it lies is
// a fraction and computed as such; the weights of rows are rounded once.

package onnx

import (
	"maps"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// resizing is nearest, which moves, or linear or cubic.
func resizing(rd *reader, n *node) []value {
	mode := n.text("mode", "nearest")
	if mode == "nearest" {
		return rd.moved(n, resize)
	}
	of := map[string]func(*node) neighbours{"linear": linear, "cubic": cubic}[mode]
	switch {
	case of == nil || n.args[0].run == nil:
		panic(refusalf("attribute \"mode\": %q, supported are nearest, and linear and cubic of what is computed", mode))
	case n.scalesAt() == 1:
		panic(refusalf("attribute \"mode\": %s in operator set %d, which does not say where elements lie; supported is that of 11 and later", mode, n.opset))
	}
	rd.enter(n.args[0].run)
	interpolate(rd, n, of(n))
	return []value{{shape: rd.shape, refs: rd.refs}}
}

// resize repeats or leaves out elements: mode nearest, by scales or sizes. Upsample is the same
// with its scales as input 1 or an attribute.
func resize(n *node, shape []int) []moved {
	axes := n.stretches(shape)
	beyond := n.float("extrapolation_value", 0)
	mode := n.text("nearest_mode", "round_prefer_floor")
	if n.scalesAt() == 1 {
		mode = "floor"
	}
	m := moved{shape: shape, fill: beyond}
	for axis, s := range axes {
		if s.kept() {
			saying(func() { s.still(mode) }, "axis %d of shape %v", axis, shape)
			continue
		}
		var index []int
		saying(func() { index = s.nearest(mode) }, "axis %d of shape %v", axis, shape)
		m = m.along(axis, index)
		m.fill = beyond
	}
	return []moved{m}
}

func interpolate(rd *reader, n *node, of neighbours) {
	n.mustBeZero("antialias", "supported is 0")
	beyond := n.float("extrapolation_value", 0)
	along := n.stretches(rd.shape)
	axes, shape, most := make([][][]tap, len(along)), make([]int, len(along)), 1 // taps of an element
	for d, s := range along {
		shape[d] = s.out
		saying(func() { axes[d] = s.taps(of) }, "axis %d of shape %v", d, rd.shape)
		most *= len(slices.MaxFunc(axes[d], func(a, b []tap) int { return len(a) - len(b) }))
	}
	fitting(shape)
	rd.work(size(shape), max(1, most), tapWork)
	w := rd.newWeights(size(shape), rd.width)
	steps, rounded, offsets := stepsOf(shape), 0, make([]float64, size(shape))
	for i := range offsets {
		list := taps(axes, rd.shape, shape, steps, i)
		if len(list) == 0 {
			offsets[i] = beyond
		}
		for _, t := range list {
			v, exact := dyadic.FromRat(t.weight)
			if w.Set(i, t.at, v); !exact {
				rounded++
			}
		}
	}
	rd.im.Round("Resize: weights of interpolation", rounded)
	rd.shape = shape
	rd.affine(w)
	rd.add(offsets)
}

// tapWork is what a tap, a product of fractions, costs more than an entry does.
const tapWork = 16

// tap is an element that is read, and its weight.
type tap struct {
	at     int
	weight *big.Rat
}

// taps are those of element i of the result: the products of those of its axes. There are none
// beyond the input.
func taps(axes [][][]tap, in, out, steps []int, i int) []tap {
	all := []tap{{0, big.NewRat(1, 1)}}
	for d, of := range axes {
		var next []tap
		for _, a := range all {
			for _, b := range of[i/steps[d]%out[d]] {
				next = append(next, tap{a.at*in[d] + b.at, new(big.Rat).Mul(a.weight, b.weight)})
			}
		}
		all = next
	}
	return all
}

// linear is a mean of the two elements beside x, the edges repeated.
func linear(n *node) neighbours {
	n.mustBeZero("exclude_outside", "supported is 0, or cubic")
	return func(s *stretch, x *big.Rat) []tap {
		if last := big.NewRat(int64(s.in-1), 1); x.Cmp(last) > 0 {
			x = last
		}
		if x.Sign() < 0 {
			x = new(big.Rat)
		}
		at := floorOf(x)
		rest := new(big.Rat).Sub(x, big.NewRat(at, 1))
		if rest.Sign() == 0 {
			return []tap{{int(at), big.NewRat(1, 1)}}
		}
		return []tap{{int(at), new(big.Rat).Sub(big.NewRat(1, 1), rest)}, {int(at) + 1, rest}}
	}
}

// cubic returns Keys' kernel over the four elements around x. Those beyond the edges repeat them,
// or count for nothing, and the others are scaled up.
func cubic(n *node) neighbours {
	slope := n.float("cubic_coeff_a", -0.75)
	leave := n.integer("exclude_outside", 0)
	a, one := new(big.Rat), big.NewRat(1, 1)
	a.SetFloat64(slope)
	poly := func(d *big.Rat, c ...*big.Rat) *big.Rat { // by Horner's scheme, the highest first
		v := new(big.Rat)
		for _, k := range c {
			v.Add(v.Mul(v, d), k)
		}
		return v
	}
	times := func(k int64) *big.Rat { return new(big.Rat).Mul(a, big.NewRat(k, 1)) }
	near := []*big.Rat{new(big.Rat).Add(a, big.NewRat(2, 1)), new(big.Rat).Sub(times(-1), big.NewRat(3, 1)), new(big.Rat), one}
	far := []*big.Rat{a, times(-5), times(8), times(-4)}
	return func(s *stretch, x *big.Rat) []tap {
		at, sum, by := floorOf(x), new(big.Rat), map[int]*big.Rat{}
		for k := at - 1; k <= at+2; k++ {
			d, to := new(big.Rat).Sub(x, big.NewRat(k, 1)), int(min(max(k, 0), int64(s.in-1)))
			if d.Abs(d); leave != 0 && int64(to) != k {
				continue
			}
			v := poly(d, near...)
			if d.Cmp(one) > 0 {
				v = poly(d, far...)
			}
			if sum.Add(sum, v); by[to] != nil {
				v.Add(v, by[to])
			}
			by[to] = v
		}
		if sum.Sign() == 0 {
			panic(refusalf("attribute \"cubic_coeff_a\": weights whose sum is 0"))
		}
		var list []tap
		for _, to := range slices.Sorted(maps.Keys(by)) {
			list = append(list, tap{to, by[to].Quo(by[to], sum)}) // a sum of 1 where none is left out
		}
		return list
	}
}

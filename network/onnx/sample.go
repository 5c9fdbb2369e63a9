// GridSample, RoiAlign and DeformConv read between the elements of a plane, at places that are
// constants here: the weights of the elements around each are constants then, and every element of
// the result is a row. Places and weights are fractions, exact from the numbers in the file; a
// weight is rounded once. Between elements the result is continuous in the place, so that it makes
// no difference how a runtime rounds that; where it jumps, what runtimes may see otherwise is
// refused.

package onnx

import (
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// keptWork is what a tap costs that is kept while rows are made, of every channel the same.
const keptWork = 8 * tapWork

// sampled makes the running value one of a shape, whose element i is the sum of its taps, of which
// there are so many at most.
func sampled(rd *reader, what string, shape []int, most int, taps func(i int) []tap) {
	fitting(shape)
	rd.work(size(shape), max(1, most), tapWork)
	w, rounded := rd.newWeights(size(shape), rd.width), 0
	for i := range size(shape) {
		sums := map[int]*big.Rat{}
		for _, t := range taps(i) {
			if sums[t.at] == nil {
				sums[t.at] = new(big.Rat)
			}
			sums[t.at].Add(sums[t.at], t.weight)
		}
		for at, sum := range sums {
			v, exact := dyadic.FromRat(sum)
			if w.Set(i, at, v); !exact {
				rounded++
			}
		}
	}
	rd.im.Round(what, rounded)
	rd.shape = shape
	rd.affine(w)
}

// between are the elements of an axis of so many beside place x, and their weights; those that are
// not there are left out.
func between(x *big.Rat, length int) []tap {
	if x.Cmp(big.NewRat(-1, 1)) <= 0 || x.Cmp(big.NewRat(int64(length), 1)) >= 0 {
		return nil
	}
	at := floorOf(x)
	rest := new(big.Rat).Sub(x, big.NewRat(at, 1))
	var list []tap
	for _, t := range []tap{{int(at), new(big.Rat).Sub(big.NewRat(1, 1), rest)}, {int(at) + 1, rest}} {
		if t.at >= 0 && t.at < length && t.weight.Sign() != 0 {
			list = append(list, t)
		}
	}
	return list
}

// crossed are the taps of a plane: those of its axes, the first to the last of these lengths.
func crossed(axes [][]tap, lengths []int) []tap {
	all := []tap{{0, big.NewRat(1, 1)}}
	for d, list := range axes {
		var next []tap
		for _, a := range all {
			for _, b := range list {
				next = append(next, tap{a.at*lengths[d] + b.at, new(big.Rat).Mul(a.weight, b.weight)})
			}
		}
		all = next
	}
	return all
}

// nearTo says whether a place may be an integer, or half of an odd one, in a runtime's float32,
// which some operations have rounded: its own size and that of the axis count.
func nearTo(x, v *big.Rat, length int) bool {
	d, slack := new(big.Rat).Sub(x, v), new(big.Rat).Abs(x)
	slack.Add(slack, big.NewRat(int64(length)+1, 1))
	return d.Abs(d).Cmp(slack.Mul(slack, big.NewRat(1, 1<<20))) <= 0
}

// gridSample reads the planes of each element of a batch at the places of a constant grid.
func gridSample(rd *reader, n *node) {
	n.mustRun("X")
	grid := n.floats(1, "grid")
	in, d := rd.shape, len(rd.shape)-2
	if d < 1 || d > axesMost || len(grid.shape) != d+2 || grid.shape[0] != in[0] || grid.shape[d+1] != d {
		panic(refusalf("shape %v and a grid of shape %v, expected [N C D1 …], in one to three dimensions, and [N O1 … %d]", in, grid.shape, max(d, 1)))
	}
	s := gridPlace{corners: n.integer("align_corners", 0) != 0, padding: n.text("padding_mode", "zeros")}
	switch mode := n.text("mode", "linear"); mode {
	case "linear", "bilinear":
	case "nearest":
		s.nearest = true
	default:
		panic(refusalf("attribute \"mode\": %q, supported are linear (bilinear) and nearest: beyond the edges runtimes differ in cubic", mode))
	}
	if !slices.Contains([]string{"zeros", "border", "reflection"}, s.padding) {
		panic(refusalf("attribute \"padding_mode\": %q, expected zeros, border or reflection", s.padding))
	}
	spatial, plane := in[2:], size(in[2:])
	places := size(grid.shape[1 : d+1])
	rd.work(in[0], places, 1<<d, keptWork)
	list := make([][]tap, in[0]*places)
	for i := range list {
		axes := make([][]tap, d)
		for k := range axes { // the last axis first
			v := new(big.Rat)
			v.SetFloat64(grid.floats[i*d+d-1-k])
			saying(func() { axes[k] = s.taps(v, spatial[k]) }, "input 1 (grid): place %d, axis %d", i, k)
		}
		list[i] = crossed(axes, spatial)
	}
	shape := slices.Concat(in[:2], grid.shape[1:d+1])
	sampled(rd, "GridSample: weights of elements", shape, 1<<d, func(i int) []tap {
		batch, unit, at := i/places/in[1], i/places%in[1], i%places
		return shifted(list[batch*places+at], (batch*in[1]+unit)*plane)
	})
}

// shifted are taps behind so many elements.
func shifted(list []tap, by int) []tap {
	out := slices.Clone(list)
	for i := range out {
		out[i].at += by
	}
	return out
}

// gridPlace says what is read at a number of a grid.
type gridPlace struct {
	corners, nearest bool
	padding          string
}

// taps are those of number v of a grid, along an axis of so many elements: from −1 to 1 it goes
// from one end to the other, which are the middles of the outermost elements, or their edges.
func (s gridPlace) taps(v *big.Rat, length int) []tap {
	half, one := big.NewRat(1, 2), big.NewRat(1, 1)
	last := big.NewRat(int64(length-1), 1)
	lo, hi := new(big.Rat), last
	x := new(big.Rat).Add(v, one)
	if s.corners {
		x.Mul(x, half).Mul(x, last)
	} else {
		lo, hi = big.NewRat(-1, 2), new(big.Rat).Add(last, half)
		x.Mul(x, big.NewRat(int64(length), 1)).Sub(x, one).Mul(x, half)
	}
	if s.nearest {
		return s.closest(x, lo, hi, length)
	}
	return between(s.inside(x, lo, hi, length), length)
}

// inside is where a place lies once what is beyond the input was brought back.
func (s gridPlace) inside(x, lo, hi *big.Rat, length int) *big.Rat {
	switch s.padding {
	case "reflection":
		x = reflected(x, lo, hi)
		fallthrough // edges that are half an element beyond the outermost one repeat it
	case "border":
		if x.Sign() < 0 {
			return new(big.Rat)
		}
		if last := big.NewRat(int64(length-1), 1); x.Cmp(last) > 0 {
			return last
		}
	}
	return x
}

// closest is the element nearest to x, if both that a runtime may find are the same.
func (s gridPlace) closest(x, lo, hi *big.Rat, length int) []tap {
	half := big.NewRat(1, 2)
	up := new(big.Rat).Add(x, half)
	at := new(big.Rat).SetInt(new(big.Int).Div(up.Num(), up.Denom()))
	find := func(at *big.Rat) []tap { return between(s.inside(at, lo, hi, length), length) }
	list := find(at)
	for _, side := range []int64{-1, 1} { // a tie between at and the element on this side
		other := new(big.Rat).Add(at, big.NewRat(side, 1))
		middle := new(big.Rat).Add(at, big.NewRat(side, 2))
		if !nearTo(x, middle, length) {
			continue
		}
		if there := find(other); len(list) != len(there) || len(list) > 0 && list[0].at != there[0].at {
			panic(refusalf("half way between two elements, or so near to it that runtimes differ by how they round; supported are others (or mode linear)"))
		}
	}
	return list
}

// reflected brings a place back between two edges, as between two mirrors.
func reflected(x, lo, hi *big.Rat) *big.Rat {
	length := new(big.Rat).Sub(hi, lo)
	if length.Sign() == 0 {
		return lo
	}
	steps := new(big.Rat).Sub(x, lo)
	steps.Quo(steps, length)
	turns := new(big.Int).Div(steps.Num(), steps.Denom())
	rest := new(big.Rat).Sub(x, lo)
	rest.Sub(rest, new(big.Rat).Mul(length, new(big.Rat).SetInt(turns)))
	if turns.Bit(0) == 0 {
		return rest.Add(lo, rest)
	}
	return rest.Sub(hi, rest)
}

// Constants that a node makes, and sums over axes of constants.

package onnx

import (
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// sizeOf is the number of elements, a constant as shapes are fixed.
func sizeOf(_ *reader, n *node) []value {
	return []value{{constant: scalar(int64(size(n.shapeOf(0))))}}
}

func scalar(v int64) *tensor {
	return &tensor{shape: []int{}, elem: onnxpb.TensorProto_INT64, ints: []int64{v}}
}

// shape is that of an input that is there.
func (a arg) shape() []int {
	if a.run != nil {
		return a.run.shape
	}
	return a.value.shape
}

// shapeOf is that of input i, which must be there.
func (n *arguments) shapeOf(i int) []int {
	if n.args[i].absent() {
		panic(refusalf("input %d: missing", i))
	}
	return n.args[i].shape()
}

// constantOfShape repeats one number.
func constantOfShape(rd *reader, n *node) *tensor {
	shape := sizesIn(n.listAt(0, "shape"), "input 0 (shape)")
	rd.move(4 * size(shape))
	one := &tensor{elem: onnxpb.TensorProto_FLOAT, floats: []float64{0}}
	if a := n.attributes["value"]; a != nil {
		if a.T != nil {
			saying(func() { one = decode(a.T) }, "attribute \"value\"")
		}
		if a.T == nil || size(one.shape) != 1 {
			panic(refusalf("attribute \"value\": expected a tensor of one element"))
		}
	}
	out := &tensor{shape: shape, elem: one.elem}
	if one.ints != nil {
		out.ints = slices.Repeat(one.ints, size(shape))
	} else {
		out.floats = slices.Repeat(one.floats, size(shape))
	}
	return out
}

// rangeOf is start, start + delta, … before limit, of integers.
func rangeOf(rd *reader, n *node) *tensor {
	var v [3]int64
	for i, name := range []string{"start", "limit", "delta"} {
		if v[i] = n.oneInteger(i, name); absInt(v[i]) >= maxInteger {
			panic(refusalf("input %d (%s): %d, supported are integers below %d", i, name, v[i], maxInteger))
		}
	}
	out := &tensor{elem: n.args[0].value.elem}
	if v[2] == 0 {
		panic(refusalf("input 2 (delta): 0, expected another number"))
	}
	count := (v[1] - v[0] + v[2] - int64(signOf(float64(v[2])))) / v[2]
	if count < 1 {
		panic(refusalf("the result has no elements"))
	}
	rd.move(4 * int(count))
	for i := range count {
		out.ints = append(out.ints, v[0]+i*v[2])
	}
	out.shape = []int{len(out.ints)}
	return out
}

// eyeLike is 1 on a diagonal.
func eyeLike(rd *reader, n *node) []value {
	if n.args[0].absent() || len(n.args[0].shape()) != 2 {
		panic(refusalf("input 0: expected a matrix"))
	}
	k := n.integer("k", 0)
	elem := n.integer("dtype", int64(onnxpb.TensorProto_FLOAT))
	shape := n.args[0].shape()
	rd.move(4 * size(shape))
	if !slices.Contains(floatTypes, onnxpb.TensorProto_DataType(elem)) || n.attributes["dtype"] == nil && n.args[0].run == nil {
		panic(refusalf("attribute \"dtype\": expected a floating type"))
	}
	t := &tensor{shape: shape, elem: onnxpb.TensorProto_DataType(elem), floats: make([]float64, size(shape))}
	for i := range shape[0] {
		if j := int64(i) + k; j >= 0 && j < int64(shape[1]) {
			t.floats[i*shape[1]+int(j)] = 1
		}
	}
	return []value{{constant: t}}
}

// over are the axes that a reduction goes over, and the shape that it leaves.
type over struct {
	axes  []int
	shape []int
	// from has for each element the one of the result that it goes into, count is how many go into
	// each.
	from         []int
	count, width int
}

// reduction reads the attributes of a reduction of a value of a shape; it is nil where it does
// nothing.
func (n *node) reduction(shape []int) *over {
	axes := n.axes(len(shape))
	keep := n.integer("keepdims", 1)
	noop := n.integer("noop_with_empty_axes", 0)
	if len(axes) == 0 {
		if noop != 0 && slices.Contains([]string{"ReduceL1", "ReduceL2", "ReduceSumSquare"}, n.op) {
			panic(refusalf("attribute \"noop_with_empty_axes\" without axes: the standard once said that it leaves elements as they are, and now that it takes their sizes, or squares"))
		}
		if noop != 0 {
			return nil
		}
		axes = ordered(len(shape))
	}
	return overAxes(shape, axes, keep != 0)
}

func overAxes(shape, axes []int, keep bool) *over {
	o, steps := &over{axes: axes, shape: []int{}, width: 1}, make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		if !slices.Contains(axes, d) {
			steps[d], o.width = o.width, o.width*shape[d]
		}
	}
	for d, n := range shape {
		switch in := slices.Contains(axes, d); {
		case !in:
			o.shape = append(o.shape, n)
		case keep:
			o.shape = append(o.shape, 1)
		}
	}
	o.from, o.count = strided(shape, steps), size(shape)/o.width
	return o
}

// folding adds x, which it may change, to what a reduction has of the elements before it, nil at
// first. Where it is not exact, the result says so.
type folding func(sum, x *big.Float) *big.Float

// foldReduce applies a reduction to a constant; end, where it is not nil, follows on the whole of
// so many elements. Each result is rounded once.
func foldReduce(f folding, end func(sum *big.Float, count int) *big.Float) folder {
	return func(rd *reader, n *node) *tensor {
		t := n.floatsOrInts(0, "data")
		o := n.reduction(t.shape)
		if o == nil {
			return t
		}
		rd.move(2 * len(o.from))
		out, inexact := &tensor{shape: o.shape, elem: t.elem, floats: make([]float64, o.width)}, 0
		for i, places := range o.groups() {
			var sum *big.Float
			for _, j := range places {
				sum = f(sum, exactFloat(t.at(j)))
			}
			exact, before := sum.Acc() == big.Exact, inexact
			if end != nil {
				sum = end(sum, o.count)
				exact = exact && sum.Acc() == big.Exact
			}
			if out.floats[i] = nearest(sum, i, &inexact); !exact {
				inexact = before + 1
			}
		}
		if t.ints != nil {
			return out.asInts(inexact)
		}
		rd.im.Round(n.op+" of constants", inexact)
		return out
	}
}

// order are the elements by the element of the result that they go into.
func (o *over) order() []int { return slices.Concat(o.groups()...) }

// groups returns the elements that go into each element of the result.
func (o *over) groups() [][]int {
	all, groups := make([]int, len(o.from)), make([][]int, o.width)
	for i := range groups {
		groups[i] = all[i*o.count : i*o.count : (i+1)*o.count]
	}
	for j, i := range o.from {
		groups[i] = append(groups[i], j)
	}
	return groups
}

// at returns element i as a float; integers beyond 2⁵³ are no such thing and become infinite.
func (t *tensor) at(i int) float64 {
	switch {
	case t.ints == nil:
		return t.floats[i]
	case absInt(t.ints[i]) > 1<<53:
		return math.Inf(1)
	}
	return float64(t.ints[i])
}

func (t *tensor) asInts(inexact int) *tensor {
	if inexact > 0 {
		panic(refusalf("integers whose result is none"))
	}
	out := &tensor{shape: t.shape, elem: t.elem}
	for _, v := range t.floats {
		if math.Abs(v) > 1<<53 {
			panic(refusalf("integers beyond 2⁵³"))
		}
		out.ints = append(out.ints, int64(v))
	}
	return out
}

func (n *arguments) floatsOrInts(i int, what string) *tensor {
	t := n.constant(i, what)
	if t.ints != nil && slices.ContainsFunc(t.ints, func(v int64) bool { return absInt(v) > 1<<53 }) {
		panic(refusalf("input %d (%s): integers beyond 2⁵³", i, what))
	}
	return t
}

func sumUp(sum, x *big.Float) *big.Float {
	if sum == nil {
		return x
	}
	return sum.Add(sum, x)
}

func squares(sum, x *big.Float) *big.Float { return sumUp(sum, x.Mul(x, x)) }

func absolutes(sum, x *big.Float) *big.Float { return sumUp(sum, x.Abs(x)) }

func extremeOf(sign int) folding {
	return func(best, x *big.Float) *big.Float {
		if best == nil || sign*x.Cmp(best) > 0 {
			return x
		}
		return best
	}
}

// productOf is infinite, which is refused, once a product has more bits than are kept.
func productOf(p, x *big.Float) *big.Float {
	if p == nil {
		return x
	}
	if p.Mul(p, x); p.Acc() != big.Exact {
		p.SetInf(false)
	}
	return p
}

// meanOf divides in rootBits, which the one rounding to float64 follows, and rootOf takes the root.
func meanOf(sum *big.Float, count int) *big.Float {
	return new(big.Float).SetPrec(rootBits).Quo(sum, new(big.Float).SetInt64(int64(count)))
}

func rootOf(sum *big.Float, _ int) *big.Float { return new(big.Float).SetPrec(rootBits).Sqrt(sum) }

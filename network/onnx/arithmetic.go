// Arithmetic with constants and of constants, and the activations that are made of it.

package onnx

import (
	"math"
	"slices"
)

// spread brings the running value and constant input at to their common shape by numpy's rule, and
// returns the constant's elements. Where copies are asked for, repeated elements get a block.
func (rd *reader) spread(n *node, at int, copies bool) []float64 {
	c := n.floats(at, "constant")
	shape, from := together(rd.shape, n.oldBroadcast(c.shape, rd.shape))
	if len(from[0]) != rd.width {
		rd.put(rd.pick(rd.refs, from[0], 0))
		if copies {
			rd.materialise()
		}
	}
	rd.shape = shape
	return picked(c.floats, from[1], 0)
}

// spreadAll returns the common shape of values by numpy's rule, and the elements of each over it.
func (b *builder) spreadAll(values ...value) (shape []int, refs [][]ref) {
	shapes := make([][]int, len(values))
	for i, v := range values {
		shapes[i] = v.shape
	}
	shape, from := together(shapes...)
	for i, v := range values {
		refs = append(refs, b.pick(v.refs, from[i], 0))
	}
	return shape, refs
}

// constantSide returns the index of the input that is a constant, of two.
func (n *node) constantSide() int {
	if n.args[1].run != nil {
		return 0
	}
	return 1
}

func multiply(rd *reader, n *node) {
	rd.scale(rd.spread(n, n.constantSide(), false))
}

// divide is by a constant: 1/d is rounded once, unless d is a power of two.
func divide(rd *reader, n *node) {
	n.mustRun("A")
	d := rd.spread(n, 1, false)
	rounded := 0
	for i, v := range d {
		if !isPower(math.Abs(v)) {
			rounded++
		}
		if d[i] = 1 / v; math.IsInf(d[i], 0) || math.Abs(d[i]) < 0x1p-1022 {
			panic(refusalf("input 1: a divisor of %g, whose reciprocal is no normal float64", v))
		}
	}
	rd.im.Round("Div: 1/(the divisor)", rounded)
	rd.scale(d)
}

// isPower says whether v is a power of two, whose reciprocal is exact.
func isPower(v float64) bool {
	f, _ := math.Frexp(v)
	return f == 0.5
}

func negate(rd *reader, _ *node) { rd.turn(-1) }

// turn multiplies by a sign.
func (b *builder) turn(sign float64) { b.scale(filled(b.width, sign)) }

// larger is the maximum, for Max, and with the sign −1 the minimum, for Min. Constants among the
// inputs are one.
func larger(sign float64) func(*reader, *node) {
	return func(rd *reader, n *node) {
		var values []value
		var constants []arg
		for i, a := range n.args {
			if a.run == nil {
				constants = append(constants, a)
				continue
			}
			values = append(values, rd.asValue(i, n))
		}
		if len(constants) > 0 {
			t := foldExtreme(sign)(rd, &node{op: n.op, arguments: arguments{constants}})
			values = append(values, rd.asValue(0, &node{op: n.op, arguments: arguments{[]arg{{value: t}}}}))
		}
		switch len(values) {
		case 1:
			rd.enter(&values[0])
			return
		case 2:
			rd.extreme(values[0], values[1], sign)
			return
		}
		rd.largestOf(values, sign)
	}
}

// extreme makes max(x, y) = y + relu(x − y) the running value, or with the sign −1 min(x, y), which
// is −max(−x, −y), by numpy's rule. A y of constants alone becomes offsets.
func (rd *reader) extreme(x, y value, sign float64) {
	if slices.ContainsFunc(y.refs, func(r ref) bool { return r.block != isConstant }) {
		rd.combine(x, y, -1)
		rd.turn(sign)
		rd.activate(filled(rd.width, 0))
		rd.combine(y, rd.running(), sign)
		return
	}
	shape, from := together(x.shape, y.shape)
	refs := rd.pick(x.refs, from[0], 0)
	rd.enter(&value{shape: shape, refs: refs})
	c, less := make([]float64, rd.width), make([]float64, rd.width)
	for i, j := range from[1] {
		c[i] = rd.constants[y.refs[j].row]
		less[i] = 0 - c[i]
	}
	rd.add(less)
	rd.turn(sign)
	rd.activate(filled(rd.width, 0))
	rd.turn(sign)
	rd.add(c)
}

// scaler of ai.onnx.ml is (x − offset)·scale, each one number or one for each feature.
func scaler(rd *reader, n *node) {
	var lists [2][]float64
	for i, name := range []string{"offset", "scale"} {
		list := n.numbers(name)
		features := 1
		if len(rd.shape) > 0 {
			features = rd.shape[len(rd.shape)-1]
		}
		if len(list) != 1 && len(list) != features {
			panic(refusalf("attribute %q: %d numbers, expected 1 or %d, one for each feature", name, len(list), features))
		}
		lists[i] = make([]float64, rd.width)
		for j := range lists[i] {
			lists[i][j] = list[j%len(list)]
		}
	}
	for j, v := range lists[0] {
		lists[0][j] = 0 - v
	}
	rd.add(lists[0])
	rd.scale(lists[1])
}

// mean is the sum over their number, whose reciprocal is rounded unless it is a power of two.
func mean(rd *reader, n *node) {
	if sumAll(rd, n); len(n.args) == 1 {
		return
	}
	if !isPower(float64(len(n.args))) {
		rd.im.Round("Mean: 1/(the number of inputs)", rd.width)
	}
	rd.scale(filled(rd.width, 1/float64(len(n.args))))
}

// sumAll is the sum of any number of values.
func sumAll(rd *reader, n *node) {
	values := make([]value, len(n.args))
	for i := range n.args {
		values[i] = rd.asValue(i, n)
	}
	shape, terms := rd.spreadAll(values...)
	rd.shape = shape
	rd.addUp(terms, filled(len(terms), 1))
}

// reduce is the sum over axes, or the mean, whose 1/count is rounded unless count is a power of
// two. The sum of absolute values has neurons of its own.
func reduce(mean, absolute bool) func(*reader, *node) {
	return func(rd *reader, n *node) {
		n.mustRun("data")
		if absolute {
			rd.activate(filled(rd.width, -1))
		}
		if o := n.reduction(rd.shape); o != nil {
			rd.reduce(o, mean, n.op)
		}
	}
}

func globalAveragePool(rd *reader, n *node) { rd.reduce(overPlanes(rd.shape), true, n.op) }

// overPlanes is over all but the batch and the channels.
func overPlanes(shape []int) *over {
	if len(shape) < 3 {
		panic(refusalf("shape %v, expected a batch, channels and the rest", shape))
	}
	return overAxes(shape, ordered(len(shape))[2:], true)
}

func (rd *reader) reduce(o *over, mean bool, what string) {
	w := rd.newWeights(o.width, rd.width)
	factor := 1.0
	if mean {
		factor = 1 / float64(o.count)
		if !isPower(float64(o.count)) {
			rd.im.Round(what+": 1/(the number of elements)", rd.width)
		}
	}
	for j, i := range o.from {
		w.Set(i, j, factor)
	}
	rd.shape = o.shape
	rd.affine(w)
}

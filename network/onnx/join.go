// Operators that bring several values together: Concat by places, sums and differences by a block.

package onnx

import (
	"slices"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// asValue returns input i as a running value of numbers; a constant's elements are constant places.
func (rd *reader) asValue(i int, n *node) value {
	a := n.args[i]
	if a.run != nil && a.run.test != isNumber {
		panic(refusalf("input %d: a truth value that depends on the network's input, expected numbers", i))
	}
	if a.run != nil {
		return *a.run
	}
	t := n.floats(i, "value")
	rd.move(len(t.floats))
	v := value{shape: t.shape, refs: make([]ref, len(t.floats))}
	for j, x := range t.floats {
		v.refs[j] = rd.constant(x)
	}
	return v
}

// concat joins along an axis.
func concat(rd *reader, n *node) []value {
	if n.args = slices.DeleteFunc(slices.Clone(n.args), func(a arg) bool { return a.empty }); len(n.args) == 0 {
		return []value{{empty: true}}
	}
	if n.tips() == 0 {
		return []value{{constant: concatConstants(rd, n)}}
	}
	values, shapes := make([]value, len(n.args)), make([][]int, len(n.args))
	for i := range n.args {
		v := rd.asValue(i, n)
		values[i], shapes[i] = v, v.shape
	}
	shape, pieces := n.joined(shapes)
	rd.move(size(shape))
	out := value{shape: shape}
	for _, p := range pieces {
		out.refs = append(out.refs, values[p.of].refs[p.from:p.to]...)
	}
	return []value{out}
}

func concatConstants(rd *reader, n *node) *tensor {
	shapes := make([][]int, len(n.args))
	for i := range n.args {
		t := n.constant(i, "value")
		if shapes[i] = t.shape; (t.ints == nil) != (n.args[0].value.ints == nil) {
			panic(refusalf("integers and floats together"))
		}
	}
	shape, pieces := n.joined(shapes)
	rd.move(size(shape))
	out := &tensor{shape: shape, elem: n.args[0].value.elem}
	for _, p := range pieces {
		out.take(n.args[p.of].value, p.from, p.to)
	}
	return out
}

// piece is elements of one of several values.
type piece struct{ of, from, to int }

// joined returns the shape of a Concat and its pieces in order.
func (n *node) joined(shapes [][]int) ([]int, []piece) {
	if len(shapes) == 0 || len(shapes[0]) == 0 {
		panic(refusalf("a scalar, expected tensors of one dimension at least"))
	}
	axis := n.axis(1, len(shapes[0]))
	shape := slices.Clone(shapes[0])
	for _, s := range shapes[1:] {
		if len(s) != len(shape) || !slices.Equal(s[:axis], shape[:axis]) || !slices.Equal(s[axis+1:], shape[axis+1:]) {
			panic(refusalf("shapes %v and %v differ in another axis than %d", shapes[0], s, axis))
		}
		shape[axis] += s[axis]
	}
	fitting(shape)
	var pieces []piece
	for i := range size(shape[:axis]) {
		for k, s := range shapes {
			length := size(s[axis:])
			pieces = append(pieces, piece{k, i * length, (i + 1) * length})
		}
	}
	return shape, pieces
}

// shapeOf is a constant, as shapes are fixed.
func shapeOf(_ *reader, n *node) []value {
	shape := n.shapeOf(0)
	start := n.integer("start", 0)
	end := n.integer("end", int64(len(shape)))
	index := sliced(start, end, 1, int64(len(shape)))
	t := &tensor{shape: []int{len(index)}, elem: onnxpb.TensorProto_INT64, ints: []int64{}}
	for _, i := range index {
		t.ints = append(t.ints, int64(shape[i]))
	}
	if len(index) == 0 {
		return []value{{empty: true}}
	}
	return []value{{constant: t}}
}

// plus is input 0 plus factor times input 1, factor being 1 or −1, by numpy's rule.
func plus(factor float64) func(*reader, *node) {
	return func(rd *reader, n *node) {
		if n.attributes["axis"] != nil {
			panic(refusalf("attribute \"axis\": supported is only that of a constant"))
		}
		rd.combine(*n.args[0].run, *n.args[1].run, factor)
	}
}

// combine makes x + factor·y the running value, by numpy's rule.
func (rd *reader) combine(x, y value, factor float64) {
	shape, terms := rd.spreadAll(x, y)
	rd.shape = shape
	rd.addUp(terms, []float64{1, factor})
}

// addUp makes the sum of terms, each with its factor, the running value: a block whose rows have
// small integers, which are exact.
func (b *builder) addUp(terms [][]ref, factors []float64) {
	count := len(terms[0])
	in, from := b.distinct(slices.Concat(terms...))
	if slices.Contains(from, -2) {
		// Constants other than 0 become places of a block first.
		for i := range terms {
			b.put(terms[i])
			b.materialise()
			terms[i] = b.refs
		}
		in, from = b.distinct(slices.Concat(terms...))
	}
	if len(in) == 0 {
		in = []ref{{inputBlock, 0}}
	}
	w := b.newWeights(count, len(in))
	for t, factor := range factors {
		for i, j := range from[t*count : (t+1)*count] {
			if j >= 0 {
				w.Set(i, j, factor)
			}
		}
	}
	b.put(b.append(&block{in: in, w: w.matrix(), b: make([]float64, count)}))
}

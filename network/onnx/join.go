// Operators that bring several values together: Concat by places, sums and differences by a block.

package onnx

import (
	"errors"
	"fmt"
	"slices"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// asValue returns input i as a running value; a constant's elements are constant places.
func (rd *reader) asValue(i int, n *node) (value, error) {
	a := n.args[i]
	if a.run != nil {
		return *a.run, nil
	}
	t, err := n.floats(i, "value")
	if err != nil {
		return value{}, err
	}
	if err := rd.move(len(t.floats)); err != nil {
		return value{}, err
	}
	v := value{shape: t.shape, refs: make([]ref, len(t.floats))}
	for j, x := range t.floats {
		v.refs[j] = rd.constant(x)
	}
	return v, nil
}

// concat joins along an axis.
func concat(rd *reader, n *node) ([]value, error) {
	if n.args = slices.DeleteFunc(slices.Clone(n.args), func(a arg) bool { return a.empty }); len(n.args) == 0 {
		return []value{{empty: true}}, nil
	}
	if n.tips() == 0 {
		t, err := concatConstants(rd, n)
		return []value{{constant: t}}, err
	}
	values, shapes := make([]value, len(n.args)), make([][]int, len(n.args))
	for i := range n.args {
		v, err := rd.asValue(i, n)
		if err != nil {
			return nil, err
		}
		values[i], shapes[i] = v, v.shape
	}
	shape, pieces, err := n.joined(shapes)
	if err != nil {
		return nil, err
	}
	if err := rd.move(size(shape)); err != nil {
		return nil, err
	}
	out := value{shape: shape}
	for _, p := range pieces {
		out.refs = append(out.refs, values[p.of].refs[p.from:p.to]...)
	}
	return []value{out}, nil
}

func concatConstants(rd *reader, n *node) (*tensor, error) {
	shapes := make([][]int, len(n.args))
	for i := range n.args {
		t, err := n.constant(i, "value")
		if err != nil {
			return nil, err
		}
		if shapes[i] = t.shape; (t.ints == nil) != (n.args[0].value.ints == nil) {
			return nil, errors.New("integers and floats together")
		}
	}
	shape, pieces, err := n.joined(shapes)
	if err != nil {
		return nil, err
	}
	if err := rd.move(size(shape)); err != nil {
		return nil, err
	}
	out := &tensor{shape: shape, elem: n.args[0].value.elem}
	for _, p := range pieces {
		if t := n.args[p.of].value; t.ints != nil {
			out.ints = append(out.ints, t.ints[p.from:p.to]...)
		} else {
			out.floats = append(out.floats, t.floats[p.from:p.to]...)
		}
	}
	return out, nil
}

// piece is elements of one of several values.
type piece struct{ of, from, to int }

// joined returns the shape of a Concat and its pieces in order.
func (n *node) joined(shapes [][]int) ([]int, []piece, error) {
	if len(shapes) == 0 || len(shapes[0]) == 0 {
		return nil, nil, errors.New("a scalar, expected tensors of one dimension at least")
	}
	axis, err := n.axis(1, len(shapes[0]))
	if err != nil {
		return nil, nil, err
	}
	shape := slices.Clone(shapes[0])
	for _, s := range shapes[1:] {
		if len(s) != len(shape) || !slices.Equal(s[:axis], shape[:axis]) || !slices.Equal(s[axis+1:], shape[axis+1:]) {
			return nil, nil, fmt.Errorf("shapes %v and %v differ in another axis than %d", shapes[0], s, axis)
		}
		shape[axis] += s[axis]
	}
	if size(shape) > maxEntries {
		return nil, nil, fmt.Errorf("the result, of shape %v, has more than %d elements", shape, maxEntries)
	}
	var pieces []piece
	for i := range size(shape[:axis]) {
		for k, s := range shapes {
			length := size(s[axis:])
			pieces = append(pieces, piece{k, i * length, (i + 1) * length})
		}
	}
	return shape, pieces, nil
}

// shapeOf is a constant, as shapes are fixed.
func shapeOf(_ *reader, n *node) ([]value, error) {
	if n.args[0].absent() {
		return nil, errors.New("input 0: missing")
	}
	var shape []int
	if a := n.args[0]; a.run != nil {
		shape = a.run.shape
	} else {
		shape = a.value.shape
	}
	start, err1 := n.integer("start", 0)
	end, err2 := n.integer("end", int64(len(shape)))
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	index, err := sliced(start, end, 1, int64(len(shape)))
	if err != nil {
		return nil, err
	}
	t := &tensor{shape: []int{len(index)}, elem: onnxpb.TensorProto_INT64, ints: []int64{}}
	for _, i := range index {
		t.ints = append(t.ints, int64(shape[i]))
	}
	return []value{{constant: t}}, nil
}

// plus is input 0 plus factor times input 1, factor being 1 or −1, by numpy's rule.
func plus(factor float64) func(*reader, *node) error {
	return func(rd *reader, n *node) error {
		if n.attributes["axis"] != nil {
			return errors.New("attribute \"axis\": supported is only that of a constant")
		}
		return rd.combine(*n.args[0].run, *n.args[1].run, factor)
	}
}

// combine makes x + factor·y the running value, by numpy's rule.
func (rd *reader) combine(x, y value, factor float64) error {
	shape, fromX, err := broadcast(x.shape, y.shape)
	if err != nil {
		return err
	}
	_, fromY, err := broadcast(y.shape, x.shape)
	if err != nil {
		return err
	}
	refs, err := rd.pick(x.refs, fromX, 0)
	if err != nil {
		return err
	}
	more, err := rd.pick(y.refs, fromY, 0)
	if err != nil {
		return err
	}
	rd.shape = shape
	return rd.addUp([][]ref{refs, more}, []float64{1, factor})
}

// addUp makes the sum of terms, each with its factor, the running value: a block whose rows have
// small integers, which are exact.
func (b *builder) addUp(terms [][]ref, factors []float64) error {
	count := len(terms[0])
	in, from := b.distinct(slices.Concat(terms...))
	if slices.Contains(from, -2) {
		// Constants other than 0 become places of a block first.
		for i := range terms {
			b.put(terms[i])
			if err := b.materialise(); err != nil {
				return err
			}
			terms[i] = b.refs
		}
		in, from = b.distinct(slices.Concat(terms...))
	}
	if len(in) == 0 {
		in = []ref{{inputBlock, 0}}
	}
	w, err := b.newWeights(count, len(in))
	if err != nil {
		return err
	}
	for t, factor := range factors {
		for i, j := range from[t*count : (t+1)*count] {
			if j >= 0 {
				w.Set(i, j, factor)
			}
		}
	}
	sum, err := w.matrix()
	if err == nil {
		b.put(b.append(&block{in: in, w: sum, b: make([]float64, count)}))
	}
	return err
}

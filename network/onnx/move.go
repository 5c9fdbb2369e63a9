// Operators that only move elements around. They compose places, and no layer comes of them.

package onnx

import (
	"errors"
	"fmt"
	"slices"
)

// moved is an output of a mover: for each element the one of the input that it is, or fill where
// from is negative. A nil from keeps all in order.
type moved struct {
	shape, from []int
	fill        float64
}

// mover says where the elements of input 0, of the shape given, go.
type mover func(n *node, shape []int) ([]moved, error)

// moved applies a mover, to a running value or a constant.
func (rd *reader) moved(n *node, f mover) ([]value, error) {
	if n.args[0].absent() {
		return nil, errors.New("input 0: missing")
	}
	run, t := n.args[0].run, n.args[0].value
	outs, err := f(n, n.args[0].shape())
	if err != nil {
		return nil, err
	}
	values := make([]value, len(outs))
	for i, m := range outs {
		switch {
		case size(m.shape) == 0 && run == nil:
			values[i].empty = true
		case size(m.shape) == 0:
			err = fmt.Errorf("the result, of shape %v, has no elements", m.shape)
		case run == nil:
			values[i].constant, err = t.moved(rd, m)
		default:
			values[i] = value{shape: m.shape, refs: run.refs, test: run.test}
			if m.from != nil {
				values[i].refs, err = rd.pick(run.refs, m.from, m.fill)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return values, nil
}

// moved returns the tensor with its elements moved.
func (t *tensor) moved(rd *reader, m moved) (*tensor, error) {
	out := &tensor{shape: m.shape, elem: t.elem, floats: t.floats, ints: t.ints}
	if m.from == nil {
		return out, nil
	}
	if err := rd.move(len(m.from)); err != nil {
		return nil, err
	}
	if t.ints != nil {
		out.ints = make([]int64, len(m.from))
	} else {
		out.floats = make([]float64, len(m.from))
	}
	for i, j := range m.from {
		switch {
		case j < 0 && t.ints != nil:
			out.ints[i] = int64(m.fill)
		case j < 0:
			out.floats[i] = m.fill
		case t.ints != nil:
			out.ints[i] = t.ints[j]
		default:
			out.floats[i] = t.floats[j]
		}
	}
	return out, nil
}

// along returns the moved output of a shape whose axis has the given indices of the input's.
func along(shape []int, axis int, index []int) (moved, error) {
	out := slices.Clone(shape)
	out[axis] = len(index)
	if size(out) > maxEntries {
		return moved{}, fmt.Errorf("the result, of shape %v, has more than %d elements", out, maxEntries)
	}
	before, after := size(shape[:axis]), size(shape[axis+1:])
	from := make([]int, 0, max(1, size(out)))
	for i := range before {
		for _, j := range index {
			for k := range after {
				if j < 0 {
					from = append(from, -1)
				} else {
					from = append(from, (i*shape[axis]+j)*after+k)
				}
			}
		}
	}
	return moved{shape: out, from: from}, nil
}

// along takes the given indices of an axis of what m made.
func (m moved) along(axis int, index []int) (moved, error) {
	next, err := along(m.shape, axis, index)
	if err != nil {
		return m, err
	}
	return m.then(next), nil
}

// then applies a second move to what a first made.
func (m moved) then(next moved) moved {
	if m.from == nil {
		return next
	}
	for i, j := range next.from {
		if j >= 0 {
			next.from[i] = m.from[j]
		}
	}
	return next
}

// axis returns an attribute that names an axis.
func (as attributes) axis(missing int64, rank int) (int, error) {
	a, err := as.integer("axis", missing)
	if err != nil {
		return 0, err
	}
	return placeAxis(a, rank)
}

func placeAxis(a int64, rank int) (int, error) {
	if a < 0 {
		a += int64(rank)
	}
	if a < 0 || a >= int64(rank) {
		return 0, fmt.Errorf("axis %d is out of range for rank %d", a, rank)
	}
	return int(a), nil
}

// transpose permutes the axes.
func transpose(n *node, shape []int) ([]moved, error) {
	perm, err := n.integers("perm")
	if err != nil {
		return nil, err
	}
	if perm == nil {
		for i := len(shape) - 1; i >= 0; i-- {
			perm = append(perm, int64(i))
		}
	}
	sorted := slices.Clone(perm)
	slices.Sort(sorted)
	for i, a := range sorted {
		if len(perm) != len(shape) || a != int64(i) {
			return nil, fmt.Errorf("attribute \"perm\": %v is no order of the %d axes", perm, len(shape))
		}
	}
	steps, step := make([]int, len(shape)), 1
	for i := len(shape) - 1; i >= 0; i-- {
		steps[i], step = step, step*shape[i]
	}
	out, by := make([]int, len(shape)), make([]int, len(shape))
	for i, a := range perm {
		out[i], by[i] = shape[a], steps[a]
	}
	return []moved{{shape: out, from: strided(out, by)}}, nil
}

// strided returns the offsets of all indices of a shape, by the step of each axis.
func strided(shape, steps []int) []int {
	from := []int{0}
	for d, n := range shape {
		next := make([]int, 0, len(from)*n)
		for _, at := range from {
			for i := range n {
				next = append(next, at+i*steps[d])
			}
		}
		from = next
	}
	return from
}

// slice takes starts, ends, axes and steps as inputs, or as attributes in old operator sets.
func slice(n *node, shape []int) ([]moved, error) {
	var lists [4][]int64
	for i, name := range []string{"starts", "ends", "axes", "steps"} {
		list, err := n.listAt(i+1, name)
		if err != nil {
			return nil, err
		}
		lists[i] = list
	}
	starts, stops, axes, steps := lists[0], lists[1], lists[2], lists[3]
	if axes == nil {
		for i := range starts {
			axes = append(axes, int64(i))
		}
	}
	if len(starts) == 0 || len(stops) != len(starts) || len(axes) != len(starts) || steps != nil && len(steps) != len(starts) {
		return nil, fmt.Errorf("starts %v, ends %v, axes %v, steps %v: expected lists of one length", starts, stops, axes, steps)
	}
	m, seen := moved{shape: shape}, map[int]bool{}
	for i := range starts {
		axis, err := placeAxis(axes[i], len(shape))
		if err != nil {
			return nil, err
		}
		if seen[axis] {
			return nil, fmt.Errorf("axes %v: given twice", axes)
		}
		seen[axis] = true
		step := int64(1)
		if steps != nil {
			step = steps[i]
		}
		index, err := sliced(starts[i], stops[i], step, int64(shape[axis]))
		if err != nil {
			return nil, err
		}
		if m, err = m.along(axis, index); err != nil {
			return nil, err
		}
	}
	return []moved{m}, nil
}

// sliced returns the indices from start on, before stop, by numpy's rule.
func sliced(start, stop, step, n int64) ([]int, error) {
	if step == 0 || step > maxEntries || step < -maxEntries {
		return nil, fmt.Errorf("step %d, expected one other than 0 of at most %d", step, maxEntries)
	}
	least, most := int64(0), n
	if step < 0 {
		least, most = -1, n-1
	}
	place := func(v int64) int64 {
		if v < 0 {
			v = max(v, -n-1) + n
		}
		return min(max(v, least), most)
	}
	var index []int
	stop = place(stop)
	for i := place(start); step > 0 && i < stop || step < 0 && i > stop; i += step {
		index = append(index, int(i))
	}
	return index, nil
}

// gatherNode takes constant indices along an axis.
func gatherNode(n *node, shape []int) ([]moved, error) {
	axis, err := n.axis(0, len(shape))
	if err != nil {
		return nil, err
	}
	t, err := n.constant(1, "indices")
	if err != nil {
		return nil, err
	}
	if t.ints == nil {
		return nil, errors.New("input 1 (indices): expected integers")
	}
	index := make([]int, len(t.ints))
	for i, v := range t.ints {
		if index[i], err = placeAxis(v, shape[axis]); err != nil {
			return nil, fmt.Errorf("input 1 (indices): %d is out of range for shape %v", v, shape)
		}
	}
	m, err := along(shape, axis, index)
	m.shape = slices.Concat(shape[:axis], t.shape, shape[axis+1:])
	return []moved{m}, err
}

// split cuts along an axis: into the lengths given, or into parts of one length, of which only the
// attribute num_outputs allows the last to be less.
func split(n *node, shape []int) ([]moved, error) {
	axis, err := n.axis(0, len(shape))
	if err != nil {
		return nil, err
	}
	lengths, err := n.list("split")
	if err != nil {
		return nil, err
	}
	total, parts := shape[axis], n.listed
	wanted, err := n.integer("num_outputs", int64(parts))
	if err != nil {
		return nil, err
	}
	if wanted != int64(parts) {
		return nil, fmt.Errorf("attribute \"num_outputs\": %d, but the node has %d outputs", wanted, parts)
	}
	if lengths == nil {
		if n.attributes["num_outputs"] == nil && total%parts != 0 {
			return nil, fmt.Errorf("axis %d of shape %v has no %d equal parts", axis, shape, parts)
		}
		each := (total + parts - 1) / parts
		for i := range parts {
			lengths = append(lengths, int64(min(each, total-i*each)))
		}
	}
	outs, err := cutAlong(shape, axis, lengths)
	if err == nil && len(outs) < parts {
		err = fmt.Errorf("parts %v do not divide axis %d of shape %v into %d", lengths, axis, shape, parts)
	}
	return outs, err
}

// cutAlong cuts a shape along an axis into parts of these lengths, which are all of it.
func cutAlong(shape []int, axis int, lengths []int64) ([]moved, error) {
	var outs []moved
	at := 0
	for _, k := range lengths {
		if k < 1 || k > int64(shape[axis]-at) {
			return nil, fmt.Errorf("parts %v do not divide axis %d of shape %v", lengths, axis, shape)
		}
		index := ordered(int(k))
		for i := range index {
			index[i] += at
		}
		at += int(k)
		m, err := along(shape, axis, index)
		if err != nil {
			return nil, err
		}
		outs = append(outs, m)
	}
	if at != shape[axis] {
		return nil, fmt.Errorf("parts %v do not divide axis %d of shape %v", lengths, axis, shape)
	}
	return outs, nil
}

// expand broadcasts to a shape.
func expand(n *node, shape []int) ([]moved, error) {
	want, err := n.listAt(1, "shape")
	if err != nil {
		return nil, err
	}
	to := make([]int, len(want))
	for i, d := range want {
		if d < 1 || d > maxEntries {
			return nil, fmt.Errorf("input 1 (shape): %v, expected sizes of 1 to %d", want, maxEntries)
		}
		to[i] = int(d)
	}
	out, from, err := broadcast(shape, to)
	return []moved{{shape: out, from: from}}, err
}

// tile repeats along each axis.
func tile(n *node, shape []int) ([]moved, error) {
	times, err := n.listAt(1, "repeats")
	if err != nil {
		return nil, err
	}
	if len(times) != len(shape) {
		return nil, fmt.Errorf("input 1 (repeats): %v, expected one for each axis of shape %v", times, shape)
	}
	m := moved{shape: shape}
	for axis, k := range times {
		if k < 1 || k > maxEntries || size(m.shape) > maxEntries/int(k) {
			return nil, fmt.Errorf("input 1 (repeats): %v, expected 1 or more, and at most %d elements in all", times, maxEntries)
		}
		index := make([]int, int(k)*shape[axis])
		for i := range index {
			index[i] = i % shape[axis]
		}
		if m, err = m.along(axis, index); err != nil {
			return nil, err
		}
	}
	return []moved{m}, nil
}

// Operators that only move elements around. They compose places, and no layer comes of them.

package onnx

import (
	"slices"
)

// moved is an output of a mover: for each element the one of the input that it is, or fill where
// from is negative. A nil from keeps all in order.
type moved struct {
	shape, from []int
	fill        float64
}

// mover says where the elements of input 0, of the shape given, go.
type mover func(n *node, shape []int) []moved

// moved applies a mover, to a running value or a constant.
func (rd *reader) moved(n *node, f mover) []value {
	outs := f(n, n.shapeOf(0))
	run, t := n.args[0].run, n.args[0].value
	values := make([]value, len(outs))
	for i, m := range outs {
		switch {
		case size(m.shape) == 0 && run == nil:
			values[i].empty = true
		case size(m.shape) == 0:
			panic(refusalf("the result, of shape %v, has no elements", m.shape))
		case run == nil:
			values[i].constant = t.moved(rd, m)
		default:
			values[i] = value{shape: m.shape, refs: run.refs, test: run.test}
			if m.from != nil {
				values[i].refs = rd.pick(run.refs, m.from, run.test.filled(m.fill))
			}
		}
	}
	return values
}

// moved returns the tensor with its elements moved.
func (t *tensor) moved(rd *reader, m moved) *tensor {
	if m.from == nil {
		return &tensor{shape: m.shape, elem: t.elem, floats: t.floats, ints: t.ints}
	}
	rd.move(len(m.from))
	return &tensor{shape: m.shape, elem: t.elem, floats: picked(t.floats, m.from, m.fill), ints: picked(t.ints, m.from, int64(m.fill))}
}

// picked returns v[from[0]], v[from[1]], …, and fill where from is negative; nil of nil.
func picked[T any](v []T, from []int, fill T) []T {
	if v == nil {
		return nil
	}
	out := make([]T, len(from))
	for i, j := range from {
		if out[i] = fill; j >= 0 {
			out[i] = v[j]
		}
	}
	return out
}

// along returns the moved output of a shape whose axis has the given indices of the input's.
func along(shape []int, axis int, index []int) moved {
	out := slices.Clone(shape)
	out[axis] = len(index)
	fitting(out)
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
	return moved{shape: out, from: from}
}

// along takes the given indices of an axis of what m made.
func (m moved) along(axis int, index []int) moved {
	return m.then(along(m.shape, axis, index))
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
func (as attributes) axis(missing int64, rank int) int {
	return placeAxis(as.integer("axis", missing), rank)
}

func placeAxis(a int64, rank int) int {
	at, ok := placed(a, rank)
	if !ok {
		panic(refusalf("axis %d is out of range for rank %d", a, rank))
	}
	return at
}

// differentAxes are axes of a rank, each once; what names them in errors.
func differentAxes(list []int64, rank int, what string) []int {
	axes := make([]int, len(list))
	for i, a := range list {
		ok := false
		if axes[i], ok = placed(a, rank); !ok || slices.Contains(axes[:i], axes[i]) {
			panic(refusalf("%s: %v, expected different axes of %d", what, list, rank))
		}
	}
	return axes
}

// placed counts a place among n from the end where it is negative, and says whether there is one.
func placed(at int64, n int) (int, bool) {
	if at < 0 {
		at += int64(n)
	}
	return int(at), at >= 0 && at < int64(n)
}

// transpose permutes the axes.
func transpose(n *node, shape []int) []moved {
	perm := n.integers("perm")
	if perm == nil {
		for i := len(shape) - 1; i >= 0; i-- {
			perm = append(perm, int64(i))
		}
	}
	sorted := slices.Clone(perm)
	slices.Sort(sorted)
	for i, a := range sorted {
		if len(perm) != len(shape) || a != int64(i) {
			panic(refusalf("attribute \"perm\": %v is no order of the %d axes", perm, len(shape)))
		}
	}
	out, from := permuted(shape, perm...)
	return []moved{{shape: out, from: from}}
}

// strided returns the offsets of all indices of a shape, by the step of each axis.
func strided(shape, steps []int) []int {
	from := []int{0}
	for d, n := range shape {
		if n == 1 {
			continue
		}
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
func slice(n *node, shape []int) []moved {
	var lists [4][]int64
	for i, name := range []string{"starts", "ends", "axes", "steps"} {
		list := n.listAt(i+1, name)
		lists[i] = list
	}
	starts, stops, axes, steps := lists[0], lists[1], lists[2], lists[3]
	if axes == nil {
		for i := range starts {
			axes = append(axes, int64(i))
		}
	}
	if len(starts) == 0 || len(stops) != len(starts) || len(axes) != len(starts) || steps != nil && len(steps) != len(starts) {
		panic(refusalf("starts %v, ends %v, axes %v, steps %v: expected lists of one length", starts, stops, axes, steps))
	}
	m := moved{shape: shape}
	for i, axis := range differentAxes(axes, len(shape), "axes") {
		step := int64(1)
		if steps != nil {
			step = steps[i]
		}
		index := sliced(starts[i], stops[i], step, int64(shape[axis]))
		m = m.along(axis, index)
	}
	return []moved{m}
}

// sliced returns the indices from start on, before stop, by numpy's rule.
func sliced(start, stop, step, n int64) []int {
	if step == 0 || step > maxEntries || step < -maxEntries {
		panic(refusalf("step %d, expected one other than 0 of at most %d", step, maxEntries))
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
	return index
}

// gatherNode takes constant indices along an axis.
func gatherNode(n *node, shape []int) []moved {
	axis := n.axis(0, len(shape))
	t := n.indices()
	index := make([]int, len(t.ints))
	for i, v := range t.ints {
		at, ok := placed(v, shape[axis])
		if !ok {
			panic(refusalf("input 1 (indices): %d is out of range for shape %v", v, shape))
		}
		index[i] = at
	}
	m := along(shape, axis, index)
	m.shape = slices.Concat(shape[:axis], t.shape, shape[axis+1:])
	return []moved{m}
}

// split cuts along an axis: into the lengths given, or into parts of one length, of which only the
// attribute num_outputs allows the last to be less.
func split(n *node, shape []int) []moved {
	axis := n.axis(0, len(shape))
	lengths := n.list("split")
	total, parts := shape[axis], n.listed
	wanted := n.integer("num_outputs", int64(parts))
	if wanted != int64(parts) {
		panic(refusalf("attribute \"num_outputs\": %d, but the node has %d outputs", wanted, parts))
	}
	if lengths == nil {
		if n.attributes["num_outputs"] == nil && total%parts != 0 {
			panic(refusalf("axis %d of shape %v has no %d equal parts", axis, shape, parts))
		}
		each := (total + parts - 1) / parts
		for i := range parts {
			lengths = append(lengths, int64(min(each, total-i*each)))
		}
	}
	outs := cutAlong(shape, axis, lengths)
	if len(outs) < parts {
		panic(refusalf("parts %v do not divide axis %d of shape %v into %d", lengths, axis, shape, parts))
	}
	return outs
}

// cutAlong cuts a shape along an axis into parts of these lengths, which are all of it.
func cutAlong(shape []int, axis int, lengths []int64) []moved {
	var outs []moved
	at := 0
	for _, k := range lengths {
		if k < 1 || k > int64(shape[axis]-at) {
			panic(refusalf("parts %v do not divide axis %d of shape %v", lengths, axis, shape))
		}
		index := ordered(int(k))
		for i := range index {
			index[i] += at
		}
		at += int(k)
		outs = append(outs, along(shape, axis, index))
	}
	if at != shape[axis] {
		panic(refusalf("parts %v do not divide axis %d of shape %v", lengths, axis, shape))
	}
	return outs
}

// expand broadcasts to a shape.
func expand(n *node, shape []int) []moved {
	out, from := broadcast(shape, sizesIn(n.listAt(1, "shape"), "input 1 (shape)"))
	return []moved{{shape: out, from: from}}
}

// sizesIn are a list of at least 1 each.
func sizesIn(list []int64, what string) []int {
	out := make([]int, len(list))
	for i, d := range list {
		if d < 1 || d > maxEntries {
			panic(refusalf("%s: %v, expected sizes of 1 to %d", what, list, maxEntries))
		}
		out[i] = int(d)
	}
	return out
}

// tile repeats along each axis.
func tile(n *node, shape []int) []moved {
	times := n.listAt(1, "repeats")
	if len(times) != len(shape) {
		panic(refusalf("input 1 (repeats): %v, expected one for each axis of shape %v", times, shape))
	}
	m := moved{shape: shape}
	for axis, k := range times {
		if k < 1 || k > maxEntries || size(m.shape) > maxEntries/int(k) {
			panic(refusalf("input 1 (repeats): %v, expected 1 or more, and at most %d elements in all", times, maxEntries))
		}
		index := make([]int, int(k)*shape[axis])
		for i := range index {
			index[i] = i % shape[axis]
		}
		m = m.along(axis, index)
	}
	return []moved{m}
}

// Operators that move elements by lists of indices.

package onnx

import (
	"slices"
)

// indices returns input 1, constant integers.
func (n *arguments) indices() *tensor {
	t := n.constant(1, "indices")
	if t.ints == nil {
		panic(refusalf("input 1 (indices): expected integers"))
	}
	return t
}

// stepsOf returns how far apart neighbours along each axis are.
func stepsOf(shape []int) []int {
	steps, step := make([]int, len(shape)), 1
	for d := len(shape) - 1; d >= 0; d-- {
		steps[d], step = step, step*shape[d]
	}
	return steps
}

// permuted returns a shape with its axes in another order, and its elements.
func permuted[T int | int64](shape []int, perm ...T) (out, from []int) {
	out, by, steps := make([]int, len(shape)), make([]int, len(shape)), stepsOf(shape)
	for i, a := range perm {
		out[i], by[i] = shape[a], steps[a]
	}
	return out, strided(out, by)
}

// depthToSpace moves blocks of channels into planes.
func depthToSpace(n *node, shape []int) []moved {
	b := n.blockSize(shape)
	channels := shape[1] / (b * b)
	if channels*b*b != shape[1] {
		panic(refusalf("shape %v: its channels are no multiple of %d", shape, b*b))
	}
	m := moved{shape: []int{shape[0], channels, shape[2] * b, shape[3] * b}}
	switch mode := n.text("mode", "DCR"); mode {
	case "DCR":
		_, m.from = permuted([]int{shape[0], b, b, channels, shape[2], shape[3]}, 0, 3, 4, 1, 5, 2)
	case "CRD":
		_, m.from = permuted([]int{shape[0], channels, b, b, shape[2], shape[3]}, 0, 1, 4, 2, 5, 3)
	default:
		panic(refusalf("attribute \"mode\": %q, supported are DCR and CRD", mode))
	}
	return []moved{m}
}

// spaceToDepth moves blocks of planes into channels.
func spaceToDepth(n *node, shape []int) []moved {
	b := n.blockSize(shape)
	h, w := shape[2]/b, shape[3]/b
	if h*b != shape[2] || w*b != shape[3] {
		panic(refusalf("shape %v: its planes are no multiple of blocks of %d", shape, b))
	}
	_, from := permuted([]int{shape[0], shape[1], h, b, w, b}, 0, 3, 5, 1, 2, 4)
	return []moved{{shape: []int{shape[0], b * b * shape[1], h, w}, from: from}}
}

func (as attributes) blockSize(shape []int) int {
	b := as.integer("blocksize", 0)
	switch {
	case len(shape) != 4:
		panic(refusalf("shape %v, expected a batch, channels and planes", shape))
	case b < 1 || b > maxEntries || b*b > maxEntries: // the square of more may wrap around
		panic(refusalf("attribute \"blocksize\": %d, expected 1 or more", b))
	}
	return int(b)
}

// gatherElements takes for each index the element there along an axis.
func gatherElements(n *node, shape []int) []moved {
	t := n.indices()
	from := n.elementPlaces(t, shape)
	return []moved{{shape: t.shape, from: from}}
}

// elementPlaces returns for each index, of a tensor of the same rank, the place in shape that it
// names: its own, but for the axis.
func (n *node) elementPlaces(t *tensor, shape []int) []int {
	axis := n.axis(0, len(shape))
	if len(t.shape) != len(shape) {
		panic(refusalf("indices of shape %v, expected the rank of shape %v", t.shape, shape))
	}
	for d, k := range t.shape {
		if d != axis && k > shape[d] {
			panic(refusalf("indices of shape %v are more than shape %v", t.shape, shape))
		}
	}
	steps := stepsOf(shape)
	step := steps[axis]
	steps[axis] = 0
	from := strided(t.shape, steps)
	for i, v := range t.ints {
		k, ok := placed(v, shape[axis])
		if !ok {
			panic(refusalf("index %d is out of range for shape %v", v, shape))
		}
		from[i] += k * step
	}
	return from
}

// gatherND takes the slices that tuples of indices name.
func gatherND(n *node, shape []int) []moved {
	t := n.indices()
	batch := n.integer("batch_dims", 0)
	b := int(batch)
	if len(t.shape) == 0 || batch < 0 || batch >= int64(min(len(t.shape), len(shape))) || !slices.Equal(t.shape[:b], shape[:b]) {
		panic(refusalf("indices of shape %v, batch_dims %d: they do not fit shape %v", t.shape, batch, shape))
	}
	starts, length := slicesAt(t, shape, b)
	m := moved{shape: slices.Concat(t.shape[:len(t.shape)-1], shape[b+t.shape[len(t.shape)-1]:])}
	fitting(m.shape)
	for _, at := range starts {
		for k := range length {
			m.from = append(m.from, at+k)
		}
	}
	return []moved{m}
}

// slicesAt returns where the slices begin that tuples of indices name, and their length. The first
// axes, so many as batch says, are those of the tuples.
func slicesAt(t *tensor, shape []int, batch int) (starts []int, length int) {
	k := t.shape[len(t.shape)-1]
	if batch+k > len(shape) {
		panic(refusalf("indices of shape %v name more than the axes of shape %v", t.shape, shape))
	}
	steps := stepsOf(shape)
	tuples := len(t.ints) / k
	perBatch := tuples / size(shape[:batch])
	for i := range tuples {
		at := i / perBatch * size(shape[batch:])
		for j, v := range t.ints[i*k : (i+1)*k] {
			p, ok := placed(v, shape[batch+j])
			if !ok {
				panic(refusalf("index %d is out of range for shape %v", v, shape))
			}
			at += p * steps[batch+j]
		}
		starts = append(starts, at)
	}
	return starts, size(shape[batch+k:])
}

// trilu keeps the elements on one side of a diagonal; the others are 0.
func trilu(n *node, shape []int) []moved {
	upper := n.integer("upper", 1)
	k := n.known(1, "k", 0)
	r := len(shape)
	if r < 2 {
		panic(refusalf("shape %v, expected a matrix at least", shape))
	}
	m := moved{shape: shape, from: ordered(size(shape))}
	for i := range m.from {
		row, col := int64(i/shape[r-1]%shape[r-2]), int64(i%shape[r-1])
		if upper != 0 && col-row < k || upper == 0 && col-row > k {
			m.from[i] = -1
		}
	}
	return []moved{m}
}

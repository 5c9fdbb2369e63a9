// Maxima of three values and more, MaxPool among them: each is one neuron with so many pieces. A
// tournament of neurons of two would be the same function, of more regions.

package onnx

import (
	"slices"
)

// largest makes the running value the largest of each group of places, one after the other in refs;
// with the sign −1 the smallest, −max(−x).
func (b *builder) largest(refs []ref, pieces []int, sign float64) {
	if most := slices.Max(pieces); most > maxPieces {
		panic(refusalf("a maximum of %d elements, supported are %d at most", most, maxPieces))
	}
	if b.put(refs); slices.Max(pieces) == 1 {
		return
	}
	b.turn(sign)
	k := b.listed(b.refs)
	out, first := &block{in: k.in, w: k.w, b: k.b, pieces: pieces}, 0
	for _, n := range pieces {
		out.first = append(out.first, first)
		first += n
	}
	b.put(b.append(out))
	b.turn(sign)
}

// maxPieces is that of a layer of maxima (package network).
const maxPieces = 1 << 16

// listed returns a block without activation whose rows are refs: those of one such block itself, or
// copies.
func (b *builder) listed(refs []ref) *block {
	at := refs[0].block
	if at > inputBlock && b.blocks[at].affine() && !slices.ContainsFunc(refs, func(r ref) bool { return r.block != at }) {
		return b.rows(b.blocks[at], refs)
	}
	return b.copied(refs)
}

// maxPool is the maximum over each window. What lies in the padding is left out.
func maxPool(rd *reader, n *node) {
	g, _ := pooling(rd, n)
	batch := rd.shape[0]
	rd.work(g.work(batch, 1)...)
	var from, pieces []int
	g.each(batch, func(b, unit, row int, at func(func(k, pos int))) {
		before, plane := len(from), (b*g.units+unit)*g.plane()
		at(func(_, pos int) { from = append(from, plane+pos) })
		pieces = append(pieces, len(from)-before)
	})
	if slices.Min(pieces) == 0 {
		panic(refusalf("a window lies in the padding alone"))
	}
	shape := g.shape(rd.shape)
	refs := rd.pick(rd.refs, from, 0)
	rd.largest(refs, pieces, 1)
	rd.shape = shape
}

// pooling reads the windows of a pool, and says whether one goes beyond the end.
func pooling(rd *reader, n *node) (g *grid, beyond bool) {
	if r := len(rd.shape); r < 3 || r > axesMost+2 {
		panic(refusalf("shape %v, supported are one to three spatial dimensions", rd.shape))
	}
	g = &grid{axes: n.windows(rd.shape, nil), units: rd.shape[1]}
	for i := range g.axes {
		if a := &g.axes[i]; n.integer("ceil_mode", 0) != 0 {
			before := a.out
			a.roundUp()
			beyond = beyond || a.out > before
		}
	}
	return g, beyond
}

// roundUp adds the position whose window goes beyond the end, if it begins before the padding
// there.
func (a *axis) roundUp() {
	if (a.in+a.before+a.after-a.span())%a.stride != 0 && a.out*a.stride < a.in+a.before {
		a.out++
	}
}

// reduceExtreme is the largest element over axes, or with the sign −1 the smallest.
func reduceExtreme(sign float64) func(*reader, *node) {
	return func(rd *reader, n *node) {
		n.mustRun("data")
		if o := n.reduction(rd.shape); o != nil {
			rd.extremeOver(o, sign)
		}
	}
}

// top is the first of TopK's outputs: the largest values along an axis, or the smallest. The other,
// where they are, jumps.
func top(rd *reader, n *node) {
	n.mustRun("X")
	k := n.known(1, "k", n.integer("k", 0))
	largest := n.integer("largest", 1)
	sorted := n.integer("sorted", 1)
	axis := n.axis(-1, len(rd.shape))
	sign := 1.0
	if largest == 0 {
		sign = -1
	}
	switch length := rd.shape[axis]; {
	case k < 1 || k > int64(length):
		panic(refusalf("of k = %d, expected 1 to the %d elements along the axis", k, length))
	case k == 1:
		rd.extremeOver(overAxes(rd.shape, []int{axis}, true), sign)
		return
	case sorted == 0:
		panic(refusalf("attribute \"sorted\": 0, which leaves the order of %d values open, expected 1", k))
	}
	rd.topSorted(axis, int(k), sign)
}

func globalMaxPool(rd *reader, _ *node) { rd.extremeOver(overPlanes(rd.shape), 1) }

func (rd *reader) extremeOver(o *over, sign float64) {
	refs := rd.pick(rd.refs, o.order(), 0)
	rd.largest(refs, slices.Repeat([]int{o.count}, o.width), sign)
	rd.shape = o.shape
}

// largestOf is the largest of several values, or with the sign −1 the smallest, element by element.
func (rd *reader) largestOf(values []value, sign float64) {
	shape, rows := rd.spreadAll(values...)
	n := len(rows[0])
	refs := make([]ref, 0, n*len(rows))
	for i := range n {
		for _, row := range rows {
			refs = append(refs, row[i])
		}
	}
	rd.largest(refs, slices.Repeat([]int{len(rows)}, n), sign)
	rd.shape = shape
}

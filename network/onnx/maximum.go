// Maxima of three values and more, MaxPool among them: each is one neuron with so many pieces. A
// tournament of neurons of two would be the same function, of more regions.

package onnx

import (
	"errors"
	"fmt"
	"slices"
)

// largest makes the running value the largest of each group of places, one after the other in refs;
// with the sign −1 the smallest, −max(−x).
func (b *builder) largest(refs []ref, pieces []int, sign float64) error {
	if most := slices.Max(pieces); most > maxPieces {
		return fmt.Errorf("a maximum of %d elements, supported are %d at most", most, maxPieces)
	}
	if b.put(refs); slices.Max(pieces) == 1 {
		return nil
	}
	if sign < 0 {
		if err := b.scale(filled(b.width, -1)); err != nil {
			return err
		}
	}
	k, err := b.listed(b.refs)
	if err != nil {
		return err
	}
	out, first := &block{in: k.in, w: k.w, b: k.b, pieces: pieces}, 0
	for _, n := range pieces {
		out.first = append(out.first, first)
		first += n
	}
	b.put(b.append(out))
	if sign < 0 {
		return b.scale(filled(b.width, -1))
	}
	return nil
}

// maxPieces is that of a layer of maxima (package network).
const maxPieces = 1 << 16

// listed returns a block without activation whose rows are refs: those of one such block itself, or
// copies.
func (b *builder) listed(refs []ref) (*block, error) {
	at := refs[0].block
	if at > inputBlock && b.blocks[at].affine() && !slices.ContainsFunc(refs, func(r ref) bool { return r.block != at }) {
		return b.rows(b.blocks[at], refs)
	}
	return b.copied(refs)
}

// maxPool is the maximum over each window. What lies in the padding is left out.
func maxPool(rd *reader, n *node) error {
	ceil, err := n.integer("ceil_mode", 0)
	if err != nil {
		return err
	}
	if r := len(rd.shape); r < 3 || r > axesMost+2 {
		return fmt.Errorf("shape %v, supported are one to three spatial dimensions", rd.shape)
	}
	win, err := n.windows(rd.shape, nil)
	if err != nil {
		return err
	}
	for i := range win {
		if ceil != 0 {
			win[i].roundUp()
		}
	}
	g := grid{axes: win, units: rd.shape[1]}
	batch := rd.shape[0]
	if err := rd.work(g.work(batch, 1)...); err != nil {
		return err
	}
	var from, pieces []int
	g.each(batch, func(b, unit, row int, at func(func(k, pos int))) {
		before, plane := len(from), (b*g.units+unit)*g.plane()
		at(func(_, pos int) { from = append(from, plane+pos) })
		pieces = append(pieces, len(from)-before)
	})
	if slices.Min(pieces) == 0 {
		return errors.New("a window lies in the padding alone")
	}
	shape := g.shape(rd.shape)
	refs, err := rd.pick(rd.refs, from, 0)
	if err != nil {
		return err
	}
	if err := rd.largest(refs, pieces, 1); err != nil {
		return err
	}
	rd.shape = shape
	return nil
}

// roundUp adds the position whose window goes beyond the end, if it begins before the padding
// there.
func (a *axis) roundUp() {
	if span := a.dilation*(a.kernel-1) + 1; (a.in+a.before+a.after-span)%a.stride != 0 && a.out*a.stride < a.in+a.before {
		a.out++
	}
}

// reduceExtreme is the largest element over axes, or with the sign −1 the smallest.
func reduceExtreme(sign float64) func(*reader, *node) error {
	return func(rd *reader, n *node) error {
		if err := n.mustRun(0, "data"); err != nil {
			return err
		}
		o, err := n.reduction(rd.shape)
		if o == nil || err != nil {
			return err
		}
		return rd.extremeOver(o, sign)
	}
}

// top is the first of TopK's outputs: the largest values along an axis, or the smallest. The other,
// where they are, jumps.
func top(rd *reader, n *node) error {
	if err := n.mustRun(0, "X"); err != nil {
		return err
	}
	k, err1 := n.integer("k", 0)
	largest, err2 := n.integer("largest", 1)
	sorted, err3 := n.integer("sorted", 1)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	if n.has(1) {
		t, err := n.indices(1)
		if err != nil {
			return err
		}
		if k = 0; len(t.ints) == 1 {
			k = t.ints[0]
		}
	}
	axis, err := n.axis(-1, len(rd.shape))
	if err != nil {
		return err
	}
	sign := 1.0
	if largest == 0 {
		sign = -1
	}
	switch length := rd.shape[axis]; {
	case k < 1 || k > int64(length):
		return fmt.Errorf("of k = %d, expected 1 to the %d elements along the axis", k, length)
	case k == 1:
		return rd.extremeOver(overAxes(rd.shape, []int{axis}, true), sign)
	case sorted == 0:
		return fmt.Errorf("attribute \"sorted\": 0, which leaves the order of %d values open, expected 1", k)
	}
	return rd.topSorted(axis, int(k), sign)
}

func globalMaxPool(rd *reader, _ *node) error {
	if len(rd.shape) < 3 {
		return fmt.Errorf("shape %v, expected a batch, channels and the rest", rd.shape)
	}
	return rd.extremeOver(overAxes(rd.shape, ordered(len(rd.shape))[2:], true), 1)
}

func (rd *reader) extremeOver(o *over, sign float64) error {
	order := ordered(rd.width)
	slices.SortStableFunc(order, func(i, j int) int { return o.from[i] - o.from[j] })
	refs, err := rd.pick(rd.refs, order, 0)
	if err != nil {
		return err
	}
	if err := rd.largest(refs, slices.Repeat([]int{o.count}, o.width), sign); err != nil {
		return err
	}
	rd.shape = o.shape
	return nil
}

// largestOf is the largest of several values, or with the sign −1 the smallest, element by element.
func (rd *reader) largestOf(values []value, sign float64) error {
	shape := values[0].shape
	for _, v := range values[1:] {
		s, _, err := broadcast(shape, v.shape)
		if err != nil {
			return err
		}
		shape = s
	}
	rows := make([][]ref, len(values))
	for i, v := range values {
		_, from, err := broadcast(v.shape, shape)
		if err != nil {
			return err
		}
		if rows[i], err = rd.pick(v.refs, from, 0); err != nil {
			return err
		}
	}
	n := len(rows[0])
	refs := make([]ref, 0, n*len(rows))
	for i := range n {
		for _, row := range rows {
			refs = append(refs, row[i])
		}
	}
	if err := rd.largest(refs, slices.Repeat([]int{len(rows)}, n), sign); err != nil {
		return err
	}
	rd.shape = shape
	return nil
}

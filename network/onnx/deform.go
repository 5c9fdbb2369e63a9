// DeformConv: a convolution whose window reads at places that are moved, each by an offset of its
// own, a constant here; a mask may weigh what is read there.

package onnx

import (
	"math/big"
	"slices"
)

func deformConv(rd *reader, n *node) {
	n.mustRun("X")
	wt := n.floats(1, "W")
	in := rd.shape
	if len(in) != 4 || len(wt.shape) != 4 {
		panic(refusalf("shape %v and weights of shape %v, supported are convolutions in two dimensions", in, wt.shape))
	}
	group, parts := n.integer("group", 1), n.integer("offset_group", 1)
	units, channels := wt.shape[0], in[1]
	if group < 1 || group > int64(units) || units%int(group) != 0 || wt.shape[1]*int(group) != channels {
		panic(refusalf("weights of shape %v, group %d: they do not fit %d channels", wt.shape, group, channels))
	}
	if parts < 1 || parts > int64(channels) || channels%int(parts) != 0 {
		panic(refusalf("attribute \"offset_group\": %d, expected a divisor of %d channels", parts, channels))
	}
	win := n.windows(in, wt.shape[2:])
	c := &deforming{rd: rd, wt: wt, in: in, y: win[axesMost-2], x: win[axesMost-1], group: int(group), parts: int(parts)}
	c.offset = c.moves(n, 2, "offset", 2)
	if n.has(4) {
		c.mask = c.moves(n, 4, "mask", 1)
	}
	c.kernel = wt.shape[2] * wt.shape[3]
	most := wt.shape[1] * c.kernel * 4
	shape := []int{in[0], units, c.y.out, c.x.out}
	c.read()
	sampled(rd, "DeformConv: weights of elements", shape, most, c.taps)
	n.args = slices.Clone(n.args[:min(len(n.args), 4)])
	if n.has(3) { // the bias, which of a convolution is input 2
		n.args[2] = n.args[3]
		channelBias(rd, n, units)
	}
}

// deforming is a convolution at places that are moved.
type deforming struct {
	rd           *reader
	wt           *tensor
	offset, mask []float64
	in           []int
	y, x         axis
	kernel       int
	group, parts int
	// under has what is read for each element of the batch, part, position of the window and place
	// of the result, in this order.
	under [][]tap
}

// moves returns input i, of so many numbers for each position of the window and place of the
// result.
func (c *deforming) moves(n *node, i int, what string, count int) []float64 {
	t := n.floats(i, what)
	want := []int{c.in[0], c.parts * c.wt.shape[2] * c.wt.shape[3] * count, c.y.out, c.x.out}
	if !slices.Equal(t.shape, want) {
		panic(refusalf("input %d (%s): shape %v, expected %v", i, what, t.shape, want))
	}
	return t.floats
}

// read finds what is read where.
func (c *deforming) read() {
	plane := c.y.out * c.x.out
	c.rd.work(c.in[0], c.parts, c.kernel, plane, 4, keptWork)
	c.under = make([][]tap, c.in[0]*c.parts*c.kernel*plane)
	for i := range c.under {
		at, window := i%plane, i/plane // of a batch, a part and a position k
		k := window % c.kernel
		place := func(a axis, position, o, coordinate int) []tap {
			x := new(big.Rat)
			x.SetFloat64(c.offset[(window*2+coordinate)*plane+at])
			x.Add(x, big.NewRat(int64(o*a.stride-a.before+position*a.dilation), 1))
			return between(x, a.in)
		}
		c.under[i] = crossed([][]tap{place(c.y, k/c.x.kernel, at/c.x.out, 0), place(c.x, k%c.x.kernel, at%c.x.out, 1)}, c.in[2:])
		if c.mask != nil {
			m := new(big.Rat)
			m.SetFloat64(c.mask[i])
			for j := range c.under[i] {
				c.under[i][j].weight.Mul(c.under[i][j].weight, m)
			}
		}
	}
}

// taps are those of element i of the result.
func (c *deforming) taps(i int) (all []tap) {
	plane, units, perGroup := c.y.out*c.x.out, c.wt.shape[0], c.wt.shape[1]
	batch, unit, at := i/plane/units, i/plane%units, i%plane
	first := unit / (units / c.group) * perGroup
	for j := range perGroup {
		channel := first + j
		part := channel / (c.in[1] / c.parts)
		for k := range c.kernel {
			w := new(big.Rat)
			w.SetFloat64(c.wt.floats[(unit*perGroup+j)*c.kernel+k])
			for _, t := range c.under[((batch*c.parts+part)*c.kernel+k)*plane+at] {
				all = append(all, tap{(batch*c.in[1]+channel)*c.in[2]*c.in[3] + t.at, new(big.Rat).Mul(t.weight, w)})
			}
		}
	}
	return all
}

package certificate

// The bounds of a node: a zonotope goes forward through the network, in integers that are rounded
// outward. docs/safety-proof.md §4 is what this file does, and says why each slack is there.

import (
	"context"
	"math/bits"
	"slices"
)

// bounds is what is known of a node; some of its memory is used again for the next.
type bounds struct {
	*safetyNet
	ctx    context.Context
	lo, hi []int64
	unitBounds
	// enters and passes sum up the magnitudes of the values that enter each layer, the outputs
	// last, and of its pre-activations.
	enters, passes []int64
	rows
	spare rows // the storage of the next
	room  int  // the most entries of all columns of a layer: maxRows but in tests
	bad   bool // a number was not small
	// void says that no point has the node's signs; bounded that there are bounds.
	void, bounded bool
	back
}

// unitBounds are bounds l, u of the pre-activation of each unit. side is its sign there, 0 for
// both; an open unit's value is in slope·z + [0, off], or [off, 0].
type unitBounds struct {
	l, u, slope, off []int64
	side             []int8
}

// rows are those of the units of a layer: centres, radii, and a column of generators each.
type rows struct {
	c, r []int64
	g    [][]int64
}

// column appends a column of zeros, in the storage of one that was there before if it can.
func (r *rows) column(units int) []int64 {
	last := len(r.g)
	r.g = slices.Grow(r.g, 1)[:last+1]
	r.g[last] = zeros(r.g[last], units)
	return r.g[last]
}

func newBounds(ctx context.Context, n *safetyNet) *bounds {
	units := func() []int64 { return make([]int64, len(n.carries)) }
	return &bounds{safetyNet: n, ctx: ctx, room: maxRows, unitBounds: unitBounds{units(), units(), units(), units(), make([]int8, len(n.carries))},
		enters: make([]int64, len(n.raw)+1), passes: make([]int64, len(n.raw)), back: back{alpha: make([]int16, len(n.carries)), beta: units()}}
}

// keep returns v, and remembers if it is not small.
func (b *bounds) keep(v int64) int64 {
	if !small(v) {
		b.bad = true
		return 0
	}
	return v
}

// floor returns ⌊w/2^s⌋, and remembers if that is not small.
func (b *bounds) floor(w wide, s uint) int64 {
	v, ok := w.floor(s)
	b.bad = b.bad || !ok
	return v
}

// times returns ⌊x·y/2^F⌋.
func (b *bounds) times(x, y int64) int64 { return b.floor(product(x, y), b.f) }

// timesUp returns ⌈x·y/2^F⌉.
func (b *bounds) timesUp(x, y int64) int64 { return -b.times(-x, y) }

// at computes the bounds of a node.
func (b *bounds) at(n *safetyNode) {
	b.lo, b.hi = n.lo, n.hi
	b.void, b.bounded, b.bad = false, false, b.fixed == nil
	b.multipliers(&claim{}) // those of the last claim are not the node's
	copy(b.side, b.carries)
	for q, s := range n.signs {
		b.side[b.unit[q]] = s
	}
	b.enter()
	for i := 0; i < len(b.fixed) && !b.bad; i++ {
		y := b.fixed[i]
		if b.rows, b.spare = b.affine(y, b.enters[i], b.l[y.first:], b.u[y.first:]), b.rows; b.bad {
			return
		}
		if n.second && i > 0 {
			b.tighten(i)
		}
		if b.settle(y); b.void {
			return
		}
		b.passes[i], b.enters[i+1] = b.activate(y)
	}
	b.bounded = !b.bad
}

// enter makes the rows of the inputs.
func (b *bounds) enter() {
	b.rows, b.enters[0] = rows{zeros(b.c, b.inputs), zeros(b.r, b.inputs), b.g[:0]}, 0
	for k, lo := range b.lo {
		hi := b.hi[k]
		b.enters[0] = b.keep(b.enters[0] + max(lo, -lo, hi, -hi))
		if b.c[k], b.r[k] = lo, hi-lo; hi-lo >= 2 {
			if b.c[k], b.r[k] = (lo+hi)>>1, 0; !b.fits(len(b.g)+1, b.inputs) {
				return
			}
			b.column(b.inputs)[k] = b.keep(hi - b.c[k])
		}
	}
}

// fits says whether there is room for so many columns of so many units.
func (b *bounds) fits(columns, units int) bool {
	b.bad = b.bad || columns > b.room/units
	return !b.bad
}

// apply sets to to the products of rows, times 2^−s, with v; of their sizes if dot says so.
func (b *bounds) apply(to []int64, m []sparse, v []int64, s uint, dot func(*sparse, []int64) wide) []int64 {
	to = zeros(to, len(m))
	for j := 0; j < len(m) && !b.bad; j++ {
		to[j] = b.floor(dot(&m[j], v), s)
	}
	b.bad = b.bad || b.ctx.Err() != nil
	return to
}

// affine makes the rows of a layer's pre-activations, and bounds them. enters sums up what enters
// it.
func (b *bounds) affine(y *fixedLayer, enters int64, l, u []int64) (next rows) {
	if !b.fits(len(b.g), len(y.rows)) {
		return rows{}
	}
	extra := int64(len(b.g)) + 3
	if y.rounded {
		extra += enters>>y.s + 1
	}
	next = b.spare
	next.c, next.r, next.g = b.apply(next.c, y.rows, b.c, y.s, (*sparse).dot), b.apply(next.r, y.rows, b.r, y.s, (*sparse).dotSizes), next.g[:0]
	for j, bias := range y.bias {
		next.c[j], next.r[j] = b.keep(next.c[j]+bias), b.keep(next.r[j]+extra)
	}
	reach := slices.Clone(next.r)
	for _, g := range b.g {
		for j, v := range b.apply(next.column(len(y.rows)), y.rows, g, y.s, (*sparse).dot) {
			reach[j] = b.keep(reach[j] + max(v, -v))
		}
	}
	for j, c := range next.c {
		l[j], u[j] = b.keep(c-reach[j]), b.keep(c+reach[j])
	}
	return next
}

// settle lets the node's signs cut the bounds of a layer, and the bounds give sides to others.
func (b *bounds) settle(y *fixedLayer) {
	for j, kind := range y.kind {
		switch q := y.first + j; {
		case kind == 0:
		case b.side[q] > 0:
			b.l[q] = max(b.l[q], 0)
		case b.side[q] < 0:
			b.u[q] = min(b.u[q], 0)
		case b.u[q] <= 0:
			b.side[q] = -1
		case b.l[q] >= 0:
			b.side[q] = +1
		}
		b.void = b.void || b.l[y.first+j] > b.u[y.first+j]
	}
}

// activate makes the rows of what a layer passes on, and sums up the magnitudes before and behind.
func (b *bounds) activate(y *fixedLayer) (passes, enters int64) {
	old := len(b.g)
	for j, low := range y.low {
		q, high := y.first+j, y.high[j]
		l, u, below := b.l[q], b.u[q], max(-b.l[q], 0)
		passes = b.keep(passes + max(l, -l, u, -u))
		enters = b.keep(enters + max(u, b.timesUp(max(low, -low, high, -high), below), 0))
		switch {
		case b.side[q] == 0:
			if !b.fits(len(b.g)+1, len(y.low)) {
				return
			}
			b.chord(y, j)
			b.scale(j, b.slope[q], old)
			half := b.off[q] / 2 // towards 0
			b.column(len(y.low))[j] = max(b.off[q]-half, half-b.off[q])
			b.c[j] = b.keep(b.c[j] + half)
		case b.side[q] < 0:
			b.scale(j, low, old)
			if low != high {
				b.r[j] = b.keep(b.r[j] + below>>b.f + 1)
			} else if low == 0 {
				b.r[j] = 0
			}
		}
	}
	return passes, enters
}

// scale multiplies the first columns of row j, so many, by a slope.
func (b *bounds) scale(j int, slope int64, columns int) {
	b.c[j] = b.times(slope, b.c[j])
	for _, g := range b.g[:columns] {
		g[j] = b.times(slope, g[j])
	}
	b.r[j] = b.keep(b.timesUp(max(slope, -slope), b.r[j]) + int64(columns) + 1)
}

// between returns a slope from that of unit j below 0 to 1, rounded to the safe side; part of the
// way, times 2^−shift, leads to 1.
func (b *bounds) between(y *fixedLayer, j int, part int64, shift uint) int64 {
	one := int64(1) << b.f
	if y.kind[j] < 0 {
		return y.high[j] + b.floor(product(one-y.high[j], part), shift)
	}
	return y.low[j] - b.floor(product(y.low[j]-one, part), shift)
}

// chord draws the lines around an open unit.
func (b *bounds) chord(y *fixedLayer, j int) {
	q, one := y.first+j, int64(1)<<b.f
	l, u := b.l[q], b.u[q]
	share, _ := bits.Div64(uint64(u)>>(64-b.f), uint64(u)<<b.f, uint64(u-l)) // ⌊2^F·u/(u − l)⌋
	s := b.between(y, j, int64(share), b.f)
	if b.slope[q] = s; y.kind[j] < 0 {
		b.off[q] = max(b.timesUp(s-y.low[j], -l), b.timesUp(one-s, u))
	} else {
		b.off[q] = -max(b.timesUp(y.high[j]-s, -l), b.timesUp(s-one, u))
	}
}

package certificate

// The bounds of a node: a zonotope goes forward through the network, in integers that are rounded
// outward. docs/safety-proof.md §4 is what this file does, and says why each slack is there.

import (
	"context"
	"slices"
)

// bounds is what is known of a node; its memory is used again for the next.
type bounds struct {
	*safetyNet
	ctx    context.Context
	lo, hi []int64
	// signs are those that the node gives to units, 0 for none.
	signs []int8
	unitBounds
	// enters and passes sum up the magnitudes of the values that enter each layer, the outputs
	// last, and of its pre-activations.
	enters, passes []int64
	rows
	spare [][]int64 // the storage of the next columns
	room  int       // the most entries of all columns of a layer: maxRows but in tests
	bad   bool      // a number was not small
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

func newBounds(ctx context.Context, n *safetyNet) *bounds {
	b := &bounds{safetyNet: n, ctx: ctx, room: maxRows, signs: make([]int8, n.units), unitBounds: unitBounds{side: make([]int8, n.units)},
		enters: make([]int64, len(n.raw)+1), passes: make([]int64, len(n.raw))}
	for _, v := range []*[]int64{&b.l, &b.u, &b.slope, &b.off} {
		*v = make([]int64, n.units)
	}
	b.alpha, b.beta = make([]int16, n.units), make([]int64, n.units)
	for q := range b.alpha {
		b.alpha[q] = -1
	}
	return b
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
	clear(b.signs)
	clear(b.side)
	b.multipliers(&claim{}) // those of the last claim are not the node's
	for _, s := range n.signs {
		b.signs[b.unit[s.q]] = s.s
	}
	if b.bad {
		return
	}
	b.enter()
	for i := range b.fixed {
		if b.affine(i); b.bad {
			return
		}
		if n.second && i > 0 {
			b.tighten(i)
		}
		if b.void = b.settle(i); b.void {
			return
		}
		if b.activate(i); b.bad {
			return
		}
	}
	b.bounded = true
}

// enter makes the rows of the inputs.
func (b *bounds) enter() {
	n := b.inputs
	b.c, b.r, b.g = resize(b.c, n), resize(b.r, n), b.g[:0]
	most := int64(0)
	for k, lo := range b.lo {
		hi := b.hi[k]
		most = b.keep(most + max(lo, -lo, hi, -hi))
		if b.c[k], b.r[k] = lo, hi-lo; hi-lo >= 2 {
			if b.c[k], b.r[k] = (lo+hi)>>1, 0; !b.fits(len(b.g)+1, n) {
				return
			}
			column(&b.g, n)[k] = b.keep(hi - b.c[k])
		}
	}
	b.enters[0] = most
}

func resize(v []int64, n int) []int64 { return slices.Grow(v[:0], n)[:n] }

// fits says whether there is room for so many columns of so many units.
func (b *bounds) fits(columns, units int) bool {
	b.bad = b.bad || columns > b.room/units
	return !b.bad
}

// column appends a column of zeros.
func column(g *[][]int64, n int) []int64 {
	*g = slices.Grow(*g, 1)[:len(*g)+1]
	at := &(*g)[len(*g)-1]
	*at = resize(*at, n)
	clear(*at)
	return *at
}

// affine makes the rows of layer i's pre-activations, and their first bounds.
func (b *bounds) affine(i int) {
	y := &b.fixed[i]
	if !b.fits(len(b.g), y.out) {
		return
	}
	extra := int64(len(b.g)) + 3
	if y.rounded {
		extra += b.enters[i]>>y.s + 1
	}
	c, r := make([]int64, y.out), make([]int64, y.out)
	next := b.spare[:0]
	for range b.g {
		column(&next, y.out)
	}
	for j := range y.rows {
		if b.bad = b.bad || b.ctx.Err() != nil; b.bad {
			return
		}
		var radius int64
		c[j], r[j], radius = b.row(&y.rows[j], y.s, y.bias[j], extra, func(k int, v int64) { next[k][j] = v })
		b.l[y.first+j], b.u[y.first+j] = b.keep(c[j]-radius), b.keep(c[j]+radius)
	}
	b.c, b.r, b.g, b.spare = c, r, next, b.g
}

// row returns the row of an affine form w·2^−s of the present rows, and how far it reaches from its
// centre; to gets its generators. The slack of its floors, extra, joins its radius.
func (b *bounds) row(w *sparse, s uint, bias, extra int64, to func(k int, v int64)) (c, r, radius int64) {
	c = b.keep(b.floor(w.dot(b.c), s) + bias)
	r = b.keep(b.floor(w.dotSizes(b.r), s) + extra)
	radius = r
	for k, g := range b.g {
		v := b.floor(w.dot(g), s)
		to(k, v)
		radius = b.keep(radius + max(v, -v))
	}
	return c, r, radius
}

// settle lets the node's signs cut the bounds of layer i. It says whether the node is void.
func (b *bounds) settle(i int) (void bool) {
	y := &b.fixed[i]
	for j := range y.out {
		q := y.first + j
		switch b.signs[q] {
		case +1:
			b.l[q] = max(b.l[q], 0)
		case -1:
			b.u[q] = min(b.u[q], 0)
		}
		void = void || b.l[q] > b.u[q]
		switch {
		case y.kind[j] == 0:
			b.side[q] = +1
		case b.signs[q] != 0:
			b.side[q] = b.signs[q]
		case b.u[q] <= 0:
			b.side[q] = -1
		case b.l[q] >= 0:
			b.side[q] = +1
		}
	}
	return void
}

// activate makes the rows of what layer i passes on.
func (b *bounds) activate(i int) {
	y, old := &b.fixed[i], len(b.g)
	for j := range y.out {
		if b.ctx.Err() != nil {
			b.bad = true
			return
		}
		q := y.first + j
		l, u := b.l[q], b.u[q]
		b.passes[i] = b.sum(b.passes[i], max(l, -l, u, -u), j)
		m := max(u, b.timesUp(max(y.low[j], -y.low[j], y.high[j], -y.high[j]), max(-l, 0)), 0)
		b.enters[i+1] = b.sum(b.enters[i+1], m, j)
		switch b.side[q] {
		case 0:
			if !b.fits(len(b.g)+1, y.out) {
				return
			}
			b.chord(y, j)
			off := b.off[q]
			b.scale(j, b.slope[q], old)
			half := max(off, -off) >> 1
			column(&b.g, y.out)[j] = max(off, -off) - half
			if off < 0 {
				half = -half
			}
			b.c[j] = b.keep(b.c[j] + half)
		case -1:
			b.scale(j, y.low[j], old)
			if b.zero[q] {
				b.r[j] = 0
			} else if y.low[j] != y.high[j] {
				b.r[j] = b.keep(b.r[j] + max(-l, 0)>>b.f + 1)
			}
		}
	}
}

// sum adds v, the summand of unit j, to a sum over units.
func (b *bounds) sum(sum, v int64, j int) int64 {
	if j == 0 {
		sum = 0
	}
	return b.keep(sum + v)
}

// scale multiplies the first columns of row j, so many, by a slope.
func (b *bounds) scale(j int, slope int64, columns int) {
	b.c[j] = b.times(slope, b.c[j])
	for _, g := range b.g[:columns] {
		g[j] = b.times(slope, g[j])
	}
	b.r[j] = b.keep(b.timesUp(max(slope, -slope), b.r[j]) + int64(columns) + 1)
}

// chord draws the lines around an open unit.
func (b *bounds) chord(y *fixedLayer, j int) {
	q, one := y.first+j, int64(1)<<b.f
	l, u, low, high := b.l[q], b.u[q], y.low[j], y.high[j]
	share := quotient(u, b.f, u-l)
	if y.kind[j] < 0 {
		s := high + b.times(one-high, share)
		b.slope[q], b.off[q] = s, max(b.timesUp(s-low, -l), b.timesUp(one-s, u))
		return
	}
	s := low - b.times(low-one, share)
	b.slope[q], b.off[q] = s, -max(b.timesUp(high-s, -l), b.timesUp(s-one, u))
}

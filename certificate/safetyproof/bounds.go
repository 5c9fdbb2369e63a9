package safetyproof

// The bounds of a node: a zonotope goes forward through the network, in integers that are rounded
// outward. docs/safety-proof.md §4 is what this file does, and says why each slack is there.

import (
	"math/bits"
	"slices"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// bounds is what is known of a node; some of its memory is used again for the next.
type bounds struct {
	*network
	*canonical.Verdict
	lo, hi []int64
	units  []unitBounds
	// enters and passes sum up the magnitudes of the values that enter each layer, the outputs
	// last, and of its pre-activations.
	enters, passes []int64
	rows
	spare rows // the storage of the next
	sums  sums
	room  int // the most entries of all columns of a layer: maxRows but in tests
	// void says that no point has the node's signs; bounded that there are bounds.
	void, bounded bool
	back
}

// unitBounds are bounds l, u of the pre-activation z of a unit. side is its sign there, 0 for both;
// an open unit's value is in slope·z + [0, off], or [off, 0].
type unitBounds struct {
	l, u, slope, off int64
	side             int8
	// alpha is, in 256ths, the place of an open unit's line through 0 between slope a and slope 1,
	// and usual that where no claim has one. beta is added to the coefficient of z.
	usual, alpha, beta int64
}

// rows are those of the units of a layer: centres, radii, and a column of generators each.
type rows struct {
	c, r []int64
	g    []entries
}

// column appends a column of zeros, in the storage of one that was there before if it can.
func (r *rows) column() *entries {
	last := len(r.g)
	r.g = slices.Grow(r.g, 1)[:last+1]
	r.g[last].clear()
	return &r.g[last]
}

func newBounds(v *canonical.Verdict, n *network) *bounds {
	return &bounds{network: n, Verdict: v, units: make([]unitBounds, len(n.carries)), enters: make([]int64, len(n.raw)+1), passes: make([]int64, len(n.raw)),
		sums: sums{of: make([]wide, n.inputs+len(n.carries))}, room: maxRows}
}

// fits says whether all numbers are small that run comes to.
func (b *bounds) fits(run func()) bool {
	if fits(run) {
		return true
	}
	clear(b.sums.of)
	return false
}

// times returns ⌊x·y/2^F⌋.
func (b *bounds) times(x, y int64) int64 { return product(x, y).floor(b.f) }

// timesUp returns ⌈x·y/2^F⌉.
func (b *bounds) timesUp(x, y int64) int64 { return -b.times(-x, y) }

// of computes the bounds of a node.
func (b *bounds) of(n *node) {
	b.lo, b.hi, b.void, b.signs = n.lo, n.hi, false, false
	for q, side := range b.carries {
		b.units[q] = unitBounds{side: side}
	}
	for q, s := range n.signs {
		b.units[b.unit[q]].side = s
	}
	b.bounded = b.fixed != nil && b.fits(func() {
		b.enter()
		for i, y := range b.fixed {
			b.rows, b.spare = b.affine(y, b.enters[i], b.units[y.first:]), b.rows
			if n.second && i > 0 {
				b.tighten(i)
			}
			if b.settle(y); b.void {
				return
			}
			b.passes[i], b.enters[i+1] = b.activate(y)
		}
	}) && !b.void
}

// enter makes the rows of the inputs.
func (b *bounds) enter() {
	b.rows, b.enters[0] = rows{zeros(b.c, b.inputs), zeros(b.r, b.inputs), b.g[:0]}, 0
	for k, lo := range b.lo {
		hi := b.hi[k]
		b.enters[0] = small(b.enters[0] + max(lo, -lo, hi, -hi))
		if b.c[k], b.r[k] = lo, hi-lo; hi-lo >= 2 {
			b.c[k], b.r[k] = (lo+hi)>>1, 0
			b.column().put(int32(k), small(hi-b.c[k]))
		}
	}
	b.fit(b.inputs)
}

// fit asks for room for the columns of so many units.
func (b *bounds) fit(units int) {
	if len(b.g) > b.room/units {
		panic(tooLarge{})
	}
}

// product adds up lines times v, and says which of so many sums may not be 0.
func (b *bounds) product(lines []entries, v entries, n int, sizes bool) (at []int32) {
	if b.Ended() {
		panic(tooLarge{}) // the check ends
	}
	products := 0
	for i, k := range v.at {
		if x := v.v[i]; x != 0 {
			b.sums.add(&lines[k], x, sizes)
			products += len(lines[k].at)
		}
	}
	if products >= n {
		return b.sums.first(n)
	}
	b.sums.some = b.sums.some[:0]
	for _, k := range v.at {
		b.sums.some = append(b.sums.some, lines[k].at...)
	}
	return b.sums.some // what is taken once is 0 when it comes again
}

// apply sets to to so many products of lines with v, times 2^−s, or of their sizes.
func (b *bounds) apply(to []int64, n int, lines []entries, v []int64, s uint, sizes bool) []int64 {
	to = zeros(to, n)
	for _, j := range b.product(lines, entries{b.sums.first(len(v)), v}, n, sizes) {
		to[j] += b.sums.take(j).floor(s)
	}
	return to
}

// affine makes the rows of a layer's pre-activations, and bounds them. enters sums up what enters
// it.
func (b *bounds) affine(y *fixedLayer, enters int64, to []unitBounds) (next rows) {
	n := len(y.rows)
	b.fit(n)
	extra := int64(len(b.g)) + 3
	if y.rounded {
		extra += enters>>y.s + 1
	}
	next = rows{b.apply(b.spare.c, n, y.columns, b.c, y.s, false), b.apply(b.spare.r, n, y.columns, b.r, y.s, true), b.spare.g[:0]}
	for j, bias := range y.bias {
		next.c[j], next.r[j] = small(next.c[j]+bias), small(next.r[j]+extra)
	}
	reach := slices.Clone(next.r)
	for _, g := range b.g {
		column := next.column()
		for _, j := range b.product(y.columns, g, n, false) {
			v := b.sums.take(j).floor(y.s)
			column.put(j, v)
			reach[j] = small(reach[j] + max(v, -v))
		}
	}
	for j, c := range next.c {
		to[j].l, to[j].u = small(c-reach[j]), small(c+reach[j])
	}
	return next
}

// settle lets the node's signs cut the bounds of a layer, and the bounds give sides to others.
func (b *bounds) settle(y *fixedLayer) {
	for j, bend := range y.bend {
		q := &b.units[y.first+j]
		switch {
		case bend == 0:
		case q.side > 0:
			q.l = max(q.l, 0)
		case q.side < 0:
			q.u = min(q.u, 0)
		case q.u <= 0:
			q.side = -1
		case q.l >= 0:
			q.side = +1
		}
		b.void = b.void || q.l > q.u
	}
}

// activate makes the rows of what a layer passes on, and sums up the magnitudes before and behind.
func (b *bounds) activate(y *fixedLayer) (passes, enters int64) {
	old, one := len(b.g), int64(1)<<b.f
	for j, low := range y.low {
		q, high := &b.units[y.first+j], y.high[j]
		below := max(-q.l, 0)
		passes = small(passes + max(q.l, -q.l, q.u, -q.u))
		enters = small(enters + max(q.u, b.timesUp(max(low, -low, high, -high), below), 0))
		switch {
		case q.side > 0:
			q.slope = one
			continue
		case q.side < 0:
			q.slope = low
		default:
			b.chord(y, j, q)
		}
		b.c[j], b.r[j] = b.times(q.slope, b.c[j]), small(b.timesUp(max(q.slope, -q.slope), b.r[j])+int64(old)+1)
		switch {
		case q.side == 0:
			half := q.off / 2 // towards 0
			b.c[j] = small(b.c[j] + half)
			b.column().put(int32(j), max(q.off-half, half-q.off))
		case low != high:
			b.r[j] = small(b.r[j] + below>>b.f + 1)
		case low == 0:
			b.r[j] = 0
		}
	}
	b.fit(len(y.low))
	for k, g := range b.g[:old] {
		to := &b.g[k]
		to.clear() // no entry is passed by one that is put
		for i, j := range g.at {
			v := g.v[i]
			if slope := b.units[y.first+int(j)].slope; slope != one {
				v = b.times(slope, v)
			}
			to.put(j, v)
		}
	}
	return passes, enters
}

// between returns a slope from that of unit j below 0, on its side from, to 1; part of the way,
// times 2^−shift, leads to 1.
func (y *fixedLayer) between(j int, one, part int64, shift uint) int64 {
	s, from := y.bend[j], y.high[j]
	if s < 0 {
		from = y.low[j]
	}
	return from + s*product(s*(one-from), part).floor(shift)
}

// chord draws the lines around an open unit.
func (b *bounds) chord(y *fixedLayer, j int, q *unitBounds) {
	one, s, a := int64(1)<<b.f, y.bend[j], y.low[j]
	if s < 0 {
		a = y.high[j]
	}
	share, _ := bits.Div64(uint64(q.u)>>(64-b.f), uint64(q.u)<<b.f, uint64(q.u-q.l)) // ⌊2^F·u/(u − l)⌋
	if q.u > -q.l {
		q.usual, q.alpha = 256, 256
	}
	q.slope = y.between(j, one, int64(share), b.f)
	q.off = s * max(b.timesUp(s*(q.slope-a), -q.l), b.timesUp(s*(one-q.slope), q.u))
}

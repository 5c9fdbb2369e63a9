package safetyproof

// The bounds of a node: a zonotope goes forward through the network, in integers that are rounded
// outward. docs/safety-proof.md §4 is what this file does, and says why each slack is there.

import (
	"math/bits"
	"slices"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/safetyproof/internal/fixed"
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
	sums  fixed.Sums
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
	g    []fixed.Entries
}

// column appends a column of zeros, in the storage of one that was there before if it can.
func (r *rows) column() *fixed.Entries {
	last := len(r.g)
	r.g = slices.Grow(r.g, 1)[:last+1]
	r.g[last].Clear()
	return &r.g[last]
}

func newBounds(v *canonical.Verdict, n *network) *bounds {
	return &bounds{network: n, Verdict: v, units: make([]unitBounds, len(n.carries)), enters: make([]int64, len(n.Layers)+1), passes: make([]int64, len(n.Layers)),
		sums: fixed.NewSums(n.Inputs + len(n.carries)), room: maxRows}
}

// fits says whether all numbers are small that run comes to.
func (b *bounds) fits(run func()) bool {
	if fixed.Fits(run) {
		return true
	}
	b.sums.Reset()
	return false
}

// times returns ⌊x·y/2^F⌋.
func (b *bounds) times(x, y int64) int64 { return fixed.Product(x, y).Floor(b.f) }

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
			b.rows, b.spare = b.affine(y, b.enters[i], b.units[y.First:]), b.rows
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
	b.rows, b.enters[0] = rows{zeros(b.c, b.Inputs), zeros(b.r, b.Inputs), b.g[:0]}, 0
	for k, lo := range b.lo {
		hi := b.hi[k]
		b.enters[0] = fixed.Small(b.enters[0] + max(lo, -lo, hi, -hi))
		if b.c[k], b.r[k] = lo, hi-lo; hi-lo >= 2 {
			b.c[k], b.r[k] = (lo+hi)>>1, 0
			b.column().Put(int32(k), fixed.Small(hi-b.c[k]))
		}
	}
	b.fit(b.Inputs)
}

// fit asks for room for the columns of so many units.
func (b *bounds) fit(units int) {
	if len(b.g) > b.room/units {
		fixed.Overflow()
	}
}

// product adds up lines times v, and says which of so many sums may not be 0.
func (b *bounds) product(lines []fixed.Entries, v fixed.Entries, n int, sizes bool) (at []int32) {
	if b.Ended() {
		fixed.Overflow()
	}
	return b.sums.Multiply(lines, v, n, sizes)
}

// apply sets to to so many products of lines with v, times 2^−s, or of their sizes.
func (b *bounds) apply(to []int64, n int, lines []fixed.Entries, v []int64, s uint, sizes bool) []int64 {
	to = zeros(to, n)
	for _, j := range b.product(lines, fixed.Entries{At: b.sums.First(len(v)), V: v}, n, sizes) {
		to[j] += b.sums.Take(j).Floor(s)
	}
	return to
}

// affine makes the rows of a layer's pre-activations, and bounds them. enters sums up what enters
// it.
func (b *bounds) affine(y *fixed.Layer, enters int64, to []unitBounds) (next rows) {
	n := len(y.Rows)
	b.fit(n)
	extra := int64(len(b.g)) + 3
	if y.Rounded {
		extra += enters>>y.Shift + 1
	}
	next = rows{b.apply(b.spare.c, n, y.Columns, b.c, y.Shift, false), b.apply(b.spare.r, n, y.Columns, b.r, y.Shift, true), b.spare.g[:0]}
	for j, bias := range y.Bias {
		next.c[j], next.r[j] = fixed.Small(next.c[j]+bias), fixed.Small(next.r[j]+extra)
	}
	reach := slices.Clone(next.r)
	for _, g := range b.g {
		column := next.column()
		for _, j := range b.product(y.Columns, g, n, false) {
			v := b.sums.Take(j).Floor(y.Shift)
			column.Put(j, v)
			reach[j] = fixed.Small(reach[j] + max(v, -v))
		}
	}
	for j, c := range next.c {
		to[j].l, to[j].u = fixed.Small(c-reach[j]), fixed.Small(c+reach[j])
	}
	return next
}

// settle lets the node's signs cut the bounds of a layer, and the bounds give sides to others.
func (b *bounds) settle(y *fixed.Layer) {
	for j, bend := range y.Bend {
		q := &b.units[y.First+j]
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
func (b *bounds) activate(y *fixed.Layer) (passes, enters int64) {
	old, one := len(b.g), int64(1)<<b.f
	for j, low := range y.Low {
		q, high := &b.units[y.First+j], y.High[j]
		below := max(-q.l, 0)
		passes = fixed.Small(passes + max(q.l, -q.l, q.u, -q.u))
		enters = fixed.Small(enters + max(q.u, b.timesUp(max(low, -low, high, -high), below), 0))
		switch {
		case q.side > 0:
			q.slope = one
			continue
		case q.side < 0:
			q.slope = low
		default:
			b.chord(y, j, q)
		}
		b.c[j], b.r[j] = b.times(q.slope, b.c[j]), fixed.Small(b.timesUp(max(q.slope, -q.slope), b.r[j])+int64(old)+1)
		switch {
		case q.side == 0:
			half := q.off / 2 // towards 0
			b.c[j] = fixed.Small(b.c[j] + half)
			b.column().Put(int32(j), max(q.off-half, half-q.off))
		case low != high:
			b.r[j] = fixed.Small(b.r[j] + below>>b.f + 1)
		case low == 0:
			b.r[j] = 0
		}
	}
	b.fit(len(y.Low))
	for k, g := range b.g[:old] {
		to := &b.g[k]
		to.Clear() // no entry is passed by one that is put
		for i, j := range g.At {
			v := g.V[i]
			if slope := b.units[y.First+int(j)].slope; slope != one {
				v = b.times(slope, v)
			}
			to.Put(j, v)
		}
	}
	return passes, enters
}

// chord draws the lines around an open unit.
func (b *bounds) chord(y *fixed.Layer, j int, q *unitBounds) {
	one, s, a := int64(1)<<b.f, y.Bend[j], y.Low[j]
	if s < 0 {
		a = y.High[j]
	}
	share, _ := bits.Div64(uint64(q.u)>>(64-b.f), uint64(q.u)<<b.f, uint64(q.u-q.l)) // ⌊2^F·u/(u − l)⌋
	if q.u > -q.l {
		q.usual, q.alpha = 256, 256
	}
	q.slope = y.Between(j, one, int64(share), b.f)
	q.off = s * max(b.timesUp(s*(q.slope-a), -q.l), b.timesUp(s*(one-q.slope), q.u))
}

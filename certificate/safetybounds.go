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
	sums  sums
	room  int // the most entries of all columns of a layer: maxRows but in tests
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
	g    []column
}

// column has the entries of a column that are not 0, and where they are.
type column struct {
	at []int32
	v  []int64
}

func (g *column) put(at int32, v int64) {
	if v != 0 {
		g.at, g.v = append(g.at, at), append(g.v, v)
	}
}

// column appends a column of zeros, in the storage of one that was there before if it can.
func (r *rows) column() *column {
	last := len(r.g)
	r.g = slices.Grow(r.g, 1)[:last+1]
	g := &r.g[last]
	g.at, g.v = g.at[:0], g.v[:0]
	return g
}

func newBounds(ctx context.Context, n *safetyNet) *bounds {
	units := func() []int64 { return make([]int64, len(n.carries)) }
	widest := n.inputs + len(n.carries)
	return &bounds{safetyNet: n, ctx: ctx, room: maxRows, unitBounds: unitBounds{units(), units(), units(), units(), make([]int8, len(n.carries))},
		sums: sums{make([]wide, widest), make([]wide, widest)}, enters: make([]int64, len(n.raw)+1), passes: make([]int64, len(n.raw)),
		back: back{alpha: make([]int16, len(n.carries)), beta: units()}}
}

// fits says whether all numbers are small that run comes to.
func (b *bounds) fits(run func()) bool {
	if fits(run) {
		return true
	}
	clear(b.sums[0])
	clear(b.sums[1])
	return false
}

// times returns ⌊x·y/2^F⌋.
func (b *bounds) times(x, y int64) int64 { return product(x, y).floor(b.f) }

// timesUp returns ⌈x·y/2^F⌉.
func (b *bounds) timesUp(x, y int64) int64 { return -b.times(-x, y) }

// at computes the bounds of a node.
func (b *bounds) at(n *safetyNode) {
	b.lo, b.hi, b.void = n.lo, n.hi, false
	b.multipliers(&claim{}) // those of the last claim are not the node's
	copy(b.side, b.carries)
	for q, s := range n.signs {
		b.side[b.unit[q]] = s
	}
	b.bounded = b.fixed != nil && b.fits(func() {
		b.enter()
		for i, y := range b.fixed {
			b.rows, b.spare = b.affine(y, b.enters[i], b.l[y.first:], b.u[y.first:]), b.rows
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

// stop ends what is computed where the check ends.
func (b *bounds) stop() {
	if b.ctx.Err() != nil {
		panic(tooLarge{})
	}
}

// apply sets to to as many products of lines, times 2^−s, with v; or of their sizes.
func (b *bounds) apply(to []int64, n int, lines []sparse, v []int64, s uint, sizes bool) []int64 {
	b.stop()
	for k, x := range v {
		if x != 0 {
			b.sums.add(&lines[k], x)
		}
	}
	to = zeros(to, n)
	for j := range to {
		to[j] = b.sums.take(int32(j), sizes).floor(s)
	}
	return to
}

// through takes a column through a layer.
func (b *bounds) through(y *fixedLayer, g, to *column) {
	b.stop()
	entries := 0
	for i, k := range g.at {
		line := &y.columns[k]
		b.sums.add(line, g.v[i])
		entries += len(line[0].at) + len(line[1].at)
	}
	if entries >= len(y.rows) {
		for j := range y.rows {
			to.put(int32(j), b.sums.take(int32(j), false).floor(y.s))
		}
		return
	}
	for _, k := range g.at {
		for part := range y.columns[k] {
			for _, j := range y.columns[k][part].at {
				to.put(j, b.sums.take(j, false).floor(y.s)) // 0 if it was taken
			}
		}
	}
}

// affine makes the rows of a layer's pre-activations, and bounds them. enters sums up what enters
// it.
func (b *bounds) affine(y *fixedLayer, enters int64, l, u []int64) (next rows) {
	b.fit(len(y.rows))
	extra := int64(len(b.g)) + 3
	if y.rounded {
		extra += enters>>y.s + 1
	}
	next = b.spare
	next.c = b.apply(next.c, len(y.rows), y.columns, b.c, y.s, false)
	next.r = b.apply(next.r, len(y.rows), y.columns, b.r, y.s, true)
	next.g = next.g[:0]
	for j, bias := range y.bias {
		next.c[j], next.r[j] = small(next.c[j]+bias), small(next.r[j]+extra)
	}
	reach := slices.Clone(next.r)
	for k := range b.g {
		g := next.column()
		b.through(y, &b.g[k], g)
		for i, j := range g.at {
			reach[j] = small(reach[j] + max(g.v[i], -g.v[i]))
		}
	}
	for j, c := range next.c {
		l[j], u[j] = small(c-reach[j]), small(c+reach[j])
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
	old, one := len(b.g), int64(1)<<b.f
	for j, low := range y.low {
		q, high := y.first+j, y.high[j]
		l, u, below := b.l[q], b.u[q], max(-b.l[q], 0)
		passes = small(passes + max(l, -l, u, -u))
		enters = small(enters + max(u, b.timesUp(max(low, -low, high, -high), below), 0))
		b.slope[q] = one
		if b.side[q] > 0 {
			continue
		}
		if b.slope[q] = low; b.side[q] == 0 {
			b.chord(y, j)
		}
		s := b.slope[q]
		b.c[j], b.r[j] = b.times(s, b.c[j]), small(b.timesUp(max(s, -s), b.r[j])+int64(old)+1)
		switch {
		case b.side[q] == 0:
			half := b.off[q] / 2 // towards 0
			b.c[j] = small(b.c[j] + half)
			b.column().put(int32(j), max(b.off[q]-half, half-b.off[q]))
		case low != high:
			b.r[j] = small(b.r[j] + below>>b.f + 1)
		case low == 0:
			b.r[j] = 0
		}
	}
	b.fit(len(y.low))
	for k, g := range b.g[:old] {
		to := column{g.at[:0], g.v[:0]} // no entry is passed by one that is put
		for i, j := range g.at {
			v := g.v[i]
			if s := b.slope[y.first+int(j)]; s != one {
				v = b.times(s, v)
			}
			to.put(j, v)
		}
		b.g[k] = to
	}
	return passes, enters
}

// between returns a slope from that of unit j below 0 to 1, rounded to the safe side; part of the
// way, times 2^−shift, leads to 1.
func (b *bounds) between(y *fixedLayer, j int, part int64, shift uint) int64 {
	one := int64(1) << b.f
	if y.kind[j] < 0 {
		return y.high[j] + product(one-y.high[j], part).floor(shift)
	}
	return y.low[j] - product(y.low[j]-one, part).floor(shift)
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

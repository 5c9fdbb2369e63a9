package safety

// The bounds of a node in integers: the zonotope that goes forward.

import "math/bits"

// fixedZone holds what is known of one node; its memory is used again for the next.
type fixedZone struct {
	*fixed
	// lo, hi are the box, fixed the sign of a unit, 0 for none.
	lo, hi []int64
	signs  []int8
	second bool // bounds of the second level
	fixedUnits
	// entering is the sum of the magnitudes of what enters each layer, the last one that of the
	// outputs; sizes is the sum of the sizes of a layer's pre-activations.
	entering, sizes []int64
	now, next       fixedRows
	live            live
	floats          liveFloats
	back            fixedBackward
}

// fixedUnits hold what is known of units: l, u bound pre-activations, side is 0 where a unit is
// open, slope and off are the line of an open one.
type fixedUnits struct {
	l, u, slope, off []int64
	side             []int8
}

func newFixedZone(f *fixed) *fixedZone {
	n := f.units
	z := &fixedZone{fixed: f, lo: make([]int64, f.inputs), hi: make([]int64, f.inputs), signs: make([]int8, n),
		fixedUnits: fixedUnits{make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int8, n)},
		entering:   make([]int64, len(f.layers)+1), sizes: make([]int64, len(f.layers))}
	z.back.fixedZone = z
	return z
}

// bound computes all bounds of a node whose box is on the grid. Without bounds, sides are signs.
func (z *fixedZone) bound(n *node, second bool) state {
	z.second = second
	clear(z.signs)
	for _, s := range n.signs {
		z.signs[s.unit] = s.s
	}
	z.forget()
	if !z.fixed.bounds || !z.enter(n) {
		return unbounded
	}
	for i := range z.layers {
		st := z.affine(i)
		if st == bounded {
			if second && i > 0 {
				z.back.tighten(i)
			}
			st = z.settle(i)
		}
		if st == bounded {
			st = z.activate(i)
		}
		if st != bounded {
			z.forget()
			return st
		}
	}
	return bounded
}

// forget leaves the sides that are known without bounds.
func (z *fixedZone) forget() {
	copy(z.side, z.signs)
	for q, at := range z.neuron {
		if at < 0 {
			z.side[q] = 1
		}
	}
}

// enter makes the rows of the inputs.
func (z *fixedZone) enter(n *node) bool {
	g := &z.now
	g.reset(z.inputs)
	sum := int64(0)
	for k := range z.lo {
		lo, hi := int64(n.lo[k]*float64(z.one)), int64(n.hi[k]*float64(z.one)) // exact, of at most exactBits
		z.lo[k], z.hi[k] = lo, hi
		g.c[k], g.r[k] = lo, hi-lo
		if hi-lo >= 2 {
			g.c[k], g.r[k] = (lo+hi)>>1, 0
			g.single = append(g.single, fixedTerm{k, hi - (lo+hi)>>1})
		}
		if sum += max(magnitude(lo), magnitude(hi)); !isSmall(sum) {
			return false
		}
	}
	z.entering[0] = sum
	return z.fits(g, z.inputs)
}

// fits says whether there is room for the columns of so many units.
func (z *fixedZone) fits(g *fixedRows, units int) bool { return g.columns() <= z.room/units }

// affine makes the rows of layer i's pre-activations.
func (z *fixedZone) affine(i int) state {
	y, from, to := &z.layers[i], &z.now, &z.next
	if !z.fits(from, y.out) {
		return unbounded
	}
	z.live.gather(from, y.few != nil)
	if y.most != nil {
		z.floats.take(from, z.live.at)
	}
	to.reset(y.out)
	for range from.columns() {
		to.column(y.out)
	}
	if y.few != nil {
		to.empty(y.out)
	}
	grain := int64(from.columns()) + 3
	if y.rounded {
		m, _ := wide{0, uint64(z.entering[i])}.floor(y.shift)
		grain += m + 1
	}
	for j := range y.out {
		if z.ctx.Err() != nil {
			return stopped
		}
		if !z.affineRow(y, j, grain) {
			return unbounded
		}
	}
	z.now, z.next = z.next, z.now
	return bounded
}

// affineRow makes the row of one unit, and says whether its numbers are small.
func (z *fixedZone) affineRow(y *fixedLayer, j int, grain int64) bool {
	from, to := &z.now, &z.next
	z.live.pick(y, j)
	centre, ok := z.live.dot(z.live.w, from.c, z.live.c).floor(y.shift)
	radius, right := z.live.dot(z.live.size, from.r, z.live.r).floor(y.shift)
	centre, radius = centre+y.bias[j], radius+grain
	if !ok || !right || !isSmall(centre) || !isSmall(radius) {
		return false
	}
	to.c[j], to.r[j] = centre, radius
	var sum int64
	if y.few != nil {
		sum, ok = z.fewColumns(y, j)
	} else {
		sum, ok = z.allColumns(y, j)
	}
	sum += radius
	q := y.first + j
	z.l[q], z.u[q] = centre-sum, centre+sum
	return ok && isSmall(sum) && isSmall(z.l[q]) && isSmall(z.u[q])
}

// settle takes the signs into account, after which l, u and sides are final.
func (z *fixedZone) settle(i int) state {
	y := &z.layers[i]
	for j := range y.out {
		q := y.first + j
		if z.signs[q] > 0 {
			z.l[q] = max(z.l[q], 0)
		} else if z.signs[q] < 0 {
			z.u[q] = min(z.u[q], 0)
		}
		if z.l[q] > z.u[q] {
			return empty
		}
		switch z.side[q] = z.signs[q]; {
		case y.bend[j] == 0:
			z.side[q] = 1
		case z.side[q] != 0:
		case z.u[q] <= 0:
			z.side[q] = -1
		case z.l[q] >= 0:
			z.side[q] = 1
		}
	}
	return bounded
}

// line draws the line of an open unit, and says whether its numbers are small.
func (z *fixedZone) line(y *fixedLayer, j int) bool {
	q := y.first + j
	l, u, f := z.l[q], z.u[q], z.bits
	share := quotient(u, u-l, f)
	if y.bend[j] < 0 {
		v, ok := scaled(z.one-y.up[j], share, f)
		a := y.up[j] + v
		left, right := times(a-y.down[j], -l), times(z.one-a, u)
		p, below := left.ceil(f)
		r, above := right.ceil(f)
		z.slope[q], z.off[q] = a, max(p, r)
		return ok && below && above
	}
	v, ok := scaled(y.down[j]-z.one, share, f)
	a := y.down[j] - v
	left, right := times(y.up[j]-a, -l), times(a-z.one, u)
	p, below := left.ceil(f)
	r, above := right.ceil(f)
	z.slope[q], z.off[q] = a, -max(p, r)
	return ok && below && above
}

// quotient returns ⌊2^f·u/d⌋ for 0 < u < d.
func quotient(u, d int64, f uint) int64 {
	v, _ := bits.Div64(uint64(u)>>(64-f), uint64(u)<<f, uint64(d))
	return int64(v)
}

// activate makes the rows of what layer i passes on.
func (z *fixedZone) activate(i int) state {
	y, g := &z.layers[i], &z.now
	entering, sizes := int64(0), int64(0)
	columns := int64(g.columns())
	for j := range y.out {
		q := y.first + j
		size := max(magnitude(y.down[j]), magnitude(y.up[j]))
		m, ok := times(size, max(-z.l[q], 0)).ceil(z.bits)
		if entering += max(m, z.u[q], 0); !ok || !isSmall(entering) {
			return unbounded
		}
		if sizes += max(magnitude(z.l[q]), magnitude(z.u[q])); !isSmall(sizes) {
			return unbounded
		}
		switch z.side[q] {
		case 0:
			if !z.line(y, j) || !g.scale(j, z.slope[q], z.bits, columns+1) {
				return unbounded
			}
			h := magnitude(z.off[q]) >> 1
			if z.off[q] < 0 {
				g.c[j] -= h
			} else {
				g.c[j] += h
			}
			if !isSmall(g.c[j]) {
				return unbounded
			}
			g.single = append(g.single, fixedTerm{j, magnitude(z.off[q]) - h})
		case -1:
			extra := columns + 1
			if y.down[j] != y.up[j] {
				extra += max(-z.l[q], 0)>>z.bits + 1
			}
			if y.below[j] == 0 {
				g.zero(j)
			} else if !g.scale(j, y.down[j], z.bits, extra) {
				return unbounded
			}
		}
	}
	if z.entering[i+1], z.sizes[i] = entering, sizes; !z.fits(g, y.out) {
		return unbounded
	}
	return bounded
}

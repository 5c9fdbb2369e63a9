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
	// l, u bound pre-activations; side is the side of a unit, 0 where it is open. slope and off are
	// the line of an open unit.
	l, u, slope, off []int64
	side             []int8
	// entering is the sum of the magnitudes of what enters each layer, the last one that of the
	// outputs; sizes is the sum of the sizes of a layer's pre-activations.
	entering, sizes []int64
	now, next       fixedRows
	live            []int
	packed          []int64
	back            fixedBackward
}

// fixedRows are the rows of a layer's values. A column is whole, or has one entry alone.
type fixedRows struct {
	c, r   []int64
	whole  [][]int64 // column by column
	single []fixedTerm
}

func (g *fixedRows) columns() int { return len(g.whole) + len(g.single) }

// column makes room for one more whole column.
func (g *fixedRows) column(n int) []int64 {
	k := len(g.whole)
	if k < cap(g.whole) {
		g.whole = g.whole[:k+1]
	} else {
		g.whole = append(g.whole, nil)
	}
	if cap(g.whole[k]) < n {
		g.whole[k] = make([]int64, n, n+n/2)
	}
	g.whole[k] = g.whole[k][:n]
	clear(g.whole[k])
	return g.whole[k]
}

func (g *fixedRows) reset(n int) {
	if cap(g.c) < n {
		g.c, g.r = make([]int64, n, n+n/2), make([]int64, n, n+n/2)
	}
	g.c, g.r, g.whole, g.single = g.c[:n], g.r[:n], g.whole[:0], g.single[:0]
}

func newFixedZone(f *fixed) *fixedZone {
	n := f.units
	z := &fixedZone{fixed: f, lo: make([]int64, f.inputs), hi: make([]int64, f.inputs), signs: make([]int8, n), side: make([]int8, n),
		l: make([]int64, n), u: make([]int64, n), slope: make([]int64, n), off: make([]int64, n),
		entering: make([]int64, len(f.layers)+1), sizes: make([]int64, len(f.layers))}
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
		if z.ctx.Err() != nil {
			return stopped
		}
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
	return true
}

// affine makes the rows of layer i's pre-activations.
func (z *fixedZone) affine(i int) state {
	y, from, to := &z.layers[i], &z.now, &z.next
	to.reset(y.out)
	z.live = z.live[:0]
	for k := range from.c {
		if from.c[k] != 0 || from.r[k] != 0 || nonzero(from.whole, k) {
			z.live = append(z.live, k)
		}
	}
	n := len(z.live)
	pack := func(v []int64, abs bool) []int64 {
		at := len(z.packed)
		for _, k := range z.live {
			x := v[k]
			if abs {
				x = magnitude(x)
			}
			z.packed = append(z.packed, x)
		}
		return z.packed[at : at+n]
	}
	z.packed = resized64(z.packed, (len(from.whole)+4)*n)[:0]
	c, r := pack(from.c, false), pack(from.r, false)
	whole := make([][]int64, len(from.whole))
	for g := range whole {
		whole[g] = pack(from.whole[g], false)
	}
	for range from.whole {
		to.column(y.out)
	}
	for range from.single {
		to.column(y.out)
	}
	rest := z.packed
	grain := int64(from.columns()) + 3
	if y.rounded {
		m, _ := wide{0, uint64(z.entering[i])}.floor(y.shift)
		grain += m + 1
	}
	for j := range y.out {
		row := y.row(j)
		z.packed = rest
		w := pack(row, false)
		size := pack(row, true)
		centre, ok := dot(w, c).floor(y.shift)
		radius, right := dot(size, r).floor(y.shift)
		centre, radius = centre+y.bias[j], radius+grain
		if !ok || !right || !isSmall(centre) || !isSmall(radius) {
			return unbounded
		}
		sum := radius
		for g, col := range whole {
			if to.whole[g][j], ok = dot(w, col).floor(y.shift); !ok {
				return unbounded
			}
			if sum += magnitude(to.whole[g][j]); sum >= small {
				return unbounded
			}
		}
		for g, t := range from.single {
			v, ok := scaled(row[t.at], t.v, y.shift)
			if !ok {
				return unbounded
			}
			to.whole[len(whole)+g][j] = v
			if sum += magnitude(v); sum >= small {
				return unbounded
			}
		}
		to.c[j], to.r[j] = centre, radius
		q := y.first + j
		if z.l[q], z.u[q] = centre-sum, centre+sum; !isSmall(z.l[q]) || !isSmall(z.u[q]) {
			return unbounded
		}
	}
	z.now, z.next = z.next, z.now
	return bounded
}

func nonzero(columns [][]int64, k int) bool {
	for _, c := range columns {
		if c[k] != 0 {
			return true
		}
	}
	return false
}

func resized64(v []int64, n int) []int64 {
	if cap(v) < n {
		return make([]int64, n, n+n/2)
	}
	return v[:n]
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
	z.entering[i+1], z.sizes[i] = entering, sizes
	return bounded
}

func (g *fixedRows) zero(j int) {
	g.c[j], g.r[j] = 0, 0
	for _, c := range g.whole {
		c[j] = 0
	}
}

// scale multiplies a row by a slope in units.
func (g *fixedRows) scale(j int, slope int64, f uint, extra int64) bool {
	var ok bool
	if g.c[j], ok = scaled(slope, g.c[j], f); !ok {
		return false
	}
	if g.r[j], ok = times(magnitude(slope), g.r[j]).ceil(f); !ok || !isSmall(g.r[j]+extra) {
		return false
	}
	g.r[j] += extra
	for _, c := range g.whole {
		if c[j], ok = scaled(slope, c[j], f); !ok {
			return false
		}
	}
	return true
}

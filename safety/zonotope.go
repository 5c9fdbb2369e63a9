package safety

// What is known of a node: bounds of all units, by a zonotope that goes forward, and lines between
// which each unit lies.
//
// A row (c, g_1 … g_G, r) stands for the numbers {c + Σ g_i ε_i + e : |ε_i| ≤ 1, |e| ≤ r}: for each
// point x of the node there is one ε, common to all rows of a layer, for which unit q's value at x
// is c_q + Σ g_qi ε_i + e_q. Everything that is rounded goes to r. The induction from layer to
// layer:
//
//   - Affine. Σ w_j a_j + b = (Σ w_j c_j + b) + Σ_i (Σ_j w_j g_ji) ε_i + Σ w_j e_j. A computed sum
//     of n products, and a bias, is off by at most γ times the sum of sizes, whatever the order and
//     with or without fused operations. Let s_j = |c_j| + Σ_i |g_ji|. Then all sums together are
//     off by at most γ(Σ|w_j| s_j + |b|), and r' = Σ|w_j| r_j + that.
//   - Activation. A unit of two slopes 1 (z ≥ 0) and m (z ≤ 0) is a convex function for m ≤ 1. For
//     l ≤ z ≤ u and any λ in [m, 1], f(z) − λz is convex, 0 at 0, and not negative; its maximum is
//     at an end. So it lies in [0, top], top = max((λ−m)(−l), (1−λ)u). For m > 1 the function is
//     concave and f(z) − λz lies in [−top, 0] for λ in [1, m], with top = max((m−λ)(−l), (λ−1)u).
//
// Domain: |l|, |u| ≤ 2⁵⁰⁰ in all units, else the node has no bounds. An overflow anywhere makes a
// radius infinite or undefined and is seen there.

import (
	"math"

	"gonum.org/v1/gonum/blas/gonum"
)

var blas gonum.Implementation

// sign is the sign that a node gives to a unit: z ≤ 0 or z ≥ 0.
type sign struct {
	unit int32
	s    int8
}

// line is slope·z + at; lines are two with f(z) between them on [l, u].
type (
	line  struct{ slope, at float64 }
	lines [2]line
)

// lower and upper are the two; the sign bit of a coefficient of f(z) is the one that bounds it from
// below.
const (
	lower = iota
	upper
)

// zone holds what is known of one node; its memory is used again for the next.
type zone struct {
	*subject
	lo, hi []float64
	// fixed is the sign that the node gives to a unit, 0 for none.
	fixed []int8
	// l, u bound the pre-activation of a unit, lines its value. open are the units with l < 0 < u
	// that the node does not fix.
	l, u   []float64
	lines  []lines
	isOpen []bool
	open   []int32
	// lost is how much wider a unit's lines were before forms came back.
	lost []float64
	// emptied is the unit at which an empty node was seen to be one.
	emptied int
	sizes
	generators
	present
	back backward
}

// generators has those of each layer's pre-activations in rows, and in inputOf the coordinate of
// each of the first columns: the inputs of width above 0. There are no rows where isChild says that
// bounds of the node above are known.
type generators struct {
	rows    []patches
	inputOf []int
	isChild bool
}

// sizes bound what is rounded: mostIn bounds |x_k|, most the size of what unit q passes on, and
// size is Σ_j |w_qj|·most_j + |b_q|, both with underflow added, as coefficients may be huge; tiny
// is what underflow adds to a form that comes back.
type sizes struct {
	mostIn, most, size []float64
	tiny               float64
}

// present holds what is known of the present layer: zc, zr are the centres and radii of its
// pre-activations; c, r, s, g the centres, radii, sizes and generators of the values that enter a
// layer, after the last one of the outputs.
type present struct {
	zc, zr, c, r, s []float64
	g               patches
	live            []int // what enters a dense layer and is not 0
}

func newZone(s *subject) *zone {
	z := &zone{subject: s, fixed: make([]int8, s.units), l: make([]float64, s.units), u: make([]float64, s.units),
		lines: make([]lines, s.units), isOpen: make([]bool, s.units), lost: make([]float64, s.units),
		sizes:      sizes{mostIn: make([]float64, s.inputs), most: make([]float64, s.units), size: make([]float64, s.units)},
		generators: generators{rows: make([]patches, len(s.layers))}}
	z.back.zone = z
	return z
}

// state is what bound says.
type state uint8

const (
	bounded state = iota
	// empty says that no point of the box has the node's signs.
	empty
	// unbounded says that numbers were beyond the domain.
	unbounded
	// stopped says that the search ended first.
	stopped
)

// bound computes all bounds of a node.
func (z *zone) bound(n *node) state {
	z.lo, z.hi, z.open, z.tiny = n.lo, n.hi, z.open[:0], 0
	clear(z.fixed)
	clear(z.lost)
	for _, s := range n.signs {
		z.fixed[s.unit] = s.s
	}
	z.enter()
	same := 0 // layers up to this one are bounded as before
	if z.isChild = n.l != nil; z.isChild {
		same, _ = z.unitLayer(n.signs[len(n.signs)-1].unit)
	}
	for i := range z.layers {
		if st := z.first(i, n); st != bounded {
			return st
		}
		if i > same {
			z.back.tighten(i)
		}
		if st := z.settle(i); st != bounded {
			return st
		}
		if st := z.activate(i); st != bounded {
			return st
		}
	}
	return bounded
}

// enter makes the rows of the inputs.
func (z *zone) enter() {
	z.inputOf = z.inputOf[:0]
	for k := range z.lo {
		if z.lo[k] < z.hi[k] {
			z.inputOf = append(z.inputOf, k)
		}
	}
	n, cols := z.inputs, len(z.inputOf)
	z.c, z.r, z.s = resized(z.c, n), resized(z.r, n), resized(z.s, n)
	z.g.shape(n, cols)
	i := 0
	for k := range z.lo {
		lo, hi := z.lo[k], z.hi[k]
		z.mostIn[k] = max(math.Abs(lo), math.Abs(hi))
		z.tiny += z.mostIn[k]
		z.c[k], z.r[k], z.s[k] = lo, 0, math.Abs(lo)
		if lo < hi {
			c := middle(lo, hi)
			z.c[k] = c
			g := up(max(hi-c, c-lo))
			z.g.whole(k)[i] = g
			z.s[k] = math.Abs(c) + g
			i++
		}
	}
}

// middle is between lo and hi, or next to them, and does not overflow.
func middle(lo, hi float64) float64 { return lo/2 + hi/2 }

func up(v float64) float64   { return math.Nextafter(v, math.Inf(1)) }
func down(v float64) float64 { return math.Nextafter(v, math.Inf(-1)) }

func resized[T any](v []T, n int) []T {
	if cap(v) < n {
		return make([]T, n, n+n/2)
	}
	return v[:n]
}

// affine makes the rows of layer i's pre-activations from what enters it, and first bounds.
func (z *zone) affine(i int) state {
	y := &z.layers[i]
	z.zc, z.zr = resized(z.zc, y.out), resized(z.zr, y.out)
	rows := &z.rows[i]
	rows.shape(y.out, z.g.cols)
	dense := y.w[0].at == nil
	z.live = z.live[:0]
	for k := 0; dense && k < y.in && z.ctx.Err() == nil; k++ {
		if i == 0 {
			z.live = append(z.live, k)
			continue
		}
		if z.s[k] != 0 || z.r[k] != 0 {
			z.g.whole(k) // it is added to all rows
			z.live = append(z.live, k)
		}
	}
	most := z.mostBefore(i)
	for j := range y.w {
		if z.ctx.Err() != nil {
			return stopped
		}
		var sums rowSums
		if dense {
			sums = z.denseRow(y, j, rows, most)
		} else {
			sums = z.sparseRow(y, j, rows, most)
		}
		r := slack*(sums.r+z.gamma*(sums.total+math.Abs(y.b[j]))) + underflow
		q := y.first + j
		z.size[q] = slack*(sums.size+math.Abs(y.b[j])) + underflow
		rad := slack * (rows.norm(j) + r) // the sum, and c ± rad, are rounded
		z.l[q], z.u[q] = down(sums.c-rad), up(sums.c+rad)
		z.zc[j], z.zr[j] = sums.c, r
	}
	return bounded
}

// rowSums are sums over what enters a unit: the centre, with the bias; and weighted by the sizes of
// weights, the radii, the sizes of the rows, and those of the values.
type rowSums struct{ c, r, total, size float64 }

// add adds unit k of a zone with a weight.
func (t *rowSums) add(z *zone, k int, v float64, most []float64) {
	a := math.Abs(v)
	t.c += v * z.c[k]
	t.r += a * z.r[k]
	t.total += a * z.s[k]
	t.size += a * most[k]
}

// denseRow makes row j of a layer whose rows of weights are dense, from the rows of live units.
func (z *zone) denseRow(y *layer, j int, rows *patches, most []float64) rowSums {
	t := rowSums{c: y.b[j]}
	g, w := rows.whole(j), y.w[j].v
	for _, k := range z.live {
		v := w[k]
		if v == 0 {
			continue
		}
		t.add(z, k, v, most)
		if y.first == 0 {
			continue
		}
		if z.g.cols > short {
			blas.Daxpy(z.g.cols, v, z.g.row(k), 1, g, 1)
			continue
		}
		for i, x := range z.g.row(k) {
			g[i] += v * x
		}
	}
	if y.first == 0 { // each input has one generator at most
		for i, k := range z.inputOf {
			g[i] = w[k] * z.g.v[k*z.g.width+i]
		}
	}
	return t
}

// sparseRow is denseRow where the rows of weights are sparse.
func (z *zone) sparseRow(y *layer, j int, rows *patches, most []float64) rowSums {
	t := rowSums{c: y.b[j]}
	w := y.w[j]
	for i, v := range w.v {
		k := w.column(i)
		if v == 0 || z.s[k] == 0 && z.r[k] == 0 {
			continue
		}
		t.add(z, k, v, most)
		rows.add(j, v, &z.g, k)
	}
	return t
}

// settle takes the signs of the node into account, after which l and u are final, and draws the
// lines of layer i's units.
func (z *zone) settle(i int) state {
	y := &z.layers[i]
	for j := range y.out {
		q := y.first + j
		switch z.fixed[q] {
		case 1:
			z.l[q] = max(z.l[q], 0)
		case -1:
			z.u[q] = min(z.u[q], 0)
		}
		l, u, m := z.l[q], z.u[q], y.below[j]
		if !(l >= -huge && u <= huge) {
			return unbounded
		}
		if l > u {
			z.emptied = q
			return empty
		}
		if z.isOpen[q] = m != 1 && l < 0 && u > 0; z.isOpen[q] {
			z.open = append(z.open, int32(q))
		}
		z.lines[q] = between(l, u, m)
		z.most[q] = slack*max(u, math.Abs(m)*-l, 0) + underflow
		if m == 1 {
			z.most[q] = max(u, -l)
		}
		z.tiny += z.most[q] + z.size[q]
	}
	return bounded
}

// between returns lines around the unit of slope m below 0, on [l, u]. Where the sign is settled
// they are one. The line through 0 has the slope that leaves the smaller area.
func between(l, u, m float64) lines {
	switch {
	case l >= 0 || m == 1:
		return lines{{slope: 1}, {slope: 1}}
	case u <= 0:
		return lines{{slope: m}, {slope: m}}
	}
	near := m
	if u > -l {
		near = 1
	}
	slope := (u - m*l) / (u - l)
	if m < 1 {
		slope = min(max(slope, m), 1)
		return lines{{slope: near}, {slope, above(max((slope-m)*-l, (1-slope)*u))}}
	}
	slope = min(max(slope, 1), m)
	return lines{{slope, -above(max((m-slope)*-l, (slope-1)*u))}, {slope: near}}
}

// width is the distance of the lines where they are parallel, and how far they are apart at most
// where one goes through 0.
func (l lines) width() float64 { return l[upper].at - l[lower].at }

// above covers the three roundings of a product of a difference, and its underflow.
func above(v float64) float64 { return v*(1+0x1p-50) + 0x1p-1060 }

// activate makes the rows of what layer i passes on. Every open unit brings a generator.
func (z *zone) activate(i int) state {
	if z.isChild {
		return bounded
	}
	y := &z.layers[i]
	rows, fresh := &z.rows[i], 0
	for j := range y.out {
		if z.isOpen[y.first+j] {
			fresh++
		}
	}
	z.c, z.r, z.s = resized(z.c, y.out), resized(z.r, y.out), resized(z.s, y.out)
	z.g.shape(y.out, rows.cols+fresh)
	at := rows.cols
	for j := range y.out {
		if z.ctx.Err() != nil {
			return stopped
		}
		q := y.first + j
		c, r := z.zc[j], z.zr[j]
		slope, shift := z.slope(q), 0.0
		if z.isOpen[q] {
			shift = z.lines[q][upper].at/2 + z.lines[q][lower].at/2 // one of them is 0
		}
		if slope == 1 && shift == 0 {
			z.g.add(j, 1, rows, j)
		} else if slope != 0 {
			s := slack * (math.Abs(c) + rows.norm(j))
			z.g.add(j, slope, rows, j)
			c = slope*c + shift
			r = slack*(math.Abs(slope)*r+4*unit*(math.Abs(slope)*s+2*math.Abs(shift))) + underflow
		} else {
			c, r = shift, 0 // 0 unless the unit is open
			if z.isOpen[q] {
				r = underflow
			}
		}
		if z.isOpen[q] {
			z.g.touch(j, at, at+1)
			z.g.row(j)[at] = shift
			at++
		}
		z.c[j], z.r[j] = c, r
		z.s[j] = slack * (math.Abs(c) + z.g.norm(j))
	}
	return bounded
}

// slope is the slope of the unit's row: that of its chord where it is open.
func (z *zone) slope(q int) float64 {
	ln := z.lines[q]
	if ln[lower].at != 0 {
		return ln[lower].slope
	}
	return ln[upper].slope
}

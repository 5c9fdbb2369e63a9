package safety

// Linear forms that come back in integers.

import "math/bits"

// claim is what refutes a disjunct at a node: a mixture of its conditions, signs and slopes.
type claim struct {
	disjunct int32
	// alone is the one condition that does it, −1 for a mixture.
	alone int32
	// mu are weights of conditions, beta of neurons with a sign, by unit, in units of 2^−grain;
	// alpha are shares of 256 between the two slopes, by unit; −1 is the default.
	mu    []int64
	beta  []int64
	alpha []int16
	// exact, where not nil, is what refutes it exactly.
	exact *exactClaim
	// second says that bounds of the second level are to be tried first.
	second bool
}

// grain is the number of bits of a weight in a mixture.
func (f *fixed) grain() uint { return min(f.bits, 20) }

// fixedBackward holds a form that comes back.
type fixedBackward struct {
	*fixedZone
	a, to []int64   // coefficients of the present layer, and room for the next
	x     []int64   // what conditions say of the inputs themselves
	used  []int     // where a is not 0
	dense []int64   // and what it is there
	sums  []wide    // by columns
	float []float64 // and by floats
	c, t  int64     // constant and slack
	ok    bool      // all numbers were small
}

// step adds to the constant and the slack.
func (b *fixedBackward) step(c, t int64) {
	b.c, b.t = b.c+c, b.t+t
	b.ok = b.ok && isSmall(c) && isSmall(t) && isSmall(b.c) && isSmall(b.t)
}

// tighten bounds the neurons of layer i that may have both signs.
func (b *fixedBackward) tighten(i int) {
	y := &b.layers[i]
	for j := range y.out {
		q := y.first + j
		if y.bend[j] == 0 || b.l[q] >= 0 || b.u[q] <= 0 {
			continue
		}
		l, u := b.l[q], b.u[q]
		if v, ok := b.unit(i, j, b.one); ok {
			l = max(l, v)
		}
		if v, ok := b.unit(i, j, -b.one); ok {
			u = min(u, -v)
		}
		b.l[q], b.u[q] = l, u
	}
}

// unit bounds a multiple of a pre-activation.
func (b *fixedBackward) unit(i, j int, a int64) (int64, bool) {
	y := &b.layers[i]
	b.a = resized(b.a, y.out)
	clear(b.a)
	b.a[j], b.c, b.t, b.ok = a, 0, 0, true
	b.affine(i)
	b.down(i-1, nil)
	return b.end(nil)
}

// down takes the form of the values of layer i to the inputs.
func (b *fixedBackward) down(i int, m *claim) {
	for ; i >= 0 && b.ok; i-- {
		b.activation(i, m)
		if m != nil && m.beta != nil {
			y := &b.layers[i]
			for j := range y.out {
				if v := m.beta[y.first+j]; v != 0 && b.ok {
					b.a[j] -= int64(b.signs[y.first+j]) * v << (b.bits - b.grain())
					b.ok = isSmall(b.a[j])
				}
			}
		}
		b.affine(i)
	}
}

// activation replaces coefficients of values by those of pre-activations.
func (b *fixedBackward) activation(i int, m *claim) {
	y := &b.layers[i]
	if _, b.ok = total(b.a); !b.ok {
		return
	}
	var k wide
	for j, v := range b.a {
		q := y.first + j
		if v == 0 || b.side[q] > 0 {
			continue
		}
		slope := b.slope[q]
		switch {
		case b.side[q] < 0 && v > 0:
			slope = y.up[j]
		case b.side[q] < 0:
			slope = y.down[j]
		case (v > 0) == (y.bend[j] < 0):
			slope = b.through(y, j, m)
		default:
			k = k.plus(times(v, b.off[q]))
		}
		switch slope { // most slopes are one of these
		case b.one:
			continue
		case 0:
			b.a[j] = 0
			continue
		}
		var ok bool
		if b.a[j], ok = scaled(v, slope, b.bits); !ok {
			b.ok = false
			return
		}
	}
	c, ok := k.floor(b.bits)
	b.ok = b.ok && ok
	b.step(c, b.sizes[i]>>b.bits+1)
}

// through is the slope of the line through 0 of an open unit.
func (b *fixedBackward) through(y *fixedLayer, j int, m *claim) int64 {
	q := y.first + j
	alpha := b.usual(q)
	if m != nil && m.alpha != nil && m.alpha[q] >= 0 {
		alpha = int64(m.alpha[q])
	}
	switch {
	case alpha == 256:
		return b.one
	case y.bend[j] < 0:
		v, _ := scaled(b.one-y.up[j], alpha, 8)
		return y.up[j] + v
	}
	v, _ := scaled(y.down[j]-b.one, alpha, 8)
	return y.down[j] - v
}

// usual is the share of 256 that an open unit has by default.
func (z *fixedZone) usual(q int) int64 {
	if z.u[q] > -z.l[q] {
		return 256
	}
	return 0
}

// affine takes the form of the pre-activations of layer i to the values that enter it.
func (b *fixedBackward) affine(i int) {
	y := &b.layers[i]
	n, ok := total(b.a)
	if !ok || !b.ok || b.ctx.Err() != nil {
		b.ok = false
		return
	}
	c, ok := dot(b.a, y.bias).floor(b.bits)
	slack := n>>b.bits + 1 + b.entering[i]>>b.bits + 1
	if y.rounded {
		more, right := times(n, b.entering[i]).floor(y.shift + b.bits)
		slack, ok = slack+more+1, ok && right
	}
	if b.ok = ok; !ok {
		return
	}
	b.step(c, slack)
	if y.few != nil {
		b.fewRows(y)
		return
	}
	b.used, b.dense = b.used[:0], b.dense[:0]
	for j, v := range b.a {
		if v != 0 {
			b.used, b.dense = append(b.used, j), append(b.dense, v)
		}
	}
	b.to = resized(b.to, y.in)
	near, off := b.near(y)
	for k := range b.to {
		var v bool
		if near != nil {
			if b.to[k], v = floorNear(near[k], off); v {
				continue
			}
		}
		if b.to[k], v = picked(b.dense, y.column(k), b.used).floor(y.shift); !v {
			b.ok = false
			return
		}
	}
	b.a, b.to = b.to, b.a
}

// fewRows adds up the rows of a layer of few weights.
func (b *fixedBackward) fewRows(y *fixedLayer) {
	b.sums = resized(b.sums, y.in)
	clear(b.sums)
	for j, v := range b.a {
		if v == 0 {
			continue
		}
		row := &y.few[j]
		for i, k := range row.at {
			b.sums[k] = b.sums[k].plus(times(v, row.v[i]))
		}
	}
	b.to = resized(b.to, y.in)
	for k := range b.to {
		var v bool
		if b.to[k], v = b.sums[k].floor(y.shift); !v {
			b.ok = false
			return
		}
	}
	b.a, b.to = b.to, b.a
}

// picked returns Σ a_i·w_used(i).
func picked(a, w []int64, used []int) wide {
	var hi, lo, carry uint64
	a = a[:len(used)]
	for i, at := range used {
		v, x := a[i], w[at]
		h, l := bits.Mul64(uint64(v), uint64(x))
		lo, carry = bits.Add64(lo, l, 0)
		hi += h - uint64(v>>63&x) - uint64(x>>63&v) + carry
	}
	return wide{int64(hi), lo}
}

// end is the bound of the form, once it is one of the inputs.
func (b *fixedBackward) end(x []int64) (int64, bool) {
	if !b.ok {
		return 0, false
	}
	for k, v := range x {
		if b.a[k] += v; !isSmall(b.a[k]) {
			return 0, false
		}
	}
	if _, ok := total(b.a); !ok {
		return 0, false
	}
	var sum wide
	for k, v := range b.a {
		end := b.lo[k]
		if v < 0 {
			end = b.hi[k]
		}
		sum = sum.plus(times(v, end))
	}
	v, ok := sum.floor(b.bits)
	return b.c - b.t + v, ok
}

// mixed bounds a mixture of a disjunct's conditions on the node.
func (b *fixedBackward) mixed(m *claim) (int64, bool) {
	sum, ok := b.sum(m)
	n, reach := sum<<(b.bits-b.grain()), b.entering[len(b.layers)]+b.entering[0]
	t, fits := times(n, reach).floor(2 * b.bits)
	if b.ok = ok && fits && isSmall(n); !b.ok {
		return 0, false
	}
	b.step(0, n>>b.bits+reach>>b.bits+t+3)
	b.down(len(b.layers)-1, m)
	return b.end(b.x)
}

// sum starts a form as a mixture of conditions, and returns the sum of their weights.
func (b *fixedBackward) sum(m *claim) (weights int64, ok bool) {
	g := b.grain()
	out, in := make([]wide, b.outputs), make([]wide, b.inputs)
	var constant wide
	for i := range b.forms[m.disjunct] {
		f, mu := &b.forms[m.disjunct][i], int64(0)
		if m.alone < 0 {
			mu = m.mu[i]
		} else if int(m.alone) == i {
			mu = 1 << g
		}
		if mu == 0 {
			continue
		}
		if !f.ok {
			return 0, false
		}
		weights += mu
		for _, t := range f.y {
			out[t.at] = out[t.at].plus(times(mu, t.v))
		}
		for _, t := range f.x {
			in[t.at] = in[t.at].plus(times(mu, t.v))
		}
		constant = constant.plus(times(mu, f.offset))
	}
	b.a, b.x = resized(b.a, b.outputs), resized(b.x, b.inputs)
	c, ok := constant.floor(g)
	for k, v := range out {
		n, fits := v.floor(g)
		b.a[k], ok = n, ok && fits
	}
	for k, v := range in {
		n, fits := v.floor(g)
		b.x[k], ok = n, ok && fits
	}
	b.c, b.t = c, 0
	return weights, ok
}

// zoned bounds a condition on outputs alone by the rows of the outputs.
func (b *fixedBackward) zoned(f *fixedForm) (int64, bool) {
	g := &b.now
	if len(f.x) > 0 || !f.ok {
		return 0, false
	}
	sum := int64(0)
	for _, t := range f.y {
		if sum += magnitude(t.v); !isSmall(sum) {
			return 0, false
		}
	}
	ok := true
	floor := func(v wide) int64 {
		n, fits := v.floor(b.bits)
		ok = ok && fits
		return n
	}
	over := func(v []int64) int64 {
		var s wide
		for _, t := range f.y {
			s = s.plus(times(t.v, v[t.at]))
		}
		return floor(s)
	}
	var r wide
	for _, t := range f.y {
		r = r.plus(times(magnitude(t.v), g.r[t.at]))
	}
	v := over(g.c) + f.offset
	radius := floor(r) + int64(g.columns()) + 3 + b.entering[len(b.layers)]>>b.bits + 1
	ok = ok && isSmall(v) && isSmall(radius)
	for _, c := range g.whole {
		if radius += magnitude(over(c)); !ok || !isSmall(radius) {
			return 0, false
		}
	}
	for _, s := range g.single {
		for _, t := range f.y {
			if t.at == s.at {
				radius += magnitude(floor(times(t.v, s.v)))
			}
		}
		if !ok || !isSmall(radius) {
			return 0, false
		}
	}
	return v - radius, ok && isSmall(v-radius) && isSmall(v+radius)
}

// proves says whether the checker refutes the claim's disjunct by bounds.
func (b *fixedBackward) proves(m *claim) bool {
	if v, ok := b.mixed(m); ok && v > 0 {
		return true
	}
	if m.alone < 0 {
		return false
	}
	v, ok := b.zoned(&b.forms[m.disjunct][m.alone])
	return ok && v > 0
}

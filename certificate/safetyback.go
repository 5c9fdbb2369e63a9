package certificate

// Linear forms that go back through the network to the inputs, where their least value on a box is
// known. docs/safety-proof.md §5 is what this file does.

import "math/bits"

// quotient returns ⌊v·2^f/d⌋ for 0 ≤ v ≤ d.
func quotient(v int64, f uint, d int64) int64 {
	p, _ := bits.Div64(uint64(v)>>(64-f), uint64(v)<<f, uint64(d))
	return int64(p)
}

// back is a form that goes back: Σ a·v/2^F + constant − slack is a lower bound of it on the node.
type back struct {
	a, next, atInputs []int64
	constant, slack   int64
	// alpha has, in 256ths, the place of an open unit's line through 0 between slope a and slope 1,
	// or −1 for the default. beta is added to the coefficients of pre-activations.
	alpha []int16
	beta  []int64
}

// tighten bounds the neurons of layer i by forms that go back.
func (b *bounds) tighten(i int) {
	y := &b.fixed[i]
	for j := range y.out {
		q := y.first + j
		if y.kind[j] == 0 || b.l[q] >= 0 || b.u[q] <= 0 {
			continue
		}
		l, u := b.l[q], b.u[q]
		if v, ok := b.bound(i, j, +1); ok {
			l = max(l, v)
		}
		if v, ok := b.bound(i, j, -1); ok {
			u = min(u, -v)
		}
		b.l[q], b.u[q] = l, u
	}
}

// bound returns a lower bound of s·z, z the pre-activation of unit j of layer i.
func (b *bounds) bound(i, j int, s int64) (v int64, ok bool) {
	b.a = resize(b.a, b.fixed[i].out)
	clear(b.a)
	b.a[j], b.constant, b.slack = s<<b.f, 0, 0
	b.atInputs = resize(b.atInputs, b.inputs)
	clear(b.atInputs)
	b.affineBack(i)
	return b.toInputs(i - 1)
}

// toInputs takes the form, of the values of layer i, to the inputs, and returns its lower bound. It
// leaves bad as it was.
func (b *bounds) toInputs(i int) (v int64, ok bool) {
	for ; i >= 0 && !b.bad; i-- {
		b.activationBack(i)
		b.affineBack(i)
	}
	defer func() { b.bad = false }() // what a form does not tell, others may
	if b.bad {
		return 0, false
	}
	var sum wide
	for k := range b.a {
		b.a[k] = b.keep(b.a[k] + b.atInputs[k])
	}
	b.size(b.a)
	for k, a := range b.a {
		end := b.lo[k]
		if a < 0 {
			end = b.hi[k]
		}
		sum.add(product(a, end))
	}
	v = b.keep(b.constant - b.slack + b.floor(sum, b.f))
	return v, !b.bad
}

// size returns Σ|a|, and remembers if that is not small: this is what sums of 128 bits rest on.
func (b *bounds) size(v []int64) (n int64) {
	for _, a := range v {
		n = b.keep(n + max(a, -a))
	}
	return n
}

// activationBack replaces coefficients of layer i's values by those of its pre-activations.
func (b *bounds) activationBack(i int) {
	y := &b.fixed[i]
	b.size(b.a)
	if y.plain {
		return
	}
	var k wide
	for j, a := range b.a {
		q := y.first + j
		if a == 0 && b.beta[q] == 0 {
			continue
		}
		switch {
		case b.side[q] < 0 && a > 0:
			a = b.times(a, y.high[j])
		case b.side[q] < 0:
			a = b.times(a, y.low[j])
		case b.side[q] == 0 && a*int64(y.kind[j]) < 0:
			a = b.times(a, b.near(y, j))
		case b.side[q] == 0 && a != 0:
			k.add(product(a, b.off[q]))
			a = b.times(a, b.slope[q])
		}
		b.a[j] = b.keep(a + b.beta[q])
	}
	b.constant = b.keep(b.constant + b.floor(k, b.f))
	b.slack = b.keep(b.slack + b.passes[i]>>b.f + 1)
}

// near returns the slope of an open unit's line through 0.
func (b *bounds) near(y *fixedLayer, j int) int64 {
	q, one := y.first+j, int64(1)<<b.f
	alpha := int64(b.alpha[q])
	if alpha < 0 {
		if alpha = 0; b.u[q] > -b.l[q] {
			alpha = 256
		}
	}
	if y.kind[j] < 0 {
		return y.high[j] + b.floor(product(one-y.high[j], alpha), 8)
	}
	return y.low[j] - b.floor(product(y.low[j]-one, alpha), 8)
}

// affineBack replaces coefficients of layer i's pre-activations by those of what enters it.
func (b *bounds) affineBack(i int) {
	y := &b.fixed[i]
	n, enters := b.size(b.a), b.enters[i]
	if b.bad = b.bad || b.ctx.Err() != nil; b.bad {
		return
	}
	var k wide
	for j, a := range b.a {
		k.add(product(a, y.bias[j]))
	}
	b.constant = b.keep(b.constant + b.floor(k, b.f))
	if b.slack = b.keep(b.slack + n>>b.f + 1 + enters>>b.f + 1); y.rounded {
		b.slack = b.keep(b.slack + b.keep(b.floor(product(n, enters), y.s+b.f)+1))
	}
	b.next = resize(b.next, y.in)
	for k := range y.columns {
		b.next[k] = b.floor(y.columns[k].dot(b.a), y.s)
	}
	b.a, b.next = b.next, b.a
}

// multipliers sets the slopes and multipliers of a claim.
func (b *bounds) multipliers(c *claim) {
	for q := range b.alpha {
		b.alpha[q], b.beta[q] = -1, 0
	}
	for _, v := range c.alpha {
		b.alpha[b.unit[v.at]] = int16(v.v.Int64())
	}
	for _, v := range c.beta {
		q := b.unit[v.at]
		b.beta[q] = -int64(b.signs[q]) * v.v.Int64() << (b.f - min(b.f, 20))
	}
}

// fixedForm is a form in units: coefficients of inputs and outputs, and a constant.
type fixedForm struct {
	x, y   []int64
	offset int64
	inputs bool // it has some
	ok     bool // all its numbers are small
}

func (n *safetyNet) fixForm(u *form) (v fixedForm) {
	all := make([]int64, n.inputs+n.outputs)
	v = fixedForm{x: all[:n.inputs], y: all[n.inputs:]}
	v.offset, v.ok = floorRat(u.offset, n.f)
	for _, t := range u.terms {
		c, fits := floorRat(t.coef, n.f)
		all[t.k], v.ok, v.inputs = c, v.ok && fits, v.inputs || t.k < n.inputs
	}
	return v
}

// mixed returns a lower bound of Σ μ·u + what beta adds; μ in units of 2^−g, g = min(F, 20).
// Without ok there is none.
func (b *bounds) mixed(forms []fixedForm, mu []int64) (v int64, ok bool) {
	g := min(b.f, 20)
	b.a, b.atInputs = resize(b.a, b.outputs), resize(b.atInputs, b.inputs)
	total := int64(0)
	for i := range forms {
		total = b.keep(total + mu[i])
		b.bad = b.bad || !forms[i].ok
	}
	mix := func(of func(*fixedForm) int64) int64 {
		var sum wide
		for i := range forms {
			sum.add(product(mu[i], of(&forms[i])))
		}
		return b.floor(sum, g)
	}
	for k := range b.a {
		b.a[k] = mix(func(f *fixedForm) int64 { return f.y[k] })
	}
	for k := range b.atInputs {
		b.atInputs[k] = mix(func(f *fixedForm) int64 { return f.x[k] })
	}
	b.constant = mix(func(f *fixedForm) int64 { return f.offset })
	b.slack = b.keep(b.floor(product(total+1<<g, b.enters[len(b.fixed)]+b.enters[0]), b.f+g) + 1)
	return b.toInputs(len(b.fixed) - 1)
}

// zoneLeast returns a lower bound of a form of outputs, by the zonotope of the outputs.
func (b *bounds) zoneLeast(u *fixedForm) (v int64, ok bool) {
	if u.inputs || !u.ok {
		return 0, false
	}
	b.size(u.y)
	var w sparse
	for k, v := range u.y {
		w.put(k, v)
	}
	c, _, radius := b.row(&w, b.f, u.offset, int64(len(b.g))+3+b.enters[len(b.fixed)]>>b.f+1, func(int, int64) {})
	v, ok = c-radius, !b.bad
	b.bad = false
	return v, ok
}

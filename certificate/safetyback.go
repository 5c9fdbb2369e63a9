package certificate

// Linear forms that go back through the network to the inputs, where their least value on a box is
// known. docs/safety-proof.md §5 is what this file does.

import "slices"

// none is the bound of a form that has none: less than all that are small.
const none = int64(-1) << smallBits

// back is a form that goes back: Σ a·v/2^F + constant − slack is a lower bound of it on the node.
type back struct {
	a, next, atInputs []int64
	constant, slack   int64
	// alpha has, in 256ths and plus 1, the place of an open unit's line through 0 between slope a
	// and slope 1; 0 is the default. beta is added to the coefficients of pre-activations.
	alpha []int16
	beta  []int64
}

// begin begins a form with so many coefficients of 0.
func (b *back) begin(n, inputs int) {
	b.a, b.atInputs = zeros(b.a, n), zeros(b.atInputs, inputs)
	b.constant, b.slack = 0, 0
}

func zeros(v []int64, n int) []int64 {
	v = slices.Grow(v[:0], n)[:n]
	clear(v)
	return v
}

// least returns a bound, none if it comes to a number that is not small: what one form does not
// tell, others may.
func (b *bounds) least(bound func() int64) (v int64) {
	v = none
	b.fits(func() { v = bound() })
	return v
}

// tighten bounds the neurons of layer i by forms that go back.
func (b *bounds) tighten(i int) {
	y := b.fixed[i]
	for j, kind := range y.kind {
		if q := y.first + j; kind != 0 && b.l[q] < 0 && b.u[q] > 0 {
			b.l[q], b.u[q] = max(b.l[q], b.bound(i, j, +1)), min(b.u[q], -b.bound(i, j, -1))
		}
	}
}

// bound returns a lower bound of s·z, z the pre-activation of unit j of layer i.
func (b *bounds) bound(i, j int, s int64) int64 {
	return b.least(func() int64 {
		b.begin(len(b.fixed[i].rows), b.inputs)
		b.a[j] = s << b.f
		b.affineBack(b.fixed[i], b.enters[i])
		return b.toInputs(i - 1)
	})
}

// mixed returns a lower bound of a mixture of conditions and what beta adds. The conditions are a
// layer of inputs and outputs.
func (b *bounds) mixed(forms []form, mu []weight) int64 {
	return b.least(func() int64 {
		y := b.conditions(forms, mu)
		b.begin(len(y.rows), b.inputs)
		for j, m := range mu {
			b.a[j] = b.weight(m.v)
		}
		b.affineBack(y, b.enters[len(b.fixed)]+b.enters[0])
		copy(b.atInputs, b.a)
		b.a = append(b.a[:0], b.a[b.inputs:]...)
		return b.toInputs(len(b.fixed) - 1)
	})
}

// toInputs takes the form, of the values of layer i, to the inputs, and returns its lower bound.
func (b *bounds) toInputs(i int) int64 {
	for ; i >= 0; i-- {
		b.activationBack(i)
		b.affineBack(b.fixed[i], b.enters[i])
	}
	var sum wide
	for k := range b.a {
		b.a[k] = small(b.a[k] + b.atInputs[k])
	}
	size(b.a)
	for k, a := range b.a {
		end := b.lo[k]
		if a < 0 {
			end = b.hi[k]
		}
		sum.add(product(a, end))
	}
	return small(b.constant - b.slack + sum.floor(b.f))
}

// size returns Σ|a|, which has to be small: this is what sums of 128 bits rest on.
func size(v []int64) (n int64) {
	for _, a := range v {
		n = small(n + max(a, -a))
	}
	return n
}

// activationBack replaces coefficients of layer i's values by those of its pre-activations.
func (b *bounds) activationBack(i int) {
	y := b.fixed[i]
	size(b.a)
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
		case b.side[q] == 0 && a*int64(y.kind[j]) < 0: // a line through 0
			part := int64(b.alpha[q]) - 1
			if part < 0 {
				if part = 0; b.u[q] > -b.l[q] {
					part = 256
				}
			}
			a = b.times(a, b.between(y, j, part, 8))
		case b.side[q] == 0 && a != 0:
			k.add(product(a, b.off[q]))
			a = b.times(a, b.slope[q])
		}
		b.a[j] = small(a + b.beta[q])
	}
	b.constant = small(b.constant + k.floor(b.f))
	b.slack = small(b.slack + b.passes[i]>>b.f + 1)
}

// affineBack replaces coefficients of a layer's pre-activations by those of what enters it.
func (b *bounds) affineBack(y *fixedLayer, enters int64) {
	n := size(b.a)
	var k wide
	for j, a := range b.a {
		k.add(product(a, y.bias[j]))
	}
	b.constant = small(b.constant + k.floor(b.f))
	if b.slack = small(b.slack + n>>b.f + 1 + enters>>b.f + 1); y.rounded {
		b.slack = small(b.slack + small(product(n, enters).floor(y.s+b.f)+1))
	}
	b.next = b.apply(b.next, len(y.columns), y.rows, b.a, y.s, false)
	b.a, b.next = b.next, b.a
}

// multipliers sets the slopes and multipliers of a claim.
func (b *bounds) multipliers(c *claim) {
	clear(b.alpha)
	clear(b.beta)
	for _, v := range c.alpha {
		b.alpha[b.unit[v.at]] = int16(v.v.Int64()) + 1
	}
	for _, v := range c.beta {
		q := b.unit[v.at]
		b.beta[q] = -int64(b.side[q]) * b.weight(v.v)
	}
}

// zoneLeast returns a lower bound of a condition by the rows of the outputs. One that is about
// inputs as well has none, even if in units its weights are 0.
func (b *bounds) zoneLeast(forms []form, mu []weight) int64 {
	if forms[mu[0].at].names()[0] < b.inputs {
		return none
	}
	return b.least(func() int64 {
		y := b.conditions(forms, mu)
		y.columns = y.columns[b.inputs:]
		sum := int64(0)
		for _, part := range y.rows[0] {
			for _, v := range part.size {
				sum = small(sum + int64(v))
			}
		}
		var low, high [1]int64
		b.affine(y, b.enters[len(b.fixed)], low[:], high[:])
		return low[0]
	})
}

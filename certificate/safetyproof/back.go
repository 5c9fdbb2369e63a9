package safetyproof

// Linear forms that go back through the network to the inputs, where their least value on a box is
// known. docs/safety-proof.md §5 is what this file does.

import (
	"slices"

	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
	"github.com/relucell/relucell/certificate/safetyproof/internal/fixed"
	"github.com/relucell/relucell/certificate/safetyproof/internal/query"
)

// none is the bound of a form that has none: less than all that are small.
const none = int64(-1) << fixed.SmallBits

// back is a form that goes back: Σ a·v/2^F + constant − slack is a lower bound of it on the node.
type back struct {
	a, next         fixed.Entries
	atInputs        []int64
	constant, slack int64
	signs           bool // some beta is not 0
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
	for j, bend := range y.Bend {
		if q := &b.units[y.First+j]; bend != 0 && q.l < 0 && q.u > 0 {
			q.l, q.u = max(q.l, b.bound(i, j, +1)), min(q.u, -b.bound(i, j, -1))
		}
	}
}

// bound returns a lower bound of s·z, z the pre-activation of unit j of layer i.
func (b *bounds) bound(i, j int, s int64) int64 {
	return b.least(func() int64 {
		b.a.Clear()
		b.a.Put(int32(j), s<<b.f)
		return b.toInputs(b.fixed[i], b.enters[i], i-1)
	})
}

// mixed returns a lower bound of a mixture of conditions and what beta adds. The conditions are a
// layer of inputs and outputs.
func (b *bounds) mixed(forms []query.Form, mu []claims.Weight) int64 {
	return b.least(func() int64 {
		y := b.conditions(forms, mu)
		b.a.Clear()
		for j, m := range mu {
			b.a.Put(int32(j), b.weight(m.V))
		}
		return b.toInputs(y, b.enters[len(b.fixed)]+b.enters[0], len(b.fixed)-1)
	})
}

// toInputs takes a form, of the pre-activations of a layer behind layer i, to the inputs, and
// returns its lower bound. Inputs may enter the layer before the values of layer i.
func (b *bounds) toInputs(y *fixed.Layer, enters int64, i int) int64 {
	b.constant, b.slack, b.atInputs = 0, 0, zeros(b.atInputs, b.Inputs)
	b.affineBack(y, enters)
	if i == len(b.fixed)-1 {
		a := b.a
		b.a.Clear() // no entry is passed by one that is put
		for i, k := range a.At {
			if k -= int32(b.Inputs); k < 0 {
				b.atInputs[a.At[i]] = a.V[i]
			} else {
				b.a.Put(k, a.V[i])
			}
		}
	}
	for ; i >= 0; i-- {
		b.activationBack(i)
		b.affineBack(b.fixed[i], b.enters[i])
	}
	var sum fixed.Wide
	for i, k := range b.a.At {
		b.atInputs[k] = fixed.Small(b.atInputs[k] + b.a.V[i])
	}
	fixed.Size(b.atInputs)
	for k, a := range b.atInputs {
		end := b.lo[k]
		if a < 0 {
			end = b.hi[k]
		}
		sum.Add(fixed.Product(a, end))
	}
	return fixed.Small(b.constant - b.slack + sum.Floor(b.f))
}

// activationBack replaces coefficients of layer i's values by those of its pre-activations.
func (b *bounds) activationBack(i int) {
	y := b.fixed[i]
	fixed.Size(b.a.V)
	if b.signs { // beta has coefficients where a may have none
		whole := fixed.Entries{At: slices.Clone(b.sums.First(len(y.Rows))), V: make([]int64, len(y.Rows))}
		for i, j := range b.a.At {
			whole.V[j] = b.a.V[i]
		}
		b.a = whole
	}
	var k fixed.Wide
	for i, j := range b.a.At {
		a, q := b.a.V[i], &b.units[y.First+int(j)]
		switch {
		case a == 0 || q.side > 0:
		case q.side < 0 && a > 0:
			a = b.times(a, y.High[j])
		case q.side < 0:
			a = b.times(a, y.Low[j])
		case a > 0 == (y.Bend[j] > 0): // a line through 0
			a = b.times(a, y.Between(int(j), 1<<b.f, q.alpha, 8))
		default:
			k.Add(fixed.Product(a, q.off))
			a = b.times(a, q.slope)
		}
		b.a.V[i] = fixed.Small(a + q.beta)
	}
	b.constant = fixed.Small(b.constant + k.Floor(b.f))
	b.slack = fixed.Small(b.slack + b.passes[i]>>b.f + 1)
}

// affineBack replaces coefficients of a layer's pre-activations by those of what enters it.
func (b *bounds) affineBack(y *fixed.Layer, enters int64) {
	n := fixed.Size(b.a.V)
	var k fixed.Wide
	for i, j := range b.a.At {
		k.Add(fixed.Product(b.a.V[i], y.Bias[j]))
	}
	b.constant = fixed.Small(b.constant + k.Floor(b.f))
	if b.slack = fixed.Small(b.slack + n>>b.f + 1 + enters>>b.f + 1); y.Rounded {
		b.slack = fixed.Small(b.slack + fixed.Small(fixed.Product(n, enters).Floor(y.Shift+b.f)+1))
	}
	b.next.Clear()
	for _, k := range b.product(y.Rows, b.a, len(y.Columns), false) {
		b.next.Put(k, b.sums.Take(k).Floor(y.Shift))
	}
	b.a, b.next = b.next, b.a
}

// multipliers sets the slopes and multipliers of a claim.
func (b *bounds) multipliers(c *claims.Claim) {
	b.signs = len(c.Beta) > 0
	for q := range b.units {
		b.units[q].alpha, b.units[q].beta = b.units[q].usual, 0
	}
	for _, v := range c.Alpha {
		b.units[b.unit[v.At]].alpha = v.V.Int64()
	}
	for _, v := range c.Beta {
		q := &b.units[b.unit[v.At]]
		q.beta = -int64(q.side) * b.weight(v.V)
	}
}

// zoneLeast returns a lower bound of a condition by the rows of the outputs. One that is about
// inputs as well has none, even if in units its weights are 0.
func (b *bounds) zoneLeast(forms []query.Form, mu []claims.Weight) int64 {
	if forms[mu[0].At].Names()[0] < b.Inputs {
		return none
	}
	return b.least(func() int64 {
		y, z := b.conditions(forms, mu), make([]unitBounds, 1)
		y.Columns = y.Columns[b.Inputs:]
		fixed.Size(y.Rows[0].V)
		b.affine(y, b.enters[len(b.fixed)], z)
		return z[0].l
	})
}

// Elements as exact affine forms of others: what shows that two branches meet.

package onnx

import (
	"errors"
	"maps"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// maxExpanded bounds the terms that are looked at for one node.
const maxExpanded = 1 << 22

// errApart is said of branches that are not seen to meet. Where they do not, the function jumps.
var errApart = errors.New("the branches are not seen to meet where the condition turns (their difference is no multiple of what is compared): a function that jumps is not piecewise linear, and one that does not is read where it is written with Max, Min or Clip")

// expander writes places as forms of others, within a budget of terms.
type expander struct {
	*builder
	budget int
}

// form is Σ terms[r]·r + constant.
type form struct {
	terms    map[ref]*big.Rat
	constant *big.Rat
}

// formOf returns the form x − y; a zero place is none.
func (b *expander) formOf(x ref, minus ...ref) *form {
	f := &form{terms: map[ref]*big.Rat{}, constant: new(big.Rat)}
	b.addTo(f, x, big.NewRat(1, 1))
	for _, y := range minus {
		b.addTo(f, y, big.NewRat(-1, 1))
	}
	return f
}

// addTo adds c·r.
func (b *expander) addTo(f *form, r ref, c *big.Rat) {
	if r.block == isConstant {
		v := new(big.Rat).SetFloat64(b.constants[r.row])
		f.constant.Add(f.constant, v.Mul(v, c))
		return
	}
	t := f.terms[r]
	if t == nil {
		t = new(big.Rat)
		f.terms[r] = t
	}
	if t.Add(t, c); t.Sign() == 0 {
		delete(f.terms, r)
	}
}

// highest returns the highest affine block that forms have terms of, −1 if there is none. A block
// of maxima is none: its elements are no forms of its rows.
func (b *expander) highest(forms ...*form) int32 {
	top := int32(-1)
	for _, f := range forms {
		for r := range f.terms {
			if r.block > inputBlock && b.blocks[r.block].affine() {
				top = max(top, r.block)
			}
		}
	}
	return top
}

// expand replaces the terms of a block by what its rows are, within a budget.
func (b *expander) expand(f *form, block int32) {
	k := b.blocks[block]
	for _, r := range slices.Collect(maps.Keys(f.terms)) {
		if r.block != block {
			continue
		}
		if b.budget -= len(k.in); b.budget < 0 {
			panic(refusalf("the condition is not compared with its branches: they have too many terms"))
		}
		c := f.terms[r]
		delete(f.terms, r)
		v := new(big.Rat).SetFloat64(k.b[r.row])
		f.constant.Add(f.constant, v.Mul(v, c))
		at, weights := k.w.Row(int(r.row))
		for i, w := range weights {
			x := new(big.Rat).SetFloat64(w)
			b.addTo(f, k.in[at[i]], x.Mul(x, c))
		}
	}
}

// multiple returns c where d is c·z for a z that has terms, and whether it is.
func (d *form) multiple(z *form) (*big.Rat, bool) {
	c := new(big.Rat)
	for r, v := range z.terms {
		if t := d.terms[r]; t != nil {
			c.Quo(t, v)
		}
		break
	}
	if c.Sign() == 0 {
		return c, len(d.terms) == 0 && d.constant.Sign() == 0
	}
	if len(d.terms) != len(z.terms) || d.constant.Cmp(new(big.Rat).Mul(c, z.constant)) != 0 {
		return nil, false
	}
	for r, v := range z.terms {
		if t := d.terms[r]; t == nil || t.Cmp(new(big.Rat).Mul(c, v)) != 0 {
			return nil, false
		}
	}
	return c, true
}

// ratio returns c where d is c·z on all inputs. It is nil where z is a constant, d then being
// whatever it is.
func (b *expander) ratio(d, z *form) *big.Rat {
	for len(z.terms) > 0 {
		if c, ok := d.multiple(z); ok {
			return c
		}
		top := b.highest(d, z)
		if top < 0 {
			panic(refusal{errApart})
		}
		b.expand(d, top)
		b.expand(z, top)
	}
	return nil
}

// choice is how an element chooses between two by the sign of z.
type choice uint8

const (
	chooseBelow choice = iota
	chooseAbove
	chooseLarger
	chooseSmaller
)

// chosen returns which of above, where z > 0, and below, where z < 0, an element is.
func (b *expander) chosen(z, above, below ref) choice {
	f := b.formOf(z)
	switch c := b.ratio(b.formOf(above, below), f); {
	case c == nil && f.constant.Sign() == 0:
		panic(refusalf("its condition compares what is always equal"))
	case c == nil && f.constant.Sign() > 0:
		return chooseAbove
	case c == nil || c.Sign() == 0:
		return chooseBelow
	case c.Sign() > 0:
		return chooseLarger
	default:
		return chooseSmaller
	}
}

// leaky returns the slopes of units that are z where z > 0 and below where z < 0, if above is z
// and below is a float64 times z in all elements.
func (b *expander) leaky(z, above, below []ref) ([]float64, bool) {
	slopes := make([]float64, len(z))
	for i := range z {
		var one, c *big.Rat
		err := attempt(func() {
			one, c = b.ratio(b.formOf(above[i]), b.formOf(z[i])), b.ratio(b.formOf(below[i]), b.formOf(z[i]))
		})
		if err != nil || one == nil || c == nil || one.Cmp(big.NewRat(1, 1)) != 0 {
			return nil, false
		}
		exact := false
		if slopes[i], exact = dyadic.FromRat(c); !exact {
			return nil, false
		}
	}
	return slopes, true
}

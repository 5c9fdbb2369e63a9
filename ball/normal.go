// This file holds the map x = mid + scale·y from the unit ball, without
// rounding: c ± r may equal c in floats, and the midpoint of a box need not be a
// float64 at all.

package ball

import "math/big"

// Mid returns the centre, n numbers, exactly: c, or (lo+hi)/2 for a box. The
// precision of each is at least 53 bits and enough to hold it.
func (b Ball) Mid() []*big.Float {
	out := make([]*big.Float, b.Dim())
	for k := range out {
		if b.norm == Box {
			out[k] = half(sum(dyadic(b.lo[k]), dyadic(b.hi[k])))
		} else {
			out[k] = dyadic(b.center[k])
		}
	}
	return out
}

// Scale returns the half-widths, n numbers > 0, exactly: r in every coordinate,
// or (hi−lo)/2 for a box.
func (b Ball) Scale() []*big.Float {
	out := make([]*big.Float, b.Dim())
	for k := range out {
		if b.norm == Box {
			out[k] = half(sum(dyadic(b.hi[k]), dyadic(-b.lo[k])))
		} else {
			out[k] = dyadic(b.radius)
		}
	}
	return out
}

// Point returns x = mid + scale·y, n numbers, exactly, for finite y of normalised
// coordinates. It panics if y does not have one number per input.
func (b Ball) Point(y []float64) []*big.Float {
	b.checkDim(len(y))
	out := b.Mid()
	for k, s := range b.Scale() {
		out[k] = sum(out[k], product(s, dyadic(y[k])))
	}
	return out
}

// floatBits is the precision of a float64.
const floatBits = 53

func dyadic(v float64) *big.Float { return new(big.Float).SetPrec(floatBits).SetFloat64(v) }

// fit gives v, held exactly, the least precision of its own from 53 bits up.
func fit(v *big.Float) *big.Float { return v.SetPrec(max(floatBits, v.MinPrec())) }

// sum returns a + b exactly: the result has no bit above the larger exponent plus
// one carry, and none below the lower of the last bits.
func sum(a, b *big.Float) *big.Float {
	if a.Sign() == 0 {
		return b
	}
	if b.Sign() == 0 {
		return a
	}
	top := max(a.MantExp(nil), b.MantExp(nil)) + 1
	low := min(a.MantExp(nil)-int(a.MinPrec()), b.MantExp(nil)-int(b.MinPrec()))
	return fit(new(big.Float).SetPrec(uint(top-low)).Add(a, b))
}

// product returns a·b exactly.
func product(a, b *big.Float) *big.Float {
	return fit(new(big.Float).SetPrec(max(1, a.MinPrec()+b.MinPrec())).Mul(a, b))
}

func half(a *big.Float) *big.Float { return a.SetMantExp(a, -1) }

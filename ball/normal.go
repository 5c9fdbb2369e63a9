// This file holds the map x = mid + scale·y from the unit ball, without
// rounding: c ± r may equal c in floats, and the midpoint of a box need not be a
// float64 at all.

package ball

import (
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

// Mid returns the centre, n numbers, exactly: c, or (lo+hi)/2 for a box. The
// precision of each is at least 53 bits and enough to hold it.
func (b Ball) Mid() []*big.Float {
	out := make([]*big.Float, b.Dim())
	for k := range out {
		if b.norm == Box {
			out[k] = halfSum(b.lo[k], b.hi[k])
		} else {
			out[k] = big.NewFloat(b.center[k])
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
			out[k] = halfSum(b.hi[k], -b.lo[k])
		} else {
			out[k] = big.NewFloat(b.radius)
		}
	}
	return out
}

// halfSum returns (v + w)/2.
func halfSum(v, w float64) *big.Float {
	d := dyadic.Floats([]float64{v}).Add(dyadic.Floats([]float64{w}))
	return dyadic.Float(&d.N[0], d.Exp-1)
}

// Point returns x = mid + scale·y, n numbers, exactly, for finite y of normalised
// coordinates. It panics if y does not have one number per input.
func (b Ball) Point(y []float64) []*big.Float {
	b.checkDim(len(y))
	return dyadic.BigFloats(b.Scale()).Times(y).Add(dyadic.BigFloats(b.Mid())).Floats()
}

package nettext

// The exact value of a network at a point.

import (
	"math/big"

	"github.com/relucell/relucell/certificate/internal/fractions"
)

// At returns the exact output at x; nil once ended says so, or where the coordinates have no common
// denominator that is short enough.
func (n *Plain) At(x []*big.Rat, ended func() bool) (y []*big.Rat) {
	values, one, ok := fractions.Common(x) // values times one
	if !ok {
		return nil
	}
	var t big.Int
	for _, r := range n.Layers {
		next := make([]big.Int, len(r.Bias))
		for j := range next {
			if ended() {
				return nil
			}
			z := &next[j]
			z.Mul(&r.Bias[j], one)
			for i := r.Start[j]; i < r.Start[j+1]; i++ {
				z.Add(z, t.Mul(&r.Z[i], &values[r.From[i]]))
			}
			if z.Sign() < 0 {
				z.Mul(z, &r.Slopes[j])
			} else {
				z.Lsh(z, r.Fine)
			}
		}
		values = next
		one.Lsh(one, r.Scale+r.Fine)
	}
	for k := range values {
		if ended() {
			return nil
		}
		y = append(y, new(big.Rat).SetFrac(&values[k], one))
	}
	return y
}

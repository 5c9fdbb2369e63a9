// The second tier: multipliers rounded to integers and checked exactly, in
// float64 where every number fits, else in big integers.

package judge

import (
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/lp/exact"
)

const (
	// maxDenominator is the largest common denominator that simple looks for. Degenerate networks
	// with small integer weights want small rationals; larger ones are left to the exact solve.
	maxDenominator = 24
	// simpleSlack is how near to an integer a scaled multiplier must be: solvers return
	// multipliers to about 2⁻⁴⁰ of their size. Only a proposal depends on it.
	simpleSlack = 1.0 / (1 << 24)
)

// simple looks for the small integers that the multipliers are proportional to.
func (c *filter) simple(lam []float64) bool {
	top := 1.0
	for _, v := range lam {
		top = max(top, v)
	}
	for d := 1.0; d <= maxDenominator; d++ {
		f := d / top
		ok := true
		near := func(v float64) float64 {
			r := math.Round(v)
			ok = ok && math.Abs(v-r) <= simpleSlack
			return r
		}
		c.round = append(c.round[:0], near(f))
		for _, v := range lam {
			c.round = append(c.round, near(f*v))
		}
		if ok && c.round[0] >= 1 {
			return true
		}
	}
	return false
}

// smallCheck is exact or says that it cannot be. All coefficients are multiples of
// q; with Σ λ·mag ≤ 2⁵²·q every partial sum is such a multiple below 2⁵³·q, so no
// operation rounds. For l2 the squares need twice the bits.
func (c *filter) smallCheck(z *forms.Form, s float64, ids []int32) (ok, sure bool) {
	q, exactAll := z.Quantum, z.Err == 0
	for _, id := range ids {
		a := &c.Cell[id]
		q = min(q, a.Quantum)
		exactAll = exactAll && a.Err == 0
	}
	if !exactAll || q == 0 {
		return false, false
	}
	h, _, mag := c.combine(z, s, c.round[0], ids, c.round[1:])
	f := c.f[:len(z.G)]
	if c.Model.Norm != ball.L2 {
		if !(mag <= q*(1<<52)) {
			return false, false
		}
		return h+forms.Sup(c.Model.Norm, f) <= 0, true
	}
	if !(mag <= q*(1<<25)) {
		return false, false
	}
	h /= q
	t := 0.0
	for _, g := range f {
		g /= q
		t += g * g
	}
	return h <= 0 && t <= h*h, true
}

// integer is the second tier: multipliers rounded to integers, first the small
// ones they seem to be, then by 4 to 32 bits, checked exactly.
func (j *Judge) integer(z *forms.Form, s float64, ids []int32, lam []float64) bool {
	if j.simple(lam) && j.checked(z, s, ids) {
		return true
	}
	h, _, mag := j.combine(z, s, 1, ids, lam)
	margin := -(h + forms.Sup(j.Model.Norm, j.f[:len(z.G)])) / mag
	top := 1.0
	for _, v := range lam {
		top = max(top, v)
	}
	_, e := math.Frexp(top)
	for _, bits := range [...]int{4, 8, 16, 24, 32} {
		// A factor that is a power of two keeps multipliers that are dyadic, such as a weight.
		f := math.Ldexp(1, bits-e)
		if margin < math.Ldexp(hopeful, -bits) && !dyadicLike(lam, f) {
			continue
		}
		if j.scaled(lam, f) && j.checked(z, s, ids) {
			return true
		}
	}
	return false
}

// hopeful is the share of a rounding step that the margin of a proposal must have for
// rounding to be worth a try: roundings partly cancel.
const hopeful = 1.0 / (1 << 4)

// dyadicLike says that f·(1, lam) look like integers.
func dyadicLike(lam []float64, f float64) bool {
	if math.Abs(f-math.Round(f)) > simpleSlack {
		return false
	}
	for _, v := range lam {
		if math.Abs(f*v-math.Round(f*v)) > simpleSlack {
			return false
		}
	}
	return true
}

// checked tests the rounded multipliers exactly: in float64 where every number is
// an integer multiple of one power of two and small enough to be exact, else in big integers.
func (j *Judge) checked(z *forms.Form, s float64, ids []int32) bool {
	ok, sure := j.smallCheck(z, s, ids)
	if !sure {
		ok = j.bigCheck(z, s, ids)
	}
	if ok && j.Proof {
		j.Out.take(&j.filter, z, ids)
	}
	return ok
}

// bigCheck computes the true f in big integers.
func (j *Judge) bigCheck(z *forms.Form, s float64, ids []int32) bool {
	x := j.Model.Integers()
	if x == nil {
		return false
	}
	rows := j.rowsOf(z, s, ids)
	top := x.Scale[z.Layer]
	for _, id := range ids {
		top = max(top, x.Scale[j.Cell[id].Layer])
	}
	lam := j.trueMultipliers(z, ids)
	lam[0].Lsh(lam[0], uint(top-x.Scale[z.Layer])) // bring all forms to one scale
	for i, id := range ids {
		lam[i+1].Lsh(lam[i+1], uint(top-x.Scale[j.Cell[id].Layer]))
	}
	return exact.NonPositive(j.Model.Norm, exact.Combine(lam[0], rows[0], lam[1:], rows[1:]))
}

// trueMultipliers turns the rounded multipliers of the scaled forms into
// integers for the true ones: float row = 2^shift · true row.
func (c *filter) trueMultipliers(z *forms.Form, ids []int32) []*big.Int {
	low := z.Shift
	for _, id := range ids {
		low = min(low, c.Cell[id].Shift)
	}
	one := func(r float64, shift int) *big.Int {
		v, _ := new(big.Float).SetFloat64(r).Int(nil)
		return v.Lsh(v, uint(shift-low))
	}
	lam := []*big.Int{one(c.round[0], z.Shift)}
	for i, id := range ids {
		lam = append(lam, one(c.round[i+1], c.Cell[id].Shift))
	}
	return lam
}

// The second tier: multipliers rounded to integers and checked exactly, in
// float64 where every number fits, else in big integers.

package judge

import (
	"math"

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
func (j *Judge) simple(lam []float64) bool {
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
		j.round = append(j.round[:0], near(f))
		for _, v := range lam {
			j.round = append(j.round, near(f*v))
		}
		if ok && j.round[0] >= 1 {
			return true
		}
	}
	return false
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
		j.take(z, ids)
	}
	return ok
}

// smallCheck is exact or says that it cannot be. All coefficients are multiples of
// q; with Σ λ·mag ≤ 2⁵²·q every partial sum is such a multiple below 2⁵³·q, so no
// operation rounds. For l2 the squares need twice the bits.
func (j *Judge) smallCheck(z *forms.Form, s float64, ids []int32) (ok, sure bool) {
	q, exactAll := z.Quantum, z.Err == 0
	for _, id := range ids {
		a := &j.Cell[id]
		q = min(q, a.Quantum)
		exactAll = exactAll && a.Err == 0
	}
	if !exactAll || q == 0 {
		return false, false
	}
	h, _, mag := j.combine(z, s, j.round[0], ids, j.round[1:])
	f := j.f[:len(z.G)]
	if j.Model.Norm != ball.L2 {
		if !(mag <= q*(1<<52)) {
			return false, false
		}
		return h+forms.Sup(j.Model.Norm, f) <= 0, true
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

// bigCheck computes the true f in big integers.
func (j *Judge) bigCheck(z *forms.Form, s float64, ids []int32) bool {
	x := j.Model.Integers()
	if x == nil {
		return false
	}
	rows := []exact.Row{j.Row(z.Layer, z.Unit, s)}
	lay := []int{z.Layer}
	for _, id := range ids {
		a := &j.Cell[id]
		rows = append(rows, j.Row(a.Layer, a.Unit, a.S))
		lay = append(lay, a.Layer)
	}
	top := 0
	for _, l := range lay {
		top = max(top, x.Scale[l])
	}
	lam := j.trueMultipliers(z, ids)
	for i := range lam { // bring all forms to one scale
		lam[i].Lsh(lam[i], uint(top-x.Scale[lay[i]]))
	}
	return exact.NonPositive(j.Model.Norm, exact.Combine(lam[0], rows[0], lam[1:], rows[1:]))
}

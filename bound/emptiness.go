// Certificates that a flat misses a polytopal ball, for arrangement.go.
//
// The flat {f_1 = … = f_m = 0} misses the open ball iff some combination f = Σ λ_i f_i has
// |f(c)| ≥ sup|f−f(c)| > −1 and f(c) ≠ 0 (separation of the flat from the ball). A linear programme
// in floats proposes λ; floats are exact dyadics, so the combination is formed and judged exactly.

package bound

import (
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
)

// emptyBox bounds the multipliers that the programme starts from: certificates may be scaled at
// will, so it only has to be large beside what rows of size about one need.
const emptyBox = 1 << 20

// certifiedEmpty looks for multipliers that prove that the flat misses the open ball: it maximises
// λ·v over ‖Σ λ_i g_i‖ ≤ 1 in the dual norm, in coordinates that make the ball the unit ball.
func (a *arrangement) certifiedEmpty(flat []*plane) bool {
	rows, q, exps := scaledRows(flat, halfWidths(a.ball))
	m := len(flat)
	basis := make([]lpColumn, m)
	for i, v := range q {
		e := make([]float64, m)
		e[i] = math.Copysign(1, v)
		basis[i] = lpColumn{g: e, cost: emptyBox, unit: -1}
	}
	dual := ball.L1
	if a.ball.Norm() == ball.L1 {
		dual = ball.LInf
	}
	price := func(lambda []float64) (lpColumn, bool) {
		sum := make([]float64, len(rows[0]))
		for i, l := range lambda {
			for k, w := range rows[i] {
				sum[k] += l * w
			}
		}
		signs, size := normColumn(dual, sum)
		g := make([]float64, m)
		for i := range g {
			for k, s := range signs {
				g[i] += s * rows[i][k]
			}
		}
		return lpColumn{g: g, cost: 1, unit: -1}, size > 1+lpTolerance
	}
	work := math.MaxInt
	_, _, lambda := dualSimplex(price, basis, q, &work)
	value := 0.0
	for i, l := range lambda {
		if math.IsNaN(l) || math.IsInf(l, 0) {
			return false
		}
		value += l * q[i]
	}
	return value > 1-lpTolerance && a.combinationMisses(flat, lambda, exps)
}

// scaledRows returns the planes in coordinates y/hw as floats, row i and its value scaled by
// 2^−exps[i] so that the largest entry is about one. Entries are rounded, may underflow to 0, and
// the value may overflow: they steer the programme, and combinationMisses judges the planes
// themselves.
func scaledRows(flat []*plane, hw []float64) (rows [][]float64, values []float64, exps []int) {
	for _, p := range flat {
		fs := make([]*big.Float, len(p.g)+1)
		top := math.MinInt
		for k := range p.g {
			fs[k] = dyadic.Float(&p.g[k], 0)
			if fs[k].Mul(fs[k], big.NewFloat(hw[k])); fs[k].Sign() != 0 {
				top = max(top, fs[k].MantExp(nil))
			}
		}
		fs[len(p.g)] = dyadic.Float(&p.v, 0)
		row := make([]float64, len(fs))
		for k, f := range fs {
			row[k], _ = dyadic.FromFloat(f.SetMantExp(f, -top))
		}
		rows, values, exps = append(rows, row[:len(p.g)]), append(values, row[len(p.g)]), append(exps, top)
	}
	return rows, values, exps
}

// combinationMisses reports, exactly, that Σ λ_i·2^−exps[i]·f_i has no zero in the open ball.
func (a *arrangement) combinationMisses(flat []*plane, lambda []float64, exps []int) bool {
	n := len(flat[0].g)
	sum := dyadic.Zeros(n + 1) // gradient, then value
	for i, p := range flat {
		f := dyadic.Vector{N: append(p.g[:n:n], p.v), Exp: -exps[i]}
		sum = sum.Add(f.Times(slices.Repeat(lambda[i:i+1], n+1)))
	}
	if sum.N[n].Sign() == 0 {
		return false
	}
	return !cutsBall(a.ball, dyadic.Vector{N: sum.N[:n], Exp: sum.Exp}, sum.Rat(n))
}

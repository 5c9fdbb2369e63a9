// The first half of the exact tier: the rational multipliers on the support
// that the float solver proposed. Where hyperplanes meet in one point the sum f must vanish
// in every coordinate that no facet of the ball holds, and rounded multipliers
// never do that unless they are small; but the support tells which equations to
// solve (Bareiss 1968: elimination in integers, divisions exact).

package judge

import (
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/lp/exact"
)

// supportZero is how small a coordinate of f must be, beside the sum of the magnitudes
// that made it, to be taken for zero. It steers a proposal only.
const supportZero = 1.0 / (1 << 30)

// support is the scratch of onSupport: the coordinates in which f is to vanish, and the gradients
// there.
type support struct {
	coords []int
	square []float64
}

// onSupport solves for the multipliers of the given constraints exactly and checks
// them. On success they are in j.Out when a proof is wanted.
func (j *Judge) onSupport(z *forms.Form, s float64, ids []int32, lam []float64) bool {
	k := len(ids)
	if k == 0 || k > len(z.G) {
		return false
	}
	coords := j.support.vanishing(&j.filter, z, s, ids, lam)
	if len(coords) < k {
		return false
	}
	if coords = j.support.pivotRows(j.Cell, coords, ids); coords == nil {
		return false
	}
	rows := j.rowsOf(z, s, ids)
	sol, det := bareiss(coords, rows, j.Model.Late)
	if det == nil || det.Sign() == 0 {
		return false
	}
	if det.Sign() < 0 {
		det.Neg(det)
		for _, v := range sol {
			v.Neg(v)
		}
	}
	for _, v := range sol {
		if v.Sign() < 0 {
			return false
		}
	}
	if !exact.NonPositive(j.Model.Norm, exact.Combine(det, rows[0], sol, rows[1:])) {
		return false
	}
	if j.Proof {
		full := make([]*big.Int, len(j.Cell))
		zero := new(big.Int)
		for i := range full {
			full[i] = zero
		}
		for i, id := range ids {
			full[id] = sol[i]
		}
		j.Out.takeBig(&j.filter, z, det, full)
	}
	return true
}

// vanishing lists the coordinates in which the proposed f is zero up to rounding.
func (w *support) vanishing(c *filter, z *forms.Form, s float64, ids []int32, lam []float64) []int {
	_, _, mag := c.combine(z, s, 1, ids, lam)
	w.coords = w.coords[:0]
	for i, v := range c.f[:len(z.G)] {
		if math.Abs(v) <= supportZero*mag {
			w.coords = append(w.coords, i)
		}
	}
	return w.coords
}

// pivotRows chooses as many of the coordinates as there are constraints, on which
// their gradients are independent, by elimination in floats.
func (w *support) pivotRows(cell []Constraint, coords []int, ids []int32) []int {
	k := len(ids)
	w.square = slices.Grow(w.square[:0], len(coords)*k)[:len(coords)*k]
	a := w.square
	for r, i := range coords {
		for t, id := range ids {
			anc := &cell[id]
			a[r*k+t] = anc.G[i] / anc.Mag
		}
	}
	for t := 0; t < k; t++ {
		p := t
		for r := t + 1; r < len(coords); r++ {
			if math.Abs(a[r*k+t]) > math.Abs(a[p*k+t]) {
				p = r
			}
		}
		if math.Abs(a[p*k+t]) <= supportZero {
			return nil
		}
		coords[t], coords[p] = coords[p], coords[t]
		for u := 0; u < k; u++ {
			a[t*k+u], a[p*k+u] = a[p*k+u], a[t*k+u]
		}
		for r := t + 1; r < len(coords); r++ {
			f := a[r*k+t] / a[t*k+t]
			for u := t; u < k; u++ {
				a[r*k+u] -= f * a[t*k+u]
			}
		}
	}
	return coords[:k]
}

// bareiss solves Σ λ_t·row_t = −det·row_0 on the given coordinates, for integers λ and det.
func bareiss(coords []int, rows []exact.Row, late func() bool) (lam []*big.Int, det *big.Int) {
	k := len(coords)
	// m[r][t] is coordinate r of constraint t; the last column is that of −z.
	m := make([][]big.Int, k)
	for r, i := range coords {
		m[r] = make([]big.Int, k+1)
		for t := 0; t < k; t++ {
			m[r][t].Set(rows[t+1].G[i])
		}
		m[r][k].Neg(rows[0].G[i])
	}
	prev := big.NewInt(1)
	var x, y big.Int
	for t := 0; t < k; t++ {
		if m[t][t].Sign() == 0 || late() {
			return nil, nil
		}
		for r := 0; r < k; r++ {
			if r == t {
				continue
			}
			for u := k; u >= t; u-- {
				x.Mul(&m[t][t], &m[r][u])
				y.Mul(&m[r][t], &m[t][u])
				x.Sub(&x, &y)
				m[r][u].Quo(&x, prev)
			}
			for u := 0; u < t; u++ { // the diagonal behind grows with the others
				if u == r {
					x.Mul(&m[t][t], &m[r][r])
					m[r][r].Quo(&x, prev)
				}
			}
		}
		prev = new(big.Int).Set(&m[t][t])
	}
	lam = make([]*big.Int, k)
	for t := range lam {
		lam[t] = &m[t][k]
	}
	return lam, prev
}

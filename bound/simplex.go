// A small simplex for the dual of a layer-wise relaxation, which only
// proposes: its multipliers become slopes of lines, and back-substitution with those
// lines, rounded outward, is the bound. So neither rounding nor an early end
// can make it unsound.
//
// Maximise q·p over p = (y, a): y the normalised deviation of the input, ‖y‖ ≤ 1, and a the
// deviations of the outputs of the unsettled units, each below and above lines in p. The dual is
//
//	minimise Σ cost_i μ_i  subject to  Σ μ_i column_i = q, μ ≥ 0,
//
// with one column for each line and one for each unit vector g of the dual norm (cost 1), of which
// the best is made when asked for: that of the current y, if ‖y‖ > 1. Plain back-substitution is a
// feasible basis to start from, triangular in the order of the layers.

package bound

import (
	"math"

	"github.com/relucell/relucell/ball"
)

// lpColumn is one constraint of the primal: g·p ≤ cost.
type lpColumn struct {
	g    []float64
	cost float64
	unit int     // index of the unit whose line it is, −1 for the norm
	leg  float64 // slope of the line
	sign float64 // +1 a line above, −1 one below
}

const (
	// lpTolerance says how far, relative to the size of the data, a constraint must be violated,
	// and how large a pivot must be. It steers proposals only.
	lpTolerance = 1e-9
	// lpPivots caps the pivots per row of the basis.
	lpPivots = 12
)

// oracle returns the column whose constraint p violates most, false if there is none.
type oracle func(p []float64) (lpColumn, bool)

// dualSimplex improves the basis until no column prices out, and returns the basis, its multipliers
// and the primal point. work is lowered by the work done, and ends the search when it is used up.
func dualSimplex(price oracle, basis []lpColumn, q []float64, work *int) ([]lpColumn, []float64, []float64) {
	m := len(q)
	t := &tableau{basis: basis, inv: invertBasis(basis), mu: make([]float64, m), d: make([]float64, m)}
	*work -= m * m * m
	if t.inv == nil {
		return nil, nil, nil
	}
	for i := range t.mu {
		for k, v := range q {
			t.mu[i] += t.inv[i][k] * v
		}
	}
	p := make([]float64, m)
	for range lpPivots * m {
		if *work -= 2 * m * m; *work < 0 {
			break
		}
		t.prices(p)
		enter, ok := price(p)
		if !ok || !t.pivot(enter) {
			break
		}
	}
	return t.basis, t.mu, p
}

// tableau is a basis with its inverse, whose rows belong to the columns of the basis, and its
// multipliers.
type tableau struct {
	basis []lpColumn
	inv   [][]float64
	mu, d []float64
}

// prices sets p to the primal point of the basis.
func (t *tableau) prices(p []float64) {
	for k := range p {
		p[k] = 0
		for i, c := range t.basis {
			p[k] += c.cost * t.inv[i][k]
		}
	}
}

// pivot brings a column in and drops the one whose multiplier reaches zero first; false if none
// does.
func (t *tableau) pivot(enter lpColumn) bool {
	leave, step := -1, math.Inf(1)
	for i := range t.d {
		t.d[i] = 0
		for k, v := range enter.g {
			if v != 0 {
				t.d[i] += t.inv[i][k] * v
			}
		}
		if t.d[i] > lpTolerance {
			if s := math.Max(t.mu[i], 0) / t.d[i]; s < step {
				leave, step = i, s
			}
		}
	}
	if leave < 0 {
		return false
	}
	for i := range t.mu {
		if i == leave {
			continue
		}
		t.mu[i] -= step * t.d[i]
		if f := t.d[i] / t.d[leave]; f != 0 {
			for k := range t.inv[i] {
				t.inv[i][k] -= f * t.inv[leave][k]
			}
		}
	}
	t.mu[leave] = step
	for k := range t.inv[leave] {
		t.inv[leave][k] /= t.d[leave]
	}
	t.basis[leave] = enter
	return true
}

// mostViolated is the oracle of a relaxation over n inputs.
func mostViolated(norm ball.Norm, n int, lines []lpColumn, p []float64) (lpColumn, bool) {
	var best lpColumn
	worst := lpTolerance
	for _, c := range lines {
		s, size := 0.0, math.Abs(c.cost)
		for k, v := range c.g {
			if v != 0 {
				s += v * p[k]
				size = math.Max(size, math.Abs(v*p[k]))
			}
		}
		if v := (s - c.cost) / math.Max(size, math.SmallestNonzeroFloat64); v > worst {
			best, worst = c, v
		}
	}
	if g, size := normColumn(norm, p[:n]); size-1 > worst {
		best = lpColumn{g: append(g, make([]float64, len(p)-n)...), cost: 1, unit: -1}
		worst = size - 1
	}
	return best, worst > lpTolerance
}

// normColumn returns a unit vector g of the dual norm with g·y = ‖y‖, and ‖y‖.
func normColumn(norm ball.Norm, y []float64) ([]float64, float64) {
	g := make([]float64, len(y))
	size := 0.0
	switch norm {
	case ball.L2:
		size = norm2Up(y)
		for k, v := range y {
			g[k] = v / size
		}
	case ball.L1:
		for k, v := range y {
			size += math.Abs(v)
			g[k] = math.Copysign(1, v)
		}
	default:
		at := 0
		for k, v := range y {
			if math.Abs(v) > size {
				at, size = k, math.Abs(v)
			}
		}
		g[at] = math.Copysign(1, y[at])
	}
	return g, size
}

// invertBasis returns the inverse of the matrix whose columns are the basis, nil if there is none.
func invertBasis(basis []lpColumn) [][]float64 {
	m := len(basis)
	a, inv := make([][]float64, m), make([][]float64, m)
	for k := range a {
		a[k], inv[k] = make([]float64, m), make([]float64, m)
		inv[k][k] = 1
		for i, c := range basis {
			a[k][i] = c.g[k]
		}
	}
	for i := range m {
		p := i
		for k := i; k < m; k++ {
			if math.Abs(a[k][i]) > math.Abs(a[p][i]) {
				p = k
			}
		}
		if a[p][i] == 0 {
			return nil
		}
		a[i], a[p], inv[i], inv[p] = a[p], a[i], inv[p], inv[i]
		f := 1 / a[i][i]
		for k := range m {
			a[i][k] *= f
			inv[i][k] *= f
		}
		for r := range m {
			if f := a[r][i]; r != i && f != 0 {
				for k := range m {
					a[r][k] -= f * a[i][k]
					inv[r][k] -= f * inv[i][k]
				}
			}
		}
	}
	return inv
}

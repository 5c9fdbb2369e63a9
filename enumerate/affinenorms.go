// What the rows of a layer make of errors is bounded by norms (Cauchy and Schwarz): one product a
// row. Units may be of very different sizes, so each column of weights is first divided by a power
// of two, and the errors that it meets are multiplied by that. Without, the bound of a network with
// neurons scaled by up to 2^±40, which is the same function, was 10⁴¹ times as much.

package enumerate

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/internal/forms"
)

// mostBalance bounds the exponents that columns are divided by.
const mostBalance = 1000

// balance returns a power of two for each column of a matrix, by which it may be divided for the
// weights of a row to be of one size, as far as they can: twice, rows are divided by their largest
// weights, and then columns (equilibration, as before the solution of a linear system). Any numbers
// above 0 would do.
func balance(rows [][]float64, columns int) []float64 {
	of := make([]int, columns)
	for range 2 {
		next := make([]int, columns)
		for j := range next {
			next[j] = math.MinInt
		}
		for _, row := range rows {
			top := math.MinInt
			for j, w := range row {
				if w != 0 {
					top = max(top, math.Ilogb(w)-of[j])
				}
			}
			for j, w := range row {
				if w != 0 {
					next[j] = max(next[j], math.Ilogb(w)-top)
				}
			}
		}
		of = next
	}
	d := make([]float64, columns)
	for j, e := range of {
		if d[j] = 1; e != math.MinInt {
			d[j] = math.Ldexp(1, min(max(e, -mostBalance), mostBalance))
		}
	}
	return d
}

// normBalanced bounds the Euclidean norm of a row whose columns are divided. What underflows is off
// by less than the least float.
func normBalanced(row, by []float64) float64 {
	v := make([]float64, len(row))
	for j, w := range row {
		if w != 0 {
			v[j] = math.Abs(w/by[j]) + least
		}
	}
	return normAtMost(v)
}

// normAtMost bounds the Euclidean norm of a vector: where squares underflow or overflow, by the sum
// of the absolute values, which is no less.
func normAtMost(v []float64) float64 {
	t := floats.Dot(v, v)
	if t >= 0x1p-900 && t <= 0x1p900 {
		return forms.Slack * math.Sqrt(t)
	}
	t = 0
	for _, x := range v {
		t += math.Abs(x)
	}
	return forms.Slack * t
}

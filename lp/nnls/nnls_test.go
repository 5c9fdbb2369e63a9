package nnls

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// slow is the twin: the best of all sets of columns, each solved for by QR without signs.
func slow(columns [][]float64, y []float64) (best float64) {
	best = Dot(y, y)
	for set := 1; set < 1<<len(columns); set++ {
		var chosen []int
		for j := range columns {
			if set>>j&1 != 0 {
				chosen = append(chosen, j)
			}
		}
		if len(chosen) > len(y) {
			continue
		}
		a := mat.NewDense(len(y), len(chosen), nil)
		for k, j := range chosen {
			a.SetCol(k, columns[j])
		}
		var qr mat.QR
		qr.Factorize(a)
		var x mat.Dense
		if qr.SolveTo(&x, false, mat.NewDense(len(y), 1, append([]float64(nil), y...))) != nil {
			continue // dependent: a smaller set does as well
		}
		full := make([]float64, len(columns))
		for k, j := range chosen {
			full[j] = x.At(k, 0)
		}
		if min := minimum(full); min >= 0 {
			best = math.Min(best, residual(columns, full, y))
		}
	}
	return best
}

func minimum(x []float64) float64 {
	least := math.Inf(1)
	for _, v := range x {
		least = min(least, v)
	}
	return least
}

func residual(columns [][]float64, x, y []float64) float64 {
	r := append([]float64(nil), y...)
	for j, c := range columns {
		for i := range r {
			r[i] -= x[j] * c[i]
		}
	}
	return Dot(r, r)
}

// nearly is how far residuals may be apart, as a share of what is to be explained: the Gram matrix
// squares the columns' condition, and with sizes up to 2⁹ apart none of two million draws was off by
// a thousandth of that. With sizes 2²⁰ apart columns may be as good as parallel, and shares are lost.
const nearly = 1e-9

func TestMinimiseEqualsTheBestOfAllSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		n, rows, kind := 1+rng.IntN(6), 1+rng.IntN(6), rng.IntN(3)
		value := func() float64 {
			switch kind {
			case 0:
				return rng.NormFloat64()
			case 1:
				return float64(rng.IntN(5) - 2)
			}
			return rng.NormFloat64() * math.Ldexp(1, rng.IntN(9)-4)
		}
		columns, y := make([][]float64, n), make([]float64, rows)
		for j := range columns {
			columns[j] = make([]float64, rows)
			for i := range rows {
				columns[j][i] = value()
			}
			if j > 0 && rng.IntN(5) == 0 {
				copy(columns[j], columns[j-1])
			}
		}
		for i := range y {
			y[i] = value()
		}
		q, b := Gram(columns, y)
		x := make([]float64, n)
		for j := range x {
			x[j] = float64(rng.IntN(2)) // any start
		}
		var s Solver
		require.True(t, s.Minimise(q, b, x))
		require.GreaterOrEqual(t, minimum(x), 0.0)
		require.InDelta(t, slow(columns, y), residual(columns, x, y), nearly*(1+Dot(y, y)))
	})
}

// A point x with x ≥ 0, a gradient that is nowhere negative and no product with x is a minimum.
func TestMinimumOfManyColumns(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var s Solver
	for range 50 {
		columns, y := make([][]float64, 80), make([]float64, 20)
		for j := range columns {
			columns[j] = make([]float64, len(y))
			for i := range y {
				columns[j][i] = max(rng.NormFloat64(), 0)
			}
		}
		for i := range y {
			y[i] = rng.NormFloat64()
		}
		q, b := Gram(columns, y)
		for j := range b {
			b[j] -= 0.1 // the lasso
		}
		x := make([]float64, len(columns))
		require.True(t, s.Minimise(q, b, x))
		for j := range x {
			g := Dot(q[j*len(x):(j+1)*len(x)], x) - b[j]
			require.GreaterOrEqual(t, g, -1e-10)
			require.InDelta(t, 0, g*x[j], 1e-9)
		}
	}
}

func TestNoMinimum(t *testing.T) {
	var s Solver
	x := make([]float64, 2)
	require.True(t, s.Minimise([]float64{0, 0, 0, 1}, []float64{0, 1}, x), "a zero column is left out")
	require.Equal(t, []float64{0, 1}, x)
	require.False(t, s.Minimise([]float64{1, 0, 0, 1}, []float64{math.NaN(), 1}, x))
	require.False(t, s.Minimise([]float64{1, 0, 0, 1}, []float64{math.Inf(1), 1}, x))
	require.Panics(t, func() { s.Minimise([]float64{1}, []float64{1, 2}, x) })
}

// The point of the cone between two rays that is nearest to (0, 1).
func Example() {
	columns := [][]float64{{1, 0}, {1, 1}}
	q, b := Gram(columns, []float64{0, 1})
	x := make([]float64, 2)
	var s Solver
	fmt.Printf("%v %.3f", s.Minimise(q, b, x), x)
	// Output: true [0.000 0.500]
}

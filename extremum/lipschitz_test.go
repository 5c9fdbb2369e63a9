package extremum

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/looks"
	"github.com/relucell/relucell/network"
)

// slopes is the Jacobian at a region's point by differences, in steps that stay within the region:
// it shares nothing with the affine maps.
func slopes(t *testing.T, n *network.Network, r enumerate.Region) [][]*big.Rat {
	columns := make([][]*big.Rat, n.Inputs())
	for k := range columns {
		for e := 1; ; e++ {
			require.Less(t, e, 3000)
			x := r.Point()
			step := new(big.Float).SetMantExp(big.NewFloat(1), -e)
			x[k] = new(big.Float).SetPrec(8000).Add(x[k], step)
			y, p := n.ForwardExact(x)
			if p.String() != r.Pattern.String() {
				continue
			}
			z, _ := n.ForwardExact(r.Point())
			for i := range y {
				d, _ := y[i].Rat(nil)
				c, _ := z[i].Rat(nil)
				s, _ := step.Rat(nil)
				columns[k] = append(columns[k], d.Quo(d.Sub(d, c), s))
			}
			break
		}
	}
	return columns
}

func TestLipschitzByDifferences(t *testing.T) {
	for seed := range int64(60) {
		n, _, b := drawn(seed, []ball.Norm{ball.LInf, ball.L1, ball.Box, ball.L2}[seed%4])
		var row, column = new(big.Rat), new(big.Rat)
		l2, err := Lipschitz(anything, n, b, ball.L2)
		require.NoError(t, err)
		reached := false
		for _, r := range regions(t, n, b) {
			w := slopes(t, n, r)
			sums := make([]*big.Rat, n.Outputs())
			for i := range sums {
				sums[i] = new(big.Rat)
			}
			for _, c := range w {
				s := new(big.Rat)
				for i, v := range c {
					a := new(big.Rat).Abs(v)
					s.Add(s, a)
					sums[i].Add(sums[i], a)
				}
				if s.Cmp(column) > 0 {
					column = s
				}
			}
			for _, s := range sums {
				if s.Cmp(row) > 0 {
					row = s
				}
			}
			require.True(t, spectralAtMost(w, l2.Upper), "seed %d", seed)
			reached = reached || !spectralAtMost(w, l2.Lower) || l2.Lower.Cmp(l2.Upper) == 0
		}
		require.True(t, reached)
		require.LessOrEqual(t, l2.Upper.Cmp(rat(math.Nextafter(dyadic.DownRat(l2.Lower), math.Inf(1)))), 0)
		for norm, want := range map[ball.Norm]*big.Rat{ball.LInf: row, ball.L1: column} {
			c, err := Lipschitz(anything, n, b, norm)
			require.NoError(t, err)
			require.Equal(t, want.RatString(), c.Upper.RatString(), "seed %d, %v", seed, norm)
			require.Equal(t, c.Lower, c.Upper)
			require.Len(t, c.Inside, n.Inputs())
		}
	}
}

func dense(m, n int, v ...float64) *mat.Dense { return mat.NewDense(m, n, v) }

// spectralAtMost says whether q is at least the norm of W, given by columns: whether all principal
// minors of q²·I − WᵀW are at least 0, from their definition.
func spectralAtMost(w [][]*big.Rat, q *big.Rat) bool {
	n := len(w)
	a := make([][]*big.Rat, n)
	for i := range a {
		a[i] = make([]*big.Rat, n)
		for j := range a[i] {
			a[i][j] = new(big.Rat)
			for k := range w[i] {
				a[i][j].Sub(a[i][j], new(big.Rat).Mul(w[i][k], w[j][k]))
			}
		}
		a[i][i].Add(a[i][i], new(big.Rat).Mul(q, q))
	}
	for set := 1; set < 1<<n; set++ {
		var at []int
		for i := range n {
			if set>>i&1 == 1 {
				at = append(at, i)
			}
		}
		if minor(a, at, at).Sign() < 0 {
			return false
		}
	}
	return true
}

// minor is a determinant by Laplace's expansion.
func minor(a [][]*big.Rat, rows, columns []int) *big.Rat {
	if len(rows) == 0 {
		return big.NewRat(1, 1)
	}
	sum := new(big.Rat)
	for k, c := range columns {
		rest := append(append([]int(nil), columns[:k]...), columns[k+1:]...)
		v := new(big.Rat).Mul(a[rows[0]][c], minor(a, rows[1:], rest))
		if k%2 == 1 {
			v.Neg(v)
		}
		sum.Add(sum, v)
	}
	return sum
}

func TestLipschitzKnown(t *testing.T) {
	// |x| + |y| has the slopes (±1, ±1): √2 in l2, 2 in linf, 1 in l1.
	n, err := network.New([]network.Layer{{W: dense(2, 2, 1, 0, 0, 1), B: []float64{0, 0}, Act: network.Abs}, {W: dense(1, 2, 1, 1), B: []float64{0}}})
	require.NoError(t, err)
	b, err := ball.New(ball.L2, []float64{0, 0}, 1)
	require.NoError(t, err)
	for norm, want := range map[ball.Norm]float64{ball.LInf: 2, ball.L1: 1} {
		c, err := Lipschitz(anything, n, b, norm)
		require.NoError(t, err)
		require.Equal(t, rat(want), c.Upper)
	}
	c, err := Lipschitz(anything, n, b, ball.L2)
	require.NoError(t, err)
	require.Equal(t, -1, new(big.Rat).Mul(c.Lower, c.Lower).Cmp(big.NewRat(2, 1)))
	require.Equal(t, 1, new(big.Rat).Mul(c.Upper, c.Upper).Cmp(big.NewRat(2, 1)))
	// A rotation by a Pythagorean triple times 5: the norm is 5, and the matrix singular there.
	n, err = network.New([]network.Layer{{W: dense(2, 2, 3, -4, 4, 3), B: []float64{0, 0}}})
	require.NoError(t, err)
	c, err = Lipschitz(anything, n, b, ball.L2)
	require.NoError(t, err)
	require.Equal(t, rat(5), c.Lower)
	require.Equal(t, rat(5), c.Upper)
	_, err = Lipschitz(anything, n, b, ball.Box)
	require.ErrorContains(t, err, "expected l2, linf or l1")
}

func TestSemidefiniteWithZeroPivots(t *testing.T) {
	// 1·I − G for G of ones: I − 11ᵀ has a zero pivot and a row that is not zero.
	one := big.NewInt(1)
	g := gram{{one, one}, {one, one}}
	semidefinite, _ := g.shifted(anything, 1, 0)
	require.False(t, semidefinite)
	g = gram{{one, new(big.Int)}, {new(big.Int), one}}
	semidefinite, definite := g.shifted(anything, 1, 0)
	require.True(t, semidefinite)
	require.False(t, definite)
	_, definite = g.shifted(anything, 1.5, 0)
	require.True(t, definite)
}

// Floats that say nothing of a map ended in a panic of the singular value decomposition.
func TestLipschitzOfMapsOutOfRange(t *testing.T) {
	for _, size := range []float64{1e160, 1e-160, 1e-200} {
		w := mat.NewDense(3, 3, []float64{1, 2, 0, 0, 1, 2, 2, 0, 1}) // no norm of a single entry
		w.Scale(size, w)
		layer := network.Layer{W: w, B: make([]float64, 3)}
		n, err := network.New([]network.Layer{layer, layer})
		require.NoError(t, err)
		b, err := ball.New(ball.LInf, make([]float64, 3), 1)
		require.NoError(t, err)
		l, err := Lipschitz(anything, n, b, ball.L2)
		if size > 1 {
			require.ErrorContains(t, err, "beyond the range of float64")
			continue
		}
		require.NoError(t, err)
		require.Equal(t, math.Nextafter(dyadic.DownRat(l.Lower), 1), dyadic.UpRat(l.Upper))
		columns := slopes(t, n, regions(t, n, b)[0])
		require.True(t, spectralAtMost(columns, l.Upper) && !spectralAtMost(columns, l.Lower))
	}
}

// The norm of a map of 200 inputs and outputs took minutes after a stop.
func TestTheNormOfAMapStops(t *testing.T) {
	const size = 6
	rng := rand.New(rand.NewPCG(1, 2))
	rows := make([][]*big.Int, size)
	for i := range rows {
		for range size + 1 {
			rows[i] = append(rows[i], big.NewInt(rng.Int64N(100)-50))
		}
	}
	c := looks.Counting(anything)
	_, err := new(Constant).spectral(c, rows, -3)
	require.NoError(t, err)
	taken := c.Made()
	require.Greater(t, taken, size*size*(size+1)/2, "one for each product")
	for most := range taken {
		var l Constant
		_, err := l.spectral(looks.After(anything, most), rows, -3)
		require.ErrorIs(t, err, context.Canceled)
		require.Nil(t, l.Upper)
	}
}

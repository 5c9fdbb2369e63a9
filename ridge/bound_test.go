package ridge

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// somewhere returns a ball of any kind about a drawn point.
func somewhere(rng *rand.Rand, n int) ball.Ball {
	c, lo, hi := make([]float64, n), make([]float64, n), make([]float64, n)
	for k := range c {
		c[k] = rng.NormFloat64()
		lo[k], hi[k] = c[k]-rng.Float64(), c[k]+rng.Float64()
	}
	b, err := ball.NewBox(lo, hi)
	if kind := rng.IntN(4); kind < 3 {
		b, err = ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[kind], c, 0.1+rng.Float64())
	}
	if err != nil {
		panic(err)
	}
	return b
}

// No point of the ball is above the bound.
func TestNothingIsAboveTheBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		f := drawn(rng)
		g, err := Of(context.Background(), f)
		require.NoError(t, err)
		if rng.IntN(2) == 0 {
			if other := drawn(rng); other.Inputs() == f.Inputs() && other.Outputs() == f.Outputs() {
				o, err := Of(context.Background(), other)
				require.NoError(t, err)
				g = g.Minus(o)
			}
		}
		b := somewhere(rng, f.Inputs())
		bound, err := g.Bound(context.Background(), b)
		require.NoError(t, err)
		for range 20 {
			x := make([]*big.Rat, f.Inputs())
			for k := range x {
				y := b.Center()
				lo, hi := -b.Radius(), b.Radius()
				if b.Norm() == ball.Box {
					y, lo, hi = make([]float64, f.Inputs()), b.Lo()[k], b.Hi()[k]
				}
				x[k] = new(big.Rat).SetFloat64(y[k] + lo + (hi-lo)*float64(rng.IntN(5))/4)
			}
			if !b.Contains(x) {
				continue
			}
			for i, v := range g.At(x) {
				require.LessOrEqual(t, v.Abs(v).Cmp(bound.Most[i]), 0)
			}
		}
	})
}

// A copy whose weights are off by some last bits is near by a bound of that size.
func TestTheBoundOfACopyIsItsRounding(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		const d, m = 10, 10
		w, v := mat.NewDense(m, d, nil), mat.NewDense(m, d, nil)
		b, c := make([]float64, m), make([]float64, m)
		out, turned := mat.NewDense(1, m, nil), mat.NewDense(1, m, nil)
		order := rng.Perm(m)
		for j := range m {
			to := order[j]
			for k := range d {
				w.Set(j, k, rng.NormFloat64())
				v.Set(to, k, w.At(j, k)*(1+0x1p-50*rng.NormFloat64()))
			}
			b[j] = rng.NormFloat64()
			c[to] = b[j]
			out.Set(0, j, rng.NormFloat64())
			turned.Set(0, to, out.At(0, j))
		}
		x, err := network.New([]network.Layer{{W: w, B: b, Act: network.ReLU}, {W: out, B: []float64{1}}})
		require.NoError(t, err)
		y, err := network.New([]network.Layer{{W: v, B: c, Act: network.ReLU}, {W: turned, B: []float64{1}}})
		require.NoError(t, err)
		n, err := network.Difference(x, y)
		require.NoError(t, err)
		s, err := Of(context.Background(), n)
		require.NoError(t, err)
		unit, err := ball.New(ball.L2, make([]float64, d), 1)
		require.NoError(t, err)
		bound, err := s.Bound(context.Background(), unit)
		require.NoError(t, err)
		require.Less(t, bound.Most[0].Cmp(big.NewRat(1, 1e12)), 0)
		require.Positive(t, bound.Most[0].Sign())
	}
}

func TestBoundsThatThereAreNot(t *testing.T) {
	n, err := network.New([]network.Layer{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}, Act: network.ReLU}, {W: mat.NewDense(1, 1, []float64{math.MaxFloat64}), B: []float64{0}}})
	require.NoError(t, err)
	s, err := Of(context.Background(), n)
	require.NoError(t, err)
	b, err := ball.New(ball.L2, []float64{0}, math.MaxFloat64)
	require.NoError(t, err)
	bound, err := s.Bound(context.Background(), b)
	require.NoError(t, err)
	require.Nil(t, bound)
	ended, stop := context.WithCancel(context.Background())
	stop()
	_, err = s.Bound(ended, b)
	require.ErrorIs(t, err, context.Canceled)
}

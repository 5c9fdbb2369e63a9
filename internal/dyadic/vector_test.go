package dyadic

import (
	"context"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// finite draws floats of every kind, zeros and powers of two among them.
func finite() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1, 2, 0.5, math.MaxFloat64, 0x1p-1074, -0x1.8p-1073, 0x1p-1022}),
		rapid.Float64Range(-4, 4),
		rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64),
	)
}

func ratOf(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

func TestSplitIsOddAndExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := finite().Draw(t, "v")
		m, e := Split(v)
		require.Equal(t, v+0, math.Ldexp(float64(m), e))
		require.True(t, m&1 == 1 || m == -m && e == 0, "%d·2^%d", m, e)
		require.Zero(t, Rat(big.NewInt(m), e).Cmp(ratOf(v)))
	})
}

func TestVectorsAgreeWithFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 4).Draw(t, "n")
		some := rapid.SliceOfN(finite(), n, n)
		x, y, b := some.Draw(t, "x"), some.Draw(t, "y"), some.Draw(t, "b")
		exact := make([]*big.Float, n)
		for i, v := range x {
			exact[i] = big.NewFloat(v)
		}
		rows := make([][]float64, n)
		for i := range rows {
			if rapid.IntRange(0, 3).Draw(t, "row") > 0 {
				rows[i] = some.Draw(t, "weights")
			}
		}
		d, e := Floats(x), Floats(y)
		sum, products := d.Add(e), d.Times(y)
		affine, err := d.Affine(context.Background(), len(rows), all(rows), b)
		require.NoError(t, err)
		linear, err := d.Affine(context.Background(), len(rows), all(rows), nil)
		require.NoError(t, err)
		zero := true
		for i := range n {
			require.Zero(t, d.Rat(i).Cmp(ratOf(x[i])))
			require.Zero(t, BigFloats(exact).Rat(i).Cmp(ratOf(x[i])))
			require.Zero(t, sum.Rat(i).Cmp(new(big.Rat).Add(ratOf(x[i]), ratOf(y[i]))))
			require.Zero(t, products.Rat(i).Cmp(new(big.Rat).Mul(ratOf(x[i]), ratOf(y[i]))))
			z := new(big.Rat)
			for k, w := range rows[i] {
				z.Add(z, new(big.Rat).Mul(ratOf(w), ratOf(x[k])))
			}
			require.Zero(t, linear.Rat(i).Cmp(z))
			z.Add(z, ratOf(b[i]))
			require.Zero(t, affine.Rat(i).Cmp(z))
			f := affine.Floats()[i]
			back, _ := f.Rat(nil)
			require.Zero(t, back.Cmp(z))
			require.Equal(t, max(53, f.MinPrec()), f.Prec())
			zero = zero && x[i] == 0
		}
		require.Equal(t, zero, d.IsZero())
	})
}

func TestAffineEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Floats([]float64{1}).Affine(ctx, 1, all([][]float64{{1}}), nil)
	require.ErrorIs(t, err, context.Canceled)
}

// all returns the rows, every other one as sparse where it can be.
func all(rows [][]float64) Rows {
	return func(i int) (at []int32, w []float64) {
		if i%2 == 0 || rows[i] == nil {
			return nil, rows[i]
		}
		at = []int32{}
		for k, v := range rows[i] {
			if v != 0 {
				at, w = append(at, int32(k)), append(w, v)
			}
		}
		return at, w
	}
}

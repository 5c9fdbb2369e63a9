package forms

// Weights, balls and points at the edges of what floats hold.

import (
	"context"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

func ratOf(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

// A weight's bound is zero where the weight is, and nowhere else, and a rounding of it covers what
// the weight lost.
func TestMagnitudeOfWeightsThatLoseDigits(t *testing.T) {
	for e := -2200; e <= 0; e++ {
		w := 1.0 + 0x1p-52
		l := &Layer{Out: 1, In: 1, columns: columns{W: make([]float64, 1), WMag: make([]float64, 1)}, exactW: true}
		v := math.Ldexp(w, e)
		l.setWeight(0, 0, v, true)
		require.Positive(t, l.WMag[0])
		require.Equal(t, math.Abs(v) >= plainWeight, l.exactW, "%d", e)
		lost := new(big.Float).SetMantExp(big.NewFloat(w), e)
		lost.Sub(lost, big.NewFloat(v)).Abs(lost)
		require.LessOrEqual(t, lost.Cmp(big.NewFloat(Unit*l.WMag[0])), 0, "%d", e)
	}
}

// What an FMA leaves of a product is its rounding error only while that does not underflow.
func TestPointsWhoseResidualUnderflowsAreNotPlain(t *testing.T) {
	n, err := network.New([]network.Layer{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}, Act: network.ReLU}})
	require.NoError(t, err)
	for e := -1060; e <= -900; e += 4 {
		b, err := ball.New(ball.LInf, []float64{0}, math.Ldexp(1+0x1p-52, e))
		require.NoError(t, err)
		m, err := Compile(context.Background(), n, b)
		require.NoError(t, err)
		x := make([]float64, 1)
		y := []float64{0.5 + 0x1p-53}
		if m.PlainX(y, x) {
			want := new(big.Rat).Mul(ratOf(b.Radius()), ratOf(y[0]))
			require.Zero(t, want.Cmp(ratOf(x[0])), "%d", e)
		}
	}
}

// The ball's map was multiplied in by big integers where it only scales columns by powers of two.
func TestADyadicBallIsCompiledAsAnyOther(t *testing.T) {
	rng := gen.NewRand(3)
	for _, radius := range []float64{1, 0.125, 1 << 20} {
		net := gen.Random(rng, gen.RandomOptions{Inputs: 5, Widths: []int{7, 6}, OnlyReLU: true, NoAffine: true})
		b, err := ball.New(ball.LInf, make([]float64, 5), radius)
		require.NoError(t, err)
		m, err := Compile(context.Background(), net, b)
		require.NoError(t, err)
		require.True(t, m.dyadicBall(make([]int, 5)))
		l := &Layer{Out: 7, In: 5, exactW: true, columns: columns{W: make([]float64, 35), WMag: make([]float64, 35)}, B: make([]float64, 7), BMag: make([]float64, 7), Shift: make([]int, 7)}
		never := func() bool { return false }
		l.fillExact(foldRun(net.Layers()[:1], true, b, never), make([]int, 5), never)
		require.Equal(t, l.W, m.Layers[0].W)
		require.Equal(t, l.WMag, m.Layers[0].WMag)
		require.Equal(t, l.B, m.Layers[0].B)
		require.Equal(t, l.BMag, m.Layers[0].BMag)
		require.Equal(t, l.Shift, m.Layers[0].Shift)
		require.Equal(t, l.exactW, m.Layers[0].exactW)
	}
	far, err := ball.New(ball.L2, []float64{0, 1}, 1)
	require.NoError(t, err)
	odd, err := ball.New(ball.L2, []float64{0, 0}, 3)
	require.NoError(t, err)
	for _, b := range []ball.Ball{far, odd} {
		m, err := Compile(context.Background(), gen.Random(rng, gen.RandomOptions{Inputs: 2, Widths: []int{3}, OnlyReLU: true, NoAffine: true}), b)
		require.NoError(t, err)
		require.False(t, m.dyadicBall(make([]int, 2)))
	}
}

// Floats take a point of the input to the unit ball as nearly as is said, also where the ball's
// centre and half-widths are rounded, or lose digits below the normal range.
func TestPointsOfTheInputAreNearTheirsInTheUnitBall(t *testing.T) {
	n, err := network.New([]network.Layer{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}, Act: network.ReLU}})
	require.NoError(t, err)
	rng, useful := gen.NewRand(9), 0
	for range 20000 {
		middle := math.Ldexp(rng.NormFloat64(), rng.IntN(40)-20)
		half := math.Ldexp(rng.Float64(), rng.IntN(40)-30)
		if rng.IntN(4) == 0 {
			tiny := -1000 - rng.IntN(70)
			middle, half = math.Ldexp(rng.NormFloat64(), tiny), math.Ldexp(rng.Float64(), tiny)
		}
		b, err := ball.NewBox([]float64{middle - half}, []float64{middle + half})
		if err != nil {
			continue
		}
		m, err := Compile(context.Background(), n, b)
		require.NoError(t, err)
		if m.UnitTerms >= MaxTerms {
			continue
		}
		useful++
		c, s := m.Near(0)
		x := b.Lo()[0] + rng.Float64()*(b.Hi()[0]-b.Lo()[0])
		off := new(big.Rat).Sub(ratOf((x-c)/s), m.UnitOf(0, x))
		require.LessOrEqual(t, off.Abs(off).Cmp(ratOf(m.UnitTerms*Unit)), 0, "%x %x %x", b.Lo(), b.Hi(), x)
	}
	require.Greater(t, useful, 5000)
}

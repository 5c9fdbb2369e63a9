package landscape

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/internal/dyadic"
)

func spurious(t *testing.T, d *Data, m int) (*Spurious, error) {
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	return FindSpurious(anything, d, cells, m)
}

func TestSpuriousMinimaAreVerified(t *testing.T) {
	found := 0
	for seed := range uint64(12) {
		d, m := drawn(t, 8, 1+int(seed%2), seed), 1+int(seed%4)
		s, err := spurious(t, d, m)
		if m == 1 && err != nil {
			require.ErrorIs(t, err, ErrNotSpurious)
			continue
		}
		require.NoError(t, err)
		found++
		require.Len(t, s.W, m)
		require.Len(t, s.Valley, 5)
		for _, v := range s.Valley {
			require.Zero(t, v.Cmp(s.Risk))
		}
		require.Negative(t, s.LowerRisk.Cmp(s.Risk))
		require.Zero(t, s.LowerRisk.Cmp(d.Risk(s.Lower)))
		require.Len(t, s.Lower.W, m)
		require.GreaterOrEqual(t, s.RoundedRisk.Cmp(s.Risk), 0)
		a, _ := dyadic.FromRat(s.Risk)
		b, _ := dyadic.FromRat(s.RoundedRisk)
		require.InDelta(t, a, b, 1e-9)
	}
	require.Greater(t, found, 8)
}

// No small step from the minimum goes down, exactly.
func TestNoStepFromASpuriousMinimumGoesDown(t *testing.T) {
	d := drawn(t, 7, 2, 3)
	s, err := spurious(t, d, 3)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		near := &Spurious{Out: s.Out}
		step := func(v *big.Rat) *big.Rat {
			return new(big.Rat).Add(v, dyadic.Rat(big.NewInt(rng.Int64N(2001)-1000), -16))
		}
		near.Out = step(s.Out)
		for j, w := range s.W {
			row := make([]*big.Rat, len(w))
			for k := range w {
				row[k] = step(w[k])
			}
			near.W, near.A = append(near.W, row), append(near.A, step(s.A[j]))
		}
		require.Positive(t, riskOf(d, near).Cmp(s.Risk))
	}
}

// What is no minimum is refused: a neuron that is off somewhere, a fit of floats, which the normal
// equations do not hold for.
func TestWhatIsNoMinimumIsRefused(t *testing.T) {
	d := drawn(t, 7, 2, 3)
	s, err := spurious(t, d, 2)
	require.NoError(t, err)
	float := &Spurious{Risk: s.Risk, Out: s.Out, A: s.A}
	for _, w := range s.Rounded.W {
		row := make([]*big.Rat, len(w))
		for k, v := range w {
			row[k] = new(big.Rat).SetFloat64(v)
		}
		float.W = append(float.W, row)
	}
	require.ErrorContains(t, float.verify(d), "normal equations")
	off := &Spurious{Risk: s.Risk, Out: s.Out, A: s.A, W: [][]*big.Rat{s.W[0], {new(big.Rat), new(big.Rat), new(big.Rat)}}}
	require.ErrorContains(t, off.verify(d), "is off at a point")
	line, err := New([][]float64{{0}, {1}, {2}}, []float64{1, 2, 3}, true)
	require.NoError(t, err)
	_, err = spurious(t, line, 2)
	require.ErrorContains(t, err, "affine function")
	_, err = spurious(t, mustNew(t, [][]float64{{0}, {1}}, []float64{1, 2}, false), 2)
	require.ErrorContains(t, err, "without biases")
}

// Shares of 1.
func TestShares(t *testing.T) {
	for m := 1; m < 7; m++ {
		for _, shares := range [][]*big.Rat{halves(m), thirds(m, 2)} {
			sum := new(big.Rat)
			for _, s := range shares {
				require.Positive(t, s.Sign())
				sum.Add(sum, s)
			}
			require.Equal(t, "1", sum.RatString())
		}
	}
}

// Weights that round to infinity had a risk, as if infinity were 2^1024.
func TestAMinimumThatFloatsDoNotHoldIsRefused(t *testing.T) {
	d := mustNew(t, [][]float64{{1e-300, -1}, {0, -2}, {-1e-300, 0}, {0, 0}, {0, 1}, {0, 0}}, []float64{2, -math.Ldexp(1, 40), -2, -2, -2, 1}, true)
	_, err := spurious(t, d, 2)
	require.ErrorIs(t, err, errRange)
}

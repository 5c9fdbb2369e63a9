package forms

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
)

// Squares that overflow made a supremum infinite: a form was said to have both signs on the ball
// that had one, and the proof of the count was refused.
func TestSupOfAnySize(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{-1070, -1000, -540, -537, -480, -450, -449, 0, 450, 498, 509, 510, 511, 512, 600, 900, 1018} {
		for range 50 {
			g := make([]float64, 1+rng.IntN(5))
			for k := range g {
				g[k] = math.Ldexp(rng.Float64()*2-1, size-rng.IntN(3)*rng.IntN(300))
			}
			sum := new(big.Float).SetPrec(5000)
			for _, v := range g {
				f := new(big.Float).SetPrec(5000).SetFloat64(v)
				sum.Add(sum, f.Mul(f, f))
			}
			want := sum.Sqrt(sum)
			far := new(big.Float).SetPrec(5000).SetFloat64(Sup(ball.L2, g))
			far.Abs(far.Sub(far, want))
			off := new(big.Float).SetPrec(5000).SetFloat64(float64(len(g)+2) * Slack * Unit)
			off.Add(off.Mul(off, want), big.NewFloat(0x1p-1074))
			require.LessOrEqual(t, far.Cmp(off), 0, "%v", g)
		}
	}
	require.Zero(t, Sup(ball.L2, []float64{0, 0}))
	require.True(t, math.IsInf(Sup(ball.L2, []float64{math.MaxFloat64, math.MaxFloat64}), 1))
	require.True(t, math.IsNaN(Sup(ball.L2, []float64{math.NaN(), 1})))
}

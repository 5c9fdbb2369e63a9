package landscape

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
)

// sines are points from a normal law with the values y = sin 2x₁ + 0.3·noise.
func sines(n, dim int, seed uint64) (x [][]float64, y []float64, bias bool) {
	rng := rand.New(rand.NewPCG(seed, uint64(n*10+dim)))
	for range n {
		p := make([]float64, dim)
		for k := range p {
			p[k] = rng.NormFloat64()
		}
		x, y = append(x, p), append(y, math.Sin(2*p[0])+0.3*rng.NormFloat64())
	}
	return x, y, true
}

// newSmallBall is not the unit ball.
func newSmallBall(p int) (ball.Ball, error) { return ball.New(ball.L2, make([]float64, p), 0.5) }

func mustNew(t require.TestingT, x [][]float64, y []float64, bias bool) *Data {
	d, err := New(x, y, bias)
	require.NoError(t, err)
	return d
}

// soak skips what takes minutes.
func soak(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
}

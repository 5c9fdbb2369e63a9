// Brackets of a walk that a stop finds between depth first and best first, and the bounds that cost nothing.

package enumerate

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/network"
)

func drawNet(rng *rand.Rand, n int, widths ...int) *network.Network {
	var ls []network.Layer
	for _, m := range widths {
		l := network.Layer{W: mat.NewDense(m, n, nil), B: make([]float64, m), Act: network.ReLU}
		l.W.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, l.W)
		for j := range l.B {
			l.B[j] = rng.NormFloat64()
		}
		ls, n = append(ls, l), m
	}
	net, err := network.New(ls)
	if err != nil {
		panic(err)
	}
	return net
}

// A rough bound is never below the recursion's.
func TestRoughUpperIsAnUpperBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		widths := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 4).Draw(t, "widths")
		inputs := rapid.IntRange(1, 40).Draw(t, "inputs")
		net := drawNet(rand.New(rand.NewPCG(1, 2)), inputs, widths...)
		require.GreaterOrEqual(t, roughUpper(net).Cmp(bound.Recursion(trivialCounts(net), inputs)), 0)
	})
}

// The ball's map was multiplied in by big integers where it only scales columns by powers of two.
func TestADyadicBallIsCompiledAsAnyOther(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, radius := range []float64{1, 0.125, 1 << 20} {
		net := drawNet(rng, 5, 7, 6)
		b, err := ball.New(ball.LInf, make([]float64, 5), radius)
		require.NoError(t, err)
		m, err := compile(net, b)
		require.NoError(t, err)
		require.True(t, m.dyadicBall(make([]int, 5)))
		l := &layer{m: 7, in: 5, exactW: true, wt: make([]float64, 35), wa: make([]float64, 35), b: make([]float64, 7), ba: make([]float64, 7), shift: make([]int, 7)}
		never := func() bool { return false }
		l.fillExact(foldRun(net.Layers()[:1], true, b, never), make([]int, 5), never)
		require.Equal(t, l.wt, m.layers[0].wt)
		require.Equal(t, l.wa, m.layers[0].wa)
		require.Equal(t, l.b, m.layers[0].b)
		require.Equal(t, l.ba, m.layers[0].ba)
		require.Equal(t, l.shift, m.layers[0].shift)
		require.Equal(t, l.exactW, m.layers[0].exactW)
	}
	far, err := ball.New(ball.L2, []float64{0, 1}, 1)
	require.NoError(t, err)
	odd, err := ball.New(ball.L2, []float64{0, 0}, 3)
	require.NoError(t, err)
	for _, b := range []ball.Ball{far, odd} {
		m, err := compileUntil(context.Background(), drawNet(rng, 2, 3), b)
		require.NoError(t, err)
		require.False(t, m.dyadicBall(make([]int, 2)))
	}
}

package network_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

// A tournament is the same function, exactly, with no maximum in it.
func TestATournamentIsTheSameFunction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		n := gen.Maxima(rng, 1+rng.IntN(3), 8)
		p, of := n.Tournament()
		require.False(t, p.Maximal())
		require.Len(t, of, len(p.Layers()))
		require.Equal(t, n.Outputs(), p.Outputs())
		again, _ := n.Tournament()
		require.Same(t, p, again)
		for range 8 {
			x := make([]*big.Float, n.Inputs())
			for k := range x {
				x[k] = big.NewFloat(float64(rng.IntN(17)-8) / 4)
			}
			want, _ := n.ForwardExact(x)
			got, _ := p.ForwardExact(x)
			for i := range want {
				require.Zero(t, want[i].Cmp(got[i]), "%v", x)
			}
		}
	})
}

func TestATournamentHasItsNeuronsInOrder(t *testing.T) {
	five := network.Layer{W: mat.NewDense(6, 1, []float64{1, 2, 3, 4, 5, 6}), B: make([]float64, 6), Act: network.Max, Pieces: []int{5, 1}}
	n, err := network.New([]network.Layer{five})
	require.NoError(t, err)
	p, of := n.Tournament()
	require.Equal(t, []int{0, 0, 0, 0, 0}, of)
	require.Equal(t, "1-2-1-1-2", p.Widths())
	l := p.Layers()[1]
	require.Equal(t, []float64{0, 1, 0, 1, 1, 1}, l.Slopes)
	require.Equal(t, []float64{1, -1, 0, 0, 0, 0}, l.W.RawRowView(0))
	require.Equal(t, []float64{0, 1, 0, 0, 0, 0}, l.W.RawRowView(1))
	require.Equal(t, []float64{1, 1, -1, -1, 0, 0}, p.Layers()[2].W.RawRowView(0))
	plain := gen.Build(gen.ReLU([]float64{1}, []float64{0}))
	p, of = plain.Tournament()
	require.Same(t, plain, p)
	require.Equal(t, []int{0}, of)
}

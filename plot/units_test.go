package plot

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

// TestMapOfUnitsThatDiffer within a layer, some of which are no neurons.
func TestMapOfUnitsThatDiffer(t *testing.T) {
	for seed := range uint64(20) {
		rng := gen.NewRand(seed)
		layers := slices.Clone(gen.Random(rng, gen.RandomOptions{Inputs: 2, Widths: []int{6, 4}, NoAffine: true}).Layers())
		for i := range layers[:2] {
			l := &layers[i]
			l.Act, l.Slope = network.Mixed, 0
			for range l.B {
				l.Slopes = append(l.Slopes, []float64{0, 1, -1, 0.5}[rng.IntN(4)])
			}
		}
		n, err := network.New(layers)
		require.NoError(t, err)
		m := newMap(t, n, newBall(t, ball.LInf, []float64{0.5, 0.25}, 1))
		requireTiling(t, m)
		require.Len(t, m.layerOf, n.Neurons())
		for _, r := range m.Regions {
			x := []float64{0.5 + r.Witness[0], 0.25 + r.Witness[1]}
			for i, y := range n.Forward(x) {
				f := r.Output[i]
				require.InDelta(t, y, f.G[0]*r.Witness[0]+f.G[1]*r.Witness[1]+f.H, outputError)
			}
		}
	}
}

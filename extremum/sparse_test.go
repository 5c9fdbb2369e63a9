package extremum

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/network"
)

// The pass in fractions made a dense row for each unit: a wide sparse layer took minutes.
func TestTheExactPassCostsTheWeightsThatAreStored(t *testing.T) {
	const wide = 1 << 17
	build := func(wide int) *network.Network {
		w, last := network.NewSparse(wide), network.NewSparse(wide)
		for i := range int32(wide) {
			w.Append([]int32{i}, []float64{float64(i%7) - 3})
		}
		last.Append([]int32{0, 1, 2}, []float64{1, 2, 4})
		n, err := network.New([]network.Layer{{W: w, B: make([]float64, wide), Act: network.ReLU}, {W: last, B: []float64{0.5}, Act: network.None}})
		require.NoError(t, err)
		return n
	}
	pass := func(wide int) ([]*big.Rat, *network.Network, []*big.Rat) {
		c, x := change{net: build(wide)}, make([]*big.Rat, wide)
		for k := range x {
			x[k] = big.NewRat(int64(k%5)-2, 3)
		}
		return c.outputs(x), c.net, x
	}
	y, _, _ := pass(wide)
	small, n, x := pass(8)
	require.Equal(t, twin.Forward(n, x)[0].RatString(), small[0].RatString())
	require.Equal(t, small[0].RatString(), y[0].RatString())
}

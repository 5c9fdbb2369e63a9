// Known values of the bounds, by hand or from the papers.

package bound_test

import (
	"context"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/network"
)

// widths returns a network of generic-looking weights with the given widths, input first, ReLU but
// for the last layer.
func widths(t testing.TB, ws ...int) *network.Network {
	var ls []network.Layer
	rng := rand.New(rand.NewPCG(1, 2))
	for i := 1; i < len(ws); i++ {
		w, b := mat.NewDense(ws[i], ws[i-1], nil), make([]float64, ws[i])
		for r := range ws[i] {
			for c := range ws[i-1] {
				w.Set(r, c, rng.Float64()-0.5)
			}
			b[r] = rng.Float64() - 0.5
		}
		l := network.Layer{W: w, B: b, Act: network.ReLU}
		if i == len(ws)-1 {
			l.Act = network.None
		}
		ls = append(ls, l)
	}
	n, err := network.New(ls)
	require.NoError(t, err)
	return n
}

func value(t testing.TB, name string, n *network.Network, b ball.Ball) *big.Int {
	t.Helper()
	bd, ok := bound.ByName(name)
	require.True(t, ok, name)
	v, err := bd.Value(context.Background(), n, b)
	require.NoError(t, err, name)
	return v
}

func unit(t testing.TB, norm ball.Norm, n int, r float64) ball.Ball {
	b, err := ball.New(norm, make([]float64, n), r)
	require.NoError(t, err)
	return b
}

// TestGlobalKnownValues holds the global bounds against values worked out by hand from the
// formulas: Montúfar 2017 as a product of Zaslavsky sums, Serra et al. 2018 (Theorem 1) as its sum
// over (j_1, j_2).
func TestGlobalKnownValues(t *testing.T) {
	for _, c := range []struct {
		name   string
		widths []int
		want   string
	}{
		{"2^N", []int{2, 4, 3, 1}, "128"},
		{"zaslavsky", []int{2, 4, 3, 1}, "77"},      // (1+4+6)(1+3+3)
		{"zaslavsky", []int{3, 1, 3, 1}, "16"},      // 2·8
		{"montufar", []int{3, 1, 3, 1}, "8"},        // 2·(1+3)
		{"serra", []int{3, 1, 3, 1}, "5"},           // C(1,0)·4 + C(1,1)·1
		{"montufar", []int{2, 16, 1}, "137"},        // the sum of one layer in general position
		{"serra", []int{3, 16, 1}, "697"},           //
		{"serra", []int{4, 16, 1}, "2517"},          //
		{"serra", []int{5, 16, 1}, "6885"},          //
		{"montufar", []int{2, 2, 2, 1}, "16"},       // 4·4
		{"serra", []int{2, 2, 2, 1}, "11"},          // 1·4 + 2·3 + 1·1
		{"serra", []int{1, 3, 3, 1}, "16"},          // Theorem 5: Π(n_l+1) for one input
		{"serra-rank", []int{1, 3, 3, 1}, "16"},     //
		{"montufar", []int{2, 32, 32, 2}, "279841"}, // 529²
	} {
		n := widths(t, c.widths...)
		require.Equal(t, c.want, value(t, c.name, n, unit(t, ball.L2, n.Inputs(), 1)).String(), "%s %v", c.name, c.widths)
	}
}

// TestLeakyUnitsCarryDimensionOnBothSides is the trap of Serra's argument: stably inactive, and yet
// not constant.
func TestLeakyUnitsCarryDimensionOnBothSides(t *testing.T) {
	n, err := network.New([]network.Layer{
		{W: mat.NewDense(1, 1, []float64{1}), B: []float64{-10}, Act: network.LeakyReLU, Slope: 0.01},
		{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0.1}, Act: network.ReLU},
	})
	require.NoError(t, err)
	for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
		for _, r := range bound.Evaluate(context.Background(), bound.All(), n, unit(t, norm, 1, 1)) {
			require.NoError(t, r.Err, r.Name)
			if r.Kind == bound.Upper {
				require.GreaterOrEqual(t, r.Value.Int64(), int64(2), "%s %v", r.Name, norm)
			} else {
				require.LessOrEqual(t, r.Value.Int64(), int64(2), "%s %v", r.Name, norm)
			}
		}
	}
}

// TestTangentHyperplane: 3x+4y−5 touches the unit l2 ball at 0, and cuts it from the next float on.
func TestTangentHyperplane(t *testing.T) {
	n, err := network.New([]network.Layer{{W: mat.NewDense(1, 2, []float64{3, 4}), B: []float64{-5}, Act: network.ReLU}})
	require.NoError(t, err)
	for _, name := range []string{"lipschitz", "lipschitz-masked", "interval"} {
		require.Equal(t, "1", value(t, name, n, unit(t, ball.L2, 2, 1)).String(), name)
		require.Equal(t, "2", value(t, name, n, unit(t, ball.L2, 2, 0x1.0000000000001p0)).String(), name)
	}
}

func TestWrongDimensionIsAnError(t *testing.T) {
	n := widths(t, 2, 3, 1)
	for _, b := range bound.All() {
		_, err := b.Value(context.Background(), n, unit(t, ball.L2, 3, 1))
		require.ErrorContains(t, err, "3 coordinates, expected 2", b.Name())
	}
}

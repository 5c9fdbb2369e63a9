// First layers whose number of cells is known.

package bound_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// oneLayer returns one ReLU layer with the given rows and biases.
func oneLayer(t require.TestingT, rows [][]float64, bias []float64) *network.Network {
	w := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		w.SetRow(i, r)
	}
	n, err := network.New([]network.Layer{{W: w, B: bias, Act: network.ReLU}})
	require.NoError(t, err)
	return n
}

// zeroOnes returns all vectors of n zeros and ones but the zero vector, prefixed.
func zeroOnes(n int, prefix ...float64) [][]float64 {
	var rows [][]float64
	for i := range 1 << n {
		row := append([]float64{}, prefix...)
		for k := range n {
			row = append(row, float64(i>>k&1))
		}
		if i > 0 || len(prefix) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// TestFirstLayerIsExactOnCentralArrangements: the resonance arrangement (Kamiya, Takemura, Terao
// 2011) and threshold functions (OEIS A000609). They are in very special position: coinciding
// traces must be counted once.
func TestFirstLayerIsExactOnCentralArrangements(t *testing.T) {
	for _, c := range []struct {
		name string
		rows [][]float64
		want string
	}{
		{"resonance 2", zeroOnes(2), "6"},
		{"resonance 3", zeroOnes(3), "32"},
		{"resonance 4", zeroOnes(4), "370"},
		{"threshold 2", zeroOnes(2, 1), "14"},
		{"threshold 3", zeroOnes(3, 1), "104"},
		{"threshold 4", zeroOnes(4, 1), "1882"},
	} {
		for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
			n := oneLayer(t, c.rows, make([]float64, len(c.rows)))
			require.Equal(t, c.want, value(t, "first-layer", n, unit(t, norm, n.Inputs(), 0.25)).String(), "%s %v", c.name, norm)
		}
	}
}

// TestFirstLayerFarFromTheOrigin: c = 2²⁰, r = 2⁻⁸⁰, where c±r is c in floats; all planes pass
// through c.
func TestFirstLayerFarFromTheOrigin(t *testing.T) {
	rows := zeroOnes(3)
	bias := make([]float64, len(rows))
	for i, r := range rows {
		for _, w := range r {
			bias[i] -= w * 0x1p20
		}
	}
	for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
		b, err := ball.New(norm, []float64{0x1p20, 0x1p20, 0x1p20}, 0x1p-80)
		require.NoError(t, err)
		require.Equal(t, "32", value(t, "first-layer", oneLayer(t, rows, bias), b).String())
	}
}

// TestGenericHyperplanes: all subsets of at most n planes meet in a large ball; in a small one the
// count falls to the planes that meet there.
func TestGenericHyperplanes(t *testing.T) {
	for _, c := range []struct {
		n    int
		want string
	}{{2, "137"}, {3, "697"}, {4, "2517"}} {
		net := widths(t, c.n, 16, 1)
		require.Equal(t, c.want, value(t, "first-layer", net, unit(t, ball.L2, c.n, 0x1p40)).String())
	}
	require.Equal(t, "4", value(t, "first-layer", oneLayer(t, [][]float64{{1, 0}, {1, 0.125}, {1, -0.125}}, []float64{0, 0.5, -0.5}),
		unit(t, ball.L2, 2, 1)).String(), "three lines that do not meet in the disc")
}

// TestSliverPlanes: parallel planes 2⁻⁶⁰ apart make one cell more than there are of them.
func TestSliverPlanes(t *testing.T) {
	var rows [][]float64
	var bias []float64
	for i := range 5 {
		rows, bias = append(rows, []float64{1, 3}), append(bias, float64(i)*0x1p-60)
	}
	for _, name := range []string{"first-layer", "first-layer-pairs"} {
		for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
			require.Equal(t, "6", value(t, name, oneLayer(t, rows, bias), unit(t, norm, 2, 1)).String())
		}
	}
}

// TestFirstLayerIsExactForPolygons: on polygonal balls emptiness needs certificates; these exist
// but for ties, so one layer is counted exactly when no vertex of the arrangement lies on the
// boundary.
func TestFirstLayerIsExactForPolygons(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 150 {
		rows, bias := make([][]float64, 1+i%8), make([]float64, 1+i%8)
		for i := range rows {
			rows[i], bias[i] = []float64{rng.Float64() - 0.5, rng.Float64() - 0.5}, rng.Float64()-0.5
		}
		n := oneLayer(t, rows, bias)
		norm := []ball.Norm{ball.LInf, ball.L1}[i%2]
		b := unit(t, norm, 2, 0.5+rng.Float64())
		require.Equal(t, bruteCount(n, b), value2(t, "first-layer", n, b))
		box, err := ball.NewBox([]float64{-rng.Float64(), -0.01}, []float64{rng.Float64(), 1})
		require.NoError(t, err)
		require.Equal(t, bruteCount(n, box), value2(t, "first-layer", n, box))
	}
}

// TestScalingChangesNoBound: ball × 2^±300, first-layer weights × 2^∓300.
func TestScalingChangesNoBound(t *testing.T) {
	for _, e := range []int{300, -300} {
		for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
			n := heNetwork(t, 5, 3, 6, 5, 2)
			ls := append([]network.Layer(nil), n.Layers()...)
			w := mat.DenseCopyOf(ls[0].W)
			w.Scale(math.Ldexp(1, -e), w)
			ls[0].W = w
			scaled, err := network.New(ls)
			require.NoError(t, err)
			b, err := ball.New(norm, []float64{0.25, -0.5, 0.125}, 0.5)
			require.NoError(t, err)
			big, err := ball.New(norm, []float64{math.Ldexp(0.25, e), math.Ldexp(-0.5, e), math.Ldexp(0.125, e)}, math.Ldexp(0.5, e))
			require.NoError(t, err)
			for _, name := range allNames() {
				require.Equal(t, value(t, name, n, b).String(), value(t, name, scaled, big).String(), fmt.Sprintf("%s %v %d", name, norm, e))
			}
		}
	}
}

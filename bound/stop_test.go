// Tests that no bound goes on when nobody waits for it, and that what wide layers cost is bounded.

package bound

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/looks"
	"github.com/relucell/relucell/network"
)

// wideNetwork has layers of the given widths after n inputs, the last affine.
func wideNetwork(t testing.TB, seed uint64, n int, widths ...int) *network.Network {
	rng := rand.New(rand.NewPCG(seed, 7))
	var ls []network.Layer
	for i, m := range widths {
		l := network.Layer{W: mat.NewDense(m, n, nil), B: make([]float64, m), Act: network.ReLU}
		if i == len(widths)-1 {
			l.Act = network.None
		}
		l.Dense().Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() / math.Sqrt(float64(n)) }, l.W)
		for j := range l.B {
			l.B[j] = 0.1 * rng.NormFloat64()
		}
		ls, n = append(ls, l), m
	}
	net, err := network.New(ls)
	require.NoError(t, err)
	return net
}

// TestBoundsStopAtAnyLook: wherever the context ends, a bound says so, at once; and what it began
// by then is not taken for a result by the next call.
func TestBoundsStopAtAnyLook(t *testing.T) {
	net := wideNetwork(t, 1, 4, 12, 10, 2)
	b, err := ball.New(ball.LInf, []float64{0, 0.1, 0, 0}, 0.75)
	require.NoError(t, err)
	for _, bd := range All() {
		free := looks.Counting(t.Context())
		want, err := bd.Value(free, net, b)
		require.NoError(t, err, bd.Name())
		for _, left := range []int{0, 1, 2, 5, free.Made() / 3, free.Made() / 2, free.Made() - 1} {
			if left >= free.Made() {
				continue
			}
			shared := Shared(t.Context(), net, b)
			stopped := looks.After(shared, left)
			v, err := bd.Value(stopped, net, b)
			if err != nil { // a budget that ends is no error where a coarser bound takes its place
				require.ErrorIs(t, err, context.Canceled, bd.Name())
				require.Nil(t, v, bd.Name())
				require.LessOrEqual(t, stopped.Made(), left+8, "%s went on after look %d", bd.Name(), left)
			}
			again, err := bd.Value(shared, net, b)
			require.NoError(t, err, bd.Name())
			require.Zero(t, want.Cmp(again), "%s after a stop at look %d: %v, expected %v", bd.Name(), left, again, want)
		}
	}
}

// TestBoundsLookAtTheContextOften: between two looks no bound does more than a layer's share of its
// work, so that the number of looks grows with the network.
func TestBoundsLookAtTheContextOften(t *testing.T) {
	net := wideNetwork(t, 2, 30, 40, 40, 1)
	b, err := ball.New(ball.L2, make([]float64, 30), 0.5)
	require.NoError(t, err)
	for _, name := range []string{"coefficients-local", "lipschitz", "lipschitz-masked", "interval", "zonotope", "crown", "combined", "samples", "boundary", "serra-rank"} {
		bd, ok := ByName(name)
		require.True(t, ok)
		c := looks.Counting(t.Context())
		_, err := bd.Value(c, net, b)
		require.NoError(t, err)
		require.Greater(t, c.Made(), 40, name)
	}
}

// slowRecursion is the recursion as its theorem states it: a term for each j.
func slowRecursion(ls []LayerCount, d int) *big.Int {
	if len(ls) == 0 {
		return big.NewInt(1)
	}
	c := ls[0]
	m, out := c.caps(d)
	sum := new(big.Int)
	for j, n := range binomials(c.K, m) {
		sum.Add(sum, new(big.Int).Mul(n, slowRecursion(ls[1:], c.lost(out, j))))
	}
	return sum
}

// TestRecursionByPartialSumsIsTheSum of all terms.
func TestRecursionByPartialSumsIsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.IntRange(0, 9)
		var ls []LayerCount
		for range rapid.IntRange(0, 4).Draw(t, "layers") {
			ls = append(ls, LayerCount{K: small.Draw(t, "k"), P: small.Draw(t, "p"), Leaky: small.Draw(t, "leaky"),
				RankCut: small.Draw(t, "cut"), RankOut: small.Draw(t, "out")})
		}
		d := rapid.IntRange(0, 12).Draw(t, "d")
		require.Equal(t, slowRecursion(settledBelow(ls), d).String(), recursionBig(ls, d).String())
	})
}

// TestRecursionOfWideLayers took minutes when each dimension had a sum of its own.
func TestRecursionOfWideLayers(t *testing.T) {
	v := Recursion([]LayerCount{{K: 2048}, {K: 1024}, {K: 100}}, 3072)
	require.Equal(t, 2048+1024+100, v.BitLen()) // all of 2^3172 but a part of the last layers
}

// TestSpectralNormOfWideLayersIsAnUpperBound where no eigenvalue is sought: against a singular
// value decomposition, and never worse than the Frobenius norm.
func TestSpectralNormOfWideLayersIsAnUpperBound(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	for _, shape := range [][2]int{{1, 1}, {3, 40}, {40, 3}, {60, 60}, {200, 90}} {
		w := make([][]float64, shape[0])
		dense := mat.NewDense(shape[0], shape[1], nil)
		for i := range w {
			w[i] = dense.RawRowView(i)
			for k := range w[i] {
				w[i][k] = 2*rng.Float64() - 1
			}
		}
		w[0][0] = 0.75
		var svd mat.SVD
		require.True(t, svd.Factorize(dense, mat.SVDNone))
		require.GreaterOrEqual(t, rowColumnUp(w, nil, len(w[0])), svd.Values(nil)[0]*(1-1e-12))
	}
	// exactly known: the matrix of ones, whose three norms agree, and a permutation, with norm 1
	require.InDelta(t, 6, rowColumnUp([][]float64{{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}}, nil, 4), 1e-9)
	require.InDelta(t, 1, rowColumnUp([][]float64{{0, 1, 0}, {1, 0, 0}, {0, 0, -1}}, nil, 3), 1e-9)
	wide := make([][]float64, gramSide+1)
	for i := range wide {
		wide[i] = make([]float64, gramSide+1)
		wide[i][(i+1)%len(wide)] = 3
	}
	v, err := spectralUp(t.Context(), wide)
	require.NoError(t, err)
	require.GreaterOrEqual(t, v, 3.0)
	require.InDelta(t, 3, v, 1e-9) // where the Frobenius norm says 3·√513
}

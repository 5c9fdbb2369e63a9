package crosscheck

// Maxima where counts are decided by little: hyperplanes that touch the ball, and numbers at the
// ends of the range of float64.

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// edgeCases is the number of cases, so many times more under the soak switch.
func edgeCases(few int) uint64 {
	if os.Getenv("RELUCELL_SOAK") != "" {
		few *= 50
	}
	return uint64(few)
}

// requireDefined holds the count, the bounds, and now and then a proof, to the definition.
func requireDefined(t *testing.T, n *network.Network, b ball.Ball, seed uint64) (count int64) {
	ctx := context.Background()
	want, err := twin.CountExactly(n, b)
	require.NoError(t, err)
	r, err := enumerate.Count(ctx, n, b, enumerate.Options{Workers: 1})
	require.NoError(t, err)
	require.True(t, r.Exact)
	require.Equal(t, want, r.Lower, "seed %d", seed)
	if seed%3 == 0 {
		require.NoError(t, Audit(ctx, n, b, want), "seed %d", seed)
	}
	for _, v := range bound.Evaluate(ctx, bound.All(), n, b) {
		require.NoError(t, v.Err, "seed %d, %s", seed, v.Name)
		if v.Kind == bound.Upper {
			require.GreaterOrEqual(t, v.Value.Cmp(want), 0, "seed %d, %s", seed, v.Name)
		} else {
			require.LessOrEqual(t, v.Value.Cmp(want), 0, "seed %d, %s", seed, v.Name)
		}
	}
	return want.Int64()
}

// touching draws a form whose zero set touches the unit ball, passes by it or through it by one
// unit in the last place, or cuts it.
func touching(rng *rand.Rand, inputs int) (g []float64, offset float64) {
	lengths := [][][]float64{
		{{3, 4, 5}, {5, 12, 13}, {1, 0, 1}, {8, 15, 17}},
		{{1, 2, 2, 3}, {2, 3, 6, 7}, {1, 4, 8, 9}, {1, 0, 0, 1}, {0, 3, 4, 5}},
	}[inputs-2]
	v := lengths[rng.IntN(len(lengths))]
	g = append(g, v[:inputs]...)
	rng.Shuffle(inputs, func(i, j int) { g[i], g[j] = g[j], g[i] })
	for k := range g {
		g[k] *= float64(1 - 2*rng.IntN(2))
	}
	offset = v[inputs] * []float64{-1, 1, 0, 0.5, -1}[rng.IntN(5)]
	if offset != 0 && rng.IntN(4) == 0 {
		offset = math.Nextafter(offset, []float64{0, math.Inf(1), math.Inf(-1)}[rng.IntN(3)])
	}
	return g, offset
}

// Where pieces are equal on what touches a ball, nothing is counted that has no interior; and the
// nearest boundary is as far as the radius where there is one region, and nearer where there are
// more.
func TestMaximaThatTouchTheBall(t *testing.T) {
	many := 0
	for seed := range edgeCases(60) {
		rng := rand.New(rand.NewPCG(seed, 55))
		inputs, rows := 2+rng.IntN(2), 3+rng.IntN(4)
		l := network.Layer{W: mat.NewDense(rows, inputs, nil), B: make([]float64, rows), Act: network.Max}
		for i := range rows {
			var g []float64
			if g, l.B[i] = touching(rng, inputs); i > 0 && rng.IntN(3) > 0 { // what it is above another
				o := rng.IntN(i)
				for k := range g {
					g[k] += l.Dense().At(o, k)
				}
				l.B[i] += l.B[o]
			}
			l.Dense().SetRow(i, g)
		}
		for left := rows; left > 0; left -= l.Pieces[len(l.Pieces)-1] {
			l.Pieces = append(l.Pieces, min(left, 2+rng.IntN(3)))
		}
		n := gen.Build(l)
		radius := []float64{1, 1, math.Nextafter(1, 2), math.Nextafter(1, 0), 2}[rng.IntN(5)]
		b, err := ball.New([]ball.Norm{ball.L2, ball.L2, ball.LInf, ball.L1}[rng.IntN(4)], make([]float64, inputs), radius)
		require.NoError(t, err)
		count := requireDefined(t, n, b, seed)
		d, err := bound.NearestBoundaryOf(context.Background(), n, b)
		require.NoError(t, err)
		require.Equal(t, count == 1, d.AtLeast(radius), "seed %d", seed)
		if count > 2 {
			many++
		}
	}
	require.Greater(t, many, 20)
}

// pooled makes maxima of some layers of a network: what is behind reads what there is of them.
func pooled(rng *rand.Rand, n *network.Network) *network.Network {
	var layers []network.Layer
	for i, l := range n.Layers() {
		if rng.IntN(2) == 0 {
			l = network.Layer{W: l.W, B: l.B, Act: network.Max}
			for left := l.Rows(); left > 0; left -= l.Pieces[len(l.Pieces)-1] {
				l.Pieces = append(l.Pieces, 1+rng.IntN(left))
			}
		}
		if i > 0 {
			w := mat.NewDense(l.Rows(), layers[i-1].Out(), nil)
			w.Copy(l.W)
			l.W = w
		}
		layers = append(layers, l)
	}
	return gen.Build(layers...)
}

// Maxima over numbers of all sizes, some below the normal range.
func TestMaximaAtTheEndsOfTheRange(t *testing.T) {
	maxima := 0
	for seed := range edgeCases(20) {
		c := gen.ExtremeCase(gen.NewRand(seed))
		n := pooled(rand.New(rand.NewPCG(seed, 3)), c.Net)
		if n.Inputs() > 3 || n.Neurons() > 60 || !n.Maximal() {
			continue
		}
		if requireDefined(t, n, c.Ball, seed) > 2 {
			maxima++
		}
	}
	require.Greater(t, maxima, 5)
}

package enumerate_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

func maximum(pieces []int, inputs int, weights ...float64) network.Layer {
	rows := len(weights) / (inputs + 1)
	l := network.Layer{W: mat.NewDense(rows, inputs, nil), B: make([]float64, rows), Act: network.Max, Pieces: pieces}
	for i := range rows {
		l.Dense().SetRow(i, weights[i*(inputs+1):(i+1)*(inputs+1)-1])
		l.B[i] = weights[(i+1)*(inputs+1)-1]
	}
	return l
}

func rectified(inputs int, weights ...float64) network.Layer {
	l := maximum(nil, inputs, weights...)
	l.Act, l.Pieces = network.ReLU, nil
	return l
}

// What a maximum counts, and what a tournament of ReLUs would count instead, in [−2, 2]ⁿ.
func TestMaximaInDegenerateCases(t *testing.T) {
	for name, c := range map[string]struct {
		layers []network.Layer
		want   int64
	}{
		// x > y, y > x: as y + relu(x − y).
		"max(x, y)": {[]network.Layer{maximum([]int{2}, 2, 1, 0, 0, 0, 1, 0)}, 2},
		// Three sectors that meet in 0. A tournament cuts x = y also where 0 wins: 4.
		"max(x, y, 0)":  {[]network.Layer{maximum([]int{3}, 2, 1, 0, 0, 0, 1, 0, 0, 0, 0)}, 3},
		"max(x, y, -1)": {[]network.Layer{maximum([]int{3}, 2, 1, 0, 0, 0, 1, 0, 0, 0, -1)}, 3},
		// Where both are cut off, the pieces are identical, and one class: x > y > 0 and its
		// mirror, x > 0 > y and its mirror, and x, y < 0.
		"ties after a ReLU": {[]network.Layer{rectified(2, 1, 0, 0, 0, 1, 0), maximum([]int{2}, 2, 1, 0, 0, 0, 1, 0)}, 5},
		"identical pieces":  {[]network.Layer{maximum([]int{3}, 1, 1, 0, 1, 0, -1, 0)}, 2},
		"all identical":     {[]network.Layer{maximum([]int{3}, 1, 1, 0, 1, 0, 1, 0)}, 1},
		// 0 ≤ |x|: it is never the only one that is largest.
		"a dominated piece":               {[]network.Layer{maximum([]int{3}, 1, 1, 0, -1, 0, 0, 0)}, 2},
		"a piece that is less everywhere": {[]network.Layer{maximum([]int{2}, 1, 1, 0, 1, -1)}, 1},
		"a piece that wins in a sliver":   {[]network.Layer{maximum([]int{3}, 1, 1, 0, -1, 0, 0, 0x1p-60)}, 3},
		"one piece is carried on":         {[]network.Layer{maximum([]int{1, 2}, 1, 1, 0, 1, 0, 0, 0)}, 2},
		// relu and max apart: x < 0 is one class of (x, −x, 0), and relu(max) is another network.
		"a ReLU after a maximum":         {[]network.Layer{maximum([]int{2}, 1, 1, -1, -1, -1), rectified(1, 1, 0)}, 4},
		"two maxima that share a border": {[]network.Layer{maximum([]int{2, 2}, 1, 1, 0, 0, 0, 0, 0, 1, 0)}, 2},
	} {
		n, err := network.New(c.layers)
		require.NoError(t, err, name)
		b, err := ball.New(ball.LInf, make([]float64, n.Inputs()), 2)
		require.NoError(t, err)
		slow, err := twin.CountExactly(n, b)
		require.NoError(t, err)
		require.Equal(t, c.want, slow.Int64(), name)
		res, err := enumerate.Count(context.Background(), n, b, enumerate.Options{})
		require.NoError(t, err, name)
		require.True(t, res.Exact)
		require.Equal(t, c.want, res.Lower.Int64(), name)
	}
}

// The walk counts what the definition does, in any ball, by any number of workers; and its patterns
// and points are those of the network.
func TestMaximaAreCountedAsDefined(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		inputs := 1 + rng.IntN(3)
		n := gen.Maxima(rng, inputs, 5)
		b, err := ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[rng.IntN(3)], make([]float64, inputs), 2)
		require.NoError(t, err)
		want, err := twin.CountExactly(n, b)
		require.NoError(t, err)
		res, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 1 + rng.IntN(3)})
		require.NoError(t, err)
		require.True(t, res.Exact)
		require.Equal(t, want, res.Lower)
		seen := map[string]bool{}
		for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
			require.NoError(t, err)
			require.False(t, seen[r.Pattern.String()])
			seen[r.Pattern.String()] = true
			y, p := n.ForwardExact(r.Point())
			require.Equal(t, r.Pattern, p)
			holdsAffine(t, r, y)
		}
		require.Len(t, seen, int(want.Int64()))
	})
}

// holdsAffine holds the region's affine maps against the network's value at its point.
func holdsAffine(t require.TestingT, r enumerate.Region, y []*big.Float) {
	w, b := r.AffineExact()
	near := r.Affine()
	x := r.Point()
	for i := range y {
		want, _ := y[i].Rat(nil)
		sum, _ := b[i].Rat(nil)
		for k := range x {
			c, _ := w[i][k].Rat(nil)
			f, _ := c.Float64()
			require.InDelta(t, f, near.W.At(i, k), near.WErr[i]+1e-300)
			at, _ := x[k].Rat(nil)
			sum.Add(sum, new(big.Rat).Mul(c, at))
		}
		require.Zero(t, want.Cmp(sum))
	}
}

// max(x, y) is y + relu(x − y): the same count wherever the one takes the place of the other.
func TestAMaximumOfTwoCountsAsItsReLU(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		before := gen.Ternary(rng, 2, 3, 4).Layers()
		after := gen.Ternary(rng, 2, 2, 1).Layers()
		pool := network.Layer{W: eye(4), B: make([]float64, 4), Act: network.Max, Pieces: []int{2, 2}}
		relu := []network.Layer{
			{W: mat.NewDense(4, 4, []float64{1, -1, 0, 0, 0, 1, 0, 0, 0, 0, 1, -1, 0, 0, 0, 1}), B: make([]float64, 4), Act: network.Mixed, Slopes: []float64{0, 1, 0, 1}},
			{W: mat.NewDense(2, 4, []float64{1, 1, 0, 0, 0, 0, 1, 1}), B: make([]float64, 2)},
		}
		count := func(middle ...network.Layer) *big.Int {
			n, err := network.New(append(append(append([]network.Layer{}, before...), middle...), after...))
			require.NoError(t, err)
			b, err := ball.New(ball.L2, []float64{0.25, 0}, 3)
			require.NoError(t, err)
			res, err := enumerate.Count(context.Background(), n, b, enumerate.Options{})
			require.NoError(t, err)
			return res.Lower
		}
		require.Equal(t, count(relu...), count(pool))
	})
}

func eye(n int) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	for i := range n {
		m.Set(i, i, 1)
	}
	return m
}

// Proofs of networks with maxima are verified, whoever walked what, and say what the definition
// does.
func TestProofsOfMaximaAreVerified(t *testing.T) {
	regions := int64(0)
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		inputs := 1 + rng.IntN(4)
		n := gen.Maxima(rng, inputs, 5)
		b, err := ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[rng.IntN(3)], make([]float64, inputs), 2)
		require.NoError(t, err)
		p := prove(t, n, b, 1, 0)
		requireSameProof(t, p, prove(t, n, b, 3, 0), "seed %d", seed)
		want, err := twin.CountExactly(n, b)
		require.NoError(t, err)
		require.Equal(t, want, p.result.Lower, "seed %d", seed)
		regions += want.Int64()
	}
	t.Log(regions, "regions")
}

// Whichever tier decides, the count is that of the definition.
func TestMaximaByEveryTier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		inputs := 1 + rng.IntN(3)
		n := gen.Maxima(rng, inputs, 4)
		b, err := ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[rng.IntN(3)], make([]float64, inputs), 2)
		require.NoError(t, err)
		want, err := twin.CountExactly(n, b)
		require.NoError(t, err)
		never, turns := func() bool { return false }, 0
		alternating := func() bool { turns++; return turns%3 == 0 }
		for _, f := range []enumerate.Forced{{Float: never}, {Float: never, Integer: never}, {Float: alternating}, {Float: alternating, Integer: alternating}} {
			res, err := enumerate.CountForced(context.Background(), n, b, enumerate.Options{Workers: 1}, f)
			require.NoError(t, err)
			require.True(t, res.Exact)
			require.Equal(t, want, res.Lower)
		}
	})
}

// maxout is a random network of two layers of maxima and a ReLU between, of some thousand regions.
func maxout(t testing.TB, seed uint64) *network.Network {
	rng := rand.New(rand.NewPCG(seed, 7))
	layer := func(in int, pieces ...int) network.Layer {
		rows := 0
		for _, k := range pieces {
			rows += k
		}
		l := network.Layer{W: mat.NewDense(rows, in, nil), B: make([]float64, rows), Act: network.Max, Pieces: pieces}
		for i := range rows {
			for j := range in {
				l.Dense().Set(i, j, float64(float32(rng.NormFloat64())))
			}
			l.B[i] = float64(float32(rng.NormFloat64() / 2))
		}
		return l
	}
	between := layer(10, slices.Repeat([]int{1}, 6)...)
	between.Act, between.Pieces = network.ReLU, nil
	n, err := network.New([]network.Layer{layer(3, 3, 4, 2, 3, 1, 3, 4, 4, 5, 5), between, layer(6, 3, 2, 3, 4, 5)})
	require.NoError(t, err)
	return n
}

// A count of many regions is the same by many workers, best first, and resumed; brackets hold it.
func TestMaximaByManyWays(t *testing.T) {
	ctx := context.Background()
	n := maxout(t, 1)
	for seed, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
		n := maxout(t, uint64(seed)+2)
		b, err := ball.New(norm, make([]float64, 3), 3)
		require.NoError(t, err)
		p := prove(t, n, b, 3, 1<<14)
		require.Positive(t, p.handovers)
		requireSameProof(t, prove(t, n, b, 1, 1<<14), p, "%v", norm)
	}
	b, err := ball.New(ball.LInf, make([]float64, 3), 8)
	require.NoError(t, err)
	count := func(opt enumerate.Options) enumerate.Result {
		res, err := enumerate.Count(ctx, n, b, opt)
		require.NoError(t, err)
		return res
	}
	want := count(enumerate.Options{Workers: 1})
	require.True(t, want.Exact)
	require.Greater(t, want.Lower.Int64(), int64(1000))
	require.Equal(t, want.Lower, prove(t, n, b, 3, 1<<14).result.Lower)
	res := count(enumerate.Options{Workers: 3, Gap: 1e-9})
	require.Equal(t, want.Lower, res.Lower)
	for _, limit := range []int64{1, 40, 400} {
		res := count(enumerate.Options{Workers: 2, Limit: limit})
		require.LessOrEqual(t, res.Lower.Cmp(want.Lower), 0)
		require.GreaterOrEqual(t, res.Upper.Cmp(want.Lower), 0)
	}
	file := filepath.Join(t.TempDir(), "checkpoint")
	first := count(enumerate.Options{Workers: 2, Limit: 300, Checkpoint: file})
	require.False(t, first.Exact)
	res = count(enumerate.Options{Workers: 2, Checkpoint: file})
	require.True(t, res.Exact)
	require.Equal(t, want.Lower, res.Lower)
}

// A proof of a walk that was stopped, also where some classes of a maximum are left.
func TestStoppedProofsOfMaximaAreVerified(t *testing.T) {
	for seed := range uint64(6) {
		n := maxout(t, seed)
		b, err := ball.New([]ball.Norm{ball.L2, ball.LInf}[seed%2], make([]float64, 3), 3)
		require.NoError(t, err)
		for _, limit := range []int64{1, 2, 3, 5, 8, 13, 50} {
			path := filepath.Join(t.TempDir(), "proof")
			w, err := proof.NewWriter(path, proof.HeaderOf(n, b))
			require.NoError(t, err)
			r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 2, Limit: limit, Observer: w})
			require.NoError(t, err)
			require.NoError(t, w.Close(r.Lower))
			rep := verify(t, n, path)
			require.Equal(t, r.Lower.Int64(), rep.Count)
			require.True(t, rep.AtLeast)
		}
	}
}

// The plain walk counts maxima as the fast one does, with any solver, and proves that.
func TestMaximaByThePlainWalk(t *testing.T) {
	dir, proofs := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		inputs := 1 + rng.IntN(3)
		n := gen.Maxima(rng, inputs, 5)
		b, err := ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[rng.IntN(3)], make([]float64, inputs), 2)
		require.NoError(t, err)
		want, err := enumerate.Count(context.Background(), n, b, enumerate.Options{})
		require.NoError(t, err)
		for name, solver := range solvers {
			path := filepath.Join(dir, fmt.Sprint("proof", proofs))
			proofs++
			w, err := proof.NewWriter(path, proof.HeaderOf(n, b))
			require.NoError(t, err)
			r, err := enumerate.CountPlain(context.Background(), n, b, solver(), enumerate.Options{Observer: w})
			if err != nil && name == "native" { // as for other networks: a sliver that it could not enter
				require.ErrorContains(t, err, "the solver failed")
				continue
			}
			require.NoError(t, err, name)
			require.True(t, r.Exact)
			require.Equal(t, want.Lower, r.Lower, name)
			require.NoError(t, w.Close(r.Lower))
			text := n.Canonical()
			rep, err := certificate.Check(text, path, certificate.Options{Workers: 1})
			require.NoError(t, err, name)
			require.Equal(t, want.Lower.Int64(), rep.Count)
		}
	})
	n := maxout(t, 1)
	b, err := ball.New(ball.LInf, make([]float64, 3), 1)
	require.NoError(t, err)
	for _, limit := range []int64{2, 5, 9} {
		path := filepath.Join(dir, fmt.Sprint("limit", limit))
		w, err := proof.NewWriter(path, proof.HeaderOf(n, b))
		require.NoError(t, err)
		r, err := enumerate.CountPlain(context.Background(), n, b, lp.NewReference(), enumerate.Options{Observer: w, Limit: limit})
		require.NoError(t, err)
		require.NoError(t, w.Close(r.Lower))
		require.True(t, verify(t, n, path).AtLeast)
	}
}

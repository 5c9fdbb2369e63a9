package enumerate_test

// Cells of networks with maxima by their vertices, against the solver's and against the definition.

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// rescaled multiplies the values of each layer by a power of two, and takes it back in the next;
// the input is multiplied by 2^at. No count changes.
func rescaled(t require.TestingT, rng *rand.Rand, n *network.Network, at, most int) *network.Network {
	var layers []network.Layer
	before := at
	for _, l := range n.Layers() {
		y, e := l, rng.IntN(2*most+1)-most
		w := mat.NewDense(l.Rows(), l.In(), nil)
		y.W, y.B = w, nil
		for j := range l.Rows() {
			for k, v := range l.Entries(j) {
				w.Set(j, k, math.Ldexp(v, e-before))
			}
			y.B = append(y.B, math.Ldexp(l.B[j], e))
		}
		layers, before = append(layers, y), e
	}
	m, err := network.New(layers)
	require.NoError(t, err)
	return m
}

func countMaxima(t require.TestingT, n *network.Network, b ball.Ball, f *enumerate.Forced, workers int) enumerate.Result {
	opt := enumerate.Options{Workers: workers}
	if f == nil {
		r, err := enumerate.Count(context.Background(), n, b, opt)
		require.NoError(t, err)
		require.True(t, r.Exact)
		return r
	}
	r, err := enumerate.CountForced(context.Background(), n, b, opt, *f)
	require.NoError(t, err)
	require.True(t, r.Exact)
	return r
}

// Counts by vertices are those by the solver, of the definition, and of the proof, also at the ends
// of the range of floats, and by any number of workers.
func TestMaximaByVertices(t *testing.T) {
	seeds := 250
	if os.Getenv("RELUCELL_SOAK") != "" {
		seeds = 20_000
	}
	vertices, all := 0, 0
	for seed := range uint64(seeds) {
		rng := rand.New(rand.NewPCG(seed, 11))
		inputs := 1 + rng.IntN(4)
		n := gen.Maxima(rng, inputs, 7)
		at, radius := 0, []float64{0.5, 1, 2, 8}[rng.IntN(4)]
		if rng.IntN(3) == 0 {
			at = rng.IntN(401) - 200
			n = rescaled(t, rng, n, at, 150)
		}
		center := make([]float64, inputs)
		for k := range center {
			center[k] = math.Ldexp(float64(rng.IntN(5)-2)/4, at)
		}
		b, err := ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[rng.IntN(3)], center, math.Ldexp(radius, at))
		require.NoError(t, err)
		fast := countMaxima(t, n, b, nil, 1)
		slow := countMaxima(t, n, b, &enumerate.Forced{NoVertices: true}, 1)
		require.Equal(t, slow.Lower, fast.Lower, "seed %d", seed)
		if all++; fast.Questions == 0 && slow.Questions > 0 {
			vertices++
		}
		require.Equal(t, fast.Lower, countMaxima(t, n, b, nil, 3).Lower)
		if inputs < 4 && seed%2 == 0 {
			want, err := twin.CountExactly(n, b)
			require.NoError(t, err)
			require.Equal(t, want, fast.Lower, "seed %d", seed)
		}
		if seed%4 == 0 {
			require.NoError(t, crosscheck.Audit(context.Background(), n, b, fast.Lower), "seed %d", seed)
		}
	}
	require.Greater(t, vertices, all/4)
	t.Log(vertices, "of", all, "by vertices alone")
}

// A larger count by vertices: by many workers, stopped and resumed it stays what it is.
func TestManyMaximaByVertices(t *testing.T) {
	for seed, norm := range []ball.Norm{ball.LInf, ball.L2, ball.L1} {
		n := maxout(t, uint64(seed))
		b, err := ball.New(norm, make([]float64, 3), 4)
		require.NoError(t, err)
		fast := countMaxima(t, n, b, nil, 1)
		require.Zero(t, fast.Questions)
		require.Equal(t, countMaxima(t, n, b, &enumerate.Forced{NoVertices: true}, 2).Lower, fast.Lower)
		require.Equal(t, fast.Lower, countMaxima(t, n, b, nil, 4).Lower)
		require.Equal(t, fast.Lower, countMaxima(t, n, b, &enumerate.Forced{Spare: 60}, 1).Lower) // names run out
		require.NoError(t, crosscheck.Audit(context.Background(), n, b, fast.Lower))

		opt := enumerate.Options{Workers: 2, Checkpoint: filepath.Join(t.TempDir(), "checkpoint"), Limit: fast.Lower.Int64() / 2}
		stopped, err := enumerate.Count(context.Background(), n, b, opt)
		require.NoError(t, err)
		require.False(t, stopped.Exact)
		opt.Limit = 0
		resumed, err := enumerate.Count(context.Background(), n, b, opt)
		require.NoError(t, err)
		require.Equal(t, fast.Lower, resumed.Lower)
		require.Zero(t, resumed.Questions)
	}
}

// Proofs and lists by vertices are those of the solver's walk in all that they say, whatever is
// handed over to the solver on the way, and most of them ask it nothing.
func TestProofsOfMaximaByVertices(t *testing.T) {
	seeds := 200
	if os.Getenv("RELUCELL_SOAK") != "" {
		seeds = 20_000
	}
	vertices, asked := 0, 0
	for seed := range uint64(seeds) {
		rng := rand.New(rand.NewPCG(seed, 13))
		inputs := 1 + rng.IntN(4)
		n, at := gen.Maxima(rng, inputs, 9), 0
		if rng.IntN(4) == 0 {
			at = rng.IntN(401) - 200
			n = rescaled(t, rng, n, at, 150)
		}
		center := make([]float64, inputs)
		for k := range center {
			center[k] = math.Ldexp(float64(rng.IntN(5)-2)/4, at)
		}
		b, err := ball.New([]ball.Norm{ball.L2, ball.LInf, ball.L1}[rng.IntN(3)], center, math.Ldexp([]float64{0.5, 1, 2, 8}[rng.IntN(4)], at))
		require.NoError(t, err)
		slow := proveForced(t, n, b, 1, 0, enumerate.Forced{NoVertices: true})
		fast := prove(t, n, b, 1, 0)
		require.Equal(t, slow.result.Lower, fast.result.Lower, "seed %d", seed)
		requireSameProof(t, fast, prove(t, n, b, 3, 0), "seed %d", seed)
		if fast.result.Questions == 0 && slow.result.Questions > 0 {
			vertices++
		}
		if slow.result.Questions > 0 {
			asked++
		}
		names := proveForced(t, n, b, 1, 0, enumerate.Forced{Spare: 50 + rng.IntN(12)}) // run out
		require.Equal(t, slow.result.Lower, names.result.Lower, "seed %d", seed)
		seen := map[string]bool{}
		for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1 + rng.IntN(2)}) {
			require.NoError(t, err)
			_, p := n.ForwardExact(r.Point())
			require.Equal(t, r.Pattern, p, "seed %d", seed)
			seen[p.String()] = true
		}
		require.Len(t, seen, int(slow.result.Lower.Int64()), "seed %d", seed)
	}
	require.Greater(t, vertices, asked/2)
	t.Log(vertices, "of", asked, "by vertices alone")
}

// Proofs box cells in where they enter a layer of maxima, by any number of workers, and where the
// solver takes over below.
func TestProofsOfMaximaBoxCellsIn(t *testing.T) {
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 17))
		layers, inputs := []network.Layer{}, 2
		for range 3 {
			w := mat.NewDense(12, inputs, nil)
			y := network.Layer{W: w, Act: network.Max, Pieces: []int{3, 3, 3, 3}}
			for i := range 12 {
				for k := range inputs {
					w.Set(i, k, rng.NormFloat64())
				}
				y.B = append(y.B, rng.NormFloat64()/4)
			}
			layers, inputs = append(layers, y), 4
		}
		n, err := network.New(layers)
		require.NoError(t, err)
		for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
			b, err := ball.New(norm, []float64{0.125, -0.25}, 1)
			require.NoError(t, err)
			p := prove(t, n, b, 1, 0)
			require.Regexp(t, `(?m)^[][]\d+ `, p.files["proof"])
			requireSameProof(t, p, prove(t, n, b, 3, 0), "seed %d", seed)
			slow := proveForced(t, n, b, 1, 0, enumerate.Forced{NoVertices: true})
			require.Equal(t, slow.result.Lower, p.result.Lower)
			require.Less(t, len(p.files["proof"]), len(slow.files["proof"]))
			require.Equal(t, slow.result.Lower, proveForced(t, n, b, 1, 0, enumerate.Forced{Spare: 55}).result.Lower) // names run out
		}
	}
}

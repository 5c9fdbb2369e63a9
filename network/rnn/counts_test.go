// Counts of unrolled networks in boxes, each with a proof that the checker accepts: of networks
// whose count is known, and of drawn ones.

package rnn

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// drawn returns a network of float32 weights of deviation 1/√H, of one input and biases of
// deviation 1/5. W is the identity where it is said to be.
func drawn(t testing.TB, units int, seed uint64, identity bool) *RNN {
	rng := rand.New(rand.NewPCG(seed, 7))
	draw := func(n int, deviation float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(float32(deviation * rng.NormFloat64()))
		}
		return v
	}
	one := draw(units, 1)
	w := mat.NewDense(units, units, draw(units*units, 1/float64(units)))
	w.Scale(float64(units)/2, w)
	if identity {
		w.Zero()
		for j := range units {
			w.Set(j, j, 1)
		}
	}
	r, err := New(mat.NewDense(units, 1, one), w, draw(units, 0.2), nil, mat.NewDense(1, units, draw(units, 1)), draw(1, 1))
	require.NoError(t, err)
	return r
}

// proved counts in the box [lo, 1]^T, with a proof.
func proved(t testing.TB, n *network.Network, lo float64) int64 {
	lows, highs := make([]float64, n.Inputs()), make([]float64, n.Inputs())
	for i := range lows {
		lows[i], highs[i] = lo, 1
	}
	b, err := ball.NewBox(lows, highs)
	require.NoError(t, err)
	res, err := enumerate.Count(context.Background(), n, b, enumerate.Options{})
	require.NoError(t, err)
	require.True(t, res.Exact)
	require.NoError(t, crosscheck.Audit(context.Background(), n, b, res.Lower))
	return res.Lower.Int64()
}

// With W = 1, U = 1 and b = −β a unit is Lindley's recursion of a queue, which can stay empty or
// not at each step. Units with β + jδ, δ small, are busy only when those before them are: H + 1
// patterns a step, and all sequences of them where T·H·δ < β, for a step can then empty all again.
func TestQueuesHaveAPowerOfPatterns(t *testing.T) {
	for units, most := range map[int]int{1: 7, 2: 6, 3: 5, 7: 3} {
		one, back, w := make([]float64, units), make([]float64, units), mat.NewDense(units, units, nil)
		for j := range units {
			one[j], back[j] = 1, -0.5-float64(j)/256
			w.Set(j, j, 1)
		}
		r, err := New(mat.NewDense(units, 1, one), w, back, nil, mat.NewDense(1, units, one), []float64{0})
		require.NoError(t, err)
		want := int64(1)
		for steps := 1; steps <= most; steps++ {
			want *= int64(units + 1)
			n, err := r.Unroll(steps)
			require.NoError(t, err)
			require.Equal(t, want, proved(t, n, 0), "%d units, %d steps", units, steps)
		}
	}
}

func TestDrawnNetworksAreCountedWithProofs(t *testing.T) {
	for _, c := range []struct {
		units    int
		identity bool
		seed     uint64
		want     []int64
	}{
		{4, false, 0, []int64{2, 7, 23, 76, 248}},
		{4, false, 2, []int64{2, 5, 15, 44, 131, 410}},
		{8, false, 1, []int64{4, 14, 68, 277, 967}},
		{8, true, 1, []int64{4, 14, 46, 146, 446}},
		{8, true, 15, []int64{5, 22, 93, 376}},
	} {
		r := drawn(t, c.units, c.seed, c.identity)
		for i, want := range c.want {
			n, err := r.Unroll(i + 1)
			require.NoError(t, err)
			require.Equal(t, want, proved(t, n, 0))
			require.LessOrEqual(t, sampled(n, 2000), want)
		}
	}
}

// sampled is the number of patterns at random points of the box: never more than there are.
func sampled(n *network.Network, points int) int64 {
	rng := rand.New(rand.NewPCG(5, 5))
	seen := map[string]bool{}
	x := make([]float64, n.Inputs())
	for range points {
		for i := range x {
			x[i] = rng.Float64()
		}
		p := n.Pattern(x)
		word := make([]byte, len(p))
		inside := true
		for i, s := range p {
			word[i] = byte(s)
			inside = inside && s != 0
		}
		if inside {
			seen[string(word)] = true
		}
	}
	return int64(len(seen))
}

// Carried values add nothing: the count in a box that later inputs cross with both signs is the
// same by the plain walk over exact programmes.
func TestCountsOfUnrolledNetworksByTheTwin(t *testing.T) {
	for seed := range uint64(6) {
		r := drawn(t, 3, seed, seed%2 == 0)
		n, err := r.Unroll(3)
		require.NoError(t, err)
		b, err := ball.NewBox([]float64{-1, -1, -1}, []float64{1, 1, 1})
		require.NoError(t, err)
		want, err := twin.CountExactly(n, b)
		require.NoError(t, err)
		require.Equal(t, want.Int64(), proved(t, n, -1))
	}
}

// After forty steps of a chaotic network no float is certain of the sign of a unit: all that is
// decided is decided in integers, of which the same witness is asked once, not once for each
// neuron.
func TestChaoticLinesAreCountedExactly(t *testing.T) {
	const units, steps = 10, 40
	r := drawn(t, units, 3, false)
	w := mat.DenseCopyOf(r.W)
	w.Scale(4, w)
	r, err := New(r.U, w, r.B, nil, r.V, r.C)
	require.NoError(t, err)
	all, err := r.Sequences(steps)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 1))
	p, q := make([]float64, steps), make([]float64, steps)
	for i := range p {
		p[i], q[i] = float64(float32(rng.Float64())), float64(float32(rng.Float64()))
	}
	front, err := network.Through(all, p, q)
	require.NoError(t, err)
	n, err := r.UnrollOn(front, false)
	require.NoError(t, err)
	b, err := ball.NewBox([]float64{0}, []float64{0.01})
	require.NoError(t, err)
	want, err := twin.CountIntervals(n, b)
	require.NoError(t, err)
	res, err := enumerate.Count(context.Background(), n, b, enumerate.Options{})
	require.NoError(t, err)
	require.Equal(t, want, res.Lower)
	require.Positive(t, res.Decisions.Integer, "floats do not suffice")
	require.NoError(t, crosscheck.Audit(context.Background(), n, b, res.Lower))
}

// documented reads a network of docs/recurrent.md.
func documented(t *testing.T, name string) *RNN {
	f, err := os.Open(filepath.Join("..", "..", "testdata", "rnn", name+".json"))
	require.NoError(t, err)
	defer f.Close()
	r, err := Read(f)
	require.NoError(t, err)
	return r
}

func TestTheNetworksOfTheDocumentationAreTheDrawnOnes(t *testing.T) {
	for name, want := range map[string]*RNN{"random4": drawn(t, 4, 0, false), "random8": drawn(t, 8, 1, false), "identity8": drawn(t, 8, 15, true)} {
		require.Equal(t, want, documented(t, name))
	}
}

// lineOf is the network on the line through the first two sequences of testdata/rnn, s from 0 to 1.
func lineOf(t *testing.T, name string, steps int) (*network.Network, ball.Ball) {
	r := documented(t, name)
	var points [][]float64
	for k := range 2 {
		var x []float64
		raw, err := os.ReadFile(filepath.Join("..", "..", "testdata", "rnn", fmt.Sprintf("addition%d-%d.json", steps, k+1)))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, &x))
		points = append(points, x)
	}
	all, err := r.Sequences(steps)
	require.NoError(t, err)
	front, err := network.Through(all, points...)
	require.NoError(t, err)
	n, err := r.UnrollOn(front, false)
	require.NoError(t, err)
	b, err := ball.NewBox([]float64{0}, []float64{1})
	require.NoError(t, err)
	return n, b
}

// The lines of docs/recurrent.md. Their proofs are written by the solver, and not in integers
// alone.
func linesOfTheDocumentation(t *testing.T, want map[string]int64, steps int, audit bool) {
	for name, regions := range want {
		n, b := lineOf(t, name, steps)
		res, err := enumerate.Count(context.Background(), n, b, enumerate.Options{})
		require.NoError(t, err)
		require.True(t, res.Exact)
		require.Equal(t, regions, res.Lower.Int64(), "%s, %d steps", name, steps)
		if audit {
			require.NoError(t, crosscheck.Audit(context.Background(), n, b, res.Lower))
		}
	}
}

func TestLinesOfTheDocumentation(t *testing.T) {
	linesOfTheDocumentation(t, map[string]int64{"random32": 198, "chaotic32": 260, "near32": 55}, 20, true)
}

func TestSoakLinesOfTheDocumentation(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("RELUCELL_SOAK is not set")
	}
	linesOfTheDocumentation(t, map[string]int64{"random32": 391, "chaotic32": 821, "near32": 96}, 40, true)
	linesOfTheDocumentation(t, map[string]int64{"random32": 918, "near32": 138}, 100, false)
}

// The longer counts of docs/recurrent.md, with proofs, and more draws against the twin.
func TestSoakCountsOfUnrolledNetworks(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("RELUCELL_SOAK is not set")
	}
	for name, counts := range map[string][]int64{
		"random4":   {2, 7, 23, 76, 248, 811, 2660},
		"random8":   {4, 14, 68, 277, 967, 3200, 9710},
		"identity8": {5, 22, 93, 376, 1491, 5825, 22488},
	} {
		r := documented(t, name)
		for i, want := range counts {
			n, err := r.Unroll(i + 1)
			require.NoError(t, err)
			require.Equal(t, want, proved(t, n, 0), "%s, %d steps", name, i+1)
		}
	}
	for seed := range uint64(200) {
		r := drawn(t, 4, seed, seed%2 == 0)
		n, err := r.Unroll(3)
		require.NoError(t, err)
		b, err := ball.NewBox([]float64{-1, -1, -1}, []float64{1, 1, 1})
		require.NoError(t, err)
		want, err := twin.CountExactly(n, b)
		require.NoError(t, err)
		require.Equal(t, want.Int64(), proved(t, n, -1))
	}
}

package ridge

// Bounds in pairs beside their checker, which shares nothing with them.

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate/pairsproof"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/looks"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

func canonical(t require.TestingT, n *network.Network) []byte {
	b := n.Canonical()
	return b
}

// The checker comes to the same bound: it accepts the least float that is not below, and refuses
// one that is below by more than roots of l2 are rounded.
func TestTheCheckerComesToTheSameBound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p")
	checked := 0
	for seed := range uint64(25) { // each writes files
		rng := rand.New(rand.NewPCG(seed, 2))
		n := drawn(rng)
		for range 20 {
			if o := drawn(rng); o.Inputs() == n.Inputs() && o.Outputs() == n.Outputs() {
				d, err := network.Difference(n, o)
				require.NoError(t, err)
				if s, err := Of(context.Background(), d); err == nil && s != nil {
					n = d
				}
				break
			}
		}
		s, err := Of(context.Background(), n)
		require.NoError(t, err)
		b := somewhere(rng, n.Inputs())
		bound, err := s.Bound(context.Background(), b)
		require.NoError(t, err)
		v := 0.0
		for _, m := range bound.Most {
			v = max(v, dyadic.UpRat(m))
		}
		check := func(v float64) error {
			require.NoError(t, proof.WritePairs(path, proof.HeaderOf(n, b), v, bound.Pairs))
			_, err := pairsproof.Check(context.Background(), canonical(t, n), path)
			return err
		}
		require.NoError(t, check(v))
		less := math.Nextafter(v, 0)
		if b.Norm() == ball.L2 {
			less = v * (1 - 0x1p-40)
		}
		if v > 0 {
			require.ErrorContains(t, check(less), "by these pairs the output may be larger")
			checked++
		}
	}
	require.Positive(t, checked)
}

// written writes a bound in pairs on a box, a large one, and returns where.
func written(t *testing.T, n *network.Network) (path string, b ball.Ball, bound *Bound) {
	b, err := ball.New(ball.LInf, make([]float64, n.Inputs()), 1)
	require.NoError(t, err)
	s, err := Of(context.Background(), n)
	require.NoError(t, err)
	bound, err = s.Bound(context.Background(), b)
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), "p")
	require.NoError(t, proof.WritePairs(path, proof.HeaderOf(n, b), 0x1p+20, bound.Pairs))
	return path, b, bound
}

func TestPairsAreRefused(t *testing.T) {
	hidden := network.Layer{W: mat.NewDense(3, 2, []float64{1, 2, 3, 1, 2, 4}), B: []float64{1, 0, 2}, Act: network.ReLU}
	n, err := network.New([]network.Layer{hidden, {W: mat.NewDense(2, 3, []float64{1, -1, 1, 1, 1, 1}), B: []float64{0, 1}}})
	require.NoError(t, err)
	path, b, bound := written(t, n)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, pairsproof.Is(path))
	r, err := pairsproof.Check(context.Background(), canonical(t, n), path)
	require.NoError(t, err)
	require.Equal(t, n.Outputs(), r.Outputs)
	lines := strings.SplitAfter(string(whole), "\n")
	require.Equal(t, "pairs 0 1\n", lines[4], "neuron 2 is on the hyperplane of neuron 0")
	require.Equal(t, "pairs\n", lines[5])
	head, first := strings.Join(lines[:4], ""), "pairs 0 1"
	for want, text := range map[string]string{
		"expected version 1":                   strings.Replace(string(whole), "pairs 1", "pairs 2", 1),
		"about another network":                strings.Replace(string(whole), "net sha256:", "net sha256:0", 1),
		"expected a ball of kind":              strings.Replace(string(whole), "ball ", "ball l3", 1),
		"a hexadecimal float of at least 0":    strings.Replace(string(whole), "at most ", "at most -", 1),
		"the file ends here":                   head,
		"a space before each":                  strings.Replace(string(whole), first, "pairs 0", 1),
		"neurons of different hyperplanes":     strings.Replace(string(whole), first, "pairs 0 2", 1),
		"expected neurons of the network":      strings.Replace(string(whole), first, "pairs 0 99", 1),
		"expected the end of the file":         string(whole) + "\n",
		"by these pairs the output may be lar": strings.Replace(string(whole), "at most 0x1p+20", "at most 0x0p+0", 1),
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		_, err := pairsproof.Check(context.Background(), canonical(t, n), path)
		require.ErrorContains(t, err, want)
	}
	// gzipped, and a network whose neurons are in two layers.
	require.NoError(t, proof.WritePairs(path+".gz", proof.HeaderOf(n, b), 0x1p+20, bound.Pairs))
	_, err = pairsproof.Check(context.Background(), canonical(t, n), path+".gz")
	require.NoError(t, err)
	deep, err := network.New([]network.Layer{hidden, {W: mat.NewDense(1, 3, []float64{1, 1, 1}), B: []float64{0}, Act: network.ReLU}})
	require.NoError(t, err)
	_, err = pairsproof.Check(context.Background(), canonical(t, deep), path)
	require.ErrorContains(t, err, "neurons in two layers")
}

// Wherever a stop comes, in the network, in what stands between it and its hyperplanes, or in the
// pairs, the check ends there and says nothing else.
func TestAStopEndsACheckOfPairs(t *testing.T) {
	n, err := network.New([]network.Layer{
		{W: mat.NewDense(2, 2, []float64{1, 2, 3, 4}), B: make([]float64, 2)},
		{W: mat.NewDense(3, 2, []float64{1, 2, 3, 1, 2, 5}), B: []float64{1, 0, 2}, Act: network.ReLU},
		{W: mat.NewDense(2, 3, []float64{1, -1, 1, 1, 1, 1}), B: []float64{0, 1}}})
	require.NoError(t, err)
	path, _, _ := written(t, n)
	for left := 0; ; left++ {
		ctx := looks.After(context.Background(), left)
		r, err := pairsproof.Check(ctx, canonical(t, n), path)
		if !ctx.Ended() {
			require.NoError(t, err)
			require.Equal(t, n.Outputs(), r.Outputs)
			require.Greater(t, left, 60, "each weight, each neuron and each pair is a place to stop at")
			break
		}
		require.Nil(t, r)
		require.Equal(t, looks.ErrEnough, err)
	}
}

// Whatever a file says, the answer is one line, and an accepted one is a bound.
func FuzzPairs(f *testing.F) {
	n, err := network.New([]network.Layer{{W: mat.NewDense(2, 1, []float64{1, 3}), B: []float64{1, 0}, Act: network.ReLU}, {W: mat.NewDense(1, 2, []float64{1, -1}), B: []float64{0}}})
	require.NoError(f, err)
	b, err := ball.New(ball.LInf, []float64{0}, 1)
	require.NoError(f, err)
	text, path := canonical(f, n), filepath.Join(f.TempDir(), "p")
	require.NoError(f, proof.WritePairs(path, proof.HeaderOf(n, b), 4, [][][2]int{{{0, 1}}}))
	seed, err := os.ReadFile(path)
	require.NoError(f, err)
	f.Add(seed)
	f.Add(bytes.Replace(seed, []byte("ball linf 0x1p+0"), []byte("ball box"), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "p")
		require.NoError(t, os.WriteFile(path, data, 0o666))
		r, err := pairsproof.Check(context.Background(), text, path)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.GreaterOrEqual(t, r.AtMost.Sign(), 0)
		require.LessOrEqual(t, r.Pairs, 1)
	})
}

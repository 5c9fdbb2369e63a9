package crosscheck_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// fewWeights returns a random network of which the layers after the first have about two weights a
// unit, once with all layers dense and once with all of them sparse.
func fewWeights(t *rapid.T) (dense, sparse *network.Network) {
	rng := gen.NewRand(rapid.Uint64().Draw(t, "seed"))
	n := gen.Random(rng, gen.RandomOptions{Inputs: 2, Widths: []int{5, 4, 3}})
	a, b := gen.CopyLayers(n), gen.CopyLayers(n)
	for i := range a {
		for j := range a[i].B {
			for k := range a[i].In() {
				if i > 0 && rng.IntN(a[i].In()) > 1 {
					a[i].Dense().Set(j, k, 0)
				}
			}
		}
		b[i].W = a[i].Sparse()
	}
	return gen.Build(a...), gen.Build(b...)
}

// proven returns the count of a network in a ball and the lines of its proof from the ball on, once
// the checker has verified it.
func proven(t require.TestingT, dir string, n *network.Network, b ball.Ball) (count, lines string) {
	path := filepath.Join(dir, "proof")
	r, err := proof.Prove(context.Background(), n, b, path, enumerate.Options{Workers: 1})
	require.NoError(t, err)
	text := n.Canonical()
	rep, err := certificate.Check(text, path, certificate.Options{})
	require.NoError(t, err)
	require.Equal(t, r.Lower.Int64(), rep.Count)
	written, err := os.ReadFile(path)
	require.NoError(t, err)
	_, lines, _ = strings.Cut(string(written), "\nball ")
	return r.Lower.String(), lines
}

// TestStorageChangesNoProof: counts and proofs are the same, byte for byte.
func TestStorageChangesNoProof(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dense, sparse := fewWeights(t)
		b, err := ball.New(rapid.SampledFrom([]ball.Norm{ball.L2, ball.LInf, ball.L1}).Draw(t, "norm"), []float64{0.25, -0.5}, 2)
		require.NoError(t, err)
		count, lines := proven(t, dir, dense, b)
		other, otherLines := proven(t, dir, sparse, b)
		require.Equal(t, count, other)
		require.Equal(t, lines, otherLines)
		require.Equal(t, dense.Fingerprint(), sparse.Fingerprint())
	})
}

// padded returns the network with units added to each layer but the last, which are −1 everywhere:
// as many as make the network too large for a text of all its entries. The neurons keep their
// places in their layers.
func padded(n *network.Network, width int) *network.Network {
	layers := slices.Clone(n.Layers())
	in := n.Inputs()
	for i := range layers {
		l := &layers[i]
		out := width
		if i == len(layers)-1 {
			out = l.Out()
		}
		w := network.NewSparse(in)
		b := slices.Clone(l.B)
		for j := range out {
			row := []float64(nil)
			if j < l.Out() {
				row = l.W.RawRowView(j)
			} else {
				b = append(b, -1)
			}
			w.AppendDense(row)
		}
		l.W, l.B, in = w, b, out
	}
	return gen.Build(layers...)
}

// TestTooLargeForAllItsEntries: a network whose text gives columns is counted, proved and checked,
// and its proof is that of the small network in it.
func TestTooLargeForAllItsEntries(t *testing.T) {
	small := gen.Build(
		network.Layer{W: mat.NewDense(4, 2, []float64{1, 0.5, -1, 1, 0, 1, 1, -1}), B: []float64{0, 0.25, -0.5, 0.125}, Act: network.ReLU},
		network.Layer{W: mat.NewDense(3, 4, []float64{1, -1, 0.5, 0, 0, 1, -1, 1, 1, 0, 0, -2}), B: []float64{-0.25, 0.5, 0}, Act: network.ReLU},
		network.Layer{W: mat.NewDense(1, 3, []float64{1, 1, 1}), B: []float64{0}})
	large := padded(small, 8200) // 8200² > 2²⁶
	var text bytes.Buffer
	require.NoError(t, large.WriteCanonical(&text))
	require.Contains(t, text.String(), `"columns"`)
	require.Less(t, text.Len(), 1<<20)
	read, err := network.ReadCanonical(&text)
	require.NoError(t, err)
	require.Equal(t, large.Fingerprint(), read.Fingerprint())
	b, err := ball.New(ball.L2, []float64{0, 0}, 1)
	require.NoError(t, err)
	dir := t.TempDir()
	count, lines := proven(t, dir, small, b)
	other, otherLines := proven(t, dir, large, b)
	require.Equal(t, count, other)
	require.Equal(t, lines, otherLines)
	require.NotEqual(t, "1", count)
}

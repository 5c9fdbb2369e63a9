package main

// Every command on max(x, y, 0) and x − y behind it.

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

func maxima(t *testing.T) string {
	n, err := network.New([]network.Layer{{W: mat.NewDense(4, 2, []float64{1, 0, 0, 1, 0, 0, 1, -1}), B: make([]float64, 4), Act: network.Max, Pieces: []int{3, 1}}})
	require.NoError(t, err)
	return writeNet(t, n)
}

func TestMaximaThroughTheCommands(t *testing.T) {
	net, dir := maxima(t), t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	const box = "--box=-1:2"
	says := func(want []string, args ...string) {
		out, errs, code := relucell(t, args...)
		require.Zero(t, code, errs)
		for _, w := range want {
			require.Contains(t, out, w, args)
		}
	}
	says([]string{"Largest   2, exact", "Smallest  0, exact"}, "range", net, box)
	says([]string{"verified: neurons 1, 2 are on nowhere"}, "range", net, box, "--proof", file("range"))
	succeed(t, "check", file("range.json"), file("range"), "--never-on", "1,2")
	_, _, code := relucell(t, "check", file("range.json"), file("range"), "--never-on", "0") // of a maximum nothing is said
	require.Equal(t, exitFailed, code)
	says([]string{"Constant  2,"}, "lipschitz", net, box, "--of", "linf")
	says([]string{"Class     y1", "0.5"}, "radius", net, "--center=-1,-2", "--norm", "linf")
	says([]string{"Class     y1", "its square is 1/2"}, "radius", net, "--center=-1,-2", "--norm", "l2")
	says([]string{`"neighbours":[1,2]`, `"volume":"1"`, `"volume":"4"`}, "list", net, box, "--neighbours", "--volume")
	says([]string{"3 activation regions, exact"}, "reach", net, box, "-o", file("r.jsonl"))
	succeed(t, "count", net, box, "--proof", file("p"))
	says([]string{"holds these regions, each with its map, its domain and all its vertices, 12 in all"}, "check", net, file("p"), "--reach", file("r.jsonl"))
	spec := writeBytes(t, "q.vnnlib", []byte("(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(declare-const Y_1 Real)"+
		"(assert (and (>= X_0 -1) (<= X_0 2) (>= X_1 -1) (<= X_1 2)))(assert (>= Y_0 1))"))
	says([]string{"5/9 = 0.555"}, "reach", net, box, "-o", file("r.svg"), "--inverse", spec)
	for _, name := range []string{"m.svg", "m.html"} {
		for _, fill := range []string{"pattern", "layer", "gradient", "class"} {
			says([]string{"3 activation regions, exact"}, "plot", net, box, "--fill", fill, "-o", file(name))
			text, err := os.ReadFile(file(name))
			require.NoError(t, err)
			require.Contains(t, string(text), "boundary")
		}
	}
	says([]string{"violated"}, "verify", net, spec)
}

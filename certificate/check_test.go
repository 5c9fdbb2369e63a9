package certificate

// What the checker must accept, and what is known about the counts.

import (
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/nettext"
	"github.com/relucell/relucell/certificate/internal/specimen"
)

func unitBalls(n int) []tball {
	zero, one, lo := make([]float64, n), make([]float64, n), make([]float64, n)
	for k := range one {
		one[k], lo[k] = 0.75, -1.25
	}
	return []tball{{Norm: "linf", Center: zero, Radius: 1}, {Norm: "l1", Center: one, Radius: 1.5}, {Norm: "box", Lo: lo, Hi: one}, {Norm: "l2", Center: one, Radius: 0.875}}
}

var background = context.Background()

func TestRandomNetworksAreProvedAndAccepted(t *testing.T) {
	acts := [][]string{{"relu"}, {"leaky_relu"}, {"relu", "none", "leaky_relu"}, {"none", "relu"}}
	for seed := range int64(40) {
		r := rand.New(rand.NewSource(seed))
		widths := []int{1 + int(seed%2), 1 + r.Intn(4), 1 + r.Intn(4), 1 + r.Intn(3), 1}
		net := specimen.Random(r, seed%4 < 2, acts[seed%4], widths...)
		for i, b := range unitBalls(widths[0]) {
			path := tempProof(t, []string{"p", "p.gz"}[seed%2])
			stop := 0.0
			if seed%5 == 4 {
				stop = 0.05
			}
			n := proveHonestly(t, net, b, path, seed, stop, 0.1)
			rep, err := Check(net.Text(), path, Options{Workers: 1 + i})
			require.NoError(t, err, "seed %d, ball %v", seed, b)
			require.Equal(t, n, rep.Count)
			require.Equal(t, rep.Open > 0, rep.AtLeast)
			require.Equal(t, "activation", rep.Definition)
			require.Contains(t, rep.String(), rep.Net)
		}
	}
}

// TestMixedUnitsAreProvedAndAccepted: ReLUs, absolute values, leaky units and units that are no
// neurons in one layer.
func TestMixedUnitsAreProvedAndAccepted(t *testing.T) {
	for seed := range int64(60) {
		r := rand.New(rand.NewSource(seed))
		widths := []int{1 + int(seed%2), 1 + r.Intn(4), 1 + r.Intn(4), 1 + r.Intn(3), 1}
		net := specimen.Random(r, seed%4 < 2, [][]string{{"mixed"}, {"mixed", "relu"}, {"mixed", "none", "mixed"}}[seed%3], widths...)
		for _, b := range unitBalls(widths[0]) {
			path := tempProof(t, "p")
			n := proveHonestly(t, net, b, path, seed, 0, 0)
			rep, err := Check(net.Text(), path, Options{Workers: 1})
			require.NoError(t, err, "seed %d, ball %v", seed, b)
			require.Equal(t, n, rep.Count)
		}
	}
}

// TestSlopesHaveOneSpelling: all else is refused.
func TestSlopesHaveOneSpelling(t *testing.T) {
	text := func(act string) []byte {
		return []byte("{\"relucell-network\":1,\"inputs\":1,\"layers\":[\n{\"activation\":" + act +
			",\"weights\":[[\"0x1p+0\"],[\"0x1p+0\"]],\"bias\":[\"0x0p+0\",\"0x0p+0\"]}\n]}\n")
	}
	n, err := readNet(background, text(`"mixed","slopes":["0x1p+0","0x0p+0"]`), nettext.DenseMost)
	require.NoError(t, err)
	var pieces []piece
	for _, y := range n.layers {
		pieces = append(pieces, y.pieces...)
	}
	require.Equal(t, []piece{{-1, 0, 2}, {1, 0, 2}}, pieces)
	for act, reason := range map[string]string{
		`"mixed"`:                                      "not a canonical text",
		`"mixed","slopes":[]`:                          "not a canonical text",
		`"mixed","slopes":null`:                        "not a canonical text",
		`"mixed","slopes":["0x0p+0"]`:                  "slopes: all alike",
		`"mixed","slopes":["0x0p+0","0x0p+0"]`:         "slopes: all alike",
		`"mixed","slopes":["0x1p+0","0x1p+0"]`:         "slopes: all alike",
		`"mixed","slopes":["-0x0p+0","0x1p+0"]`:        "expected hexadecimal floats",
		`"mixed","slopes":["0x2p-1","0x0p+0"]`:         "expected hexadecimal floats",
		`"mixed","slopes":["1","0x0p+0"]`:              "expected hexadecimal floats",
		`"mixed","slope":"0x1p+1","slopes":["0x0p+0"]`: "not a canonical text",
		`"relu","slopes":["0x0p+0","0x1p+0"]`:          "not a canonical text",
		`"relu","slope":"0x0p+0"`:                      "not a canonical text",
		`"none","slopes":["0x0p+0","0x1p+0"]`:          "not a canonical text",
		`"leaky_relu","slopes":["0x0p+0","0x1p+0"]`:    "not a canonical text",
		`"leaky_relu","slope":"0x0p+0"`:                "slope: expected a hexadecimal float other than 0 and 1",
		`"leaky_relu","slope":"0x1p+0"`:                "slope: expected a hexadecimal float other than 0 and 1",
		`"leaky_relu","slope":"0.5"`:                   "expected hexadecimal floats",
		`"abs"`:                                        "activation",
	} {
		_, err := readNet(background, text(act), nettext.DenseMost)
		require.ErrorContains(t, err, reason, act)
	}
}

func TestTentMaps(t *testing.T) {
	for layers := 1; layers <= 8; layers++ {
		for _, norm := range []string{"l2", "linf", "l1"} {
			path := tempProof(t, "p")
			proveHonestly(t, specimen.Tent(layers), tball{Norm: norm, Center: []float64{0.5}, Radius: 0.5}, path, 1, 0, 0)
			rep, err := Check(specimen.Tent(layers).Text(), path, Options{})
			require.NoError(t, err)
			require.EqualValues(t, 1<<layers, rep.Count)
		}
	}
}

func TestMemoryDoesNotGrowWithTheRegions(t *testing.T) {
	var used [2]uint64
	for i, layers := range []int{8, 9} {
		path := tempProof(t, "p.gz")
		proveHonestly(t, specimen.Tent(layers), tball{Norm: "linf", Center: []float64{0.5}, Radius: 0.5}, path, 1, 0, 0)
		before := specimen.Allocated()
		rep, err := Check(specimen.Tent(layers).Text(), path, Options{Workers: 1})
		used[i] = specimen.Allocated() - before
		require.NoError(t, err)
		require.EqualValues(t, 1<<layers, rep.Count)
	}
	require.Less(t, used[1], used[0]+used[0]/4, "twice the regions")
}

// BenchmarkCheck measures regions a second with one worker.
func BenchmarkCheck(b *testing.B) {
	net := specimen.Random(rand.New(rand.NewSource(7)), false, []string{"relu"}, 2, 16, 16, 2)
	path := tempProof(b, "p")
	n := proveHonestly(b, net, tball{Norm: "linf", Center: []float64{0, 0}, Radius: 1}, path, 1, 0, 0)
	text := net.Text()
	b.ReportAllocs()
	for b.Loop() {
		_, err := Check(text, path, Options{Workers: 1})
		require.NoError(b, err)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "regions/s")
	info, err := os.Stat(path)
	require.NoError(b, err)
	b.ReportMetric(float64(info.Size())/float64(n), "bytes/region")
}

func checkText(net specimen.Net, proof string, workers int) (*Report, error) {
	return Check(net.Text(), "proof", Options{Workers: workers, open: specimen.Folder{"proof": []byte(proof)}.Open})
}

// header returns the header of a hand-written proof.
func header(tb testing.TB, net specimen.Net, ball string) string {
	return "relucell-certificate 2\nnet " + net.Hash() + "\nball " + ball + "\n"
}

func TestHandWrittenProofs(t *testing.T) {
	zeroAndX := specimen.OneLayer([]float64{0, 0}, []float64{0}, []float64{1})
	plane := specimen.OneLayer([]float64{-5}, []float64{3, 4})
	two := specimen.OneLayer([]float64{-1.5, 0}, []float64{1, 1}, []float64{1, 0})
	leaky := specimen.Net{Inputs: 2, Layers: []specimen.Layer{
		{Act: "leaky_relu", Slope: 0.01, W: [][]float64{{1, 0}, {0, 1}}, B: []float64{-10, 0}},
		{Act: "leaky_relu", Slope: 0.01, W: [][]float64{{0, 1}}, B: []float64{0.1}}}}
	affine := specimen.Net{Inputs: 1, Layers: []specimen.Layer{{Act: "none", W: [][]float64{{1}}, B: []float64{0}}}}
	for _, c := range []struct {
		name, ball, tree string
		net              specimen.Net
		count            int64
	}{
		{"a zero neuron and x", "linf 0x1p+0 0x0p+0", "*\nW1-1\nW1 1\ncount 2\n", zeroAndX, 2},
		{"the tangent disc", "l2 0x1p+0 0x0p+0 0x0p+0", "W0 0 0\ncount 1\n", plane, 1},
		{"the disc one bit larger", "l2 0x1.0000000000001p+0 0x0p+0 0x0p+0", "*\nW0 0 0\nW54 10808639105689191 14411518807585588\ncount 2\n", plane, 2},
		{"a corner of the box beyond the disc", "box -0x1p+0 -0x1p+0 0x1p+0 0x1p+0", "*\n*\nW1-1 0\nW1 1 0\n+1 a\nW5 31 31\ncount 3\n", two, 3},
		{"the example of the documentation", "box -0x1p+0 -0x1p+0 0x1p+0 0x1p+0", "*\n-1 a\nW1-1 0\n*\nW1 1 0\nW3 7 7\ncount 3\n", specimen.OneLayer([]float64{0, -1.5}, []float64{1, 0}, []float64{1, 1}), 3},
		{"the same in the disc", "l2 0x1p+0 0x0p+0 0x0p+0", "*\nW1-1 0\nW1 1 0\ncount 2\n", two, 2},
		{"the same in the diamond", "l1 0x1p+0 0x0p+0 0x0p+0", "*\nW1-1 0\nW1 1 0\ncount 2\n", two, 2},
		{"an inactive leaky unit", "l2 0x1p+0 0x0p+0 0x0p+0", "*\n*\nW4 0-13\nW20 1-1\n+0 a\nW1 0 1\ncount 3\n", leakyY(leaky), 3},
		{"no neurons", "linf 0x1p+0 0x0p+0", "W0 0\ncount 1\n", affine, 1},
		{"unexplored from the start", "linf 0x1p+0 0x0p+0", "?0 0\ncount >= 1\n", zeroAndX, 1},
		{"half unexplored", "linf 0x1p+0 0x0p+0", "*\n?1-1\nW1 1\ncount >= 2\n", zeroAndX, 2},
		{"a huge centre and a tiny radius", "linf 0x1p-80 0x1.e848p+19", "W0 1000000\ncount 1\n", zeroAndX, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := checkText(c.net, header(t, c.net, c.ball)+c.tree, 1)
			require.NoError(t, err)
			require.Equal(t, c.count, r.Count)
		})
	}
}

// leakyY makes the second layer see y through its leaky unit, 0.01·y + 0.1 > 0 within the
// unit ball where y < 0, and nothing else.
func leakyY(n specimen.Net) specimen.Net { n.Layers[1].B = []float64{1.0 / 128}; return n }

func TestCheckerUsesTheStandardLibraryAlone(t *testing.T) {
	const base = "github.com/relucell/relucell/certificate/"
	for _, f := range trusted(t) {
		tree, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range tree.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			require.NoError(t, err)
			first, _, _ := strings.Cut(path, "/")
			require.True(t, !strings.Contains(first, ".") || strings.HasPrefix(path, base) && path != base+"internal/specimen", "%s imports %s", f, path)
			require.NotContains(t, []string{"C", "unsafe"}, path)
		}
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NotRegexp(t, `os\.(Create|Write|Rename|Remove|Mkdir)|NewWriter`, string(text), "%s: what writes has its place in package proof", f)
	}
}

func ExampleCheck() {
	network := []byte(`{"relucell-network":1,"inputs":1,"layers":[
{"activation":"relu","weights":[["0x1p+0"]],"bias":["0x0p+0"]}
]}
`)
	n, _ := readNet(background, network, nettext.DenseMost)
	dir, _ := os.MkdirTemp("", "proof")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "proof")
	text := "relucell-certificate 2\nnet " + n.hash + "\nball linf 0x1p+0 0x0p+0\n*\nW1-1\nW1 1\ncount 2\n"
	_ = os.WriteFile(path, []byte(text), 0o600)
	r, err := Check(network, path, Options{})
	fmt.Println(r.Count, r.AtLeast, err)
	// Output:
	// 2 false <nil>
}

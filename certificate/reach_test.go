package certificate

// Reach sets beside proofs: those that package reach writes are accepted, and what is changed in one
// is refused, or says the same as before.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/reach"
)

// reachOf writes the reach set of a network in a ball.
func reachOf(tb testing.TB, net tnet, b tball) []byte {
	n, err := network.ReadCanonical(bytes.NewReader(net.text()))
	require.NoError(tb, err)
	var out bytes.Buffer
	i := 0
	for r, err := range enumerate.Regions(context.Background(), n, b.ball(tb), enumerate.Options{Workers: 1}) {
		require.NoError(tb, err)
		d, err := reach.Describe(i, r)
		require.NoError(tb, err)
		require.NoError(tb, d.WriteJSON(&out))
		i++
	}
	return out.Bytes()
}

// complete writes a proof without unexplored cells.
func complete(w *twins, b tball, r *rand.Rand) *honest {
	h := newHonest(w.net, b, r)
	h.stop = 0
	h.write(b)
	return h
}

// rightly says whether a reach set says what the true one does, whatever its vertices and rows leave
// out: patterns and maps are the same, all else holds at every region.
func rightly(truth, text []byte) bool {
	a, b := bytes.Split(truth, []byte("\n")), bytes.Split(text, []byte("\n"))
	if len(a) != len(b) || len(b[len(b)-1]) > 0 {
		return false
	}
	for i := range a[:len(a)-1] {
		var t, u reached
		if json.Unmarshal(a[i], &t) != nil || json.Unmarshal(b[i], &u) != nil ||
			t.Region != u.Region || t.Pattern != u.Pattern || fmt.Sprint(t.Affine) != fmt.Sprint(u.Affine) {
			return false
		}
		for _, row := range u.Rows { // what the true one does not list is not looked at here
			for _, own := range t.Rows {
				if own.Neuron == row.Neuron && fmt.Sprint(own) != fmt.Sprint(row) {
					return false
				}
			}
		}
		for k, v := range u.Vertices {
			for m, own := range t.Vertices {
				if fmt.Sprint(own) == fmt.Sprint(v) && fmt.Sprint(t.Image[m]) != fmt.Sprint(u.Image[k]) {
					return false
				}
			}
		}
	}
	return true
}

func TestReachSets(t *testing.T) { reachSets(t, drawn) }

func TestReachSetsOfMaxima(t *testing.T) { reachSets(t, drawnOfMaxima) }

func reachSets(t *testing.T, draw func(seed int64) (*twins, tball, *rand.Rand)) {
	accepted, vertices := 0, int64(0)
	for seed := range int64(25) {
		w, b, r := draw(seed)
		h, set := complete(w, b, r), reachOf(t, w.net, b)
		check := func(set []byte) (*Report, error) {
			return Check(w.text, "proof", Options{Workers: 1 + r.Intn(3), open: h.files.open, Reach: NewReach("set", bytes.NewReader(set))})
		}
		rep, err := check(set)
		require.NoError(t, err, "seed %d", seed)
		require.Equal(t, rep.Count, rep.Reached)
		vertices += rep.Vertices
		for range 30 {
			bad := damaged(r, set)
			if bytes.Equal(bad, set) {
				continue
			}
			if _, err := check(bad); err == nil {
				accepted++
				require.True(t, rightly(set, bad), "seed %d\n%s\n%s", seed, set, bad)
			}
		}
	}
	require.Greater(t, vertices, int64(100))
	t.Logf("%d vertices, %d damaged sets accepted, all right", vertices, accepted)
}

// damaged changes something of a reach set.
func damaged(r *rand.Rand, set []byte) []byte {
	lines := bytes.SplitAfter(set, []byte("\n"))
	lines = lines[:len(lines)-1]
	i, k := r.Intn(len(lines)), r.Intn(len(lines))
	var d reached
	_ = json.Unmarshal(lines[i], &d)
	switch r.Intn(9) {
	case 0: // a byte
		out := bytes.Clone(set)
		out[r.Intn(len(out))] = "0123456789abcdef+-pxn\"[]{},.\n"[r.Intn(29)]
		return out
	case 1:
		return bytes.Join(append(lines[:i:i], lines[i+1:]...), nil)
	case 2:
		lines[i], lines[k] = lines[k], lines[i]
		return bytes.Join(lines, nil)
	case 3:
		return append(bytes.Clone(set), lines[i]...)
	case 4: // a number of the map
		d.Affine.B[r.Intn(len(d.Affine.B))] = []string{"0x0p+0", "0x1p+0", "-0x1.8p+1"}[r.Intn(3)]
	case 5:
		if len(d.Rows) > 0 {
			j := r.Intn(len(d.Rows))
			d.Rows[j].H = []string{"0x0p+0", "0x1p+0", "-0x1.8p+1"}[r.Intn(3)]
		}
	case 6:
		if len(d.Vertices) > 0 {
			v := r.Intn(len(d.Vertices))
			d.Vertices[v][r.Intn(len(d.Vertices[v]))] = []string{"0", "1", "-1/2"}[r.Intn(3)]
		}
	case 7:
		if len(d.Image) > 0 {
			v := r.Intn(len(d.Image))
			d.Image[v][0] = []string{"0", "1", "-1/2", "2/4"}[r.Intn(4)]
		}
	case 8:
		d.Witness[r.Intn(len(d.Witness))] = []string{"0x0p+0", "0x1p+0", "-0x1.8p+1"}[r.Intn(3)]
	}
	text, _ := json.Marshal(d)
	lines[i] = append(text, '\n')
	return bytes.Join(lines, nil)
}

func TestReachSetsThatAreRefused(t *testing.T) {
	net := tnet{inputs: 1, layers: []tlayer{{act: "leaky_relu", slope: -1, w: [][]float64{{1}}, b: []float64{0}}, {act: "none", w: [][]float64{{2}}, b: []float64{1}}}}
	text := net.text()
	b := tball{Norm: "linf", Center: []float64{0}, Radius: 1}
	set := string(reachOf(t, net, b))
	require.Equal(t, `{"region":0,"pattern":"-","witness":["-0x1p-1"],"affine":{"W":[["-0x1p+1"]],"b":["0x1p+0"]},"rows":[{"neuron":0,"g":["-0x1p+0"],"h":"0x0p+0"}],"vertices":[["-1"],["0"]],"image":[["3"],["1"]]}`, strings.Split(set, "\n")[0])
	tree := "*\nW1-1\nW1 1\ncount 2\n"
	check := func(tree, set string) error {
		files := memory{"proof": fmt.Appendf(nil, "relucell-certificate 2\nnet %s\nball linf 0x1p+0 0x0p+0\n%s", net.hash(t), tree)}
		_, err := Check(text, "proof", Options{open: files.open, Reach: NewReach("set", strings.NewReader(set))})
		return err
	}
	require.NoError(t, check(tree, set))
	require.ErrorContains(t, check("*\n?1-1\nW1 1\ncount >= 2\n", set), "an unexplored cell, expected a complete proof")
	first, second, _ := strings.Cut(set, "\n")
	for change, want := range map[[2]string]string{
		{first + "\n", ""}:                                      "region 1, expected 0",
		{second, ""}:                                            "set:2: the file ends, and 1 regions",
		{second, second + second}:                               "set:3: a line more than the proof has regions",
		{`"region":0`, `"Region":0`}:                            "in their one spelling",
		{`"region":0,`, `"region":0,"region":0,`}:               "in their one spelling",
		{`"pattern":"-"`, `"pattern":"+"`}:                      "expected that of the proof's next region",
		{`[["-0x1p+1"]]`, `[["0x1p+1"]]`}:                       "output 0 of the map is not the network's: coefficient 0",
		{`["0x1p+0"]}`, `["0x1.8p+0"]}`}:                        "output 0 of the map is not the network's: coefficient 1",
		{`["-0x1p+0"],"h"`, `["-0x1p+1"],"h"`}:                  "the row of neuron 0 is not the network's",
		{`"neuron":0`, `"neuron":1`}:                            "expected rows of neurons",
		{`["-0x1p-1"]`, `["0x0p+0"]`}:                           "the witness is not strictly inside",
		{`["-0x1p-1"]`, `["-0x1p+0"]`}:                          "the witness is not strictly inside",
		{`["-0x1p-1"]`, `["-0.5"]`}:                             "expected a hexadecimal float",
		{`[["-1"]`, `[["-2"]`}:                                  "a vertex is not in the closure",
		{`[["-1"]`, `[["1/2"]`}:                                 "a vertex is not in the closure",
		{`[["-1"]`, `[["-2/2"]`}:                                "expected a fraction in lowest terms",
		{`[["3"]`, `[["4"]`}:                                    "the image of a vertex",
		{`[["3"],["1"]]`, `[["3"]]`}:                            "expected an image of each vertex",
		{"}\n", "}"}:                                            "expected lines that end",
		{`[{"neuron":0,"g":["-0x1p+0"],"h":"0x0p+0"}]`, "null"}: "rows: null, expected a list", // was accepted
	} {
		bad := strings.Replace(set, change[0], change[1], 1)
		if change[0] == "}\n" {
			bad = strings.TrimSuffix(set, "\n")
		}
		require.NotEqual(t, set, bad, change)
		require.ErrorContains(t, check(tree, bad), want, change)
	}
	// Rows and vertices may be left out: that they are all is not claimed.
	require.NoError(t, check(tree, strings.Replace(set, `{"neuron":0,"g":["-0x1p+0"],"h":"0x0p+0"}`, "", 1)))
}

func TestReachSetsOfTheBall(t *testing.T) {
	one, half := big.NewRat(1, 1), big.NewRat(1, 2)
	b := func(norm string) *ball {
		in := &lines{}
		return readBall(in, norm+" 0x1p+0 0x0p+0 0x0p+0", 2)
	}
	for _, norm := range []string{"l1", "l2", "linf"} {
		require.True(t, b(norm).holds([]*big.Rat{one, slowZero}, false), norm)
		require.False(t, b(norm).holds([]*big.Rat{one, slowZero}, true), norm)
		require.True(t, b(norm).holds([]*big.Rat{half, slowZero}, true), norm)
		require.Equal(t, norm == "linf", b(norm).holds([]*big.Rat{one, half}, false), norm)
	}
	require.True(t, b("l1").holds([]*big.Rat{half, new(big.Rat).Neg(half)}, false))
	require.False(t, b("l1").holds([]*big.Rat{half, new(big.Rat).Neg(half)}, true))
}

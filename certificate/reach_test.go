package certificate

// Reach sets beside proofs: those that package reach writes are accepted, and what is changed in
// one is refused, or says the same as before.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/reach"
)

// reachOf writes the reach set of a network in a ball.
func reachOf(tb testing.TB, net specimen.Net, b tball) []byte {
	n, err := network.ReadCanonical(bytes.NewReader(net.Text()))
	require.NoError(tb, err)
	var out bytes.Buffer
	i := 0
	for r, err := range enumerate.Regions(context.Background(), n, b.ball(tb), enumerate.Options{Workers: 1}) {
		require.NoError(tb, err)
		d, err := reach.Describe(context.Background(), i, r)
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

// rightly says whether a reach set says what the true one does, in whatever order of the vertices:
// patterns, maps and vertices are the same, and none of the rows is left out, for those are facets.
func rightly(truth, text []byte) bool {
	a, b := bytes.Split(truth, []byte("\n")), bytes.Split(text, []byte("\n"))
	if len(a) != len(b) || len(b[len(b)-1]) > 0 {
		return false
	}
	words := func(d *reached) (rows, vertices []string) {
		for _, row := range d.Rows {
			rows = append(rows, fmt.Sprint(row))
		}
		for k, v := range d.Vertices {
			vertices = append(vertices, fmt.Sprint(v, d.Image[k]))
		}
		slices.Sort(vertices)
		return rows, vertices
	}
	for i := range a[:len(a)-1] {
		var t, u reached
		if json.Unmarshal(a[i], &t) != nil || json.Unmarshal(b[i], &u) != nil ||
			t.Region != u.Region || t.Pattern != u.Pattern || fmt.Sprint(t.Affine) != fmt.Sprint(u.Affine) {
			return false
		}
		rows, vertices := words(&t)
		more, same := words(&u)
		if !slices.Equal(vertices, same) {
			return false
		}
		for _, row := range rows {
			if !slices.Contains(more, row) {
				return false
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
			return Check(w.text, "proof", Options{Workers: 1 + r.Intn(3), open: h.files.Open, Reach: NewReach("set", bytes.NewReader(set))})
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

// TestReachSetsOfTooManyEdges lets ever fewer comparisons be made: enough are as good as many, and
// too few are an error of one line about the region at which they end.
func TestReachSetsOfTooManyEdges(t *testing.T) {
	w, b, r := drawn(5)
	h, set := complete(w, b, r), reachOf(t, w.net, b)
	check := func(looks int) error {
		s := NewReach("set", bytes.NewReader(set))
		require.Equal(t, maxLooks, s.looks)
		s.looks = looks
		_, err := Check(w.text, "proof", Options{Workers: 1, open: h.files.Open, Reach: s})
		return err
	}
	enough := sort.Search(1<<20, func(looks int) bool { return check(looks) == nil })
	require.Greater(t, enough, 10, "no edges")
	require.Less(t, enough, 1<<20)
	refused := map[int64]bool{}
	for looks := range enough {
		err := check(looks)
		var e *canonical.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "set", e.File)
		require.Equal(t, fmt.Sprintf("the edges of the region are not to be told in %d comparisons of vertices: expected a region without vertices, or a smaller ball", looks), e.Reason)
		require.NotContains(t, err.Error(), "\n")
		refused[e.Line] = true
	}
	require.Greater(t, len(refused), 1, "always at the same region")
}

// damaged changes something of a reach set.
func damaged(r *rand.Rand, set []byte) []byte {
	lines := bytes.SplitAfter(set, []byte("\n"))
	lines = lines[:len(lines)-1]
	i, k := r.Intn(len(lines)), r.Intn(len(lines))
	var d reached
	_ = json.Unmarshal(lines[i], &d)
	switch r.Intn(12) {
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
	case 9: // a row less
		if len(d.Rows) > 0 {
			j := r.Intn(len(d.Rows))
			d.Rows = append(d.Rows[:j], d.Rows[j+1:]...)
		}
	case 10, 11: // a vertex less, or one for another
		if v := len(d.Vertices) - 1; v >= 0 {
			j := r.Intn(v + 1)
			d.Vertices[j], d.Vertices[v], d.Image[j], d.Image[v] = d.Vertices[v], d.Vertices[j], d.Image[v], d.Image[j]
			if d.Vertices, d.Image = d.Vertices[:v], d.Image[:v]; v > 0 && r.Intn(2) == 0 {
				d.Vertices, d.Image = append(d.Vertices, d.Vertices[0]), append(d.Image, d.Image[0])
			}
		}
	}
	text, _ := json.Marshal(d)
	lines[i] = append(text, '\n')
	return bytes.Join(lines, nil)
}

func TestReachSetsThatAreRefused(t *testing.T) {
	net := specimen.Net{Inputs: 1, Layers: []specimen.Layer{{Act: "leaky_relu", Slope: -1, W: [][]float64{{1}}, B: []float64{0}}, {Act: "none", W: [][]float64{{2}}, B: []float64{1}}}}
	text := net.Text()
	b := tball{Norm: "linf", Center: []float64{0}, Radius: 1}
	set := string(reachOf(t, net, b))
	require.Equal(t, `{"region":0,"pattern":"-","witness":["-0x1p-1"],"affine":{"W":[["-0x1p+1"]],"b":["0x1p+0"]},"rows":[{"neuron":0,"g":["-0x1p+0"],"h":"0x0p+0"}],"vertices":[["-1"],["0"]],"image":[["3"],["1"]]}`, strings.Split(set, "\n")[0])
	tree := "*\nW1-1\nW1 1\ncount 2\n"
	check := func(tree, set string) error {
		files := specimen.Folder{"proof": fmt.Appendf(nil, "relucell-certificate 2\nnet %s\nball linf 0x1p+0 0x0p+0\n%s", net.Hash(), tree)}
		_, err := Check(text, "proof", Options{open: files.Open, Reach: NewReach("set", strings.NewReader(set))})
		return err
	}
	require.NoError(t, check(tree, set))
	require.ErrorContains(t, check("*\n?1-1\nW1 1\ncount >= 2\n", set), "an unexplored cell, expected a complete proof")
	first, second, _ := strings.Cut(set, "\n")
	for change, want := range map[[2]string]string{
		{first + "\n", ""}:                        "region 1, expected 0",
		{second, ""}:                              "set:2: the file ends, and 1 regions",
		{second, second + second}:                 "set:3: a line more than the proof has regions",
		{`"region":0`, `"Region":0`}:              "in their one spelling",
		{`"region":0,`, `"region":0,"region":0,`}: "in their one spelling",
		{`"pattern":"-"`, `"pattern":"+"`}:        "expected that of the proof's next region",
		{`[["-0x1p+1"]]`, `[["0x1p+1"]]`}:         "output 0 of the map is not the network's: coefficient 0",
		{`["0x1p+0"]}`, `["0x1.8p+0"]}`}:          "output 0 of the map is not the network's: coefficient 1",
		{`["-0x1p+0"],"h"`, `["-0x1p+1"],"h"`}:    "the row of neuron 0 is not the network's",
		{`"neuron":0`, `"neuron":1`}:              "expected rows of neurons",
		{`["-0x1p-1"]`, `["0x0p+0"]`}:             "the witness is not strictly inside",
		{`["-0x1p-1"]`, `["-0x1p+0"]`}:            "the witness is not strictly inside",
		{`["-0x1p-1"]`, `["-0.5"]`}:               "expected a hexadecimal float",
		{`[["-1"]`, `[["-2"]`}:                    "vertex 0, (-2), is none of the region",
		{`[["-1"]`, `[["-1/2"]`}:                  "vertex 0, (-1/2), is none of the region",
		{`,["0"]]`, `,["-1"]]`}:                   "vertex 1, (-1), is none of the region, or stands twice",
		{`[["-1"],["0"]],"image":[["3"],["1"]]`, `[["-1"]],"image":[["3"]]`}: "1 vertices of the region are left out",
		{`[["-1"]`, `[["-2/2"]`}:     "vertex 0, (-2/2), is none of the region",
		{`[["3"]`, `[["4"]`}:         "the image of vertex 0 is not",
		{`[["3"],["1"]]`, `[["3"]]`}: "expected an image of each vertex",
		{"}\n", "}"}:                 "does not end in a newline",
		{`[{"neuron":0,"g":["-0x1p+0"],"h":"0x0p+0"}]`, "null"}: "rows: null, expected a list", // was accepted
		{`{"neuron":0,"g":["-0x1p+0"],"h":"0x0p+0"}`, ``}:       "the row of neuron 0 is left out",
	} {
		bad := strings.Replace(set, change[0], change[1], 1)
		if change[0] == "}\n" {
			bad = strings.TrimSuffix(set, "\n")
		}
		require.NotEqual(t, set, bad, change)
		require.ErrorContains(t, check(tree, bad), want, change)
	}
	// A row may stand though it is no facet; vertices may be left out together, and then all rows
	// are there.
	require.NoError(t, check(tree, strings.Replace(set, `,"vertices":[["-1"],["0"]],"image":[["3"],["1"]]`, "", 1)))
}

// The square [−1, 1]² without one of its corners has vertices that satisfy all rows, and edges that
// end nowhere.
func TestReachSetsThatLeaveSomethingOut(t *testing.T) {
	// x − 2 is nowhere on, y and x + y cut the square, y + 1 is positive throughout, and 2y is y
	// again.
	net := specimen.Net{Inputs: 2, Layers: []specimen.Layer{{Act: "relu", W: [][]float64{{1, 0}, {0, 1}, {1, 1}, {0, 1}, {0, 2}}, B: []float64{-2, 0, 0, 2, 0}}}}
	for _, norm := range []string{"linf", "l1", "box", "l2"} {
		b := tball{Norm: norm, Center: []float64{0, 0}, Radius: 1, Lo: []float64{-1, -1}, Hi: []float64{1, 1}}
		h := complete(newTwins(net), b, rand.New(rand.NewSource(1)))
		check := func(set []byte) error {
			_, err := Check(net.Text(), "proof", Options{open: h.files.Open, Reach: NewReach("set", bytes.NewReader(set))})
			return err
		}
		set := reachOf(t, net, b)
		require.NoError(t, check(set))
		change := func(of int, f func(d *reached)) []byte {
			lines := bytes.SplitAfter(set, []byte("\n"))
			var d reached
			require.NoError(t, json.Unmarshal(lines[of], &d))
			f(&d)
			text, err := json.Marshal(d)
			require.NoError(t, err)
			lines[of] = append(text, '\n')
			return bytes.Join(lines, nil)
		}
		for of := range bytes.Count(set, []byte("\n")) {
			var rows, vertices int
			change(of, func(d *reached) { rows, vertices = len(d.Rows), len(d.Vertices) })
			require.Equal(t, norm == "l2", vertices == 0)
			for j := range vertices {
				require.ErrorContains(t, check(change(of, func(d *reached) {
					d.Vertices, d.Image = slices.Delete(d.Vertices, j, j+1), slices.Delete(d.Image, j, j+1)
				})), "1 vertices of the region are left out")
				require.ErrorContains(t, check(change(of, func(d *reached) {
					d.Vertices, d.Image = append(d.Vertices, d.Vertices[j]), append(d.Image, d.Image[j])
				})), "or stands twice")
			}
			for j := range rows {
				want := "is left out, and does not follow"
				if vertices == 0 {
					want = "4 rows, expected those of all 5 neurons"
				}
				require.ErrorContains(t, check(change(of, func(d *reached) { d.Rows = slices.Delete(d.Rows, j, j+1) })), want)
			}
		}
		if norm == "l2" {
			continue
		}
		// The middle of an edge, a point inside, one outside.
		for _, p := range []string{"0", "1/100", "7"} {
			require.ErrorContains(t, check(change(0, func(d *reached) {
				d.Vertices, d.Image = append(d.Vertices, []string{p, p}), append(d.Image, d.Image[0])
			})), "is none of the region")
		}
	}
}

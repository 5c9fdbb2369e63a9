package crosscheck_test

// Golden files hold what the walk answers and what it writes, for networks that do not change, so
// that a change of the walk that changes more than it means to is seen. proofs.txt must never
// change: counts are facts, and the bytes of a proof depend on nothing but the tree. effort.txt is
// how the answers were found; a change of the method may change it, and then says so by the
// difference in that file.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
	"github.com/relucell/relucell/proof"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	data = "../testdata/"
	// smallPart cuts proofs of a thousand regions into a few parts.
	smallPart = 50_000
)

// goldenCase is a network and a ball with a name of its own.
type goldenCase struct {
	name string
	net  *network.Network
	ball ball.Ball
}

func TestGoldenProofs(t *testing.T) {
	t.Parallel()
	g := openGolden(t, "proofs.txt", "count, sha256 of the proof, sha256 of a long proof in parts; then the case")
	known := map[string]string{} // counts of the corpus, which are its own
	entries, err := crosscheck.ReadCorpus(data + "corpus")
	require.NoError(t, err)
	for _, e := range entries {
		net, b, err := e.Load(data + "corpus")
		require.NoError(t, err)
		c := goldenCase{"corpus: " + e.Name, net, b}
		known[c.name] = e.Count
		g.add(t, c.name, provedRow(t, c))
		require.Equal(t, e.Count, strings.Fields(g.rows[c.name])[0], c.name)
	}
	require.Len(t, known, len(entries), "names of the corpus differ")
	for _, c := range append(degenerateCases(t), namedCases(t)...) {
		g.add(t, c.name, provedRow(t, c))
	}
	for _, c := range fixedSet(t) {
		if c.slow && testing.Short() {
			continue
		}
		g.add(t, c.name, provedRow(t, c.goldenCase))
	}
	g.compare(t)
}

func TestGoldenEffort(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skip("where products and sums are fused, floats decide other questions")
	}
	g := openGolden(t, "effort.txt", "count, decisions by floats, integers, exact solver, questions, pivots; the case, (observed) where an observer was told all")
	for _, c := range fixedSet(t) {
		if c.slow && testing.Short() {
			continue
		}
		g.add(t, c.name, effortRow(t, c.goldenCase, nil))
		g.add(t, c.name+" (observed)", effortRow(t, c.goldenCase, enumerate.NoObserver{}))
	}
	for _, c := range namedCases(t) {
		g.add(t, c.name, effortRow(t, c, nil))
		g.add(t, c.name+" (observed)", effortRow(t, c, enumerate.NoObserver{}))
	}
	g.compare(t)
}

// golden is a file of rows and what there is instead now.
type golden struct {
	path, head string
	old, rows  map[string]string
	order      []string
}

func openGolden(t *testing.T, name, columns string) *golden {
	t.Helper()
	g := &golden{path: filepath.Join("testdata", "golden", name), head: "# " + columns + "\n", old: map[string]string{}, rows: map[string]string{}}
	if *update {
		return g
	}
	text, err := os.ReadFile(g.path)
	require.NoError(t, err)
	for line := range strings.Lines(strings.TrimPrefix(string(text), g.head)) {
		row, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		require.True(t, ok, "%s: %s", g.path, line)
		g.old[name] = row
	}
	return g
}

func (g *golden) add(t *testing.T, name, row string) {
	t.Helper()
	require.NotContains(t, g.rows, name, "named twice")
	g.order, g.rows[name] = append(g.order, name), row
}

// compare holds the rows against the file, or writes it.
func (g *golden) compare(t *testing.T) {
	t.Helper()
	if *update {
		require.False(t, testing.Short(), "-update wants all cases")
		text := g.head
		for _, name := range g.order {
			text += g.rows[name] + "  " + name + "\n"
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(g.path), 0o755))
		require.NoError(t, os.WriteFile(g.path, []byte(text), 0o644))
		return
	}
	for _, name := range g.order {
		was, now := g.old[name], g.rows[name]
		if runtime.GOARCH != "amd64" { // other multipliers may prove the same where products and sums are fused
			was, now = strings.Split(was, " ")[0], strings.Split(now, " ")[0]
		}
		if was != now {
			t.Errorf("%s: %s\n  was %s\n  now %s", g.path, name, was, now)
		}
	}
	if !testing.Short() {
		require.Len(t, g.rows, len(g.old), "%s: cases that are no more", g.path)
	}
}

// provedRow proves a count in one file, and a long proof again in parts.
func provedRow(t *testing.T, c goldenCase) string {
	t.Helper()
	count, size, whole := prove(t, c, 0)
	row := count + " " + whole + " "
	if size > smallPart {
		_, _, parts := prove(t, c, smallPart)
		row += parts
	} else {
		row += "-"
	}
	r, err := enumerate.Count(context.Background(), c.net, c.ball, enumerate.Options{Workers: 1})
	require.NoError(t, err, c.name)
	require.True(t, r.Exact, c.name)
	require.Equal(t, r.Lower.String(), count, "%s: the plain count is another", c.name)
	return row
}

// prove returns the count, and the size and the hash of its proof and all parts.
func prove(t *testing.T, c goldenCase, partSize int) (count string, size int64, hash string) {
	t.Helper()
	dir := t.TempDir()
	h := proof.HeaderOf(c.net, c.ball)
	h.PartSize = partSize
	w, err := proof.NewWriter(filepath.Join(dir, "proof"), h)
	require.NoError(t, err, c.name)
	r, err := enumerate.Count(context.Background(), c.net, c.ball, enumerate.Options{Workers: 1, Observer: w})
	require.NoError(t, err, c.name)
	require.True(t, r.Exact, c.name)
	require.NoError(t, w.Close(r.Lower), c.name)
	size, hash = hashOfFolder(t, dir)
	return r.Lower.String(), size, hash
}

// hashOfFolder hashes all files with their names, and adds up their lengths.
func hashOfFolder(t *testing.T, dir string) (size int64, hash string) {
	t.Helper()
	h := sha256.New()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		fmt.Fprintf(h, "%s %d\n%s", f.Name(), len(text), text)
		size += int64(len(text))
	}
	return size, hex.EncodeToString(h.Sum(nil))
}

// effortRow counts with one worker and says what it took.
func effortRow(t *testing.T, c goldenCase, o enumerate.Observer) string {
	t.Helper()
	r, err := enumerate.Count(context.Background(), c.net, c.ball, enumerate.Options{Workers: 1, Observer: o})
	require.NoError(t, err, c.name)
	require.True(t, r.Exact, c.name)
	d := r.Decisions
	return fmt.Sprintf("%v %d %d %d %d %d", r.Lower, d.Float, d.Integer, d.Solve, r.Questions, r.Pivots)
}

func goldenBall(t *testing.T, net *network.Network, norm ball.Norm, radius float64, center ...float64) ball.Ball {
	t.Helper()
	if len(center) == 1 {
		for len(center) < net.Inputs() {
			center = append(center, center[0])
		}
	}
	b, err := ball.New(norm, center, radius)
	require.NoError(t, err)
	return b
}

func ballName(norm ball.Norm, radius float64) string {
	return fmt.Sprintf("%v %s", norm, strconv.FormatFloat(radius, 'g', -1, 64))
}

// degenerateCases are the networks of the README's table.
func degenerateCases(t *testing.T) []goldenCase {
	t.Helper()
	var cases []goldenCase
	paths, err := filepath.Glob(data + "degenerate/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		net, _, err := load.Read(path, load.Options{})
		require.NoError(t, err)
		for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
			for _, radius := range []float64{1, 1.0000000000000002, 1.5} {
				name := strings.TrimSuffix(filepath.Base(path), ".json") + " " + ballName(norm, radius)
				cases = append(cases, goldenCase{"degenerate: " + name, net, goldenBall(t, net, norm, radius, 0)})
			}
		}
	}
	return cases
}

// namedCases are the two trained networks.
func namedCases(t *testing.T) []goldenCase {
	t.Helper()
	var cases []goldenCase
	for _, c := range []struct {
		file   string
		radius float64
		center []float64
	}{
		{"two_moons_2-16-16-1.onnx", 0.25, []float64{0.5, 0.25}},
		{"two_moons_2-16-16-1.onnx", 0.75, []float64{0.5, 0.25}},
		{"iris_sized_4-16-16-3.onnx", 0.25, []float64{0}},
		{"iris_sized_4-16-16-3.onnx", 0.375, []float64{5.8, 3, 3.8, 1.2}},
	} {
		net, _, err := load.Read(data+c.file, load.Options{})
		require.NoError(t, err)
		for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
			name := fmt.Sprintf("%s %s at %v", strings.TrimSuffix(c.file, ".onnx"), ballName(norm, c.radius), c.center)
			cases = append(cases, goldenCase{name, net, goldenBall(t, net, norm, c.radius, c.center...)})
		}
	}
	return cases
}

// setCase is a case of the benchmark's set; slow ones are left out by -short.
type setCase struct {
	goldenCase
	slow bool
}

// fixedSet draws those networks of the benchmark's set again that take about a second or less, from
// the seeds it has.
func fixedSet(t *testing.T) []setCase {
	t.Helper()
	var cases []setCase
	add := func(name string, net *network.Network, radius float64, norms ...ball.Norm) {
		for _, norm := range norms {
			c := goldenCase{"set: " + name + " " + ballName(norm, radius), net, goldenBall(t, net, norm, radius, 0)}
			cases = append(cases, setCase{c, net.Inputs() > 100 || strings.HasPrefix(name, "threshold")})
		}
	}
	all := []ball.Norm{ball.LInf, ball.L2, ball.L1}
	add("2-16-16-2", drawn(t, 21, 2, 16, 16, 2), 1, all...)
	add("2-64-64-1", drawn(t, 12, 2, 64, 64, 1), 1, all...)
	add("3-16-16-2", drawn(t, 13, 3, 16, 16, 2), 1, all...)
	add("4-16-16-2", drawn(t, 4, 4, 16, 16, 2), 1, all...)
	add("5-10-10-10-2", drawn(t, 15, 5, 10, 10, 10, 2), 1, all...)
	add("10-16-1", drawn(t, 6, 10, 16, 1), 1, all...)
	net := drawn(t, 7, 64, 32, 32, 2)
	add("64-32-32-2", net, 0.02, ball.LInf)
	add("64-32-32-2", net, 0.125, ball.L2)
	add("64-32-32-2", net, 0.5, ball.L1)
	net = drawn(t, 8, 784, 64, 64, 10)
	add("784-64-64-10", net, 1.0/512, ball.LInf)
	add("784-64-64-10", net, 1.0/32, ball.L2)
	add("resonance-5", gen.Resonance(5), 1, all...)
	add("threshold-5", gen.Threshold(5), 1, ball.LInf)
	return cases
}

// drawn draws a network as the benchmark does, inputs and outputs among the widths: float32
// weights, ReLU after all layers but the last.
func drawn(t *testing.T, seed uint64, widths ...int) *network.Network {
	t.Helper()
	n := gen.Random(gen.NewRand(seed), gen.RandomOptions{
		Inputs: widths[0], Widths: widths[1:], Law: gen.He, Precision: gen.Float32, OnlyReLU: true, NoAffine: true})
	layers := append([]network.Layer(nil), n.Layers()[:len(widths)-1]...) // Random adds an output layer of its own
	layers[len(layers)-1].Act = network.None
	n, err := network.New(layers)
	require.NoError(t, err)
	return n
}

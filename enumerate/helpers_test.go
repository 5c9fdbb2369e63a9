package enumerate_test

// What the tests of this package share: counting in one line, proofs that are
// always checked, balls, and the public networks.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/crosscheck"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
	"github.com/relucell/relucell/proof"
)

// fataler is what testing.TB and rapid.T have in common.
type fataler interface {
	require.TestingT
	Helper()
}

// count counts and insists on an exact answer, which is audited for a sample.
func count(t fataler, n *network.Network, b ball.Ball, workers int) enumerate.Result {
	t.Helper()
	r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: workers})
	require.NoError(t, err)
	requireExact(t, r)
	audit(t, n, b, r)
	return r
}

// audited are the cases whose count was proved, by fingerprint and ball, with the count.
var audited sync.Map

// audit repeats the count with a proof and has it checked, if the case is in the sample. The same
// case is proved once.
func audit(t fataler, n *network.Network, b ball.Ball, r enumerate.Result) {
	t.Helper()
	if !crosscheck.Sampled(n, b, r.Lower) {
		return
	}
	key := n.Fingerprint() + fmt.Sprint(b)
	if proved, known := audited.Load(key); known {
		require.Equal(t, proved, r.Lower.String(), "a count that is proved")
		return
	}
	require.NoError(t, crosscheck.Audit(context.Background(), n, b, r.Lower))
	audited.Store(key, r.Lower.String())
}

// countTwice is count for what both walks must agree on: by vertices where that is possible, and by
// the solver.
func countTwice(t fataler, n *network.Network, b ball.Ball, workers int) enumerate.Result {
	t.Helper()
	r := count(t, n, b, workers)
	if r.Questions == 0 {
		require.Equal(t, r.Lower, forced(t, n, b, enumerate.Forced{NoVertices: true}).Lower)
	}
	return r
}

func requireExact(t fataler, r enumerate.Result) {
	t.Helper()
	require.True(t, r.Exact)
	require.Zero(t, r.Lower.Cmp(r.Upper))
}

// forced counts with forced tiers or a solver of the test's own; a sample is audited.
func forced(t fataler, n *network.Network, b ball.Ball, f enumerate.Forced) enumerate.Result {
	t.Helper()
	r, err := enumerate.CountForced(context.Background(), n, b, enumerate.Options{Workers: 1}, f)
	require.NoError(t, err)
	requireExact(t, r)
	audit(t, n, b, r)
	return r
}

// proved is a proof in memory, with what it says of itself.
type proved struct {
	result enumerate.Result
	report *certificate.Report
	// files holds every file of the proof by name; handovers is how often a worker was
	// given another's subtree.
	files     map[string]string
	handovers int64
}

// prover writes a proof and counts the handovers.
type prover struct {
	enumerate.Observer
	forks *atomic.Int64
}

func (p prover) Fork() enumerate.Observer {
	p.forks.Add(1)
	return prover{p.Observer.Fork(), p.forks}
}

func (p prover) Join(o enumerate.Observer) { p.Observer.Join(o.(prover).Observer) }

// prove counts with a proof in parts of partSize bytes (0 for the usual), has
// the independent checker verify it, and returns its bytes.
func prove(t testing.TB, n *network.Network, b ball.Ball, workers, partSize int) proved {
	t.Helper()
	return proveForced(t, n, b, workers, partSize, enumerate.Forced{})
}

// proveForced is prove with forced tiers or a solver of the test's own.
func proveForced(t testing.TB, n *network.Network, b ball.Ball, workers, partSize int, f enumerate.Forced) proved {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "proof")
	h := proof.HeaderOf(n, b)
	h.PartSize = partSize
	w, err := proof.NewWriter(path, h)
	require.NoError(t, err)
	forks := new(atomic.Int64)
	r, err := enumerate.CountForced(context.Background(), n, b, enumerate.Options{Workers: workers, Observer: prover{w, forks}}, f)
	require.NoError(t, err)
	requireExact(t, r)
	require.NoError(t, w.Close(r.Lower))
	p := proved{result: r, report: verify(t, n, path), files: map[string]string{}, handovers: forks.Load()}
	require.Equal(t, r.Lower.String(), fmt.Sprint(p.report.Count))
	require.False(t, p.report.AtLeast)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		p.files[e.Name()] = string(text)
	}
	return p
}

// verify has the proof checked against the network.
func verify(t testing.TB, n *network.Network, path string) *certificate.Report {
	t.Helper()
	text := n.Canonical()
	rep, err := certificate.Check(text, path, certificate.Options{Workers: 1})
	require.NoError(t, err)
	return rep
}

// requireSameProof compares bytes without printing megabytes.
func requireSameProof(t testing.TB, want, got proved, format string, args ...any) {
	t.Helper()
	require.Equal(t, len(want.files), len(got.files), format, args)
	for name, text := range want.files {
		require.True(t, text == got.files[name], "%s of %s", name, fmt.Sprintf(format, args...))
	}
}

// ballAt returns the ball with all coordinates of the centre equal; a box is the cube.
func ballAt(t fataler, norm ball.Norm, n int, c, r float64) ball.Ball {
	t.Helper()
	center, lo, hi := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range center {
		center[i], lo[i], hi[i] = c, c-r, c+r
	}
	if norm == ball.Box {
		b, err := ball.NewBox(lo, hi)
		require.NoError(t, err)
		return b
	}
	b, err := ball.New(norm, center, r)
	require.NoError(t, err)
	return b
}

// norms are the four balls.
var norms = []ball.Norm{ball.L2, ball.LInf, ball.L1, ball.Box}

// dense returns a layer with the weights row by row.
func dense(act network.Activation, weights, bias []float64) network.Layer {
	return network.Layer{W: mat.NewDense(len(bias), len(weights)/len(bias), weights), B: bias, Act: act}
}

// netOf builds a network.
func netOf(t fataler, layers ...network.Layer) *network.Network {
	t.Helper()
	n, err := network.New(layers)
	require.NoError(t, err)
	return n
}

// planes returns one ReLU layer and the sum of its units.
func planes(t fataler, weights, bias []float64) *network.Network {
	t.Helper()
	ones := make([]float64, len(bias))
	for i := range ones {
		ones[i] = 1
	}
	return netOf(t, dense(network.ReLU, weights, bias), dense(network.None, ones, []float64{0}))
}

// he returns a generic network with He weights and ReLU layers alone.
func he(seed uint64, inputs int, widths ...int) *network.Network {
	return gen.Random(gen.NewRand(seed), gen.RandomOptions{
		Inputs: inputs, Widths: widths, Law: gen.He, Precision: gen.Float32, OnlyReLU: true, NoAffine: true})
}

// sharedNet loads a public network that is not part of the project, or skips.
func sharedNet(t testing.TB, name string) *network.Network {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "nets", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the public network %s is not beside the project", name)
	}
	n, _, err := load.Read(path, load.Options{})
	require.NoError(t, err)
	return n
}

// soak says whether the long campaigns are asked for.
func soak() bool { return os.Getenv("RELUCELL_SOAK") != "" }

// skipUnlessSoak skips a long campaign.
func skipUnlessSoak(t *testing.T) {
	t.Helper()
	if !soak() {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
}

package enumerate_test

// What has misled region counters, one test for each, named after it. Those that are about files,
// options, the checker or the bounds have theirs there: a ball refused (ball: TestNewRefuses), a
// network refused (network: TestNewRefusesWithLayerAndField), junk as a proof (certificate:
// TestMutantsAreRefusedOrTrue), CLP's collector (lp: TestCLPSurvivesTheCollector), Serra's argument
// with leaky units (bound).

import (
	"context"
	"go/parser"
	"go/token"
	"io/fs"
	"math"
	"math/big"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// samples are cases of all kinds, small enough to count many times.
func samples() []gen.Case {
	var cases []gen.Case
	for seed := range uint64(24) {
		rng := gen.NewRand(seed)
		if seed%2 == 0 {
			cases = append(cases, gen.TernaryCase(rng, 1+int(seed)%4, 4, 4, 1))
		} else {
			cases = append(cases, gen.RandomCase(rng, gen.RandomOptions{}))
		}
	}
	for _, c := range gen.KnownCases() {
		if c.Want.Int64() <= 150 {
			cases = append(cases, c)
		}
	}
	return cases
}

// Scaling a neuron by 2^±40 and its outgoing column inversely changes neither
// the count nor the number of regions in the proof.
func TestPitfallDeadBandBetweenSplitAndStableTolerances(t *testing.T) {
	for i, c := range samples() {
		want := countTwice(t, c.Net, c.Ball, 1)
		scaled := gen.ScaleNeurons(c.Net, gen.NewRand(uint64(i)))
		p := prove(t, scaled, c.Ball, 1, 0)
		require.Equal(t, want.Lower, p.result.Lower, "%d %s %v", i, c.Name, c.Ball)
	}
}

// The ball times 2^±300 and the first layer's weights times 2^∓300: the same
// count, and the same number of regions in the proof.
func TestPitfallAbsoluteToleranceAgainstTinyDomain(t *testing.T) {
	for i, c := range samples() {
		want := countTwice(t, c.Net, c.Ball, 1)
		for _, e := range []int{-300, 300} {
			n, b, err := gen.ScaleBall(c.Net, c.Ball, e)
			require.NoError(t, err)
			require.Equal(t, want.Lower, prove(t, n, b, 1, 0).result.Lower, "%d %s 2^%d %v", i, c.Name, e, c.Ball)
		}
	}
}

// n parallel planes 2⁻⁶⁰ apart make n+1 regions, in every ball.
func TestPitfallSteppingOverSlivers(t *testing.T) {
	for n := 2; n <= 12; n++ {
		slivers, _ := gen.ParallelSlivers(n)
		for _, norm := range norms {
			p := prove(t, slivers, ballAt(t, norm, 2, 0, 1), 1, 0)
			require.EqualValues(t, n+1, p.result.Lower.Int64(), norm)
		}
	}
}

// Three concurrent lines make 6 regions, and so do as many planes through a line.
func TestPitfallZeroTreatedAsPositive(t *testing.T) {
	for _, norm := range norms {
		lines := planes(t, []float64{1, 0, 0, 1, 1, 1}, make([]float64, 3))
		require.EqualValues(t, 6, prove(t, lines, ballAt(t, norm, 2, 0, 1), 1, 0).result.Lower.Int64(), norm)
		book := planes(t, []float64{1, 0, 0, 0, 1, 0, 1, 1, 0}, make([]float64, 3))
		require.EqualValues(t, 6, prove(t, book, ballAt(t, norm, 3, 0, 1), 1, 0).result.Lower.Int64(), norm)
	}
}

// z and −z in one layer, and a later neuron whose plus side has the closed
// cell's boundary alone: feasible when closed, empty when open.
func TestPitfallClosedAgainstOpenFeasible(t *testing.T) {
	for _, norm := range norms {
		both := planes(t, []float64{3, 4, -3, -4}, []float64{1, -1})
		require.EqualValues(t, 2, prove(t, both, ballAt(t, norm, 2, 0, 1), 1, 0).result.Lower.Int64(), norm)
		later := netOf(t, dense(network.ReLU, []float64{1, 0}, []float64{-0.5}),
			dense(network.ReLU, []float64{-1}, []float64{0}), dense(network.None, []float64{1}, []float64{0}))
		require.EqualValues(t, 2, prove(t, later, ballAt(t, norm, 2, 0, 1), 1, 0).result.Lower.Int64(), norm)
	}
}

func TestPitfallDuplicatedDeadAndZeroNeurons(t *testing.T) {
	for i, c := range samples() {
		want := countTwice(t, c.Net, c.Ball, 1)
		rng := gen.NewRand(uint64(i))
		for name, n := range map[string]*network.Network{
			"copies":    gen.AppendCopies(c.Net, rng),
			"negations": gen.AppendNegations(c.Net, rng),
			"zeros":     gen.AppendZeros(c.Net),
			"all":       gen.AppendZeros(gen.AppendNegations(gen.AppendCopies(c.Net, rng), rng)),
		} {
			require.Equal(t, want.Lower, prove(t, n, c.Ball, 1, 0).result.Lower, "%d %s, %s", i, c.Name, name)
		}
	}
}

// leaky(x−10) with slope 0.01, then y + 0.1, in the unit ball: 2 regions.
func TestPitfallInactiveLeakyUnitStillCarriesDimension(t *testing.T) {
	first := dense(network.LeakyReLU, []float64{1}, []float64{-10})
	first.Slope = 0.01
	n := netOf(t, first, dense(network.ReLU, []float64{1}, []float64{0.1}), dense(network.None, []float64{1}, []float64{0}))
	for _, norm := range norms {
		require.EqualValues(t, 2, prove(t, n, ballAt(t, norm, 1, 0, 1), 1, 0).result.Lower.Int64(), norm)
	}
}

// x₁+x₂−1.5 cuts [−1,1]² though 1.5 > √2; it does not cut the disc.
func TestPitfallL2ReasoningUsedInABox(t *testing.T) {
	n := planes(t, []float64{1, 1}, []float64{-1.5})
	for norm, want := range map[ball.Norm]int64{ball.Box: 2, ball.LInf: 2, ball.L2: 1, ball.L1: 1} {
		require.EqualValues(t, want, prove(t, n, ballAt(t, norm, 2, 0, 1), 1, 0).result.Lower.Int64(), norm)
	}
}

// A tangent hyperplane makes no region; with the next float up as radius it does.
func TestPitfallTangentBall(t *testing.T) {
	for _, c := range []struct {
		norm ball.Norm
		h    float64
	}{{ball.L2, 5}, {ball.LInf, 7}, {ball.L1, 4}} {
		n := planes(t, []float64{3, 4}, []float64{-c.h})
		require.EqualValues(t, 1, prove(t, n, ballAt(t, c.norm, 2, 0, 1), 1, 0).result.Lower.Int64(), c.norm)
		beyond := ballAt(t, c.norm, 2, 0, math.Nextafter(1, 2))
		require.EqualValues(t, 2, prove(t, n, beyond, 1, 0).result.Lower.Int64(), c.norm)
	}
	// √2 lies between these two floats: the cap is 5·10⁻¹⁷ high, and no float64 point is in it.
	root := math.Sqrt2
	square := new(big.Rat).SetFloat64(root)
	require.Equal(t, 1, square.Mul(square, square).Cmp(big.NewRat(2, 1)))
	for h, want := range map[float64]int64{root: 1, math.Nextafter(root, 0): 2} {
		n := planes(t, []float64{1, 1}, []float64{-h})
		require.EqualValues(t, want, prove(t, n, ballAt(t, ball.L2, 2, 0, 1), 1, 0).result.Lower.Int64(), h)
	}
}

// (2⁶⁰x+1) − 2⁶⁰x is 1 where both are positive, whatever floats say.
func TestPitfallHugeWeightsCancel(t *testing.T) {
	const huge = 1 << 60
	first := dense(network.None, []float64{huge, huge}, []float64{1, 0})
	for h, want := range map[float64]int64{-1: 1, -0.5: 1, -2: 1, 0: 1} {
		n := netOf(t, first, dense(network.ReLU, []float64{1, -1}, []float64{h}), dense(network.None, []float64{1}, []float64{0}))
		require.EqualValues(t, want, prove(t, n, ballAt(t, ball.L2, 1, 0, 1), 1, 0).result.Lower.Int64(), h)
	}
	// With ReLU in between: σ(2⁶⁰x+1) − σ(2⁶⁰x) − ½ is −½ to the left of −2⁻⁶⁰, then rises
	// to ½ at 0: the cuts are at −2⁻⁶⁰, 0 and −2⁻⁶¹.
	n := netOf(t, dense(network.ReLU, []float64{huge, huge}, []float64{1, 0}),
		dense(network.ReLU, []float64{1, -1}, []float64{-0.5}), dense(network.None, []float64{1}, []float64{0}))
	for _, norm := range norms {
		require.EqualValues(t, 4, prove(t, n, ballAt(t, norm, 1, 0, 1), 1, 0).result.Lower.Int64(), norm)
	}
}

// A form with coefficients below 2⁻⁵³⁷ on its cell: their squares underflowed to a supremum of 0
// over the l2 ball, so that a live side passed the float filter as empty.
func TestPitfallSquaresOfTinyFormsUnderflowed(t *testing.T) {
	n := netOf(t, dense(network.ReLU, []float64{-0.5, 2, 2}, []float64{0, 3, 3}),
		dense(network.ReLU, []float64{1.778206999588062e-161, 1, 1}, []float64{4.445517498970155e-162}),
		dense(network.None, []float64{1}, []float64{1}))
	for _, norm := range norms {
		b := ballAt(t, norm, 1, 1, 4)
		want, err := twin.CountIntervals(n, b)
		require.NoError(t, err)
		require.Equal(t, "3", want.String())
		require.Equal(t, want, prove(t, n, b, 1, 0).result.Lower, norm)
	}
	// In the plane, beside a dead unit whose weight keeps the row from being scaled up. Only a
	// witness on the side that was lost gave an error.
	for _, tiny := range []float64{0x1p-530, 0x1p-545, 0x1p-600, 0x1p-900} {
		n := netOf(t, dense(network.ReLU, []float64{1, 0, -1, 0, 0, 1, 0, -1, 1, 0}, []float64{0, 0, 0, 0, -2}),
			dense(network.ReLU, []float64{tiny, -tiny, tiny / 2, -tiny / 2, 1, -tiny, tiny, tiny / 2, -tiny / 2, 1}, []float64{tiny / 8, tiny / 8}),
			dense(network.None, []float64{1, 1}, []float64{0}))
		for _, norm := range norms {
			b := ballAt(t, norm, 2, 0, 1)
			want, err := twin.CountPolygons(n, b)
			require.NoError(t, err)
			require.Equal(t, want.String(), countTwice(t, n, b, 1).Lower.String(), "%v %g", norm, tiny)
		}
	}
}

// About c = 10⁶ a ball of radius 2⁻⁸⁰ holds one float64 point, its centre.
func TestPitfallTinyRadiusLargeCentre(t *testing.T) {
	const c, r = 1e6, 0x1p-80
	n := netOf(t, dense(network.None, []float64{1, 0, 0, 1}, []float64{-c, -c}),
		dense(network.ReLU, []float64{1, 0, 0, 1, 1, 1, 1, 1}, []float64{0, 0, -r / 2, -3 * r}), dense(network.None, []float64{1, 1, 1, 1}, []float64{0}))
	// Lines x=0, y=0 and x+y=r/2 cut the ball into 7; x+y=3r misses every ball.
	for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1} {
		require.EqualValues(t, 7, prove(t, n, ballAt(t, norm, 2, c, r), 1, 0).result.Lower.Int64(), norm)
	}
	// The smallest box that float64 bounds can give about a million is wide in comparison: three
	// of its quarters are cut in three.
	lo, hi := math.Nextafter(c, 0), math.Nextafter(c, 2*c)
	b, err := ball.NewBox([]float64{lo, lo}, []float64{hi, hi})
	require.NoError(t, err)
	require.EqualValues(t, 10, prove(t, n, b, 1, 0).result.Lower.Int64())
}

func TestPitfallWrongDimensionIsRefused(t *testing.T) {
	n := planes(t, []float64{1, 1}, []float64{0})
	for _, norm := range norms {
		_, err := enumerate.Count(context.Background(), n, ballAt(t, norm, 3, 0, 1), enumerate.Options{})
		require.ErrorContains(t, err, "ball: 3 coordinates, expected 2")
		_, err = enumerate.CountPlain(context.Background(), n, ballAt(t, norm, 3, 0, 1), solvers["reference"](), enumerate.Options{})
		require.ErrorContains(t, err, "ball: 3 coordinates, expected 2")
		for _, err := range enumerate.Regions(context.Background(), n, ballAt(t, norm, 3, 0, 1), enumerate.Options{Workers: 1}) {
			require.ErrorContains(t, err, "ball: 3 coordinates, expected 2")
		}
	}
}

// A float32 network widened to float64 is the same network; one whose weights
// need 53 bits is another one after rounding.
func TestPitfallFloat32ModelAgainstItsWidening(t *testing.T) {
	for seed := range uint64(40) {
		rng := gen.NewRand(seed)
		c := gen.RandomCase(rng, gen.RandomOptions{Precision: gen.Float32})
		n, err := gen.RoundFloat32(c.Net)
		require.NoError(t, err)
		if n.Fingerprint() == c.Net.Fingerprint() { // a bias set for the centre may need more bits
			require.Equal(t, countTwice(t, c.Net, c.Ball, 1).Lower, countTwice(t, n, c.Ball, 1).Lower)
		}
	}
	wide := planes(t, []float64{1, 1}, []float64{-0.5, -0.5 - 0x1p-50})
	narrow, err := gen.RoundFloat32(wide)
	require.NoError(t, err)
	b := ballAt(t, ball.L2, 1, 0, 1)
	require.EqualValues(t, 3, countTwice(t, wide, b, 1).Lower.Int64())
	require.EqualValues(t, 2, countTwice(t, narrow, b, 1).Lower.Int64())
}

func TestPitfallOptionsChangeTheAnswer(t *testing.T) {
	for i, c := range samples() {
		want := countTwice(t, c.Net, c.Ball, 1)
		for _, workers := range []int{0, 2, 3, 8} {
			require.Equal(t, want.Lower, countTwice(t, c.Net, c.Ball, workers).Lower, "%d %s, %d workers", i, c.Name, workers)
		}
		rng := gen.NewRand(uint64(i))
		for range 3 {
			n := gen.PermuteNeurons(c.Net, rng)
			require.Equal(t, want.Lower, countTwice(t, n, c.Ball, 2).Lower, "%d %s, permuted", i, c.Name)
		}
	}
}

// gonum's linear programming returned wrong optima without an error: nothing here may lean on it.
func TestPitfallGonumSimplexIsNoOracle(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range f.Imports {
			require.NotContains(t, i.Path.Value, "gonum/optimize", path)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, files, 50)
}

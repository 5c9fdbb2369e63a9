package learn

import (
	"context"
	"errors"
	"math"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/crosscheck/gen"
)

// recovered are the errors of the diagonalisation alone, given population tensors.
func recovered(t *testing.T, truth *Model) Errors {
	t.Helper()
	b, err := newBasis(len(truth.W[0]))
	require.NoError(t, err)
	found, err := b.decompose(anything, b.coefficients(truth), truth.Neurons(), pcg(1))
	require.NoError(t, err)
	require.Zero(t, found[0].pairs)
	return Compare(found[0].Model, truth)
}

func TestPopulationTensorsAreRecovered(t *testing.T) {
	for _, c := range []struct{ inputs, neurons int }{{1, 1}, {5, 3}, {5, 5}, {10, 5}, {10, 10}} {
		for seed := range uint64(3) {
			require.Less(t, recovered(t, Random(pcg(seed+10), c.inputs, c.neurons)).Most(), 1e-12, "%v %d", c, seed)
		}
	}
}

// with returns a random model with these biases.
func with(biases ...float64) *Model {
	m := Random(pcg(7), 5, len(biases))
	m.B = biases
	return m
}

// T_3 vanishes where the bias is 0 and T_4 where it is ±1: only together they tell all neurons
// apart.
func TestBiasesWhereATensorVanishes(t *testing.T) {
	require.Less(t, recovered(t, with(0, 1, -1, 0.5)).Most(), 1e-12)
	require.Less(t, recovered(t, with(0, 0, 0)).Most(), 1e-12, "T_4 alone")
	require.Less(t, recovered(t, with(1, -1, 1)).Most(), 1e-12, "T_3 alone")
}

// Signs come from T_1: with all biases on one side a rule that looks at T_3 would turn all neurons.
func TestSignsOfNegativeBiases(t *testing.T) {
	for _, sign := range []float64{1, -1} {
		require.Less(t, recovered(t, with(-0.9*sign, -0.5*sign, -0.2*sign, -1.4*sign)).Most(), 1e-12)
	}
}

func TestComplexSpectraAreCounted(t *testing.T) {
	truth := with(0.1, 0.2)
	b, err := newBasis(5)
	require.NoError(t, err)
	beta := b.coefficients(truth)
	u, err := b.subspace(beta, 2)
	require.NoError(t, err)
	_, pairs, _ := b.readOff(beta, u, mat.NewDense(2, 2, []float64{0, 1, -1, 0}))
	require.Equal(t, 1, pairs)
	_, pairs, ok := b.readOff(beta, u, mat.NewDense(2, 2, []float64{0, 1, 1, 0}))
	require.Zero(t, pairs)
	require.True(t, ok)
	require.Negative(t, better(candidate{pairs: 0, distance: 9}, candidate{pairs: 1, distance: 1}))
}

func drawn(t *testing.T, truth *Model, n int, seed uint64) *Samples {
	t.Helper()
	s, err := Draw(anything, truth.At, len(truth.W[0]), n, seed)
	require.NoError(t, err)
	return s
}

func stage(t *testing.T, r *Result, name string) Stage {
	t.Helper()
	i := slices.IndexFunc(r.Stages, func(s Stage) bool { return s.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return r.Stages[i]
}

func TestLearn(t *testing.T) {
	for seed := range uint64(3) {
		truth := Random(pcg(seed), 5, 3+2*int(seed%2))
		r, err := Learn(anything, drawn(t, truth, 20000, seed), Options{Neurons: truth.Neurons(), Seed: 1, Truth: truth})
		require.NoError(t, err)
		require.Less(t, Compare(r.Model, truth).Most(), 1e-9)
		require.Less(t, *stage(t, r, StageRefine).RMSE, 1e-9)
		// What regression is for: the same samples, and a fraction of the error.
		means, regression := stage(t, r, StageMeans).Tensors, stage(t, r, StageRegression).Tensors
		for k := range means {
			require.Less(t, regression[k], means[k]/2, "T_%d", k+1)
		}
		n, err := r.Model.Network()
		require.NoError(t, err)
		again, err := Of(n)
		require.NoError(t, err)
		require.Less(t, Compare(again, r.Model).Most(), 1e-15)
	}
}

// Ten neurons of ten inputs from 2·10⁵ samples, to 1e-6.
func TestSoakTenOfTen(t *testing.T) {
	soak(t)
	for seed := range uint64(5) {
		truth := Random(pcg(seed), 10, 10)
		r, err := Learn(anything, drawn(t, truth, 200000, seed), Options{Neurons: 10, Seed: 1})
		require.NoError(t, err)
		require.Less(t, Compare(r.Model, truth).Most(), 1e-6, "seed %d", seed)
	}
}

func soak(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
}

// slope is that of the logarithm of the error of the tensor steps against that of the samples, over
// seeds: in the parameters, after the moment fit.
func slope(t *testing.T, seeds int, samples ...int) float64 {
	var x, y []float64
	for seed := range uint64(seeds) {
		truth := Random(pcg(seed), 5, 3)
		for _, n := range samples {
			r, err := Learn(anything, drawn(t, truth, n, seed), Options{Neurons: 3, Seed: 1, NoRefine: true})
			require.NoError(t, err)
			x, y = append(x, math.Log(float64(n))), append(y, math.Log(Compare(r.Model, truth).Most()))
		}
	}
	mx, my := floats.Sum(x)/float64(len(x)), floats.Sum(y)/float64(len(y))
	up, down := 0.0, 0.0
	for i := range x {
		up += (x[i] - mx) * (y[i] - my)
		down += (x[i] - mx) * (x[i] - mx)
	}
	return up / down
}

// The paper's rate: errors fall as the root of the number of samples.
func TestErrorsFallAsTheRootOfSamples(t *testing.T) {
	require.InDelta(t, -0.5, slope(t, 5, 2000, 50000), 0.25)
}

func TestSoakErrorsFallAsTheRootOfSamples(t *testing.T) {
	soak(t)
	require.InDelta(t, -0.5, slope(t, 5, 10000, 31623, 100000, 316228, 1000000), 0.15)
}

// Noise is averaged over all samples, not over those of the first fit alone.
func TestNoiseIsAveraged(t *testing.T) {
	truth := Random(pcg(5), 3, 2)
	s := drawn(t, truth, 80000, 1)
	rng := pcg(6)
	for i := range s.Y {
		s.Y[i] += 0.1 * rng.NormFloat64()
	}
	r, err := Learn(anything, s, Options{Neurons: 2, Seed: 1})
	require.NoError(t, err)
	require.Less(t, Compare(r.Model, truth).Most(), 0.01)
	require.InDelta(t, 0.1, *stage(t, r, StageRefine).RMSE*r.Deviation, 0.002)
}

// Workers change no bit.
func TestWorkersChangeNothing(t *testing.T) {
	s := drawn(t, Random(pcg(5), 4, 3), 5000, 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	a, err := Learn(anything, s, Options{Neurons: 3, Seed: 1})
	require.NoError(t, err)
	runtime.GOMAXPROCS(3)
	b, err := Learn(anything, s, Options{Neurons: 3, Seed: 1})
	require.NoError(t, err)
	require.Equal(t, a.Model, b.Model)
}

// The baseline learns something, and a refinement of it what it can.
func TestSGD(t *testing.T) {
	truth := Random(pcg(8), 3, 2)
	r, err := Learn(anything, drawn(t, truth, 5000, 1), Options{Neurons: 4, Seed: 1, Method: MethodSGD, Truth: truth})
	require.NoError(t, err)
	require.Less(t, *stage(t, r, StageSGD).RMSE, 0.3)
	require.LessOrEqual(t, *stage(t, r, StageRefine).RMSE, *stage(t, r, StageSGD).RMSE)
	require.Nil(t, stage(t, r, StageSGD).Errors, "of another number of neurons")
}

func TestLearnRefuses(t *testing.T) {
	truth := Random(pcg(5), 3, 2)
	s := drawn(t, truth, 1000, 1)
	flat := &Samples{Inputs: 3, X: s.X, Y: make([]float64, s.Len())}
	odd := &Samples{Inputs: 3, X: s.X, Y: append([]float64{math.NaN()}, s.Y[1:]...)}
	for want, c := range map[string]struct {
		s   *Samples
		opt Options
	}{
		"neurons: 0, expected at least one": {s, Options{}},
		"neurons: 4 in 3 inputs, expected at most 3, which the tensors separate; --method sgd has no such limit": {s, Options{Neurons: 4}},
		`method: "x", expected tensor, sgd`:             {s, Options{Neurons: 2, Method: "x"}},
		"samples: 10, expected more than the 11":        {s.first(10), Options{Neurons: 2}},
		"samples: all values are 0":                     {flat, Options{Neurons: 2}},
		"samples: value 0 is NaN, expected a finite nu": {odd, Options{Neurons: 2}},
	} {
		_, err := Learn(anything, c.s, c.opt)
		require.ErrorContains(t, err, want)
	}
	_, err := Draw(anything, truth.At, 3, MaxSamples+1, 1)
	require.ErrorContains(t, err, "expected at least one, at most")
	_, err = Of(gen.Build(gen.Affine([]float64{1}, []float64{0})))
	require.ErrorContains(t, err, "expected a layer of ReLU")
	_, err = Of(gen.Build(gen.ReLU([]float64{0}, []float64{1}), gen.Affine([]float64{1}, []float64{0})))
	require.ErrorContains(t, err, "neuron 0: weights of norm 0")
}

// Equal values whose mean rounds had a deviation, and were learnt; distinct ones whose deviation
// underflows were said to be equal; and with one that overflows a fit was told as exact.
func TestValuesOfNoDeviationInFloatsAreRefused(t *testing.T) {
	s := drawn(t, Random(pcg(5), 2, 1), 400, 1)
	times := func(f float64, plus float64) *Samples {
		y := make([]float64, s.Len())
		for i := range y {
			y[i] = f*s.Y[i] + plus
		}
		return &Samples{Inputs: 2, X: s.X, Y: y}
	}
	for want, c := range map[string]*Samples{
		"samples: all values are 5, expected different ones":                 times(0, 5),
		"samples: values of deviation 0, expected a moderate one, such as 1": times(1e-300, 0),
		"samples: values of deviation +Inf, expected a moderate one":         times(1e200, 0),
		"e-15": times(0x1p-514, 0),
	} {
		for _, method := range Methods {
			_, err := Learn(anything, c, Options{Neurons: 1, Method: method})
			require.ErrorContains(t, err, want)
		}
	}
}

func TestLearnStops(t *testing.T) {
	s := drawn(t, Random(pcg(5), 4, 3), 3000, 1)
	why := errors.New("enough")
	for _, method := range Methods {
		ctx, cancel := context.WithCancelCause(anything)
		_, err := Learn(ctx, s, Options{Neurons: 3, Method: method, Progress: func(stage string) {
			if stage == StageDecompose || stage == StageSGD {
				cancel(why)
			}
		}})
		require.ErrorIs(t, err, why)
	}
}

// What is not from N(0, I) is told.
func TestGaussian(t *testing.T) {
	s := drawn(t, Random(pcg(5), 4, 3), 10000, 1)
	mean, covariance := s.Gaussian()
	require.Less(t, max(mean, covariance), 0.05)
	for i := range s.Y {
		s.Point(i)[2] += 1
		s.Point(i)[1] *= 2
	}
	mean, covariance = s.Gaussian()
	require.InDelta(t, 1, mean, 0.05)
	require.InDelta(t, 3, covariance, 0.2)
}

// Neurons are assigned so that the sum of all errors is least; greedily, the first row would take
// what the second needs more.
func TestAssignment(t *testing.T) {
	require.Equal(t, []int{1, 0}, assign([][]float64{{1, 2}, {1, 9}}))
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "n")
		cost := make([][]float64, n)
		for i := range cost {
			cost[i] = rapid.SliceOfN(rapid.Float64Range(0, 9), n, n).Draw(t, "row")
		}
		sum := func(columns []int) (v float64) {
			for i, j := range columns {
				v += cost[i][j]
			}
			return v
		}
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		least := math.Inf(1)
		permutations(all, 0, func(p []int) { least = min(least, sum(p)) })
		got := assign(cost)
		require.InDelta(t, least, sum(got), 1e-12)
		slices.Sort(got)
		for i, j := range got {
			require.Equal(t, i, j)
		}
	})
}

// Points so large that no sum of squares is finite left no model, and a panic.
func TestAFitOfHugePointsIsRefused(t *testing.T) {
	s := &Samples{Inputs: 2}
	for i := range 50 {
		s.X = append(s.X, 1e200*float64(i-20), 3e199*float64(i*i%7-3))
		s.Y = append(s.Y, float64(i))
	}
	_, err := Learn(anything, s, Options{Neurons: 1, Method: MethodSGD})
	require.ErrorIs(t, err, ErrDiverged)
	l := &learner{ctx: anything, s: s, res: &Result{Deviation: 1}}
	_, err = l.refine([]*Model{{W: [][]float64{{1, 0}}, A: []float64{1}, B: []float64{0}}})
	require.ErrorIs(t, err, ErrDiverged)
}

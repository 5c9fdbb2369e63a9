package learn

// The derivatives that both fits descend by, against differences.

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

var anything = context.Background()

// requireNear requires that two numbers agree to a millionth of a size.
func requireNear(t *testing.T, want, got, size float64, what ...any) {
	t.Helper()
	require.InDelta(t, want, got, size*1e-6, what...)
}

// differences returns the derivatives of a vector of residuals of a model, by central differences.
func differences(m *Model, residuals func(*Model) []float64) *mat.Dense {
	const h = 1e-5
	n := m.size()
	var jac *mat.Dense
	for i := range n {
		step := make([]float64, n)
		step[i] = h
		up := residuals(m.moved(step))
		step[i] = -h
		down := residuals(m.moved(step))
		if jac == nil {
			jac = mat.NewDense(len(up), n, nil)
		}
		floats.Sub(up, down)
		floats.Scale(1/(2*h), up)
		jac.SetCol(i, up)
	}
	return jac
}

func requireNormal(t *testing.T, p problem, m *Model, residuals func(*Model) []float64) {
	t.Helper()
	sum, gram, gradient, err := p.normal(anything, m)
	require.NoError(t, err)
	cost, err := p.cost(anything, m)
	require.NoError(t, err)
	r, jac := residuals(m), differences(m, residuals)
	requireNear(t, floats.Dot(r, r), sum, sum)
	requireNear(t, sum, cost, sum)
	var g, v mat.Dense
	g.Mul(jac.T(), jac)
	v.Mul(jac.T(), mat.NewDense(len(r), 1, r))
	size := mat.Norm(&g, 2)
	for i := range m.size() {
		requireNear(t, v.At(i, 0), gradient[i], math.Sqrt(size*sum), "gradient %d", i)
		for j := range m.size() {
			requireNear(t, g.At(i, j), gram.At(i, j), size, "JᵀJ %d %d", i, j)
		}
	}
}

func TestNormalEquationsOfMoments(t *testing.T) {
	b, err := newBasis(3)
	require.NoError(t, err)
	p := moments{b, b.coefficients(Random(pcg(1), 3, 4))}
	requireNormal(t, p, Random(pcg(2), 3, 3), func(m *Model) []float64 {
		r := b.coefficients(m)
		floats.Sub(r, p.beta)
		return r
	})
}

func TestNormalEquationsOfSamples(t *testing.T) {
	s, err := Draw(anything, Random(pcg(1), 3, 4).At, 3, 3000, 1)
	require.NoError(t, err)
	m := Random(pcg(2), 3, 3)
	// No point is so near to a kink that a difference would reach across.
	kept := &Samples{Inputs: 3}
	for i, y := range s.Y {
		far := true
		for j, w := range m.W {
			far = far && math.Abs(floats.Dot(w, s.Point(i))+m.B[j]) > 1e-3
		}
		if far {
			kept.X, kept.Y = append(kept.X, s.Point(i)...), append(kept.Y, y)
		}
	}
	require.Greater(t, kept.Len(), 2000)
	requireNormal(t, values{kept}, m, func(m *Model) []float64 {
		r := make([]float64, kept.Len())
		for i, y := range kept.Y {
			r[i] = (m.At(kept.Point(i)) - y) / math.Sqrt(float64(kept.Len()))
		}
		return r
	})
}

// A fit that starts at the truth stays there, and one beside it returns to the last bits.
func TestAFitReturnsToTheTruth(t *testing.T) {
	truth := Random(pcg(3), 4, 3)
	s, err := Draw(anything, truth.At, 4, 3000, 1)
	require.NoError(t, err)
	step := make([]float64, truth.size())
	for i := range step {
		step[i] = 0.02 * math.Sin(float64(i))
	}
	for _, start := range []*Model{truth, truth.moved(step)} {
		m, _, err := fit(anything, values{s}, start, fitSteps, 1)
		require.NoError(t, err)
		require.Less(t, Compare(m, truth).Most(), 1e-13)
	}
}

package safety

// What a split promises, against the definition, and queries that need splits of units: many
// inputs, one layer.

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
)

// TestLiftedIsTheLargest takes the minimum at each bend, and at none: a concave function that bends
// there alone is largest at one of them, or rises for ever, which it does not where s·g ≥ 0
// somewhere.
func TestLiftedIsTheLargest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	moved := 0
	for range 2000 {
		n := 1 + rng.IntN(6)
		f, g := outlook{slopes: make([]float64, n)}, outlook{slopes: make([]float64, n)}
		reach := 0.0
		for i := range n {
			f.slopes[i], g.slopes[i] = float64(rng.IntN(9)-4), float64(rng.IntN(9)-4)
			reach += math.Abs(g.slopes[i])
		}
		f.offset, g.offset = rng.NormFloat64(), (2*rng.Float64()-1)*reach // g has both signs
		for _, s := range []float64{-1, 1} {
			least := func(beta float64) float64 {
				h := f.plus(-beta*s, g)
				for _, v := range h.slopes {
					h.offset -= math.Abs(v)
				}
				return h.offset
			}
			want := least(0)
			for i := range n {
				if beta := s * f.slopes[i] / g.slopes[i]; beta > 0 && !math.IsInf(beta, 1) {
					want = max(want, least(beta))
				}
			}
			require.InDelta(t, want, f.lifted(g, s), 1e-9)
			if want > least(0) {
				moved++
			}
		}
	}
	require.Greater(t, moved, 500)
}

// TestManyInputsAreSplitByUnits has a query of 16 inputs and one layer whose boxes would have to be
// halved in all of them: units are split, and what holds is proved to the checker.
func TestManyInputsAreSplitByUnits(t *testing.T) {
	const inputs, width = 16, 24
	rng := rand.New(rand.NewPCG(3, 4))
	w, b, v := make([]float64, inputs*width), make([]float64, width), make([]float64, width)
	for i := range w {
		w[i] = float64(rng.IntN(17)-8) / 8
	}
	for i := range v {
		b[i], v[i] = float64(rng.IntN(9)-4)/8, float64(rng.IntN(17)-8)/8
	}
	n := gen.Build(gen.ReLU(w, b), gen.Affine(v, []float64{0}))
	box := strings.ReplaceAll(boxOf(inputs), "1e9", "1")
	spec := specification(n, box, "(<= Y_0 -20)")
	got, text := proved(t, n, spec, usual(inputs), 1)
	require.Equal(t, Holds, got)
	require.Greater(t, strings.Count(text, "\nN"), 5, text)
	require.NotContains(t, text, "\nX", "an input is halved")
	require.Equal(t, Violated, verdict(t, n, read(t, specification(n, box, "(<= Y_0 -16)"))))
}

// TestFewInputsAreHalved has the same layer in two inputs, which are halved first.
func TestFewInputsAreHalved(t *testing.T) {
	const width = 60
	rng := rand.New(rand.NewPCG(5, 6))
	w, b, v := make([]float64, 2*width), make([]float64, width), make([]float64, width)
	for i := range w {
		w[i] = rng.NormFloat64()
	}
	for i := range v {
		b[i], v[i] = rng.NormFloat64()/4, rng.NormFloat64()
	}
	n := gen.Build(gen.ReLU(w, b), gen.Affine(v, []float64{0}))
	got, text := proved(t, n, specification(n, strings.ReplaceAll(boxOf(2), "1e9", "1"), "(<= Y_0 -6)"), usual(2), 1)
	require.Equal(t, Holds, got)
	_, tree, _ := strings.Cut(text, "\ntree\n")
	require.Equal(t, "X", tree[:1], "the first line splits an input")
}

package judge_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/internal/judge"
)

// holdPass holds the float filters against their exact twin at one point: a
// sign that a filter gives is the true one, and a point it calls inside is.
func holdPass(t *testing.T, seed uint64, scale int) {
	rng := gen.NewRand(seed)
	c := gen.RandomCase(rng, gen.RandomOptions{})
	if seed%3 == 0 {
		c = gen.TernaryCase(rng, 3, 5, 4)
	}
	y := make([]float64, c.Net.Inputs())
	for i := range y {
		y[i] = math.Ldexp(2*rng.Float64()-1, -scale)
	}
	p, err := judge.Pass(c.Net, c.Ball, y)
	require.NoError(t, err)
	for j, s := range p.Exact {
		if p.Static[j] != 0 {
			require.Equal(t, s, p.Static[j], "neuron %d, static filter", j)
		}
		if p.Tight[j] != 0 {
			require.Equal(t, s, p.Tight[j], "neuron %d, tight filter", j)
		}
	}
	if p.Inside {
		require.True(t, p.ExactlyInside)
	}
}

func TestFloatFiltersAgainstExactPasses(t *testing.T) {
	for seed := uint64(0); seed < 400; seed++ {
		holdPass(t, seed, int(seed%60))
	}
}

func FuzzFloatFilters(f *testing.F) {
	for seed := uint64(0); seed < 8; seed++ {
		f.Add(seed, uint8(seed*9))
	}
	f.Fuzz(func(t *testing.T, seed uint64, scale uint8) { holdPass(t, seed, int(scale)) })
}

package crosscheck

// Units that differ within a layer, through all that changes a network or looks into it.

import (
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// mixedCases are random cases whose units are ReLUs, leaky, absolute values, or carry their value
// on.
func mixedCases(t *testing.T, count uint64, do func(rng *rand.Rand, c gen.Case)) {
	for seed := range count {
		rng := gen.NewRand(seed)
		c := gen.RandomCase(rng, gen.RandomOptions{Inputs: 1 + int(seed%3), MaxNeurons: 9})
		if seed%2 == 0 {
			c = gen.TernaryCase(rng, 1+int(seed%3), 4, 3, 1)
		}
		layers := slices.Clone(c.Net.Layers())
		for i := range layers {
			if l := &layers[i]; l.Act != network.None {
				l.Act, l.Slope = network.Mixed, 0
				for range l.B {
					l.Slopes = append(l.Slopes, []float64{0, 0, 1, -1, 0.5, 1.5}[rng.IntN(6)])
				}
			}
		}
		c.Net = gen.Build(layers...)
		do(rng, c)
	}
}

func countOf(t *testing.T, c gen.Case) *big.Int {
	r, err := enumerate.Count(context.Background(), c.Net, c.Ball, enumerate.Options{Workers: 1})
	require.NoError(t, err)
	require.True(t, r.Exact)
	return r.Lower
}

func TestTransformationsOfUnitsThatDiffer(t *testing.T) {
	mixedCases(t, 120, func(rng *rand.Rand, c gen.Case) {
		want, before := countOf(t, c), c.Net.Fingerprint()
		float32s, err := gen.RoundFloat32(c.Net)
		require.NoError(t, err)
		require.Equal(t, c.Net.Hidden(), float32s.Hidden())
		for i, n := range []*network.Network{gen.AppendCopies(c.Net, rng), gen.AppendNegations(c.Net, rng), gen.AppendZeros(c.Net),
			gen.PermuteNeurons(c.Net, rng), gen.ScaleNeurons(c.Net, rng)} {
			require.Equal(t, want.String(), countOf(t, gen.Case{Net: n, Ball: c.Ball}).String(), "%s, transformation %d", before, i)
		}
		require.Equal(t, before, c.Net.Fingerprint())
	})
	near := gen.OneLayer([]float64{1, 1}, []float64{0, 0}).Layers()[0]
	near.Act, near.Slopes = network.Mixed, []float64{0, 1 - 0x1p-40}
	_, err := gen.RoundFloat32(gen.Build(near))
	require.ErrorContains(t, err, "layer 0: slopes: entry 1 is")
}

func TestMeasuredTermsOfUnitsThatDiffer(t *testing.T) {
	ctx := context.Background()
	lp, _ := bound.ByName("lp")
	mixedCases(t, 60, func(_ *rand.Rand, c gen.Case) {
		ms, err := Measure(ctx, c.Net, c.Ball)
		require.NoError(t, err)
		terms, err := lp.(bound.Explainer).Terms(ctx, c.Net, c.Ball)
		require.NoError(t, err)
		for i, m := range ms {
			front, _ := splitAfter(c.Net, i+1)
			require.Equal(t, countOf(t, gen.Case{Net: gen.Build(front...), Ball: c.Ball}).String(), m.Cells.String())
			require.Equal(t, c.Net.Hidden()[i], m.Changing+m.Active+m.Inactive)
			require.LessOrEqual(t, m.Changing, terms[m.Layer].Cutting)
		}
		values, err := NewDial(len(ms)).Values(ctx, c.Net, c.Ball)
		require.NoError(t, err)
		want := countOf(t, c)
		for _, v := range values {
			require.GreaterOrEqual(t, v.Cmp(want), 0)
		}
		require.Equal(t, want.String(), values[len(ms)].String())
	})
}

func TestShrinkingUnitsThatDiffer(t *testing.T) {
	mixedCases(t, 10, func(_ *rand.Rand, c gen.Case) {
		want := countOf(t, c)
		if want.Cmp(big.NewInt(3)) < 0 {
			return
		}
		small := Shrink(context.Background(), c, func(c gen.Case) bool {
			n, err := twin.CountExactly(c.Net, c.Ball)
			return err == nil && n.Cmp(big.NewInt(3)) >= 0
		})
		require.GreaterOrEqual(t, countOf(t, small).Cmp(big.NewInt(3)), 0)
		require.LessOrEqual(t, small.Net.Neurons(), 2)
	})
}

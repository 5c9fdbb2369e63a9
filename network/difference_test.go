package network_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

// A difference of networks of any depths, slopes, storages and maxima is the difference of their
// values, in fractions.
func TestDifferenceIsThatOfTheValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := gen.NewRand(rapid.Uint64().Draw(t, "seed"))
		inputs := 1 + rng.IntN(3)
		draw := func() *network.Network {
			if rng.IntN(2) == 0 {
				return gen.Maxima(rng, inputs, 8)
			}
			return gen.Random(rng, gen.RandomOptions{Inputs: inputs, MaxNeurons: 8})
		}
		a := draw()
		b := draw()
		for b.Outputs() != a.Outputs() { // a last layer of zeros but for its bias
			b = gen.Build(append(b.Layers(), gen.Affine(make([]float64, a.Outputs()*b.Outputs()), make([]float64, a.Outputs())))...)
		}
		d, err := network.Difference(a, b)
		require.NoError(t, err)
		require.Equal(t, a.Neurons()+b.Neurons(), d.Neurons())
		for range 5 {
			x := make([]*big.Rat, inputs)
			for k := range x {
				x[k] = new(big.Rat).SetFloat64(rng.NormFloat64())
			}
			y, _ := evaluate(a, x)
			z, _ := evaluate(b, x)
			got, _ := evaluate(d, x)
			for i := range got {
				require.Equal(t, new(big.Rat).Sub(y[i], z[i]).RatString(), got[i].RatString())
			}
		}
	})
}

// Biases are subtracted where nothing rounds: 1 − 2⁻⁶⁰ is no float64.
func TestDifferenceRoundsNoBias(t *testing.T) {
	d, err := network.Difference(gen.Build(gen.Affine([]float64{1}, []float64{1})), gen.Build(gen.Affine([]float64{1}, []float64{0x1p-60})))
	require.NoError(t, err)
	y, _ := d.ForwardExact([]*big.Float{big.NewFloat(0.3)})
	want := new(big.Float).SetPrec(200).Sub(new(big.Float).SetPrec(200).SetInt64(1), big.NewFloat(0x1p-60))
	require.Zero(t, want.Cmp(y[0]))
}

func TestDifferenceRefuses(t *testing.T) {
	one := gen.Build(gen.Affine([]float64{1}, []float64{1}))
	_, err := network.Difference(one, gen.Build(gen.Affine([]float64{1, 2}, []float64{1})))
	require.EqualError(t, err, "inputs: 2 beside 1, expected as many")
	_, err = network.Difference(one, gen.Build(gen.Affine([]float64{1, 2}, []float64{1, 1})))
	require.EqualError(t, err, "outputs: 2 beside 1, expected as many")
}

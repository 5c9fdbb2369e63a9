package enumerate_test

// Properties with shrinking: the fast walk, the plain walk over every solver,
// and exact counters that share nothing with either, on networks drawn number by
// number, so that a failure comes down to its smallest weights.

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// law draws a weight and a bias.
type law struct {
	name         string
	weight, bias *rapid.Generator[float64]
}

// laws: all degeneracies at once; few bits, so that some remain; the numbers of a float32
// file; and all 53 bits.
func laws() []law {
	wide := rapid.Map(rapid.Float32Range(-2, 2), func(v float32) float64 { return float64(v) })
	return []law{
		{"ternary", rapid.Map(rapid.IntRange(-1, 1), scaleBy(1)), rapid.Map(rapid.IntRange(-1, 1), scaleBy(0.5))},
		{"eighths", rapid.Map(rapid.IntRange(-12, 12), scaleBy(0.125)), rapid.Map(rapid.IntRange(-8, 8), scaleBy(0.125))},
		{"float32", wide, wide},
		{"float64", rapid.Float64Range(-2, 2), rapid.Float64Range(-2, 2)},
	}
}

func scaleBy(f float64) func(int) float64 { return func(i int) float64 { return f * float64(i) } }

// drawLayer draws a layer from a law.
func drawLayer(t *rapid.T, w law, in, out int, act network.Activation) network.Layer {
	l := dense(act, rapid.SliceOfN(w.weight, in*out, in*out).Draw(t, "weights"), rapid.SliceOfN(w.bias, out, out).Draw(t, "biases"))
	slopes := []float64{0.01, 0.25, 1.5, -0.5, -1}
	switch act {
	case network.LeakyReLU:
		l.Slope = rapid.SampledFrom(slopes).Draw(t, "slope")
	case network.Mixed:
		l.Slopes = rapid.SliceOfN(rapid.SampledFrom(append(slopes, 0, 0, 1, 1)), out, out).Draw(t, "slopes")
	}
	return l
}

// drawNet draws a network of 1 to 4 hidden layers, at most maxNeurons in all, with
// affine layers between some.
func drawNet(t *rapid.T, w law, inputs, maxNeurons int) *network.Network {
	var layers []network.Layer
	in := inputs
	for l := rapid.IntRange(1, 4).Draw(t, "layers"); l > 0 && maxNeurons > 0; l-- {
		if rapid.IntRange(0, 5).Draw(t, "affine") == 0 {
			width := rapid.IntRange(1, in+1).Draw(t, "affine width")
			layers = append(layers, drawLayer(t, w, in, width, network.None))
			in = width
		}
		act := network.ReLU
		switch rapid.IntRange(0, 5).Draw(t, "units") {
		case 0:
			act = network.LeakyReLU
		case 1:
			act = network.Mixed
		}
		width := rapid.IntRange(1, min(maxNeurons, 6)).Draw(t, "width")
		layers = append(layers, drawLayer(t, w, in, width, act))
		in, maxNeurons = width, maxNeurons-width
	}
	return netOf(t, append(layers, drawLayer(t, w, in, 1, network.None))...)
}

// drawBall draws one of the four balls, its centre and radius simple or not.
func drawBall(t *rapid.T, n int) ball.Ball {
	quarter := rapid.Map(rapid.IntRange(-6, 6), scaleBy(0.25))
	coordinate, size := quarter, rapid.Map(rapid.IntRange(1, 8), scaleBy(0.25))
	if rapid.Bool().Draw(t, "any ball") {
		coordinate, size = rapid.Float64Range(-2, 2), rapid.Float64Range(0x1p-20, 16)
	}
	center := rapid.SliceOfN(coordinate, n, n).Draw(t, "centre")
	norm := rapid.SampledFrom(norms).Draw(t, "norm")
	if norm != ball.Box {
		b, err := ball.New(norm, center, size.Draw(t, "radius"))
		require.NoError(t, err)
		return b
	}
	lo, hi := make([]float64, n), make([]float64, n)
	for i, c := range center {
		lo[i], hi[i] = c-size.Draw(t, "half-width"), c+size.Draw(t, "half-width")
	}
	b, err := ball.NewBox(lo, hi)
	require.NoError(t, err)
	return b
}

// drawCase draws a network and a ball.
func drawCase(t *rapid.T, minInputs, maxInputs, maxNeurons int) gen.Case {
	w := rapid.SampledFrom(laws()).Draw(t, "law")
	n := drawNet(t, w, rapid.IntRange(minInputs, maxInputs).Draw(t, "inputs"), maxNeurons)
	return gen.Case{Name: w.name, Net: n, Ball: drawBall(t, n.Inputs())}
}

func (l law) String() string { return l.name }

func TestFastWalkEqualsPlainWalks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, 1, 8, 8)
		want := countTwice(t, c.Net, c.Ball, 1)
		for name, solver := range solvers {
			r, err := enumerate.CountPlain(context.Background(), c.Net, c.Ball, solver(), enumerate.Options{})
			if err != nil && name == "native" { // a sliver that it could not enter, say: no answer
				require.ErrorContains(t, err, "the solver failed")
				continue
			}
			require.NoError(t, err, name)
			requireExact(t, r)
			require.Equal(t, want.Lower, r.Lower, name)
		}
	})
}

func TestFastWalkEqualsExactPolygonClipping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, 2, 2, 8)
		want, err := twin.CountPolygons(c.Net, c.Ball)
		require.NoError(t, err)
		require.Equal(t, want.String(), countTwice(t, c.Net, c.Ball, 1).Lower.String())
	})
}

func TestFastWalkEqualsExactIntervals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, 1, 1, 16)
		want, err := twin.CountIntervals(c.Net, c.Ball)
		require.NoError(t, err)
		require.Equal(t, want.String(), countTwice(t, c.Net, c.Ball, 1).Lower.String())
	})
}

// In more dimensions the exact walk shares the exact tier, and no floats.
func TestFastWalkEqualsExactWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, 3, 5, 7)
		want, err := twin.CountExactly(c.Net, c.Ball)
		require.NoError(t, err)
		require.Equal(t, want.String(), countTwice(t, c.Net, c.Ball, 1).Lower.String())
	})
}

func TestCountIsInvariant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, 1, 4, 10)
		want := countTwice(t, c.Net, c.Ball, 1)
		rng := gen.NewRand(rapid.Uint64().Draw(t, "transformation seed"))
		n, b := c.Net, c.Ball
		for _, kind := range rapid.SliceOfN(rapid.IntRange(0, 5), 1, 3).Draw(t, "transformations") {
			switch kind {
			case 0:
				n = gen.AppendCopies(n, rng)
			case 1:
				n = gen.AppendNegations(n, rng)
			case 2:
				n = gen.AppendZeros(n)
			case 3:
				n = gen.PermuteNeurons(n, rng)
			case 4:
				n = gen.ScaleNeurons(n, rng)
			default: // not where numbers would leave the range of float64
				if m, scaled, err := gen.ScaleBall(n, b, rapid.SampledFrom([]int{-300, 300}).Draw(t, "e")); err == nil {
					n, b = m, scaled
				}
			}
		}
		require.Equal(t, want.Lower, countTwice(t, n, b, 1).Lower)
	})
}

// Networks of random cases by seed, in bulk: the default run takes a few hundred, soak thousands.
func soakRange(short, long uint64) uint64 {
	if soak() {
		return long
	}
	return short
}

func TestSoakTernaryNetworksAgainstPolygons(t *testing.T) {
	for seed := range soakRange(300, 20000) {
		rng := gen.NewRand(seed)
		c := gen.TernaryCase(rng, 2, 2+rng.IntN(4), 2+rng.IntN(4), 1)
		want, err := twin.CountPolygons(c.Net, c.Ball)
		require.NoError(t, err)
		require.Equal(t, want.String(), countTwice(t, c.Net, c.Ball, 1).Lower.String(), "seed %d %v", seed, c.Ball)
	}
}

func TestSoakTernaryNetworksAgainstTheExactWalk(t *testing.T) {
	for seed := range soakRange(60, 5000) {
		rng := gen.NewRand(seed)
		c := gen.TernaryCase(rng, 3+rng.IntN(3), 2+rng.IntN(4), 2+rng.IntN(3), 1)
		want, err := twin.CountExactly(c.Net, c.Ball)
		require.NoError(t, err)
		require.Equal(t, want.String(), countTwice(t, c.Net, c.Ball, 1).Lower.String(), "seed %d %v", seed, c.Ball)
	}
}

func TestSoakRandomNetworksAgainstPolygons(t *testing.T) {
	for seed := range soakRange(100, 5000) {
		c := gen.RandomCase(gen.NewRand(seed), gen.RandomOptions{Inputs: 2})
		want, err := twin.CountPolygons(c.Net, c.Ball)
		require.NoError(t, err)
		require.Equal(t, want.String(), countTwice(t, c.Net, c.Ball, 1).Lower.String(), "seed %d %v", seed, c.Ball)
	}
}

// Wide ternary networks with proofs, which the checker verifies: no other counter is fast enough
// for them.
func TestSoakProofsOfTernaryNetworks(t *testing.T) {
	for seed := range soakRange(20, 1000) {
		rng := gen.NewRand(seed)
		c := gen.TernaryCase(rng, 2+rng.IntN(4), 6, 6, 5, 1)
		p := prove(t, c.Net, c.Ball, 2, 0)
		require.Equal(t, countTwice(t, c.Net, c.Ball, 1).Lower, p.result.Lower, "seed %d %v", seed, c.Ball)
	}
}

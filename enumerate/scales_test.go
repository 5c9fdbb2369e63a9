package enumerate_test

// Balls that are very large beside what the network is made for: floats keep their digits near the
// centre, and what they do not tell is told in integers at vertices.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// largeCase draws a small network, a usual one, one whose hyperplanes are parallel and meet in more
// than n at a point, or one with neurons twice, and a ball of radius 2³⁰ to 2¹⁰²⁰.
func largeCase(seed uint64) gen.Case {
	rng := gen.NewRand(seed)
	inputs := 1 + rng.IntN(3)
	widths := []int{inputs}
	for left := []int{14, 11, 9}[inputs-1]; left > 0 && len(widths) < 4; {
		width := 1 + rng.IntN(min(6, left))
		widths, left = append(widths, width), left-width
	}
	c := gen.Case{Name: fmt.Sprint(widths)}
	switch rng.IntN(3) {
	case 0:
		c.Net = gen.Random(rng, gen.RandomOptions{Inputs: inputs, Widths: widths[1:]})
	case 1:
		c.Net = gen.Ternary(rng, append(widths, 1)...)
	default:
		c.Net = gen.AppendCopies(gen.Random(rng, gen.RandomOptions{Inputs: inputs, Widths: widths[1 : 1+len(widths)/2]}), rng)
	}
	c.Ball = largeBall(rng, inputs)
	return c
}

// largeBall draws a ball around 0, near it, anywhere within its radius of it, or with a corner
// there.
func largeBall(rng *rand.Rand, inputs int) ball.Ball {
	radius := math.Ldexp(1+rng.Float64(), 30+rng.IntN(60))
	if rng.IntN(3) == 0 {
		radius = math.Ldexp(1+rng.Float64(), 30+rng.IntN(990))
	}
	center := make([]float64, inputs)
	size := []float64{0, 1, radius, radius * 0x1p-20}[rng.IntN(4)]
	for k := range center {
		center[k] = size * (2*rng.Float64() - 1)
	}
	if rng.IntN(8) == 0 {
		hi := make([]float64, inputs)
		for k := range hi {
			hi[k] = radius
		}
		return gen.Must(ball.NewBox(make([]float64, inputs), hi))
	}
	return gen.BallOf(rng, ball.Norm(rng.IntN(4)), center, radius)
}

func TestSoakLargeBalls(t *testing.T) {
	for seed := range soakRange(60, 6000) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := largeCase(seed)
			if text := disagreement(c, t.TempDir(), false); text != "" {
				t.Errorf("%s: %s\n%s", c.Name, text, spell(c))
			}
		})
	}
}

// Every vertex of every cell, what it is off by, and every sign there, against fractions.
func TestSoakVerticesInLargeBalls(t *testing.T) {
	cells := 0
	for seed := range soakRange(40, 3000) {
		c := largeCase(seed)
		forced(t, c.Net, c.Ball, enumerate.Forced{Vertices: func(err error) {
			cells++
			require.NoError(t, err, "seed %d\n%s", seed, spell(c))
		}})
	}
	require.Greater(t, cells, 100)
}

// The same numbers by the solver, in as many inputs as there are vertices for in large balls.
func TestLargeBallsOfMoreInputsAgainstTheSolver(t *testing.T) {
	for _, n := range []*network.Network{he(1, 4, 6, 4), he(2, 5, 5, 3), he(3, 6, 6), he(4, 6, 4, 3)} {
		for _, norm := range norms {
			for _, e := range []int{40, 200} {
				b := ballAt(t, norm, n.Inputs(), 0.25, math.Ldexp(1, e))
				r := count(t, n, b, 2)
				require.Equal(t, forced(t, n, b, enumerate.Forced{NoVertices: true}).Lower, r.Lower, "%v, 2^%d", norm, e)
				require.True(t, r.Questions == 0 || norm == ball.L1 && n.Inputs() == 6)
			}
		}
	}
}

// A network has as many regions in all large balls around 0, and none of them asks the solver.
func TestCountsDoNotDependOnHowLargeALargeBallIs(t *testing.T) {
	for _, n := range []*network.Network{he(1, 2, 8, 8), he(2, 3, 6, 5), he(3, 4, 5, 5)} {
		for _, norm := range norms {
			want := count(t, n, ballAt(t, norm, n.Inputs(), 0, 0x1p24), 1).Lower
			for _, e := range []int{40, 64, 200, 900, 1000} {
				b := ballAt(t, norm, n.Inputs(), 0, math.Ldexp(1, e))
				r, err := enumerate.Count(t.Context(), n, b, enumerate.Options{Workers: 1})
				require.NoError(t, err)
				require.Equal(t, want, r.Lower, "%v, 2^%d", norm, e)
				require.Zero(t, r.Questions, "%v, 2^%d", norm, e)
			}
		}
	}
}

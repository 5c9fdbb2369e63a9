package enumerate_test

// Which tier decides. The answer must not depend on it, so each tier is taken
// always, never and every other time; and what each tier is for is asserted,
// so that a slow one does not do a fast one's work unnoticed.

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

func never() bool { return false }

// alternating says yes every other time.
func alternating() func() bool {
	yes := false
	return func() bool { yes = !yes; return yes }
}

// sometimes says yes at random.
func sometimes(seed uint64) func() bool {
	rng := gen.NewRand(seed)
	return func() bool { return rng.IntN(3) > 0 }
}

// forcings are the ways to force tiers; fresh closures each time.
func forcings() map[string]enumerate.Forced {
	return map[string]enumerate.Forced{
		"as usual":                {},
		"no float":                {Float: never},
		"no integer":              {Integer: never},
		"solve alone":             {Float: never, Integer: never},
		"float alternating":       {Float: alternating()},
		"integer alternating":     {Float: never, Integer: alternating()},
		"both alternating":        {Float: alternating(), Integer: alternating()},
		"float at random":         {Float: sometimes(1), Integer: never},
		"integer at random":       {Float: never, Integer: sometimes(2)},
		"all of them at random":   {Float: sometimes(3), Integer: sometimes(4)},
		"solve and float by turn": {Float: alternating(), Integer: never},
	}
}

func TestEveryTierForcedGivesTheSameCount(t *testing.T) {
	for i, c := range samples() {
		want := count(t, c.Net, c.Ball, 1)
		if want.Lower.Int64() > 150 {
			continue
		}
		for name, f := range forcings() {
			r := forced(t, c.Net, c.Ball, f)
			require.Equal(t, want.Lower, r.Lower, "%d %s %v, %s", i, c.Name, c.Ball, name)
		}
	}
}

// A tier that is forbidden decides nothing, so that the forcing above forces.
func TestForbiddenTiersDecideNothing(t *testing.T) {
	n, b := he(1, 3, 6, 6), ballAt(t, ball.L2, 3, 0, 1)
	all := forced(t, n, b, enumerate.Forced{})
	require.Positive(t, all.Decisions.Float)
	// Final witnesses are checked in floats where their float signs are certain.
	integers := forced(t, n, b, enumerate.Forced{Float: never})
	require.Positive(t, integers.Decisions.Integer)
	solves := forced(t, n, b, enumerate.Forced{Float: never, Integer: never})
	require.Greater(t, solves.Decisions.Solve, integers.Decisions.Solve)
	require.LessOrEqual(t, solves.Decisions.Integer, solves.Lower.Int64())
	require.Equal(t, all.Lower, integers.Lower)
	require.Equal(t, all.Lower, solves.Lower)
}

func TestGenericNetworksAreDecidedByFloats(t *testing.T) {
	for _, norm := range norms {
		for name, n := range map[string]*network.Network{
			"arrangement": gen.Generic(14, 3, gen.NewRand(1)),
			"deep":        he(5, 3, 10, 10, 10),
			"wide":        he(6, 2, 40),
			"narrow":      gen.WideNarrowWide(gen.NewRand(1), 4, 8, 2),
		} {
			r := forced(t, n, ballAt(t, norm, n.Inputs(), 0, 2), enumerate.Forced{NoVertices: true})
			require.Greater(t, r.Lower.Int64(), int64(40), "%s %v", name, norm)
			require.Positive(t, r.Decisions.Float)
			require.Zero(t, r.Decisions.Integer, "%s %v", name, norm)
			require.Zero(t, r.Decisions.Solve, "%s %v", name, norm)
		}
	}
}

// Central arrangements are exact degeneracy with small multipliers: integers
// decide the prunes and the exact solve is not needed.
func TestCentralArrangementsAreDecidedByIntegers(t *testing.T) {
	for _, norm := range norms {
		for name, n := range map[string]*network.Network{
			"resonance": gen.Resonance(4), "threshold": gen.Threshold(3),
		} {
			r := forced(t, n, ballAt(t, norm, 4, 0, 1), enumerate.Forced{NoVertices: true})
			require.Positive(t, r.Decisions.Integer, "%s %v", name, norm)
			require.Zero(t, r.Decisions.Solve, "%s %v", name, norm)
		}
	}
}

// On the cell 101x > 0, 103y > 0 the side −37x − 53y > 0 is empty by the multipliers 37/101 and
// 53/103 and by no others, so no rounding of them to dyadic or small numbers will do. With primes
// of 25 bits not even a search for rationals does.
func TestSolveDecidesMultipliersWithLargeDenominators(t *testing.T) {
	const p, q, a, b = 33554393, 33554383, 20000003, 14999981
	for _, norm := range norms {
		n := planes(t, []float64{p, 0, 0, q, -a, -b}, make([]float64, 3))
		r := forced(t, n, ballAt(t, norm, 2, 0, 1), enumerate.Forced{NoVertices: true})
		require.EqualValues(t, 6, r.Lower.Int64(), norm)
		require.Positive(t, r.Decisions.Solve, norm)
		require.EqualValues(t, 6, prove(t, n, ballAt(t, norm, 2, 0, 1), 1, 0).result.Lower.Int64())
	}
}

// Below 2⁻⁶⁰ a solver in floats sees nothing.
func TestSolveDecidesSlivers(t *testing.T) {
	for _, norm := range norms {
		n, _ := gen.ParallelSlivers(7)
		r := forced(t, n, ballAt(t, norm, 2, 0, 1), enumerate.Forced{NoVertices: true})
		require.EqualValues(t, 8, r.Lower.Int64(), norm)
		require.Positive(t, r.Decisions.Solve, norm)
	}
}

// A cap of height 5·10⁻¹⁷ has no float64 point; its witness has more bits.
func TestSolveDecidesACapWithoutFloatPoints(t *testing.T) {
	n := planes(t, []float64{1, 1}, []float64{-math.Nextafter(math.Sqrt2, 0)})
	r := count(t, n, ballAt(t, ball.L2, 2, 0, 1), 1)
	require.EqualValues(t, 2, r.Lower.Int64())
	require.Positive(t, r.Decisions.Solve)
}

// Exact tangency is decided by integers, at every rational point of contact.
func TestIntegersDecideTangency(t *testing.T) {
	for _, m := range [][3]float64{{3, 4, 5}, {5, 12, 13}, {8, 15, 17}, {20, 21, 29}} {
		n := planes(t, m[:2], []float64{-m[2]})
		r := count(t, n, ballAt(t, ball.L2, 2, 0, 1), 1)
		require.EqualValues(t, 1, r.Lower.Int64(), m)
		require.Equal(t, enumerate.Decisions{Float: 1, Integer: 1}, r.Decisions, fmt.Sprint(m))
	}
}

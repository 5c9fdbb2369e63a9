package enumerate_test

// Lines in integers alone, against intervals in fractions and the other trees.

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// shownOnLine are the patterns of a line's regions, and their points.
type shownOnLine struct{ regions []enumerate.Region }

func (v *shownOnLine) Region(r enumerate.Region) { v.regions = append(v.regions, r) }
func (v *shownOnLine) Fork() enumerate.Visitor   { return new(shownOnLine) }
func (v *shownOnLine) Join(o enumerate.Visitor) {
	v.regions = append(v.regions, o.(*shownOnLine).regions...)
}

func TestLinesInIntegersAreTheIntervals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, 1, 1, 16)
		if rapid.Bool().Draw(t, "units that differ") {
			c.Net = drawMixed(t, 1, 12)
		}
		want, err := twin.Intervals(c.Net, c.Ball)
		require.NoError(t, err)
		for _, workers := range []int{1, 4} {
			seen := new(shownOnLine)
			r, err := enumerate.CountInIntegers(c.Net, c.Ball, enumerate.Options{Workers: workers, Visitor: seen})
			require.NoError(t, err)
			require.True(t, r.Exact)
			require.Equal(t, int64(len(want)), r.Lower.Int64())
			require.Len(t, seen.regions, len(want))
			for i, s := range seen.regions { // both walk the minus side first
				require.Equal(t, want[i].Pattern.String(), s.Pattern.String())
				_, pattern := c.Net.ForwardExact(s.Point())
				require.Equal(t, pattern.String(), s.Pattern.String())
				require.True(t, c.Ball.Interior(ball.RatsOf(s.Point())))
			}
		}
		limit := rapid.Int64Range(1, 6).Draw(t, "limit")
		r, err := enumerate.CountInIntegers(c.Net, c.Ball, enumerate.Options{Workers: 1, Limit: limit})
		require.NoError(t, err)
		require.LessOrEqual(t, r.Lower.Int64(), int64(len(want)))
		require.GreaterOrEqual(t, r.Upper.Int64(), int64(len(want)))
	})
}

// Numbers at both ends of the range, and the widest and the narrowest boxes there are: by integers
// alone, and by vertices with integers where floats say nothing.
func TestLinesOfExtremeNetworks(t *testing.T) {
	cases, integers := uint64(200), int64(0)
	if soak() {
		cases = 8000
	}
	least := math.SmallestNonzeroFloat64
	boxes := [][2]float64{{-math.MaxFloat64, math.MaxFloat64}, {-math.MaxFloat64, least}, {0, least}, {-least, 0x1p-1022}, {1, math.Nextafter(1, 2)}}
	for seed := range cases {
		c := gen.ExtremeCase(gen.NewRand(seed))
		if c.Net.Inputs() > 1 {
			continue
		}
		narrow := boxes[seed%uint64(len(boxes))]
		box, err := ball.NewBox(narrow[:1], narrow[1:])
		require.NoError(t, err)
		for _, b := range []ball.Ball{c.Ball, box} {
			want, err := twin.Intervals(c.Net, b)
			require.NoError(t, err)
			for _, alone := range []bool{true, false} {
				seen := new(shownOnLine)
				opt, count := enumerate.Options{Workers: 1, Visitor: seen}, enumerate.CountInIntegers
				if !alone {
					opt.Workers = 2
					count = func(n *network.Network, b ball.Ball, o enumerate.Options) (enumerate.Result, error) {
						return enumerate.Count(context.Background(), n, b, o)
					}
				}
				r, err := count(c.Net, b, opt)
				require.NoError(t, err, "seed %d in %v", seed, b)
				require.True(t, r.Exact)
				require.Equal(t, int64(len(want)), r.Lower.Int64(), "seed %d in %v", seed, b)
				require.Len(t, seen.regions, len(want))
				for _, s := range seen.regions {
					_, pattern := c.Net.ForwardExact(s.Point())
					require.Equal(t, pattern.String(), s.Pattern.String())
					require.True(t, b.Interior(ball.RatsOf(s.Point())))
				}
				integers += r.Decisions.Integer
			}
		}
	}
	require.Positive(t, integers)
}

// chaotic are forty layers of sixteen units with weights of deviation 2, of whose last layers
// floats know no sign.
func chaotic(seed uint64) *network.Network {
	const units, layers = 16, 40
	rng := gen.NewRand(seed)
	draw := func(n int, deviation float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(float32(deviation * rng.NormFloat64()))
		}
		return v
	}
	all := []network.Layer{gen.ReLU(draw(units, 1), draw(units, 1))}
	for range layers - 1 {
		all = append(all, gen.ReLU(draw(units*units, 2), draw(units, 0.25)))
	}
	return gen.Build(all...)
}

// A deep map, all of whose signs floats know, in integers.
func TestTentsInIntegers(t *testing.T) {
	n, b := gen.TentMap(10)
	r, err := enumerate.CountInIntegers(n, b, enumerate.Options{Workers: 2})
	require.NoError(t, err)
	require.Equal(t, count(t, n, b, 2).Lower, r.Lower)
}

func TestDeepLinesByEitherTree(t *testing.T) { deepLines(t, 1, 1.0/16) }

func TestSoakDeepLinesByEitherTree(t *testing.T) {
	if !soak() {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
	deepLines(t, 8, 0.5)
}

// deepLines counts by vertices, with integers where floats lose the signs, by integers alone, and
// by intervals in fractions; and has a proof, which is the solver's, audited.
func deepLines(t *testing.T, nets uint64, radius float64) {
	floats, integers := int64(0), int64(0)
	for seed := range nets {
		n, b := chaotic(seed), ballAt(t, ball.LInf, 1, 0, radius)
		want, err := twin.CountIntervals(n, b)
		require.NoError(t, err)
		alone, err := enumerate.CountInIntegers(n, b, enumerate.Options{Workers: 1})
		require.NoError(t, err)
		require.Equal(t, want, alone.Lower)
		for _, workers := range []int{1, 3} {
			seen := new(shownOnLine)
			mixed, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: workers, Visitor: seen})
			require.NoError(t, err)
			require.True(t, mixed.Exact)
			require.Equal(t, want, mixed.Lower)
			require.Zero(t, mixed.Questions)
			floats, integers = floats+mixed.Decisions.Float, integers+mixed.Decisions.Integer
			for _, s := range seen.regions {
				_, pattern := n.ForwardExact(s.Point())
				require.Equal(t, pattern.String(), s.Pattern.String())
			}
		}
		require.NoError(t, crosscheck.Audit(context.Background(), n, b, want))
	}
	require.Positive(t, floats)
	require.Positive(t, integers)
}

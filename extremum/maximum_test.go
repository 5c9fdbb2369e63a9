package extremum

import (
	"context"
	"math"
	"math/big"
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/looks"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// TestMaximumIsThatOfTheVertices holds the search to all vertices of all regions, each evaluated by
// the network itself.
func TestMaximumIsThatOfTheVertices(t *testing.T) { againstVertices(t, 0, 120) }

func TestSoakMaximumIsThatOfTheVertices(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
	againstVertices(t, 1000, 5000)
}

func againstVertices(t *testing.T, first, count int64) {
	for seed := first; seed < first+count; seed++ {
		n, f, b := drawn(seed, []ball.Norm{ball.LInf, ball.L1, ball.Box}[seed%3])
		top, err := Maximum(anything, n, b, f, Options{})
		require.NoError(t, err)
		low, err := Minimum(anything, n, b, f)
		require.NoError(t, err)
		require.True(t, top.Exact() && low.Exact())
		var most, least *big.Rat
		for _, r := range regions(t, n, b) {
			list, err := r.VerticesExact()
			require.NoError(t, err)
			for _, v := range list {
				y := f.At(twin.Forward(n, v.X))
				if most == nil || most.Cmp(y) < 0 {
					most = y
				}
				if least == nil || least.Cmp(y) > 0 {
					least = y
				}
			}
		}
		require.Equal(t, most.RatString(), top.Lower.RatString(), "seed %d", seed)
		require.Equal(t, least.RatString(), low.Lower.RatString(), "seed %d", seed)
		for _, e := range []Extreme{top, low} {
			require.True(t, b.Contains(e.Point))
			require.Equal(t, e.Lower.RatString(), f.At(twin.Forward(n, e.Point)).RatString())
		}
	}
}

func TestMaximumInRoundBalls(t *testing.T) {
	for seed := range int64(60) {
		n, f, b := drawn(seed, ball.L2)
		e, err := Maximum(anything, n, b, f, Options{})
		require.NoError(t, err)
		require.True(t, b.Contains(e.Point))
		require.Equal(t, e.Lower.RatString(), f.At(twin.Forward(n, e.Point)).RatString())
		require.LessOrEqual(t, e.Lower.Cmp(e.Upper), 0)
		if b.Dim() > 1 {
			next := math.Nextafter(dyadic.DownRat(e.Lower), math.Inf(1))
			require.LessOrEqual(t, e.Upper.Cmp(rat(next)), 0, "seed %d: %v %v", seed, e.Lower, e.Upper)
		} else {
			require.True(t, e.Exact())
		}
		r := rand.New(rand.NewSource(seed))
		for range 50 {
			require.LessOrEqual(t, f.At(twin.Forward(n, within(r, b))).Cmp(e.Upper), 0)
		}
	}
}

// TestMaximumIsProved has the proof of a count show that no output exceeds the maximum, and not
// that none exceeds the float below the value that is attained.
func TestMaximumIsProved(t *testing.T) {
	for seed := range int64(24) {
		n, f, b := drawn(seed, []ball.Norm{ball.LInf, ball.L1, ball.Box, ball.L2}[seed%4])
		row := make([]float64, len(f.C))
		for i := range row {
			row[i] = float64(i%3) - 0.5
			f.C[i] = rat(row[i])
		}
		f.Offset = new(big.Rat)
		e, err := Maximum(anything, n, b, f, Options{})
		require.NoError(t, err)
		p, err := network.Property(n, [][]float64{row, row}, []float64{dyadic.UpRat(e.Upper), math.Nextafter(dyadic.DownRat(e.Lower), math.Inf(-1))})
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), "proof")
		_, err = proof.Prove(context.Background(), p, b, path, enumerate.Options{Workers: 1})
		require.NoError(t, err)
		text := p.Canonical()
		rep, err := certificate.Check(text, path, certificate.Options{Workers: 1})
		require.NoError(t, err)
		require.True(t, rep.NeverOn(n.Neurons()), "seed %d", seed)
		require.False(t, rep.NeverOn(n.Neurons()+1), "seed %d", seed)
	}
}

func TestAtLeastEndsTheSearch(t *testing.T) {
	n, b := gen.TentMap(6)
	f, err := ParseForm("y0", 1)
	require.NoError(t, err)
	all, err := Maximum(anything, n, b, f, Options{})
	require.NoError(t, err)
	require.Equal(t, "1", all.Lower.RatString())
	some, err := Maximum(anything, n, b, f, Options{AtLeast: big.NewRat(1, 2)})
	require.NoError(t, err)
	require.Nil(t, some.Upper)
	require.GreaterOrEqual(t, some.Lower.Cmp(big.NewRat(1, 2)), 0)
	require.Less(t, some.Regions, all.Regions)
}

// In an l2 ball the maximum is known between two floats, and what a user asks for may be there too:
// that no point has it was said, where one has.
func TestAtLeastTheMaximumItself(t *testing.T) {
	// 3x + 4y on the unit ball: 5, at (3/5, 4/5). |x| + |y|: √2, between floats.
	b := gen.Must(ball.New(ball.L2, []float64{0, 0}, 1))
	line := gen.Build(gen.ReLU([]float64{3, 4}, []float64{0}), gen.Affine([]float64{1}, []float64{0}))
	f, err := ParseForm("y0", 1)
	require.NoError(t, err)
	little := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 200))
	five := big.NewRat(5, 1)
	for _, v := range []*big.Rat{five, new(big.Rat).Sub(five, little)} {
		e, err := Maximum(anything, line, b, f, Options{AtLeast: v})
		require.NoError(t, err)
		require.Nil(t, e.Upper)
		require.GreaterOrEqual(t, e.Lower.Cmp(v), 0)
		require.Zero(t, e.Lower.Cmp(f.At([]*big.Rat{new(big.Rat).Add(new(big.Rat).Mul(big.NewRat(3, 1), e.Point[0]), new(big.Rat).Mul(big.NewRat(4, 1), e.Point[1]))})))
		require.LessOrEqual(t, new(big.Rat).Add(new(big.Rat).Mul(e.Point[0], e.Point[0]), new(big.Rat).Mul(e.Point[1], e.Point[1])).Cmp(big.NewRat(1, 1)), 0)
	}
	e, err := Maximum(anything, line, b, f, Options{AtLeast: new(big.Rat).Add(five, little)})
	require.NoError(t, err)
	require.NotNil(t, e.Upper)
	require.Negative(t, e.Lower.Cmp(new(big.Rat).Add(five, little)))

	// Corners of a region inside the ball, and on its sphere.
	corner := gen.Build(gen.ReLU([]float64{1, 0, 0, 1}, []float64{-0.5, -0.25}), gen.Affine([]float64{-1, -1}, []float64{0.25}))
	e, err = Maximum(anything, corner, b, f, Options{AtLeast: big.NewRat(1, 4)})
	require.NoError(t, err)
	require.Equal(t, "1/4", e.Lower.RatString())
	require.Nil(t, e.Upper)
}

func TestAMaximumThatIsConstant(t *testing.T) {
	n := gen.Build(gen.ReLU([]float64{1, 1}, []float64{-9}), gen.Affine([]float64{1}, []float64{0.1}))
	f, err := ParseForm("y0", 1)
	require.NoError(t, err)
	e, err := Maximum(anything, n, gen.Must(ball.New(ball.L2, []float64{0, 0}, 1)), f, Options{})
	require.NoError(t, err)
	require.True(t, e.Exact())
	require.Equal(t, rat(0.1).RatString(), e.Lower.RatString())
}

func TestBeyondFloats(t *testing.T) {
	n := gen.Build(gen.ReLU([]float64{1e200, 1}, []float64{0}), gen.Affine([]float64{1e200}, []float64{0}))
	f, err := ParseForm("y0", 1)
	require.NoError(t, err)
	_, err = Maximum(anything, n, gen.Must(ball.New(ball.L2, []float64{0, 0}, 1)), f, Options{})
	require.ErrorContains(t, err, "beyond the range of float64")
	e, err := Maximum(anything, n, gen.Must(ball.New(ball.LInf, []float64{0, 0}, 1)), f, Options{})
	require.NoError(t, err)
	require.True(t, e.Exact() && e.Lower.Cmp(rat(math.MaxFloat64)) > 0)
}

func TestAStoppedSearchIsAnError(t *testing.T) {
	n, b := gen.TentMap(6)
	f, err := ParseForm("y0", 1)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(anything)
	cancel()
	_, err = Maximum(ctx, n, b, f, Options{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestFloatsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b")
		if a > b {
			a, b = b, a
		}
		m := between(a, b)
		require.True(t, a <= m && m <= b, "%v %v %v", a, m, b)
		if math.Nextafter(a, b) < b {
			require.True(t, a < m && m < b || a == 0 && m == 0, "%v %v %v", a, m, b)
		}
		require.Equal(t, a, unordered(ordered(a)))
	})
}

// Several forms in one walk have the extremes that each has in a walk of its own.
func TestMaximaOfSeveralForms(t *testing.T) {
	for seed := range int64(30) {
		n, f, b := drawn(seed, []ball.Norm{ball.LInf, ball.L1, ball.Box, ball.L2}[seed%4])
		list := []Form{f, f.Neg(), {C: f.C, Offset: big.NewRat(1, 7)}}
		all, err := Maxima(anything, n, b, list, Options{})
		require.NoError(t, err)
		for i, g := range list {
			one, err := Maximum(anything, n, b, g, Options{})
			require.NoError(t, err)
			require.Equal(t, one, all[i])
		}
	}
	_, err := Maxima(anything, gen.Build(gen.Affine([]float64{1}, []float64{0})), gen.AtOrigin(ball.L2, 1), []Form{{}}, Options{})
	require.ErrorContains(t, err, "a form of 0 outputs, expected 1")
}

// Above tells the maximum itself from what is less, in all balls, and says nothing else.
func TestAboveIsDecided(t *testing.T) {
	for seed := range int64(60) {
		n, f, b := drawn(seed, []ball.Norm{ball.LInf, ball.L1, ball.Box, ball.L2}[seed%4])
		top, err := Maximum(anything, n, b, f, Options{})
		require.NoError(t, err)
		e, err := Maximum(anything, n, b, f, Options{Above: top.Upper})
		require.NoError(t, err)
		require.Equal(t, top.Upper, e.Upper)
		require.Nil(t, e.Lower)
		less := new(big.Rat).Sub(top.Lower, big.NewRat(1, 1<<40))
		e, err = Maximum(anything, n, b, f, Options{Above: less})
		require.NoError(t, err)
		require.Nil(t, e.Upper)
		require.Greater(t, e.Lower.Cmp(less), 0)
		require.True(t, b.Contains(e.Point))
		require.Equal(t, e.Lower.RatString(), f.At(twin.Forward(n, e.Point)).RatString())
	}
}

// A network less itself is 0 in every region, of which no programme is asked.
func TestADifferenceOfEqualNetworksIsZero(t *testing.T) {
	for seed := range int64(20) {
		n, _, b := drawn(seed, []ball.Norm{ball.LInf, ball.L1, ball.Box, ball.L2}[seed%4])
		d, err := network.Difference(n, n)
		require.NoError(t, err)
		f, err := ParseForm("y0", n.Outputs())
		require.NoError(t, err)
		for _, g := range []Form{f, f.Neg()} {
			e, err := Maximum(anything, d, b, g, Options{})
			require.NoError(t, err)
			require.True(t, e.Exact())
			require.Zero(t, e.Lower.Sign())
			require.True(t, b.Contains(e.Point))
		}
	}
}

// A region's constraints, the programme over it and the nearest change of class in it were computed
// to their end.
func TestARegionIsLeftAtAStop(t *testing.T) {
	n := gen.Build(gen.ReLU([]float64{1, 2, -1, 1, 1, 3}, []float64{3, 3, 5}), gen.Affine([]float64{1, -1, 1}, []float64{9}))
	f, b := Form{C: []*big.Rat{big.NewRat(1, 3)}, Offset: new(big.Rat)}, gen.Must(ball.New(ball.LInf, []float64{0, 0.5}, 1))
	r := regions(t, n, b)[0]
	for name, ask := range map[string]func(c *looks.Context) error{
		"maximum": func(c *looks.Context) error {
			s := &search{stops: stops{c}, form: f, filter: newFilter(f, b, nil), floor: math.Inf(-1)}
			return s.region(r)
		},
		"l2": func(c *looks.Context) error {
			s := &search{stops: stops{c}, form: f, filter: newFilter(f, b, nil), floor: math.Inf(-1), round: true}
			return s.region(r)
		},
		"nearest change": func(c *looks.Context) error {
			s := &change{stops: stops{c}, net: n, center: ball.Rats(b.Center()), found: Radius{Upper: math.Inf(1)}}
			s.forms, s.others = []Form{f}, []int{0}
			return s.project(metrics[ball.L2], r, 0, b.Radius())
		},
		"nearest change in l1": func(c *looks.Context) error {
			s := &change{stops: stops{c}, net: n, center: ball.Rats(b.Center()), found: Radius{Upper: math.Inf(1)}}
			s.forms, s.others = []Form{f.Neg()}, []int{0} // the change is everywhere, so that all programmes are asked
			return s.project(metrics[ball.L1], regions(t, n, gen.Must(ball.New(ball.L1, b.Center(), 1)))[0], 0, 1)
		},
	} {
		c := looks.Counting(anything)
		require.NoError(t, ask(c), name)
		taken := c.Made()
		require.Greater(t, taken, n.Neurons(), name)
		for most := range taken {
			require.ErrorIs(t, ask(looks.After(anything, most)), context.Canceled, "%s after %d looks", name, most)
		}
	}
}

func TestOutputsOfAMap(t *testing.T) {
	for seed := range int64(20) {
		n, _, b := drawn(seed, ball.LInf)
		for _, r := range regions(t, n, b) {
			x := ball.RatsOf(r.Point())
			r.AffineIntegers(func(rows [][]*big.Int, exp int) {
				require.Equal(t, fractions(twin.Forward(n, x)), fractions(outputs(rows, exp, x)))
			})
		}
	}
}

func fractions(x []*big.Rat) (s []string) {
	for _, v := range x {
		s = append(s, v.RatString())
	}
	return s
}

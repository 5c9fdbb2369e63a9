// The derived bounds at the edges of their domains: where products overflow or underflow, and where
// a denominator may vanish.

package bound

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

func dense(act network.Activation, slope float64, bias []float64, weights ...float64) network.Layer {
	return network.Layer{W: mat.NewDense(len(bias), len(weights)/len(bias), weights), B: bias, Act: act, Slope: slope}
}

func onLine(t *testing.T, c, r float64, ls ...network.Layer) *analysis {
	n, err := network.New(ls)
	require.NoError(t, err)
	b, err := ball.New(ball.LInf, []float64{c}, r)
	require.NoError(t, err)
	a := newAnalysis(n, b)
	require.NoError(t, a.pass(context.Background()))
	return a
}

// TestASlopeThatOverflowsIsNotAZeroDistance: the first neuron's gradient, 1, is infinite in floats
// on the way; its distance ½ seemed to be next to 0, which left the nearer boundary out: one region
// where there are two.
func TestASlopeThatOverflowsIsNotAZeroDistance(t *testing.T) {
	a := onLine(t, 0, 0.375,
		dense(network.None, 0, make([]float64, 7), 0x1p1023, 0x1p1023, 0x1p1023, 0x1p1023, 0x1p1023, 0x1p1023, 1),
		dense(network.ReLU, 0, []float64{-0.5, -0.5}, 1, 1, 1, -1, -1, -1, 1, 0, 0, 0, 0, 0, 0, 2))
	d, err := a.nearestBoundary(context.Background())
	require.NoError(t, err)
	require.Equal(t, 1, d.Neuron)
	require.Equal(t, [2]float64{0.25, 0.25}, [2]float64{d.Lower, d.Upper})
	one, err := a.single(context.Background())
	require.NoError(t, err)
	require.False(t, one)
}

func TestBracketOfARatioAtTheEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name              string
		v                 bracket
		size, err         float64
		leastLow, mostLow float64
		leastHigh         float64
	}{
		{"plain", bracket{1, 1, 1}, 2, 0, 0.49, 0.5, 0.5},
		{"an infinite size", bracket{1, 1, 1}, inf, 0, 0, 0, inf},
		{"no size", bracket{1, 1, 1}, nan, 0, 0, 0, inf},
		{"an infinite error", bracket{1, 1, 1}, 1, inf, 0, 0, inf},
		{"no error", bracket{1, 1, 1}, 1, nan, 0, 0, inf},
		{"an error that cancels the size", bracket{1, 1, 1}, 1, 1, 0.49, 0.5, inf},
		{"an error above the size", bracket{1, 1, 1}, 1, 2, 0.33, 1.0 / 3, inf},
		{"a size near underflow", bracket{0x1p-1074, 0x1p-1074, 1}, 0x1p-1074, 0, 0, 1, inf},
		{"a value beyond floats", bracket{math.MaxFloat64, inf, 1}, 1, 0, 0, math.MaxFloat64, inf},
		{"a value below floats", bracket{0, 0x1p-1074, 1}, 1, 0, 0, 0x1p-1074, 0x1p-1074},
	} {
		low, high := bracketRatio(c.v, c.size, c.err, 1)
		require.GreaterOrEqual(t, low, c.leastLow, c.name)
		require.LessOrEqual(t, low, c.mostLow, c.name)
		require.GreaterOrEqual(t, high, c.leastHigh, c.name)
	}
}

// TestAMiddleThatOverflowsSettlesNothing: of a zonotope's middle that is infinite by one of its
// terms, nothing is known.
func TestAMiddleThatOverflowsSettlesNothing(t *testing.T) {
	a := onLine(t, 0, 1, dense(network.ReLU, 0, []float64{1}, 1))
	for _, mid := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} {
		z := newZono(1, 1)
		z.mid[0], z.g.Data[0] = mid, 1
		_, zs := a.zonoSpans(0, z, []span{{-3, 3}}, []status{unsettled})
		require.Equal(t, []span{{-3, 3}}, zs, "%g", mid)
	}
}

// TestASampleThatOverflowsIsDecidedExactly: z = −1 everywhere, but floats add up to ±∞ on the way
// there, and the sample found two patterns where there is one region.
func TestASampleThatOverflowsIsDecidedExactly(t *testing.T) {
	six := []float64{0x1p1023, 0x1p1023, 0x1p1023, 0x1p1023, 0x1p1023, 0x1p1023}
	a := onLine(t, 0, 1,
		dense(network.None, 0, make([]float64, 6), six...),
		dense(network.ReLU, 0, []float64{-1}, 1, 1, 1, -1, -1, -1))
	ws, err := Sample(context.Background(), a.net, a.ball, 64, 1)
	require.NoError(t, err)
	require.Len(t, ws, 1)
	require.Equal(t, "-", ws[0].Pattern.String())
}

// extreme draws a float64 of any exponent, most of all at the edges of the range.
func extreme(t *rapid.T, name string) float64 {
	e := rapid.SampledFrom([]int{-1074, -1070, -1022, -1000, -540, -60, 0, 40, 510, 960, 1020}).Draw(t, name+" exponent")
	m := 1 + rapid.Float64Range(0, 1).Draw(t, name+" mantissa")
	if rapid.Bool().Draw(t, name+" sign") {
		m = -m
	}
	return math.Ldexp(m, e)
}

// TestDeviateBoundsItsError at extreme slopes, values and deviations, against fractions.
func TestDeviateBoundsItsError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		below := extreme(t, "slope")
		if rapid.Bool().Draw(t, "relu") {
			below = 0
		}
		exact := new(big.Rat).Mul(ratOf(extreme(t, "v")), ratOf(extreme(t, "part"))) // mostly no float64
		n, exp := exact.Num(), 1-exact.Denom().BitLen()
		lo, hi := dyadic.DownInt(n, exp), dyadic.UpInt(n, exp)
		v := bracket{lo, hi, exact.Sign()}
		d := extreme(t, "d")
		sum := new(big.Rat).Add(exact, ratOf(d))
		got, lost := deviate(below, v, int8(max(sum.Sign(), -1)), d, 0)
		if sum.Sign() == 0 || math.IsInf(lost, 1) || math.IsNaN(lost) {
			return
		}
		act := func(z *big.Rat) *big.Rat {
			if z.Sign() > 0 {
				return new(big.Rat).Set(z)
			}
			return new(big.Rat).Mul(z, ratOf(below))
		}
		off := act(sum)
		off.Sub(off, act(exact)).Sub(off, ratOf(got)).Abs(off)
		require.LessOrEqual(t, off.Cmp(ratOf(lost)), 0)
	})
}

// TestShareIsAnUpperBound, also where 2⁻⁵² of a factor underflows.
func TestShareIsAnUpperBound(t *testing.T) {
	require.Zero(t, shareUp(0, math.Inf(1)))
	rapid.Check(t, func(t *rapid.T) {
		a, b := math.Abs(extreme(t, "a")), math.Abs(extreme(t, "b"))
		share := shareUp(a, b)
		if math.IsInf(share, 1) {
			return
		}
		want := new(big.Rat).Mul(ratOf(a), ratOf(b))
		require.GreaterOrEqual(t, ratOf(share).Cmp(want.Mul(want, ratOf(0x1p-52))), 0)
	})
}

// TestSumsAndNormsAreUpperBounds at any exponents, against fractions.
func TestSumsAndNormsAreUpperBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		x, h := make([]float64, n), make([]float64, n)
		products, squares := new(big.Rat), new(big.Rat)
		for k := range x {
			x[k], h[k] = extreme(t, "x"), math.Abs(extreme(t, "h"))
			p := new(big.Rat).Mul(ratOf(math.Abs(x[k])), ratOf(h[k]))
			products.Add(products, p)
			squares.Add(squares, new(big.Rat).Mul(ratOf(x[k]), ratOf(x[k])))
		}
		if s := sumAbsUp(x, h); !math.IsInf(s, 1) {
			require.GreaterOrEqual(t, ratOf(s).Cmp(products), 0)
		}
		if s := norm2Up(x); !math.IsInf(s, 1) {
			require.GreaterOrEqual(t, new(big.Rat).Mul(ratOf(s), ratOf(s)).Cmp(squares), 0)
		}
		if s := spectralOf(t, [][]float64{x}); !math.IsInf(s, 1) {
			require.GreaterOrEqual(t, new(big.Rat).Mul(ratOf(s), ratOf(s)).Cmp(squares), 0)
		}
	})
}

// TestAwayKnowsItsDomain: from 2⁴⁰ terms on nothing is derived.
func TestAwayKnowsItsDomain(t *testing.T) {
	require.Less(t, away(1, mostTerms-1), 1.001)
	require.Equal(t, math.Inf(1), away(1, mostTerms))
	require.Equal(t, math.Inf(-1), away(-1, mostTerms))
	require.Positive(t, away(0, 1))
	require.Equal(t, math.Inf(1), away(math.Inf(1), 1))
}

// TestSpectralNormOfRowsThatUnderflow: the rows of a leaky layer, scaled by its slope, may all be
// rounded to multiples of 2⁻¹⁰⁷⁴ outward, and larger entries can have the smaller norm. The true
// norm is at least that of the image of any vector; signs are tried.
func TestSpectralNormOfRowsThatUnderflow(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	for range 300 {
		m, n := 1+rng.IntN(6), 1+rng.IntN(6)
		slope := math.Ldexp(1+rng.Float64(), -80-rng.IntN(10))
		l := network.Layer{W: mat.NewDense(m, n, nil), B: make([]float64, m), Act: network.LeakyReLU, Slope: slope}
		l.Dense().Apply(func(_, _ int, _ float64) float64 { return math.Ldexp(rng.NormFloat64(), -985-rng.IntN(20)) }, l.W)
		units := make([]status, m)
		for j := range units {
			units[j] = inactive
		}
		s := spectralOf(t, maskedRows(l, units, nil))
		bound := new(big.Rat).Mul(ratOf(s), ratOf(s))
		bound.Mul(bound, big.NewRat(int64(n), 1))
		for signs := range 1 << n {
			image := new(big.Rat) // ‖slope·W·x‖², ‖x‖² = n
			for j := range m {
				z := new(big.Rat)
				for k, w := range l.W.RawRowView(j) {
					z.Add(z, ratOf(w*float64(1-2*(signs>>k&1))))
				}
				z.Mul(z, ratOf(slope))
				image.Add(image, z.Mul(z, z))
			}
			require.GreaterOrEqual(t, bound.Cmp(image), 0)
		}
	}
}

// TestPhiEnclosesAtTheEdges: any finite λ, and a chord that is always finite.
func TestPhiEnclosesAtTheEdges(t *testing.T) {
	for _, lambda := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} {
		require.Equal(t, rng{math.Inf(-1), math.Inf(1)}, phi(0, lambda, bracket{1, 1, 1}, span{0, 0}))
	}
	rapid.Check(t, func(t *rapid.T) {
		alpha, value := extreme(t, "alpha"), extreme(t, "v")
		v := bracket{value, value, 1}
		if value < 0 {
			v.sign = -1
		}
		z := span{-math.Abs(extreme(t, "lo")), math.Abs(extreme(t, "hi"))}
		lambda := chord(alpha, v, z)
		require.LessOrEqual(t, math.Abs(lambda), math.MaxFloat64)
		if rapid.Bool().Draw(t, "another") {
			lambda = extreme(t, "lambda")
		}
		got := phi(alpha, lambda, v, z)
		act := func(z *big.Rat) *big.Rat {
			if z.Sign() > 0 {
				return new(big.Rat).Set(z)
			}
			return new(big.Rat).Mul(z, ratOf(alpha))
		}
		for _, delta := range []float64{z.lo, z.hi, min(max(-value, z.lo), z.hi)} {
			want := act(new(big.Rat).Add(ratOf(value), ratOf(delta)))
			want.Sub(want, act(ratOf(value))).Sub(want, new(big.Rat).Mul(ratOf(lambda), ratOf(delta)))
			require.True(t, !(got.lo > -math.MaxFloat64) || ratOf(got.lo).Cmp(want) <= 0)
			require.True(t, !(got.hi < math.MaxFloat64) || ratOf(got.hi).Cmp(want) >= 0)
		}
	})
}

// TestRankOfAWideRangeIsNotEliminated: integers of thousands of bits would take a minute; the rank
// is then bounded by the size.
func TestRankOfAWideRangeIsNotEliminated(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	square := func(n, span int) [][]float64 {
		rows := make([][]float64, n)
		for i := range rows {
			rows[i] = make([]float64, n)
			for j := range rows[i] {
				rows[i][j] = math.Ldexp(1+rng.Float64(), rng.IntN(2*span)-span)
			}
		}
		copy(rows[n-1], rows[n-2])
		return rows
	}
	require.Equal(t, 57, rankOf(t, square(58, 1)))
	require.Equal(t, 58, rankOf(t, square(58, 1000)))
	require.Equal(t, 4, rankOf(t, square(5, 1000)))
	require.Equal(t, 1.0, words([][]float64{{0, 1}}))
	require.Equal(t, 2098.0/64, words([][]float64{{math.MaxFloat64, 0x1p-1074}}))
}

func spectralOf(t require.TestingT, rows [][]float64) float64 {
	s, err := spectralUp(context.Background(), rows)
	require.NoError(t, err)
	return s
}

func rankOf(t require.TestingT, rows [][]float64) int {
	r, err := rankUpper(context.Background(), rows)
	require.NoError(t, err)
	return r
}

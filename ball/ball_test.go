package ball

// The exact tests against definitions, and every bad input against its
// message.

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func mustNew(t require.TestingT, norm Norm, c []float64, r float64) Ball {
	b, err := New(norm, c, r)
	require.NoError(t, err)
	return b
}

func mustBox(t require.TestingT, lo, hi []float64) Ball {
	b, err := NewBox(lo, hi)
	require.NoError(t, err)
	return b
}

func TestTangentBall(t *testing.T) {
	g, h := Rats([]float64{3, 4}), big.NewRat(-5, 1)
	require.True(t, mustNew(t, L2, []float64{0, 0}, 1).NonPositive(g, h))
	require.False(t, mustNew(t, L2, []float64{0, 0}, math.Nextafter(1, 2)).NonPositive(g, h))
	require.False(t, mustNew(t, LInf, []float64{0, 0}, 1).NonPositive(g, h))
	require.True(t, mustNew(t, LInf, []float64{0, 0}, 1).NonPositive(g, big.NewRat(-7, 1)))
	require.True(t, mustNew(t, L1, []float64{0, 0}, 1).NonPositive(g, big.NewRat(-4, 1)))
	require.False(t, mustNew(t, L1, []float64{0, 0}, math.Nextafter(1, 2)).NonPositive(g, big.NewRat(-4, 1)))
	box := mustBox(t, []float64{-1, 0}, []float64{0.5, 2})
	require.True(t, box.NonPositive(g, big.NewRat(-19, 2)))
	require.False(t, box.NonPositive(g, new(big.Rat).Add(big.NewRat(-19, 2), big.NewRat(1, 1<<62))))
}

// x₁+x₂−1.5 cuts [−1,1]² though 1.5 > √2: an l2 reasoning has no place in a box.
func TestBoxIsNotItsDisc(t *testing.T) {
	g, h := Rats([]float64{1, 1}), big.NewRat(-3, 2)
	require.False(t, mustBox(t, []float64{-1, -1}, []float64{1, 1}).NonPositive(g, h))
	require.True(t, mustNew(t, L2, []float64{0, 0}, 1).NonPositive(g, h))
}

func TestTinyRadiusFarCentre(t *testing.T) {
	c, r := 1e6, math.Ldexp(1, -80)
	for _, norm := range []Norm{L2, LInf, L1} {
		b := mustNew(t, norm, []float64{c}, r)
		require.True(t, b.Interior(Rats([]float64{c})))
		edge := RatsOf(b.Point([]float64{1}))
		require.True(t, b.Contains(edge))
		require.False(t, b.Interior(edge))
		require.True(t, b.Interior(RatsOf(b.Point([]float64{-0.75}))))
		require.False(t, b.Contains(RatsOf(b.Point([]float64{math.Nextafter(1, 2)}))))
	}
}

func TestMidOfABoxIsExact(t *testing.T) {
	for _, c := range [][2]float64{
		{1, math.Nextafter(1, 2)},
		{-math.MaxFloat64, math.SmallestNonzeroFloat64},
		{math.MaxFloat64 / 2, math.MaxFloat64},
		{0, math.SmallestNonzeroFloat64},
		{-3, 3},
	} {
		b := mustBox(t, []float64{c[0]}, []float64{c[1]})
		lo, hi := RatsOf(b.Point([]float64{-1}))[0], RatsOf(b.Point([]float64{1}))[0]
		require.Zero(t, lo.Cmp(Rats(c[:1])[0]), "%v", c)
		require.Zero(t, hi.Cmp(Rats(c[1:])[0]), "%v", c)
		mid := RatsOf(b.Mid())[0]
		require.Zero(t, new(big.Rat).Add(mid, mid).Cmp(new(big.Rat).Add(lo, hi)))
		require.Equal(t, 1, b.Scale()[0].Sign())
	}
}

// drawBall draws a ball with dyadic data of a few bits, and its dimension.
func drawBall(t *rapid.T) (Ball, int) {
	n := rapid.IntRange(1, 4).Draw(t, "n")
	eighths := func(name string) float64 { return float64(rapid.IntRange(-16, 16).Draw(t, name)) / 8 }
	norm := rapid.SampledFrom([]Norm{L2, LInf, L1, Box}).Draw(t, "norm")
	c, hi := make([]float64, n), make([]float64, n)
	for k := range c {
		c[k] = eighths("c")
		hi[k] = c[k] + float64(rapid.IntRange(1, 16).Draw(t, "width"))/8
	}
	if norm == Box {
		return mustBox(t, c, hi), n
	}
	return mustNew(t, norm, c, float64(rapid.IntRange(1, 16).Draw(t, "r"))/8), n
}

// Support is an upper bound on every point, attained but for l2, where the maximiser is
// c + r·g/|g|.
func TestSupportIsTheSupremum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, n := drawBall(t)
		g := make([]float64, n)
		for k := range g {
			g[k] = float64(rapid.IntRange(-4, 4).Draw(t, "g"))
		}
		rational, square := b.Support(Rats(g))
		mid, scale := RatsOf(b.Mid()), RatsOf(b.Scale())
		value := func(y []float64) *big.Rat {
			sum := new(big.Rat)
			for k, v := range RatsOf(b.Point(y)) {
				sum.Add(sum, new(big.Rat).Mul(v, Rats(g)[k]))
			}
			return sum
		}
		y := make([]float64, n)
		largest := 0
		for k, v := range g {
			y[k] = math.Copysign(1, v)
			if math.Abs(v) > math.Abs(g[largest]) {
				largest = k
			}
		}
		switch b.Norm() {
		case L1:
			one := make([]float64, n)
			one[largest] = y[largest]
			require.Zero(t, value(one).Cmp(rational))
		case L2:
			want := new(big.Rat)
			for k, v := range Rats(g) {
				want.Add(want, new(big.Rat).Mul(v, v))
				rational.Sub(rational, new(big.Rat).Mul(mid[k], v))
			}
			require.Zero(t, rational.Sign())
			want.Mul(want, scale[0]).Mul(want, scale[0])
			require.Zero(t, want.Cmp(square))
		default:
			require.Zero(t, value(y).Cmp(rational))
		}
		if b.Norm() != L2 {
			require.Zero(t, square.Sign())
		}
	})
}

// A point in the ball has f ≤ 0 whenever NonPositive says so; a point is in the
// ball iff its normalised coordinates are in the unit ball.
func TestContainsAgreesWithUnitBall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, n := drawBall(t)
		y, g := make([]float64, n), make([]float64, n)
		var l1, l2, linf float64 // exact: eighths
		for k := range y {
			y[k] = float64(rapid.IntRange(-9, 9).Draw(t, "y")) / 8
			g[k] = float64(rapid.IntRange(-3, 3).Draw(t, "g"))
			l1 += math.Abs(y[k])
			l2 += y[k] * y[k]
			linf = max(linf, math.Abs(y[k]))
		}
		size := map[Norm]float64{L1: l1, L2: l2, LInf: linf, Box: linf}[b.Norm()]
		x := RatsOf(b.Point(y))
		require.Equal(t, size <= 1, b.Contains(x))
		require.Equal(t, size < 1, b.Interior(x))
		h := big.NewRat(int64(rapid.IntRange(-40, 10).Draw(t, "h")), 4)
		f := new(big.Rat).Set(h)
		for k := range x {
			f.Add(f, new(big.Rat).Mul(x[k], Rats(g)[k]))
		}
		if b.NonPositive(Rats(g), h) && size <= 1 {
			require.LessOrEqual(t, f.Sign(), 0)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		want string
		make func() (Ball, error)
	}{
		{"radius: 0, expected", func() (Ball, error) { return New(L2, []float64{0}, 0) }},
		{"radius: -1, expected", func() (Ball, error) { return New(L2, []float64{0}, -1) }},
		{"radius: NaN, expected", func() (Ball, error) { return New(L1, []float64{0}, nan) }},
		{"radius: +Inf, expected", func() (Ball, error) { return New(LInf, []float64{0}, inf) }},
		{"center: coordinate 1 is NaN", func() (Ball, error) { return New(L2, []float64{0, nan}, 1) }},
		{"center: it is empty", func() (Ball, error) { return New(L2, nil, 1) }},
		{"norm: box, expected l2, linf or l1", func() (Ball, error) { return New(Box, []float64{0}, 1) }},
		{"box: 1 lower and 2 upper bounds", func() (Ball, error) { return NewBox([]float64{0}, []float64{1, 2}) }},
		{"box: coordinate 0 has bounds 1:1, expected the lower below", func() (Ball, error) { return NewBox([]float64{1}, []float64{1}) }},
		{"box: coordinate 1 has bounds 0:-Inf, expected finite", func() (Ball, error) { return NewBox([]float64{0, 0}, []float64{1, -inf}) }},
	} {
		_, err := c.make()
		require.ErrorContains(t, err, c.want)
	}
}

func TestWrongDimensionPanics(t *testing.T) {
	b := mustNew(t, L2, []float64{0, 0}, 1)
	require.Panics(t, func() { b.Contains(Rats([]float64{1})) })
	require.Panics(t, func() { b.Point([]float64{1}) })
	require.Panics(t, func() { Rats([]float64{math.NaN()}) })
}

func ExampleBall_NonPositive() {
	g, h := Rats([]float64{3, 4}), big.NewRat(-5, 1)
	for _, r := range []float64{1, math.Nextafter(1, 2)} {
		b, _ := New(L2, []float64{0, 0}, r)
		fmt.Println(b.NonPositive(g, h))
	}
	// Output:
	// true
	// false
}

func ExampleBall_Point() {
	b, _ := NewBox([]float64{0, -1}, []float64{1, 0.5})
	fmt.Println(b.Mid(), b.Scale(), b.Point([]float64{1, -1}))
	// Output: [0.5 -0.25] [0.5 0.75] [1 -1]
}

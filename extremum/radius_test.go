package extremum

import (
	"context"
	"math"
	"math/big"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

// changes says whether the class of the centre changes at x.
func changes(n *network.Network, center []float64, x []*big.Rat) bool {
	at, y := twin.Forward(n, ball.Rats(center)), twin.Forward(n, x)
	if len(y) == 1 {
		return at[0].Sign() != y[0].Sign()
	}
	class := 0
	for i := range at {
		if at[i].Cmp(at[class]) > 0 {
			class = i
		}
	}
	for i := range y {
		if i != class && y[i].Cmp(y[class]) >= 0 {
			return true
		}
	}
	return false
}

// TestRadiusInEachNorm holds the boxes of linf, and the nearest points of l2 and l1, against the
// walk for extremes: by it no form is 0 within Lower. In one input, where the norms are one, all
// must give the same radius.
func TestRadiusInEachNorm(t *testing.T) {
	found := 0
	for seed := range int64(60) {
		n, _, b := drawn(seed, ball.LInf)
		c := b.Center()
		e, err := ClassRadius(anything, n, c, ball.LInf, 4)
		if err != nil {
			require.ErrorIs(t, err, ErrTie)
			continue
		}
		f, err := ClassRadius(anything, n, c, ball.L2, 4)
		require.NoError(t, err)
		g, err := ClassRadius(anything, n, c, ball.L1, 4)
		require.NoError(t, err)
		require.Equal(t, []int{e.Class, e.Class}, []int{f.Class, g.Class})
		if b.Dim() == 1 {
			require.Equal(t, []float64{e.Lower, e.Upper, e.Lower, e.Upper}, []float64{f.Lower, f.Upper, g.Lower, g.Upper}, "seed %d", seed)
		}
		require.LessOrEqual(t, e.Lower, f.Lower) // the box holds the ball
		require.LessOrEqual(t, f.Lower, g.Lower)
		if g.Point != nil {
			x := make([]*big.Rat, len(c))
			for k := range x {
				x[k] = new(big.Rat).Sub(g.Point[k], rat(c[k]))
			}
			require.Zero(t, g.Distance.Cmp(lengths(x...)), "seed %d", seed)
		}
		r := rand.New(rand.NewSource(seed))
		for norm, q := range map[ball.Norm]Radius{ball.LInf: e, ball.L2: f, ball.L1: g} {
			if q.Point == nil {
				require.True(t, q.Lower == 4 && math.IsInf(q.Upper, 1))
			} else {
				found++
				require.Equal(t, q.Upper, math.Nextafter(q.Lower, 5), "seed %d", seed)
				require.True(t, gen.Must(ball.New(norm, c, q.Upper)).Contains(q.Point))
				require.True(t, changes(n, c, q.Point), "seed %d", seed)
			}
			if q.Lower == 0 {
				continue
			}
			inner := gen.Must(ball.New(norm, c, q.Lower))
			for range 40 {
				require.False(t, changes(n, c, within(r, inner)), "seed %d", seed)
			}
		}
		if e.Lower > 0 {
			s := &change{net: n, center: ball.Rats(c)}
			require.NoError(t, s.classify(c))
			for _, form := range s.forms {
				low, err := Minimum(anything, n, gen.Must(ball.New(ball.LInf, c, e.Lower)), form)
				require.NoError(t, err)
				require.Positive(t, low.Lower.Sign(), "seed %d", seed)
				octahedron, err := Minimum(anything, n, gen.Must(ball.New(ball.L1, c, g.Lower)), form)
				require.NoError(t, err)
				require.Positive(t, octahedron.Lower.Sign(), "seed %d", seed)
				round, err := Minimum(anything, n, gen.Must(ball.New(ball.L2, c, f.Lower*(1-0x1p-40))), form)
				require.NoError(t, err)
				require.Positive(t, round.Lower.Sign(), "seed %d", seed)
			}
		}
	}
	require.Greater(t, found, 60)
}

// A change that is no more than a tie has no point strictly inside.
func TestRadiusToATie(t *testing.T) {
	// y0 − y1 is |x0 − 2| + |x1 + 1|, which is 0 at (2, −1) alone, and 3 times that at the centre.
	n := gen.Build(gen.ReLU([]float64{1, 0, -1, 0, 0, 1, 0, -1}, []float64{-2, 2, 1, -1}), gen.Affine([]float64{1, 1, 1, 1, 0, 0, 0, 0}, []float64{0, 0}))
	for norm, want := range map[ball.Norm]float64{ball.LInf: 2, ball.L2: dyadic.RootAbove(big.NewRat(5, 1)), ball.L1: 3} {
		r, err := ClassRadius(anything, n, []float64{0, 0}, norm, 100)
		require.NoError(t, err)
		require.Equal(t, want, r.Upper, norm)
		require.Equal(t, []string{"2", "-1"}, []string{r.Point[0].RatString(), r.Point[1].RatString()}, norm)
		require.Equal(t, 1, r.Other)
		r, err = ClassRadius(anything, n, []float64{0, 0}, norm, 1.5)
		require.NoError(t, err)
		require.Equal(t, 1.5, r.Lower)
		require.Nil(t, r.Point)
	}
}

func TestRadiusKnown(t *testing.T) {
	// 1 − |x| − |y| is 0 at a distance of ½ in linf and of √½ in l2.
	n := gen.Build(gen.ReLU([]float64{1, 0, -1, 0, 0, 1, 0, -1}, []float64{0, 0, 0, 0}), gen.Affine([]float64{-1, -1, -1, -1}, []float64{1}))
	r, err := ClassRadius(anything, n, []float64{0, 0}, ball.LInf, 10)
	require.NoError(t, err)
	require.Equal(t, []float64{math.Nextafter(0.5, 0), 0.5}, []float64{r.Lower, r.Upper})
	require.Equal(t, 1, r.Class)
	r, err = ClassRadius(anything, n, []float64{0, 0}, ball.L2, 10)
	require.NoError(t, err)
	require.Equal(t, "1/2", r.Square.RatString())
	require.Less(t, r.Lower, math.Sqrt(0.5)+1e-16)
	r, err = ClassRadius(anything, n, []float64{0, 0}, ball.LInf, 0.25)
	require.NoError(t, err)
	require.Equal(t, 0.25, r.Lower)
	require.Nil(t, r.Point)
	_, err = ClassRadius(anything, n, []float64{1, 0}, ball.LInf, 1)
	require.ErrorIs(t, err, ErrTie)
	for want, f := range map[string]func() error{
		"expected linf, l2 or l1": func() error { _, err := ClassRadius(anything, n, []float64{0, 0}, ball.Box, 1); return err },
		"1 coordinates":           func() error { _, err := ClassRadius(anything, n, []float64{0}, ball.L2, 1); return err },
		"expected a finite":       func() error { _, err := ClassRadius(anything, n, []float64{0, 0}, ball.L2, 0); return err },
	} {
		require.ErrorContains(t, f(), want)
	}
	ctx, cancel := context.WithCancel(anything)
	cancel()
	_, err = ClassRadius(ctx, n, []float64{0, 0}, ball.LInf, 10)
	require.ErrorIs(t, err, context.Canceled)
}

// Radii were refused whose ends have more digits than a query's text may have.
func TestRadiusOfAnyDigits(t *testing.T) {
	n := gen.Build(gen.Affine([]float64{-1, 1, 1, 1}, []float64{0x1p-1000, 0}))
	r, err := ClassRadius(anything, n, []float64{0x1p-1040, 0}, ball.LInf, 0x1p-990)
	require.NoError(t, err)
	require.Equal(t, math.Nextafter(r.Lower, 1), r.Upper)
	want := new(big.Rat).Sub(rat(0x1p-1001), rat(0x1p-1040)) // y0 − y1 is 2⁻¹⁰⁰⁰ − 2·x0
	require.True(t, rat(r.Lower).Cmp(want) < 0 && rat(r.Upper).Cmp(want) >= 0, "%v %v", r.Lower, r.Upper)
}

// Halves of the radius led to a change near the centre in a thousand boxes.
func TestRadiusNearTheCentre(t *testing.T) {
	for _, e := range []int{-20, -60, -300, -700, -1022, -1060, -1072, -1073, -1074} {
		n := gen.Build(gen.Affine([]float64{-1, 1}, []float64{math.Ldexp(1, e+1), 0})) // a tie at 2^e
		for _, norm := range []ball.Norm{ball.LInf, ball.L2, ball.L1} {
			r, err := ClassRadius(anything, n, []float64{0}, norm, 1)
			if e+1 < -1074 {
				require.ErrorIs(t, err, ErrTie)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, math.Ldexp(1, e), r.Upper, "2^%d in %v", e, norm)
			require.Equal(t, math.Nextafter(r.Upper, 0), r.Lower)
			require.LessOrEqual(t, r.Boxes, int64(120))
		}
	}
}

// Where a row is nearly parallel to the form, a lack of 2⁻¹⁰⁰ is as near as 2⁻¹⁰⁰ and none is at
// ½: prices beyond int64 became 0, and the search for one went on without end.
func TestNearestInL1WhereRowsAreNearlyParallel(t *testing.T) {
	row, form := exact.NewRow(-1, 2, 0), exact.NewRow(1, -2, 1)
	row.G[1].Neg(new(big.Int).Lsh(big.NewInt(1), 100))
	form.G[1].Sub(form.G[1], row.G[1])
	y, err := nearestL1(func() bool { return false }, form, []exact.Row{row}, []*big.Rat{big.NewRat(9, 10), new(big.Rat)})
	require.NoError(t, err)
	require.Equal(t, []string{"1/2", "0"}, []string{y[0].RatString(), y[1].RatString()})
}

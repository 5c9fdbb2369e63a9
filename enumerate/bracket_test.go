package enumerate_test

import (
	"context"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// bracketNet has some thousands of regions in the unit linf ball.
func bracketNet() *network.Network {
	return gen.Random(gen.NewRand(5), gen.RandomOptions{Inputs: 3, Widths: []int{14, 14}, OnlyReLU: true, NoAffine: true})
}

func TestEveryBracketContainsTheCount(t *testing.T) {
	n := bracketNet()
	b := ballAt(t, ball.LInf, 3, 0, 1)
	want := count(t, n, b, 1).Lower
	for _, workers := range []int{1, 2, 5} {
		seen := 0
		var last *big.Int
		r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: workers, ProgressEvery: 100 * time.Microsecond,
			Progress: func(p enumerate.Progress) {
				seen++
				if p.Lower.Cmp(want) > 0 || p.Upper.Cmp(want) < 0 {
					t.Errorf("bracket %v %v without %v", p.Lower, p.Upper, want)
				}
				if last != nil && p.Upper.Cmp(last) > 0 {
					t.Errorf("the upper end rose from %v to %v", last, p.Upper)
				}
				last = p.Upper
			}})
		require.NoError(t, err)
		require.True(t, r.Exact)
		require.Equal(t, want.String(), r.Lower.String())
		require.Positive(t, seen)
		require.Equal(t, want.String(), last.String(), "the last report is the answer")
	}
}

func TestStoppedCountsBracketTheCount(t *testing.T) {
	n := bracketNet()
	b := ballAt(t, ball.LInf, 3, 0, 1)
	want := count(t, n, b, 1).Lower
	for _, limit := range []int64{1, 10, 300, 1000} {
		for _, workers := range []int{1, 3} {
			r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: workers, Limit: limit})
			require.NoError(t, err)
			require.Equal(t, r.Exact, r.Lower.Cmp(want) == 0 && r.Upper.Cmp(want) == 0)
			require.GreaterOrEqual(t, r.Lower.Int64(), limit)
			require.LessOrEqual(t, r.Lower.Cmp(want), 0)
			require.GreaterOrEqual(t, r.Upper.Cmp(want), 0)
		}
	}
}

func TestGapStopsTheWalk(t *testing.T) {
	n := bracketNet()
	b := ballAt(t, ball.LInf, 3, 0, 1)
	want := count(t, n, b, 1).Lower
	r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 1, Gap: 1e9})
	require.NoError(t, err)
	require.True(t, r.Exact || r.GapReached)
	require.LessOrEqual(t, r.Lower.Cmp(want), 0)
	require.GreaterOrEqual(t, r.Upper.Cmp(want), 0)
}

// TestLimitIsReproducible: with one worker a limited count is a function of its input.
func TestLimitIsReproducible(t *testing.T) {
	n := bracketNet()
	b := ballAt(t, ball.LInf, 3, 0, 1)
	var first enumerate.Result
	for i := range 5 {
		r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 1, Limit: 3000})
		require.NoError(t, err)
		if i == 0 {
			first = r
		}
		require.Equal(t, first.Lower.String()+" "+first.Upper.String(), r.Lower.String()+" "+r.Upper.String())
	}
}

// The upper end once took the minus side of a leaky unit, not yet labelled, for a side that carries
// no dimension.
func TestTheMinusSideOfALeakyUnitCarriesDimensionInTheBracket(t *testing.T) {
	for _, d := range [][2]int{{1, 2}, {2, 2}, {3, 2}} {
		n, b := gen.LeakyFolding(d[0], d[1])
		want := count(t, n, b, 1).Lower
		for _, opt := range []enumerate.Options{{Workers: 2, Limit: 1 << 40}, {Workers: 4, Limit: 1 << 40}, {Workers: 2, Limit: 1}} {
			r, err := enumerate.Count(context.Background(), n, b, opt)
			require.NoError(t, err)
			require.LessOrEqual(t, r.Lower.Cmp(want), 0)
			require.GreaterOrEqual(t, r.Upper.Cmp(want), 0, "%v: upper end %v, count %v", d, r.Upper, want)
		}
	}
}

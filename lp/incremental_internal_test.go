package lp

// What has no face outside.

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The scale read off the exponent is that of Frexp.
func TestUnitScaleBringsTheSumBetweenOneAndTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := math.Ldexp(rapid.Float64Range(0.5, 1).Draw(t, "x"), rapid.IntRange(-1020, 1020).Draw(t, "e"))
		scale, err := unitScale([]float64{x}, 0)
		require.NoError(t, err)
		require.GreaterOrEqual(t, scale*x, 1.0)
		require.Less(t, scale*x, 2.0)
		f, _ := math.Frexp(scale)
		require.Equal(t, 0.5, f)
	})
	_, err := unitScale([]float64{math.Inf(1)}, 0)
	require.Error(t, err)
	_, err = unitScale([]float64{0}, math.NaN())
	require.Error(t, err)
}

// Where a step of the row form ends is found in part of the order; the slow twin sorts. Weights are
// whole numbers, whose sums are exact in any order.
func TestStepsEndWhereSortedBreaksDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p rowsDual
		theta := rapid.SampledFrom([]*rapid.Generator[float64]{
			rapid.Float64Range(0, 1), rapid.Map(rapid.IntRange(0, 4), func(v int) float64 { return float64(v) }),
		}).Draw(t, "thetas")
		for range rapid.IntRange(0, 50).Draw(t, "breaks") {
			w := rapid.OneOf(rapid.Just(math.Inf(1)), rapid.Map(rapid.IntRange(0, 9), func(v int) float64 { return float64(v) }))
			p.brk = append(p.brk, rowsBreak{rowsWeight: rowsWeight{theta.Draw(t, "theta"), w.Draw(t, "weight")}})
		}
		viol := float64(rapid.IntRange(1, 200).Draw(t, "slope"))
		sorted := slices.SortedFunc(slices.Values(p.brk), func(a, b rowsBreak) int { return cmp.Compare(a.theta, b.theta) })
		want, left := math.Inf(1), viol
		for _, e := range sorted {
			if left -= e.weight; left <= 0 {
				want = e.theta
				break
			}
		}
		before := slices.Clone(p.brk)
		require.Equal(t, want, p.last(viol))
		require.Equal(t, before, p.brk)
		if at := p.stop(viol); math.IsInf(want, 1) {
			require.Equal(t, -1, at)
		}
	})
}

package lp

// What has no face outside.

import (
	"math"
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

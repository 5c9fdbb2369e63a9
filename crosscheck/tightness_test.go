package crosscheck

// What docs/bounds.md says was measured.

import (
	"context"
	"math"
	"testing"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/stretchr/testify/require"
)

// bestOverLipschitz is the factor that docs/bounds.md promises at least; it measures over 200.
const bestOverLipschitz = 5

func TestTheBestLocalBoundIsCloserThanLipschitz(t *testing.T) {
	bounds, err := BoundsNamed([]string{"lipschitz", "crown", "combined", "first-layer"})
	require.NoError(t, err)
	rep, err := Run(context.Background(), gen.SmallBallCases(1, 96), bounds, RunOptions{Workers: 1,
		Each: func(r Record) { requireAudited(t, r) }})
	require.NoError(t, err)
	require.True(t, rep.Sound())
	require.Equal(t, 96, rep.Exact)
	factor := func(i int) float64 { return math.Exp2(rep.Bounds[0].GeoMeanLog2() - rep.Bounds[i].GeoMeanLog2()) }
	for i, s := range rep.Bounds {
		t.Logf("%s: %.3g times the count, %.3g times closer than lipschitz", s.Name, math.Exp2(s.GeoMeanLog2()), factor(i))
	}
	require.Greater(t, factor(3), float64(bestOverLipschitz))
}

package enumerate_test

// The walk in the plane, where cells are polygons.

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
)

// thinnerThanFloats are cells in the disc without a float64 point that is certainly inside.
var thinnerThanFloats = []string{"parallel slivers", "tangent 3-4-5, next float"}

// Degenerate networks too are decided without the exact solve, which is a thousand times slower.
func TestPlanarNetworksNeverFallToTheExactSolve(t *testing.T) {
	planar := 0
	for i, c := range samples() {
		if c.Net.Inputs() <= 2 && !slices.Contains(thinnerThanFloats, c.Name) {
			require.Zero(t, count(t, c.Net, c.Ball, 1).Decisions.Solve, "%d %s", i, c.Name)
			planar++
		}
	}
	for _, c := range gen.KnownCases() {
		if c.Net.Inputs() <= 2 && !slices.Contains(thinnerThanFloats, c.Name) {
			require.Zero(t, count(t, c.Net, c.Ball, 1).Decisions.Solve, c.Name)
			planar++
		}
	}
	require.Greater(t, planar, 20)
}

// The lattice network: slivers everywhere, which float tolerances miscount.
func TestLatticeNetworkIsDecidedWithoutTheExactSolve(t *testing.T) {
	n := sharedNet(t, "tll_2_8_0.onnx")
	r := count(t, n, ballAt(t, ball.Box, 2, 0, 2), 2)
	require.EqualValues(t, 433, r.Lower.Int64())
	require.Zero(t, r.Decisions.Solve)
}

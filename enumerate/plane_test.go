package enumerate_test

// The walk in the plane, where cells are polygons.

import (
	"testing"

	"github.com/stretchr/testify/require"

	"relucell/ball"
	"relucell/crosscheck"
)

// Degenerate networks too are decided without the exact solve, which is a thousand times slower.
func TestPlanarNetworksNeverFallToTheExactSolve(t *testing.T) {
	planar := 0
	for i, c := range samples() {
		if c.Ball.Norm() != ball.L2 && c.Net.Inputs() <= 2 {
			require.Zero(t, count(t, c.Net, c.Ball, 1).Decisions.Solve, "%d %s", i, c.Name)
			planar++
		}
	}
	for _, c := range crosscheck.KnownCases() {
		if c.Ball.Norm() != ball.L2 && c.Net.Inputs() <= 2 {
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

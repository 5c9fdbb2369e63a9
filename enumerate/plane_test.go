package enumerate_test

// The walk in the plane, where cells are polygons.

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
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

// What an outline decides, the exact tier decides alike; and outlines decide most of it.
func TestOutlinesAgainstTheExactTier(t *testing.T) {
	for _, w := range laws() {
		t.Run(w.name, func(t *testing.T) {
			var outlined, asked int64
			rapid.Check(t, func(t *rapid.T) {
				inputs := rapid.IntRange(1, 2).Draw(t, "inputs")
				n, b := drawNet(t, w, inputs, 9), drawBall(t, inputs)
				r := forced(t, n, b, enumerate.Forced{Undescribed: true, Outlined: func(empty bool, err error) {
					require.NoError(t, err)
					require.True(t, empty, "%v", b)
					outlined++
				}})
				asked += r.Questions
			})
			if !testing.Short() { // rapid draws a fifth then, too few to ask for a share
				require.Greater(t, outlined, asked/4)
			}
		})
	}
}

// Outlines of large networks, whose polygons have many edges, thin ones and arcs among them.
func TestOutlinesOfWideNetworksAgainstTheExactTier(t *testing.T) {
	for i, norm := range norms {
		n, b := he(uint64(40+i), 2, 24, 12), ballAt(t, norm, 2, 0.125, 1)
		outlined := 0
		r := forced(t, n, b, enumerate.Forced{Undescribed: true, Outlined: func(empty bool, err error) {
			require.NoError(t, err)
			require.True(t, empty)
			outlined++
		}})
		require.Equal(t, r.Lower, prove(t, n, b, 1, 0).result.Lower)
		require.Greater(t, outlined, 2*int(r.Questions), "%v", norm)
	}
}

// Lines that pass a vertex of the cell by a few roundings, on either side: where an outline
// without its error bounds would be wrong.
func TestOutlinesOfLinesThatGrazeVertices(t *testing.T) {
	rng := gen.NewRand(11)
	outlined := 0
	for range 3000 {
		norm := norms[rng.IntN(len(norms))]
		var weights, biases []float64
		line := func(x, y, h float64) { weights, biases = append(weights, x, y), append(biases, h) }
		draw := func() float64 { return 2*rng.Float64() - 1 }
		for range 2 + rng.IntN(3) {
			line(draw(), draw(), draw()/2)
		}
		for range 4 {
			i, j := rng.IntN(len(biases)), rng.IntN(len(biases))
			ax, ay, bx, by := weights[2*i], weights[2*i+1], weights[2*j], weights[2*j+1]
			det := ax*by - ay*bx
			vx, vy := (ay*biases[j]-biases[i]*by)/det, (biases[i]*bx-ax*biases[j])/det
			if norm == ball.L2 && rng.IntN(2) == 0 { // a point of the circle
				d := math.Hypot(ax, ay)
				c := -biases[i] / d
				s := math.Copysign(math.Sqrt(max(1-c*c, 0)), draw())
				vx, vy, bx, by = (c*ax-s*ay)/d, (c*ay+s*ax)/d, draw(), draw()
			}
			if i == j || !(math.Abs(vx)+math.Abs(vy) < 2) {
				continue
			}
			p, q := draw(), draw()
			gx, gy := p*ax+q*bx, p*ay+q*by
			line(gx, gy, -(gx*vx+gy*vy)+float64(rng.IntN(17)-8)*0x1p-54)
		}
		n := planes(t, weights, biases)
		forced(t, n, ballAt(t, norm, 2, 0, 1), enumerate.Forced{Undescribed: true, Outlined: func(empty bool, err error) {
			require.NoError(t, err)
			require.True(t, empty)
			outlined++
		}})
	}
	require.Greater(t, outlined, 10000)
}

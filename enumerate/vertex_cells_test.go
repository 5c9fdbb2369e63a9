package enumerate_test

// Cells kept by their vertices, against exact vertices, and against the solver.

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// Every cell that is kept by its vertices has those that all choices of its constraints give in
// rationals, each within its error, on exactly its constraints, with the exact signs of the
// neurons.
func TestCellsHaveExactlyTheirVertices(t *testing.T) {
	for _, law := range laws() {
		t.Run(law.name, func(t *testing.T) {
			cells := 0
			rapid.Check(t, func(t *rapid.T) {
				inputs := rapid.IntRange(1, 3).Draw(t, "inputs")
				n := drawNet(t, law, inputs, 6)
				forced(t, n, drawBall(t, inputs), enumerate.Forced{Spare: rapid.SampledFrom([]int{0, 64}).Draw(t, "spare"), Vertices: func(err error) {
					require.NoError(t, err)
					cells++
				}})
			})
			t.Logf("%d cells", cells)
			// With -short rapid draws a fifth of the cases, too few to ask how many cells came up.
			if !testing.Short() && (law.name == "float64" || law.name == "float32") {
				require.Greater(t, cells, 100)
			}
		})
	}
}

func TestVerticesAgainstTheSolver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		law := rapid.SampledFrom(laws()).Draw(t, "law")
		inputs := rapid.IntRange(1, 6).Draw(t, "inputs")
		n, b := drawNet(t, law, inputs, 12), drawBall(t, inputs)
		want := forced(t, n, b, enumerate.Forced{NoVertices: true}).Lower
		require.Equal(t, want, count(t, n, b, 1).Lower)
		require.Equal(t, want, count(t, n, b, 3).Lower)
		require.Equal(t, want, forced(t, n, b, enumerate.Forced{Spare: 64}).Lower)
		r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 2, Limit: rapid.Int64Range(1, want.Int64()+1).Draw(t, "limit")})
		require.NoError(t, err)
		require.True(t, r.Lower.Cmp(want) <= 0 && want.Cmp(r.Upper) <= 0)
	})
}

// Generic networks never need the solver, wide layers (more neurons than bits in a word) included.
func TestGenericNetworksGoByVerticesThroughout(t *testing.T) {
	for seed, widths := range [][]int{{16, 16}, {9, 9, 9}, {70, 3}, {3, 66}, {12}, {65}, {130, 2}} {
		for inputs := 3; inputs <= 5; inputs++ {
			if inputs > 3 && widths[0]+widths[len(widths)-1] > 40 {
				continue
			}
			n := he(uint64(seed), inputs, widths...)
			for _, norm := range norms {
				if norm == ball.L2 && inputs == 5 {
					continue
				}
				b := ballAt(t, norm, inputs, 0.1, 0.5)
				r := count(t, n, b, 1)
				require.Zero(t, r.Questions, "%d inputs, %v, %v", inputs, widths, norm)
				require.Equal(t, forced(t, n, b, enumerate.Forced{NoVertices: true}).Lower, r.Lower)
			}
		}
	}
}

// Cells of a network without biases around 0 are cones: as many in every ball, and kept by their
// vertices in all of them.
func TestConesAreAsManyInEveryBall(t *testing.T) {
	for _, widths := range [][]int{{4, 9}, {3, 6, 6}, {4, 5, 5, 4}, {6, 8}, {7, 5, 4}} {
		inputs := widths[0]
		var layers []network.Layer
		for i, m := range widths[1:] {
			w := make([]float64, m*widths[i])
			for k := range w {
				w[k] = math.Sin(float64(97*len(w) + 31*k*k + i))
			}
			layers = append(layers, dense([]network.Activation{network.ReLU, network.LeakyReLU}[i%2], w, make([]float64, m)))
			layers[i].Slope = 0.25 * float64(i%2)
		}
		n := netOf(t, layers...)
		want := forced(t, n, ballAt(t, ball.L2, inputs, 0, 1), enumerate.Forced{NoVertices: true}).Lower
		for _, norm := range norms {
			r := count(t, n, ballAt(t, norm, inputs, 0, 3), 2)
			require.Equal(t, want, r.Lower, "%v %v", widths, norm)
			require.Zero(t, r.Questions, "%v %v", widths, norm)
		}
	}
}

// A neuron listed twice in the last layer has the sign 0 at vertices that no float can tell: cell
// by cell the solver takes over, and in the end altogether.
func TestRoughNetworksGoToTheSolver(t *testing.T) {
	for copied := range 3 {
		layers := append([]network.Layer(nil), he(3, 4, 10, 10, 6).Layers()...)
		l := &layers[copied]
		last := len(l.B) - 1
		l.Dense().SetRow(last, append([]float64(nil), l.W.RawRowView(0)...))
		l.B[last] = l.B[0]
		n := netOf(t, layers...)
		for _, norm := range norms {
			b := ballAt(t, norm, 4, 0, 1)
			r := count(t, n, b, 1)
			require.True(t, r.Questions > 0 || norm != ball.LInf)
			require.Equal(t, forced(t, n, b, enumerate.Forced{NoVertices: true}).Lower, r.Lower)
			require.Equal(t, r.Lower, count(t, n, b, 4).Lower)
		}
	}
}

// Brackets of counts by vertices hold the count at every moment, and stops leave sound ones.
func TestBracketsOfCountsByVertices(t *testing.T) {
	for seed := range uint64(6) {
		n := he(seed, 4, 10, 10, 6)
		b := ballAt(t, norms[seed%2], 4, 0, 1)
		want := count(t, n, b, 1).Lower
		for _, limit := range []int64{1, 7, 100, 1000} {
			for workers := 1; workers <= 3; workers++ {
				r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: workers, Limit: limit})
				require.NoError(t, err)
				require.True(t, r.Lower.Cmp(want) <= 0 && want.Cmp(r.Upper) <= 0, "%v in %v..%v", want, r.Lower, r.Upper)
				require.True(t, r.Exact || r.Lower.Int64() >= limit)
			}
		}
		cells, err := enumerate.WaitingCells(n, b, 20)
		require.NoError(t, err)
		for _, c := range cells {
			require.True(t, !c.Upper.IsInt64() || c.Regions <= c.Upper.Int64())
		}
	}
}

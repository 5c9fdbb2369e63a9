package landscape

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/plotter"

	"github.com/relucell/relucell/internal/dyadic"
)

// Around a local minimum nothing is lower, and a descent over a grid finds no other one.
func TestMinimaOfTheSurface(t *testing.T) {
	places := map[Place]int{}
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 21))
		var x [][]float64
		var y []float64
		for range 2 + rng.IntN(6) {
			x = append(x, []float64{float64(rng.IntN(9) - 4)})
			y = append(y, float64(rng.IntN(9)-4))
		}
		d := mustNew(t, x, y, true)
		for _, sign := range []int{1, -1} {
			s, err := SurfaceOf(anything, d, sign)
			require.NoError(t, err)
			best := math.Inf(1)
			for a := -80; a <= 80; a++ {
				for b := -80; b <= 80; b++ {
					best = min(best, s.Float([2]float64{float64(a) / 8, float64(b) / 8}))
				}
			}
			lowest, _ := dyadic.FromRat(s.Plateau)
			for _, m := range s.Minima {
				places[m.Place]++
				v, _ := dyadic.FromRat(m.Risk)
				lowest = min(lowest, v)
				p, _ := dyadic.FromRat(m.W[0])
				q, _ := dyadic.FromRat(m.W[1])
				require.InDelta(t, v, s.Float([2]float64{p, q}), 1e-9*(1+v))
				for k := range 64 {
					sin, cos := math.Sincos(2 * math.Pi * float64(k) / 64)
					require.GreaterOrEqual(t, s.Float([2]float64{p + 1e-4*cos, q + 1e-4*sin}), v-1e-9, "seed %d: %v", seed, m)
				}
			}
			require.LessOrEqual(t, lowest, best+1e-9, "seed %d", seed)
			if len(s.Minima) > 0 {
				require.True(t, s.Minima[0].Lowest || s.Plateau.Cmp(s.Minima[0].Risk) <= 0)
			}
		}
	}
	for _, p := range []Place{Inside, Flat, Wall, Origin} {
		require.Positive(t, places[p], p)
	}
}

// The lowest minimum is what the search over one neuron finds, of either sign.
func TestTheSurfaceHoldsTheWidest(t *testing.T) {
	for seed := range uint64(10) {
		d := drawn(t, 6, 1, seed)
		w := widest(t, d, 1, false)
		lowest := math.Inf(1)
		for _, sign := range []int{1, -1} {
			s, err := SurfaceOf(anything, d, sign)
			require.NoError(t, err)
			for _, m := range s.Minima {
				v, _ := dyadic.FromRat(m.Risk)
				lowest = min(lowest, v)
			}
		}
		v, _ := dyadic.FromRat(w.Risk)
		require.InDelta(t, lowest, v, 1e-9)
	}
}

func TestASurfaceHasTwoWeights(t *testing.T) {
	_, err := SurfaceOf(anything, drawn(t, 4, 2, 1), 1)
	require.ErrorContains(t, err, "expected points of one coordinate")
}

func TestPicturesOfTheSurface(t *testing.T) {
	d := mustNew(t, [][]float64{{-3}, {-2}, {-1}, {0}, {1}, {2}, {3}}, []float64{2, -1, 1, -1, 2, 0, 3}, true)
	for _, sign := range []int{1, -1} {
		s, err := SurfaceOf(anything, d, sign)
		require.NoError(t, err)
		for format, magic := range map[string]string{"png": "\x89PNG", "svg": "<?xml", "pdf": "%PDF"} {
			var b bytes.Buffer
			require.NoError(t, s.Draw(&b, format, s.Window(), "zig"))
			require.True(t, strings.HasPrefix(b.String(), magic), format)
			require.Greater(t, b.Len(), 4000)
			if format == "svg" {
				require.Contains(t, b.String(), `<image preserveAspectRatio="none" `, "the levels were squeezed, off their walls")
				require.NotContains(t, b.String(), "Serif")
			}
		}
		require.Error(t, s.Draw(io.Discard, "gif", s.Window(), ""))
	}
	huge := mustNew(t, [][]float64{{1e90}}, []float64{1e90}, true)
	s, err := SurfaceOf(anything, huge, 1)
	require.NoError(t, err)
	require.ErrorContains(t, s.Draw(io.Discard, "svg", Window{[2]float64{-1e90, 1e90}, [2]float64{-1, 1}}, ""), "beyond float64")
	var b bytes.Buffer
	require.NoError(t, s.Draw(&b, "svg", Window{[2]float64{2, 3}, [2]float64{2, 3}}, "a window without 0"))
}

// A ray or a line is drawn within the window alone.
func TestSpans(t *testing.T) {
	win := Window{[2]float64{-1, 1}, [2]float64{-2, 2}}
	l := span{along: [2]float64{1, 1}, high: math.Inf(1)}
	line, err := l.line(win)
	require.NoError(t, err)
	require.Equal(t, plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}}, line.XYs)
	l = span{from: [2]float64{5, 0}, along: [2]float64{0, 1}, low: math.Inf(-1), high: math.Inf(1)}
	line, err = l.line(win)
	require.NoError(t, err)
	require.Nil(t, line)
}

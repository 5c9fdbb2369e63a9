package plot

import (
	"bytes"
	"context"
	"image/color"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
)

// share is the length that two sides have in common, 0 if they are not on one line.
func share(a, b, c, d [2]float64) float64 {
	const onLine = 1e-9 // distance from the line, in half-widths of the ball
	length := math.Hypot(b[0]-a[0], b[1]-a[1])
	if length == 0 {
		return 0
	}
	u := [2]float64{(b[0] - a[0]) / length, (b[1] - a[1]) / length}
	along := func(p [2]float64) float64 { return (p[0]-a[0])*u[0] + (p[1]-a[1])*u[1] }
	off := func(p [2]float64) float64 { return math.Abs(turn(u, [2]float64{p[0] - a[0], p[1] - a[1]})) }
	if off(c) > onLine || off(d) > onLine {
		return 0
	}
	return min(length, max(along(c), along(d))) - max(0, min(along(c), along(d)))
}

// requireNeighboursDiffer compares every two regions by their sides.
func requireNeighboursDiffer(t require.TestingT, m *Map) {
	const visible = 1e-5 // shorter common sides are corners to the eye
	colour, _ := m.Colours(len(tints) / 2)
	for i, p := range m.Regions {
		for k, q := range m.Regions[:i] {
			for e := range p.Vertices {
				for f := range q.Vertices {
					v, w := p.Vertices, q.Vertices
					if v[e].Arc || w[f].Arc || v[e].Neuron == fromBall || w[f].Neuron == fromBall {
						continue
					}
					if share(v[e].Y, v[(e+1)%len(v)].Y, w[f].Y, w[(f+1)%len(w)].Y) > visible {
						require.NotEqual(t, colour[i], colour[k], "regions %d and %d", i, k)
					}
				}
			}
		}
	}
}

func TestNeighboursDiffer(t *testing.T) {
	requireNeighboursDiffer(t, newMap(t, twoMoons(t), newBall(t, ball.L2, []float64{0.5, 0.25}, 1)))
	for seed := range uint64(60) {
		rng := gen.NewRand(seed)
		c := gen.TernaryCase(rng, 2, 4, 4, 1)
		requireNeighboursDiffer(t, newMap(t, c.Net, c.Ball))
		n := gen.AppendNegations(gen.AppendCopies(c.Net, rng), rng)
		requireNeighboursDiffer(t, newMap(t, n, c.Ball))
	}
}

func TestDuplicatedNeuronsDoNotHideABoundary(t *testing.T) {
	// With each neuron twice, no two regions differ in the parity of their active neurons.
	rng := gen.NewRand(3)
	n := gen.Random(rng, gen.RandomOptions{Inputs: 2, Widths: []int{1}, OnlyReLU: true, NoAffine: true})
	l := n.Layers()
	require.Len(t, l, 2)
	n = gen.AppendCopies(n, rng)
	m := newMap(t, n, newBall(t, ball.LInf, []float64{0, 0}, 64))
	require.Len(t, m.Regions, 2)
	c, parity := m.Colours(len(tints) / 2)
	require.NotEqual(t, c[0], c[1])
	require.False(t, parity)
}

func TestGradientNormIsTheLargestSingularValue(t *testing.T) {
	n, _, err := load.Read("../testdata/iris_sized_4-16-16-3.onnx", load.Options{})
	require.NoError(t, err)
	s, err := network.Inputs(n, []float64{5.8, 3, 3.8, 1.2}, 2, 3)
	require.NoError(t, err)
	m := newMap(t, s, newBall(t, ball.Box, []float64{4, 1.5}, 2))
	for i := range m.Regions {
		w, _ := s.Affine(m.Regions[i].Pattern)
		best := 0.0
		// The nearest direction is π/4000 off at most, and 1 − cos of that is below 10⁻⁶.
		const directions, directionError = 2000, 1e-5
		for k := range directions {
			sin, cos := math.Sincos(math.Pi * float64(k) / directions)
			sum := 0.0
			for _, row := range w {
				a, _ := row[0].Float64()
				b, _ := row[1].Float64()
				sum += (a*cos + b*sin) * (a*cos + b*sin)
			}
			best = max(best, math.Sqrt(sum))
		}
		require.InEpsilon(t, best, m.GradientNorm(i), directionError)
	}
}

func TestClassPiecesTileAndAgreeWithTheOutput(t *testing.T) {
	iris, _, err := load.Read("../testdata/iris_sized_4-16-16-3.onnx", load.Options{})
	require.NoError(t, err)
	plane, err := network.Inputs(iris, []float64{5.8, 3, 3.8, 1.2}, 2, 3)
	require.NoError(t, err)
	for _, n := range []*network.Network{twoMoons(t), plane} {
		m := newMap(t, n, newBall(t, ball.L2, []float64{0.5, 0.25}, 3))
		f, err := m.fill(ByClass)
		require.NoError(t, err)
		sum := 0.0
		for _, q := range f.pieces {
			sum += area(q.cell)
			var c [2]float64 // the corners' mean lies inside
			for _, v := range q.cell {
				c[0] += v.Y[0] / float64(len(q.cell))
				c[1] += v.Y[1] / float64(len(q.cell))
			}
			const tooSmall = 1e-6 // for a float network to be asked about
			if area(q.cell) < tooSmall {
				continue
			}
			y := n.Forward([]float64{0.5 + 3*c[0], 0.25 + 3*c[1]})
			best := 0
			for k := range y {
				if y[k] > y[best] {
					best = k
				}
			}
			if len(y) == 1 && y[0] > 0 {
				best = 1
			}
			require.Equal(t, best, q.colour)
		}
		require.InEpsilon(t, math.Pi, sum, tilingError)
	}
}

func TestAMapOfThousandsOfRegions(t *testing.T) {
	n := gen.Random(gen.NewRand(5), gen.RandomOptions{Inputs: 2, Widths: []int{100, 60}, Law: gen.He, OnlyReLU: true, NoAffine: true})
	m, err := New(context.Background(), n, newBall(t, ball.L2, []float64{0, 0}, 4))
	require.NoError(t, err)
	require.Greater(t, len(m.Regions), 2000)
	requireTiling(t, m)
	_, err = m.Draw(Options{})
	require.NoError(t, err)
}

func TestMapsOfAnyScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.IntRange(-900, 900).Draw(t, "e")
		n, b, err := gen.ScaleBall(twoMoons(t), newBall(t, ball.L2, []float64{0.5, 0.25}, 0.5), e)
		require.NoError(t, err)
		m := newMap(t, n, b)
		require.Len(t, m.Regions, 131)
		requireTiling(t, m)
		for _, fill := range Fills {
			p, err := m.Draw(Options{Fill: fill})
			require.NoError(t, err)
			var out bytes.Buffer
			require.NoError(t, p.Write(&out, "svg"))
			require.NotContains(t, out.String(), "NaN")
		}
		require.NoError(t, m.WriteHTML(io.Discard, Options{}))
	})
}

// The eleventh class had the colour of the first.
func TestThirtyClassesHaveColoursOfTheirOwn(t *testing.T) {
	seen := map[color.NRGBA]int{}
	for k := range 30 {
		seen[classShade(k)]++
	}
	require.Len(t, seen, 30)
	require.Equal(t, classShade(0), classShade(30))
}

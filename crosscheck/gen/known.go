// Cases whose count is known beforehand, from a theorem or by hand: what every
// counter and every bound is held against first.

package gen

import (
	"fmt"
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// KnownCases returns cases with known counts, at most 11292 regions each.
func KnownCases() []Case {
	cases := pitfalls()
	add := func(want int64, n *network.Network, b ball.Ball, name string, args ...any) {
		cases = append(cases, Case{fmt.Sprintf(name, args...), n, b, big.NewInt(want)})
	}
	for l := 1; l <= 8; l++ {
		n, b := TentMap(l)
		add(1<<l, n, b, "tent map, %d layers", l)
	}
	for k := 1; k <= 4; k++ {
		n, b := Folding(k)
		add(1<<(2*k), n, b, "folding, %d layers", k)
	}
	for _, d := range [][4]int{{1, 3, 2, 0}, {1, 2, 3, 4}, {2, 2, 1, 3}, {2, 3, 1, 0}, {3, 2, 1, 4}} {
		n, b, want := Montufar(d[0], d[1], d[2], d[3])
		add(want.Int64(), n, b, "montufar, n %d, p %d, L %d, m %d", d[0], d[1], d[2], d[3])
	}
	for i, want := range []int64{2, 6, 32, 370, 11292} {
		for norm := range ball.Box {
			add(want, Resonance(i+1), AtOrigin(norm, i+1), "resonance %d, %v", i+1, norm)
		}
	}
	for i, want := range []int64{4, 14, 104, 1882} {
		for norm := range ball.Box {
			add(want, Threshold(i+1), AtOrigin(norm, i+2), "threshold %d, %v", i+1, norm)
		}
	}
	for _, d := range [][2]int{{1, 5}, {2, 16}, {3, 16}, {4, 16}, {5, 8}} {
		n, b := MomentCurve(d[0], d[1])
		add(subsets(d[1], d[0]).Int64(), n, b, "generic, %d hyperplanes in %d dimensions", d[1], d[0])
	}
	n, b := DeadLayers(2, 5)
	add(16, n, b, "dead layers")
	return cases
}

// AtOrigin returns the unit ball at 0.
func AtOrigin(norm ball.Norm, n int) ball.Ball {
	return Must(ball.New(norm, make([]float64, n), 1))
}

// pitfalls returns the small cases that have misled region counters, each with
// the mistake that it catches in its name.
func pitfalls() []Case {
	var cases []Case
	add := func(want int64, name string, b ball.Ball, layers ...network.Layer) {
		cases = append(cases, Case{name, Build(layers...), b, big.NewInt(want)})
	}
	line, disc := AtOrigin(ball.L2, 1), AtOrigin(ball.L2, 2)

	add(6, "three concurrent lines", disc,
		ReLU([]float64{1, 0, 0, 1, 1, 1}, make([]float64, 3)), Sum(3))
	add(2, "z and -z in one layer", disc,
		ReLU([]float64{3, 4, -3, -4}, []float64{1, -1}), Sum(2))
	add(2, "a closed distance below r, with z = -f1", disc,
		ReLU([]float64{1, 0}, []float64{-0.5}), ReLU([]float64{-1}, []float64{0}), Sum(1))
	add(2, "a neuron that is identically zero before one that is not", line,
		ReLU([]float64{0, 1}, []float64{0, 0}), Sum(2))
	add(2, "box corner beyond the l2 radius", unitCube(2, -1),
		ReLU([]float64{1, 1}, []float64{-1.5}), Sum(1))
	add(2, "an inactive leaky unit still carries dimension", line,
		leaky(0.01, []float64{1}, []float64{-10}), ReLU([]float64{1}, []float64{0.1}), Sum(1))
	big60 := math.Ldexp(1, 60)
	add(2, "cancellation of 2^60", line,
		Affine([]float64{big60, big60, 1}, []float64{1, 0, 0}),
		ReLU([]float64{1, -1, 0, 1, -1, 0, 1, -1, 0, 0, 0, 1}, []float64{-1, -0.5, -2, 0}), Sum(4))
	add(3, "tiny radius, large centre", Must(ball.New(ball.L2, []float64{1e6}, math.Ldexp(1, -80))),
		Affine([]float64{1}, []float64{-1e6}),
		ReLU([]float64{1, 1}, []float64{0, -math.Ldexp(1, -81)}), Sum(2))

	n, b := ParallelSlivers(9)
	cases = append(cases, Case{"parallel slivers", n, b, big.NewInt(10)})
	n, touching, cut := Tangent345()
	return append(cases,
		Case{"tangent 3-4-5", n, touching, big.NewInt(1)},
		Case{"tangent 3-4-5, next float", n, cut, big.NewInt(2)})
}

// leaky returns a LeakyReLU layer with the weights row by row.
func leaky(slope float64, weights, bias []float64) network.Layer {
	l := Affine(weights, bias)
	l.Act, l.Slope = network.LeakyReLU, slope
	return l
}

package enumerate_test

// Many inputs: the row form, forced on known and random cases of few inputs, and at work
// where it belongs.

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/network"
)

// rowForm and vertexForm put that solver in for the polytopal balls.
func rowForm() enumerate.Forced {
	return enumerate.Forced{Solver: solverOr(func() lp.Incremental { return new(lp.Rows) })}
}

func vertexForm() enumerate.Forced {
	return enumerate.Forced{Solver: solverOr(func() lp.Incremental { return new(lp.Vertex) })}
}

func solverOr(make func() lp.Incremental) func(ball.Norm, int) lp.Incremental {
	return func(norm ball.Norm, n int) lp.Incremental {
		if norm == ball.L2 {
			return lp.NewIncremental(norm, n)
		}
		s := make()
		s.Reset(norm, n)
		return s
	}
}

func TestRowFormOnKnownCases(t *testing.T) {
	for _, c := range gen.KnownCases() {
		if c.Ball.Norm() == ball.L2 {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			require.Equal(t, c.Want.String(), forced(t, c.Net, c.Ball, rowForm()).Lower.String())
		})
	}
}

func TestRowFormOnRandomCases(t *testing.T) {
	for seed := range uint64(120) {
		rng := gen.NewRand(seed)
		c := gen.RandomCase(rng, gen.RandomOptions{MaxNeurons: 14})
		if seed%3 == 0 {
			c = gen.TernaryCase(rng, 1+int(seed)%4, 4, 3, 1)
		}
		if c.Ball.Norm() == ball.L2 {
			continue
		}
		want := count(t, c.Net, c.Ball, 1)
		require.Equal(t, want.Lower, forced(t, c.Net, c.Ball, rowForm()).Lower, "%d %s %v", seed, c.Name, c.Ball)
		p := proveForced(t, c.Net, c.Ball, 2, 0, rowForm())
		require.Equal(t, want.Lower, p.result.Lower)
	}
}

// copied gives every input of the network so many copies, a power of two, and them its weights. The
// mean of copies runs over what an input of linf runs over, their sum over what one of l1 does.
func copied(t fataler, n *network.Network, copies int, mean bool) *network.Network {
	layers := n.Layers()
	first := layers[0]
	rows, cols := first.W.Dims()
	w := mat.NewDense(rows, cols*copies, nil)
	for j := range rows {
		for k := range cols * copies {
			v := first.W.At(j, k/copies)
			if mean {
				v /= float64(copies)
			}
			w.Set(j, k, v)
		}
	}
	first.W = w
	return netOf(t, append([]network.Layer{first}, layers[1:]...)...)
}

// Hundreds of inputs, with the count of a network of three.
func TestManyInputsCountAsFew(t *testing.T) {
	net := he(7, 3, 6, 5)
	for _, norm := range []ball.Norm{ball.LInf, ball.Box, ball.L1} {
		want := count(t, net, ballAt(t, norm, 3, 0, 1), 1)
		require.Greater(t, want.Lower.Int64(), int64(10), norm)
		many := copied(t, net, 256, norm != ball.L1)
		require.IsType(t, new(lp.Rows), lp.NewIncremental(norm, many.Inputs()))
		require.Equal(t, want.Lower, count(t, many, ballAt(t, norm, many.Inputs(), 0, 1), 2).Lower, norm)
	}
}

// 784 inputs, few of whose hyperplanes cut a small cube: the checker accepts the proof, which
// is the same however many workers wrote it.
func TestProofsInManyInputs(t *testing.T) {
	net := he(5, 784, 16, 6)
	b := ballAt(t, ball.LInf, 784, 0.1, 1.0/64)
	one := prove(t, net, b, 1, 4096)
	require.Greater(t, one.result.Lower.Int64(), int64(20))
	requireSameProof(t, one, prove(t, net, b, 3, 4096), "three workers")
}

// manyRadius is a radius at which some, not all hyperplanes cut, as the widths of the balls
// grow by the square root of n and by n.
func manyRadius(norm ball.Norm, n int) float64 {
	if norm == ball.L1 {
		return 2
	}
	return 0.5 / math.Sqrt(float64(n))
}

// BenchmarkManyInputs counts one layer of 12 units, and two of 16, with either solver, up to a
// thousand regions.
func BenchmarkManyInputs(b *testing.B) {
	for _, n := range []int{16, 32, 64, 96, 128, 784} {
		for _, widths := range [][]int{{12}, {16, 16}} {
			net := he(5, n, widths...)
			for _, norm := range []ball.Norm{ball.LInf, ball.L1} {
				for name, f := range map[string]enumerate.Forced{"rows": rowForm(), "vertex": vertexForm()} {
					if name == "vertex" && n > 128 {
						continue
					}
					b.Run(fmt.Sprintf("%d-%v/%v/%s", n, widths, norm, name), func(b *testing.B) {
						var r enumerate.Result
						for b.Loop() {
							var err error
							r, err = enumerate.CountForced(context.Background(), net, ballAt(b, norm, n, 0.1, manyRadius(norm, n)), enumerate.Options{Workers: 1, Limit: 1000}, f)
							require.NoError(b, err)
						}
						k := float64(r.Lower.Int64())
						b.ReportMetric(k, "regions")
						b.ReportMetric(k*float64(b.N)/b.Elapsed().Seconds(), "regions/s")
						b.ReportMetric(float64(r.Questions)/k, "questions/region")
						b.ReportMetric(float64(r.Pivots)/k, "pivots/region")
					})
				}
			}
		}
	}
}

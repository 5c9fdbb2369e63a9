package enumerate_test

// Many inputs: the row form, forced on known and random cases of few inputs, and at work
// where it belongs.

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"relucell/ball"
	"relucell/crosscheck"
	"relucell/enumerate"
	"relucell/lp"
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
	for _, c := range crosscheck.KnownCases() {
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
		rng := crosscheck.NewRand(seed)
		c := crosscheck.RandomCase(rng, crosscheck.RandomOptions{MaxNeurons: 14})
		if seed%3 == 0 {
			c = crosscheck.TernaryCase(rng, 1+int(seed)%4, 4, 3, 1)
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

// BenchmarkManyInputs counts one layer of 12 units, and two of 10 and 6, with either solver, in a
// ball of a few hundred to a few thousand regions.
func BenchmarkManyInputs(b *testing.B) {
	for _, n := range []int{4, 8, 12, 16, 24, 32, 48, 64, 784} {
		for _, widths := range [][]int{{12}, {16, 16}} {
			net := he(uint64(n), n, widths...)
			for _, norm := range []ball.Norm{ball.LInf, ball.L1} {
				for name, f := range map[string]enumerate.Forced{"rows": rowForm(), "vertex": vertexForm()} {
					if name == "vertex" && n > 64 {
						continue
					}
					b.Run(fmt.Sprintf("%d-%v/%v/%s", n, widths, norm, name), func(b *testing.B) {
						var r enumerate.Result
						for b.Loop() {
							var err error
							r, err = enumerate.CountForced(context.Background(), net, ballAt(b, norm, n, 0, 0.25), enumerate.Options{Workers: 1, Limit: 1500}, f)
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

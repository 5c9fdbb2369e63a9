package enumerate_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"relucell/ball"
	"relucell/crosscheck"
	"relucell/enumerate"
	"relucell/network"
	"relucell/network/load"
)

func count(t testing.TB, n *network.Network, b ball.Ball, workers int) enumerate.Result {
	t.Helper()
	r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: workers})
	require.NoError(t, err)
	require.True(t, r.Exact)
	require.Zero(t, r.Lower.Cmp(r.Upper))
	return r
}

func TestTwoInputsAgainstExactPolygonClipping(t *testing.T) {
	for seed := uint64(0); seed < 300; seed++ {
		rng := crosscheck.NewRand(seed)
		var c crosscheck.Case
		if seed%2 == 0 {
			c = crosscheck.TernaryCase(rng, 2, 4, 4)
		} else {
			c = crosscheck.RandomCase(rng, crosscheck.RandomOptions{Inputs: 2})
		}
		want, err := crosscheck.CountPolygons(c.Net, c.Ball)
		require.NoError(t, err)
		got := count(t, c.Net, c.Ball, 1)
		require.Equal(t, want.String(), got.Lower.String(), "seed %d %s %v", seed, c.Name, c.Ball)
	}
}

func TestShared(t *testing.T) {
	for _, f := range []string{"he_2-16-16-16-2_s2", "he_2-64-64-1_s4", "he_3-16-16-2_s5", "he_4-16-16-2_s7", "he_5-10-10-10-2_s9", "he_10-16-1_s13"} {
		n, _, err := load.Read("../../shared/nets/random/"+f+".onnx", load.Options{})
		require.NoError(t, err)
		for _, norm := range []ball.Norm{ball.LInf, ball.L2, ball.L1} {
			b, err := ball.New(norm, make([]float64, n.Inputs()), 1)
			require.NoError(t, err)
			r := count(t, n, b, 1)
			s := r.Elapsed.Seconds()
			fmt.Printf("%-22s %-5v %8s  %6.3fs %9.0f/s q/r %.2f piv/r %.2f %+v\n", f, norm, r.Lower, s, float64(r.Lower.Int64())/s, float64(r.Questions)/float64(r.Lower.Int64()), float64(r.Pivots)/float64(r.Lower.Int64()), r.Decisions)
		}
	}
}

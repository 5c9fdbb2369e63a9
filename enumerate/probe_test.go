package enumerate_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"relucell/ball"
	"relucell/crosscheck"
	"relucell/enumerate"
	"relucell/network"
	"relucell/network/load"
)

func show(t *testing.T, name string, n *network.Network, b ball.Ball, w int) {
	r := count(t, n, b, w)
	s := r.Elapsed.Seconds()
	k := float64(r.Lower.Int64())
	fmt.Printf("%-30s %-5v w%d %9s %8.3fs %9.0f/s q/r %.2f piv/r %.2f %+v\n", name, b.Norm(), w, r.Lower, s, k/s, float64(r.Questions)/k, float64(r.Pivots)/k, r.Decisions)
}

var _ = enumerate.Options{}

func TestProbe(t *testing.T) {
	for _, spec := range strings.Split(os.Getenv("PROBE"), " ") {
		p := strings.Split(spec, ",") // name,norm,center,radius,workers
		w := 1
		if len(p) > 4 {
			w, _ = strconv.Atoi(p[4])
		}
		norm, err := ball.ParseNorm(p[1])
		c, _ := strconv.ParseFloat(p[2], 64)
		r, _ := strconv.ParseFloat(p[3], 64)
		require.NoError(t, err)
		var n *network.Network
		switch {
		case strings.HasPrefix(p[0], "res"):
			k, _ := strconv.Atoi(p[0][3:])
			n = crosscheck.Resonance(k)
		case strings.HasPrefix(p[0], "thr"):
			k, _ := strconv.Atoi(p[0][3:])
			n = crosscheck.Threshold(k)
		case strings.HasPrefix(p[0], "gen"):
			q := strings.Split(p[0][3:], "x")
			k, _ := strconv.Atoi(q[0])
			d, _ := strconv.Atoi(q[1])
			n = crosscheck.Generic(k, d, crosscheck.NewRand(1))
		default:
			n, _, err = load.Read("../../shared/nets/"+p[0], load.Options{})
			require.NoError(t, err)
		}
		ctr := make([]float64, n.Inputs())
		for i := range ctr {
			ctr[i] = c
		}
		b, err := ball.New(norm, ctr, r)
		require.NoError(t, err)
		show(t, p[0], n, b, w)
	}
}

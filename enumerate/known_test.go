package enumerate_test

// Counts that are known beforehand: theorems, and public networks.

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
)

func TestKnownCounts(t *testing.T) {
	for _, c := range gen.KnownCases() {
		t.Run(c.Name, func(t *testing.T) {
			r := countTwice(t, c.Net, c.Ball, 2)
			require.Equal(t, c.Want.String(), r.Lower.String())
		})
	}
}

// Counts of random networks in the unit ball at 0: linf as found by peers, all
// three with proofs that the checker accepted.
func TestKnownCountsOfRandomNetworks(t *testing.T) {
	for _, c := range []struct {
		file         string
		linf, l2, l1 int64
	}{
		{"he_2-16-16-16-2_s2", 653, 612, 528},
		{"he_2-64-64-1_s4", 5570, 5261, 4615},
		{"he_3-16-16-2_s5", 3259, 2645, 1638},
		{"he_4-16-16-2_s7", 14615, 11263, 4299},
		{"he_5-10-10-10-2_s9", 36207, 19576, 4810},
		{"he_10-16-1_s13", 40753, 19207, 2105},
	} {
		t.Run(c.file, func(t *testing.T) {
			n := sharedNet(t, "random/"+c.file+".onnx")
			for norm, want := range map[ball.Norm]int64{ball.LInf: c.linf, ball.L2: c.l2, ball.L1: c.l1, ball.Box: c.linf} {
				require.EqualValues(t, want, countTwice(t, n, ballAt(t, norm, n.Inputs(), 0, 1), 2).Lower.Int64(), norm)
			}
		})
	}
}

// publicCounts are counts of public networks. A peer with float tolerances found those
// of ACAS Xu 1_1 and lindex as well, and 3_3 as one of three answers.
var publicCounts = []struct {
	file    string
	c, r    float64
	want    int64
	longRun bool
}{
	{"tll_2_8_0.onnx", 0, 2, 433, false}, // no float tool did
	{"lindex.onnx", 0.5, 0.5, 87, false},
	{"cartpole.onnx", 0, 0.25, 5175, false},
	{"vdp.onnx", 0, 1, 3755, false},
	{"ACASXU_run2a_1_1_batch_2000.onnx", 0, 0.01, 163, false},
	{"ACASXU_run2a_1_1_batch_2000.onnx", 0, 0.025, 1943, false},
	{"ACASXU_run2a_1_1_batch_2000.onnx", 0, 0.05, 14941, false},
	{"ACASXU_run2a_3_3_batch_2000.onnx", 0, 0.01, 171, false},
	{"ACASXU_run2a_3_3_batch_2000.onnx", 0, 0.025, 9667, false},
	{"ACASXU_run2a_3_3_batch_2000.onnx", 0, 0.05, 247408, true},
}

func TestKnownCountsOfPublicNetworks(t *testing.T) {
	for _, c := range publicCounts {
		t.Run(c.file, func(t *testing.T) {
			if c.longRun {
				skipUnlessSoak(t)
			}
			n := sharedNet(t, c.file)
			require.EqualValues(t, c.want, countTwice(t, n, ballAt(t, ball.Box, n.Inputs(), c.c, c.r), 2).Lower.Int64())
		})
	}
}

// The lattice network, where every float tool failed, and ACAS Xu with proofs.
func TestProofsOfPublicNetworks(t *testing.T) {
	for _, c := range publicCounts {
		t.Run(c.file, func(t *testing.T) {
			if c.want > 2000 {
				skipUnlessSoak(t)
			}
			n := sharedNet(t, c.file)
			p := prove(t, n, ballAt(t, ball.LInf, n.Inputs(), c.c, c.r), 2, 0)
			require.EqualValues(t, c.want, p.result.Lower.Int64())
		})
	}
}

// In soak: central arrangements of a million regions.
func TestSoakCentralArrangements(t *testing.T) {
	skipUnlessSoak(t)
	for _, norm := range norms {
		require.EqualValues(t, 1066044, countTwice(t, gen.Resonance(6), ballAt(t, norm, 6, 0, 1), 2).Lower.Int64(), norm)
		require.EqualValues(t, 94572, countTwice(t, gen.Threshold(5), ballAt(t, norm, 6, 0, 1), 2).Lower.Int64(), norm)
	}
}

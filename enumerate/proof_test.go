package enumerate_test

// Proofs of counts: each is verified by the independent checker, and its bytes
// depend on nothing but the network and the ball.

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

func TestProofsOfKnownCountsAreVerified(t *testing.T) {
	for _, c := range gen.KnownCases() {
		t.Run(c.Name, func(t *testing.T) {
			if c.Want.Int64() > 2000 && c.Ball.Norm() != ball.L2 {
				skipUnlessSoak(t)
			}
			require.Equal(t, c.Want.String(), prove(t, c.Net, c.Ball, 2, 0).result.Lower.String())
		})
	}
}

// Where squares of coefficients overflowed, a form of one sign on the l2 ball was said to have
// both: there was no proof, or one that the checker refused.
func TestProofsWhereSquaresOverflow(t *testing.T) {
	for _, e := range []float64{0x1p400, 0x1p511, 0x1p600, 0x1p800} {
		first := dense(network.LeakyReLU, []float64{1, 0, 1, 1}, []float64{-2, 0})
		first.Slope = -e
		n := netOf(t, first, dense(network.ReLU, []float64{-1, 0, 0, 1}, []float64{0, 0}))
		b, err := ball.New(ball.L2, []float64{0, 0}, 1)
		require.NoError(t, err)
		p := prove(t, n, b, 1, 0)
		require.Equal(t, "2", p.result.Lower.String())
	}
}

func TestProofsOfRandomCountsDoNotDependOnWorkers(t *testing.T) {
	for seed := range uint64(100) {
		rng := gen.NewRand(seed)
		c := gen.RandomCase(rng, gen.RandomOptions{})
		if seed%3 == 0 {
			c = gen.TernaryCase(rng, 3, 5, 4)
		} else if seed%3 == 1 {
			c = largeCase(seed)
		}
		requireSameProof(t, prove(t, c.Net, c.Ball, 1, 0), prove(t, c.Net, c.Ball, 3, 0), "seed %d", seed)
	}
}

// Counts that are large enough for subtrees to be handed over, which is asserted: generic,
// leaky, central, and one with a long exact solve here and there; in one file and in parts.
func TestProofsDoNotDependOnWorkersThoughSubtreesAreHandedOver(t *testing.T) {
	for _, c := range []struct {
		name string
		c    gen.Case
	}{
		{"generic", gen.Case{Net: he(1, 4, 14, 14), Ball: ballAt(t, ball.LInf, 4, 0, 1)}},
		{"generic l2", gen.Case{Net: he(2, 3, 14, 14), Ball: ballAt(t, ball.L2, 3, 0, 2)}},
		{"deep", gen.Case{Net: he(3, 3, 8, 8, 8, 8), Ball: ballAt(t, ball.L1, 3, 0, 4)}},
		{"large", gen.Case{Net: he(1, 3, 12, 12), Ball: ballAt(t, ball.LInf, 3, 0, 0x1p50)}},
		{"large l2", gen.Case{Net: he(2, 3, 12, 12), Ball: ballAt(t, ball.L2, 3, 0, 0x1p90)}},
		{"threshold", gen.Case{Net: gen.Threshold(4), Ball: ballAt(t, ball.LInf, 5, 0, 1)}},
		{"threshold l2", gen.Case{Net: gen.Threshold(4), Ball: ballAt(t, ball.L2, 5, 0, 1)}},
		{"ternary", gen.Case{Net: gen.Ternary(gen.NewRand(9), 4, 10, 10, 1), Ball: ballAt(t, ball.Box, 4, 0, 2)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, partSize := range []int{0, 1 << 14} {
				want := prove(t, c.c.Net, c.c.Ball, 1, partSize)
				require.Zero(t, want.handovers)
				require.Greater(t, want.result.Lower.Int64(), int64(500))
				require.Equal(t, partSize == 0, len(want.files) == 1)
				handovers := int64(0)
				workerCounts := []int{2, 3, 8}
				if partSize > 0 {
					workerCounts = []int{3}
				}
				for _, workers := range workerCounts {
					got := prove(t, c.c.Net, c.c.Ball, workers, partSize)
					requireSameProof(t, want, got, "%d workers, parts of %d", workers, partSize)
					handovers += got.handovers
				}
				require.Positive(t, handovers)
			}
		})
	}
}

// What the proof says of itself: as many final regions as were counted, all of them alive.
func TestProofHasOneWitnessForEachRegion(t *testing.T) {
	for seed := range uint64(30) {
		c := gen.RandomCase(gen.NewRand(seed), gen.RandomOptions{})
		p := prove(t, c.Net, c.Ball, 2, 0)
		witnesses := 0
		for line := range strings.Lines(p.files["proof"]) {
			if line[0] == 'W' {
				witnesses++
			}
		}
		require.EqualValues(t, p.result.Lower.Int64(), witnesses)
	}
}

// The trainer learns, by each optimiser, and a seed fixes every bit.

package experiment

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
)

func trained(t *testing.T, optimizer string, epochs int) (*network.Network, samples) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	s, _ := TwoMoons().split(rng)
	tr, err := newTrainer(rng, chain(2, 16, 16, 2), crossEntropy, optimizer, DefaultRate(optimizer))
	require.NoError(t, err)
	defer tr.close()
	for range epochs {
		require.NoError(t, tr.epoch(context.Background(), rng, len(s.x), 32, classified(s, 2)))
	}
	n, err := tr.network()
	require.NoError(t, err)
	return n, s
}

func TestEachOptimiserLearnsAndRepeatsBitForBit(t *testing.T) {
	for _, o := range Optimizers {
		t.Run(o, func(t *testing.T) {
			n, s := trained(t, o, 60)
			accuracy, loss := score(n, s)
			require.Greater(t, accuracy, 0.9)
			require.Less(t, loss, 0.3)
			again, _ := trained(t, o, 60)
			require.Equal(t, n.Fingerprint(), again.Fingerprint())
		})
	}
}

func TestOptimisersStartFromTheSameNetwork(t *testing.T) {
	a, _ := trained(t, "sgd", 0)
	b, _ := trained(t, "adam", 0)
	require.Equal(t, a.Fingerprint(), b.Fingerprint())
}

package enumerate_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"relucell/ball"
	"relucell/certificate"
	"relucell/crosscheck"
	"relucell/enumerate"
	"relucell/network"
)

// prove counts with a proof, has the proof checked, and returns its bytes.
func prove(t testing.TB, n *network.Network, b ball.Ball, workers int) (enumerate.Result, []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "proof")
	r, err := crosscheck.Prove(context.Background(), n, b, path, enumerate.Options{Workers: workers})
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, n.WriteCanonical(&text))
	rep, err := certificate.Check(text.Bytes(), path, certificate.Options{Workers: 1})
	require.NoError(t, err)
	require.Equal(t, r.Lower.String(), fmt.Sprint(rep.Count))
	require.False(t, rep.AtLeast)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	return r, raw
}

func TestProofsOfKnownCountsAreVerified(t *testing.T) {
	for _, c := range crosscheck.KnownCases() {
		if c.Want.Int64() > 2000 && testing.Short() {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			r, _ := prove(t, c.Net, c.Ball, 2)
			require.Equal(t, c.Want.String(), r.Lower.String())
		})
	}
}

func TestProofsOfRandomCountsAreVerifiedAndDoNotDependOnWorkers(t *testing.T) {
	for seed := uint64(0); seed < 100; seed++ {
		rng := crosscheck.NewRand(seed)
		c := crosscheck.RandomCase(rng, crosscheck.RandomOptions{})
		if seed%3 == 0 {
			c = crosscheck.TernaryCase(rng, 3, 5, 4)
		}
		_, one := prove(t, c.Net, c.Ball, 1)
		_, three := prove(t, c.Net, c.Ball, 3)
		require.True(t, bytes.Equal(one, three), "seed %d", seed)
	}
}

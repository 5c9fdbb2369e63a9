package crosscheck

import (
	"context"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
)

// A wrong count is not let through, and the sample is what it says.
func TestAuditRefusesAnotherCount(t *testing.T) {
	sampled := 0
	for seed := range uint64(200) {
		c := gen.RandomCase(gen.NewRand(seed), gen.RandomOptions{})
		r, err := enumerate.Count(context.Background(), c.Net, c.Ball, enumerate.Options{Workers: 1, Limit: auditRegions})
		require.NoError(t, err)
		if !r.Exact || !Sampled(c.Net, c.Ball, r.Lower) {
			continue
		}
		sampled++
		require.NoError(t, Audit(context.Background(), c.Net, c.Ball, r.Lower))
		wrong := new(big.Int).Add(r.Lower, big.NewInt(1))
		require.ErrorContains(t, Audit(context.Background(), c.Net, c.Ball, wrong), "expected exactly "+wrong.String())
		require.False(t, Sampled(c.Net, c.Ball, big.NewInt(auditRegions+1)))
	}
	require.Greater(t, sampled, 100)
}

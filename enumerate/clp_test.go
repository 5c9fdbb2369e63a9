//go:build clp && cgo

package enumerate_test

// The plain walk over CLP, an oracle that shares no code with the other
// solvers. Its proposals pass the same filters, so its bracket must overlap; since
// the exact tier settles what CLP's tolerances leave open, it is the same number.

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/clp"
)

func newCLP(t require.TestingT) lp.Solver {
	s, err := clp.New()
	require.NoError(t, err)
	return s
}

func TestFastWalkEqualsPlainWalkOverCLP(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, 1, 8, 6)
		require.Equal(t, count(t, c.Net, c.Ball, 1).Lower, plain(t, c, newCLP(t)).Lower)
	})
}

func TestPlainWalkOverCLPOnKnownCounts(t *testing.T) {
	for _, c := range gen.KnownCases() {
		if c.Want.Int64() <= 40 {
			require.Equal(t, c.Want.String(), plain(t, c, newCLP(t)).Lower.String(), c.Name)
		}
	}
}

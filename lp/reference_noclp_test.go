//go:build !clp || !cgo

package lp_test

// The solvers to test where CLP is not built in.

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/clp"
)

func solvers(*testing.T) map[string]lp.Solver {
	return map[string]lp.Solver{"reference": lp.NewReference()}
}

func TestMissingCLPIsAnError(t *testing.T) {
	_, err := clp.New()
	require.ErrorIs(t, err, clp.ErrMissing)
}

//go:build clp && cgo

package lp_test

// CLP against the reference, both certified exactly.

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/clp"
)

func newCLP(t require.TestingT) lp.Solver {
	s, err := clp.New()
	require.NoError(t, err)
	return s
}

func solvers(t *testing.T) map[string]lp.Solver {
	return map[string]lp.Solver{"reference": lp.NewReference(), "clp": newCLP(t)}
}

func TestCLPAgreesWithReference(t *testing.T) {
	var count tally
	reference, oracle := lp.NewReference(), newCLP(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstance(t, 6, 12)
		a, b := ask(t, reference, in), ask(t, oracle, in)
		mine, its := proved(in, a), proved(in, b)
		require.False(t, b.Meets && its != 1, "a witness with a margin beyond rounding is one")
		require.True(t, mine == its || mine == 0 || its == 0, "two certificates contradict")
		count.add(its)
	})
	count.require(t)
}

// The binding frees what C still uses, unless it is kept alive: many models under a busy collector.
func TestCLPSurvivesTheCollector(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			runtime.GC()
		}
	}()
	s := newCLP(t)
	in := rapid.Custom(func(t *rapid.T) instance { return drawInstance(t, 5, 10) })
	for i := range 300 {
		ask(t, s, in.Example(i))
	}
	<-done
}

package enumerate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"relucell/crosscheck"
)

func TestKnownCounts(t *testing.T) {
	for _, c := range crosscheck.KnownCases() {
		t.Run(c.Name, func(t *testing.T) {
			r := count(t, c.Net, c.Ball, 2)
			require.Equal(t, c.Want.String(), r.Lower.String())
			t.Logf("%v %+v q %d", r.Elapsed, r.Decisions, r.Questions)
		})
	}
}

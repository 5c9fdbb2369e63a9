package exact

// A stop at each of the looks at it, one after the other.

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Stopped while a witness was rounded, a question had neither that nor multipliers, and checked
// them: a panic.
func TestAStopAtAnyLookIsAStop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		norm, obj, rows, p := drawCell(t, 4, 6)
		looks := 0
		count := func() bool { looks++; return false }
		_, _, _, err := SideUntil(count, norm, obj, rows, p)
		require.NoError(t, err)
		for from := range looks {
			at := 0
			stop := func() bool { at++; return at > from }
			w, self, lambda, err := SideUntil(stop, norm, obj, rows, p)
			require.ErrorIs(t, err, ErrStopped, "at look %d of %d", from, looks)
			require.True(t, w == nil && self == nil && lambda == nil)
		}
	})
}

package exact

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A stop while a witness was rounded left neither that nor multipliers, and ended in a panic.
func TestASideStopsAtEachLook(t *testing.T) {
	for _, norm := range norms {
		for _, side := range []Row{NewRow(-1, 2, 1), NewRow(-3, 1, 1), NewRow(0, 1, -2)} {
			rows, inside := []Row{NewRow(1, -1, 3), NewRow(2, 1, -3)}, rat(0, 0)
			looks := 0
			witness, self, _, err := SideUntil(func() bool { looks++; return false }, norm, side, rows, inside)
			require.NoError(t, err)
			require.NotEqual(t, witness == nil, self == nil)
			for most := range looks {
				left := most
				_, _, _, err := SideUntil(func() bool { left--; return left < 0 }, norm, side, rows, inside)
				require.ErrorIs(t, err, ErrStopped, "%v, %v, after %d looks", norm, side, most)
			}
		}
	}
}

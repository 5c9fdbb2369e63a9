package exact

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
)

// A programme and a projection went on to their end, which in hundreds of inputs is minutes away.
func TestProgrammesAndProjectionsStop(t *testing.T) {
	const n = 5
	obj, near := Row{H: big.NewInt(1)}, []Row{}
	for k := range n {
		obj.G = append(obj.G, big.NewInt(int64(k+1)))
		row := Row{H: big.NewInt(int64(k - 4))}
		for i := range n {
			row.G = append(row.G, big.NewInt(int64((i*k+i+3*k)%7)))
		}
		near = append(near, row)
	}
	rows := make([]Row, n) // that cut the maximum off, and hold 0
	for i, r := range near {
		rows[i] = Combine(big.NewInt(-1), r, nil, nil)
		rows[i].H.SetInt64(2)
	}
	inside := make([]*big.Rat, n)
	for k := range inside {
		inside[k] = new(big.Rat)
	}
	for name, ask := range map[string]func(stop func() bool) error{
		"maximum in linf": func(stop func() bool) error { _, err := MaximizeUntil(stop, ball.LInf, obj, rows, inside); return err },
		"maximum in l1":   func(stop func() bool) error { _, err := MaximizeUntil(stop, ball.L1, obj, rows, inside); return err },
		"nearest":         func(stop func() bool) error { _, err := Nearest(stop, near); return err },
	} {
		looks := 0
		require.NoError(t, ask(func() bool { looks++; return false }), name)
		require.Greater(t, looks, n, name)
		for most := range looks {
			left := most
			require.ErrorIs(t, ask(func() bool { left--; return left < 0 }), ErrStopped, "%s, after %d looks", name, most)
		}
	}
}

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

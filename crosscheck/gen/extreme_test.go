package gen

// What ExtremeCase promises.

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

func TestExtremeCasesReachTheEndsOfTheRange(t *testing.T) {
	seen := map[string]int{}
	note := func(name string, holds bool) { seen[name] += int(indicator(holds)) }
	for seed := range uint64(300) {
		c := ExtremeCase(NewRand(seed))
		require.Equal(t, text(c.Net), text(ExtremeCase(NewRand(seed)).Net))
		require.LessOrEqual(t, c.Net.Inputs(), 3)
		largest, smallest, zeros := 0.0, 1.0, false
		for _, l := range c.Net.Layers() {
			note("leaky", l.Act == network.LeakyReLU)
			for _, w := range append(append([]float64(nil), l.B...), l.Dense().RawMatrix().Data...) {
				largest = max(largest, math.Abs(w))
				if zeros = zeros || w == 0; w != 0 {
					smallest = min(smallest, math.Abs(w))
				}
				if c.Name == "extreme float32" {
					require.Equal(t, w, float64(float32(w)))
				}
			}
		}
		note(c.Name, true)
		note(c.Ball.Norm().String(), true)
		note("zeros", zeros)
		note("large", largest > 1e290)
		note("small", smallest < 1e-290)
		note("subnormal", smallest < 0x1p-1022)
		note("large ball", c.Ball.Norm() != ball.Box && c.Ball.Radius() > 1e100)
		note("small ball", c.Ball.Norm() != ball.Box && c.Ball.Radius() < 1e-100)
	}
	for _, name := range []string{"leaky", "extreme", "extreme float32", "ladder", "l2", "linf", "l1", "box", "zeros", "large", "small", "subnormal", "large ball", "small ball"} {
		require.Greater(t, seen[name], 4, name)
	}
}

package judge

// Sums over rows are those over forms, bit for bit.

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
)

func TestRowsAreSummedUpAsForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, fewInputs+1).Draw(t, "n")
		number := rapid.OneOf(rapid.Float64Range(-4, 4), rapid.Float64Range(-1e-300, 1e-300), rapid.Float64Range(-1e300, 1e300))
		form := func() *forms.Form {
			z := &forms.Form{G: rapid.SliceOfN(number, n, n).Draw(t, "g"), H: number.Draw(t, "h")}
			z.Err, z.Mag = rapid.Float64Range(0, 1e-9).Draw(t, "err"), rapid.Float64Range(0, 1e301).Draw(t, "mag")
			return z
		}
		side := rapid.SampledFrom([]float64{-1, 1})
		c := &filter{Model: &forms.Model{N: n}, Proof: true, f: make([]float64, n)}
		c.Model.UnitTerms = 3
		c.Model.Norm = rapid.SampledFrom([]ball.Norm{ball.LInf, ball.L1, ball.L2, ball.Box}).Draw(t, "norm")
		if rapid.Bool().Draw(t, "boxed") {
			c.Box.Cube(n)
			for i := range c.Box {
				c.Box[i].Y *= rapid.Float64Range(0, 1).Draw(t, "end")
			}
		}
		for range rapid.IntRange(0, 9).Draw(t, "old") { // constraints that are gone
			c.Add(Constraint{Form: form(), S: side.Draw(t, "s")})
		}
		c.Cell = c.Cell[:rapid.IntRange(0, len(c.Cell)).Draw(t, "left")]
		for range rapid.IntRange(0, 5).Draw(t, "new") {
			c.Add(Constraint{Form: form(), S: side.Draw(t, "s")})
		}
		var ids []int32
		c.round = append(c.round, float64(rapid.IntRange(1, 1<<33).Draw(t, "own")))
		for i := range c.Cell {
			if rapid.Bool().Draw(t, "in") {
				ids, c.round = append(ids, int32(i)), append(c.round, float64(rapid.IntRange(0, 1<<33).Draw(t, "factor")))
			}
		}
		z, s := form(), side.Draw(t, "s")
		require.Equal(t, n <= fewInputs, c.few())
		if rapid.Bool().Draw(t, "close") { // to zero
			h, err, mag := c.combine(z, s, c.round[0], ids, c.round[1:])
			sum := h + c.largest(c.f[:n]) + forms.Rounding(err, mag, len(ids)+n+c.sideTerms())
			z.H -= s * sum / c.round[0] * rapid.SampledFrom([]float64{1 - 1e-9, 1, 1 + 1e-9}).Draw(t, "how")
		}
		if c.few() {
			c.own.set(z, s)
		}
		require.Equal(t, c.float(z, s, c.round[0], ids, c.round[1:]), c.stands(z, s, ids))
	})
}

func TestScaledRoundsToEven(t *testing.T) {
	c := new(filter)
	require.True(t, c.scaled([]float64{0, 0.5, 1.5, 2.5, 0x1p33, 3.4999}, 1))
	require.Equal(t, []float64{1, 0, 0, 2, 2, 0x1p33, 3}, c.round)
	require.False(t, c.scaled([]float64{9}, 0.5))
}

// The float filter: what a combination of forms is at most on the ball, with an error bound; and
// multipliers rounded to small integers that still pass it, for proofs.

package judge

import (
	"math"

	"github.com/relucell/relucell/internal/forms"
)

// filter judges multipliers of the constraints of a cell, in floats.
type filter struct {
	Model *forms.Model
	// Cell holds the constraints of the cell. They are the caller's to change.
	Cell []Constraint
	// Named is the number of names, where not all of them are constraints of the cell; 0 where they
	// are.
	Named int32
	// Box holds the cell, where a proof has said so.
	Box   Box
	f     []float64
	round []float64 // rounded multipliers, self first
}

// combine writes f = scale0·s·z + Σ lam_i s_i z_i and returns its offset, the
// bound of what the forms' own errors contribute, and Σ lam·mag.
func (c *filter) combine(z *forms.Form, s, self float64, ids []int32, lam []float64) (h, err, mag float64) {
	f := c.f[:len(z.G)]
	for k, g := range z.G {
		f[k] = s * self * g
	}
	h, err, mag = s*self*z.H, self*z.Err, self*z.Mag
	for i, id := range ids {
		a := &c.Cell[id]
		t := lam[i] * a.S
		for k, g := range a.G[:len(f)] {
			f[k] += t * g
		}
		h += t * a.H
		err += lam[i] * a.Err
		mag += lam[i] * a.Mag
	}
	return h, err, mag
}

// Supremum returns the largest value of the combination on the ball, and what that is off by at
// most.
func (c *filter) Supremum(z *forms.Form, s, self float64, ids []int32, lam []float64) (sup, off float64) {
	h, err, mag := c.combine(z, s, self, ids, lam)
	return h + forms.Sup(c.Model.Norm, c.f[:len(z.G)]), forms.Rounding(err, mag, len(ids)+len(z.G))
}

// thin drops the smallest multiplier as long as the proof stands without it.
func (c *filter) thin(z *forms.Form, s float64, ids []int32) {
	for {
		at := 0
		for i, r := range c.round {
			if i > 0 && r > 0 && (at == 0 || r < c.round[at]) {
				at = i
			}
		}
		if at == 0 {
			return
		}
		r := c.round[at]
		c.round[at] = 0
		if !c.float(z, s, c.round[0], ids, c.round[1:]) {
			c.round[at] = r
			return
		}
	}
}

// What the largest multiplier is rounded to, in turn. Small ones make short
// proofs: a single digit where that does.
var proofTops = [...]float64{3, 9, 32, 1 << 8, 1 << 16, 1 << 24, 1 << 32}

// rounded scales (1, lam) so that the largest is limit and rounds to integers;
// false when self would vanish.
func (c *filter) rounded(lam []float64, limit float64) bool {
	top := 1.0
	for _, v := range lam {
		top = max(top, v)
	}
	return c.scaled(lam, limit/top)
}

// scaled rounds f·(1, lam) to integers; false when self would vanish.
func (c *filter) scaled(lam []float64, f float64) bool {
	c.round = append(c.round[:0], math.RoundToEven(f)) // which is one instruction
	for _, v := range lam {
		c.round = append(c.round, math.RoundToEven(f*v))
	}
	return c.round[0] >= 1
}

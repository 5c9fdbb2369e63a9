// The float filter: what a combination of forms is at most on the ball, with an error bound; and
// multipliers rounded to small integers that still pass it, for proofs.

package judge

import (
	"math"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
)

// filter judges multipliers of the constraints of a cell, in floats.
type filter struct {
	Model *forms.Model
	// Proof says that multipliers are wanted in integers.
	Proof bool
	// Cell holds the constraints of the cell. They are the caller's to change, but Add adds them.
	Cell []Constraint
	// Named is the number of names, where not all of them are constraints of the cell; 0 where they
	// are.
	Named int32
	// Box holds the cell, where a proof has said so.
	Box   Box
	f     []float64
	round []float64 // rounded multipliers, self first
	// In a proof with few inputs, rows are those of the cell, and own that of the form in question.
	rows []row
	own  row
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

// fewInputs is the number of inputs up to which constraints are kept as rows. With veryFew the rest
// of a row is 0.
const fewInputs, veryFew = 7, 4

// row is a form of few inputs times its side: its offset, error, magnitude and gradient.
type row [3 + fewInputs]float64

func (r *row) set(z *forms.Form, s float64) {
	*r = row{s * z.H, z.Err, z.Mag}
	for k, g := range z.G {
		r[3+k] = s * g
	}
}

// few says that constraints are kept as rows.
func (c *filter) few() bool { return c.Proof && c.Model.N <= fewInputs }

// Add adds a constraint to the cell.
func (c *filter) Add(a Constraint) {
	if c.Cell = append(c.Cell, a); c.few() {
		c.rows = append(c.rows[:len(c.Cell)-1], row{})
		c.rows[len(c.Cell)-1].set(a.Form, a.S)
	}
}

// stands is float with the rounded multipliers, of which the form is in own where its inputs are
// few. It is the same sum: what it adds beside that is 0.
func (c *filter) stands(z *forms.Form, s float64, ids []int32) bool {
	if !c.few() {
		return c.float(z, s, c.round[0], ids, c.round[1:])
	}
	r, t := c.round[0], &c.own
	h, err, mag := r*t[0], r*t[1], r*t[2]
	g0, g1, g2, g3 := r*t[3], r*t[4], r*t[5], r*t[6]
	round := c.round[1:][:len(ids)]
	for i, id := range ids {
		r, t := round[i], &c.rows[id]
		h += r * t[0]
		err += r * t[1]
		mag += r * t[2]
		g0 += r * t[3]
		g1 += r * t[4]
		g2 += r * t[5]
		g3 += r * t[6]
	}
	var g4, g5, g6 float64
	if len(z.G) > veryFew {
		g4, g5, g6 = r*t[7], r*t[8], r*t[9]
		for i, id := range ids {
			r, t := round[i], &c.rows[id]
			g4 += r * t[7]
			g5 += r * t[8]
			g6 += r * t[9]
		}
	}
	off := forms.Rounding(err, mag, len(ids)+len(z.G)+c.sideTerms())
	if len(c.Box) == 0 && c.Model.Norm != ball.L1 && c.Model.Norm != ball.L2 {
		abs := math.Abs
		return h+(abs(g0)+abs(g1)+abs(g2)+abs(g3)+abs(g4)+abs(g5)+abs(g6))+off < 0
	}
	g := [...]float64{g0, g1, g2, g3, g4, g5, g6}
	return h+c.largest(g[:len(z.G)])+off < 0
}

// thin drops the smallest multiplier as long as the proof stands without it.
func (c *filter) thin(z *forms.Form, s float64, ids []int32) {
	for {
		at, least := 0, ^uint64(0)
		for i, r := range c.round[1:] {
			// The bits of what is not negative are in its order; 0 comes last.
			if r := math.Float64bits(r) - 1; r < least {
				at, least = i+1, r
			}
		}
		if at == 0 {
			return
		}
		r := c.round[at]
		c.round[at] = 0
		if !c.stands(z, s, ids) {
			c.round[at] = r
			return
		}
	}
}

// What the largest multiplier is rounded to, in turn. Small ones make short
// proofs: a single digit where that does.
var proofTops = [...]float64{9, 99, 999, 9999, 99999, 1 << 22, 1 << 32}

// half rounds what is added to it to an integer, to even from halves, where that is below 2⁵¹ in
// absolute value: it is taken away again.
const half = 0x1.8p52

// scaled rounds f·(1, lam) to integers; false when self would vanish. Domain: they are at most 2³³.
func (c *filter) scaled(lam []float64, f float64) bool {
	c.round = append(c.round[:0], f+half-half)
	for _, v := range lam {
		c.round = append(c.round, f*v+half-half)
	}
	return c.round[0] >= 1
}

// Boxes around cells, which tell of most forms at once that they do not change sign.

package vertices

import (
	"math"

	"github.com/relucell/relucell/internal/forms"
)

// Box is one that holds a cell, by its middle and half-widths.
type Box struct{ Mid, Half Point }

// Sign returns the sign that a form certainly has on the box, or 0. Rounding: that of n products
// and additions twice over, and of the middle's, relative to the form's magnitude.
func (b *Box) Sign(z *forms.Form) int8 {
	t, reach := z.H, 0.0
	for k, g := range z.G {
		t += g * b.Mid[k]
		reach += math.Abs(g) * b.Half[k]
	}
	reach += forms.Rounding(z.Err, 2*z.Mag, len(z.G))
	plus, minus := int8(0), int8(0) // no branches, which no one can predict
	if t > reach {
		plus = 1
	}
	if -t > reach {
		minus = 1
	}
	return plus - minus
}

// Around sets a box to one around the cell.
func (p *points) Around(list []int32, b *Box) {
	lo, hi := p.Vertices[list[0]].X, p.Vertices[list[0]].X
	err := 0.0
	for _, v := range list {
		at := &p.Vertices[v]
		err = max(err, at.Err)
		for k, y := range at.X[:p.N] {
			lo[k], hi[k] = min(lo[k], y), max(hi[k], y)
		}
	}
	for k := range p.N {
		b.Mid[k] = lo[k] + (hi[k]-lo[k])/2
		b.Half[k] = forms.Slack*((hi[k]-lo[k])/2+err) + 2*forms.Unit // the middle is rounded
	}
}

// The witnesses of solved cells: made sure of, and handed out as exact points of the input space.

package tree

import (
	"fmt"
	"math"
	"math/big"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
)

// scratch is what witnesses are shortened and mapped in.
type scratch struct {
	short     judge.Point
	point, xs []float64
}

func newScratch(m *Subject) scratch {
	return scratch{short: judge.NewPoint(m.Model), point: make([]float64, m.N), xs: make([]float64, m.N)}
}

// confirm makes sure that the witness has the labels of the first id neurons, and says by which
// tier.
func (t *questions) confirm(p *judge.Point, id int) judge.Tier {
	by := t.judge.Confirm(p, id)
	if by == judge.None {
		t.err = fmt.Errorf("a witness lost its cell after neuron %d", id)
	}
	return by
}

// Witness is the cell's, mapped to x = c + diag(s)·y exactly.
func (t *Solved) Witness(short bool) (x []float64, wide []*big.Float) {
	lv := t.levels[t.depth]
	copy(t.scratch.point, lv.Y)
	if short && !lv.choice.rest { // which is to stay where no class was split away
		t.shorten(&lv.Point, t.decided(lv))
	}
	if lv.Big == nil && t.m.PlainX(t.scratch.point, t.scratch.xs) {
		return t.scratch.xs, nil
	}
	return nil, t.m.ExactX(t.scratch.point, lv.Big)
}

// witnessBits are the binary digits after the point that shorten tries: short
// witnesses make short proofs.
var witnessBits = [...]int{5, 7, 9, 11, 14, 18, 26}

// shorten rounds the witness in t.scratch.point to few bits, as long as it stays certain.
func (t *Solved) shorten(p *judge.Point, id int) {
	if p.Big != nil || t.m.Late() { // seven forward passes for each of thousands of frames would be
		return
	}
	tmp := &t.scratch.short
	for _, bits := range witnessBits {
		f := math.Ldexp(1, bits)
		for k, v := range p.Y {
			tmp.Y[k] = math.RoundToEven(v*f) / f
		}
		if !forms.Inside(t.m.Norm, tmp.Y) {
			continue
		}
		t.judge.Look(tmp)
		if t.judge.Agrees(tmp, id) {
			copy(t.scratch.point, tmp.Y)
			return
		}
	}
}

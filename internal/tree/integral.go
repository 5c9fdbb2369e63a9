// Signs at vertices in integers, where floats do not tell: a vertex is where its constraints hold
// with equality, and all forms are known exactly. So nothing but what has too many vertices, or
// touches the sphere, is left to the solver.

package tree

import (
	"math/big"
	"math/bits"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/vertices"
	"github.com/relucell/relucell/lp/exact"
)

// inIntegers tells of the vertices of the current cell.
type inIntegers struct{ *words }

// signs adds those of some neurons at a vertex, and says whether all are known.
func (t inIntegers) signs(word int, v int32, neurons uint64) bool {
	at := t.cells.Sign(word, v)
	for rest := neurons; rest != 0; rest &= rest - 1 {
		if b := uint(bits.TrailingZeros64(rest)); t.vanishesAt(word, b, v) {
			at.Zero |= 1 << b
			neurons &^= 1 << b
		} else if !t.integral {
			return false
		}
	}
	if neurons == 0 {
		return true
	}
	num, den, ok := t.meet(v)
	if !ok {
		return false
	}
	l := t.cells.LayerOf(word)
	var sum, x big.Int
	for rest := neurons; rest != 0; rest &= rest - 1 {
		b := uint(bits.TrailingZeros64(rest))
		r := t.judge.Row(l, t.cells.NeuronAt(l, word, b), 1)
		sum.Mul(r.H, den)
		for k, g := range r.G {
			sum.Add(&sum, x.Mul(g, num[k]))
		}
		if t.m.Late() {
			return false
		}
		switch sum.Sign() {
		case 1:
			at.Plus |= 1 << b
		case -1:
			at.Minus |= 1 << b
		default:
			at.Zero |= 1 << b
		}
	}
	return true
}

// meet returns where the constraints of a vertex hold with equality, false where that is given up.
func (t inIntegers) meet(v int32) (num []*big.Int, den *big.Int, ok bool) {
	c := t.cells
	rows := make([]exact.Row, 0, t.m.N)
	for on := c.Vertices[v].On; on != 0; on &= on - 1 {
		rows = append(rows, t.row(c.Facets[bits.TrailingZeros64(on)]))
	}
	if t.m.Late() { // the rows may be anything
		return nil, nil, false
	}
	num, den = exact.Meet(t.m.N, rows)
	return num, den, true
}

// row is the exact form of a constraint.
func (t inIntegers) row(p vertices.Place) exact.Row {
	if p < 0 {
		r := t.cells.Row(p)
		return exact.RowOf(r.G[:t.m.N], r.H)
	}
	word, b := int(p)/vertices.WordSize, uint(p)%vertices.WordSize
	l := t.cells.LayerOf(word)
	return t.judge.Row(l, t.cells.NeuronAt(l, word, b), 1)
}

// solve finds the coordinates of a vertex, each rounded once.
func (t inIntegers) solve(v int32) bool {
	if !t.integral {
		return false
	}
	num, den, ok := t.meet(v)
	if !ok {
		return false
	}
	var x vertices.Point
	for k, y := range num {
		x[k], _ = dyadic.FromRat(new(big.Rat).SetFrac(y, den))
	}
	t.cells.SetRounded(v, &x)
	return true
}

// Cells of one input in integers alone: an interval whose ends are fractions, the roots of forms.
// Along a line through a network of many layers the floats' error bounds outgrow the values, and
// a solver is asked in vain before integers decide; here nothing else is asked. So this stands in
// for vertices where nothing is to be proved.
//
// What makes integers cheap is that the exact forms of a layer are shared by all cells that part
// within it or behind it. Their numbers grow by the bits of a weight a layer, and a sign at an end
// is two products of such numbers.

package tree

import (
	"math/big"
	"sync/atomic"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/lp/exact"
)

// Line is a tree over a ball of one dimension. It tells nobody of multipliers.
type Line struct {
	trunk
	exact  *forms.ExactPath
	levels []*segment
	depth  int
	t, u   big.Int
	x      [1]float64
	err    error
}

// segment is a cell on the path: the open interval of its ends, which are never changed in place.
type segment struct {
	lo, hi fraction
	// Neuron j of layer l is the next to be decided, or that of the split, which is at the root of
	// its form; rises says that the form does.
	l, j  int
	root  fraction
	rises bool
}

// fraction is num/den, den > 0.
type fraction struct{ num, den *big.Int }

// NewLine returns a tree at the root, of a subject of one input without maxima.
func NewLine(m *Subject, halt *atomic.Bool) *Line {
	return &Line{trunk: newTrunk(m, nil, halt), exact: forms.NewExactPath(m.Model)}
}

// at returns the level of a depth.
func (t *Line) at(depth int) *segment {
	for len(t.levels) <= depth {
		t.levels = append(t.levels, new(segment))
	}
	return t.levels[depth]
}

// Reset goes to the ball.
func (t *Line) Reset() {
	t.depth, t.err = 0, nil
	one := big.NewInt(1)
	*t.at(0) = segment{lo: fraction{big.NewInt(-1), one}, hi: fraction{one, one}}
}

// Next decides one neuron after the other by the signs of its form at both ends.
func (t *Line) Next(passing bool) Event {
	c := t.levels[t.depth]
	for ; c.l < len(t.m.Layers); c.l, c.j = c.l+1, 0 {
		for ly := t.m.Layers[c.l]; c.j < ly.Neurons; c.j++ {
			if !passing && t.halt.Load() {
				return t.Undecided()
			}
			z := t.exact.At(c.l, c.j, t.labels)
			if t.m.Late() { // the form may be anything
				return t.Undecided()
			}
			t.tally.Work += questionWork
			t.count(judge.Integer)
			if t.splits(c, z) {
				return Event{Kind: Split, Shared: true}
			}
			t.labels[ly.First+c.j] = t.sign(c, z)
		}
	}
	return Event{Kind: Final, Regions: 1}
}

// splits says that the root of a form lies strictly inside the cell, and keeps it.
func (t *Line) splits(c *segment, z exact.Row) bool {
	g := z.G[0]
	if g.Sign() == 0 {
		return false
	}
	if a, b := t.valueAt(z, c.lo), t.valueAt(z, c.hi); a*b >= 0 {
		return false
	}
	c.rises = g.Sign() > 0
	c.root = fraction{new(big.Int).Neg(z.H), new(big.Int).Set(g)}
	if !c.rises {
		c.root.num.Neg(c.root.num)
		c.root.den.Neg(c.root.den)
	}
	return true
}

// sign is that of a form without a root in the cell: of its sum at both ends, of which one at most
// is 0 unless the form is.
func (t *Line) sign(c *segment, z exact.Row) int8 {
	if s := t.valueAt(z, c.lo); s != 0 {
		return int8(s)
	}
	return int8(t.valueAt(z, c.hi))
}

// valueAt is the sign of a form at a point.
func (t *Line) valueAt(z exact.Row, y fraction) int {
	t.t.Mul(z.G[0], y.num)
	t.u.Mul(z.H, y.den)
	return t.t.Add(&t.t, &t.u).Sign()
}

// Enter goes to a side.
func (t *Line) Enter(s int8) {
	up, c := t.levels[t.depth], t.at(t.depth+1)
	*c = segment{lo: up.lo, hi: up.hi, l: up.l, j: up.j + 1}
	if (s > 0) == up.rises {
		c.lo = up.root
	} else {
		c.hi = up.root
	}
	t.labels[t.m.Layers[up.l].First+up.j] = s
	t.depth++
}

// Leave goes back.
func (t *Line) Leave() {
	t.depth--
	up := t.levels[t.depth]
	t.unlabel(up.l, up.j)
}

// CopyFrom copies the split. Labels of the neurons after it are decided anew.
func (t *Line) CopyFrom(from Tree, depth int) {
	o := from.(*Line)
	t.depth = depth
	*t.at(depth) = *o.levels[depth]
	copy(t.labels, o.labels)
}

// Undecided leaves the cell open: an interval is not empty.
func (t *Line) Undecided() Event { return Event{Kind: Open} }

// Bound bounds the regions of the cell.
func (t *Line) Bound(bool) *big.Int {
	c := t.levels[t.depth]
	return t.after(c.l, c.j)
}

func (t *Line) after(l, j int) *big.Int {
	if l == len(t.m.Layers) {
		return big.NewInt(1)
	}
	return t.boundOf(l, j, t.openFrom(l, j), nil)
}

// SplitBound bounds the plus side of a split, and the whole.
func (t *Line) SplitBound(depth int) (plus, cell *big.Int) {
	c := t.levels[depth]
	return t.sideBound(c, 1), t.after(c.l, c.j)
}

// MinusBound bounds the other side.
func (t *Line) MinusBound(depth int) *big.Int { return t.sideBound(t.levels[depth], -1) }

func (t *Line) sideBound(c *segment, s int8) *big.Int {
	return t.withLabel(t.m.Layers[c.l].First+c.j, s, func() *big.Int { return t.after(c.l, c.j+1) })
}

// Rough is a bound that costs next to nothing.
func (t *Line) Rough() *big.Int {
	c := t.levels[t.depth]
	if c.l == len(t.m.Layers) {
		return big.NewInt(1)
	}
	return t.rough(c.l, c.j)
}

// Witness is a point of few bits between the ends.
func (t *Line) Witness(bool) ([]float64, []*big.Float) {
	c := t.levels[t.depth]
	top, n := new(big.Rat).SetFrac(c.hi.num, c.hi.den), new(big.Int)
	for bits := uint(2); ; bits *= 2 {
		n.Div(n.Lsh(c.lo.num, bits), c.lo.den) // rounded down, and the next one is above
		y := new(big.Rat).SetFrac(n.Add(n, big.NewInt(1)), new(big.Int).Lsh(big.NewInt(1), bits))
		if y.Cmp(top) >= 0 {
			continue
		}
		if f, whole := dyadic.FromRat(y); whole && t.m.PlainX([]float64{f}, t.x[:]) {
			return t.x[:], nil
		}
		return nil, t.m.ExactX(nil, []*big.Rat{y})
	}
}

// Tally is what was decided.
func (t *Line) Tally() *Tally { return t.tally }

// Err is why it does not stand where it was to stand in: integers decide everything.
func (t *Line) Err() error { return t.err }

// The regions into which a few hyperplanes divide a cell, and what shows them, from the values of
// the forms at vertices, in floats alone: values on an edge are between those at its ends, so that
// a new vertex costs neither an evaluation nor an error bound. All of it is a proposal. That a
// region is not empty is certain by a point of it, and that one is missing by multipliers, both of
// which are judged by forms with their errors; where that fails the cell is walked by itself.

package vertices

import (
	"math"
	"math/bits"
	"slices"
)

// MostForms is the largest number of hyperplanes of an arrangement: more are rare.
const MostForms = 8

// arrangementGone is how small a value must be, beside the form, to be taken for none. Where one is
// the arrangement is given up.
const arrangementGone = 1.0 / (1 << 36)

// spot is a vertex: where it is, the constraints that hold there, the values of the forms, and
// which of them are negative. One on a hyperplane is between two others, of which the first is on
// its negative side.
type spot struct {
	X        Point
	On       uint64
	V        [MostForms + 1]float64 // the last is one too many
	negative uint
	between  [2]int32
}

// layout is a part of the cell: its vertices, of which those from fresh on are on the newest
// hyperplane; and its sides by a form, of which minus and plus are strictly.
type layout struct {
	at                   []int32
	fresh                int
	side                 int // of the newest hyperplane, 0 or 1
	minus, plus, section []int32
	names, spots         int // before the section
}

// Arrangement divides a cell. What it divides at a depth is a part of the cell that as many
// hyperplanes bound.
type Arrangement struct {
	*Evidence
	word   int
	forms  []uint                // bits of the neurons
	gone   [MostForms + 1]uint64 // the size up to which a value is none
	column [WordSize]int8        // which form a neuron of the word is, −1 for none
	spots  []spot
	parts  [MostForms + 1]layout
	cell   Region // the cell, and the sides taken

	minusOn []uint64 // scratch of Cut
	ends    []int32
}

// NewArrangement returns one for cells.
func NewArrangement(c *Evidence) *Arrangement {
	a := &Arrangement{Evidence: c, forms: make([]uint, 0, MostForms)}
	for b := range a.column {
		a.column[b] = -1
	}
	return a
}

// Begin takes up a cell, without forms. It returns false where the cell is not simple.
func (a *Arrangement) Begin(word int, list []int32) bool {
	for _, b := range a.forms {
		a.column[b] = -1
	}
	a.word, a.forms = word, a.forms[:0]
	n := len(list)
	a.spots = slices.Grow(a.spots[:0], n)[:n]
	p := &a.parts[0]
	p.at, p.fresh = slices.Grow(p.at[:0], n)[:n], 0
	used := uint64(0)
	for i, v := range list {
		at, to := &a.Vertices[v], &a.spots[i]
		p.at[i] = int32(i)
		to.X, to.On, to.negative = at.X, at.On, 0
		used |= at.On
		if bits.OnesCount64(at.On) != a.N {
			return false
		}
	}
	a.cell = Region{On: used, Cuts: a.cell.Cuts[:0]}
	return true
}

// Look makes the form of a neuron of the word one of those that divide the cell, after so many
// others, MostForms at most, and says whether it is positive at some vertex, and negative. It
// returns false where it is too near to 0 at one. With one sign it is to be looked at no further,
// and another takes its place.
func (a *Arrangement) Look(form int, b uint) (plus, minus, ok bool) {
	r := &a.Rows[a.word][b]
	negative, least := uint64(0), ^uint64(0)
	for i := range a.spots {
		s := &a.spots[i]
		t := r.At(&s.X)
		s.V[form] = t
		size, n := magnitude(t)
		negative += n
		least = min(least, size)
		s.negative = s.negative&^(1<<form) | uint(n)<<form
	}
	gone := arrangementGone * r.Q
	a.gone[form] = math.Float64bits(gone)
	if plus, minus = negative < uint64(len(a.spots)), negative > 0; plus && minus && form < MostForms {
		a.column[b] = int8(form)
		a.forms = append(a.forms, b)
	}
	return plus, minus, least > a.gone[form]
}

// magnitude is the size of a value, in bits that are in the order of the values, and 1 where that
// is negative, for comparisons without branches, which no one could predict.
func magnitude(t float64) (size, negative uint64) {
	b := math.Float64bits(t)
	return b &^ (1 << 63), b >> 63
}

// Neuron is the bit of the neuron of a form.
func (a *Arrangement) Neuron(form int) uint { return a.forms[form] }

// Cut cuts the part at a depth by a form, for some others. It returns false where one of these is
// too near to 0 at a new vertex, or no name is left.
func (a *Arrangement) Cut(depth, form int, others uint) bool {
	p := &a.parts[depth]
	n := len(p.at)
	p.minus, p.plus = slices.Grow(p.minus[:0], n)[:n], slices.Grow(p.plus[:0], n)[:n]
	a.minusOn, a.ends = slices.Grow(a.minusOn[:0], n)[:n], slices.Grow(a.ends[:0], n)[:n]
	minus, plus, used := 0, 0, uint64(0)
	for _, v := range p.at { // to both sides, of which one goes on: no one can predict branches here
		s := &a.spots[v]
		used |= s.On
		p.minus[minus], p.plus[plus], a.minusOn[minus] = v, v, s.On
		m := int(s.negative >> form & 1)
		minus, plus = minus+m, plus+1-m
	}
	p.minus, p.plus, p.section = p.minus[:minus], p.plus[:plus], p.section[:0]
	p.names, p.spots = a.Named(), len(a.spots)
	facet := a.name(used, Place(a.word*WordSize+int(a.forms[form])))
	if facet == 0 {
		return false
	}
	*a.Clock += int64(minus * plus)
	ends := a.ends
	for _, u := range p.plus {
		on, n := a.spots[u].On, 0
		for j, other := range a.minusOn[:minus] { // nor here
			alone := on &^ other
			ends[n] = int32(j)
			n += int((alone&(alone-1) - 1) >> 63) // 1 for an edge
		}
		for _, j := range ends[:n] {
			if !a.between(u, p.minus[j], form, others, on&a.minusOn[j]|facet) {
				return false
			}
			p.section = append(p.section, int32(len(a.spots)-1))
		}
	}
	return len(p.section) >= a.N
}

// between adds the spot where a form is 0 between two.
func (a *Arrangement) between(u, v int32, form int, others uint, on uint64) bool {
	i := len(a.spots)
	a.spots = slices.Grow(a.spots, 1)[:i+1]
	p, q, w := &a.spots[u], &a.spots[v], &a.spots[i]
	t := p.V[form] / (p.V[form] - q.V[form])
	for k := range a.N {
		w.X[k] = p.X[k] + t*(q.X[k]-p.X[k])
	}
	near, negative := uint64(0), uint64(0)
	for c := range a.forms {
		x := p.V[c] + t*(q.V[c]-p.V[c])
		w.V[c] = x
		size, n := magnitude(x)
		negative |= n << c
		near |= (size - a.gone[c] - 1) >> 63 << c
	}
	w.V[form] = 0
	w.On, w.negative, w.between = on, uint(negative), [2]int32{v, u}
	return uint(near)&others == 0
}

// Uncut goes back to before a cut.
func (a *Arrangement) Uncut(depth int) {
	p := &a.parts[depth]
	a.Unname(p.names)
	a.spots, a.cell.Cuts = a.spots[:p.spots], a.cell.Cuts[:depth]
}

// Take makes the part at the next depth the side of a form that cuts the one at a depth, and
// returns the forms that are positive at some vertex of it, and those that are negative.
func (a *Arrangement) Take(depth, form int, s int8) (plus, minus uint) {
	p, q := &a.parts[depth], &a.parts[depth+1]
	a.cell.Cuts = append(a.cell.Cuts[:depth], a.sideOf(form, s))
	side := p.minus
	if q.side = 0; s > 0 {
		side, q.side = p.plus, 1
	}
	q.at, q.fresh = append(append(q.at[:0], side...), p.section...), len(side)
	for _, v := range q.at {
		n := a.spots[v].negative
		plus, minus = plus|^n, minus|n
	}
	return plus, minus
}

// sideOf is the side of a form.
func (a *Arrangement) sideOf(form int, s int8) Cut {
	return Cut{Row: &a.Rows[a.word][a.forms[form]], Side: float64(s)}
}

// Cone sets out to what shows that a form has one sign on the part at a depth: the direction in
// which it comes nearest to 0, at the vertex where it does, as a sum of inward normals, as Along
// does.
func (a *Arrangement) Cone(depth, form int, out *Cone) bool {
	p := &a.parts[depth]
	top, size := int32(0), ^uint64(0)
	for _, v := range p.at[p.fresh:] {
		if t, _ := magnitude(a.spots[v].V[form]); t < size {
			top, size = v, t
		}
	}
	least := math.Float64frombits(size)
	out.IDs, out.Lambda = out.IDs[:0], out.Lambda[:0]
	on := a.spots[top].On
	// The ends of the edges there, and the vertex itself: on the newest hyperplane but for one end.
	var ends [MaxInputs + 2]int32
	n, seek := 0, p.at[p.fresh:]
	for i := len(seek) - 1; i >= 0 && n <= a.N; i-- { // as in Along
		ends[n] = seek[i]
		found, alone := 0, on&^a.spots[seek[i]].On
		if alone&(alone-1) == 0 {
			found = 1
		}
		n += found
	}
	if depth > 0 && n <= a.N {
		ends[n] = a.spots[top].between[p.side]
		n++
	}
	left := on &^ a.outer
	for _, w := range ends[:n] {
		end := &a.spots[w]
		alone := on &^ end.On
		if alone&left == 0 {
			continue
		}
		left &^= alone
		place := a.Facets[bits.TrailingZeros64(alone)]
		k := &a.known[place]
		inside := k.Side * a.value(place, end)
		if !(inside > 0) {
			return false
		}
		out.IDs, out.Lambda = append(out.IDs, k.ID), append(out.Lambda, max(math.Abs(end.V[form])-least, 0)/inside)
	}
	return left == 0
}

// value is that of the row at a place.
func (a *Arrangement) value(p Place, at *spot) float64 {
	if int(p)/WordSize == a.word {
		if c := a.column[p%WordSize]; c >= 0 {
			return at.V[c]
		}
	}
	return a.Row(p).At(&at.X)
}

// used are the constraints on which some vertex of the part at a depth lies.
func (a *Arrangement) used(depth int) (on uint64) {
	for _, v := range a.parts[depth].at {
		on |= a.spots[v].On
	}
	return on
}

// Halve sets h to the sides of the part at a depth by a form.
func (a *Arrangement) Halve(depth, form int, h *Halves) {
	*h = Halves{Region: Region{Cuts: append(h.Cuts[:0], a.sideOf(form, 0))}}
	var minus, plus, u, v float64
	for _, i := range a.parts[depth].at {
		s := &a.spots[i]
		h.On |= s.On
		m := float64(s.negative >> form & 1)
		p := 1 - m
		minus, plus = minus+m, plus+p
		u, v = u-m*s.V[form], v+p*s.V[form]
		for k := range a.N {
			h.minus[k] += m * s.X[k]
			h.plus[k] += p * s.X[k]
		}
	}
	h.minus.scale(1 / minus)
	h.plus.scale(1 / plus)
	u, v = u/minus, v/plus
	h.at = u / (u + v)
}

// Half returns the side of the part at a depth by a form, with all that certainly bounds it, until
// it is called again.
func (a *Arrangement) Half(depth, form int, s int8) *Region {
	a.cell.Cuts = append(a.cell.Cuts[:depth], a.sideOf(form, s))
	return &a.cell
}

// Center sets y to a point inside the part at a depth and returns what certainly bounds that, until
// something else is asked, and the room about the point.
func (a *Arrangement) Center(depth int, y *Point) (in *Region, room float64) {
	*y = Point{}
	at := a.parts[depth].at
	for _, v := range at {
		y.add(&a.spots[v].X)
	}
	y.scale(1 / float64(len(at)))
	a.cell.Cuts = a.cell.Cuts[:depth]
	return &a.cell, a.roomAt(a.used(depth), y)
}

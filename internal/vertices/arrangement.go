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
	V        [MostForms]float64
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
	word    int
	forms   []uint            // bits of the neurons
	gone    [MostForms]uint64 // the size up to which a value is none
	column  [WordSize]int8    // which form a neuron of the word is, −1 for none
	spots   []spot
	corners []corner // of the cell
	parts   [MostForms + 1]layout
	cell    Region // the cell, and the sides taken

	// Sights are what has been looked at, and values are those at the cell's vertices.
	Sights  []Sight
	values  [WordSize][]float64
	minusOn []uint64 // scratch of Cut
	ends    []int32
}

// Sight is what is seen of a neuron of the word at the vertices of the cell: whether it is positive
// at some and negative at some, and where it comes nearest to 0, which is nowhere too near.
type Sight struct {
	Plus, Minus bool
	Bit         uint
	top         int32
	gone        uint64
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
	for _, v := range list {
		if bits.OnesCount64(a.Vertices[v].On) != a.N {
			return false
		}
	}
	for _, b := range a.forms {
		a.column[b] = -1
	}
	a.word, a.forms, a.Sights = word, a.forms[:0], a.Sights[:0]
	n := len(list)
	a.spots, a.corners = slices.Grow(a.spots[:0], n)[:n], slices.Grow(a.corners[:0], n)[:n]
	p := &a.parts[0]
	p.at, p.fresh = slices.Grow(p.at[:0], n)[:n], 0
	used := uint64(0)
	for i, v := range list {
		at, to := &a.Vertices[v], &a.spots[i]
		p.at[i] = int32(i)
		to.X, to.On, to.negative, a.corners[i].n = at.X, at.On, 0, -1
		used |= at.On
	}
	a.cell = Region{On: used, Cuts: a.cell.Cuts[:0]}
	return true
}

// Look looks at a neuron of the word and says whether it has both signs. It returns false for apart
// where that is too near to 0 at a vertex.
func (a *Arrangement) Look(b uint) (both, apart bool) {
	r := &a.Rows[a.word][b]
	spots := a.spots
	values := slices.Grow(a.values[b][:0], len(spots))[:len(spots)]
	a.values[b] = values
	negative, least := uint64(0), ^uint64(0)
	few := a.N <= fewInputs
	for i := range values {
		x := &spots[i].X
		var t float64
		if few {
			t = r.atFew(x)
		} else {
			t = r.At(x)
		}
		values[i] = t
		negative += math.Float64bits(t) >> 63
		least = min(least, sizeAt(t, int32(i)))
	}
	gone := math.Float64bits(arrangementGone * r.Q)
	s := Sight{Bit: b, Plus: negative < uint64(len(spots)), Minus: negative > 0, top: int32(least % maxSpots), gone: gone}
	a.Sights = append(a.Sights, s)
	return s.Plus && s.Minus, least > gone
}

// Divide makes a neuron that has both signs the next of those that divide the cell, MostForms at
// most.
func (a *Arrangement) Divide(s *Sight) {
	form := len(a.forms)
	a.forms, a.column[s.Bit], a.gone[form] = append(a.forms, s.Bit), int8(form), s.gone
	for i, t := range a.values[s.Bit] {
		at := &a.spots[i]
		at.V[form], at.negative = t, at.negative|uint(math.Float64bits(t)>>63)<<form
	}
}

// maxSpots bounds the number of vertices of a cell and of the sections of its parts. A cell has
// fewer.
const maxSpots = 16 * maxVertices

// sizeAt is the size of a value at a vertex, in bits that are in the order of the sizes, of which
// the last say which vertex it is: the least can be found without branches, which no one could
// predict.
func sizeAt(t float64, at int32) uint64 {
	return math.Float64bits(t)<<1>>1&^(maxSpots-1) | uint64(at)
}

// Neuron is the bit of the neuron of a form.
func (a *Arrangement) Neuron(form int) uint { return a.forms[form] }

// Cut cuts the part at a depth by a form, for some others. It returns false where one of these is
// too near to 0 at a new vertex, or no name is left, or too many vertices.
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
	// Points of the part are held against the facets of the whole cell, which keep their names.
	facet := a.name(used|a.cell.On, Place(a.word*WordSize+int(a.forms[form])))
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
	if i == maxSpots {
		return false
	}
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
		b := math.Float64bits(x)
		negative |= b >> 63 << c
		near |= (b<<1>>1 - a.gone[c] - 1) >> 63 << c
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

// Package vertices keeps cells by their vertices: where the inputs are few, a cell of a polytope
// (the ball, or the cube around it) is kept as the list of its vertices besides its constraints,
// and a hyperplane is asked about by its signs at those. This is the double description method
// (Motzkin, Raiffa, Thompson and Thrall 1953; the combinatorial test of adjacency is that of Fukuda
// and Prodon 1996), certified by the following.
//
// A vertex is known by the set of constraints that hold there with equality, and its coordinates
// are held in floats with a bound of what they are off by. Let the list be that of all vertices of
// a cell, with those sets, and let the sign of a form at each of them be certain. Then the part of
// the cell on one side of the form has these vertices and no others: those of the cell on that
// side, those on the hyperplane, and one on each edge whose ends are on different sides. In that
// one hold the constraints that hold at both ends, and the form's. So by induction, from the ball's
// own vertices, every list is exact, whatever the coordinates are off by, as long as each sign that
// was used is certain; where one is not, the walk goes back to the solver, for that cell. Hence
//
//   - both sides of a form live in a cell (a polytope with an interior) if it is positive at one
//     vertex and negative at another; otherwise it has one sign there, or vanishes;
//   - two vertices are the ends of an edge if the constraints common to them hold at no third one.
//     Where one of them lies on n hyperplanes exactly, n−1 common ones suffice: they are
//     independent, and leave a line.
package vertices

import (
	"math"
	"math/bits"
	"slices"

	"github.com/relucell/relucell/internal/forms"
)

const (
	// MaxInputs is the largest number of inputs for which cells are ever kept by their vertices: a
	// cell of a generic arrangement has some 2ⁿ vertices, and pairs of them are looked at.
	MaxInputs = 7
	// maxVertices is the largest number of vertices that a cell may have.
	maxVertices = 1 << 10
	// MaxError is the largest error of a coordinate that is of use; slack covers that a vertex is
	// that far outside the ball.
	MaxError = 1.0 / (1 << 8)
	// edgeRounding bounds the rounding of a coordinate of a new vertex u+t(v−u), in units: t is off
	// by two roundings, the difference by one and the product by one, relative to at most 2, and
	// the sum by one relative to 1.
	edgeRounding = 16
	// edgeRoom is the least share of a+b that must be left of it in a+b−2d for the bound of onEdge
	// to be used. The bound holds where a+b > 2d; the difference is off by three roundings of a+b,
	// which slack covers while it is 2⁻¹⁰ of that or more. With less left, the error would be
	// hundreds of times the edge anyway.
	edgeRoom = 1.0 / (1 << 10)
)

// Cells holds the vertices of the cells on a path, each of them a list of indices, and the forms of
// the neurons of the layers on it.
type Cells struct {
	points
	table
	names
	Clock *int64 // counts the work, in vertices and pairs of them looked at
	// InIntegers adds signs at a vertex that floats do not tell, and SolveAt finds a vertex that
	// they do not find: each says whether it could.
	InIntegers func(word int, v int32, neurons uint64) bool
	SolveAt    func(v int32) bool
	central    bool // all forms vanish at the centre of the ball
	near       nearest
	repairs    repairer
	cut        sides   // by the form that was asked about last
	lists      []int32 // a stack of lists, for Count
}

// Row returns the row at a place.
func (c *Cells) Row(p Place) *Row {
	if p < 0 {
		return &c.Ball[-1-p]
	}
	return &c.Rows[p/WordSize][p%WordSize]
}

// Mark is a state to go back to.
type Mark struct{ vertices, changed int }

// Here returns the state to go back to after what follows.
func (c *Cells) Here() Mark { return Mark{len(c.Vertices), len(c.Changed)} }

// Back forgets what came after a state.
func (c *Cells) Back(m Mark) {
	c.truncate(m.vertices)
	c.rename(m.changed)
}

// sides are the vertices of a cell by the sign of a form, and the constraints of those where it is
// not zero.
type sides struct {
	plus, minus, zero []int32
	plusOn, minusOn   []uint64
}

// sort sorts the vertices of a list by the sign of neuron b, and returns the constraints on which
// some lie.
func (c *sides) sort(p *points, word int, list []int32, b uint) (used uint64) {
	n := len(list)
	c.plus, c.minus, c.zero = slices.Grow(c.plus[:0], n)[:n], slices.Grow(c.minus[:0], n)[:n], slices.Grow(c.zero[:0], n)[:n]
	c.plusOn, c.minusOn = slices.Grow(c.plusOn[:0], n)[:n], slices.Grow(c.minusOn[:0], n)[:n]
	var plus, minus, zero int
	for _, v := range list { // to all sides, of which one goes on: no one can predict branches here
		s := p.Sign(word, v)
		on := p.Vertices[v].On
		used |= on
		c.plus[plus], c.plusOn[plus] = v, on
		c.minus[minus], c.minusOn[minus] = v, on
		c.zero[zero] = v
		isPlus, isMinus := int(s.Plus>>b&1), int(s.Minus>>b&1)
		plus, minus, zero = plus+isPlus, minus+isMinus, zero+1-isPlus-isMinus
	}
	c.plus, c.minus, c.zero = c.plus[:plus], c.minus[:minus], c.zero[:zero]
	c.plusOn, c.minusOn = c.plusOn[:plus], c.minusOn[:minus]
	return used
}

// Parts are the two sides of a cell that a hyperplane cuts: the vertices strictly on either side,
// and those on the hyperplane, which both sides have.
type Parts struct{ Plus, Minus, Section []int32 }

// Side appends the vertices of a side to a list.
func (p *Parts) Side(s int8, list []int32) []int32 {
	if s > 0 {
		return append(append(list, p.Plus...), p.Section...)
	}
	return append(append(list, p.Minus...), p.Section...)
}

// Split sets parts to those of the cell by the hyperplane of neuron b of a word, with the signs of
// the neurons in want at new vertices. It returns false where a sign is not certain or there are
// too many vertices.
func (c *Cells) Split(word int, list []int32, b uint, want uint64, p *Parts) (ok bool) {
	if p.Section, ok = c.section(word, list, b, want, p.Section[:0]); ok {
		p.Plus, c.cut.plus = c.cut.plus, p.Plus
		p.Minus, c.cut.minus = c.cut.minus, p.Minus
	}
	return ok
}

// section appends to out the vertices of the part of the cell on the hyperplane of neuron b of a
// word, with the signs of the neurons in want, and leaves those on either side in plus and minus.
// It returns false where a sign is not certain or there are too many vertices.
func (c *Cells) section(word int, list []int32, b uint, want uint64, out []int32) ([]int32, bool) {
	facet := c.name(c.cut.sort(&c.points, word, list, b), Place(word*WordSize+int(b)))
	if facet == 0 {
		return out, false
	}
	first := len(out)
	*c.Clock += int64(len(c.cut.plus) * len(c.cut.minus))
	for _, v := range c.cut.zero {
		w := c.copy(&c.points, v)
		c.Vertices[w].On |= facet
		out = append(out, w)
	}
	minusOn := c.cut.minusOn
	for i, u := range c.cut.plus {
		on := c.cut.plusOn[i]
		simple := bits.OnesCount64(on) == c.N
		for j, other := range minusOn {
			// More than one of n constraints is not common.
			if alone := on &^ other; alone&(alone-1) != 0 && simple {
				continue
			}
			v := c.cut.minus[j]
			if !simple && !c.Adjacent(list, u, v) {
				continue
			}
			w, ok := c.onEdge(word, u, v, b, want, on&other|facet)
			if !ok {
				return out, false
			}
			out = append(out, w)
		}
	}
	return out, len(out)-first <= maxVertices
}

// onEdge adds the vertex on the edge from u, where b is positive, to v, where it is negative.
//
// Let a > 0 and −b < 0 be the computed values of the form at u and v, off by at most d. Its zero is
// at t* = a*/(a*+b*), and t = a/(a+b) differs from that by
//
//	|(a*−a)b − a(b*−b)| / ((a*+b*)(a+b)) ≤ d/(a+b−2d).
//
// Domain: the first step needs a, b ≥ 0, the second a+b > 2d. The true signs are known, maybe by
// other means than these values, so neither need hold. Where one does not, or hardly does
// (edgeRoom), the vertex is solved for.
//
// The true vertex u* + t*(v*−u*) is then off u+t(v−u) by at most the larger error of u and v, and
// that times |v−u|, and what u+t(v−u) is rounded by.
func (c *Cells) onEdge(word int, u, v int32, b uint, want, on uint64) (i int32, ok bool) {
	i = c.add(on)
	if ok = c.place(word, i, u, v, b, want); ok && c.Round {
		c.setInside(i)
	}
	return i, ok
}

// place does so for a new vertex.
func (c *Cells) place(word int, i, u, v int32, b uint, want uint64) bool {
	on := c.Vertices[i].On
	if c.central && on&c.outer == 0 {
		c.atCenter(i)
		return true
	}
	p, q, w := &c.Vertices[u], &c.Vertices[v], &c.Vertices[i]
	known, unknown := c.Sign(word, u).With(c.Sign(word, v))
	known.Zero |= 1 << b
	*c.Sign(word, i) = known
	if unknown &= want; c.integral && c.integerEdge(word, i, u, v, b) {
		return unknown == 0 || c.look(word, i, unknown)
	}
	if c.wide {
		return wideCells{c}.place(word, i, u, v, b) && (unknown == 0 || c.look(word, i, unknown))
	}
	r := &c.Rows[word][b]
	ru, rv := r.At(&p.X), -r.At(&q.X)
	t, certain := ru/(ru+rv), ru > 0 && rv > 0
	if !certain {
		t = 0.5
	}
	far := 0.0
	for k := range c.N {
		step := q.X[k] - p.X[k]
		far = max(far, math.Abs(step))
		w.X[k] = p.X[k] + t*step
	}
	w.Err = EdgeError(ru, rv, r.P, r.Q, max(p.Err, q.Err), far)
	if !(certain && w.Err <= MaxError) && !c.repair(i) {
		return false
	}
	return unknown == 0 || c.look(word, i, unknown)
}

// EdgeError bounds what a vertex on an edge is off by, as onEdge derives it: a and b are the values
// at its ends, each off by p + q·e, e is what the ends are off by, and far how long the edge is.
// Outside its domain it is +Inf.
func EdgeError(a, b, p, q, e, far float64) float64 {
	d := p + q*e
	room := a + b - 2*d
	if !(a >= 0 && b >= 0 && room > edgeRoom*(a+b)) {
		return math.Inf(1)
	}
	return forms.Slack * (e + far*d/room + edgeRounding*forms.Unit)
}

// The names of constraints: 64 bits for those with a vertex in the cell, given anew to others below
// it.

package vertices

import "math/bits"

// Place is where a row is kept: that of neuron b of a word at word·WordSize + b, that of facet i of
// the ball at −1 − i.
type Place int32

// FacetPlace is the row that a bit stood for, when some bits were the ball's.
type FacetPlace struct {
	Bit   int
	Row   Place
	outer uint64
}

// names says which constraints the bits of a vertex stand for.
type names struct {
	// Facets says where the rows of the constraints are, by their bits, and Changed where those
	// were that others replaced.
	Facets  [64]Place
	Changed []FacetPlace
	Spare   int    // bitsToSpare
	Ball    []Row  // the ball's facets
	cross   bool   // they are those of a cross-polytope
	outer   uint64 // the bits that stand for them
}

// Named is the number of names given to constraints on the path so far, for adopt.
func (n *names) Named() int { return len(n.Changed) }

// name gives a constraint a bit that is not used: what it named has no vertex in the cell, and is
// redundant there and in all its parts. 0: there is none.
func (n *names) name(used uint64, r Place) uint64 {
	facet := ^used & (used + 1)
	if facet != 0 {
		k := bits.TrailingZeros64(facet)
		n.Changed = append(n.Changed, FacetPlace{k, n.Facets[k], n.outer})
		n.Facets[k], n.outer = r, n.outer&^facet
	}
	return facet
}

// rename takes back all names but the first so many.
func (n *names) rename(named int) {
	for i := len(n.Changed) - 1; i >= named; i-- {
		n.Facets[n.Changed[i].Bit], n.outer = n.Changed[i].Row, n.Changed[i].outer
	}
	n.Changed = n.Changed[:named]
}

// GivenSince appends what the names stand for that were given after the first so many.
func (n *names) GivenSince(named int, list []FacetPlace) []FacetPlace {
	for _, c := range n.Changed[named:] {
		list = append(list, FacetPlace{Bit: c.Bit, Row: n.Facets[c.Bit]})
	}
	return list
}

// Give gives names once more, as GivenSince says.
func (n *names) Give(list []FacetPlace) {
	for _, f := range list {
		n.Changed = append(n.Changed, FacetPlace{f.Bit, n.Facets[f.Bit], n.outer})
		n.Facets[f.Bit], n.outer = f.Row, n.outer&^(1<<f.Bit)
	}
}

// Unname takes back all names but the first so many; the vertices stay.
func (n *names) Unname(named int) { n.rename(named) }

// bitsToSpare is the number of free bits below which thin looks for some; regions uses at most one
// a dimension.
const bitsToSpare = 8

// Thin takes the names of constraints that are no facets of a cell off its vertices, where bits
// have become rare: a facet has n vertices or more. The vertices concerned are replaced in the list
// by copies, for the cells above keep theirs.
func (c *Cells) Thin(list []int32) {
	if len(c.Ball)+len(c.Changed) <= 64-c.Spare {
		return
	}
	if bits.OnesCount64(c.used(list)) <= 64-c.Spare {
		return
	}
	var at [64]int32
	for _, v := range list {
		for on := c.Vertices[v].On; on != 0; on &= on - 1 {
			at[bits.TrailingZeros64(on)]++
		}
	}
	redundant := uint64(0)
	for k, n := range at {
		if n > 0 && int(n) < c.N {
			redundant |= 1 << k
		}
	}
	for i, v := range list {
		if c.Vertices[v].On&redundant != 0 {
			list[i] = c.copy(&c.points, v)
			c.Vertices[list[i]].On &^= redundant
		}
	}
}

// FacetsOf returns the constraints that are facets of a cell. Each facet is the face of some
// constraint, and each face is in a facet: so they are those whose vertices are not all on another
// one that has more.
func (c *Cells) FacetsOf(list []int32) (facets uint64) {
	var with [64]uint64 // the constraints on which all vertices of one lie
	used := c.used(list)
	for k := range with {
		with[k] = used
	}
	for _, v := range list {
		for on := c.Vertices[v].On; on != 0; on &= on - 1 {
			with[bits.TrailingZeros64(on)] &= c.Vertices[v].On
		}
	}
	for rest := used; rest != 0; rest &= rest - 1 {
		k := bits.TrailingZeros64(rest)
		largest := true
		for others := with[k]; others != 0; others &= others - 1 {
			largest = largest && with[bits.TrailingZeros64(others)]>>k&1 != 0
		}
		if largest {
			facets |= 1 << k
		}
	}
	return facets
}

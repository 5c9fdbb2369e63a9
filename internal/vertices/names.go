// The names of constraints: 64 bits for those with a vertex in the cell, given anew to others below
// it.

package vertices

import "math/bits"

// used returns the constraints on which some vertex of the list lies.
func (c *Cells) used(list []int32) (on uint64) {
	for _, v := range list {
		on |= c.Vertices[v].On
	}
	return on
}

// name gives a constraint a bit that is not used: what it named has no vertex in the cell, and is
// redundant there and in all its parts. 0: there is none.
func (c *Cells) name(used uint64, r Place) uint64 {
	facet := ^used & (used + 1)
	if facet != 0 {
		k := bits.TrailingZeros64(facet)
		c.Changed = append(c.Changed, FacetPlace{k, c.Facets[k], c.outer})
		c.Facets[k], c.outer = r, c.outer&^facet
	}
	return facet
}

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
			list[i] = c.again(v, 0)
			c.Vertices[list[i]].On &^= redundant
		}
	}
}

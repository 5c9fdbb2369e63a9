// The names of constraints: 64 bits for those with a vertex in the cell, given anew to others below it.

package enumerate

import "math/bits"

// used returns the constraints on which some vertex of the list lies.
func (c *description) used(list []int32) (on uint64) {
	for _, v := range list {
		on |= c.vertices[v].on
	}
	return on
}

// name gives a constraint a bit that is not used: what it named has no vertex in the cell, and is redundant there and
// in all its parts. 0: there is none.
func (c *description) name(used uint64, r place) uint64 {
	facet := ^used & (used + 1)
	if facet != 0 {
		k := bits.TrailingZeros64(facet)
		c.changed = append(c.changed, facetPlace{k, c.facets[k], c.outer})
		c.facets[k], c.outer = r, c.outer&^facet
	}
	return facet
}

// bitsToSpare is the number of free bits below which thin looks for some; regions uses at most one a dimension.
const bitsToSpare = 8

// thin takes the names of constraints that are no facets of a cell off its vertices, where bits have become rare: a facet
// has n vertices or more. The vertices concerned are replaced in the list by copies, for the cells above keep theirs.
func (c *description) thin(list []int32) {
	if len(c.ball)+len(c.changed) <= 64-c.spare {
		return
	}
	if bits.OnesCount64(c.used(list)) <= 64-c.spare {
		return
	}
	var at [64]int32
	for _, v := range list {
		for on := c.vertices[v].on; on != 0; on &= on - 1 {
			at[bits.TrailingZeros64(on)]++
		}
	}
	redundant := uint64(0)
	for k, n := range at {
		if n > 0 && int(n) < c.n {
			redundant |= 1 << k
		}
	}
	for i, v := range list {
		if c.vertices[v].on&redundant != 0 {
			list[i] = c.again(v, 0)
			c.vertices[list[i]].on &^= redundant
		}
	}
}

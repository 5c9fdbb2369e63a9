// Directions at degenerate vertices, from the edges there: Farkas' lemma by taking one facet after
// the other off (Carathéodory's theorem, as it is proved by the faces of a cone).

package vertices

import (
	"math"
	"math/bits"
)

// peelGone is how small what is left on an edge must be beside the largest that was to be taken for
// none. It steers a proposal only.
const peelGone = 1.0 / (1 << 40)

// edge is one from the vertex in question: its other end, what is left there of what g·y loses on
// the way, and how far the end is inside the constraint that is taken off.
type edge struct {
	end          *Vertex
	left, inside float64
}

// Peel sets out as Express does, at any vertex where g·y is largest. The list is that of all
// vertices of the cell.
//
// What g·y loses from the vertex on is a form w that is nowhere negative on the cell, and 0 on a
// face. A constraint that holds on that face is taken off w as often as that stays so: then w is 0
// on one edge more, outside the constraint. So the face grows in dimension, and after as many steps
// as there are dimensions w is 0 on all edges, and so everywhere. It returns false where that is
// not seen.
func (c *Evidence) Peel(v int32, g *Point, list []int32, out *Cone) bool {
	out.IDs, out.Lambda, out.edges = out.IDs[:0], out.Lambda[:0], out.edges[:0]
	at := &c.Vertices[v]
	top, most := dot(g, &at.X), 0.0
	for _, u := range list {
		end := &c.Vertices[u]
		if u == v || bits.OnesCount64(at.On&end.On) < c.N-1 {
			continue // no edge
		}
		t := top - dot(g, &end.X)
		most = max(most, t)
		out.edges = append(out.edges, edge{end: end, left: t})
	}
	gone := peelGone * most
	for range c.N + 1 {
		face, done := at.On, true
		for i := range out.edges {
			if e := &out.edges[i]; e.left <= gone {
				face &= e.end.On
			} else {
				done = false
			}
		}
		if done || face == 0 {
			return done
		}
		c.takeOff(c.newest(face), gone, out)
	}
	return false
}

// newest returns the constraint of some that is cheapest to name: one of the ball, which has no
// name, or else the newest.
func (c *Evidence) newest(on uint64) (b int) {
	last := int32(math.MinInt32)
	for ; on != 0; on &= on - 1 {
		k := bits.TrailingZeros64(on)
		p := c.Facets[k]
		if p < 0 {
			return k
		}
		if id := c.known[p].ID; id > last {
			b, last = k, id
		}
	}
	return b
}

// takeOff takes a constraint off what is left, as often as that stays at least 0.
func (c *Evidence) takeOff(b int, gone float64, out *Cone) {
	r, side := c.bounding(1 << b)
	times := math.Inf(1)
	for i := range out.edges {
		e := &out.edges[i]
		if e.inside = 0; e.end.On>>b&1 == 0 {
			e.inside = side * r.At(&e.end.X)
			if e.left > gone && e.left < times*e.inside {
				times = e.left / e.inside
			}
		}
	}
	if math.IsInf(times, 1) {
		return
	}
	for i := range out.edges {
		out.edges[i].left -= times * out.edges[i].inside
	}
	if p := c.Facets[b]; p >= 0 {
		out.IDs, out.Lambda = append(out.IDs, c.known[p].ID), append(out.Lambda, times)
	}
}

// What shows that a form has one sign on a cell, or on a part that hyperplanes cut out, from the
// edges at the vertex where it comes nearest to 0: [Evidence.Along], by values that are there.

package vertices

import (
	"math"
	"math/bits"
)

// corner is what there is to be known of the edges at a vertex of the cell, once it is asked: where
// they end, which constraint each of them leaves, and how far from that it ends.
type corner struct {
	n      int // −1 before
	ends   [MaxInputs]int32
	ids    [MaxInputs]int32
	inside [MaxInputs]float64
}

// Bound sets out to what shows that a neuron has one sign on the cell: the direction in which it
// comes nearest to 0, at the vertex where it does, as a sum of inward normals, as Along does.
func (a *Arrangement) Bound(s *Sight, out *Cone) bool {
	at := &a.corners[s.top]
	if at.n < 0 {
		var ends [MaxInputs + 2]int32
		n := a.seek(a.spots[s.top].On, a.parts[0].at, &ends)
		if !a.leave(s.top, ends[:n], at) {
			return false
		}
	}
	values := a.values[s.Bit]
	least := math.Abs(values[s.top])
	out.IDs, out.Lambda = append(out.IDs[:0], at.ids[:at.n]...), out.Lambda[:0]
	for i, end := range at.ends[:at.n] {
		out.Lambda = append(out.Lambda, max(math.Abs(values[end])-least, 0)/at.inside[i])
	}
	return true
}

// Cone does so for a form and the part at a depth, 1 at least.
func (a *Arrangement) Cone(depth, form int, out *Cone) bool {
	p := &a.parts[depth]
	size := ^uint64(0)
	for _, v := range p.at[p.fresh:] {
		size = min(size, sizeAt(a.spots[v].V[form], v))
	}
	top := int32(size % maxSpots)
	// All but one of the ends are on the newest hyperplane.
	var ends [MaxInputs + 2]int32
	n := a.seek(a.spots[top].On, p.at[p.fresh:], &ends)
	ends[n] = a.spots[top].between[p.side]
	var at corner
	if !a.leave(top, ends[:n+1], &at) {
		return false
	}
	least := math.Abs(a.spots[top].V[form])
	out.IDs, out.Lambda = append(out.IDs[:0], at.ids[:at.n]...), out.Lambda[:0]
	for i, end := range at.ends[:at.n] {
		out.Lambda = append(out.Lambda, max(math.Abs(a.spots[end].V[form])-least, 0)/at.inside[i])
	}
	return true
}

// seek finds the vertices of a list that leave at most one of some constraints, which are N: the
// ends of the edges at the vertex where they meet, and that itself. It goes without branches that
// no one can predict, from the end, where the newest are.
func (a *Arrangement) seek(on uint64, list []int32, ends *[MaxInputs + 2]int32) (n int) {
	for i := len(list) - 1; i >= 0 && n <= a.N; i-- {
		ends[n] = list[i]
		found, alone := 0, on&^a.spots[list[i]].On
		if alone&(alone-1) == 0 {
			found = 1
		}
		n += found
	}
	return n
}

// leave sets at to what the edges from a vertex to some ends leave. It returns false where these
// are not seen to be all, or inside.
func (a *Arrangement) leave(v int32, ends []int32, at *corner) bool {
	on, n := a.spots[v].On, 0
	left := on &^ a.outer
	for _, w := range ends {
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
		at.ends[n], at.ids[n], at.inside[n] = w, k.ID, inside
		n++
	}
	at.n = n
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

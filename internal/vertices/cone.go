// What the vertices of a cell show: a form is largest on a cell at one of its vertices, and there
// it is a sum of the constraints that hold with equality, with multipliers ≥ 0 (Farkas' lemma; the
// conditions of optimality of linear programs). These are proposals, which the judge decides about.

package vertices

import (
	"math"
	"math/bits"
)

// Evidence is what the vertices of the cells on a path show.
type Evidence struct {
	*Cells
	known []Known // by place
}

// NewEvidence returns the evidence of cells.
func NewEvidence(c *Cells) *Evidence {
	return &Evidence{Cells: c, known: make([]Known, c.words*WordSize)}
}

// Known is what the owner of the cells knows of a constraint that has a name: the side of its
// hyperplane on which the cell is, and a number of his own.
type Known struct {
	Side float64
	ID   int32
}

// Cone is a direction as a sum of inward normals of constraints, those of the ball left out.
type Cone struct {
	IDs    []int32
	Lambda []float64

	system [MaxInputs][MaxInputs + 1]float64
	fit    fit
	edges  []edge // scratch of Peel
}

// ofBall stands for the number of a facet of the ball, which has none.
const ofBall = math.MinInt32

// Know notes what there is to be known of a constraint.
func (c *Evidence) Know(p Place, k Known) { c.known[p] = k }

// Top returns the vertex of a cell at which g·y is largest.
func (p *points) Top(g *Point, list []int32) (top int32) {
	most := uint64(0)
	for _, v := range list {
		// The bits of a float, as integers that are in the same order: those are compared without
		// branches that no one can predict.
		t := math.Float64bits(dot(g, &p.Vertices[v].X))
		if t ^= uint64(int64(t)>>63) | 1<<63; t > most {
			top, most = v, t
		}
	}
	return top
}

// Along sets out as Express does, at a vertex on as many constraints as there are dimensions, from
// the edges there: on the edge that leaves a constraint nothing but that changes. So the multiplier
// is what g·y loses to the other end, over how far that is inside the constraint. The list is that
// of all vertices of the cell. It returns false where that is not seen.
func (c *Evidence) Along(v int32, g *Point, list []int32, out *Cone) bool {
	on, x := c.Vertices[v].On, &c.Vertices[v].X
	if bits.OnesCount64(on) != c.N {
		return false
	}
	out.IDs, out.Lambda = out.IDs[:0], out.Lambda[:0]
	// The other ends, and the vertex itself, are on all these constraints but one: they are looked
	// for without branches that no one can predict, from the end, where the newest are.
	var ends [MaxInputs + 2]int32
	n := 0
	for i := len(list) - 1; i >= 0 && n <= c.N; i-- {
		ends[n] = list[i]
		found, alone := 0, on&^c.Vertices[list[i]].On
		if alone&(alone-1) == 0 {
			found = 1
		}
		n += found
	}
	top, left := dot(g, x), on&^c.outer
	for _, w := range ends[:n] {
		end := &c.Vertices[w]
		alone := on &^ end.On
		if alone&left == 0 {
			continue
		}
		left &^= alone
		p := c.Facets[bits.TrailingZeros64(alone)]
		k := &c.known[p]
		inside := k.Side * c.Row(p).At(&end.X)
		if !(inside > 0) {
			return false
		}
		out.IDs, out.Lambda = append(out.IDs, k.ID), append(out.Lambda, max(top-dot(g, &end.X), 0)/inside)
	}
	return left == 0
}

// Express sets out to −g as a sum of the inward normals of the constraints that hold at a vertex,
// and returns false where that is not seen to be one. Where g·y is largest at the vertex, it is.
func (c *Evidence) Express(v int32, g *Point, out *Cone) bool {
	on := c.Vertices[v].On
	if bits.OnesCount64(on) == c.N {
		return c.solveCone(on, g, out)
	}
	return c.fitCone(on, g, out)
}

// inward returns the inward normal of a constraint, times a factor > 0.
func (c *Evidence) inward(p Place) (n Point) {
	if n = c.Row(p).G; p >= 0 {
		for i := range n {
			n[i] *= c.known[p].Side
		}
	}
	return n
}

// solveCone is Express where as many constraints as dimensions hold: a linear system. A facet of
// the cube leaves its coordinate free.
func (c *Evidence) solveCone(on uint64, g *Point, out *Cone) bool {
	out.IDs, out.Lambda = out.IDs[:0], out.Lambda[:0]
	var coords [MaxInputs]int
	held, m := 0, 0
	for rest := on; rest != 0 && !c.cross; rest &= rest - 1 {
		if p := c.Facets[bits.TrailingZeros64(rest)]; p < 0 {
			held |= 1 << (int(-1-p) / 2)
		}
	}
	for k := range c.N {
		if held>>k&1 == 0 {
			coords[m] = k
			m++
		}
	}
	a := &out.system
	i := 0
	for rest := on; rest != 0; rest &= rest - 1 {
		p := c.Facets[bits.TrailingZeros64(rest)]
		if p < 0 && !c.cross {
			continue
		}
		n, k := &c.Row(p).G, Known{Side: 1, ID: ofBall}
		if p >= 0 {
			k = c.known[p]
		}
		if i == m {
			return false
		}
		for r, at := range coords[:m] {
			a[r][i] = k.Side * n[at]
		}
		out.IDs = append(out.IDs, k.ID)
		i++
	}
	if i < m {
		return false
	}
	for r, at := range coords[:m] {
		a[r][m] = -g[at]
	}
	if !eliminated(a, m) {
		return false
	}
	out.take(m)
	return true
}

// take reads the solution of the system, without what is the ball's. Where a multiplier is below 0
// by more than rounding, the judge will not find it a proof without it.
func (out *Cone) take(m int) {
	ids := out.IDs
	out.IDs = out.IDs[:0]
	for i, id := range ids {
		if id != ofBall {
			out.IDs, out.Lambda = append(out.IDs, id), append(out.Lambda, max(out.system[i][m], 0))
		}
	}
}

// eliminated solves a system of m equations by Gauss and Jordan with row pivots; its last column is
// the right side, and then the solution.
func eliminated(a *[MaxInputs][MaxInputs + 1]float64, m int) bool {
	for k := range m {
		p := k
		for i := k + 1; i < m; i++ {
			if math.Abs(a[i][k]) > math.Abs(a[p][k]) {
				p = i
			}
		}
		if a[p][k] == 0 {
			return false
		}
		if p != k {
			a[p], a[k] = a[k], a[p]
		}
		f := 1 / a[k][k]
		for t := k + 1; t <= m; t++ {
			a[k][t] *= f
		}
		for i := range m {
			if f := a[i][k]; i != k && f != 0 {
				for t := k + 1; t <= m; t++ {
					a[i][t] -= f * a[k][t]
				}
			}
		}
	}
	return true
}

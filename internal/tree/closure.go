// The closure of a region in integers: each vertex is where n hyperplanes meet, and those are known
// exactly. Which n, the tree of vertices says; where it has lost its way, the closure is cut out of
// the ball without any float.

package tree

import (
	"math/big"
	"math/bits"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/lp/exact"
)

// Closure is the closure of a region in coordinates of the unit ball, exactly; of the l2 ball, that
// of its part of the cube.
type Closure struct {
	*exact.Polytope
	// Names says which constraints the polytope's are: the index of a neuron, or −1−i for facet i
	// of the ball.
	Names []int
}

// Closure returns the closure of the region.
func (g *Guide) Closure() *Closure {
	if g.lost {
		g.closure.Until(g.stop)
		return g.closure
	}
	cells, list := g.t.cells, g.t.here().at
	facets := cells.FacetsOf(list)
	var named []int
	var rows []exact.Row
	c := &Closure{}
	for b := range cells.Facets {
		if facets>>b&1 != 0 {
			named, rows, c.Names = append(named, b), append(rows, g.row(g.facet(cells.Facets[b]))), append(c.Names, g.facet(cells.Facets[b]))
		}
	}
	corners := make([]exact.Vertex, len(list))
	for i, v := range list {
		if g.stopped() {
			return &Closure{Polytope: exact.PolytopeOf(cells.N, nil, nil)}
		}
		at := &corners[i]
		at.On = new(big.Int)
		var meet []exact.Row
		for k, b := range named {
			if cells.Vertices[v].On>>b&1 != 0 {
				at.On.SetBit(at.On, k, 1)
				meet = append(meet, rows[k])
			}
		}
		at.Num, at.Den = exact.Meet(cells.N, meet)
	}
	c.Polytope = exact.PolytopeOf(cells.N, rows, corners)
	c.Until(g.stop)
	return c
}

// Volume returns times·the volume of the region, or of its part of the cube.
func (g *Guide) Volume(times *big.Rat) *big.Rat {
	if !g.lost {
		cells := g.t.cells
		facets := cells.FacetsOf(g.t.here().at)
		rows, on := make([]exact.Row, len(cells.Facets)), make([]uint64, len(g.t.here().at))
		for rest := facets; rest != 0; rest &= rest - 1 {
			b := bits.TrailingZeros64(rest)
			rows[b] = g.row(g.facet(cells.Facets[b]))
		}
		for i, v := range g.t.here().at {
			on[i] = cells.Vertices[v].On & facets
		}
		if v, simple := exact.SimpleVolume(cells.N, rows, on, times); simple {
			return v
		}
	}
	c := g.Closure()
	if g.stopped() {
		return new(big.Rat)
	}
	v := c.Volume()
	return v.Mul(v, times)
}

// row is the exact form of a constraint by its name, on the region's side ≥ 0.
func (g *Guide) row(name int) exact.Row {
	if name < 0 {
		return g.ball[-1-name]
	}
	row, _ := g.bounding(name)
	return row
}

// bounding is the exact form by which a label bounds the region, ≥ 0 on it, if it does.
func (g *Guide) bounding(id int) (exact.Row, bool) {
	l, j := g.at(id)
	return g.own.Bounding(l, j, g.labels)
}

// at returns layer and number of a neuron.
func (g *Guide) at(neuron int) (l, j int) {
	for l+1 < len(g.t.m.Layers) && g.t.m.Layers[l+1].First <= neuron {
		l++
	}
	return l, neuron - g.t.m.Layers[l].First
}

// Describe goes to the region with the given labels without any float: it cuts the region's closure
// out of the ball.
func (g *Guide) Describe(labels []int8) {
	m := g.t.m
	c := &Closure{Polytope: exact.NewPolytope(m.Norm, m.N)}
	g.labels, g.lost, g.closure = labels, true, c
	c.Until(g.stop)
	for i := range g.ball {
		c.Names = append(c.Names, -1-i)
	}
	for id := range labels {
		if g.stopped() {
			return
		}
		if row, bounds := g.bounding(id); bounds {
			c.Cut(row)
			c.Names = append(c.Names, id)
		}
	}
}

// rounded returns the vertices in floats.
func (c *Closure) rounded() []Corner {
	facets, corners := c.Facets(), make([]Corner, len(c.Vertices))
	for i := range corners {
		for _, y := range c.Vertices[i].Rats() {
			f, _ := dyadic.FromRat(y)
			corners[i].Y = append(corners[i].Y, f)
		}
		corners[i].Err = forms.Unit
		for _, f := range facets {
			if c.Vertices[i].On.Bit(f) == 1 {
				corners[i].Facets = append(corners[i].Facets, c.Names[f])
			}
		}
	}
	return corners
}

// From region to region by vertices: what a caller may ask of regions that any walk has found.
// Regions near each other have most of the path in common.

package tree

import (
	"math/bits"
	"sync/atomic"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/vertices"
)

// Guide leads a tree of vertices to one region after the other.
type Guide struct {
	t    *Vertices
	lost bool // the tree stands nowhere
}

// Corner is a vertex of a region, in coordinates of the unit ball that are off by Err at most, and
// the facets of the region on which it lies: the index of a neuron, or −1−i for facet i of the
// ball.
type Corner struct {
	Y      []float64
	Err    float64
	Facets []int
}

// NewGuide returns a guide for regions in a polytope of few enough inputs, as Guidable says.
func NewGuide(m *Subject) *Guide {
	t := NewVertices(m, nil, new(atomic.Bool), new(Fallbacks), Counts)
	t.setCells(vertices.New(m.Model, false))
	return &Guide{t: t, lost: true}
}

// Guidable is the largest number of inputs for which there is a guide; a word has bits for the 2ⁿ
// facets of a cross-polytope and others.
func Guidable(norm ball.Norm) int {
	switch norm {
	case ball.L2:
		return 1
	case ball.L1:
		return 5
	}
	return vertices.MaxInputs
}

// To goes to the region with the given labels, and reports false where a sign at a vertex on the
// way is not certain.
func (g *Guide) To(labels []int8) bool {
	t, d := g.t, 0
	if len(t.m.Layers) == 0 {
		t.Reset()
		return true
	}
	if g.lost {
		t.Reset()
	} else {
		for d < len(t.path) && t.path[d] == labels[t.divides(d)] {
			d++
		}
		if d == len(t.path) {
			return true
		}
		for len(t.path) > d {
			t.Leave()
		}
		t.Enter(labels[t.divides(d)])
	}
	for {
		e, certain := t.next(true)
		if g.lost = !certain; g.lost || e.Kind != Split {
			return certain
		}
		t.Enter(labels[t.divides(len(t.path))])
	}
}

// divides returns the neuron of the split at a depth.
func (t *Vertices) divides(depth int) int {
	lv := t.levels[depth]
	return t.m.Layers[lv.l].First + lv.j
}

// Corners returns the vertices of the region, each solved for as well as floats can.
func (g *Guide) Corners() []Corner {
	c, list := g.t.cells, g.t.here().at
	facets := c.FacetsOf(list)
	corners := make([]Corner, len(list))
	for i, v := range list {
		c.Sharpen(v)
		at := &c.Vertices[v]
		corners[i] = Corner{Y: append([]float64(nil), at.X[:c.N]...), Err: at.Err}
		for on := at.On & facets; on != 0; on &= on - 1 {
			corners[i].Facets = append(corners[i].Facets, g.facet(c.Facets[bits.TrailingZeros64(on)]))
		}
	}
	return corners
}

// facet names the constraint whose row is at a place.
func (g *Guide) facet(p vertices.Place) int {
	if p < 0 {
		return int(p)
	}
	c, word := g.t.cells, int(p/vertices.WordSize)
	l := c.LayerOf(word)
	return g.t.m.Layers[l].First + c.NeuronAt(l, word, uint(p%vertices.WordSize))
}

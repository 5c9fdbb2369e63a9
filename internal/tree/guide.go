// From region to region by vertices: what a caller may ask of regions that any walk has found.
// Regions near each other have most of the path in common. Where floats are not certain of a sign
// on the way, a region is described in integers.

package tree

import (
	"math/bits"
	"sync/atomic"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/vertices"
	"github.com/relucell/relucell/lp/exact"
)

// Guide leads a tree of vertices to one region after the other. All it says of one depends on its
// labels alone.
type Guide struct {
	t       *Vertices
	labels  []int8
	lost    bool     // the tree stands nowhere
	closure *Closure // of the region, where it is lost
	// The exact forms of the region, and those of regions beside it.
	own, beyond *forms.ExactPath
	ball        []exact.Row // its facets
	stop        func() bool // as Until says, or nil
}

// Until gives up what is asked once stop, unless that is nil, reports true, which it must then go
// on doing: answers may be any from then on, and what the next To leads to is right again.
func (g *Guide) Until(stop func() bool) { g.stop = stop }

func (g *Guide) stopped() bool { return g.stop != nil && g.stop() }

// Corner is a vertex of a region, in coordinates of the unit ball that are off by Err at most, and
// the facets of the region on which it lies: the index of a neuron or a piece, or −1−i for facet i
// of the ball.
type Corner struct {
	Y      []float64
	Err    float64
	Facets []int
}

// NewGuide returns a guide for regions in a polytope of few enough inputs, as Guidable says.
func NewGuide(m *Subject) *Guide {
	t := NewVertices(m, nil, new(atomic.Bool), new(Fallbacks), Counts)
	t.setCells(vertices.New(m.Model, false))
	t.forgets, t.integral = true, false
	return &Guide{t: t, lost: true, own: forms.NewExactPath(m.Model), beyond: forms.NewExactPath(m.Model), ball: exact.FacetsOf(m.Norm, m.N)}
}

// Guidable is the largest number of inputs for which there is a guide; a word has bits for the 2ⁿ
// facets of a cross-polytope and others. In the l2 ball what is described is a region's part of the
// cube around it.
func Guidable(norm ball.Norm) int {
	if norm == ball.L1 {
		return 5
	}
	return vertices.MaxInputs
}

// To goes to the region with the given labels.
func (g *Guide) To(labels []int8) {
	if g.labels = labels; g.follow() {
		g.lost, g.closure = false, nil
		return
	}
	g.Describe(labels)
}

// follow leads the tree there, and reports false where a sign at a vertex on the way is not
// certain, or there are maxima, of which it does not know.
func (g *Guide) follow() bool {
	t, labels, d := g.t, g.labels, 0
	if t.m.Maximal() {
		return false
	}
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
		if !certain || e.Kind != Split {
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
	if g.lost {
		return g.closure.rounded()
	}
	c, list := g.t.cells, g.t.here().at
	facets := c.FacetsOf(list)
	corners := make([]Corner, len(list))
	for i, v := range list {
		at := c.Sharp(v)
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
	l, j := g.neuron(p)
	return g.t.m.Layers[l].First + j
}

// neuron returns layer and number of the neuron whose row is at a place.
func (g *Guide) neuron(p vertices.Place) (l, j int) {
	c, word := g.t.cells, int(p/vertices.WordSize)
	l = c.LayerOf(word)
	return l, c.NeuronAt(l, word, uint(p%vertices.WordSize))
}

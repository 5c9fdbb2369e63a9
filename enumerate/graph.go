// The graph of the regions: which lie beside each other. Two regions are neighbours if they have a
// facet in common, a part of a hyperplane that meets the interior of the ball.
// internal/tree/across.go says why each facet there is that of just two, and how the other's labels
// are found. Here they are held against the list of all regions: whoever is named across a facet
// must be on it, and must name the first across the same; and from each region one gets to all
// others, for the ball is convex.

package enumerate

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/relucell/relucell/network"
)

// Neighbour is a region across a facet: Neuron is the first in which the patterns differ, and is
// zero on the facet, or a piece of a maximum that is as large as another there.
type Neighbour struct {
	Neuron  int
	Pattern network.Pattern
}

// Neighbours returns the regions that have a facet in common with this one, by their neurons. In
// the l2 ball, too, just those count with a facet that meets its interior. An error is an
// [ErrNoVertices]: more than 7 inputs, 5 in an l1 ball.
func (r Region) Neighbours() ([]Neighbour, error) { return r.NeighboursUntil(nil) }

// NeighboursUntil is Neighbours, given up with [exact.ErrStopped] once stop, unless that is nil,
// says so.
func (r Region) NeighboursUntil(stop func() bool) ([]Neighbour, error) {
	g, _, err := r.guide(stop)
	if err != nil {
		return nil, err
	}
	defer r.of.guides.Put(g)
	sides := g.Across()
	list := make([]Neighbour, len(sides))
	for i, s := range sides {
		list[i] = Neighbour{s.Neuron, network.Pattern(s.Labels)}
	}
	return list, gaveUp(stop)
}

// Graph is the graph of the regions of a network in a ball.
type Graph struct {
	Regions []Region
	// Edges are the pairs of neighbours, each once, ascending.
	Edges []Edge
}

// Edge is a pair of neighbours, by their numbers in the list of regions, A < B. On what they have
// in common Neuron is zero, the first in which their patterns differ.
type Edge struct{ A, B, Neuron int }

// NewGraph returns the graph of all regions of a network in a ball, as [Regions] yields them. An
// error is that of [Region.Neighbours], or the context's, or says that they are not all.
func NewGraph(ctx context.Context, all []Region) (*Graph, error) {
	g := &Graph{Regions: all}
	number := make(map[string]int, len(all))
	for i, r := range all {
		number[key(r.Pattern)] = i
	}
	near := make([][]Edge, len(all)) // as seen from each region
	err := inParallel(ctx, len(all), func(i int) error {
		list, err := all[i].NeighboursUntil(func() bool { return ctx.Err() != nil })
		if err != nil {
			return err
		}
		for _, n := range list {
			k, ok := number[key(n.Pattern)]
			if !ok {
				return fmt.Errorf("region %v, beside %v, is not among the %d regions, expected all of the ball", n.Pattern, all[i].Pattern, len(all))
			}
			near[i] = append(near[i], Edge{i, k, n.Neuron})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var back []Edge // as seen from the region with the larger number
	for _, list := range near {
		for _, e := range list {
			if e.A < e.B {
				g.Edges = append(g.Edges, e)
			} else {
				back = append(back, Edge{e.B, e.A, e.Neuron})
			}
		}
	}
	for _, edges := range [][]Edge{g.Edges, back} {
		slices.SortFunc(edges, func(e, f Edge) int { return cmp.Or(e.A-f.A, e.B-f.B) })
	}
	if !slices.Equal(g.Edges, back) {
		return nil, fmt.Errorf("a region is beside another that is not beside it: %w", ErrUndecided)
	}
	if n := g.pieces(); n > 1 {
		return nil, fmt.Errorf("the %d regions are in %d pieces, expected all of the ball in one", len(all), n)
	}
	return g, nil
}

// key is a pattern as the key of a map.
func key(p network.Pattern) string {
	b := make([]byte, len(p))
	for i, s := range p {
		b[i] = byte(s)
	}
	return string(b)
}

// pieces is the number of connected components.
func (g *Graph) pieces() int {
	root := make([]int, len(g.Regions))
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	n := len(root)
	for _, e := range g.Edges {
		if a, b := find(e.A), find(e.B); a != b {
			root[b] = a
			n--
		}
	}
	return n
}

// Neighbours returns, for each region, the numbers of its neighbours, ascending.
func (g *Graph) Neighbours() [][]int {
	of := make([][]int, len(g.Regions))
	for _, e := range g.Edges {
		of[e.A], of[e.B] = append(of[e.A], e.B), append(of[e.B], e.A)
	}
	for _, list := range of {
		slices.Sort(list)
	}
	return of
}

// Degree is the average number of neighbours of a region. Over the whole space it is at most twice
// the number of inputs (Gaines and Bi, arXiv 2606.07728).
func (g *Graph) Degree() float64 {
	return 2 * float64(len(g.Edges)) / float64(max(len(g.Regions), 1))
}

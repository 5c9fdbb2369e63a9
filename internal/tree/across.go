// What lies across the facets of a region.
//
// Let F be a facet of region R that meets the interior of the ball, H its hyperplane and z_k the
// pre-activation of neuron k, which is continuous. Then all points beside the inside of F, across
// it, are in one region S. For let the labels of the layers before k be the same at all of them (by
// induction: for the first layer there are none); so near F, across it, z_k is one affine form. It
// is that of R at F itself. Either it is not 0 on all of F: then z_k, which has the sign s_k on R,
// has it inside F as well, for an affine form that is ≥ 0 on F and 0 inside vanishes on F; so it
// has it across, too. Or the form across is 0 on F, and so c times the form of H: its sign is that
// of c, or it is zero.
//
// A maximum: the pieces that are less than the largest inside F are so across, too. The others
// equal it on F, so across their differences are multiples of the form of H, and the largest is
// known.
//
// Hence a neighbour is found without any search: the labels are those of R but for neurons that
// vanish on F, whose forms across are held in integers against that of H. R and S have just F in
// common, for F is a facet of S by the same words and their closures are convex: so each facet
// inside the ball is that of two regions. The first label in which they differ is that of the first
// neuron that vanishes on F and not everywhere, whose forms in R and S are the same.

package tree

import (
	"math/big"
	"math/bits"
	"slices"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/vertices"
	"github.com/relucell/relucell/lp/exact"
)

// Side is a facet of a region inside the ball: the neuron that is zero there, of several the first,
// and the labels of the region across. In a network with maxima Neuron is the first label that
// differs.
type Side struct {
	Neuron int
	Labels []int8
}

// Across returns the facets of the region inside the ball, by their neurons.
func (g *Guide) Across() (sides []Side) {
	if g.lost {
		sides = g.acrossExactly()
	} else {
		sides = g.acrossFloats()
	}
	slices.SortFunc(sides, func(a, b Side) int { return a.Neuron - b.Neuron })
	return sides
}

// acrossFloats takes what floats are certain of, and asks integers the rest.
func (g *Guide) acrossFloats() (sides []Side) {
	c, list := g.t.cells, g.t.here().at
	var face []int32
	for rest := c.FacetsOf(list); rest != 0; rest &= rest - 1 {
		b := bits.TrailingZeros64(rest)
		if c.Facets[b] < 0 {
			continue
		}
		face = face[:0]
		for _, v := range list {
			if c.Vertices[v].On>>b&1 != 0 {
				face = append(face, v)
			}
		}
		neuron := g.facet(c.Facets[b])
		if g.stopped() {
			return nil
		}
		if !c.Within(face) {
			hit, certain := c.Meets(face)
			if !certain {
				hit = g.reaches(neuron)
			}
			if !hit {
				continue
			}
		}
		sides = append(sides, g.side(neuron, g.vanishing(face, neuron)))
	}
	return sides
}

// vanishing returns a neuron that is zero on a face of the region, and all others that may be.
// Where a neuron is not zero at the mean of a face's vertices, it is not on the face. The mean is
// off by as much as the vertices are, and by as many roundings as there are of them.
func (g *Guide) vanishing(face []int32, neuron int) (list []int) {
	c, t := g.t.cells, g.t
	var mean vertices.Point
	err := 0.0
	for _, v := range face {
		at := &c.Vertices[v]
		err = max(err, at.Err)
		for k, y := range at.X[:c.N] {
			mean[k] += y
		}
	}
	for k := range c.N {
		mean[k] /= float64(len(face))
	}
	err = forms.Slack * (err + float64(len(face)+2)*forms.Unit)
	for l, ly := range t.m.Layers {
		done, fs := t.layers[l].done, t.Forms(l)
		for j, d := range done {
			id := ly.First + j
			if id == neuron || d != settled && !(&fs[j]).CertainAt(mean[:c.N], err) {
				list = append(list, id)
			}
		}
	}
	return list
}

// side crosses the facet of a neuron, on which no others than those given vanish.
func (g *Guide) side(neuron int, vanishing []int) Side {
	s := Side{neuron, slices.Clone(g.labels)}
	maximal := g.t.m.Maximal()
	if len(vanishing) == 1 && !maximal {
		s.Labels[neuron] = -s.Labels[neuron]
		return s
	}
	h := g.row(neuron) // ≥ 0 on the region
	for len(vanishing) > 0 {
		l, j := g.at(vanishing[0])
		ly, n := g.t.m.Layers[l], 1
		if ly.Ends != nil {
			for n < len(vanishing) && vanishing[n] < ly.First+ly.Ends[j] {
				n++
			}
			g.overtake(&s, l, vanishing[:n], h)
		} else if c, multiple := multipleOf(g.beyond.At(l, j, s.Labels), h); multiple {
			s.Labels[vanishing[0]] = -c
		}
		vanishing = vanishing[n:]
	}
	if maximal {
		for s.Neuron = 0; s.Labels[s.Neuron] == g.labels[s.Neuron]; s.Neuron++ {
		}
	}
	return s
}

// overtake labels across the facet of h a maximum whose largest piece the given ones equal there.
// Across, a difference of two of them is c times h, which is negative: the largest is that of the
// least c.
func (g *Guide) overtake(s *Side, l int, equal []int, h exact.Row) {
	ly := g.t.m.Layers[l]
	at := slices.IndexFunc(h.G, func(g *big.Int) bool { return g.Sign() != 0 })
	largest := ly.Winner(equal[0]-ly.First, g.labels)
	tied := append(slices.Clone(equal), ly.First+largest)
	slices.Sort(tied)
	was := g.beyond.At(l, largest, s.Labels)
	multiples := make([]*big.Rat, len(tied))
	for i, id := range tied {
		d := g.beyond.At(l, id-ly.First, s.Labels).Minus(was)
		multiples[i] = new(big.Rat).SetFrac(d.G[at], h.G[at])
	}
	least := slices.MinFunc(multiples, (*big.Rat).Cmp)
	label := int8(1)
	for i, id := range tied {
		if s.Labels[id] = -1; multiples[i].Cmp(least) == 0 {
			s.Labels[id], label = label, 0
		}
	}
}

// multipleOf returns the sign of c where a form is c times h, which is not constant.
func multipleOf(z, h exact.Row) (c int8, multiple bool) {
	at := slices.IndexFunc(h.G, func(g *big.Int) bool { return g.Sign() != 0 })
	p, q := z.G[at], h.G[at] // z·q = h·p
	var a, b big.Int
	for k := range h.G {
		if a.Mul(z.G[k], q).Cmp(b.Mul(h.G[k], p)) != 0 {
			return 0, false
		}
	}
	return int8(p.Sign() * q.Sign()), a.Mul(z.H, q).Cmp(b.Mul(h.H, p)) == 0
}

// reaches says whether the facet of a neuron has a point inside the l2 ball.
func (g *Guide) reaches(neuron int) bool {
	rows := []exact.Row{g.row(neuron).Neg()}
	for id := range g.labels {
		if row, bounds := g.bounding(id); bounds {
			rows = append(rows, row)
		}
	}
	return exact.Reaches(rows)
}

// acrossExactly is Across without floats.
func (g *Guide) acrossExactly() (sides []Side) {
	c := g.closure
	for _, f := range c.Facets() {
		neuron := c.Names[f]
		if g.stopped() {
			return nil
		}
		if neuron < 0 || g.t.cells.Round && !g.reaches(neuron) {
			continue
		}
		var list []int
		for id, s := range g.labels {
			if i := slices.Index(c.Names, id); s == 0 || i >= 0 && c.Holds(f, i) {
				list = append(list, id)
			}
		}
		sides = append(sides, g.side(neuron, list))
	}
	return sides
}

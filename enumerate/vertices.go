// The vertices and facets of a region.

package enumerate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/lp/exact"
)

// Vertex is a vertex of the closure of a region, which is a polytope.
type Vertex struct {
	X   []float64
	Err float64 // what each coordinate of X is off by at most, +Inf where one is beyond float64
	// Facets are those of the region on which the vertex lies. On facet i ≥ 0 neuron i is zero, or
	// piece i of a maximum is as large as the largest; of several it is the first. The others are
	// −1−k for facet k of the ball: for linf and a box, facet 2j is the lower end of input j and
	// 2j+1 the upper one; for l1, facet k has the inputs above the centre's whose bit is set in k,
	// and the others below.
	Facets []int
}

// Vertices returns the vertices of the closure of the region, in the plane counterclockwise. There
// is no more than that list, and none is missing: which there are, and on which facets, is certain,
// and floats tell only where.
//
// The error is an [ErrNoVertices] in the l2 ball, whose regions are round (but in one dimension),
// and for more than 7 inputs, 5 in an l1 ball.
func (r Region) Vertices() ([]Vertex, error) { return r.VerticesUntil(nil) }

// VerticesUntil is Vertices, given up with [exact.ErrStopped] once stop, unless that is nil, says
// so.
func (r Region) VerticesUntil(stop func() bool) ([]Vertex, error) {
	g, m, err := r.polytope(stop)
	if err != nil {
		return nil, err
	}
	defer r.of.guides.Put(g)
	corners := g.Corners()
	list := make([]Vertex, len(corners))
	for i, c := range corners {
		slices.Sort(c.Facets)
		list[i] = Vertex{X: make([]float64, len(c.Y)), Facets: slices.Compact(c.Facets)}
		list[i].Err = m.NearX(c.Y, list[i].X, c.Err)
	}
	if r.of.net.Inputs() == 2 {
		around(list, corners, func() []ExactVertex { return closure(g, m) })
	}
	return list, gaveUp(stop)
}

// ExactVertex is a vertex of the closure of a region, exactly: it is where hyperplanes meet.
type ExactVertex struct {
	X      []*big.Rat
	Facets []int // as those of [Vertex]
}

// VerticesExact returns the vertices of the closure of the region, in any order. Nothing is
// rounded. An error is that of Vertices.
func (r Region) VerticesExact() ([]ExactVertex, error) { return r.VerticesExactUntil(nil) }

// VerticesExactUntil is VerticesExact, given up with [exact.ErrStopped] once stop, unless that is
// nil, says so.
func (r Region) VerticesExactUntil(stop func() bool) ([]ExactVertex, error) {
	g, m, err := r.polytope(stop)
	if err != nil {
		return nil, err
	}
	defer r.of.guides.Put(g)
	return closure(g, m), gaveUp(stop)
}

// gaveUp is the error of what was computed until a stop.
func gaveUp(stop func() bool) error {
	if stop != nil && stop() {
		return exact.ErrStopped
	}
	return nil
}

// closure returns the vertices of the region at which a guide stands.
func closure(g *tree.Guide, m *tree.Subject) []ExactVertex {
	c := g.Closure()
	facets, list := c.Facets(), make([]ExactVertex, len(c.Vertices))
	for i := range list {
		v := &c.Vertices[i]
		list[i].X = m.InputOf(v.Rats())
		for _, f := range facets {
			if v.On.Bit(f) == 1 {
				list[i].Facets = append(list[i].Facets, c.Names[f])
			}
		}
		slices.Sort(list[i].Facets)
	}
	return list
}

// mostVolume is the largest number of inputs for which there are volumes: what one costs grows with
// the factorial.
const mostVolume = 5

// Volume returns the volume of the region, exactly. It takes up to some milliseconds. An error is
// that of Vertices, or more than 5 inputs.
func (r Region) Volume() (*big.Rat, error) { return r.volumeUntil(nil) }

// volumeUntil is Volume, given up with exact.ErrStopped once stop says so.
func (r Region) volumeUntil(stop func() bool) (*big.Rat, error) {
	if n := r.of.net.Inputs(); n > mostVolume {
		return nil, marked{fmt.Errorf("a volume in %d inputs, expected %d at most", n, mostVolume), ErrNoVertices}
	}
	g, m, err := r.polytope(stop)
	if err != nil {
		return nil, err
	}
	defer r.of.guides.Put(g)
	scale := big.NewRat(1, 1)
	for _, s := range m.Ball.Scale() {
		f, _ := s.Rat(nil)
		scale.Mul(scale, f)
	}
	return g.Volume(scale), gaveUp(stop)
}

// Facets returns the neurons that are zero on a facet of the region, and the pieces of maxima that
// are as large as the largest there, ascending; of several on one facet the first. An error is that
// of Vertices.
func (r Region) Facets() ([]int, error) {
	list, err := r.Vertices()
	var all []int
	for _, v := range list {
		all = append(all, v.Facets...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	inner, _ := slices.BinarySearch(all, 0)
	return all[inner:], err
}

// polytope returns a guide, to be put back, that stands at the region, which is to be a polytope.
func (r Region) polytope(stop func() bool) (*tree.Guide, *tree.Subject, error) {
	if n := r.of.net.Inputs(); n > 1 && r.of.ball.Norm() == ball.L2 {
		return nil, nil, marked{fmt.Errorf("a region of an l2 ball in %d inputs is no polytope: ask for its vertices in an linf ball or a box, around it or inside", n), ErrNoVertices}
	}
	return r.guide(stop)
}

// guide returns a guide, to be put back, that stands at the region. It gives up once stop, unless
// that is nil, says so: then the error is exact.ErrStopped.
func (r Region) guide(stop func() bool) (*tree.Guide, *tree.Subject, error) {
	o := r.of
	if n, most := o.net.Inputs(), tree.Guidable(o.ball.Norm()); n > most {
		return nil, nil, marked{fmt.Errorf("vertices in %d inputs of the %v ball, expected %d at most", n, o.ball.Norm(), most), ErrNoVertices}
	}
	m, err := o.subject()
	if err != nil {
		return nil, nil, err
	}
	g, ok := o.guides.Get().(*tree.Guide)
	if !ok {
		g = tree.NewGuide(m)
	}
	g.Until(stop)
	if g.To(r.Pattern); gaveUp(stop) != nil {
		o.guides.Put(g)
		return nil, nil, exact.ErrStopped
	}
	return g, m, nil
}

// compile compiles the network anew: what the walk had may have been given up with it.
func (o *origin) compile() (*tree.Subject, error) {
	m, err := tree.NewSubject(context.Background(), o.net, o.ball)
	if err != nil {
		return nil, marked{err, ErrInput}
	}
	return m, nil
}

// around puts the vertices of a polygon in the order in which facets join them, counterclockwise.
// Where floats do not tell which way that is, as of a sliver, the exact vertices do.
func around(list []Vertex, at []tree.Corner, exactly func() []ExactVertex) {
	joined := func(i, j int) bool {
		return slices.ContainsFunc(list[i].Facets, func(f int) bool { return slices.Contains(list[j].Facets, f) })
	}
	for i := 1; i < len(list); i++ {
		for j := i; j < len(list); j++ {
			if joined(i-1, j) {
				list[i], list[j] = list[j], list[i]
				at[i], at[j] = at[j], at[i]
				break
			}
		}
	}
	turn, certain := turnOf(at)
	if !certain {
		var y [3][]*big.Rat
		for _, v := range exactly() {
			for k := range y {
				if slices.Equal(v.Facets, list[k].Facets) {
					y[k] = v.X
				}
			}
		}
		side := func(i, j int) *big.Rat {
			a, b := new(big.Rat).Sub(y[1][i], y[0][i]), new(big.Rat).Sub(y[2][j], y[0][j])
			return a.Mul(a, b)
		}
		turn = side(0, 1).Cmp(side(1, 0))
	}
	if turn < 0 {
		slices.Reverse(list)
	}
}

// turnOf returns the sign of twice the area of a polygon: 1 where its corners go counterclockwise,
// and whether that is certain.
//
// A difference of coordinates, at most d in size, is off by e: twice what they are off by, and a
// rounding of itself. So a product of two is off by 2d·e + e² and a rounding, as is the other;
// their difference rounds once more, and so does each sum that it goes into.
func turnOf(at []tree.Corner) (sign int, certain bool) {
	twice, off := 0.0, forms.Underflow
	o := at[0]
	for i := 1; i+1 < len(at); i++ {
		v, w := at[i], at[i+1]
		a, b, c, d := v.Y[0]-o.Y[0], w.Y[1]-o.Y[1], v.Y[1]-o.Y[1], w.Y[0]-o.Y[0]
		twice += a*b - c*d
		far := max(math.Abs(a), math.Abs(b), math.Abs(c), math.Abs(d))
		err := 2*max(o.Err, v.Err, w.Err) + forms.Unit*far
		off += forms.Slack * (4*far*err + 2*err*err + float64(len(at)+4)*forms.Unit*2*far*far)
	}
	return cmp.Compare(twice, 0), math.Abs(twice) > off
}

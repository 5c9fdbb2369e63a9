// The regions of a network with two inputs are convex polygons, cut out of the
// ball one neuron at a time (Sutherland and Hodgman's clipping, 1974, on exact
// rationals). A disc is not a polygon: there the polygon is cut out of the
// bounding square, and a side counts where it also meets the open disc.

package twin

import (
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// Polygon is a region of a network with two inputs: the interior of a convex
// polygon, for an l2 ball intersected with the open disc.
type Polygon struct {
	Pattern network.Pattern
	// Vertices are in counterclockwise order, at least three.
	Vertices [][2]*big.Rat
}

// Area returns the exact area of the polygon (for an l2 ball, before it is
// intersected with the disc).
func (p Polygon) Area() *big.Rat {
	twice := new(big.Rat)
	for i, v := range p.Vertices {
		w := p.Vertices[(i+1)%len(p.Vertices)]
		twice.Add(twice, new(big.Rat).Mul(v[0], w[1]))
		twice.Sub(twice, new(big.Rat).Mul(v[1], w[0]))
	}
	return twice.Quo(twice, big.NewRat(2, 1))
}

// Polygons returns the activation regions of a network with two inputs, by
// exact rational arithmetic, the minus side of each neuron first. All four
// balls are handled exactly. It is an error if the network or the ball has not
// exactly two inputs.
func Polygons(n *network.Network, b ball.Ball) ([]Polygon, error) {
	var all []Polygon
	err := walkIn(2, n, b, func(p network.Pattern, c cell) {
		q := Polygon{Pattern: append(network.Pattern(nil), p...)}
		for _, v := range c.(polygon).vertices {
			q.Vertices = append(q.Vertices, [2]*big.Rat{v[0], v[1]})
		}
		all = append(all, q)
	})
	return all, err
}

// CountPolygons returns how many polygons Polygons would.
func CountPolygons(n *network.Network, b ball.Ball) (*big.Int, error) { return countIn(2, n, b) }

// point is a point of the plane, or the vector to it.
type point []*big.Rat

// polygon is the open convex polygon with these vertices (counterclockwise,
// no three on a line), intersected with the open disc if there is one.
type polygon struct {
	vertices []point
	disc     *disc
}

// disc is {x : ‖x−c‖² < r²}.
type disc struct {
	center       point
	squareRadius *big.Rat
}

// startPolygon returns the interior of the ball.
func startPolygon(b ball.Ball) polygon {
	lo, hi := boundingBox(b)
	if b.Norm() == ball.L1 {
		x, y := rat(b.Center()[0]), rat(b.Center()[1])
		return polygon{vertices: []point{{hi[0], y}, {x, hi[1]}, {lo[0], y}, {x, lo[1]}}}
	}
	p := polygon{vertices: []point{{lo[0], lo[1]}, {hi[0], lo[1]}, {hi[0], hi[1]}, {lo[0], hi[1]}}}
	if b.Norm() == ball.L2 {
		r := rat(b.Radius())
		p.disc = &disc{
			center:       point{rat(b.Center()[0]), rat(b.Center()[1])},
			squareRadius: r.Mul(r, r),
		}
	}
	return p
}

// cut clips to both sides.
func (p polygon) cut(f form) (minus, plus cell) {
	// An empty side must be a nil cell, not a cell that holds an empty polygon.
	if q, ok := p.side(f, -1); ok {
		minus = q
	}
	if q, ok := p.side(f, +1); ok {
		plus = q
	}
	return minus, plus
}

// side returns p ∩ {sign·z > 0}, and whether it is not empty. An open polygon
// meets the open half-plane iff a vertex lies strictly inside the half-plane:
// near that vertex there are points of the polygon; and if no vertex does,
// z is on the wrong side or zero on the whole closed polygon, hence on the
// wrong side on its interior, as it is not constant.
func (p polygon) side(f form, sign int) (polygon, bool) {
	z := make([]*big.Rat, len(p.vertices))
	meets := false
	for i, v := range p.vertices {
		z[i] = f.at(v)
		meets = meets || z[i].Sign() == sign
	}
	if !meets {
		return polygon{}, false
	}
	q := polygon{disc: p.disc}
	for i, v := range p.vertices {
		k := (i + 1) % len(p.vertices)
		if z[i].Sign() != -sign {
			q.vertices = append(q.vertices, v)
		}
		if z[i].Sign()*z[k].Sign() < 0 {
			// v + t·(w−v) with t = z(v)/(z(v)−z(w)) is where z vanishes on the edge.
			t := new(big.Rat).Sub(z[i], z[k])
			q.vertices = append(q.vertices, along(v, p.vertices[k], t.Quo(z[i], t)))
		}
	}
	return q, p.disc == nil || q.meetsDisc()
}

// meetsDisc says whether the open polygon meets the open disc. It does iff the
// closed polygon comes strictly nearer to the centre than r: a nearest point
// of the closed polygon is then inside the disc, and has points of the open
// polygon as near to it as one likes.
func (p polygon) meetsDisc() bool {
	inside := true
	for i, v := range p.vertices {
		w := p.vertices[(i+1)%len(p.vertices)]
		if squareDistance(p.disc.center, v, w).Cmp(p.disc.squareRadius) < 0 {
			return true
		}
		edge, toCenter := difference(w, v), difference(p.disc.center, v)
		cross := new(big.Rat).Mul(edge[0], toCenter[1])
		cross.Sub(cross, new(big.Rat).Mul(edge[1], toCenter[0]))
		inside = inside && cross.Sign() >= 0
	}
	return inside
}

// squareDistance returns the squared distance from x to the segment from v to w.
func squareDistance(x, v, w point) *big.Rat {
	edge := difference(w, v)
	t := dot(difference(x, v), edge)
	t.Quo(t, dot(edge, edge))
	if t.Sign() < 0 {
		t.SetInt64(0)
	}
	if one := big.NewRat(1, 1); t.Cmp(one) > 0 {
		t.Set(one)
	}
	d := difference(x, along(v, w, t))
	return dot(d, d)
}

// along returns v + t·(w−v).
func along(v, w point, t *big.Rat) point {
	x := difference(w, v)
	for i := range x {
		x[i].Mul(x[i], t)
		x[i].Add(x[i], v[i])
	}
	return x
}

func difference(v, w point) point {
	return point{new(big.Rat).Sub(v[0], w[0]), new(big.Rat).Sub(v[1], w[1])}
}

func dot(v, w point) *big.Rat {
	d := new(big.Rat).Mul(v[0], w[0])
	return d.Add(d, new(big.Rat).Mul(v[1], w[1]))
}

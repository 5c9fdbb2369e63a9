// The l2 ball: cells are those of the cube around it, and where one does not meet the ball it is
// left out. Whether it does, the point of it nearest to the centre says, which is that of the
// convex hull of its vertices (Wolfe 1976, "Finding the nearest point in a polytope").

package vertices

import (
	"math"

	"github.com/relucell/relucell/internal/forms"
)

const (
	// nearestSteps is the number of steps after which the nearest point is given up: each brings a
	// vertex in, and few cells want more than twice their dimension.
	nearestSteps = 64
	// roundFar is the error from which on vertices are solved for where a cell comes as near to the
	// sphere as that.
	roundFar = 1.0 / (1 << 40)
	// nearestGone is the weight up to which a vertex is dropped from the nearest point's. It steers
	// the search only.
	nearestGone = 1.0 / (1 << 40)
)

// nearest is the scratch of meets: up to n+1 vertices, their weights, and a linear system.
type nearest struct {
	of     [MaxInputs + 1]int32
	weight [MaxInputs + 1]float64
	n      int
	system [MaxInputs + 1][MaxInputs + 2]float64
	lifted bool // the system is that of the points with a coordinate 1 more
	list   []int32
	at     Point // where the search has ended
	before []Vertex
}

// Meets says whether the hull of a list meets the open ball; certain false: that could not be told.
// What is known of a vertex is to depend on the path to it alone, and so what is solved for here is
// not kept.
func (c *Cells) Meets(list []int32) (hit, certain bool) {
	for _, c.near.lifted = range [...]bool{false, true} {
		if hit, certain = c.near.meets(&c.points, list); certain {
			break
		}
	}
	if c.near.lifted = false; certain {
		return hit, true
	}
	c.near.before = c.near.before[:0]
	again := false
	for _, v := range list {
		c.near.before = append(c.near.before, c.Vertices[v])
		again = c.Vertices[v].Err > roundFar && c.repair(v) || again
	}
	if again {
		for _, v := range list {
			c.setInside(v)
		}
		hit, certain = c.near.meets(&c.points, list)
		for i, v := range list {
			c.Vertices[v] = c.near.before[i]
			c.setInside(v)
		}
	}
	return hit, certain
}

// SideMeets says so of a side of a cell.
func (c *Cells) SideMeets(p *Parts, s int8) (hit, certain bool) {
	c.near.list = p.Side(s, c.near.list[:0])
	return c.Meets(c.near.list)
}

// ExpressNearest expresses the point of a part of a cell that is nearest to the centre by the
// inward normals of the constraints that hold there, where the part misses the ball: their sum is
// then at least the point's distance, and so nowhere in the ball.
func (c *Evidence) ExpressNearest(list []int32, out *Cone) bool {
	n := &c.near
	if !n.find(&c.points, list) {
		return false
	}
	on := ^uint64(0)
	for _, v := range n.of[:n.n] {
		on &= c.Vertices[v].On
	}
	g := n.at
	for k := range g {
		g[k] = -g[k]
	}
	return c.fitCone(on, &g, out)
}

// find goes to the nearest point of the hull of a list, as far as floats can.
func (s *nearest) find(p *points, list []int32) bool {
	first, least := list[0], math.Inf(1)
	for _, v := range list {
		if t := dot(&p.Vertices[v].X, &p.Vertices[v].X); t < least {
			first, least = v, t
		}
	}
	s.n, s.of[0], s.weight[0] = 1, first, 1
	s.at = p.Vertices[first].X
	for range nearestSteps {
		next, low := first, math.Inf(1)
		for _, v := range list {
			if t := dot(&s.at, &p.Vertices[v].X); t < low {
				next, low = v, t
			}
		}
		if far := dot(&s.at, &s.at); low >= far*(1-fitGone) || !s.enter(p, next, &s.at) {
			return true
		}
	}
	return false
}

// meets says so with vertices as they are known.
//
// It does if a combination of its vertices is inside. A computed one, of n+1 weights that are
// positive, is off the one of the true vertices by the vertices' error and fewer than 2n+6
// roundings a coordinate. It does not if for some u all vertices have u·v ≥ ‖u‖.
func (s *nearest) meets(p *points, list []int32) (hit, certain bool) {
	err := 0.0
	first := list[0]
	least := math.Inf(1)
	for _, v := range list {
		at := &p.Vertices[v]
		if p.Inside[v] {
			s.at = at.X
			return true, true
		}
		err = max(err, at.Err)
		if t := dot(&at.X, &at.X); t < least {
			first, least = v, t
		}
	}
	s.n, s.of[0], s.weight[0] = 1, first, 1
	x := p.Vertices[first].X
	blur := forms.Slack * math.Sqrt(float64(p.N)) * (err + float64(2*p.N+6)*forms.Unit)
	for range nearestSteps {
		s.at = x
		far := math.Sqrt(dot(&x, &x))
		if far*(1+forms.Slack*float64(p.N+4)*forms.Unit)+blur < 1 {
			return true, true
		}
		sum := 0.0
		for _, y := range x {
			sum += math.Abs(y)
		}
		// u·v is off by |u|₁ times the error of v, and by the roundings of n products and
		// additions.
		bound := far*(1+forms.Slack*float64(p.N+4)*forms.Unit) + forms.Slack*sum*(err+float64(p.N+2)*2*forms.Unit)
		next, low := first, math.Inf(1)
		for _, v := range list {
			if t := dot(&x, &p.Vertices[v].X); t < low {
				next, low = v, t
			}
		}
		if low >= bound {
			return false, true
		}
		if !s.enter(p, next, &x) {
			return false, false
		}
	}
	return false, false
}

// dot is an inner product.
func dot(a, b *Point) float64 {
	return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] + a[3]*b[3] + a[4]*b[4] + a[5]*b[5] + a[6]*b[6]
}

// enter takes a vertex in and moves x to the nearest point of the hull of those that are.
func (s *nearest) enter(p *points, v int32, x *Point) bool {
	for _, u := range s.of[:s.n] {
		if u == v {
			return false // no progress: rounding
		}
	}
	if s.n > p.N {
		return false
	}
	s.of[s.n], s.weight[s.n] = v, 0
	s.n++
	for s.n > 1 {
		to, ok := s.affine(p)
		if !ok {
			return false
		}
		step := 1.0
		for i, t := range to[:s.n] {
			if t <= nearestGone {
				step = min(step, s.weight[i]/(s.weight[i]-t))
			}
		}
		kept := 0
		for i := range s.n {
			t := s.weight[i] + step*(to[i]-s.weight[i])
			if step == 1 || t > nearestGone {
				s.of[kept], s.weight[kept] = s.of[i], t
				kept++
			}
		}
		done := kept == s.n
		s.n = kept
		if done || kept == 0 {
			break
		}
	}
	return s.n > 0 && s.combine(p, x)
}

// combine sets x to the weighted mean, with the weights made positive and their sum one.
func (s *nearest) combine(p *points, x *Point) bool {
	sum := 0.0
	for i := range s.n {
		s.weight[i] = max(s.weight[i], 0)
		sum += s.weight[i]
	}
	if !(sum > 0.5) {
		return false
	}
	*x = Point{}
	for i := range s.n {
		s.weight[i] /= sum
		at := &p.Vertices[s.of[i]]
		for k := range p.N {
			x[k] += s.weight[i] * at.X[k]
		}
	}
	return true
}

// affine returns the weights of the nearest point of the affine hull: Gμ = 1 up to a factor, for
// the Gram matrix G. That is singular where the centre is in the affine hull, as in a cell across
// the centre of a large ball; (G+11ᵀ)μ = 1 has the same solution up to a factor and is not (Wolfe
// 1976).
func (s *nearest) affine(p *points) (weight [MaxInputs + 1]float64, ok bool) {
	n := s.n
	for i := range n {
		row := &s.system[i]
		for j := range n {
			row[j] = dot(&p.Vertices[s.of[i]].X, &p.Vertices[s.of[j]].X)
			if s.lifted {
				row[j]++
			}
		}
		row[n] = 1
	}
	for k := range n {
		top := k
		for i := k + 1; i < n; i++ {
			if math.Abs(s.system[i][k]) > math.Abs(s.system[top][k]) {
				top = i
			}
		}
		s.system[k], s.system[top] = s.system[top], s.system[k]
		if s.system[k][k] == 0 {
			return weight, false
		}
		for i := k + 1; i < n; i++ {
			f := s.system[i][k] / s.system[k][k]
			for j := k; j <= n; j++ {
				s.system[i][j] -= f * s.system[k][j]
			}
		}
	}
	sum := 0.0
	for i := n - 1; i >= 0; i-- {
		t := s.system[i][n]
		for j := i + 1; j < n; j++ {
			t -= s.system[i][j] * weight[j]
		}
		weight[i] = t / s.system[i][i]
		sum += weight[i]
	}
	if sum == 0 {
		return weight, false
	}
	for i := range n {
		weight[i] /= sum
	}
	return weight, true
}

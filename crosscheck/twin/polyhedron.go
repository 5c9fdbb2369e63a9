// The regions of a network with three inputs are polyhedra, cut out of the ball one neuron at a
// time: the double description method (Motzkin, Raiffa, Thompson, Thrall 1953) in its plainest
// form. A vertex is four integers, three coordinates and what they are over, so that nothing is
// reduced but what is new. As in the plane, a round ball is the cube around it, of which a side
// counts where it also meets the open ball.

package twin

import (
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// CountPolyhedra counts the activation regions of a network with three inputs, by exact integer
// arithmetic. All four balls are handled exactly. It is an error if the network or the ball has not
// exactly three inputs.
func CountPolyhedra(n *network.Network, b ball.Ball) (*big.Int, error) { return countIn(3, n, b) }

// ExactPatterns returns the patterns of the regions of a network with one to three inputs, the
// minus side of each neuron first. It shares nothing with the walk. It is an error if the network
// has more inputs, or the ball not as many.
func ExactPatterns(n *network.Network, b ball.Ball) ([]network.Pattern, error) {
	var all []network.Pattern
	err := walkIn(min(n.Inputs(), 3), n, b, func(p network.Pattern, _ cell) { all = append(all, append(network.Pattern(nil), p...)) })
	return all, err
}

// integers is a plane {g·y + h = 0}, as g and then h, or the point v₀…₂/v₃, v₃ > 0.
type integers []*big.Int

// times returns v·w, of the first n numbers.
func (v integers) times(w integers, n int) *big.Int {
	sum, t := new(big.Int), new(big.Int)
	for i := range n {
		sum.Add(sum, t.Mul(v[i], w[i]))
	}
	return sum
}

// combine returns a·v + b·w.
func combine(a *big.Int, v integers, b *big.Int, w integers) integers {
	x, t := make(integers, len(v)), new(big.Int)
	for i := range v {
		x[i] = new(big.Int).Mul(a, v[i])
		x[i].Add(x[i], t.Mul(b, w[i]))
	}
	return x
}

// reduced is v without its common factor.
func (v integers) reduced() integers {
	common := new(big.Int)
	for _, x := range v {
		common.GCD(nil, nil, common, new(big.Int).Abs(x))
	}
	for _, x := range v {
		x.Quo(x, common)
	}
	return v
}

// corner is a vertex of a polyhedron. Bit i of on says that it lies on facet i.
type corner struct {
	at integers
	on *big.Int
}

// polyhedron is the interior of {f ≥ 0 for all facets f}, whose vertices are given, intersected
// with the open ball |y| < 1 if it is round. All is in the coordinates y of the unit ball. A facet
// may have shrunk to an edge or a vertex, or be gone.
type polyhedron struct {
	ball     *unit
	facets   []integers
	vertices []corner
	round    bool
}

// startPolyhedron returns the interior of the ball. The octahedron of l1 is cut out of the cube,
// plane by plane.
func startPolyhedron(b ball.Ball) polyhedron {
	u := unitBall(b)
	p := polyhedron{ball: &u, round: b.Norm() == ball.L2}
	for k := range 3 { // 1 + y_k ≥ 0, 1 − y_k ≥ 0
		for _, sign := range []int64{1, -1} {
			f := integers{new(big.Int), new(big.Int), new(big.Int), big.NewInt(1)}
			f[k].SetInt64(sign)
			p.facets = append(p.facets, f)
		}
	}
	for i := range 8 {
		v := corner{on: new(big.Int)}
		for k := range 3 {
			v.on.SetBit(v.on, 2*k+i>>k&1, 1)
			v.at = append(v.at, big.NewInt(int64(i>>k&1*2-1)))
		}
		v.at = append(v.at, big.NewInt(1))
		p.vertices = append(p.vertices, v)
	}
	for i := 0; i < 8 && b.Norm() == ball.L1; i++ { // 1 − Σ ±y_k ≥ 0
		f := integers{}
		for k := range 3 {
			f = append(f, big.NewInt(int64(i>>k&1*2-1)))
		}
		p, _ = p.side(append(f, big.NewInt(1)))
	}
	return p
}

// cut clips to both sides.
func (p polyhedron) cut(f form) (minus, plus cell) {
	row := p.ball.row(f)
	if q, ok := p.side(append(row.Neg().G, row.Neg().H)); ok {
		minus = q
	}
	if q, ok := p.side(append(row.G, row.H)); ok {
		plus = q
	}
	return minus, plus
}

// side returns p ∩ {f > 0}, and whether it is not empty: whether a vertex lies strictly inside the
// half-space, as for polygons. Its vertices are those of p that f leaves, and where f vanishes
// inside an edge; there, what an edge lies on is all that its inside lies on.
func (p polyhedron) side(f integers) (polyhedron, bool) {
	z := make([]*big.Int, len(p.vertices)) // a positive multiple of f there
	meets := false
	for i, v := range p.vertices {
		z[i] = f.times(v.at, 4)
		meets = meets || z[i].Sign() > 0
	}
	if !meets {
		return polyhedron{}, false
	}
	id := len(p.facets)
	q := polyhedron{ball: p.ball, facets: append(p.facets[:id:id], f), round: p.round}
	for i, v := range p.vertices {
		switch z[i].Sign() {
		case 0:
			q.vertices = append(q.vertices, corner{v.at, new(big.Int).SetBit(v.on, id, 1)})
		case 1:
			q.vertices = append(q.vertices, v)
		}
		for k, w := range p.vertices {
			if on, ok := p.edge(i, k); ok && z[i].Sign() > 0 && z[k].Sign() < 0 {
				x := combine(z[i], w.at, new(big.Int).Neg(z[k]), v.at)
				q.vertices = append(q.vertices, corner{x.reduced(), on.SetBit(on, id, 1)})
			}
		}
	}
	return q, !p.round || q.meetsRound()
}

// edge says whether vertices i and k are the ends of an edge, and which facets they have in common:
// whether the smallest face that holds both, which is where p lies on those, has no third vertex.
func (p polyhedron) edge(i, k int) (on *big.Int, ok bool) {
	on = new(big.Int).And(p.vertices[i].on, p.vertices[k].on)
	for j, v := range p.vertices {
		if j != i && j != k && new(big.Int).And(on, v.on).Cmp(on) == 0 {
			return nil, false
		}
	}
	return on, i != k
}

// meetsRound says whether the open polyhedron meets the open ball, as meetsDisc does: the point of
// the closed polyhedron that is nearest to the centre is a vertex, or the foot of the centre on an
// edge or on a facet, or the centre itself.
func (p polyhedron) meetsRound() bool {
	center := integers{new(big.Int), new(big.Int), new(big.Int), big.NewInt(1)}
	if p.holds(center) {
		return true
	}
	for _, v := range p.vertices {
		if v.at.times(v.at, 3).Cmp(new(big.Int).Mul(v.at[3], v.at[3])) < 0 {
			return true
		}
	}
	for _, f := range p.facets {
		// The foot is −h/|g|²·g, at the squared distance h²/|g|².
		square := f.times(f, 3)
		if new(big.Int).Mul(f[3], f[3]).Cmp(square) >= 0 {
			continue
		}
		foot := combine(new(big.Int).Neg(f[3]), f, new(big.Int), f)
		if foot[3] = square; p.holds(foot) {
			return true
		}
	}
	for i := range p.vertices {
		for k := range i {
			if _, ok := p.edge(i, k); ok && nearEdge(p.vertices[i].at, p.vertices[k].at) {
				return true
			}
		}
	}
	return false
}

// nearEdge says whether the foot of the centre on the line through v and w lies between them and
// nearer than 1.
func nearEdge(v, w integers) bool {
	// Over the denominator v₃·w₃ the ends are a and b, and d leads from one to the other.
	zero := new(big.Int)
	a, b := combine(w[3], v, zero, v), combine(v[3], w, zero, w)
	d := combine(big.NewInt(1), b, big.NewInt(-1), a)
	along := a.times(d, 3)
	if along.Sign() >= 0 || b.times(d, 3).Sign() <= 0 {
		return false
	}
	// |a|² − (a·d)²/|d|² < (v₃·w₃)²
	square := d.times(d, 3)
	left := new(big.Int).Mul(a.times(a, 3), square)
	left.Sub(left, along.Mul(along, along))
	return left.Cmp(square.Mul(square, new(big.Int).Mul(a[3], a[3]))) < 0
}

// holds says whether x is in the closed polyhedron.
func (p polyhedron) holds(x integers) bool {
	for _, f := range p.facets {
		if f.times(x, 4).Sign() < 0 {
			return false
		}
	}
	return true
}

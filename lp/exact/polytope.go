package exact

// Closed polytopes by their vertices, in integers: the double description method (Motzkin, Raiffa,
// Thompson and Thrall 1953) without any float, and volumes by triangulation.

import (
	"context"
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/cone"
)

// Polytope is a closed polytope with an interior, by its vertices. Its constraints are numbered:
// first the facets of the unit ball it was cut out of, then the rows of Cut in their order.
type Polytope struct {
	Vertices []Vertex
	n        int
	rows     []Row
	stop     until
}

// Until gives up what is computed of the polytope once stop, unless that is nil, reports true,
// which it must then go on doing: Cut then leaves it as it is, and its volume may be any.
func (p *Polytope) Until(stop func() bool) { p.stop = stop }

// stopping is a context that ends with a stop.
type stopping struct {
	context.Context
	stop until
}

// Err makes it one.
func (s stopping) Err() error {
	if s.stop.stopped() {
		return ErrStopped
	}
	return s.Context.Err()
}

// Vertex is the point Num/Den, Den > 0, where the constraints with a bit in On hold with equality.
type Vertex struct {
	Num []*big.Int
	Den *big.Int
	On  *big.Int
}

// Rats returns the point as rationals.
func (v *Vertex) Rats() []*big.Rat { return point{v.Num, v.Den}.rats() }

// FacetsOf returns the facets 1 ± y_1 … ± y_n ≥ 0 of a cross-polytope, facet i with −y_k where bit
// k of i is set, or 1 + y_k and 1 − y_k ≥ 0 of the cube.
func FacetsOf(norm ball.Norm, n int) (rows []Row) {
	if norm == ball.L1 {
		for i := range 1 << n {
			g := make([]int64, n)
			for k := range g {
				g[k] = int64(1 - 2*(i>>k&1))
			}
			rows = append(rows, NewRow(1, g...))
		}
		return rows
	}
	for i := range 2 * n {
		g := make([]int64, n)
		g[i/2] = int64(1 - 2*(i&1))
		rows = append(rows, NewRow(1, g...))
	}
	return rows
}

// NewPolytope returns the unit ball of a norm, and for l2 the cube around it.
func NewPolytope(norm ball.Norm, n int) *Polytope {
	facets := FacetsOf(norm, n)
	p := &Polytope{n: n, rows: facets}
	corners := 1 << n
	if norm == ball.L1 {
		corners = 2 * n
	}
	for i := range corners {
		v := Vertex{Num: make([]*big.Int, n), Den: big.NewInt(1), On: new(big.Int)}
		for k := range n {
			switch {
			case norm != ball.L1:
				v.Num[k] = big.NewInt(int64(2*(i>>k&1) - 1))
			case i/2 == k:
				v.Num[k] = big.NewInt(int64(2*(i&1) - 1))
			default:
				v.Num[k] = new(big.Int)
			}
		}
		for f, r := range facets {
			if sign(point{v.Num, v.Den}, r) == 0 {
				v.On.SetBit(v.On, f, 1)
			}
		}
		p.Vertices = append(p.Vertices, v)
	}
	return p
}

// PolytopeOf returns the polytope {rows ≥ 0} in n dimensions, with the given vertices.
func PolytopeOf(n int, rows []Row, vertices []Vertex) *Polytope {
	return &Polytope{Vertices: vertices, n: n, rows: rows}
}

// Cut cuts the polytope down to {r ≥ 0}, which must leave it an interior. A new vertex lies inside
// an edge that r cuts, on what that lies on and on r. Which vertices an edge joins is told by what
// they lie on, as package cone tells it of the rays of the cone over the polytope.
func (p *Polytope) Cut(r Row) {
	id := len(p.rows)
	p.rows = append(p.rows[:id:id], r)
	values, on := make([]*big.Int, len(p.Vertices)), make([]cone.Incidence, len(p.Vertices))
	var above, below []int
	var t big.Int
	for i, v := range p.Vertices {
		values[i] = new(big.Int)
		point{v.Num, v.Den}.eval(values[i], &t, r)
		on[i] = cone.IncidenceOf(v.On, id)
		switch s := values[i].Sign(); {
		case s > 0:
			above = append(above, i)
		case s < 0:
			below = append(below, i)
		}
	}
	born := make([][]int, len(p.Vertices)) // the lower ends of the edges that are cut, by the upper one
	// There is no error of the function that is called.
	_ = cone.Adjacent(stopping{context.Background(), p.stop}, p.n+1, on, above, below, func(i, j int, _ cone.Incidence) error {
		born[i] = append(born[i], j)
		return nil
	})
	if p.stop.stopped() { // some edges may be missing
		return
	}
	var kept []Vertex
	for i, v := range p.Vertices {
		if values[i].Sign() == 0 {
			v.On = new(big.Int).SetBit(v.On, id, 1)
		}
		if values[i].Sign() >= 0 {
			kept = append(kept, v)
		}
		slices.Sort(born[i])
		for _, j := range born[i] {
			w := &p.Vertices[j]
			edge := new(big.Int).And(v.On, w.On)
			kept = append(kept, between(&v, values[i], w, values[j], edge.SetBit(edge, id, 1)))
		}
	}
	p.Vertices = kept
}

// between returns the zero between v, where a form times the denominator is a > 0, and w, where it
// is b < 0: (a·w − b·v) over the denominators in the same combination.
func between(v *Vertex, a *big.Int, w *Vertex, b, on *big.Int) Vertex {
	mix := func(x, y *big.Int) *big.Int {
		z := new(big.Int).Mul(a, y)
		return z.Sub(z, new(big.Int).Mul(b, x))
	}
	u := Vertex{Num: make([]*big.Int, len(v.Num)), Den: mix(v.Den, w.Den), On: on}
	for k := range u.Num {
		u.Num[k] = mix(v.Num[k], w.Num[k])
	}
	primitive(append([]*big.Int{u.Den}, u.Num...)...)
	return u
}

// Facets returns the facets, each by the first constraint whose face it is. A facet is the face of
// some constraint, and each face is part of a facet: so they are the largest.
func (p *Polytope) Facets() (first []int) {
	faces := p.faces()
	for i, f := range faces {
		largest := f.BitLen() > 0
		for j, g := range faces {
			if largest && i != j && covers(g, f) && (j < i || !covers(f, g)) {
				largest = false
			}
		}
		if largest {
			first = append(first, i)
		}
	}
	return first
}

// faces returns, for each constraint, the vertices on it.
func (p *Polytope) faces() []*big.Int {
	faces := make([]*big.Int, len(p.rows))
	for i := range faces {
		faces[i] = new(big.Int)
		for v := range p.Vertices {
			faces[i].SetBit(faces[i], v, p.Vertices[v].On.Bit(i))
		}
	}
	return faces
}

// Holds says whether constraint j holds with equality wherever constraint i does.
func (p *Polytope) Holds(i, j int) bool {
	for _, v := range p.Vertices {
		if v.On.Bit(i) > v.On.Bit(j) {
			return false
		}
	}
	return true
}

// covers says that a set has all that another has.
func covers(set, other *big.Int) bool { return new(big.Int).AndNot(other, set).Sign() == 0 }

// Meet returns the point at which all rows vanish, of which n are independent.
func Meet(n int, rows []Row) (num []*big.Int, den *big.Int) {
	t := triangle{width: n}
	for _, r := range rows {
		if len(t.rows) < n {
			t.push(append(r.G[:n:n], r.H))
		}
	}
	num, den = t.point()
	primitive(append([]*big.Int{den}, num...)...)
	return num, den
}

// point returns where n rows of gradients and offsets vanish, by Cramer's rule.
func (t *triangle) point() (num []*big.Int, den *big.Int) {
	n := t.width
	last := t.rows[n-1]
	num, den = make([]*big.Int, n), new(big.Int).Set(last[t.cols[n-1]])
	var x big.Int
	for i := n - 1; i >= 0; i-- { // den·y is integral (Cramer), so what is divided is a multiple
		row, at := t.rows[i], new(big.Int).Neg(t.rows[i][n])
		at.Mul(at, den)
		for _, c := range t.cols[i+1:] {
			at.Sub(at, x.Mul(row[c], num[c]))
		}
		num[t.cols[i]] = at.Quo(at, row[t.cols[i]])
	}
	if den.Sign() < 0 {
		for _, v := range append(num, den) {
			v.Neg(v)
		}
	}
	return num, den
}

// triangle is a matrix in the making, eliminated without fractions (Bareiss 1968): row i is 0 in
// the pivots' columns before its own, and its pivot is, up to sign, the minor of the first i+1 rows
// in the first i+1 pivots' columns.
type triangle struct {
	width int // the columns in which pivots are sought
	rows  [][]*big.Int
	cols  []int
	spare [][]*big.Int // the memory of rows that were taken off
}

// push adds a row, unless it depends on the others.
func (t *triangle) push(of []*big.Int) bool {
	row := t.copy(of)
	var before *big.Int // 1
	var a, b, f big.Int
	for i, r := range t.rows {
		pivot := r[t.cols[i]]
		f.Set(row[t.cols[i]])
		for k, v := range row {
			if b.Sub(a.Mul(pivot, v), b.Mul(&f, r[k])); before == nil {
				v.Set(&b)
			} else {
				v.Quo(&b, before)
			}
		}
		before = pivot
	}
	for c, v := range row[:t.width] {
		if v.Sign() != 0 {
			t.rows, t.cols = append(t.rows, row), append(t.cols, c)
			return true
		}
	}
	t.spare = append(t.spare, row)
	return false
}

// copy copies a row.
func (t *triangle) copy(of []*big.Int) (row []*big.Int) {
	if last := len(t.spare) - 1; last >= 0 {
		row, t.spare = t.spare[last], t.spare[:last]
	} else {
		row = make([]*big.Int, len(of))
		for k := range row {
			row[k] = new(big.Int)
		}
	}
	for k, v := range of {
		row[k].Set(v)
	}
	return row
}

// pop takes the last row off.
func (t *triangle) pop() {
	t.spare = append(t.spare, t.rows[len(t.rows)-1])
	t.rows, t.cols = t.rows[:len(t.rows)-1], t.cols[:len(t.cols)-1]
}

// Reaches says whether the closed polyhedron {rows ≥ 0}, which is not empty, has a point strictly
// inside the unit ball of l2.
func Reaches(rows []Row) bool {
	q := newProjection(nil, rows)
	return q.run(true) && !beyond(q.point())
}

// Nearest returns the point of the closed polyhedron {rows ≥ 0}, of one row at least, that is
// nearest to 0, and nil if there is none strictly inside the unit ball of l2. It is a fraction: the
// projection of 0 on a face. The search is given up with ErrStopped once stop, unless that is nil,
// reports true, which it must then go on doing.
func Nearest(stop func() bool, rows []Row) ([]*big.Rat, error) { return nearest(stop, rows, false) }

// NearestTouching is [Nearest] of the closed unit ball.
func NearestTouching(stop func() bool, rows []Row) ([]*big.Rat, error) {
	return nearest(stop, rows, true)
}

func nearest(stop func() bool, rows []Row, closed bool) ([]*big.Rat, error) {
	q := newProjection(stop, rows)
	var y []*big.Rat
	if q.run(true) {
		at := q.point()
		s := outside(at)
		// On the sphere there may be a row left, whose points are farther.
		if s < 0 || s == 0 && closed && q.scout.violated(at, rows) < 0 {
			y = at.rats()
		}
	}
	if until(stop).stopped() { // which may have cut anything short
		return nil, ErrStopped
	}
	return y, nil
}

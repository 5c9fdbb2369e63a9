package certificate

// The domain of a region, by its vertices, to see that a reach set leaves none of them out and no
// row that matters. This is double description (Motzkin, Raiffa, Thompson and Thrall 1953) in
// integers, with the combinatorial test of adjacency (Fukuda and Prodon 1996). Begin with the
// vertices of the ball, each with the constraints that hold there with equality. What a row leaves
// of a polytope has as vertices those on which it is ≥ 0, and one where it is 0 on each edge
// between a vertex where it is > 0 and one where it is < 0. Two vertices are the ends of an edge if
// the constraints common to them hold at no third one, since the face of these constraints has no
// vertices but the two; and inside the edge hold those alone.
//
// A row that is ≥ 0 at all vertices of what the rows of the file leave of the ball follows from
// these, for a polytope is the hull of its vertices. So where all rows of the region that the file
// leaves out are, its rows and the ball are the domain's closure, and the vertices are this one's.

import (
	"math/big"
	"math/bits"
	"strings"

	"github.com/relucell/relucell/certificate/internal/affine"
)

const (
	// maxCornerInputs bounds the inputs with vertices: a cube has 2ⁿ, and a cross-polytope as many
	// facets.
	maxCornerInputs = 7
	// maxCorners bounds the vertices that a polytope may have on the way: pairs of them are looked
	// at.
	maxCorners = 1 << 12
	// maxLooks bounds what is looked at for the edges of one region: pairs of vertices, and for
	// each pair that may be an edge the others. To reach it takes some 30 to 50 s of a
	// processor.
	maxLooks = 1 << 29
)

// corner is a vertex, and the constraints that hold there with equality.
type corner struct {
	x  common
	on *big.Int
}

// domain checks that the rows and the vertices of a line of the reach set are all there are.
func (s *Reach) domain(w *walker, z *regionForms, d *reached) {
	n, b := w.net.inputs, w.ball
	s.require(len(d.Image) == len(d.Vertices), "expected an image of each vertex")
	if len(d.Vertices) == 0 {
		rows := 0
		for _, f := range z.neurons {
			if f != nil {
				rows++
			}
		}
		s.require(len(d.Rows) == rows, "%d rows, expected those of all %d neurons of another sign than 0 where there are no vertices", len(d.Rows), rows)
		return
	}
	s.require(n <= maxCornerInputs && (n == 1 || b.Norm != "l2"), "vertices, expected none in more than %d inputs, and none in an l2 ball", maxCornerInputs)
	list, names := cornersOf(b)
	e := &edges{left: s.looks, stop: w.Stop}
	for i, row := range d.Rows {
		list = e.cut(list, z.neurons[row.Neuron], names+i, n)
		s.require(e.left >= 0, "the edges of the region are not to be told in %d comparisons of vertices: expected a region without vertices, or a smaller ball", s.looks)
		s.require(len(list) <= maxCorners, "the rows up to that of neuron %d leave more than %d vertices", row.Neuron, maxCorners)
	}
	points := map[string]common{}
	for _, c := range list {
		for j, f := range z.neurons {
			s.require(f == nil || f.at(c.x).Sign() >= 0, "the row of neuron %d is left out, and does not follow from those that are there", j)
		}
		points[c.x.text()] = c.x
	}
	for v, words := range d.Vertices {
		x, known := points[strings.Join(words, " ")]
		s.require(known && len(words) == n, "vertex %d, (%.60s), is none of the region, or stands twice, or has a fraction that is not in lowest terms", v, strings.Join(words, ", "))
		delete(points, strings.Join(words, " "))
		s.require(len(d.Image[v]) == len(z.out), "expected an image of %d outputs of each vertex", len(z.out))
		for i, f := range z.out {
			y := new(big.Rat).SetFrac(f.at(x), new(big.Int).Lsh(x[n], uint(f.scale)))
			s.require(d.Image[v][i] == y.RatString(), "the image of vertex %d is not what the network makes of it, or a fraction in it is not in lowest terms", v)
		}
	}
	s.require(len(points) == 0, "%d vertices of the region are left out", len(points))
	s.vertices += int64(len(d.Vertices))
}

// cornersOf returns the vertices of a ball that is a polytope, and how many constraints it has.
func cornersOf(b *affine.Ball) (list []corner, constraints int) {
	n := len(b.Box.Lo)
	add := func(on func(i int) bool) common {
		c := corner{make(common, n+1), new(big.Int)}
		for i := range constraints {
			if on(i) {
				c.on.SetBit(c.on, i, 1)
			}
		}
		c.x[n] = new(big.Int).Lsh(big.NewInt(1), b.Box.Scale)
		list = append(list, c)
		return c.x
	}
	if b.Norm == "l1" && n > 1 { // constraint i has + at the inputs whose bits are 1 in i
		constraints = 1 << n
		for v := range 2 * n {
			x := add(func(i int) bool { return i>>(v/2)&1 == v&1 })
			for k := range n {
				x[k] = new(big.Int).Set(&b.Centre.Lo[k])
			}
			x[v/2].Set(&[...][]big.Int{b.Box.Lo, b.Box.Hi}[v&1][v/2])
		}
		return list, constraints
	}
	constraints = 2 * n
	for v := range 1 << n {
		x := add(func(i int) bool { return v>>(i/2)&1 == i&1 })
		for k := range n {
			x[k] = new(big.Int).Set(&[...][]big.Int{b.Box.Lo, b.Box.Hi}[v>>k&1][k])
		}
	}
	return list, constraints
}

// edges finds those of one region, until nothing is left to look at.
type edges struct {
	left int
	stop func()
}

// cut returns the vertices of the part of a polytope in n dimensions where f ≥ 0, which is the
// constraint of the given name; none where too much is to be looked at.
func (e *edges) cut(list []corner, f *scaled, name, n int) (left []corner) {
	var above, below []corner
	var up, down []*big.Int // what f is there
	for _, c := range list {
		switch v := f.at(c.x); v.Sign() {
		case +1:
			above, up, left = append(above, c), append(up, v), append(left, c)
		case -1:
			below, down = append(below, c), append(down, v.Neg(v))
		default:
			c.on.SetBit(c.on, name, 1)
			left = append(left, c)
		}
	}
	for i, c := range above {
		if e.stop(); e.left < 0 {
			return nil
		}
		e.left -= len(below)
		for j, d := range below {
			on := new(big.Int).And(c.on, d.on)
			if !e.joined(list, c, d, on, n) {
				continue
			}
			x := make(common, n+1)
			for k := range x {
				x[k] = new(big.Int).Mul(up[i], d.x[k])
				x[k].Add(x[k], new(big.Int).Mul(down[j], c.x[k]))
			}
			left = append(left, corner{x.reduced(), on.SetBit(on, name, 1)})
		}
	}
	return left
}

// joined reports whether an edge joins two vertices in n dimensions, to which constraints are
// common.
func (e *edges) joined(list []corner, c, d corner, common *big.Int, n int) bool {
	count := 0
	for _, x := range common.Bits() {
		count += bits.OnesCount(uint(x))
	}
	if count < n-1 {
		return false // an edge is where n−1 at least hold
	}
	var rest big.Int
	e.left -= len(list)
	for _, v := range list {
		if v.on != c.on && v.on != d.on && rest.AndNot(common, v.on).Sign() == 0 {
			return false
		}
	}
	return true
}

// reduced divides all numbers by what is common to them.
func (x common) reduced() common {
	g := new(big.Int)
	for _, v := range x {
		g.GCD(nil, nil, g, new(big.Int).Abs(v))
	}
	for _, v := range x {
		v.Quo(v, g)
	}
	return x
}

// text spells the coordinates as fractions in lowest terms.
func (x common) text() string {
	words := make([]string, len(x)-1)
	for k := range words {
		words[k] = new(big.Rat).SetFrac(x[k], x[len(words)]).RatString()
	}
	return strings.Join(words, " ")
}

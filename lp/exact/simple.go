package exact

// The volume of a simple polytope: just n facets meet at each vertex. The simplices of Volume are
// added up face by face.
//
// A simplex there has vertices a_0, …, a_n: a_0 is the apex of the polytope, F_1 a facet without
// it, a_1 the apex of F_1, F_2 one with a facet of F_1 in it, but a_1, and so on. The form r_j of
// F_j vanishes at all a_i with i ≥ j. So in homogeneous coordinates, the matrix of the forms and
// (0, …, 0, 1) times that of the vertices is a triangle, and n! times the simplex's volume is
//
//	Π r_{i+1}(a_i) / |det(G_1, …, G_n)|,
//
// G_j the gradient of r_j. The determinant is that of the facets at a_n, in whatever order. So let
// w(f) = Σ r_F(a)·w(f ∩ F) over the facets F that have a facet of the face f in them, but not its
// apex a, and w(a_n) = 1/|det|. Then the volume is w of the polytope over n!, and a face is looked
// at once, in however many simplices it is. By Cramer's rule that determinant is the vertex's
// denominator, so w(f) is an integer over the product of the denominators of the vertices of f.

import (
	"cmp"
	"math/big"
	"math/bits"
	"slices"
)

// SimpleVolume returns times·the volume of a simple polytope {rows ≥ 0}, given for each of its
// vertices which of the rows, all of them facets, meet there. It returns false for simple if there
// are not just n of them at each.
func SimpleVolume(n int, rows []Row, on []uint64, times *big.Rat) (v *big.Rat, simple bool) {
	s := &faceSums{rows: rows, on: slices.Clone(on), sums: map[uint64]*big.Int{}}
	// Those are neighbours that have the first facets in common, which are eliminated once.
	slices.SortFunc(s.on, func(a, b uint64) int { return cmp.Compare(bits.Reverse64(b), bits.Reverse64(a)) })
	all, t, last := make([]int, len(on)), triangle{width: n}, uint64(0)
	for i, facets := range s.on {
		if bits.OnesCount64(facets) != n {
			return nil, false
		}
		differ := bits.TrailingZeros64(last ^ facets)
		for range bits.OnesCount64(last >> differ) {
			t.pop()
		}
		for rest := facets >> differ << differ; rest != 0; rest &= rest - 1 {
			r := rows[bits.TrailingZeros64(rest)]
			t.push(append(r.G[:n:n], r.H))
		}
		num, den := t.point()
		all[i], last, s.vertices = i, facets, append(s.vertices, point{num, den})
	}
	sum := new(big.Int).Mul(s.sum(0, all), times.Num())
	over := []*big.Int{new(big.Int).MulRange(1, int64(n)), times.Denom()}
	for _, p := range s.vertices {
		over = append(over, p.den)
	}
	return lowest(sum, over), true
}

// faceSums adds up simplices by the faces of a simple polytope.
type faceSums struct {
	rows     []Row
	on       []uint64 // the facets at each vertex
	vertices []point  // with the determinants as their denominators
	sums     map[uint64]*big.Int
}

// sum returns w of a face, which is in some facets and has some vertices, times the denominators of
// these.
func (s *faceSums) sum(facets uint64, list []int) *big.Int {
	if len(list) == 1 {
		return one
	}
	sum, known := s.sums[facets]
	if known {
		return sum
	}
	sum = new(big.Int)
	s.sums[facets] = sum
	apex, others := list[0], uint64(0)
	for _, v := range list {
		others |= s.on[v] &^ s.on[apex]
	}
	var t, over, x big.Int
	for ; others != 0; others &= others - 1 {
		facet := others & -others
		var part []int
		over.SetInt64(1)
		for _, v := range list[1:] {
			if s.on[v]&facet != 0 {
				part = append(part, v)
			} else {
				over.Mul(&over, s.vertices[v].den)
			}
		}
		s.vertices[apex].eval(&t, &x, s.rows[bits.TrailingZeros64(facet)])
		x.Mul(&t, s.sum(facets|facet, part))
		sum.Add(sum, t.Mul(&x, &over))
	}
	return sum
}

var one = big.NewInt(1)

// lowest returns num over the product of some numbers > 0 in lowest terms. It divides out what num
// has in common with one after the other, which is far less work than with their product.
func lowest(num *big.Int, over []*big.Int) *big.Rat {
	den := big.NewInt(1)
	var rest, g, q big.Int
	for _, d := range over {
		if g.GCD(nil, nil, d, rest.Rem(num, d)); g.Cmp(one) != 0 {
			num.Quo(num, &g)
			d = q.Quo(d, &g)
		}
		den.Mul(den, d)
	}
	v := new(big.Rat).SetInt(num)
	v.Denom().Set(den)
	return v
}

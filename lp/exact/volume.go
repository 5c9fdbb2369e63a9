package exact

// The volume of a polytope: it is the union of pyramids over its facets, with one vertex as their
// common apex, and so is each facet in turn, down to simplices (Cohen and Hickey 1979, "Two
// algorithms for determining volumes of convex polyhedra").

import "math/big"

// Volume returns the volume of the polytope.
func (p *Polytope) Volume() *big.Rat {
	facets := p.Facets()
	if rows, on := p.marked(facets); on != nil {
		if v, simple := SimpleVolume(p.n, rows, on, big.NewRat(1, 1)); simple {
			return v
		}
	}
	return p.bySimplices(facets)
}

// marked returns the rows of some facets, and which of them are at each vertex, as SimpleVolume
// wants them; on is nil if there are too many.
func (p *Polytope) marked(facets []int) (rows []Row, on []uint64) {
	if len(facets) > 64 {
		return nil, nil
	}
	on = make([]uint64, len(p.Vertices))
	for k, f := range facets {
		rows = append(rows, p.rows[f])
		for i, v := range p.Vertices {
			on[i] |= uint64(v.On.Bit(f)) << k
		}
	}
	return rows, on
}

// bySimplices returns the volume from all simplices, each by itself.
func (p *Polytope) bySimplices(facets []int) *big.Rat {
	s := &simplices{p: p, t: triangle{width: p.n + 1}, sum: new(big.Int), apex: make([]bool, len(p.Vertices))}
	faces := p.faces()
	for _, i := range facets {
		s.facets = append(s.facets, faces[i])
	}
	all := new(big.Int)
	over := new(big.Int).MulRange(1, int64(p.n))
	for i, v := range p.Vertices {
		all.SetBit(all, i, 1)
		over.Mul(over, v.Den)
	}
	s.divide(all, p.n)
	return new(big.Rat).SetFrac(s.sum, over)
}

// simplices adds up the volumes of simplices, times n! and all vertices' denominators.
type simplices struct {
	p      *Polytope
	facets []*big.Int
	t      triangle // of the apexes, in homogeneous coordinates
	apex   []bool
	sum    *big.Int
}

// divide divides a face of a dimension, of which the apexes before span the rest.
func (s *simplices) divide(face *big.Int, dim int) {
	if s.p.stop.stopped() {
		return
	}
	v := int(face.TrailingZeroBits())
	at := &s.p.Vertices[v]
	s.t.push(append(at.Num[:s.p.n:s.p.n], at.Den))
	s.apex[v] = true
	if dim == 0 {
		s.add()
	} else {
		for _, f := range s.facetsOf(face) {
			if f.Bit(v) == 0 {
				s.divide(f, dim-1)
			}
		}
	}
	s.apex[v] = false
	s.t.pop()
}

// facetsOf returns the facets of a face: the largest of its proper parts on facets of the polytope.
func (s *simplices) facetsOf(face *big.Int) (list []*big.Int) {
	for _, g := range s.facets {
		f := new(big.Int).And(face, g)
		if f.Sign() == 0 || f.Cmp(face) == 0 {
			continue
		}
		kept, largest := list[:0], true
		for _, o := range list {
			largest = largest && !covers(o, f)
			if !largest || !covers(f, o) {
				kept = append(kept, o)
			}
		}
		if list = kept; largest {
			list = append(list, f)
		}
	}
	return list
}

// add adds the simplex of the apexes, whose volume times n! is the determinant, up to sign, over
// their denominators.
func (s *simplices) add() {
	last := len(s.t.rows) - 1
	det := new(big.Int).Abs(s.t.rows[last][s.t.cols[last]])
	for i, in := range s.apex {
		if !in {
			det.Mul(det, s.p.Vertices[i].Den)
		}
	}
	s.sum.Add(s.sum, det)
}

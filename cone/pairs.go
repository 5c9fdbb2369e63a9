package cone

// Which rays on the two sides of a constraint are adjacent. In r dimensions a ray on r − 1
// constraints is simple: these are independent, so near the ray the cone is one over a simplex, and
// leaving out any one of them gives a face of dimension two. So a simple ray is adjacent to just
// those with which it shares r − 2 constraints, no third ray need be looked at, and two simple rays
// are found by a hash of what they share. Of two rays that are not simple, r − 2 common constraints
// are only necessary.

import (
	"context"
	"math/bits"
	"slices"
)

// Adjacent calls found for all adjacent pairs of extreme rays, one of each list. They are rays of a
// cone of so many dimensions that holds no line, told by the constraints that hold at them: on,
// sets of one length, those of all rays. What the two share is valid during the call. An error of
// found or of the context ends it. The vertices of a polytope are the rays of the cone over it,
// which has one dimension more.
func Adjacent(ctx context.Context, dim int, on []Incidence, above, below []int, found func(i, j int, both Incidence) error) error {
	if len(above) == 0 || len(below) == 0 {
		return nil
	}
	p := &pairs{dim: dim, on: on, found: found, both: slices.Clone(on[above[0]])}
	simpleAbove, otherAbove := p.part(above)
	simpleBelow, otherBelow := p.part(below)
	if err := p.hashed(ctx, simpleAbove, simpleBelow); err != nil {
		return err
	}
	if err := p.each(ctx, simpleAbove, otherBelow, true); err != nil {
		return err
	}
	if err := p.each(ctx, otherAbove, simpleBelow, true); err != nil {
		return err
	}
	return p.each(ctx, otherAbove, otherBelow, false)
}

// pairs looks for adjacent rays.
type pairs struct {
	dim   int
	on    []Incidence
	found func(i, j int, both Incidence) error

	columns table  // made when two rays that are not simple meet
	list    []int  // the constraints of the ray at work
	hash    uint64 // of these, see mix
	both    Incidence
}

// part parts rays into simple ones and others.
func (p *pairs) part(list []int) (simple, other []int) {
	for _, i := range list {
		if p.on[i].Len() == p.dim-1 {
			simple = append(simple, i)
		} else {
			other = append(other, i)
		}
	}
	return simple, other
}

// each looks at all pairs of two lists, of which one has only simple rays or none.
func (p *pairs) each(ctx context.Context, above, below []int, simple bool) error {
	for _, i := range above {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		on := p.on[i]
		for _, j := range below {
			if on.common(p.on[j]) < p.dim-2 {
				continue
			}
			p.both.meet(on, p.on[j])
			if !simple && p.apart(i, j) {
				continue
			}
			if err := p.found(i, j, p.both); err != nil {
				return err
			}
		}
	}
	return nil
}

// apart says whether a third ray is on all that two share.
func (p *pairs) apart(i, j int) bool {
	if p.columns == nil {
		p.columns = newTable(p.on)
	}
	p.list = p.both.members(p.list[:0])
	return p.columns.third(p.list, i, j)
}

// hashed finds the pairs of simple rays: each shares all its constraints but one with the other.
func (p *pairs) hashed(ctx context.Context, above, below []int) error {
	kept, asked, swapped := below, above, false
	if len(above) < len(below) {
		kept, asked, swapped = above, below, true
	}
	s := newShared(len(kept) * (p.dim - 1))
	for _, i := range kept {
		for _, c := range p.members(i) {
			s.add(p.hash^mix(c), i, c)
		}
	}
	for _, i := range asked {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := p.ask(s, i, swapped); err != nil {
			return err
		}
	}
	return nil
}

// members lists and hashes the constraints at a ray.
func (p *pairs) members(i int) []int {
	p.list, p.hash = p.on[i].members(p.list[:0]), 0
	for _, c := range p.list {
		p.hash ^= mix(c)
	}
	return p.list
}

// ask finds those in a table that are adjacent to a simple ray.
func (p *pairs) ask(s *shared, i int, swapped bool) error {
	on := p.on[i]
	for _, c := range p.members(i) {
		for at := s.first(p.hash ^ mix(c)); at != 0; at = s.entries[at].next {
			e := s.entries[at]
			if !p.on[e.ray].sameBut(int(e.left), on, c) {
				continue
			}
			p.both.meet(p.on[e.ray], on)
			a, b := i, int(e.ray)
			if swapped {
				a, b = b, a
			}
			if err := p.found(a, b, p.both); err != nil {
				return err
			}
		}
	}
	return nil
}

// shared is a hash table of sets of constraints: those of a ray without one that is left out.
type shared struct {
	heads   []int32
	entries []entry // the first is none
}

type entry struct{ ray, left, next int32 }

func newShared(n int) *shared {
	return &shared{heads: make([]int32, 1<<bits.Len(uint(n))), entries: make([]entry, 1, n+1)}
}

func (s *shared) first(hash uint64) int32 { return s.heads[hash&uint64(len(s.heads)-1)] }

func (s *shared) add(hash uint64, ray, left int) {
	head := &s.heads[hash&uint64(len(s.heads)-1)]
	s.entries = append(s.entries, entry{int32(ray), int32(left), *head})
	*head = int32(len(s.entries) - 1)
}

// mix returns the bits that constraint c has in the hash of a set, which is the exclusive or of its
// constraints' (Zobrist 1970), by the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
func mix(c int) uint64 {
	x := uint64(c+1) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

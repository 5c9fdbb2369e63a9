package cone

// Which rays on the two sides of a constraint are adjacent. In r dimensions a ray on r − 1 constraints
// is simple: these are independent, so near the ray the cone is one over a simplex, and leaving out any
// one of them gives a face of dimension two. So a simple ray is adjacent to just those with which
// it shares r − 2 constraints, no third ray need be looked at, and two simple rays are found by a
// hash of what they share. Of two rays that are not simple, r − 2 common constraints are only necessary.

import (
	"context"
	"math/bits"
)

// pairs looks for adjacent rays.
type pairs struct {
	dim   int
	rays  []ray
	found func(i, j int, on Incidence) error // i above the constraint, j below

	columns table // made when two rays that are not simple meet
	width   int   // constraints
	list    []int
	both    Incidence
}

// stride is how many rays are looked at between two questions whether to stop: far below a second.
const stride = 64

// run calls found for all adjacent pairs of rays, one of each side.
func (p *pairs) run(ctx context.Context, above, below []int) error {
	p.both = NewIncidence(p.width)
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

// part parts rays into simple ones and others.
func (p *pairs) part(list []int) (simple, other []int) {
	for _, i := range list {
		if p.rays[i].count == p.dim-1 {
			simple = append(simple, i)
		} else {
			other = append(other, i)
		}
	}
	return simple, other
}

// each looks at all pairs of two lists, of which one has only simple rays or none.
func (p *pairs) each(ctx context.Context, above, below []int, simple bool) error {
	for n, i := range above {
		if n%stride == 0 {
			if err := context.Cause(ctx); err != nil {
				return err
			}
		}
		on := p.rays[i].on
		for _, j := range below {
			if on.common(p.rays[j].on) < p.dim-2 {
				continue
			}
			p.both.meet(on, p.rays[j].on)
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
		p.columns = newTable(p.width, p.rays)
	}
	p.list = p.both.members(p.list[:0])
	return p.columns.third(p.list, i, j)
}

// hashed finds the pairs of simple rays: each shares all its constraints but one with the other.
func (p *pairs) hashed(ctx context.Context, above, below []int) error {
	if len(above) == 0 || len(below) == 0 {
		return nil
	}
	kept, asked, swapped := below, above, false
	if len(above) < len(below) {
		kept, asked, swapped = above, below, true
	}
	s := newShared(len(kept) * (p.dim - 1))
	for _, i := range kept {
		p.list = p.rays[i].on.members(p.list[:0])
		for _, c := range p.list {
			s.add(p.rays[i].hash^mix(c), i, c)
		}
	}
	for n, i := range asked {
		if n%stride == 0 {
			if err := context.Cause(ctx); err != nil {
				return err
			}
		}
		if err := p.ask(s, i, swapped); err != nil {
			return err
		}
	}
	return nil
}

// ask finds those in a table that are adjacent to a simple ray.
func (p *pairs) ask(s *shared, i int, swapped bool) error {
	on := p.rays[i].on
	p.list = on.members(p.list[:0])
	for _, c := range p.list {
		for at := s.first(p.rays[i].hash ^ mix(c)); at != 0; at = s.entries[at].next {
			e := s.entries[at]
			if !p.rays[e.ray].on.sameBut(int(e.left), on, c) {
				continue
			}
			p.both.meet(p.rays[e.ray].on, on)
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

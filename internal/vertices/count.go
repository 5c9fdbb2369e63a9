// Counting the regions of an arrangement in a cell without walking them, by deletion and
// restriction: a hyperplane that is added to an arrangement splits as many regions as its own part
// of the cell has in the arrangement of the others' traces (Zaslavsky 1975, §4A). The traces are
// found in fewer and fewer dimensions, where cells have fewer vertices, and each is looked at once
// in the place of once in each region.

package vertices

import "math/bits"

// crossing counts the regions into which the first's hyperplane is divided by the second, of two
// neurons that change sign on the cell and vanish at no vertex: 2 if they cross, else 1, or 0 where
// they have the same hyperplane.
//
// They cross if the second has both signs on the first's hyperplane. Where two vertices on either
// side of that share a sign of the second, so does a point between them, on it. What no such pair
// tells, the edges that cut the first's hyperplane do; those whose ends share a sign of the second
// tell nothing more, so the others are left: between (+,−) and (−,+), or between (+,+) and (−,−).
// Of these two kinds one is empty, as some combination is not shown.
func (c *Cells) crossing(word int, list []int32, first, second uint) (n int64, ok bool) {
	shown := uint(0)
	c.cut.plus, c.cut.minus = c.cut.plus[:0], c.cut.minus[:0] // where the signs differ
	for _, v := range list {
		s := c.Sign(word, v)
		a, b := s.Plus>>first&1, s.Plus>>second&1
		shown |= 1 << (2*a + b)
		switch {
		case a != b && a == 1:
			c.cut.plus = append(c.cut.plus, v)
		case a != b:
			c.cut.minus = append(c.cut.minus, v)
		}
	}
	if shown == 15 {
		return 2, true
	}
	if shown&6 != 6 { // not both are shown, so the two of equal signs are
		c.cut.plus, c.cut.minus = c.cut.plus[:0], c.cut.minus[:0]
		for _, v := range list {
			switch s := c.Sign(word, v); {
			case (s.Plus>>first)&(s.Plus>>second)&1 == 1:
				c.cut.plus = append(c.cut.plus, v)
			case (s.Plus>>first|s.Plus>>second)&1 == 0:
				c.cut.minus = append(c.cut.minus, v)
			}
		}
	}
	facet := c.name(c.used(list), Place(word*WordSize+int(first)))
	plus, minus := shown&10 == 10, shown&5 == 5 // the signs of the second neuron that the first's hyperplane has
	for _, u := range c.cut.plus {
		on := c.Vertices[u].On
		for _, v := range c.cut.minus {
			other := c.Vertices[v].On
			if !c.Adjacent(list, u, v) {
				continue
			}
			if facet == 0 {
				return 0, false
			}
			w, ok := c.onEdge(word, u, v, first, 1<<second, on&other|facet)
			if !ok {
				return 0, false
			}
			s := c.Sign(word, w)
			plus, minus = plus || s.Plus>>second&1 != 0, minus || s.Minus>>second&1 != 0
			if plus && minus {
				return 2, true
			}
		}
	}
	if plus || minus {
		n = 1
	}
	return n, true
}

// Count counts the regions into which the neurons in cut, all of which change sign on the cell,
// divide it; settled counts the neurons found to have one sign on a part. false: a sign was not
// certain.
func (c *Cells) Count(word int, list []int32, cut uint64) (n, settled int64, ok bool) {
	m := c.Here()
	n, settled, ok = c.regions(word, list, cut)
	c.lists = c.lists[:0]
	c.Back(m)
	return n, settled, ok
}

// regions counts the regions into which the neurons in cut, all of which change sign on the cell,
// or part of one in a flat, divide it.
//
// In the l2 ball what is divided is the part of the cell in the ball, which the cell meets: a
// hyperplane whose section misses the ball does not cut that.
func (c *Cells) regions(word int, list []int32, cut uint64) (n, settled int64, ok bool) {
	n = 1
	whole := c.Within(list)
	before := uint64(0)
	for rest := cut; rest != 0; rest &= rest - 1 {
		b := uint(bits.TrailingZeros64(rest))
		if before == 0 && whole {
			before, n = 1<<b, n+1
			continue
		}
		if whole && before&(before-1) == 0 && c.plain(word, list, before|1<<b) {
			other := uint(bits.TrailingZeros64(before))
			m := c.Here()
			more, ok := c.crossing(word, list, b, other)
			c.Back(m)
			if !ok {
				return 0, 0, false
			}
			if n += more; more > 0 {
				settled += 2 - more
				before |= 1 << b
			}
			continue
		}
		m, start := c.Here(), len(c.lists)
		c.lists, ok = c.section(word, list, b, before, c.lists)
		if !ok {
			return 0, 0, false
		}
		part := c.lists[start:]
		s := c.Seen(word, part)
		hit, certain := true, true
		if !whole {
			hit, certain = c.Meets(part)
		}
		switch {
		case !certain:
			return 0, 0, false
		case !hit:
			settled++
		case before&^(s.Plus|s.Minus) == 0: // else a neuron vanishes on the part of b and has the same trace: nothing is added
			across := s.Plus & s.Minus & before
			settled += int64(bits.OnesCount64(before &^ across))
			split, more, ok := c.regions(word, part, across)
			if !ok {
				return 0, 0, false
			}
			n, settled = n+split, settled+more
			before |= 1 << b
		}
		c.lists = c.lists[:start]
		c.Back(m)
	}
	return n, settled, true
}

package cone

// Incidences: which constraints hold with equality at a ray or a vertex, a bit each. They decide
// what is adjacent: two extreme rays span a face of dimension two if and only if no third has all
// that the two have in common, for what holds on both cuts out the smallest face that has both, and
// a face of a higher dimension has a third ray.

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

// Incidence is a set of constraints.
type Incidence []uint64

// NewIncidence returns the empty set of constraints below n.
func NewIncidence(n int) Incidence { return make(Incidence, (n+63)/64) }

// IncidenceOf returns the set of the bits of a number below 2^n.
func IncidenceOf(set *big.Int, n int) Incidence {
	s := NewIncidence(n)
	text := set.FillBytes(make([]byte, 8*len(s)))
	for k := range s {
		s[k] = binary.BigEndian.Uint64(text[len(text)-8*(k+1):])
	}
	return s
}

// Add puts constraint i into the set.
func (s Incidence) Add(i int) { s[i>>6] |= 1 << (i & 63) }

// Len returns the number of constraints in the set.
func (s Incidence) Len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// common returns how many constraints two sets of one length share.
func (s Incidence) common(o Incidence) (n int) {
	for k, w := range s {
		n += bits.OnesCount64(w & o[k])
	}
	return n
}

// meet sets s to what two sets of its length share.
func (s Incidence) meet(a, b Incidence) {
	for k := range s {
		s[k] = a[k] & b[k]
	}
}

// sameBut says that two sets differ in i, which the first has, and j, which the other has, alone.
func (s Incidence) sameBut(i int, o Incidence, j int) bool {
	for k, w := range s {
		x := o[k]
		if i>>6 == k {
			w &^= 1 << (i & 63)
		}
		if j>>6 == k {
			x &^= 1 << (j & 63)
		}
		if w != x {
			return false
		}
	}
	return true
}

// members appends the set's constraints to a list.
func (s Incidence) members(list []int) []int {
	for k, w := range s {
		for ; w != 0; w &= w - 1 {
			list = append(list, k<<6+bits.TrailingZeros64(w))
		}
	}
	return list
}

// table is the incidences of many rays by constraint: for each the set of rays on it.
type table [][]uint64

func newTable(on []Incidence) table {
	words := (len(on) + 63) / 64
	t := make(table, 64*len(on[0]))
	store := make([]uint64, len(t)*words)
	for c := range t {
		t[c] = store[c*words : (c+1)*words]
	}
	for i, s := range on {
		for k, w := range s {
			for ; w != 0; w &= w - 1 {
				t[k<<6+bits.TrailingZeros64(w)][i>>6] |= 1 << (i & 63)
			}
		}
	}
	return t
}

// third says whether a ray other than i and j is on all constraints of a list.
func (t table) third(list []int, i, j int) bool {
	if len(list) == 0 {
		return false // nothing in common is enough in two dimensions alone, where there are two rays
	}
	first := t[list[0]]
	for k, w := range first {
		if i>>6 == k {
			w &^= 1 << (i & 63)
		}
		if j>>6 == k {
			w &^= 1 << (j & 63)
		}
		for _, c := range list[1:] {
			if w == 0 {
				break
			}
			w &= t[c][k]
		}
		if w != 0 {
			return true
		}
	}
	return false
}

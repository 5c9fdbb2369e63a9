package certificate

// Maxima in proofs of safety: the same function as a tournament of ReLUs, max(a,
// b) = b + relu(a − b), whose own weights are 1 and −1. docs/safety-proof.md §1.1 is what this file
// does.

import (
	"math/big"
	"slices"
)

// tournament makes layers without maxima of those of a network, one after the other.
type tournament struct {
	add func(*rawLayer)
	// parts says how many units each value that enters the next layer is the sum of; nil: one.
	parts []int
}

// take adds a layer of the network.
func (t *tournament) take(r *rawLayer) {
	if r.pieces == nil {
		t.give(r, nil)
		return
	}
	affine, left := *r, slices.Clone(r.pieces)
	affine.pieces, affine.fine, affine.slopes = nil, 0, nil
	for range r.bias {
		affine.slopes = append(affine.slopes, *big.NewInt(1))
	}
	t.give(&affine, nil)
	for slices.Max(left) > 1 {
		t.give(playRound(left))
	}
}

// end adds up what the last layer leaves.
func (t *tournament) end() {
	if t.parts != nil {
		sums := &rawLayer{}
		for v := range t.parts {
			sums.unit(1, v)
		}
		t.give(sums, nil)
	}
}

// give adds a layer whose columns are values, each the sum of units of the layer before; parts are
// those of what leaves it.
func (t *tournament) give(r *rawLayer, parts []int) {
	if t.parts != nil {
		r = r.repeated(t.parts)
	}
	t.parts = parts
	t.add(r)
}

// playRound returns the layer in which the values of each maximum, of which so many are left, meet
// in pairs, and how many units each value behind it is the sum of.
func playRound(left []int) (r *rawLayer, parts []int) {
	r = &rawLayer{}
	value := 0
	for u, k := range left {
		for ; k > 1; k -= 2 {
			r.unit(0, value, value+1)
			r.unit(1, value+1)
			parts = append(parts, 2)
			value += 2
		}
		if k == 1 {
			r.unit(1, value)
			parts = append(parts, 1)
			value++
		}
		left[u] = (left[u] + 1) / 2
	}
	r.width = value
	r.entries = len(r.bias) * r.width
	return r, parts
}

// unit adds a unit that takes the first value less the second.
func (r *rawLayer) unit(slope int64, values ...int) {
	for i, v := range values {
		r.from, r.z = append(r.from, v), append(r.z, *big.NewInt(int64(1 - 2*i)))
	}
	if len(r.bias) == 0 {
		r.start = []int{0}
	}
	r.start = append(r.start, len(r.from))
	r.slopes, r.bias = append(r.slopes, *big.NewInt(slope)), append(r.bias, big.Int{})
}

// repeated returns the layer with each column as often as its value is a sum of units.
func (r *rawLayer) repeated(parts []int) *rawLayer {
	first := []int{0} // the columns of each value, and their end
	for i, k := range parts {
		first = append(first, first[i]+k)
	}
	s := *r
	s.width, s.start, s.from, s.z = first[len(parts)], []int{0}, nil, nil
	for v := range r.bias {
		for i := r.start[v]; i < r.start[v+1]; i++ {
			for c := first[r.from[i]]; c < first[r.from[i]+1]; c++ {
				s.from, s.z = append(s.from, c), append(s.z, *new(big.Int).Set(&r.z[i]))
			}
		}
		s.start = append(s.start, len(s.from))
	}
	s.entries = len(r.bias) * s.width
	return &s
}

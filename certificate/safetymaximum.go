package certificate

// Maxima in proofs of safety: the same function as a tournament of ReLUs, max(a, b) = b + relu(a − b),
// whose own weights are 1 and −1. docs/safety-proof.md §1.1 is what this file does.

import "math/big"

// tournament makes layers without maxima of those of a network, one after the other.
type tournament struct {
	add func(*rawLayer)
	// parts says how many units each value that enters the next layer is the sum of; nil: one.
	parts []int
}

// take adds a layer of the network.
func (t *tournament) take(r *rawLayer) {
	pieces := r.pieces
	if t.parts != nil {
		r = r.repeated(t.parts)
		t.parts = nil
	}
	if pieces == nil {
		t.add(r)
		return
	}
	affine := *r
	affine.pieces, affine.fine, affine.slopes = nil, 0, ones(len(r.bias))
	t.add(&affine)
	left, parts := append([]int(nil), pieces...), make([]int, len(r.bias))
	for i := range parts {
		parts[i] = 1
	}
	for len(parts) > len(left) {
		var y *rawLayer
		y, parts = playRound(left, parts)
		t.add(y)
	}
	t.parts = parts
}

// end adds up what the last layer leaves.
func (t *tournament) end() {
	if t.parts != nil {
		t.add(sumsOf(t.parts))
	}
}

// playRound returns the layer in which the values of each maximum, of which so many are left, meet in
// pairs, and how many units each value behind it is the sum of.
func playRound(left, parts []int) (r *rawLayer, after []int) {
	first := firstOf(parts)
	r = &rawLayer{width: first[len(parts)]}
	r.start = []int{0}
	value := 0
	for u, k := range left {
		for end := value + k; value < end; value += 2 {
			if value+1 == end {
				r.unit(1, first, value)
				after = append(after, 1)
				value++
				break
			}
			r.unit(0, first, value, value+1)
			r.unit(1, first, value+1)
			after = append(after, 2)
		}
		left[u] = (k + 1) / 2
	}
	r.entries = len(r.bias) * r.width
	return r, after
}

// unit adds a unit that takes the first value less the second.
func (r *rawLayer) unit(slope int64, first []int, values ...int) {
	for i, v := range values {
		for c := first[v]; c < first[v+1]; c++ {
			r.from, r.z = append(r.from, c), append(r.z, *big.NewInt(int64(1 - 2*i)))
		}
	}
	r.start = append(r.start, len(r.from))
	r.slopes, r.bias = append(r.slopes, *big.NewInt(slope)), append(r.bias, big.Int{})
}

// sumsOf returns the affine layer that adds up so many units each.
func sumsOf(parts []int) *rawLayer {
	first := firstOf(parts)
	r := &rawLayer{width: first[len(parts)]}
	r.start = []int{0}
	for v := range parts {
		r.unit(1, first, v)
	}
	r.entries = len(r.bias) * r.width
	return r
}

// repeated returns the layer with each column as often as the value is a sum of units.
func (r *rawLayer) repeated(parts []int) *rawLayer {
	first, s := firstOf(parts), *r
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

// firstOf returns where the units of each value begin, and where they end.
func firstOf(parts []int) []int {
	first := make([]int, 1, len(parts)+1)
	for i, k := range parts {
		first = append(first, first[i]+k)
	}
	return first
}

func ones(n int) []big.Int {
	s := make([]big.Int, n)
	for i := range s {
		s[i].SetInt64(1)
	}
	return s
}

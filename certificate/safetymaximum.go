package certificate

// Maxima in proofs of safety: the same function as a tournament of ReLUs, max(a, b) = b + relu(a −
// b), whose own weights are 1 and −1. docs/safety-proof.md §1.1 is what this file does.

import (
	"context"
	"math/big"
	"slices"
)

// plainNet is a network whose maxima are tournaments, so that its layers have none.
type plainNet struct {
	hash   string
	inputs int
	layers []*rawLayer
}

// readPlain reads the canonical text of a network. The error is that of readLayers.
func readPlain(ctx context.Context, text []byte) (n *plainNet, err error) {
	t := &tournament{}
	hash, inputs, err := readLayers(ctx, text, denseMost, t.take)
	if err != nil {
		return nil, err
	}
	t.end()
	return &plainNet{hash, inputs, t.layers}, nil
}

// tournament makes layers without maxima of those of a network, one after the other.
type tournament struct {
	layers []*rawLayer
	// Value v that enters the next layer is the sum of the units from first[v] to first[v+1]; nil:
	// each is one of its own.
	first []int
}

// take adds a layer of the network.
func (t *tournament) take(r *rawLayer) {
	affine, left := *r, slices.Clone(r.pieces)
	if left != nil {
		affine.fine, affine.slopes = 0, slices.Repeat([]big.Int{*big.NewInt(1)}, len(r.bias))
	}
	t.give(&affine, nil)
	for left != nil && slices.Max(left) > 1 {
		t.give(playRound(left))
	}
}

// end adds up what the last layer leaves, as a round does with values that have no other.
func (t *tournament) end() {
	if t.first != nil {
		t.give(playRound(slices.Repeat([]int{1}, len(t.first)-1)))
	}
}

// give adds a layer whose columns are values, each the sum of units of the layer before; first are
// those of the values that leave it.
func (t *tournament) give(r *rawLayer, first []int) {
	if t.first != nil {
		values := *r
		r.start, r.from, r.z, r.width = []int{0}, nil, nil, t.first[len(t.first)-1]
		for v := range r.bias {
			for i := values.start[v]; i < values.start[v+1]; i++ {
				for u := t.first[values.from[i]]; u < t.first[values.from[i]+1]; u++ {
					r.from, r.z = append(r.from, u), append(r.z, values.z[i])
				}
			}
			r.start = append(r.start, len(r.from))
		}
	}
	t.first = first
	t.layers = append(t.layers, r)
}

// playRound returns the layer in which the values of each maximum, of which so many are left, meet
// in pairs, and the first unit of each value behind it.
func playRound(left []int) (r *rawLayer, first []int) {
	r, first = &rawLayer{}, []int{0}
	r.start = []int{0}
	for m, k := range left {
		for ; k > 0; k -= 2 {
			if k > 1 {
				r.unit(0, r.width, r.width+1)
				r.width++
			}
			r.unit(1, r.width)
			r.width++
			first = append(first, len(r.bias))
		}
		left[m] = (left[m] + 1) / 2
	}
	return r, first
}

// unit adds a unit that takes the first value less the second.
func (r *rawLayer) unit(slope int64, values ...int) {
	for i, v := range values {
		r.from, r.z = append(r.from, v), append(r.z, *big.NewInt(int64(1 - 2*i)))
	}
	r.start = append(r.start, len(r.from))
	r.slopes, r.bias = append(r.slopes, *big.NewInt(slope)), append(r.bias, big.Int{})
}

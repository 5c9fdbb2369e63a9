package nettext

// Maxima in proofs of safety and in pairs: the same function as a tournament of ReLUs, max(a, b) =
// b + relu(a − b), whose own weights are 1 and −1. docs/safety-proof.md §1.1 is what this file
// does.

import (
	"context"
	"math/big"
	"slices"
)

// Plain is a network whose maxima are tournaments, so that its layers have none.
type Plain struct {
	Hash   string
	Inputs int
	Layers []*Layer
}

// ReadPlain reads the canonical text of a network. The error is as that of Read.
func ReadPlain(ctx context.Context, text []byte) (n *Plain, err error) {
	t := &tournament{}
	hash, inputs, err := Read(ctx, text, DenseMost, t.take)
	if err != nil {
		return nil, err
	}
	t.end()
	return &Plain{hash, inputs, t.layers}, nil
}

// tournament makes layers without maxima of those of a network, one after the other.
type tournament struct {
	layers []*Layer
	// Value v that enters the next layer is the sum of the units from first[v] to first[v+1]; nil:
	// each is one of its own.
	first []int
}

// take adds a layer of the network.
func (t *tournament) take(r *Layer) {
	affine, left := *r, slices.Clone(r.Pieces)
	if left != nil {
		affine.Fine, affine.Slopes = 0, slices.Repeat([]big.Int{*big.NewInt(1)}, len(r.Bias))
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
func (t *tournament) give(r *Layer, first []int) {
	if t.first != nil {
		values := *r
		r.Start, r.From, r.Z, r.Width = []int{0}, nil, nil, t.first[len(t.first)-1]
		for v := range r.Bias {
			for i := values.Start[v]; i < values.Start[v+1]; i++ {
				for u := t.first[values.From[i]]; u < t.first[values.From[i]+1]; u++ {
					r.From, r.Z = append(r.From, u), append(r.Z, values.Z[i])
				}
			}
			r.Start = append(r.Start, len(r.From))
		}
	}
	t.first = first
	t.layers = append(t.layers, r)
}

// playRound returns the layer in which the values of each maximum, of which so many are left, meet
// in pairs, and the first unit of each value behind it.
func playRound(left []int) (r *Layer, first []int) {
	r, first = &Layer{}, []int{0}
	r.Start = []int{0}
	for m, k := range left {
		for ; k > 0; k -= 2 {
			if k > 1 {
				r.unit(0, r.Width, r.Width+1)
				r.Width++
			}
			r.unit(1, r.Width)
			r.Width++
			first = append(first, len(r.Bias))
		}
		left[m] = (left[m] + 1) / 2
	}
	return r, first
}

// unit adds a unit that takes the first value less the second.
func (r *Layer) unit(slope int64, values ...int) {
	for i, v := range values {
		r.From, r.Z = append(r.From, v), append(r.Z, *big.NewInt(int64(1 - 2*i)))
	}
	r.Start = append(r.Start, len(r.From))
	r.Slopes, r.Bias = append(r.Slopes, *big.NewInt(slope)), append(r.Bias, big.Int{})
}

// A pattern is the vector of signs that names a region.

package network

// Pattern holds one sign per neuron, in network order: −1, 0 or +1. 0 means
// that the pre-activation is identically zero on the cell. A maximum has a sign for each of its
// pieces: +1 for the one that is the largest, the first of those that are identical on the cell, 0
// for the others of these, and −1 for all that are smaller.
type Pattern []int8

// String returns the pattern as characters '-', '0' and '+'.
func (p Pattern) String() string {
	return string(p.Append(make([]byte, 0, len(p))))
}

// Append appends what String returns.
func (p Pattern) Append(b []byte) []byte {
	for _, s := range p {
		b = append(b, "-0+"[s+1])
	}
	return b
}

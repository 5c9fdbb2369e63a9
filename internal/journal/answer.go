// What came of a cell that was walked for a while on some machine: a record that may leave cells
// open, each named by its path as records are. A record of a checkpoint is one that leaves none.

package journal

import (
	"encoding/binary"
	"math/big"
)

// Cell is a cell that waits to be walked: its path from the root, and an upper bound of its
// regions.
type Cell struct {
	Path  []int8
	Upper *big.Int
}

// Answer is what a walk of the cell of a path came to: what it found, and what it left open, in
// preorder. With Open empty the record is one of a whole subtree.
type Answer struct {
	Record
	Open []Cell
}

// mostUpper bounds the bytes of an upper bound: a power of two for each neuron, of far fewer.
const mostUpper = 1 << 20

// AppendTo encodes the answer: the number of open cells, each with its path and its bound, and the
// record as in a file.
func (a *Answer) AppendTo(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(a.Open)))
	for _, c := range a.Open {
		b = AppendPath(b, c.Path)
		upper := c.Upper.Bytes()
		b = append(binary.AppendUvarint(b, uint64(len(upper))), upper...)
	}
	return a.appendTo(b)
}

// Decode is the inverse of AppendTo; the text stays a part of b. What is no answer is an error.
func (a *Answer) Decode(b []byte) error {
	n, b, ok := uvarint(b)
	if !ok || n > uint64(len(b)) {
		return errRecord
	}
	a.Open = nil
	for range n {
		var c Cell
		var size uint64
		if c.Path, b, ok = cutPath(b); !ok {
			return errRecord
		}
		if size, b, ok = uvarint(b); !ok || size > uint64(len(b)) || size > mostUpper {
			return errRecord
		}
		c.Upper, b = new(big.Int).SetBytes(b[:size]), b[size:]
		a.Open = append(a.Open, c)
	}
	return a.decode(b)
}

// AppendPath encodes a path: its length and its bits, a bit set for each plus side.
func AppendPath(b []byte, path []int8) []byte {
	b = binary.AppendUvarint(b, uint64(len(path)))
	for i, s := range path {
		if i%8 == 0 {
			b = append(b, 0)
		}
		if s > 0 {
			b[len(b)-1] |= 1 << (i % 8)
		}
	}
	return b
}

// DecodePath is the inverse of AppendPath.
func DecodePath(b []byte) ([]int8, error) {
	path, rest, ok := cutPath(b)
	if !ok || len(rest) > 0 {
		return nil, errRecord
	}
	return path, nil
}

// cutPath takes a path off the front.
func cutPath(b []byte) (path []int8, rest []byte, ok bool) {
	n, b, ok := uvarint(b)
	if !ok || n > uint64(8*len(b)) || (n+7)/8 > uint64(len(b)) {
		return nil, nil, false
	}
	path = make([]int8, n)
	for i := range path {
		path[i] = -1
		if b[i/8]>>(i%8)&1 != 0 {
			path[i] = 1
		}
	}
	return path, b[(n+7)/8:], true
}

// uvarint takes a number off the front.
func uvarint(b []byte) (v uint64, rest []byte, ok bool) {
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, false
	}
	return v, b[n:], true
}

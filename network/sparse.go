// Sparse rows: a convolution or a pooling has few weights that are not 0, as many as its windows
// cover, and as a dense matrix it would outgrow memory long before it outgrows a count. The storage
// is the compressed rows of every sparse solver (Saad, "Iterative Methods for Sparse Linear
// Systems", §3.4). Which of two storages a layer has changes nothing that is said about it.

package network

import (
	"fmt"
	"iter"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Weights is the matrix of a layer: a *mat.Dense, or a *Sparse where most entries are 0.
type Weights interface {
	mat.Matrix
	// RawRowView returns row i with all its entries. It must not be written to. A Sparse makes it
	// at each call: see Layer.Row and Layer.Entries for what costs no more than the weights stored.
	RawRowView(i int) []float64
}

// sparseLeast is the number of entries below which a matrix is kept dense: it is small then, and
// what runs over all its entries is as fast.
const sparseLeast = 1 << 12

// Sparse is a matrix of which the entries other than 0 are stored, row by row. Rows are appended;
// a matrix that a network has is never changed.
type Sparse struct {
	cols  int
	start []int   // row i is at[start[i]:start[i+1]]
	at    []int32 // never nil, nor is a part of it, which Layer.Row says of a dense row
	v     []float64
}

// NewSparse returns a matrix of so many columns, and no rows yet. It panics when there are more
// than an int32 counts.
func NewSparse(cols int) *Sparse {
	if cols < 0 || cols > math.MaxInt32 {
		panic(fmt.Sprintf("network: a sparse matrix of %d columns", cols))
	}
	return &Sparse{cols: cols, start: []int{0}, at: []int32{}}
}

// SparseRows returns the matrix whose row i has the weights v[start[i]:start[i+1]] in the columns
// at of the same places. It takes the slices over, and panics where rows, columns or weights are
// not as those of a Sparse are: in order, ascending, and other than 0.
func SparseRows(cols int, start []int, at []int32, v []float64) *Sparse {
	s := NewSparse(cols)
	if s.start, s.v = start, v; at != nil {
		s.at = at
	}
	if len(start) == 0 || start[0] != 0 || start[len(start)-1] != len(v) || len(at) != len(v) {
		panic("network: sparse rows that do not hold all the weights given")
	}
	for i := range len(start) - 1 {
		last := int32(-1)
		row, weights := s.Row(i)
		for k, c := range row {
			if c <= last || int(c) >= cols || weights[k] == 0 {
				panic(fmt.Sprintf("network: sparse row %d: weight %g in column %d, after column %d of %d", i, weights[k], c, last, cols))
			}
			last = c
		}
	}
	return s
}

// Append appends a row with the weights v in the columns at, which ascend; weights that are 0 are
// not stored. It panics when the columns do not ascend, or are none of the matrix.
func (s *Sparse) Append(at []int32, v []float64) {
	last := int32(-1)
	for k, c := range at {
		if c <= last || int(c) >= s.cols {
			panic(fmt.Sprintf("network: column %d after column %d, in a sparse matrix of %d columns", c, last, s.cols))
		}
		if last = c; v[k] != 0 {
			s.at, s.v = append(s.at, c), append(s.v, v[k])
		}
	}
	s.start = append(s.start, len(s.v))
}

// AppendDense appends a row given with all its entries.
func (s *Sparse) AppendDense(row []float64) {
	for c, w := range row {
		if w != 0 {
			s.at, s.v = append(s.at, int32(c)), append(s.v, w)
		}
	}
	s.start = append(s.start, len(s.v))
}

// Stored returns the number of weights other than 0.
func (s *Sparse) Stored() int { return len(s.v) }

// Row returns the weights of row i and their columns, ascending. They must not be written to.
func (s *Sparse) Row(i int) (at []int32, v []float64) {
	from, to := s.start[i], s.start[i+1]
	return s.at[from:to:to], s.v[from:to:to]
}

// Dims returns the numbers of rows and columns.
func (s *Sparse) Dims() (rows, cols int) { return len(s.start) - 1, s.cols }

// At returns an entry.
func (s *Sparse) At(i, j int) float64 {
	at, v := s.Row(i)
	if k, ok := slices.BinarySearch(at, int32(j)); ok {
		return v[k]
	}
	return 0
}

// T returns the transpose.
func (s *Sparse) T() mat.Matrix { return mat.Transpose{Matrix: s} }

// RawRowView returns row i with all its entries, made anew.
func (s *Sparse) RawRowView(i int) []float64 {
	row := make([]float64, s.cols)
	s.spread(i, row)
	return row
}

// spread writes the weights of row i to where they are in a row of zeros.
func (s *Sparse) spread(i int, row []float64) {
	at, v := s.Row(i)
	for k, c := range at {
		row[c] = v[k]
	}
}

// Columns returns the matrix by columns: its transpose, stored as s is.
func (s *Sparse) Columns() *Sparse {
	rows, cols := s.Dims()
	t := &Sparse{cols: rows, start: make([]int, cols+1), at: make([]int32, len(s.at)), v: make([]float64, len(s.v))}
	for _, c := range s.at {
		t.start[c+1]++
	}
	for c := range cols {
		t.start[c+1] += t.start[c]
	}
	next := append([]int(nil), t.start...)
	for i := range rows {
		at, v := s.Row(i)
		for k, c := range at {
			t.at[next[c]], t.v[next[c]] = int32(i), v[k]
			next[c]++
		}
	}
	return t
}

// addProduct adds the product with x to z.
func (s *Sparse) addProduct(x, z []float64) {
	for i := range z {
		at, v := s.Row(i)
		for k, c := range at {
			z[i] += v[k] * x[c]
		}
	}
}

// isSmaller says that so many stored weights take less room sparse than all the entries of a matrix
// dense, in memory as in the canonical text: there a stored weight costs its column besides.
func isSmaller(stored, rows, cols int) bool { return 2*stored < rows*cols }

// Smaller returns the matrix in the storage that is smaller: itself, or dense.
func (s *Sparse) Smaller() Weights {
	rows, cols := s.Dims()
	if isKeptSparse(s.Stored(), rows, cols) || rows == 0 || cols == 0 {
		return s
	}
	return s.dense()
}

func (s *Sparse) dense() *mat.Dense {
	rows, cols := s.Dims()
	d := mat.NewDense(rows, cols, nil)
	for i := range rows {
		s.spread(i, d.RawRowView(i))
	}
	return d
}

// Dense returns the weights of the layer as a dense matrix: its own, if it is kept so, else a copy.
func (l Layer) Dense() *mat.Dense {
	if s, ok := l.W.(*Sparse); ok {
		return s.dense()
	}
	return l.W.(*mat.Dense)
}

// Sparse returns the weights of the layer as sparse rows: its own, if they are kept so, else a
// copy.
func (l Layer) Sparse() *Sparse {
	if s, ok := l.W.(*Sparse); ok {
		return s
	}
	rows, cols := l.W.Dims()
	s := NewSparse(cols)
	for i := range rows {
		s.AppendDense(l.W.RawRowView(i))
	}
	return s
}

// Row returns weights of unit j and their columns, ascending: those that are stored; at is nil
// where that is all of them, in order.
func (l Layer) Row(j int) (at []int32, v []float64) {
	if s, ok := l.W.(*Sparse); ok {
		return s.Row(j)
	}
	return nil, l.W.RawRowView(j)
}

// stored returns the weights of unit j that are stored.
func (l Layer) stored(j int) []float64 {
	_, v := l.Row(j)
	return v
}

// Entries returns the weights of unit j other than 0 with their columns, ascending.
func (l Layer) Entries(j int) iter.Seq2[int, float64] {
	at, v := l.Row(j)
	return func(yield func(int, float64) bool) {
		for k, w := range v {
			c := k
			if at != nil {
				c = int(at[k])
			}
			if w != 0 && !yield(c, w) {
				return
			}
		}
	}
}

// Nonzero returns the number of weights other than 0.
func (l Layer) Nonzero() int {
	if s, ok := l.W.(*Sparse); ok {
		return s.Stored()
	}
	k := 0
	for j := range l.B {
		for _, w := range l.W.RawRowView(j) {
			if w != 0 {
				k++
			}
		}
	}
	return k
}

// isKeptSparse says whether a matrix of so many entries other than 0 is smaller as sparse rows, and
// large enough that this matters.
func isKeptSparse(nonzero, rows, cols int) bool {
	return rows*cols >= sparseLeast && isSmaller(nonzero, rows, cols)
}

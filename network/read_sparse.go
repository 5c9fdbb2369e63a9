// The weights of a layer as the canonical text has them: rows of entries, and, where these are
// sparse rows, the columns of the entries. They are checked once the number of columns is known.

package network

import (
	"fmt"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"
)

// sparseText are rows of weights, row i being v[start[i]:start[i+1]], and rows of their columns.
type sparseText struct {
	start, columnStart []int
	at                 []int32
	v                  []float64
}

// columns reads the rows of columns.
func (p *parser) columns(at string, w *sparseText) error {
	w.columnStart = []int{0}
	return p.Array(at, func(r int) error {
		err := p.Array(at, func(int) error {
			s, err := p.Integer(at)
			if err != nil {
				return err
			}
			c, err := strconv.ParseInt(s, 10, 32)
			if err != nil {
				return fmt.Errorf("%srow %d: column %s, expected one of the layer's inputs", at, r, s)
			}
			w.at = append(w.at, int32(c))
			return nil
		})
		w.columnStart = append(w.columnStart, len(w.at))
		return err
	})
}

// dense returns the rows as those of a dense matrix; at says where they stand.
func (w *sparseText) dense(at string) (Weights, error) {
	rows, cols := len(w.start)-1, w.start[1]
	for r := range rows {
		if got := w.start[r+1] - w.start[r]; got != cols {
			return nil, fmt.Errorf("%sweights: row %d has %d entries, expected %d, as row 0 has", at, r, got, cols)
		}
	}
	if cols == 0 {
		return nil, fmt.Errorf("%sweights: empty, expected at least one row of at least one entry", at)
	}
	return mat.NewDense(rows, cols, w.v), nil
}

// weights returns the rows as those of a sparse matrix of so many columns.
func (w *sparseText) weights(width string) (Weights, error) {
	cols, err := strconv.ParseInt(width, 10, 32)
	if err != nil || cols == 0 {
		return nil, fmt.Errorf("the layer has %s inputs, expected 1 or more", width)
	}
	if !slices.Equal(w.start, w.columnStart) {
		return nil, fmt.Errorf("they are not as many in each row as the weights are")
	}
	for r := range len(w.start) - 1 {
		last := int32(-1)
		for k := w.start[r]; k < w.start[r+1]; k++ {
			switch c := w.at[k]; {
			case c <= last:
				return nil, fmt.Errorf("row %d: column %d follows column %d, expected them to ascend", r, c, last)
			case int64(c) >= cols:
				return nil, fmt.Errorf("row %d: column %d, expected one of the %d inputs", r, c, cols)
			case w.v[k] == 0:
				return nil, fmt.Errorf("row %d: column %d has the weight 0, expected none of those", r, c)
			default:
				last = c
			}
		}
	}
	return SparseRows(int(cols), w.start, w.at, w.v).Smaller(), nil
}

// Making a matrix entry by entry. What is not 0 becomes sparse rows, at no time a dense matrix, and
// is counted against the limit as it comes.

package onnx

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relucell/relucell/network"
)

// maxWeights bounds the weights other than 0 of a file's layers, in all: 2²⁶ of them with their
// columns are 768 MiB. A row without any counts as one.
const maxWeights = maxEntries

// workRatio is how many entries, zeros among them, may be looked at for each weight of the limit:
// those that the largest file holds.
const workRatio = 8

// entries are those of a matrix, in any order. Where that is by rows, as most operators make them,
// ends has the number of them up to each row, the last one the row of the last entry; where it is
// not, row has the row of each.
type entries struct {
	rows, cols int
	ends       []int
	row, col   []int32
	v          []float64
	room       *int // weights that may still be made
}

func newEntries(room *int, rows, cols int) *entries {
	if rows > *room {
		panic(errWeights())
	}
	return &entries{rows: rows, cols: cols, room: room}
}

// tooLarge says which limit a network is beyond.
type tooLarge string

func (e tooLarge) Error() string { return string(e) }

func errWeights() refusal {
	return refusal{tooLarge(fmt.Sprintf("its layers have more than %d weights other than 0 in all, the most that is supported", maxWeights))}
}

// reserve makes room for so many entries, if there may be so many.
func (e *entries) reserve(n int) {
	if n <= *e.room {
		e.col, e.v = make([]int32, 0, n), make([]float64, 0, n)
	}
}

// Set gives entry (i, j) the value v. Values of the same entry are added up.
func (e *entries) Set(i, j int, v float64) {
	switch {
	case v == 0:
	case len(e.v) >= *e.room:
		panic(errWeights())
	default:
		e.follow(i)
		e.col, e.v = append(e.col, int32(j)), append(e.v, v)
	}
}

// follow notes the row of the next entry.
func (e *entries) follow(i int) {
	if e.row == nil && i < len(e.ends)-1 { // behind the last one's: from now on each has its row
		e.row = make([]int32, 0, cap(e.v))
		for k, end := range e.ends {
			for len(e.row) < end {
				e.row = append(e.row, int32(k))
			}
		}
	}
	if e.row != nil {
		e.row = append(e.row, int32(i))
		return
	}
	for len(e.ends) <= i {
		e.ends = append(e.ends, len(e.v))
	}
	e.ends[i]++
}

// matrix returns the rows, and takes them from what may still be made. They are nil where values of
// the same entry add up to a sum that would be rounded.
func (e *entries) matrix() *network.Sparse {
	start := e.byRows()
	cost, from, end := 0, 0, 0 // what is added up moves forward, in place
	for i := range e.rows {
		to := start[i+1]
		at, v, exact := addedUp(e.col[from:to], e.v[from:to])
		if !exact {
			return nil
		}
		for k, c := range at {
			if v[k] != 0 {
				e.col[end], e.v[end] = c, v[k]
				end++
			}
		}
		cost += max(1, to-from)
		from, start[i+1] = to, end
	}
	if cost > *e.room {
		panic(errWeights())
	}
	*e.room -= cost
	return network.SparseRows(e.cols, start, e.col[:end], e.v[:end])
}

// byRows orders the entries by rows, those of a row as they came, and returns where each begins.
func (e *entries) byRows() (start []int) {
	start = make([]int, e.rows+1)
	if e.row == nil {
		for i := range e.rows {
			start[i+1] = len(e.v)
			if i < len(e.ends) {
				start[i+1] = e.ends[i]
			}
		}
		return start
	}
	for _, i := range e.row {
		start[i+1]++
	}
	for i := range e.rows {
		start[i+1] += start[i]
	}
	next, col, v := slices.Clone(start), make([]int32, len(e.col)), make([]float64, len(e.v))
	for k, i := range e.row {
		col[next[i]], v[next[i]] = e.col[k], e.v[k]
		next[i]++
	}
	e.col, e.v = col, v
	return start
}

// addedUp returns the entries of a row by ascending columns, each once, those of a column added up
// as they came, and whether no sum was rounded. It may write over what it is given.
func addedUp(col []int32, v []float64) (at []int32, sums []float64, exact bool) {
	if !slices.IsSorted(col) {
		order := ordered(len(col))
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(col[a], col[b]) })
		columns, weights := slices.Clone(col), slices.Clone(v)
		for to, k := range order {
			col[to], v[to] = columns[k], weights[k]
		}
	}
	at, sums = col[:0], v[:0]
	for k, c := range col {
		last := len(at) - 1
		if last < 0 || at[last] != c {
			at, sums = append(at, c), append(sums, v[k])
			continue
		}
		s, err := twoSum(sums[last], v[k])
		if err != 0 {
			return nil, nil, false
		}
		sums[last] = s
	}
	return at, sums, true
}

// Rows of weights, dense or sparse. Sums are made in the same order in both.

package safety

import "github.com/relucell/relucell/network"

// row is a row of weights v, in the columns at; at is nil where they are all, in order.
type row struct {
	at []int32
	v  []float64
}

// rowsOf returns the rows of a layer.
func rowsOf(l network.Layer) []row {
	rows := make([]row, l.Out())
	for j := range rows {
		rows[j].at, rows[j].v = l.Row(j)
	}
	return rows
}

// columnsOf returns its columns, as rows.
func columnsOf(l network.Layer) []row {
	columns := make([]row, l.In())
	if s, ok := l.W.(*network.Sparse); ok {
		t := s.Columns()
		for k := range columns {
			columns[k].at, columns[k].v = t.Row(k)
		}
		return columns
	}
	out := l.Out()
	all := make([]float64, out*l.In())
	for j := range out {
		for k, v := range l.W.RawRowView(j) {
			all[k*out+j] = v
		}
	}
	for k := range columns {
		columns[k].v = all[k*out : (k+1)*out : (k+1)*out]
	}
	return columns
}

// column returns that of weight i.
func (r row) column(i int) int {
	if r.at == nil {
		return i
	}
	return int(r.at[i])
}

// addTo adds a times the row to x.
func (r row) addTo(x []float64, a float64) {
	if r.at == nil {
		blas.Daxpy(len(r.v), a, r.v, 1, x, 1)
		return
	}
	for i, k := range r.at {
		x[k] += a * r.v[i]
	}
}

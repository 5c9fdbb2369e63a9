// The weights of a layer by columns, which is how forms and values are added up: all entries, with
// vector instructions, or those other than 0 alone, where they are few, as of a convolution. Sums
// are made in the same order in both, so they are the same numbers, but for those of AddAll.

package forms

import (
	"iter"
	"slices"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/network"
)

// columns are the weights of a layer.
type columns struct {
	// W holds W by columns, rounded: see Column. WMag are upper bounds of the true |W|, such that
	// γ·WMag bounds what an entry of W is off by; they are 0 where the true weight is zero, and
	// nowhere else.
	W, WMag []float64
	// Where start is not nil only weights other than 0 are kept: column i at start[i] to
	// start[i+1], the units that they lead to in at. While they are set, from has their columns.
	start    []int
	at, from []int32
	rows     func() *network.Sparse // WMag by rows, made when first asked for
}

const (
	// fewWeights: where one weight in so many is not 0, going through these alone is faster than
	// through all, by vector instructions.
	fewWeights = 8
	// sparseFrom is the number of entries from which on that matters.
	sparseFrom = 1 << 10
	// largeWeights is the number of entries from which on room matters more: 2 · 8 bytes each.
	largeWeights = 1 << 22
)

// isSparse says whether a layer with so many weights other than 0 keeps these alone.
func isSparse(nonzero, entries int) bool {
	return entries >= sparseFrom && fewWeights*nonzero < entries || entries >= largeWeights && 2*nonzero < entries
}

// column returns that of weight k of a row whose columns are at, nil for all in order.
func column(at []int32, k int) int {
	if at == nil {
		return k
	}
	return int(at[k])
}

// makeRoom sets all weights to 0, so many of which are going to be set to something else.
func (l *Layer) makeRoom(nonzero int) {
	if isSparse(nonzero, l.In*l.Out) {
		l.start, l.from, l.at = make([]int, l.In+1), make([]int32, 0, nonzero), make([]int32, 0, nonzero)
		l.W, l.WMag = make([]float64, 0, nonzero), make([]float64, 0, nonzero)
		return
	}
	l.W, l.WMag = make([]float64, l.In*l.Out), make([]float64, l.In*l.Out)
}

// set sets the weight from unit i to unit j, once.
func (l *Layer) set(i, j int, w, mag float64) {
	if l.start == nil {
		l.W[i*l.Out+j], l.WMag[i*l.Out+j] = w, mag
		return
	}
	l.from, l.at = append(l.from, int32(i)), append(l.at, int32(j))
	l.W, l.WMag = append(l.W, w), append(l.WMag, mag)
}

// close orders weights that were set row by row by columns.
func (l *Layer) close() {
	if l.start == nil {
		return
	}
	for _, i := range l.from {
		l.start[i+1]++
	}
	for i := range l.In {
		l.start[i+1] += l.start[i]
	}
	next := slices.Clone(l.start)
	at, w, mag := make([]int32, len(l.at)), make([]float64, len(l.at)), make([]float64, len(l.at))
	for k, i := range l.from {
		at[next[i]], w[next[i]], mag[next[i]] = l.at[k], l.W[k], l.WMag[k]
		next[i]++
	}
	l.from, l.at, l.W, l.WMag = nil, at, w, mag
	l.rows = sync.OnceValue(func() *network.Sparse {
		return network.SparseRows(l.Out, l.start, l.at, l.WMag).Columns()
	})
}

// Column returns the weights from unit i and the bounds of their magnitudes, by the units that they
// lead to; at is nil where that is all of them.
func (l *Layer) Column(i int) (at []int32, w, mag []float64) {
	from, to := i*l.Out, (i+1)*l.Out
	if l.start != nil {
		from, to = l.start[i], l.start[i+1]
		at = l.at[from:to:to]
	}
	return at, l.W[from:to:to], l.WMag[from:to:to]
}

// AddColumn adds a times the weights from unit i to z.
func (l *Layer) AddColumn(z []float64, a float64, i int) {
	at, w, _ := l.Column(i)
	addScaled(z, a, at, w)
}

// AddAll adds the values a of all units before, times their weights, to z. Where hardly any value
// is 0 that is faster than column by column. The sums are made in another order.
func (l *Layer) AddAll(z, a []float64) {
	if l.start != nil || l.Out == 0 {
		for i, v := range a {
			l.AddColumn(z, v, i)
		}
		return
	}
	w := blas64.General{Rows: l.In, Cols: l.Out, Stride: l.Out, Data: l.W}
	blas64.Gemv(blas.Trans, 1, w, blas64.Vector{N: l.In, Inc: 1, Data: a}, 1, blas64.Vector{N: l.Out, Inc: 1, Data: z})
}

// AddMagnitudes adds a times the bounds of the magnitudes of the weights from unit i to z.
func (l *Layer) AddMagnitudes(z []float64, a float64, i int) {
	at, _, mag := l.Column(i)
	addScaled(z, a, at, mag)
}

func addScaled(z []float64, a float64, at []int32, w []float64) {
	if at == nil {
		floats.AddScaled(z, a, w)
		return
	}
	for k, j := range at {
		z[j] += a * w[k]
	}
}

// Into returns the units from which a weight other than 0 leads to unit j, ascending, and the
// bounds of the magnitudes of these weights.
func (l *Layer) Into(j int) iter.Seq2[int, float64] {
	return func(yield func(int, float64) bool) {
		if l.start == nil {
			for i := range l.In {
				if mag := l.WMag[i*l.Out+j]; mag != 0 && !yield(i, mag) {
					return
				}
			}
			return
		}
		at, mag := l.rows().Row(j)
		for k, i := range at {
			if !yield(int(i), mag[k]) {
				return
			}
		}
	}
}

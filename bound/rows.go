// Rows of a layer, dense or sparse, and products with its matrix. What is summed over a sparse row
// has fewer terms, so the bounds of rounding that are for all entries cover it.

package bound

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// pick returns the entries of x in the columns at, or x where at is nil, as Layer.Row has it. A nil
// x stays nil.
func pick[T any](x []T, at []int32) []T {
	if at == nil || x == nil {
		return x
	}
	out := make([]T, len(at))
	for k, c := range at {
		out[k] = x[c]
	}
	return out
}

// times sets c to W·b, W the weights of layer l.
func times(ctx context.Context, l network.Layer, b, c blas64.General) error {
	s, ok := l.W.(*network.Sparse)
	if !ok {
		return product(ctx, l.Dense().RawMatrix(), b, c)
	}
	clear(c.Data)
	for j := range c.Rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		at, w := s.Row(j)
		to := c.Data[j*c.Stride : j*c.Stride+c.Cols]
		for k, i := range at {
			from := b.Data[int(i)*b.Stride:]
			for q := range to {
				to[q] += w[k] * from[q]
			}
		}
	}
	return nil
}

// timesFromLeft sets c to a·W, W the weights of layer l.
func timesFromLeft(ctx context.Context, a blas64.General, l network.Layer, c blas64.General) error {
	s, ok := l.W.(*network.Sparse)
	if !ok {
		return product(ctx, a, l.Dense().RawMatrix(), c)
	}
	clear(c.Data)
	for q := range a.Rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		to := c.Data[q*c.Stride : q*c.Stride+c.Cols]
		for j, v := range a.Data[q*a.Stride : q*a.Stride+a.Cols] {
			if v == 0 {
				continue
			}
			at, w := s.Row(j)
			for k, i := range at {
				to[i] += v * w[k]
			}
		}
	}
	return nil
}

// columnsOf returns the columns of a layer's matrix.
func columnsOf(l network.Layer) dyadic.Rows {
	if s, ok := l.W.(*network.Sparse); ok {
		return s.Columns().Row
	}
	return func(k int) ([]int32, []float64) {
		column := make([]float64, l.Out())
		for j := range column {
			column[j] = l.W.At(j, k)
		}
		return nil, column
	}
}

// denseEntries is the number of entries from which on the rank of a layer counts as full rather
// than that a matrix of all entries is made: the most that there were when layers were dense.
const denseEntries = 1 << 26

// layerRank returns an upper bound on the rank of the layer's matrix.
func layerRank(ctx context.Context, l network.Layer) (int, error) {
	s, ok := l.W.(*network.Sparse)
	if !ok || l.Rows()*l.In() <= denseEntries {
		all, err := denseRows(ctx, l)
		if err != nil {
			return 0, err
		}
		return rankUpper(ctx, all)
	}
	rows, columns, seen := 0, 0, make([]bool, l.In())
	for j := range l.Rows() {
		at, _ := s.Row(j)
		rows += min(1, len(at))
		for _, k := range at {
			if !seen[k] {
				seen[k] = true
				columns++
			}
		}
	}
	return min(rows, columns), nil
}

// denseRows returns the rows of a layer, those of a sparse one made anew.
func denseRows(ctx context.Context, l network.Layer) ([][]float64, error) {
	rows := make([][]float64, l.Rows())
	for j := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows[j] = l.W.RawRowView(j)
	}
	return rows, nil
}

// layerSpectral returns an upper bound on the spectral norm of the layer's matrix or, with units,
// of the rows that move, without masked columns: see maskedRows.
func layerSpectral(ctx context.Context, l network.Layer, units []status, mask []float64) (float64, error) {
	_, sparse := l.W.(*network.Sparse)
	switch {
	case sparse && min(l.Out(), l.In()) > gramSide:
		return sparseSpectral(ctx, l, units, mask)
	case units != nil:
		return spectralUp(ctx, maskedRows(l, units, mask))
	}
	all, err := denseRows(ctx, l)
	if err != nil {
		return 0, err
	}
	return spectralUp(ctx, all)
}

// sparseSpectral is layerSpectral for sparse rows, by norms that need one pass over the entries.
func sparseSpectral(ctx context.Context, l network.Layer, units []status, mask []float64) (float64, error) {
	var columns [][]int32
	var rows [][]float64
	scale := 0.0
	for j := range l.Out() {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		at, row := l.Row(j)
		if units != nil {
			factor := movement(l, j, units[j])
			if factor == 0 {
				continue
			}
			row = scaledUp(maskColumns(row, pick(mask, at)), factor)
		}
		columns, rows, scale = append(columns, at), append(rows, row), math.Max(scale, maxAbs(row))
	}
	if scale == 0 || math.IsInf(scale, 0) {
		return scale, nil
	}
	_, e := math.Frexp(scale)
	for j, row := range rows {
		rows[j] = make([]float64, len(row))
		for k, w := range row {
			rows[j][k] = math.Ldexp(w, -e)
		}
	}
	f := frobeniusUp(rows)
	v := math.Min(f, rowColumnUp(rows, columns, l.In()))
	return unscaledUp(v, f, e, float64(len(rows))*float64(l.In())), nil
}

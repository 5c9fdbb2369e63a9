// How a bound notices that nobody waits for it any more. Every loop whose work grows with the
// network looks at the context at least each time it has done about as much as costs a tenth of a
// second; what was begun by then is dropped, never cached and never taken for a result.

package bound

import (
	"context"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// blockWork is the number of multiplications of a matrix product between two looks at the context:
// about a tenth of a second, and enough rows at a time for the product to keep its speed.
const blockWork = 1 << 28

// product sets c to a·b, block of rows by block of rows. How rows are grouped does not change a
// sum, so the result is that of one call.
func product(ctx context.Context, a, b, c blas64.General) error {
	rows := max(1, blockWork/max(1, a.Cols*b.Cols))
	for i := 0; i < a.Rows; i += rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		k := min(rows, a.Rows-i)
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, rowsFrom(a, i, k), b, 0, rowsFrom(c, i, k))
	}
	return nil
}

// rowsFrom returns k rows of m from row i on.
func rowsFrom(m blas64.General, i, k int) blas64.General {
	m.Data, m.Rows = m.Data[i*m.Stride:], k
	return m
}

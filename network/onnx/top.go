// The k largest of n values, in order. The sum of the j largest is the maximum of the sums of all
// choices of j, so it is one neuron with so many pieces, and the differences of these sums are the
// values. The cells of the k maxima together are those where the same values come first in the same
// order, which are the pieces of TopK: no region is made up.

package onnx

import (
	"slices"

	"gonum.org/v1/gonum/stat/combin"
)

// topSorted makes the running value its k largest values along an axis, k ≥ 2, or with the sign −1
// its k smallest.
func (rd *reader) topSorted(axis, k int, sign float64) {
	o := overAxes(rd.shape, []int{axis}, true)
	pieces := choices(o.count, k)
	order, rows := o.order(), 0
	for _, p := range pieces {
		rows += p
	}
	rd.work(o.width, rows, k)
	sums := rd.newWeights(o.width*rows, rd.width)
	row := 0
	for group := range o.width {
		for j := 1; j <= k; j++ {
			for _, choice := range combin.Combinations(o.count, j) {
				for _, i := range choice {
					sums.Set(row, order[group*o.count+i], 1)
				}
				row++
			}
		}
	}
	rd.affine(sums)
	rd.largest(rd.refs, slices.Repeat(pieces, o.width), sign)
	values := rd.newWeights(o.width*k, o.width*k)
	inner := size(o.shape[axis+1:])
	for group := range o.width {
		for j := range k {
			to := (group/inner*k+j)*inner + group%inner
			values.Set(to, group*k+j, 1)
			if j > 0 {
				values.Set(to, group*k+j-1, -1)
			}
		}
	}
	rd.shape = slices.Clone(o.shape)
	rd.shape[axis] = k
	rd.affine(values)
}

// choices are the numbers of ways to choose 1 to k of n.
func choices(n, k int) []int {
	var list []int
	for j, c := 1, 1; j <= k; j++ {
		if c = c * (n - j + 1) / j; c > maxPieces {
			panic(refusalf("of k = %d of %d elements: the sums of %d of them are more than the %d pieces that a maximum may have; supported are 1, the largest of all, and fewer elements (or choose as --output what goes into it)", k, n, j, maxPieces))
		}
		list = append(list, c)
	}
	return list
}

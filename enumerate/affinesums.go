// Rows of the second layer as sums of integers, which are updated by the neurons that have changed:
// what was added and taken off again leaves nothing. The rows of the first layer never change, so
// only which of them are added does, and the bound of their sums is that of all regions. Further
// behind such bounds would grow with the depth, far above what is summed up on one region.

package enumerate

import (
	"math"

	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/network"
)

const (
	// sumBits is how many bits sums of terms have at most, so that nothing overflows.
	sumBits = 61
	// sumRoundings is more than what the products of a row, and its sum as a float, are rounded by,
	// in units of the sum: two roundings of what is below 2^sumBits, and one.
	sumRoundings = 1 << 10
	// sumRange bounds the numbers, other than 0, that rows are summed up from as integers: what
	// underflows is then far below a unit, and nothing overflows.
	sumRange = 0x1p400
)

// affineSums are the rows of a layer, without errors, in integers.
type affineSums struct {
	weights *network.Sparse // by columns, in units of the sums
	rows    [][]float64     // of the layer before
	unit    []float64       // of each row's sums, a power of two
	off     []float64       // what a row is off by at most
	sums    []int64
	passed  []float64 // scratch
}

// newAffineSums returns the sums of a layer behind the first one, of which no unit passes anything
// on yet, or nil where numbers are out of range. Both begin with the weights and the bias.
func newAffineSums(l, first *affineLayer, wide int) *affineSums {
	s := &affineSums{weights: l.Sparse().Columns(), sums: make([]int64, l.Out()*(wide-2)), passed: make([]float64, wide-2)}
	most := make([]float64, l.In()) // of what a unit passes on
	for j := range most {
		row := first.rows[j*wide : j*wide+wide-2]
		s.rows = append(s.rows, row)
		for _, v := range row {
			most[j] = max(most[j], math.Abs(v))
		}
		if most[j] *= max(1, math.Abs(first.slope[j])); !summable(most[j]) {
			return nil
		}
	}
	for i, b := range l.B {
		top := math.Abs(b)
		for j, w := range l.Entries(i) {
			if !summable(w) {
				return nil
			}
			top += math.Abs(w) * most[j]
		}
		if !summable(b) {
			return nil
		}
		_, e := math.Frexp(forms.Slack * top)
		s.unit = append(s.unit, math.Ldexp(1, e-sumBits))
		s.off = append(s.off, (sumRoundings+float64(l.In()))*s.unit[i])
		s.sums[(i+1)*(wide-2)-1] = int64(b / s.unit[i])
	}
	for j := range s.rows {
		at, weights := s.weights.Row(j)
		for t, i := range at { // of a copy
			if weights[t] /= s.unit[i]; most[j] == 0 {
				weights[t] = 0 // it may have overflown: what the unit passes on, 0, does not bound it
			}
		}
	}
	return s
}

func summable(v float64) bool {
	v = math.Abs(v)
	return v == 0 || v >= 1/sumRange && v <= sumRange
}

// add adds what unit j passes on by a factor a to all sums; by −a, it takes that away again.
//
// Error: a term w·a·g is rounded twice, by 2u|w·a·g| and a little, and then cut off, by less than a
// unit. The sum of all |w·a·g|, whatever signs neurons have, is at most 2^sumBits, so that k terms
// are off by less than 2⁹ + k, the bias by one, and the sum by 2⁸ when it is made a float. What
// underflows is at most 2⁻¹⁰⁷⁵: in a·g it is times w, at most 2^sumBits·sumRange units, in w in
// units it is times a·g, at most sumRange, and in their product it is no more.
func (s *affineSums) add(j int, a float64) {
	if a == 0 {
		return
	}
	passed := s.passed
	n := len(passed)
	for k, g := range s.rows[j] {
		passed[k] = a * g
	}
	at, weights := s.weights.Row(j)
	for t, i := range at {
		w, sums := weights[t], s.sums[int(i)*n:int(i)*n+n]
		for k, g := range passed {
			sums[k] += int64(w * g)
		}
	}
}

// put writes row i, of which the two last entries are bounds of errors.
func (s *affineSums) put(i int, row []float64) {
	n, unit := len(s.passed), s.unit[i]
	for k, v := range s.sums[i*n : (i+1)*n] {
		row[k] = float64(v) * unit
	}
	row[n], row[n+1] = s.off[i], s.off[i]
}

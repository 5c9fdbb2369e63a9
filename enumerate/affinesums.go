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
	sums    []int64         // by columns, of coefficients and then the offset
	most    []uint64        // scratch
}

// newAffineSums returns the sums of a layer behind the first one, of which no unit passes anything
// on yet, or nil where numbers are out of range. Both begin with the weights and the bias.
func newAffineSums(l, first *affineLayer, wide int) *affineSums {
	s := &affineSums{weights: l.Sparse().Columns(), sums: make([]int64, l.Out()*(wide-2)), most: make([]uint64, l.Out())}
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
		s.sums[(wide-3)*l.Out()+i] = int64(b / s.unit[i])
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
	at, weights := s.weights.Row(j)
	out := len(s.unit)
	for k, g := range s.rows[j] {
		g *= a
		sums := s.sums[k*out : (k+1)*out]
		if len(weights) == out {
			for i, w := range weights {
				sums[i] += int64(w * g)
			}
			continue
		}
		for t, i := range at {
			sums[i] += int64(weights[t] * g)
		}
	}
}

// put writes row i, of which the two last entries are bounds of errors.
func (s *affineSums) put(i int, row []float64) {
	n, unit := len(row)-2, s.unit[i]
	for k := range n {
		row[k] = float64(s.sums[k*len(s.unit)+i]) * unit
	}
	row[n], row[n+1] = s.off[i], s.off[i]
}

// pass writes what the units pass on, by columns, as affineLayer.pass does for each: a is the
// factor of each, gamma and balance are those of the layer behind.
func (s *affineSums) pass(in, a []float64, gamma float64, balance []float64) {
	out := len(s.unit)
	unit := s.unit[:len(a)]
	n := len(in)/out - 3
	most := s.most
	clear(most)
	for k := range n + 1 {
		sums, to := s.sums[k*out:(k+1)*out], in[k*out:(k+1)*out]
		for j, v := range sums {
			to[j] = a[j] * (float64(v) * unit[j])
		}
		if k < n {
			for j, v := range to {
				most[j] = max(most[j], math.Float64bits(v)&^(1<<63))
			}
		}
	}
	offsets, e, f := in[n*out:(n+1)*out], in[(n+1)*out:(n+2)*out], in[(n+2)*out:(n+3)*out]
	for j, a := range a {
		e[j], f[j] = 0, 0
		if a = math.Abs(a); a != 0 {
			e[j] = balance[j]*(a*s.off[j]+gamma*math.Float64frombits(most[j])+2*least) + least
			f[j] = balance[j]*(a*s.off[j]+gamma*math.Abs(offsets[j])+2*least) + least
		}
	}
}

package safety

// Sums of products of integers, by floats where these are certain.
//
// A proof is a matter of integers of 128 bits, floor by floor. Most of its time goes into sums
// Σ a_i·w_i whose floor is wanted. A sum in floats is off by little and costs a tenth; where all
// numbers that it may stand for have one floor, that is the floor. Otherwise integers have the
// word, so no number depends on floats.
//
// What is rounded in a float sum of m products: each a_i, to a float next to it, each product and
// each partial sum: at most (m + 2)·2⁻⁵³·Σ|a_i||w_i| in all and a little more, whatever the order
// and with or without fused operations. No product underflows, as the integers are 0 or at least 1
// and no partial sum is finer than what it adds up. The two ends of the interval are off by another
// 2·2⁻⁵³ of that sum. Weights enter as they are: layers whose weights integers round are left out.

import "math"

// sizes returns the largest size in each row of a layer, nil where sums are by integers: where
// weights were rounded to integers, or few of them are not 0.
func (y *fixedLayer) sizes() []float64 {
	if y.few != nil || y.rounded || y.beyond {
		return nil
	}
	most := make([]float64, y.out)
	for j, w := range y.w {
		for _, v := range w.v {
			most[j] = max(most[j], math.Abs(v))
		}
	}
	return most
}

// rounding is a bound of what is rounded in a sum of m products with sizes of the given sum, which
// is itself a float sum of m products.
func rounding(m int, sizes float64) float64 { return slack * float64(m+8) * unit * sizes }

// floorNear returns the floor that all numbers in [t − e, t + e] have, if they have one that is
// small.
func floorNear(t, e float64) (int64, bool) {
	lo, hi := math.Floor(t-e), math.Floor(t+e)
	return int64(lo), lo == hi && math.Abs(lo) < 1<<52
}

// near returns in floats what the form of a layer's pre-activations becomes before it, and the
// error of each number; nil where sums are by integers.
func (b *fixedBackward) near(y *fixedLayer) (sums []float64, off float64) {
	if y.most == nil {
		return nil, 0
	}
	b.float = resized(b.float, y.in)
	clear(b.float)
	sizes := 0.0
	for i, j := range b.used {
		v := float64(b.dense[i])
		y.w[j].addTo(b.float, v)
		sizes += math.Abs(v) * y.most[j]
	}
	return b.float, rounding(len(b.used), sizes)
}

// liveFloats are the whole columns of what enters a layer in floats: a row for each unit that is
// not 0, with its largest size; sum is room for a row of the layer.
type liveFloats struct {
	cols         int
	v, most, sum []float64
}

// take takes the columns, at the units that were gathered.
func (t *liveFloats) take(g *fixedRows, at []int) {
	n := len(at)
	t.cols = len(g.whole)
	t.v, t.most, t.sum = resized(t.v, n*t.cols), resized(t.most, n), resized(t.sum, t.cols)
	for i, k := range at {
		row, most := t.row(i), 0.0
		for col, c := range g.whole {
			row[col] = float64(c[k])
			most = max(most, math.Abs(row[col]))
		}
		t.most[i] = most
	}
}

// near returns what the columns become in row j of a layer, and the error of each number; nil where
// sums are by integers. at are the units that were gathered.
func (t *liveFloats) near(y *fixedLayer, j int, at []int) (sums []float64, off float64) {
	if y.most == nil {
		return nil, 0
	}
	clear(t.sum)
	sizes, w, scale := 0.0, y.row(j), 1/float64(uint64(1)<<y.shift)
	for i, k := range at {
		if w[k] == 0 {
			continue
		}
		v := float64(w[k]) * scale // the weight itself
		blas.Daxpy(t.cols, v, t.row(i), 1, t.sum, 1)
		sizes += math.Abs(v) * t.most[i]
	}
	return t.sum, rounding(len(at), sizes)
}

func (t *liveFloats) row(i int) []float64 { return t.v[i*t.cols : (i+1)*t.cols] }

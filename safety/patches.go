package safety

// Rows of which most is 0, in blocks of columns. A layer of a few weights a unit, as those of a
// tournament of minima, passes on rows of a few numbers among thousands: what is 0 is neither
// cleared nor read. Sums are made in the same order as without blocks, so no number depends on
// them.

import (
	"math"
	"math/bits"
)

// block is the number of columns that are cleared and read together: a line of a processor's cache.
const block = 8

// patches are rows of numbers. What lies in a block that was not touched is 0, whatever is stored.
type patches struct {
	v           []float64
	cols        int
	width, step int      // of a row in numbers, whole blocks, and in words of bits
	touched     []uint64 // a bit for each block of rows that are not dense, row by row
	many        []int32  // how many of a row's blocks are touched
}

// shape makes rows of zeros.
func (p *patches) shape(rows, cols int) {
	blocks := (cols + block - 1) / block
	p.cols, p.width, p.step = cols, blocks*block, (blocks+63)/64
	p.v, p.touched, p.many = resized(p.v, rows*p.width), resized(p.touched, rows*p.step), resized(p.many, rows)
	clear(p.touched)
	clear(p.many)
}

func (p *patches) row(j int) []float64 { return p.v[j*p.width : j*p.width+p.cols] }

// dense reports whether all of a row is touched.
func (p *patches) dense(j int) bool { return int(p.many[j])*block == p.width }

// touch makes all that is stored in columns lo to hi of row j count.
func (p *patches) touch(j, lo, hi int) {
	if p.dense(j) {
		return
	}
	t := p.touched[j*p.step : (j+1)*p.step]
	for b := lo / block; b*block < hi; b++ {
		if bit := uint64(1) << (b % 64); t[b/64]&bit == 0 {
			t[b/64] |= bit
			p.many[j]++
			at := j*p.width + b*block
			*(*[block]float64)(p.v[at : at+block]) = [block]float64{}
		}
	}
}

// whole returns row j with zeros where it is not touched.
func (p *patches) whole(j int) []float64 {
	if row := p.v[j*p.width : (j+1)*p.width]; p.many[j] == 0 {
		clear(row)
		p.many[j] = int32(p.width / block) // the bits are not read any more
	} else {
		p.touch(j, 0, p.cols)
	}
	return p.row(j)
}

// run returns the next columns of row j, from column from on, that are touched; none at the end.
func (p *patches) run(j, from int) (lo, hi int) {
	if p.dense(j) {
		return from, p.cols
	}
	t := p.touched[j*p.step : (j+1)*p.step]
	lo = next(t, (from+block-1)/block, 0)
	hi = next(t, lo, ^uint64(0))
	return min(lo*block, p.cols), min(hi*block, p.cols)
}

// next returns the first bit from b on that is not that of skip, or one behind all.
func next(t []uint64, b int, skip uint64) int {
	for ; b < len(t)*64; b = (b/64 + 1) * 64 {
		if w := (t[b/64] ^ skip) >> (b % 64); w != 0 {
			return b + bits.TrailingZeros64(w)
		}
	}
	return b
}

// add adds a times row k of q, which has no more columns, to row j.
func (p *patches) add(j int, a float64, q *patches, k int) {
	for lo, hi := q.run(k, 0); lo < hi; lo, hi = q.run(k, hi) {
		p.touch(j, lo, hi)
		blas.Daxpy(hi-lo, a, q.v[k*q.width+lo:], 1, p.v[j*p.width+lo:], 1)
	}
}

// addRow adds a times a row of weights to row j.
func (p *patches) addRow(j int, a float64, w row) {
	if w.at == nil {
		blas.Daxpy(len(w.v), a, w.v, 1, p.whole(j), 1)
		return
	}
	to := p.row(j)
	for i, k := range w.at {
		p.touch(j, int(k), int(k)+1)
		to[k] += a * w.v[i]
	}
}

// norm returns the sum of the sizes of row j.
func (p *patches) norm(j int) float64 {
	t, row := 0.0, p.row(j)
	for lo, hi := p.run(j, 0); lo < hi; lo, hi = p.run(j, hi) {
		for _, x := range row[lo:hi] {
			t += math.Abs(x)
		}
	}
	return t
}

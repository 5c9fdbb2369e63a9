package safety

// The linear programme over triangles: all that is known of a node with few open units, at once.

import "math"

// triangle is the programme of one disjunct on a node. Its variables are the inputs, from their
// lower ends, and for each open unit how far its value is from the chord.
type triangle struct {
	*zone
	free []int // inputs of width above 0
	n    int   // variables
	// pre and val are forms of the units' pre-activations and values, n coefficients and a
	// constant.
	pre, val [][]float64
	rows     [][]float64
	scale    []float64
	what     []origin
	width    []float64
}

// origin says what a row of the programme is.
type origin struct {
	kind originKind
	at   int32 // the condition, or the unit
}

type originKind uint8

const (
	ofCondition originKind = iota
	ofSign                 // −s·z ≤ 0
	ofPositive             // z ≤ a, or its mirror
	ofNegative             // m·z ≤ a, or its mirror
)

// newTriangle makes the forms of all units, which all disjuncts share.
func newTriangle(z *zone) *triangle {
	t := &triangle{zone: z, free: z.inputOf, n: len(z.inputOf) + len(z.open)}
	column := map[int32]int{}
	for i, q := range z.open {
		column[q] = len(z.inputOf) + i
	}
	for range t.n {
		t.width = append(t.width, math.Inf(1))
	}
	before := make([][]float64, z.inputs)
	for k := range before {
		before[k] = make([]float64, t.n+1)
		before[k][t.n] = z.lo[k]
	}
	for i, k := range t.free {
		before[k][i] = 1
		t.width[i] = z.hi[k] - z.lo[k]
	}
	t.pre, t.val = make([][]float64, z.units), make([][]float64, z.units)
	for i := range z.layers {
		y := &z.layers[i]
		for j, w := range y.w {
			q := y.first + j
			f := make([]float64, t.n+1)
			f[t.n] = y.b[j]
			for i, v := range w.v {
				k := w.column(i)
				if v != 0 && before[k] != nil {
					blas.Daxpy(t.n+1, v, before[k], 1, f, 1)
				}
			}
			t.pre[q], t.val[q] = f, t.value(q, f, column)
		}
		before = t.val[y.first : y.first+y.out]
	}
	return t
}

// value is the form of what a unit passes on, nil for 0.
func (t *triangle) value(q int, pre []float64, column map[int32]int) []float64 {
	s := t.slope(q)
	if s == 0 && !t.isOpen[q] {
		return nil
	}
	if s == 1 && !t.isOpen[q] {
		return pre
	}
	v := make([]float64, t.n+1)
	for k, c := range pre {
		v[k] = s * c
	}
	if t.isOpen[q] {
		ln := t.lines[q]
		v[t.n] += ln[upper].at + ln[lower].at // one of them is 0
		v[column[int32(q)]] = -1
		if ln[lower].at != 0 {
			v[column[int32(q)]] = 1
		}
	}
	return v
}

// add adds a row, scaled to a size of 1.
func (t *triangle) add(k originKind, at int32, row []float64) {
	size := math.Abs(row[t.n])
	for i, v := range row[:t.n] {
		if w := t.width[i]; !math.IsInf(w, 1) {
			size = max(size, math.Abs(v)*w)
		} else {
			size = max(size, math.Abs(v))
		}
	}
	if size == 0 || math.IsInf(size, 0) || math.IsNaN(size) {
		size = 1
	}
	for i := range row {
		row[i] /= size
	}
	t.rows, t.scale, t.what = append(t.rows, row), append(t.scale, 1/size), append(t.what, origin{k, at})
}

// fill makes the rows of disjunct d's programme; there may be none.
func (t *triangle) fill(d int32, signs []sign) {
	t.rows, t.scale, t.what = t.rows[:0], t.scale[:0], t.what[:0]
	out := &t.layers[len(t.layers)-1]
	for i := range t.conditions[d] {
		c := &t.conditions[d][i]
		row := make([]float64, t.n+1)
		row[t.n] = c.offset
		for k, v := range c.y {
			if f := t.val[out.first+k]; v != 0 && f != nil {
				blas.Daxpy(t.n+1, v, f, 1, row, 1)
			}
		}
		for k, v := range c.x {
			row[t.n] += v * t.lo[k]
		}
		for i, k := range t.free {
			row[i] += c.x[k]
		}
		t.add(ofCondition, int32(i), row)
	}
	for _, s := range signs {
		t.add(ofSign, s.unit, combined(t.n, -float64(s.s), t.pre[s.unit], 0, nil))
	}
	for _, q := range t.open {
		side := 1.0 // the lines are below the unit
		if t.lines[q][lower].at != 0 {
			side = -1
		}
		t.add(ofPositive, q, combined(t.n, side, t.pre[q], -side, t.val[q]))
		t.add(ofNegative, q, combined(t.n, side*t.belowOf(q), t.pre[q], -side, t.val[q]))
	}
}

// combined returns a·f + b·g.
func combined(n int, a float64, f []float64, b float64, g []float64) []float64 {
	row := make([]float64, n+1)
	for k := range row {
		if f != nil {
			row[k] += a * f[k]
		}
		if g != nil {
			row[k] += b * g[k]
		}
	}
	return row
}

// mixture turns multipliers of the rows into one of conditions, signs and slopes.
func (t *triangle) mixture(d int32, y []float64) *mixture {
	m := &mixture{mu: make([]float64, len(t.conditions[d])), beta: make([]float64, t.units), alpha: make([]float64, t.units)}
	for _, q := range t.open {
		m.alpha[q] = t.near(q)
	}
	largest := 0.0
	for i, o := range t.what {
		if y[i] *= t.scale[i]; o.kind <= ofSign {
			largest = max(largest, y[i])
		}
	}
	if !(largest > 0) || math.IsInf(largest, 1) {
		return nil
	}
	for i, o := range t.what {
		switch v := y[i] / largest; o.kind {
		case ofCondition:
			m.mu[o.at] = v
		case ofSign:
			m.beta[o.at] = -v * float64(t.fixed[o.at])
		case ofPositive:
			m.alpha[o.at] = t.slopeBetween(o.at, y[i]/(y[i]+y[i+1])) // the next row is ofNegative
		}
	}
	return m
}

// near is the slope of the line through 0 of an open unit.
func (z *zone) near(q int32) float64 {
	if ln := z.lines[q]; ln[lower].at != 0 {
		return ln[upper].slope
	}
	return z.lines[q][lower].slope
}

// slopeBetween returns p + (1−p)·m, kept between 1 and m.
func (t *triangle) slopeBetween(q int32, p float64) float64 {
	m := t.belowOf(q)
	if !(p >= 0 && p <= 1) {
		return t.near(q)
	}
	return t.legalSlope(q, p+(1-p)*m)
}

// Exact products of affine layers: integer matrices with one power-of-two
// scale. They serve the compilation of the model and the exact tiers.

package forms

import (
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// IntAffine is a ↦ (W·a + b)·2^−scale with integer entries. Of W the rows have the entries other
// than 0; in B nil stands for 0.
type IntAffine struct {
	Rows, Cols int
	W          []IntRow
	B          []*big.Int
	Scale      int
}

// IntRow is a row: the columns of the entries other than 0, ascending, and these.
type IntRow struct {
	At []int32
	W  []*big.Int
}

// newIntRow returns a row with room for so many entries.
func newIntRow(n int) IntRow { return IntRow{At: make([]int32, 0, n), W: make([]*big.Int, 0, n)} }

// add appends an entry, if it is not 0.
func (r *IntRow) add(i int, w *big.Int) {
	if w != nil && w.Sign() != 0 {
		r.At, r.W = append(r.At, int32(i)), append(r.W, w)
	}
}

// newAffine returns the map to so many zeros.
func newAffine(rows, cols, scale int) *IntAffine {
	return &IntAffine{Rows: rows, Cols: cols, Scale: scale, W: make([]IntRow, rows), B: make([]*big.Int, rows)}
}

// nonzero returns the number of entries of W other than 0.
func (f *IntAffine) nonzero() int {
	n := 0
	for _, r := range f.W {
		n += len(r.At)
	}
	return n
}

// toInt returns m·2^(e+scale), nil for 0.
func toInt(v float64, scale int) *big.Int {
	m, e := dyadic.Split(v)
	if m == 0 {
		return nil
	}
	z := big.NewInt(m)
	return z.Lsh(z, uint(e+scale))
}

// floatToInt returns v·2^scale for an exact big.Float whose lowest bit allows it.
func floatToInt(v *big.Float, scale int) *big.Int {
	if v.Sign() == 0 {
		return nil
	}
	t := new(big.Float).SetMantExp(v, scale)
	z, _ := t.Int(nil)
	return z
}

// lowExp returns the exponent of the lowest set bit of v.
func lowExp(v *big.Float) int {
	return v.MantExp(nil) - int(v.MinPrec())
}

// layerAffine returns a layer's affine part.
func layerAffine(l network.Layer, stopped func() bool) *IntAffine {
	r, c := l.W.Dims()
	scale := 0
	note := func(v float64) {
		if m, e := dyadic.Split(v); m != 0 {
			scale = max(scale, -e)
		}
	}
	for j := 0; j < r; j++ {
		_, row := l.Row(j)
		for _, w := range row {
			note(w)
		}
		note(l.B[j])
	}
	f := newAffine(r, c, scale)
	for j := 0; j < r; j++ {
		if stopped() {
			return nil
		}
		at, row := l.Row(j)
		f.W[j] = newIntRow(len(row))
		for k, w := range row {
			f.W[j].add(column(at, k), toInt(w, scale))
		}
		f.B[j] = toInt(l.B[j], scale)
	}
	return f
}

// then returns a ↦ g(f(a)), skipping zeros.
func (f *IntAffine) then(g *IntAffine, stopped func() bool) *IntAffine {
	h := newAffine(g.Rows, f.Cols, f.Scale+g.Scale)
	out := make([]*big.Int, f.Cols)
	var t big.Int
	for j := 0; j < g.Rows; j++ {
		clear(out)
		b := new(big.Int)
		if g.B[j] != nil {
			b.Lsh(g.B[j], uint(f.Scale))
		}
		for n, w := range g.W[j].W {
			if stopped() {
				return nil
			}
			k := g.W[j].At[n]
			for m, v := range f.W[k].W {
				i := f.W[k].At[m]
				if out[i] == nil {
					out[i] = new(big.Int)
				}
				out[i].Add(out[i], t.Mul(w, v))
			}
			if f.B[k] != nil {
				b.Add(b, t.Mul(w, f.B[k]))
			}
		}
		for i, v := range out {
			h.W[j].add(i, v)
		}
		if b.Sign() != 0 {
			h.B[j] = b
		}
	}
	return h
}

// foldRun multiplies out a run of layers, behind the ball's map when first. It returns nil once
// stopped says so.
func foldRun(run []network.Layer, first bool, b ball.Ball, stopped func() bool) *IntAffine {
	var f *IntAffine
	for _, l := range run {
		g := layerAffine(l, stopped)
		switch {
		case g == nil:
			return nil
		case f != nil:
			f = f.then(g, stopped)
		case first:
			f = g.inBall(b, stopped)
		default:
			f = g
		}
		if f == nil {
			return nil
		}
	}
	return f
}

// fillExact rounds an exact affine map once to float64, rows and columns
// scaled by powers of two, and notes whether anything was rounded.
func (l *Layer) fillExact(f *IntAffine, colShift []int, stopped func() bool) {
	l.makeRoom(f.nonzero())
	for j := 0; j < l.Out && !stopped(); j++ {
		top := math.MinInt
		row := f.W[j]
		for n, w := range row.W {
			top = max(top, w.BitLen()-f.Scale+colShift[row.At[n]])
		}
		if f.B[j] != nil {
			top = max(top, f.B[j].BitLen()-f.Scale)
		}
		l.Shift[j] = top
	}
	l.share()
	for j := 0; j < l.Out && !stopped(); j++ {
		row, top := f.W[j], -l.Shift[j]
		for n, w := range row.W {
			i := int(row.At[n])
			v, exact := dyadic.FromInt(w, colShift[i]-top-f.Scale)
			l.setWeight(i, j, v, exact)
		}
		if b := f.B[j]; b != nil && b.Sign() != 0 {
			v, exact := dyadic.FromInt(b, -top-f.Scale)
			l.setBias(j, v, exact)
		}
	}
}

// Exact products of affine layers: integer matrices with one power-of-two
// scale. They serve the compilation of the model and the exact tiers.

package enumerate

import (
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// intAffine is a ↦ (W·a + b)·2^−scale with integer entries; nil stands for 0.
type intAffine struct {
	rows, cols int
	w          []*big.Int // row-major
	b          []*big.Int
	scale      int
}

// splitFloat splits a finite float64 into v = m·2^e with m an integer, odd unless v is 0.
func splitFloat(v float64) (m int64, e int) {
	if v == 0 {
		return 0, 0
	}
	f, x := math.Frexp(v)
	m, e = int64(f*(1<<53)), x-53
	for m&1 == 0 {
		m >>= 1
		e++
	}
	return m, e
}

// toInt returns m·2^(e+scale), nil for 0.
func toInt(v float64, scale int) *big.Int {
	m, e := splitFloat(v)
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
func layerAffine(l network.Layer, stopped func() bool) *intAffine {
	r, c := l.W.Dims()
	scale := 0
	note := func(v float64) {
		if m, e := splitFloat(v); m != 0 {
			scale = max(scale, -e)
		}
	}
	for j := 0; j < r; j++ {
		for _, w := range l.W.RawRowView(j) {
			note(w)
		}
		note(l.B[j])
	}
	f := &intAffine{rows: r, cols: c, scale: scale, w: make([]*big.Int, r*c), b: make([]*big.Int, r)}
	for j := 0; j < r; j++ {
		if stopped() {
			return nil
		}
		for i, w := range l.W.RawRowView(j) {
			f.w[j*c+i] = toInt(w, scale)
		}
		f.b[j] = toInt(l.B[j], scale)
	}
	return f
}

// then returns a ↦ g(f(a)), skipping zeros.
func (f *intAffine) then(g *intAffine, stopped func() bool) *intAffine {
	h := &intAffine{rows: g.rows, cols: f.cols, scale: f.scale + g.scale,
		w: make([]*big.Int, g.rows*f.cols), b: make([]*big.Int, g.rows)}
	var t big.Int
	for j := 0; j < g.rows; j++ {
		out := h.w[j*f.cols : (j+1)*f.cols]
		b := new(big.Int)
		if g.b[j] != nil {
			b.Lsh(g.b[j], uint(f.scale))
		}
		for k, w := range g.w[j*g.cols : (j+1)*g.cols] {
			if w == nil {
				continue
			}
			if stopped() {
				return nil
			}
			for i, v := range f.w[k*f.cols : (k+1)*f.cols] {
				if v == nil {
					continue
				}
				if out[i] == nil {
					out[i] = new(big.Int)
				}
				out[i].Add(out[i], t.Mul(w, v))
			}
			if f.b[k] != nil {
				b.Add(b, t.Mul(w, f.b[k]))
			}
		}
		for i := range out {
			if out[i] != nil && out[i].Sign() == 0 {
				out[i] = nil
			}
		}
		if b.Sign() != 0 {
			h.b[j] = b
		}
	}
	return h
}

// foldRun multiplies out a run of layers, behind the ball's map when first. It returns nil once stopped says so.
func foldRun(run []network.Layer, first bool, b ball.Ball, stopped func() bool) *intAffine {
	var f *intAffine
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
func (l *layer) fillExact(f *intAffine, colShift []int, stopped func() bool) {
	for j := 0; j < l.m && !stopped(); j++ {
		top := math.MinInt
		for i, w := range f.w[j*l.in : (j+1)*l.in] {
			if w != nil {
				top = max(top, w.BitLen()-f.scale+colShift[i])
			}
		}
		if f.b[j] != nil {
			top = max(top, f.b[j].BitLen()-f.scale)
		}
		if top == math.MinInt {
			top = 0
		}
		l.shift[j] = -top
		for i, w := range f.w[j*l.in : (j+1)*l.in] {
			if w != nil && w.Sign() != 0 {
				v, exact := dyadic.FromInt(w, colShift[i]-top-f.scale)
				l.setWeight(i, j, v, exact)
			}
		}
		if b := f.b[j]; b != nil && b.Sign() != 0 {
			v, exact := dyadic.FromInt(b, -top-f.scale)
			l.setBias(j, v, exact)
		}
	}
}

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

// IntAffine is a ↦ (W·a + b)·2^−scale with integer entries; nil stands for 0.
type IntAffine struct {
	Rows, Cols int
	W          []*big.Int // row-major
	B          []*big.Int
	Scale      int
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
		for _, w := range l.W.RawRowView(j) {
			note(w)
		}
		note(l.B[j])
	}
	f := &IntAffine{Rows: r, Cols: c, Scale: scale, W: make([]*big.Int, r*c), B: make([]*big.Int, r)}
	for j := 0; j < r; j++ {
		if stopped() {
			return nil
		}
		for i, w := range l.W.RawRowView(j) {
			f.W[j*c+i] = toInt(w, scale)
		}
		f.B[j] = toInt(l.B[j], scale)
	}
	return f
}

// then returns a ↦ g(f(a)), skipping zeros.
func (f *IntAffine) then(g *IntAffine, stopped func() bool) *IntAffine {
	h := &IntAffine{Rows: g.Rows, Cols: f.Cols, Scale: f.Scale + g.Scale,
		W: make([]*big.Int, g.Rows*f.Cols), B: make([]*big.Int, g.Rows)}
	var t big.Int
	for j := 0; j < g.Rows; j++ {
		out := h.W[j*f.Cols : (j+1)*f.Cols]
		b := new(big.Int)
		if g.B[j] != nil {
			b.Lsh(g.B[j], uint(f.Scale))
		}
		for k, w := range g.W[j*g.Cols : (j+1)*g.Cols] {
			if w == nil {
				continue
			}
			if stopped() {
				return nil
			}
			for i, v := range f.W[k*f.Cols : (k+1)*f.Cols] {
				if v == nil {
					continue
				}
				if out[i] == nil {
					out[i] = new(big.Int)
				}
				out[i].Add(out[i], t.Mul(w, v))
			}
			if f.B[k] != nil {
				b.Add(b, t.Mul(w, f.B[k]))
			}
		}
		for i := range out {
			if out[i] != nil && out[i].Sign() == 0 {
				out[i] = nil
			}
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
	for j := 0; j < l.Out && !stopped(); j++ {
		top := math.MinInt
		for i, w := range f.W[j*l.In : (j+1)*l.In] {
			if w != nil {
				top = max(top, w.BitLen()-f.Scale+colShift[i])
			}
		}
		if f.B[j] != nil {
			top = max(top, f.B[j].BitLen()-f.Scale)
		}
		l.Shift[j] = top
	}
	l.share()
	for j := 0; j < l.Out && !stopped(); j++ {
		top := -l.Shift[j]
		for i, w := range f.W[j*l.In : (j+1)*l.In] {
			if w != nil && w.Sign() != 0 {
				v, exact := dyadic.FromInt(w, colShift[i]-top-f.Scale)
				l.setWeight(i, j, v, exact)
			}
		}
		if b := f.B[j]; b != nil && b.Sign() != 0 {
			v, exact := dyadic.FromInt(b, -top-f.Scale)
			l.setBias(j, v, exact)
		}
	}
}

// Constant folding: nodes whose inputs are all constants are evaluated as real numbers. What is no
// float64 is rounded to the nearest and counted.

package onnx

import (
	"math"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

// foldTwo applies a function of two numbers, by numpy's rule.
func foldTwo(what string, float func(a, b float64) (v float64, exact bool), integer func(a, b int64) int64) folder {
	return func(rd *reader, n *node) *tensor {
		a := n.constant(0, "A")
		b := n.constant(1, "B")
		if n.attributes["axis"] != nil {
			panic(refusalf("attribute \"axis\": not supported between constants"))
		}
		shape, from := together(a.shape, b.shape)
		rd.move(size(shape))
		out := &tensor{shape: shape, elem: a.elem}
		switch {
		case a.ints != nil && b.ints != nil:
			out.ints = make([]int64, size(shape))
			for i := range out.ints {
				out.ints[i] = integer(a.ints[from[0][i]], b.ints[from[1][i]])
			}
			return out
		case a.floats == nil || b.floats == nil:
			panic(refusalf("integers and floats together"))
		}
		out.floats = make([]float64, size(shape))
		inexact := 0
		for i := range out.floats {
			v, exact := float(a.floats[from[0][i]], b.floats[from[1][i]])
			if math.IsNaN(v) || math.IsInf(v, 0) {
				panic(refusalf("element %d is %g, expected a finite number", i, v))
			}
			if out.floats[i] = v; !exact {
				inexact++
			}
		}
		rd.im.Round(what+" of constants", inexact)
		return out
	}
}

// maxInteger bounds the integers of shapes, so that no product overflows.
const maxInteger = 1 << 31

func inRange(f func(a, b int64) int64) func(a, b int64) int64 {
	return func(a, b int64) int64 {
		for _, v := range []int64{a, b} {
			if v >= maxInteger || v <= -maxInteger {
				panic(refusalf("the integer %d, supported are those below %d", v, maxInteger))
			}
		}
		return f(a, b)
	}
}

var (
	foldAdd = foldTwo("Add", func(a, b float64) (float64, bool) { s, e := twoSum(a, b); return s, e == 0 },
		inRange(func(a, b int64) int64 { return a + b }))
	foldSub = foldTwo("Sub", func(a, b float64) (float64, bool) { s, e := twoSum(a, -b); return s, e == 0 },
		inRange(func(a, b int64) int64 { return a - b }))
	foldMul = foldTwo("Mul", func(a, b float64) (float64, bool) { return a * b, productIsExact(a, b) },
		inRange(func(a, b int64) int64 { return a * b }))
	foldDiv = foldTwo("Div", quotient, func(a, b int64) int64 {
		if b == 0 {
			panic(refusalf("a division by 0"))
		}
		return inRange(func(a, b int64) int64 { return a / b })(a, b)
	})
)

// foldNeg negates.
func foldNeg(rd *reader, n *node) *tensor {
	n.args = append([]arg{{value: &tensor{shape: []int{}, floats: []float64{0}}}}, n.args...)
	if t := n.args[1].value; t != nil && t.ints != nil {
		n.args[0].value = &tensor{shape: []int{}, ints: []int64{0}}
	}
	t := foldSub(rd, n)
	t.elem = n.args[1].value.elem
	return t
}

// foldDequantize is (x − zero point)·scale, of one number or one for each index of an axis.
func foldDequantize(rd *reader, n *node) *tensor {
	x := n.constant(0, "x")
	scale := n.floats(1, "x_scale")
	zero := &tensor{ints: make([]int64, len(scale.floats))}
	if n.has(2) {
		zero = n.constant(2, "x_zero_point")
	}
	axis, rest := 0, len(x.ints)
	if len(scale.floats) > 1 {
		axis = n.axis(1, len(x.shape))
		rest = size(x.shape[axis+1:])
	}
	if x.ints == nil || len(zero.ints) != len(scale.floats) || len(scale.floats) > 1 && (len(scale.shape) != 1 || scale.shape[0] != x.shape[axis]) {
		panic(refusalf("expected integers, and a scale and a zero point of one number, or one for each index of the axis"))
	}
	rd.move(len(x.ints))
	out := &tensor{shape: x.shape, elem: scale.elem, floats: make([]float64, len(x.ints))}
	rounded := 0
	for i, v := range x.ints {
		k := i / rest % len(scale.floats)
		d := float64(v - zero.ints[k])
		if out.floats[i] = d * scale.floats[k]; !productIsExact(d, scale.floats[k]) || math.Abs(d) > 1<<53 {
			rounded++
		}
		if math.IsInf(out.floats[i], 0) {
			panic(refusalf("element %d is beyond the range of float64", i))
		}
	}
	rd.im.Round("DequantizeLinear: the integers times the scale", rounded)
	return out
}

// foldMatMul multiplies two constants: each sum is computed exactly and rounded once.
func foldMatMul(rd *reader, n *node) *tensor {
	a := n.floats(0, "A")
	b := n.floats(1, "B")
	m := multiplied(a.shape, b.shape)
	if m.batch*m.rows > maxProducts/m.inner/m.cols {
		panic(refusalf("constants of shapes %v and %v, supported is a product of at most %d terms", a.shape, b.shape, maxProducts))
	}
	out := &tensor{shape: m.shape, elem: a.elem, floats: make([]float64, size(m.shape))}
	rounded := 0
	for i := range out.floats {
		row, col := i/m.cols, i%m.cols
		x, y := a.floats[m.fromA[row/m.rows]+row%m.rows*m.inner:], b.floats[m.fromB[row/m.rows]+col:]
		sum, p, q := exactFloat(0), exactFloat(0), exactFloat(0)
		for t := range m.inner {
			sum.Add(sum, p.Mul(p.SetFloat64(x[t]), q.SetFloat64(y[t*m.cols])))
		}
		out.floats[i] = nearest(sum, i, &rounded)
	}
	rd.im.Round("MatMul of constants", rounded)
	return out
}

// nearest is the float64 next to a sum, element i of a result; those that it rounds are counted.
func nearest(sum *big.Float, i int, rounded *int) float64 {
	v, accuracy := dyadic.FromFloat(sum)
	if math.IsInf(v, 0) {
		panic(refusalf("element %d is beyond what is held exactly, or beyond the range of float64", i))
	}
	if accuracy != big.Exact {
		*rounded++
	}
	return v + 0
}

// maxProducts bounds the work of a product of constants.
const maxProducts = 1 << 24

// exactFloat returns a number that holds sums of products of float64 exactly: their bits lie from
// 2⁻²¹⁴⁸ to 2²⁰⁴⁸, and 2²⁴ of them sum up to less than 2²⁰⁷².
func exactFloat(v float64) *big.Float { return new(big.Float).SetPrec(exactBits).SetFloat64(v) }

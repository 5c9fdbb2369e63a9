// Element-wise functions of constants, as exporters leave them in graphs: they are evaluated at
// import, in float64, and what is no float64 is rounded there and counted.

package onnx

import (
	"cmp"
	"math"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// folder evaluates a node whose inputs are all constants.
type folder = func(*reader, *node) *tensor

// foldOne applies a function of one number, and says how often its value was rounded. One of both
// is nil where the operator is for floats, or for integers, alone.
func foldOne(float func(v float64) (y float64, exact bool), integer func(v int64) int64) folder {
	return func(rd *reader, n *node) *tensor {
		t := n.constant(0, "input")
		rd.move(size(t.shape))
		out := &tensor{shape: t.shape, elem: t.elem}
		switch {
		case t.ints == nil && float == nil:
			panic(refusalf("numbers, expected truth values"))
		case t.ints != nil:
			if integer == nil {
				panic(refusalf("an integer constant, supported are floats"))
			}
			for _, v := range t.ints {
				out.ints = append(out.ints, integer(v))
			}
			return out
		}
		rounded := 0
		for i, v := range t.floats {
			y, exact := float(v)
			if math.IsNaN(y) || math.IsInf(y, 0) {
				panic(refusalf("element %d, of %g, is %g, expected a finite number", i, v, y))
			}
			if out.floats = append(out.floats, y+0); !exact {
				rounded++
			}
		}
		rd.im.Round(n.op+" of constants", rounded)
		return out
	}
}

// exactly is a function whose values are float64 numbers themselves.
func exactly(f func(float64) float64) func(float64) (float64, bool) {
	return func(v float64) (float64, bool) { return f(v), true }
}

// rounded is a function whose values are rounded, by a unit in the last place at most.
func rounded(f func(float64) float64) func(float64) (float64, bool) {
	return func(v float64) (float64, bool) { return f(v), false }
}

func sqrt(v float64) (float64, bool) {
	r := math.Sqrt(v)
	p, e, ok := twoProduct(r, r)
	return r, ok && e == 0 && p == v
}

func quotient(a, b float64) (float64, bool) {
	q := a / b
	p, e, ok := twoProduct(q, b)
	return q, ok && e == 0 && p == a
}

func signOf(v float64) float64 {
	if v == 0 {
		return 0
	}
	return math.Copysign(1, v)
}

func absInt(v int64) int64 { return max(v, -v) }

// pointwise are functions of one element of which constants alone are read.
var pointwise = map[string]folder{
	"Sqrt":       foldOne(sqrt, nil),
	"Reciprocal": foldOne(func(v float64) (float64, bool) { return quotient(1, v) }, nil),
	"Exp":        foldOne(rounded(math.Exp), nil),
	"Log":        foldOne(rounded(math.Log), nil),
	"Sin":        foldOne(rounded(math.Sin), nil),
	"Cos":        foldOne(rounded(math.Cos), nil),
	"Tanh":       foldOne(rounded(math.Tanh), nil),
	"Sigmoid":    foldOne(rounded(func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }), nil),
	"Softplus":   foldOne(rounded(func(v float64) float64 { return max(v, 0) + math.Log1p(math.Exp(-math.Abs(v))) }), nil),
	"Erf":        foldOne(rounded(math.Erf), nil),
	"Floor":      foldOne(exactly(math.Floor), nil),
	"Ceil":       foldOne(exactly(math.Ceil), nil),
	"Round":      foldOne(exactly(math.RoundToEven), nil),
	"Sign":       foldOne(exactly(signOf), func(v int64) int64 { return int64(signOf(float64(v))) }),
}

// comparisons give truth values, which are the integers 0 and 1.
var comparisons = map[string]func(sign int) bool{
	"Equal":          func(s int) bool { return s == 0 },
	"Greater":        func(s int) bool { return s > 0 },
	"GreaterOrEqual": func(s int) bool { return s >= 0 },
	"Less":           func(s int) bool { return s < 0 },
	"LessOrEqual":    func(s int) bool { return s <= 0 },
}

// foldCompare compares two constants, by numpy's rule.
func foldCompare(rd *reader, n *node) *tensor {
	holds := comparisons[n.op]
	one := func(s int) float64 {
		if holds(s) {
			return 1
		}
		return 0
	}
	return truths(foldTwo(n.op, func(a, b float64) (float64, bool) { return one(cmp.Compare(a, b)), true },
		func(a, b int64) int64 { return int64(one(cmp.Compare(a, b))) })(rd, n))
}

// truths makes truth values of a tensor of 0 and 1.
func truths(t *tensor) *tensor {
	if t.ints == nil {
		for _, v := range t.floats {
			t.ints = append(t.ints, int64(v))
		}
	}
	return &tensor{shape: t.shape, elem: onnxpb.TensorProto_BOOL, ints: t.ints}
}

// foldTruths applies a function of two truth values.
func foldTruths(f func(a, b bool) bool) folder {
	return func(rd *reader, n *node) *tensor {
		return truths(foldTwo(n.op, func(float64, float64) (float64, bool) { return math.NaN(), false }, func(a, b int64) int64 {
			if f(a != 0, b != 0) {
				return 1
			}
			return 0
		})(rd, n))
	}
}

var foldNot = foldOne(nil, func(v int64) int64 {
	if v == 0 {
		return 1
	}
	return 0
})

// foldAll applies a function of two numbers to any number of constants, from the first on.
func foldAll(two folder) folder {
	return func(rd *reader, n *node) *tensor {
		args := n.args
		out := n.constant(0, "data")
		for _, a := range args[1:] {
			n.args = []arg{{value: out}, a}
			out = two(rd, n)
		}
		n.args = args
		return out
	}
}

func foldExtreme(sign float64) folder {
	return foldAll(foldTwo("", func(a, b float64) (float64, bool) {
		if sign*a < sign*b {
			return b, true
		}
		return a, true
	}, func(a, b int64) int64 {
		if sign*float64(cmp.Compare(a, b)) < 0 {
			return b
		}
		return a
	}))
}

// foldPow takes an exponent of another type than the base.
func foldPow(rd *reader, n *node) *tensor {
	base := n.constant(0, "X")
	exponent := n.constant(1, "Y")
	if base.floats != nil && exponent.ints != nil {
		t := exponent.cast(onnxpb.TensorProto_DOUBLE)
		n.args = []arg{n.args[0], {value: t}}
	}
	return power(rd, n)
}

// power is exact for the exponents 0, 1 and 2 where the value is a float64.
var power = foldTwo("Pow", func(a, b float64) (float64, bool) {
	switch b {
	case 0:
		return 1, true
	case 1:
		return a, true
	case 2:
		return a * a, productIsExact(a, a)
	case 0.5:
		return sqrt(a)
	case -1:
		return quotient(1, a)
	}
	return math.Pow(a, b), false
}, func(a, b int64) int64 {
	times, v := b, int64(1)
	if absInt(a) <= 1 { // powers that repeat
		times = min(b, 2-b%2)
	}
	for range times {
		if v *= a; absInt(v) >= maxInteger {
			break
		}
	}
	if absInt(v) >= maxInteger || b < 0 {
		panic(refusalf("%d to the power of %d, supported are exponents that are not negative, and results below %d", a, b, maxInteger))
	}
	return v
})

// foldMod has the sign of the divisor for integers, and with fmod, which floats need, that of the
// dividend.
func foldMod(rd *reader, n *node) *tensor {
	fmod := n.integer("fmod", 0)
	return foldTwo("Mod", func(a, b float64) (float64, bool) {
		if fmod == 0 {
			return math.NaN(), false
		}
		return math.Mod(a, b), true
	}, func(a, b int64) int64 {
		if b == 0 {
			panic(refusalf("a division by 0"))
		}
		m := a % b
		if fmod == 0 && m != 0 && (m < 0) != (b < 0) {
			m += b
		}
		return m
	})(rd, n)
}

// foldWhere chooses between constants.
func foldWhere(rd *reader, n *node) *tensor {
	condition := n.constant(0, "condition")
	x := n.constant(1, "X")
	y := n.constant(2, "Y")
	if condition.ints == nil || (x.ints == nil) != (y.ints == nil) {
		panic(refusalf("expected truth values, and two constants of one type"))
	}
	shape, from := together(condition.shape, x.shape, y.shape)
	rd.move(3 * size(shape))
	out := &tensor{shape: shape, elem: x.elem}
	for i, at := range from[0] {
		t, j := y, from[2][i]
		if condition.ints[at] != 0 {
			t, j = x, from[1][i]
		}
		out.take(t, j, j+1)
	}
	return out
}

// together returns the common shape of several by numpy's rule, and for each of them the element
// that each of the result's comes from.
func together(shapes ...[]int) (shape []int, from [][]int) {
	for _, s := range shapes {
		shape, _ = common(shape, s)
	}
	for _, s := range shapes {
		_, f := broadcast(s, shape)
		from = append(from, f)
	}
	return shape, from
}

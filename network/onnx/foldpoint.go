// Element-wise functions of constants, as exporters leave them in graphs: they are evaluated at
// import, in float64, and what is no float64 is rounded there and counted.

package onnx

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// folder evaluates a node whose inputs are all constants.
type folder = func(*reader, *node) (*tensor, error)

// foldOne applies a function of one number, and says how often its value was rounded. integer is
// nil where the operator is for floats alone.
func foldOne(float func(v float64) (y float64, exact bool), integer func(v int64) int64) folder {
	return func(rd *reader, n *node) (*tensor, error) {
		t, err := n.constant(0, "input")
		if err != nil {
			return nil, err
		}
		if err := rd.move(size(t.shape)); err != nil {
			return nil, err
		}
		out := &tensor{shape: t.shape, elem: t.elem}
		if t.ints != nil {
			if integer == nil {
				return nil, errors.New("an integer constant, supported are floats")
			}
			for _, v := range t.ints {
				out.ints = append(out.ints, integer(v))
			}
			return out, nil
		}
		rounded := 0
		for i, v := range t.floats {
			y, exact := float(v)
			if math.IsNaN(y) || math.IsInf(y, 0) {
				return nil, fmt.Errorf("element %d, of %g, is %g, expected a finite number", i, v, y)
			}
			if out.floats = append(out.floats, y+0); !exact {
				rounded++
			}
		}
		rd.im.Round(n.op+" of constants", rounded)
		return out, nil
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
func foldCompare(rd *reader, n *node) (*tensor, error) {
	holds := comparisons[n.op]
	one := func(s int) float64 {
		if holds(s) {
			return 1
		}
		return 0
	}
	t, err := foldTwo(n.op, func(a, b float64) (float64, bool) { return one(cmp.Compare(a, b)), true },
		func(a, b int64) (int64, error) { return int64(one(cmp.Compare(a, b))), nil })(rd, n)
	return truths(t), err
}

// truths makes truth values of a tensor of 0 and 1.
func truths(t *tensor) *tensor {
	if t == nil {
		return nil
	}
	if t.ints == nil {
		for _, v := range t.floats {
			t.ints = append(t.ints, int64(v))
		}
	}
	return &tensor{shape: t.shape, elem: onnxpb.TensorProto_BOOL, ints: t.ints}
}

// foldTruths applies a function of two truth values.
func foldTruths(f func(a, b bool) bool) folder {
	return func(rd *reader, n *node) (*tensor, error) {
		t, err := foldTwo(n.op, func(float64, float64) (float64, bool) { return math.NaN(), false }, func(a, b int64) (int64, error) {
			if f(a != 0, b != 0) {
				return 1, nil
			}
			return 0, nil
		})(rd, n)
		return truths(t), err
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
	return func(rd *reader, n *node) (*tensor, error) {
		args := n.args
		out, err := n.constant(0, "data")
		for i := 1; i < len(args) && err == nil; i++ {
			n.args = []arg{{value: out}, args[i]}
			out, err = two(rd, n)
		}
		n.args = args
		return out, err
	}
}

func foldExtreme(sign float64) folder {
	return foldAll(foldTwo("", func(a, b float64) (float64, bool) {
		if sign*a < sign*b {
			return b, true
		}
		return a, true
	}, func(a, b int64) (int64, error) {
		if sign*float64(cmp.Compare(a, b)) < 0 {
			return b, nil
		}
		return a, nil
	}))
}

// foldPow takes an exponent of another type than the base.
func foldPow(rd *reader, n *node) (*tensor, error) {
	base, err1 := n.constant(0, "X")
	exponent, err2 := n.constant(1, "Y")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if base.floats != nil && exponent.ints != nil {
		t, err := exponent.cast(onnxpb.TensorProto_DOUBLE)
		if err != nil {
			return nil, err
		}
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
}, func(a, b int64) (int64, error) {
	v := int64(1)
	for range b {
		if v *= a; v >= maxInteger || v <= -maxInteger || b < 0 {
			return 0, fmt.Errorf("%d to the power of %d, supported are results below %d", a, b, maxInteger)
		}
	}
	return v, nil
})

// foldMod has the sign of the divisor for integers, and with fmod, which floats need, that of the
// dividend.
func foldMod(rd *reader, n *node) (*tensor, error) {
	fmod, err := n.integer("fmod", 0)
	if err != nil {
		return nil, err
	}
	return foldTwo("Mod", func(a, b float64) (float64, bool) {
		if fmod == 0 {
			return math.NaN(), false
		}
		return math.Mod(a, b), true
	}, func(a, b int64) (int64, error) {
		if b == 0 {
			return 0, errors.New("a division by 0")
		}
		m := a % b
		if fmod == 0 && m != 0 && (m < 0) != (b < 0) {
			m += b
		}
		return m, nil
	})(rd, n)
}

// foldWhere chooses between constants.
func foldWhere(rd *reader, n *node) (*tensor, error) {
	condition, err := n.constant(0, "condition")
	if err != nil {
		return nil, err
	}
	x, err1 := n.constant(1, "X")
	y, err2 := n.constant(2, "Y")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if condition.ints == nil || (x.ints == nil) != (y.ints == nil) {
		return nil, errors.New("expected truth values, and two constants of one type")
	}
	shape, from, err := together(condition.shape, x.shape, y.shape)
	if err != nil {
		return nil, err
	}
	if err := rd.move(3 * size(shape)); err != nil {
		return nil, err
	}
	out := &tensor{shape: shape, elem: x.elem}
	for i, at := range from[0] {
		t, j := y, from[2][i]
		if condition.ints[at] != 0 {
			t, j = x, from[1][i]
		}
		if t.ints != nil {
			out.ints = append(out.ints, t.ints[j])
		} else {
			out.floats = append(out.floats, t.floats[j])
		}
	}
	return out, nil
}

// together returns the common shape of several by numpy's rule, and for each of them the element
// that each of the result's comes from.
func together(shapes ...[]int) (shape []int, from [][]int, err error) {
	for _, s := range shapes {
		if shape, _, err = broadcast(shape, s); err != nil {
			return nil, nil, err
		}
	}
	for _, s := range shapes {
		whole, f, err := broadcast(s, shape)
		if err != nil || !slices.Equal(whole, shape) {
			return nil, nil, fmt.Errorf("shapes %v do not fit each other", shapes)
		}
		from = append(from, f)
	}
	return shape, from, nil
}

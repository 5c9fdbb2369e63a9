// Cast, which is the identity on real numbers between floating types, and converts constants.

package onnx

import (
	"math"
	"slices"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// cast of what is computed does nothing between floating types; a truth value may stay one.
func cast(rd *reader, n *node) []value {
	to := n.castTo()
	a := n.args[0]
	switch {
	case a.absent():
		panic(refusalf("input 0: missing"))
	case a.run == nil:
		return []value{{constant: a.value.cast(to)}}
	case a.run.test != isNumber && to != onnxpb.TensorProto_BOOL:
		panic(refusalf("a truth value that depends on the network's input becomes a %v, which jumps: the network is not piecewise linear", to))
	case a.run.test == isNumber && !slices.Contains(floatTypes, to):
		panic(refusalf("attribute \"to\": %v, supported are the floating types", to))
	}
	return []value{*a.run}
}

// castTo reads the type: its name before operator set 6, its number since.
func (as attributes) castTo() onnxpb.TensorProto_DataType {
	if a := as["to"]; a != nil && a.S != nil {
		to, ok := onnxpb.TensorProto_DataType_value[string(a.S)]
		if !ok {
			panic(refusalf("attribute \"to\": %q, expected the name of a type", a.S))
		}
		return onnxpb.TensorProto_DataType(to)
	}
	return onnxpb.TensorProto_DataType(as.integer("to", 0))
}

// castLike converts to the type of input 1, which is a float where it is computed.
func castLike(_ *reader, n *node) []value {
	a := n.args[0]
	if a.absent() || n.args[1].absent() {
		panic(refusalf("an input is missing"))
	}
	like := n.args[1].value
	switch floats := like == nil || like.floats != nil; {
	case a.run != nil && (a.run.test != isNumber || !floats):
		panic(refusalf("a conversion of what is computed, supported is one between floating types"))
	case a.run != nil:
		return []value{*a.run}
	case like == nil && a.value.floats != nil:
		return []value{{constant: a.value}} // of no less precision than the computed one's
	case like == nil:
		like = &tensor{elem: onnxpb.TensorProto_DOUBLE}
	}
	return []value{{constant: a.value.cast(like.elem)}}
}

// cast converts as the operator says: a double to float32 is rounded by the graph itself.
func (t *tensor) cast(to onnxpb.TensorProto_DataType) *tensor {
	out := &tensor{shape: t.shape, elem: to}
	switch to {
	case onnxpb.TensorProto_FLOAT, onnxpb.TensorProto_DOUBLE, onnxpb.TensorProto_FLOAT16, onnxpb.TensorProto_BFLOAT16:
		out.castFloats(t)
		return out
	case onnxpb.TensorProto_INT64, onnxpb.TensorProto_INT32, onnxpb.TensorProto_BOOL:
		out.castInts(t)
		return out.mustFit()
	}
	panic(refusalf("attribute \"to\": %v, supported for constants are the floating types, INT32, INT64 and BOOL", to))
}

func (t *tensor) castInts(from *tensor) {
	truths := t.elem == onnxpb.TensorProto_BOOL
	t.ints = slices.Clone(from.ints)
	for i, v := range from.floats {
		if truths {
			v = signOf(v)
		}
		if math.Abs(v) >= maxInteger {
			panic(refusalf("element %d is %g, which is no integer of 32 bits", i, v))
		}
		t.ints = append(t.ints, int64(v))
	}
	for i, v := range t.ints {
		if truths && v != 0 {
			t.ints[i] = 1
		}
	}
}

func (t *tensor) castFloats(from *tensor) {
	t.floats = make([]float64, size(t.shape))
	for i := range t.floats {
		var v float64
		if from.ints != nil {
			if v = float64(from.ints[i]); math.Abs(v) > 1<<53 {
				panic(refusalf("element %d is %d, which float64 does not hold", i, from.ints[i]))
			}
		} else {
			v = from.floats[i]
		}
		switch t.elem {
		case onnxpb.TensorProto_FLOAT:
			v = float64(float32(v))
		case onnxpb.TensorProto_FLOAT16:
			v = narrowed(v, 11, -24, 65504)
		case onnxpb.TensorProto_BFLOAT16:
			v = narrowed(v, 8, -133, 0x1.fep127)
		}
		if t.floats[i] = v; math.IsInf(v, 0) {
			panic(refusalf("element %d is %g as a %v", i, v, t.elem))
		}
	}
}

// narrowed rounds to the nearest number of so many bits, ties to even, that is a multiple of
// 2^least; beyond most it is infinite.
func narrowed(v float64, bits, least int, most float64) float64 {
	_, e := math.Frexp(v)
	unit := max(e-bits, least)
	v = math.Ldexp(math.RoundToEven(math.Ldexp(v, -unit)), unit)
	if math.Abs(v) > most {
		return math.Inf(int(signOf(v)))
	}
	return v
}

// The attributes of a node, checked for the type that ONNX says.

package onnx

import (
	"math"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// attributes are those of a node by their names, each given once.
type attributes map[string]*onnxpb.AttributeProto

// of returns an attribute of a type, nil where it is missing. Old files leave the type open: there
// is says whether the attribute may be of this one.
func (as attributes) of(kind onnxpb.AttributeProto_AttributeType, name string, is func(a *onnxpb.AttributeProto) bool) *onnxpb.AttributeProto {
	a := as[name]
	if a != nil && a.GetType() != kind && !(a.GetType() == onnxpb.AttributeProto_UNDEFINED && is(a)) {
		panic(refusalf("attribute %q: type %v, expected %v", name, a.GetType(), kind))
	}
	return a
}

// integer returns an attribute of type INT.
func (as attributes) integer(name string, missing int64) int64 {
	if a := as.of(onnxpb.AttributeProto_INT, name, func(a *onnxpb.AttributeProto) bool { return a.I != nil }); a != nil {
		return a.GetI()
	}
	return missing
}

// mustBeZero refuses an attribute of type INT that is not 0.
func (as attributes) mustBeZero(name, supported string) {
	if as.integer(name, 0) != 0 {
		panic(refusalf("attribute %q: %s", name, supported))
	}
}

// float returns a finite attribute of type FLOAT.
func (as attributes) float(name string, missing float32) float64 {
	a := as.of(onnxpb.AttributeProto_FLOAT, name, func(a *onnxpb.AttributeProto) bool { return a.F != nil })
	if a == nil {
		return float64(missing)
	}
	v := float64(a.GetF())
	if math.IsNaN(v) || math.IsInf(v, 0) {
		panic(refusalf("attribute %q: %g, expected a finite number", name, v))
	}
	return v
}

// integers returns an attribute of type INTS, nil when it is missing.
func (as attributes) integers(name string) []int64 {
	return as.of(onnxpb.AttributeProto_INTS, name, func(*onnxpb.AttributeProto) bool { return true }).GetInts()
}

// text returns an attribute of type STRING.
func (as attributes) text(name, missing string) string {
	if a := as[name]; a != nil {
		return string(a.GetS())
	}
	return missing
}

// numbers returns an attribute of type FLOATS.
func (as attributes) numbers(name string) []float64 {
	a := as[name]
	if a == nil || a.GetType() != onnxpb.AttributeProto_FLOATS {
		panic(refusalf("attribute %q: missing, or not FLOATS", name))
	}
	out := make([]float64, len(a.Floats))
	for i, v := range a.Floats {
		if out[i] = float64(v); math.IsNaN(out[i]) || math.IsInf(out[i], 0) {
			panic(refusalf("attribute %q: %g, expected finite numbers", name, v))
		}
	}
	return out
}

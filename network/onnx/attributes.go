// The attributes of a node, checked for the type that ONNX says.

package onnx

import (
	"math"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// attributes are those of a node by their names, each given once.
type attributes map[string]*onnxpb.AttributeProto

// integer returns an attribute of type INT.
func (as attributes) integer(name string, missing int64) int64 {
	a := as[name]
	if a == nil {
		return missing
	}
	if a.GetType() != onnxpb.AttributeProto_INT && !(a.GetType() == onnxpb.AttributeProto_UNDEFINED && a.I != nil) {
		panic(refusalf("attribute %q: type %v, expected INT", name, a.GetType()))
	}
	return a.GetI()
}

// mustBeZero refuses an attribute of type INT that is not 0.
func (as attributes) mustBeZero(name, supported string) {
	if as.integer(name, 0) != 0 {
		panic(refusalf("attribute %q: %s", name, supported))
	}
}

// float returns a finite attribute of type FLOAT.
func (as attributes) float(name string, missing float32) float64 {
	a := as[name]
	if a == nil {
		return float64(missing)
	}
	if a.GetType() != onnxpb.AttributeProto_FLOAT && !(a.GetType() == onnxpb.AttributeProto_UNDEFINED && a.F != nil) {
		panic(refusalf("attribute %q: type %v, expected FLOAT", name, a.GetType()))
	}
	v := float64(a.GetF())
	if math.IsNaN(v) || math.IsInf(v, 0) {
		panic(refusalf("attribute %q: %g, expected a finite number", name, v))
	}
	return v
}

// integers returns an attribute of type INTS, nil when it is missing.
func (as attributes) integers(name string) []int64 {
	a := as[name]
	if a == nil {
		return nil
	}
	if a.GetType() != onnxpb.AttributeProto_INTS && a.GetType() != onnxpb.AttributeProto_UNDEFINED {
		panic(refusalf("attribute %q: type %v, expected INTS", name, a.GetType()))
	}
	return a.GetInts()
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

// Constant tensors: decoded without trusting their shape, for a shape of a few
// bytes can claim gigabytes. The data must be there before anything is allocated.

package onnx

import (
	"encoding/binary"
	"math"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// tensor is a constant in row-major order: floats, or ints.
type tensor struct {
	shape  []int
	elem   onnxpb.TensorProto_DataType
	floats []float64
	ints   []int64
}

// size returns the number of elements of a shape, or maxEntries+1 when there are more than
// maxEntries.
func size(shape []int) int {
	n := 1
	for _, d := range shape {
		if d > 0 && n > maxEntries/d {
			return maxEntries + 1
		}
		n *= d
	}
	return n
}

// take appends elements of another tensor of the same type, from one to before another.
func (t *tensor) take(from *tensor, a, b int) {
	if from.ints != nil {
		t.ints = append(t.ints, from.ints[a:b]...)
	} else {
		t.floats = append(t.floats, from.floats[a:b]...)
	}
}

// fitting returns the shape of a result, unless it has too many elements.
func fitting(shape []int) []int {
	if size(shape) > maxEntries {
		panic(refusalf("the result, of shape %v, has more than %d elements", shape, maxEntries))
	}
	return shape
}

// decode reads a tensor of finite floats or of integers.
func decode(p *onnxpb.TensorProto) *tensor {
	if p.GetDataLocation() == onnxpb.TensorProto_EXTERNAL || len(p.ExternalData) > 0 {
		panic(refusalf("its data is in another file (external data), supported is data inside the .onnx file, or in a file of its folder (or export with external_data=False)"))
	}
	if p.Segment != nil {
		panic(refusalf("it is segmented, supported are whole tensors"))
	}
	t := &tensor{elem: onnxpb.TensorProto_DataType(p.GetDataType()), shape: []int{}}
	for i, d := range p.Dims {
		if d < 1 || d > maxEntries {
			panic(refusalf("dims: dimension %d is %d, expected 1 to %d", i, d, maxEntries))
		}
		t.shape = append(t.shape, int(d))
	}
	if size(t.shape) > maxEntries {
		panic(refusalf("dims: %v has more than %d elements", t.shape, maxEntries))
	}
	if f, ok := floatElements[t.elem]; ok {
		v := f.read(p, t.shape)
		for i, x := range v {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				panic(refusalf("element %d is %g, expected a finite number", i, x))
			}
		}
		t.floats = v
		return t
	}
	f, ok := intElements[t.elem]
	if !ok {
		panic(refusalf("elements of type %v, supported are FLOAT and DOUBLE (and integers for shapes)", t.elem))
	}
	t.ints = f.read(p, t.shape)
	return t
}

// mustFit refuses integers that their type does not hold: what an operator makes of those is not
// their sum, product or whatever it is, but what is left of it in so many bits.
func (t *tensor) mustFit() *tensor {
	if r, ok := integerRange[t.elem]; ok {
		for i, v := range t.ints {
			if v < r[0] || v > r[1] {
				panic(refusalf("element %d is %d, which is beyond the type %v", i, v, t.elem))
			}
		}
	}
	return t
}

// integerRange has the least and the largest number of each type of integers but the longest.
var integerRange = map[onnxpb.TensorProto_DataType][2]int64{
	onnxpb.TensorProto_INT32:  {math.MinInt32, math.MaxInt32},
	onnxpb.TensorProto_INT16:  {math.MinInt16, math.MaxInt16},
	onnxpb.TensorProto_UINT16: {0, math.MaxUint16},
	onnxpb.TensorProto_INT8:   {math.MinInt8, math.MaxInt8},
	onnxpb.TensorProto_UINT8:  {0, math.MaxUint8},
	onnxpb.TensorProto_BOOL:   {0, 1},
}

// element says where a tensor keeps its elements of a type: in raw_data, of so many bytes each and
// little endian, or in the field of this name.
type element[T any] struct {
	width int
	field string
	count func(p *onnxpb.TensorProto) int
	typed func(p *onnxpb.TensorProto, i int) T
	raw   func(b []byte) T
}

// read returns the elements, once they are known to be there.
func (e element[T]) read(p *onnxpb.TensorProto, shape []int) []T {
	n, typed := size(shape), e.count(p)
	switch raw := len(p.RawData); {
	case raw > 0 && typed > 0:
		panic(refusalf("raw_data and %s are both given", e.field))
	case raw > 0 && raw != n*e.width:
		panic(refusalf("raw_data: %d bytes, expected %d, that is %d for each of the %d elements of dims %v", raw, n*e.width, e.width, n, shape))
	case raw == 0 && typed != n:
		panic(refusalf("%s: %d numbers, expected %d, the elements of dims %v", e.field, typed, n, shape))
	}
	v := make([]T, n)
	for i := range v {
		if typed > 0 {
			v[i] = e.typed(p, i)
		} else {
			v[i] = e.raw(p.RawData[e.width*i:])
		}
	}
	return v
}

var floatElements = map[onnxpb.TensorProto_DataType]element[float64]{
	onnxpb.TensorProto_FLOAT: {4, "float_data", func(p *onnxpb.TensorProto) int { return len(p.FloatData) },
		func(p *onnxpb.TensorProto, i int) float64 { return float64(p.FloatData[i]) },
		func(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) }},
	onnxpb.TensorProto_DOUBLE: {8, "double_data", func(p *onnxpb.TensorProto) int { return len(p.DoubleData) },
		func(p *onnxpb.TensorProto, i int) float64 { return p.DoubleData[i] },
		func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }},
	onnxpb.TensorProto_FLOAT16:  narrow(2, func(b []byte) float64 { return dyadic.Float16(binary.LittleEndian.Uint16(b)) }),
	onnxpb.TensorProto_BFLOAT16: narrow(2, func(b []byte) float64 { return dyadic.BFloat16(binary.LittleEndian.Uint16(b)) }),
}

var intElements = map[onnxpb.TensorProto_DataType]element[int64]{
	onnxpb.TensorProto_INT64: {8, "int64_data", func(p *onnxpb.TensorProto) int { return len(p.Int64Data) },
		func(p *onnxpb.TensorProto, i int) int64 { return p.Int64Data[i] },
		func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }},
	onnxpb.TensorProto_INT32:  narrow(4, func(b []byte) int64 { return int64(int32(binary.LittleEndian.Uint32(b))) }),
	onnxpb.TensorProto_INT16:  narrow(2, func(b []byte) int64 { return int64(int16(binary.LittleEndian.Uint16(b))) }),
	onnxpb.TensorProto_UINT16: narrow(2, func(b []byte) int64 { return int64(binary.LittleEndian.Uint16(b)) }),
	onnxpb.TensorProto_INT8:   narrow(1, func(b []byte) int64 { return int64(int8(b[0])) }),
	onnxpb.TensorProto_UINT8:  narrow(1, func(b []byte) int64 { return int64(b[0]) }),
	onnxpb.TensorProto_BOOL:   narrow(1, func(b []byte) int64 { return min(1, int64(b[0])) }),
}

// narrow is a type of at most 32 bits, whose bits the field int32_data holds one by one.
func narrow[T any](width int, raw func([]byte) T) element[T] {
	return element[T]{width, "int32_data", func(p *onnxpb.TensorProto) int { return len(p.Int32Data) },
		func(p *onnxpb.TensorProto, i int) T {
			return raw(binary.LittleEndian.AppendUint32(nil, uint32(p.Int32Data[i])))
		}, raw}
}

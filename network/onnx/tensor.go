// Constant tensors: decoded without trusting their shape, for a shape of a few
// bytes can claim gigabytes. The data must be there before anything is allocated.

package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

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

// decode reads a tensor of finite floats or of integers.
func decode(p *onnxpb.TensorProto) (*tensor, error) {
	if p.GetDataLocation() == onnxpb.TensorProto_EXTERNAL || len(p.ExternalData) > 0 {
		return nil, errors.New("its data is in another file (external data), supported is data inside the .onnx file")
	}
	if p.Segment != nil {
		return nil, errors.New("it is segmented, supported are whole tensors")
	}
	t := &tensor{elem: onnxpb.TensorProto_DataType(p.GetDataType()), shape: []int{}}
	for i, d := range p.Dims {
		if d < 1 || d > maxEntries {
			return nil, fmt.Errorf("dims: dimension %d is %d, expected 1 to %d", i, d, maxEntries)
		}
		t.shape = append(t.shape, int(d))
	}
	n := size(t.shape)
	if n > maxEntries {
		return nil, fmt.Errorf("dims: %v has more than %d elements", t.shape, maxEntries)
	}
	switch t.elem {
	case onnxpb.TensorProto_FLOAT:
		return t, t.decodeFloats(p, n, 4, len(p.FloatData), "float_data", func(i int) float64 {
			if len(p.RawData) > 0 {
				return float64(math.Float32frombits(binary.LittleEndian.Uint32(p.RawData[4*i:])))
			}
			return float64(p.FloatData[i])
		})
	case onnxpb.TensorProto_DOUBLE:
		return t, t.decodeFloats(p, n, 8, len(p.DoubleData), "double_data", func(i int) float64 {
			if len(p.RawData) > 0 {
				return math.Float64frombits(binary.LittleEndian.Uint64(p.RawData[8*i:]))
			}
			return p.DoubleData[i]
		})
	case onnxpb.TensorProto_FLOAT16, onnxpb.TensorProto_BFLOAT16:
		widen := float16
		if t.elem == onnxpb.TensorProto_BFLOAT16 {
			widen = func(bits uint16) float64 { return float64(math.Float32frombits(uint32(bits) << 16)) }
		}
		return t, t.decodeFloats(p, n, 2, len(p.Int32Data), "int32_data", func(i int) float64 {
			if len(p.RawData) > 0 {
				return widen(binary.LittleEndian.Uint16(p.RawData[2*i:]))
			}
			return widen(uint16(p.Int32Data[i]))
		})
	case onnxpb.TensorProto_INT8, onnxpb.TensorProto_UINT8:
		return t, t.decodeInts(p, n, 1, len(p.Int32Data), "int32_data", func(i int) int64 {
			switch {
			case len(p.RawData) == 0:
				return int64(p.Int32Data[i])
			case t.elem == onnxpb.TensorProto_INT8:
				return int64(int8(p.RawData[i]))
			}
			return int64(p.RawData[i])
		})
	case onnxpb.TensorProto_INT64:
		return t, t.decodeInts(p, n, 8, len(p.Int64Data), "int64_data", func(i int) int64 {
			if len(p.RawData) > 0 {
				return int64(binary.LittleEndian.Uint64(p.RawData[8*i:]))
			}
			return p.Int64Data[i]
		})
	case onnxpb.TensorProto_INT32:
		return t, t.decodeInts(p, n, 4, len(p.Int32Data), "int32_data", func(i int) int64 {
			if len(p.RawData) > 0 {
				return int64(int32(binary.LittleEndian.Uint32(p.RawData[4*i:])))
			}
			return int64(p.Int32Data[i])
		})
	case onnxpb.TensorProto_BOOL:
		return t, t.decodeInts(p, n, 1, len(p.Int32Data), "int32_data", func(i int) int64 {
			if len(p.RawData) > 0 {
				return int64(p.RawData[i])
			}
			return int64(p.Int32Data[i])
		})
	}
	return nil, fmt.Errorf("elements of type %v, supported are FLOAT and DOUBLE (and integers for shapes)", t.elem)
}

// float16 returns the number that the bits are: 1 of sign, 5 of exponent, 10 of mantissa.
func float16(bits uint16) float64 {
	sign, exponent, mantissa := 1.0, int(bits>>10)&31, float64(bits&1023)
	if bits>>15 != 0 {
		sign = -1
	}
	switch exponent {
	case 0:
		return sign * math.Ldexp(mantissa, -24)
	case 31:
		if mantissa != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+mantissa, exponent-25)
}

// checkLength checks that the data holds what the shape claims.
func (t *tensor) checkLength(p *onnxpb.TensorProto, n, width, typed int, field string) error {
	if len(p.RawData) > 0 {
		if typed > 0 {
			return fmt.Errorf("raw_data and %s are both given", field)
		}
		if len(p.RawData) != n*width {
			return fmt.Errorf("raw_data: %d bytes, expected %d, that is %d for each of the %d elements of dims %v", len(p.RawData), n*width, width, n, t.shape)
		}
		return nil
	}
	if typed != n {
		return fmt.Errorf("%s: %d numbers, expected %d, the elements of dims %v", field, typed, n, t.shape)
	}
	return nil
}

func (t *tensor) decodeFloats(p *onnxpb.TensorProto, n, width, typed int, field string, at func(int) float64) error {
	if err := t.checkLength(p, n, width, typed, field); err != nil {
		return err
	}
	t.floats = make([]float64, n)
	for i := range t.floats {
		v := at(i)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("element %d is %g, expected a finite number", i, v)
		}
		t.floats[i] = v
	}
	return nil
}

func (t *tensor) decodeInts(p *onnxpb.TensorProto, n, width, typed int, field string, at func(int) int64) error {
	if err := t.checkLength(p, n, width, typed, field); err != nil {
		return err
	}
	t.ints = make([]int64, n)
	for i := range t.ints {
		t.ints[i] = at(i)
	}
	return nil
}

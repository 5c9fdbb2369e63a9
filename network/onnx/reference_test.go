// An independent evaluation of ONNX graphs, node by node on tensors in
// float64, written from the operators' specification and sharing nothing with the
// reader: what the reader's networks are held against.

package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// array is a tensor of the reference.
type array struct {
	dims []int
	data []float64
}

func volume(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

func newArray(dims ...int) array { return array{dims, make([]float64, volume(dims))} }

// at reads the element at an index, a dimension of size 1 standing for any index; missing
// leading dimensions are ignored.
func (a array) at(index []int) float64 {
	index = index[len(index)-len(a.dims):]
	p := 0
	for d, i := range index {
		if a.dims[d] == 1 {
			i = 0
		}
		p = p*a.dims[d] + i
	}
	return a.data[p]
}

// indices calls f with every index of a shape.
func indices(dims []int, f func(index []int, n int)) {
	index := make([]int, len(dims))
	for n := 0; n < volume(dims); n++ {
		rest := n
		for d := len(dims) - 1; d >= 0; d-- {
			index[d] = rest % dims[d]
			rest /= dims[d]
		}
		f(index, n)
	}
}

func fromProto(t *onnxpb.TensorProto) array {
	a := array{dims: []int{}}
	for _, d := range t.Dims {
		a.dims = append(a.dims, int(d))
	}
	switch raw := t.RawData; onnxpb.TensorProto_DataType(t.GetDataType()) {
	case onnxpb.TensorProto_FLOAT:
		for _, v := range t.FloatData {
			a.data = append(a.data, float64(v))
		}
		for ; len(raw) > 0; raw = raw[4:] {
			a.data = append(a.data, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
		}
	case onnxpb.TensorProto_DOUBLE:
		a.data = append(a.data, t.DoubleData...)
		for ; len(raw) > 0; raw = raw[8:] {
			a.data = append(a.data, math.Float64frombits(binary.LittleEndian.Uint64(raw)))
		}
	default:
		for _, v := range t.Int64Data {
			a.data = append(a.data, float64(v))
		}
		for _, v := range t.Int32Data {
			a.data = append(a.data, float64(v))
		}
		for ; len(raw) > 0; raw = raw[8:] {
			a.data = append(a.data, float64(int64(binary.LittleEndian.Uint64(raw))))
		}
	}
	return a
}

// evaluate runs the graph on x.
func evaluate(g *onnxpb.GraphProto, inputShape []int, x []float64) []float64 {
	env := map[string]array{}
	for _, t := range g.Initializer {
		env[t.GetName()] = fromProto(t)
	}
	for _, in := range g.Input {
		if _, ok := env[in.GetName()]; !ok {
			env[in.GetName()] = array{inputShape, x}
		}
	}
	for _, n := range g.Node {
		at := map[string]*onnxpb.AttributeProto{}
		for _, a := range n.Attribute {
			at[a.GetName()] = a
		}
		args := []array{}
		for _, name := range n.Input {
			args = append(args, env[name])
		}
		env[n.Output[0]] = apply(n.GetOpType(), at, args)
	}
	return env[g.Output[0].GetName()].data
}

func apply(op string, at map[string]*onnxpb.AttributeProto, in []array) array {
	switch op {
	case "Constant":
		return fromProto(at["value"].T)
	case "Identity", "Dropout":
		return in[0]
	case "Relu":
		return mapped(in[0], func(v float64) float64 { return math.Max(v, 0) })
	case "Abs":
		return mapped(in[0], math.Abs)
	case "PRelu":
		return zip(in[0], in[1], func(v, slope float64) float64 {
			if v < 0 {
				return slope * v
			}
			return v
		})
	case "LeakyRelu":
		slope := float64(float32(0.01))
		if a := at["alpha"]; a != nil {
			slope = float64(a.GetF())
		}
		return mapped(in[0], func(v float64) float64 {
			if v < 0 {
				return slope * v
			}
			return v
		})
	case "Add":
		return zip(in[0], in[1], func(a, b float64) float64 { return a + b })
	case "Sub":
		return zip(in[0], in[1], func(a, b float64) float64 { return a - b })
	case "MatMul":
		return refMatMul(in[0], in[1])
	case "Gemm":
		return refGemm(at, in)
	case "Conv":
		return refConv(at, in)
	case "AveragePool":
		return refPool(at, in[0])
	case "BatchNormalization":
		return refNorm(at, in)
	case "Flatten":
		axis := int(intOr(at, "axis", 1))
		if axis < 0 {
			axis += len(in[0].dims)
		}
		return array{[]int{volume(in[0].dims[:axis]), volume(in[0].dims[axis:])}, in[0].data}
	case "Reshape":
		return refReshape(in[0], in[1].data)
	case "Squeeze", "Unsqueeze":
		return refAxes(op, at, in)
	case "GridSample":
		return refGridSample(at, in[0], in[1])
	case "RoiAlign":
		return refRoiAlign(at, string(at["coordinate_transformation_mode"].GetS()) == "half_pixel", in[0], in[1], in[2])
	case "DeformConv":
		in = append(in, array{}, array{})
		return refDeformConv(at, in[0], in[1], in[2], in[3], in[4])
	}
	panic(fmt.Sprintf("the reference has no %s", op))
}

func mapped(a array, f func(float64) float64) array {
	out := newArray(a.dims...)
	for i, v := range a.data {
		out.data[i] = f(v)
	}
	return out
}

func zip(a, b array, f func(a, b float64) float64) array {
	r := max(len(a.dims), len(b.dims))
	dims := make([]int, r)
	for d := range dims {
		dims[d] = 1
		if i := d - (r - len(a.dims)); i >= 0 {
			dims[d] = max(dims[d], a.dims[i])
		}
		if i := d - (r - len(b.dims)); i >= 0 {
			dims[d] = max(dims[d], b.dims[i])
		}
	}
	out := newArray(dims...)
	indices(dims, func(index []int, n int) { out.data[n] = f(a.at(index), b.at(index)) })
	return out
}

func refMatMul(a, b array) array {
	aVector, bVector := len(a.dims) == 1, len(b.dims) == 1
	if aVector {
		a.dims = []int{1, a.dims[0]}
	}
	if bVector {
		b.dims = []int{b.dims[0], 1}
	}
	batch := a.dims[:len(a.dims)-2]
	if len(b.dims) > len(a.dims) {
		batch = b.dims[:len(b.dims)-2]
	}
	rows, inner, cols := a.dims[len(a.dims)-2], a.dims[len(a.dims)-1], b.dims[len(b.dims)-1]
	out := newArray(append(append([]int{}, batch...), rows, cols)...)
	indices(out.dims, func(index []int, n int) {
		i, j := index[len(index)-2], index[len(index)-1]
		lead := index[:len(index)-2]
		for k := 0; k < inner; k++ {
			out.data[n] += a.at(append(append([]int{}, lead...), i, k)) * b.at(append(append([]int{}, lead...), k, j))
		}
	})
	r := len(out.dims)
	switch {
	case aVector && bVector:
		out.dims = out.dims[:r-2]
	case aVector:
		out.dims = append(append([]int{}, out.dims[:r-2]...), cols)
	case bVector:
		out.dims = out.dims[:r-1]
	}
	return out
}

func refGemm(at map[string]*onnxpb.AttributeProto, in []array) array {
	alpha, beta := 1.0, 1.0
	if a := at["alpha"]; a != nil {
		alpha = float64(a.GetF())
	}
	if a := at["beta"]; a != nil {
		beta = float64(a.GetF())
	}
	a, b := in[0], in[1]
	if intOr(at, "transA", 0) != 0 {
		a = transposed(a)
	}
	if intOr(at, "transB", 0) != 0 {
		b = transposed(b)
	}
	out := mapped(refMatMul(a, b), func(v float64) float64 { return alpha * v })
	if len(in) > 2 {
		out = zip(out, in[2], func(v, c float64) float64 { return v + beta*c })
	}
	return out
}

func transposed(a array) array {
	out := newArray(a.dims[1], a.dims[0])
	indices(out.dims, func(index []int, n int) { out.data[n] = a.at([]int{index[1], index[0]}) })
	return out
}

func intOr(at map[string]*onnxpb.AttributeProto, name string, missing int64) int64 {
	if a := at[name]; a != nil {
		return a.GetI()
	}
	return missing
}

func intsOr(at map[string]*onnxpb.AttributeProto, name string, n int, missing int64) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = int(missing)
		if a := at[name]; a != nil {
			out[i] = int(a.Ints[i])
		}
	}
	return out
}

func refNorm(at map[string]*onnxpb.AttributeProto, in []array) array {
	epsilon := float64(float32(1e-5))
	if a := at["epsilon"]; a != nil {
		epsilon = float64(a.GetF())
	}
	out := newArray(in[0].dims...)
	indices(out.dims, func(index []int, n int) {
		c := index[1]
		out.data[n] = (in[0].data[n]-in[3].data[c])/math.Sqrt(in[4].data[c]+epsilon)*in[1].data[c] + in[2].data[c]
	})
	return out
}

func refReshape(a array, shape []float64) array {
	dims, known := make([]int, len(shape)), 1
	for i, v := range shape {
		dims[i] = int(v)
		if v == 0 {
			dims[i] = a.dims[i]
		}
		if v != -1 {
			known *= dims[i]
		}
	}
	for i, v := range shape {
		if v == -1 {
			dims[i] = len(a.data) / known
		}
	}
	return array{dims, a.data}
}

func refAxes(op string, at map[string]*onnxpb.AttributeProto, in []array) array {
	axes := map[int]bool{}
	add := func(v, rank int) {
		if v < 0 {
			v += rank
		}
		axes[v] = true
	}
	rank := len(in[0].dims)
	list := []float64{}
	if len(in) > 1 {
		list = in[1].data
	} else if a := at["axes"]; a != nil {
		for _, v := range a.Ints {
			list = append(list, float64(v))
		}
	}
	if op == "Unsqueeze" {
		rank += len(list)
	}
	for _, v := range list {
		add(int(v), rank)
	}
	dims := []int{}
	rest := in[0].dims
	for i := 0; i < rank; i++ {
		switch {
		case op == "Unsqueeze" && axes[i]:
			dims = append(dims, 1)
		case op == "Unsqueeze":
			dims, rest = append(dims, rest[0]), rest[1:]
		case axes[i] || len(list) == 0 && rest[i] == 1:
		default:
			dims = append(dims, rest[i])
		}
	}
	return array{dims, in[0].data}
}

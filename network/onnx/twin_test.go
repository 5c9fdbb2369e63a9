// Random graphs, lowered to layers and evaluated exactly, against a slow twin that knows nothing of
// layers: it evaluates the nodes one by one in rationals.

package onnx

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// rats is a tensor of the twin.
type rats struct {
	dims []int
	data []*big.Rat
}

// twin evaluates a node.
func twin(op string, at map[string]*onnxpb.AttributeProto, in []rats) []rats {
	one := func(f func(v *big.Rat) *big.Rat) []rats {
		out := rats{in[0].dims, nil}
		for _, v := range in[0].data {
			out.data = append(out.data, f(v))
		}
		return []rats{out}
	}
	two := func(f func(a, b *big.Rat) *big.Rat) []rats {
		out := rats{dims: wider(in[0].dims, in[1].dims)}
		indices(out.dims, func(index []int, _ int) { out.data = append(out.data, f(in[0].at(index), in[1].at(index))) })
		return []rats{out}
	}
	larger := func(a, b *big.Rat) *big.Rat {
		if a.Cmp(b) > 0 {
			return a
		}
		return b
	}
	smaller := func(a, b *big.Rat) *big.Rat {
		if a.Cmp(b) < 0 {
			return a
		}
		return b
	}
	zero := new(big.Rat)
	switch op {
	case "Relu":
		return one(func(v *big.Rat) *big.Rat { return larger(v, zero) })
	case "Abs":
		return one(func(v *big.Rat) *big.Rat { return new(big.Rat).Abs(v) })
	case "Neg":
		return one(func(v *big.Rat) *big.Rat { return new(big.Rat).Neg(v) })
	case "Cast", "Identity":
		return in[:1]
	case "Clip":
		return one(func(v *big.Rat) *big.Rat { return smaller(larger(v, in[1].data[0]), in[2].data[0]) })
	case "Add":
		return two(func(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) })
	case "Sub":
		return two(func(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) })
	case "Mul":
		return two(func(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) })
	case "Max":
		if len(in) > 2 {
			in = []rats{twin("Max", nil, in[:2])[0], in[2]}
		}
		return two(larger)
	case "Min":
		return two(smaller)
	case "MatMul": // of two matrices
		m, k, n := in[0].dims[0], in[0].dims[1], in[1].dims[1]
		out := rats{dims: []int{m, n}}
		for i := range m {
			for j := range n {
				s := new(big.Rat)
				for t := range k {
					s.Add(s, new(big.Rat).Mul(in[0].data[i*k+t], in[1].data[t*n+j]))
				}
				out.data = append(out.data, s)
			}
		}
		return []rats{out}
	case "Transpose":
		out := rats{dims: []int{in[0].dims[1], in[0].dims[0]}}
		indices(out.dims, func(i []int, _ int) { out.data = append(out.data, in[0].at([]int{i[1], i[0]})) })
		return []rats{out}
	case "Concat":
		return []rats{concatenated(int(at["axis"].GetI()), in)}
	case "Slice":
		start, axis := int(at["starts"].Ints[0]), int(at["axes"].Ints[0])
		return []rats{in[0].part(axis, start, int(at["ends"].Ints[0]))}
	case "Split":
		axis, first := int(at["axis"].GetI()), int(at["split"].Ints[0])
		return []rats{in[0].part(axis, 0, first), in[0].part(axis, first, in[0].dims[axis])}
	case "Pad":
		pads := at["pads"].Ints
		out := rats{dims: []int{in[0].dims[0] + int(pads[0]+pads[2]), in[0].dims[1] + int(pads[1]+pads[3])}}
		indices(out.dims, func(i []int, _ int) {
			r, c := i[0]-int(pads[0]), i[1]-int(pads[1])
			v := rat(float64(at["value"].GetF()))
			if r >= 0 && c >= 0 && r < in[0].dims[0] && c < in[0].dims[1] {
				v = in[0].at([]int{r, c})
			}
			out.data = append(out.data, v)
		})
		return []rats{out}
	case "Scan":
		return summedUp(in)
	case "TopK":
		return []rats{in[0].topRows(int(at["k"].GetI()))}
	case "ReduceMax":
		out := rats{dims: []int{1, in[0].dims[1]}}
		for j := range in[0].dims[1] {
			top := in[0].at([]int{0, j})
			for i := range in[0].dims[0] {
				top = larger(top, in[0].at([]int{i, j}))
			}
			out.data = append(out.data, top)
		}
		return []rats{out}
	case "ReduceSum":
		out := rats{dims: []int{1, in[0].dims[1]}}
		for j := range in[0].dims[1] {
			s := new(big.Rat)
			for i := range in[0].dims[0] {
				s.Add(s, in[0].at([]int{i, j}))
			}
			out.data = append(out.data, s)
		}
		return []rats{out}
	}
	return twins[op](at, in)
}

// summedUp is what the Scan of a random graph does: h becomes relu(h + x) from row to row.
func summedUp(in []rats) []rats {
	h, all := in[0], rats{dims: in[1].dims}
	for i := range in[1].dims[0] {
		h = twin("Relu", nil, twin("Add", nil, []rats{h, in[1].part(0, i, i+1)}))[0]
		all.data = append(all.data, h.data...)
	}
	return []rats{h, all}
}

func (a rats) at(index []int) *big.Rat {
	p := 0
	for d, i := range index[len(index)-len(a.dims):] {
		if a.dims[d] == 1 {
			i = 0
		}
		p = p*a.dims[d] + i
	}
	return a.data[p]
}

func (a rats) part(axis, from, to int) rats {
	out := rats{dims: slices.Clone(a.dims)}
	out.dims[axis] = to - from
	indices(out.dims, func(index []int, _ int) {
		i := slices.Clone(index)
		i[axis] += from
		out.data = append(out.data, a.at(i))
	})
	return out
}

func concatenated(axis int, in []rats) rats {
	out := rats{dims: slices.Clone(in[0].dims)}
	for _, a := range in[1:] {
		out.dims[axis] += a.dims[axis]
	}
	indices(out.dims, func(index []int, _ int) {
		i := slices.Clone(index)
		for _, a := range in {
			if i[axis] < a.dims[axis] {
				out.data = append(out.data, a.at(i))
				return
			}
			i[axis] -= a.dims[axis]
		}
	})
	return out
}

func wider(a, b []int) []int {
	out := slices.Clone(a)
	for d := range out {
		out[d] = max(a[d], b[d])
	}
	return out
}

// drawn is a random graph of matrices with at most maxSide rows and columns.
type drawn struct {
	*rapid.T
	g      *onnxpb.GraphProto
	values []string
	shapes map[string][]int
	inputs []string
}

const maxSide = 4

func (d *drawn) number(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(d.T, label) }

// any draws a value, the later ones more often.
func (d *drawn) any() (string, []int) {
	k := len(d.values) - 1 - min(d.number("value", 0, len(d.values)-1), d.number("or later", 0, len(d.values)-1))
	return d.values[k], d.shapes[d.values[k]]
}

// matrix adds an initializer: small numbers, some of which make sums and products that round.
func (d *drawn) matrix(rows, cols int) string {
	name := fmt.Sprintf("c%d", len(d.g.Initializer))
	data := make([]float64, rows*cols)
	for i := range data {
		data[i] = rapid.SampledFrom([]float64{0, 1, -1, 0.5, -2, 3, 0.1, 1.0 / 3, 0x1p-60, -0.7}).Draw(d.T, "number")
	}
	d.g.Initializer = append(d.g.Initializer, &onnxpb.TensorProto{Name: &name, Dims: []int64{int64(rows), int64(cols)},
		DataType: ptr(int32(onnxpb.TensorProto_DOUBLE)), DoubleData: data})
	return name
}

func (d *drawn) node(op string, in []string, shapes [][]int, at ...*onnxpb.AttributeProto) {
	n := &onnxpb.NodeProto{OpType: ptr(op), Input: in, Attribute: at}
	for _, s := range shapes {
		name := fmt.Sprintf("v%d", len(d.values))
		n.Output = append(n.Output, name)
		d.values, d.shapes[name] = append(d.values, name), s
	}
	d.g.Node = append(d.g.Node, n)
}

// step adds a random node.
func (d *drawn) step() {
	x, s := d.any()
	switch op := rapid.SampledFrom([]string{"Relu", "Abs", "Neg", "Cast", "Clip", "MatMul", "Transpose", "Concat", "Slice", "Split", "Pad", "ReduceSum", "ReduceMax", "TopK", "Scan", "Max of three",
		"Add", "Sub", "Max", "Min", "Mul", "Add", "Sub", "more", "more", "more", "more", "more"}).Draw(d.T, "op"); op {
	case "more":
		d.more(x, s)
	case "Cast":
		d.node(op, []string{x}, [][]int{s}, intAttr("to", 1))
	case "Clip":
		d.g.Initializer = append(d.g.Initializer,
			&onnxpb.TensorProto{Name: ptr(x + "lo"), DataType: ptr(int32(onnxpb.TensorProto_DOUBLE)), DoubleData: []float64{-0.3}},
			&onnxpb.TensorProto{Name: ptr(x + "hi"), DataType: ptr(int32(onnxpb.TensorProto_DOUBLE)), DoubleData: []float64{0.75}})
		if slices.ContainsFunc(d.g.Node, func(n *onnxpb.NodeProto) bool { return n.GetOpType() == op && n.Input[1] == x+"lo" }) {
			d.g.Initializer = d.g.Initializer[:len(d.g.Initializer)-2]
		}
		d.node(op, []string{x, x + "lo", x + "hi"}, [][]int{s})
	case "MatMul":
		cols := d.number("columns", 1, maxSide)
		d.node(op, []string{x, d.matrix(s[1], cols)}, [][]int{{s[0], cols}})
	case "Transpose":
		d.node(op, []string{x}, [][]int{{s[1], s[0]}})
	case "Concat", "Add", "Sub", "Max", "Min", "Mul":
		d.pair(op, x, s)
	case "Slice":
		from := d.number("from", 0, s[1]-1)
		to := d.number("to", from+1, s[1])
		d.node(op, []string{x}, [][]int{{s[0], to - from}}, intsAttr("starts", int64(from)), intsAttr("ends", int64(to)), intsAttr("axes", 1))
	case "Split":
		if s[1] < 2 {
			return
		}
		k := d.number("first", 1, s[1]-1)
		d.node(op, []string{x}, [][]int{{s[0], k}, {s[0], s[1] - k}}, intAttr("axis", 1), intsAttr("split", int64(k), int64(s[1]-k)))
	case "Pad":
		if s[0] < maxSide && s[1] < maxSide {
			d.node(op, []string{x}, [][]int{{s[0] + 1, s[1] + 1}}, intsAttr("pads", 0, 1, 1, 0), floatAttr("value", float32(d.number("fill", -1, 1))))
		}
	case "Max of three":
		d.node("Max", []string{x, d.matrix(1, s[1]), d.matrix(s[0], 1)}, [][]int{s})
	case "TopK":
		k := d.number("k", 1, s[0])
		d.node(op, []string{x}, [][]int{{k, s[1]}}, intAttr("axis", 0), intAttr("k", int64(k)))
	case "Scan":
		d.node(op, []string{d.matrix(1, s[1]), x}, [][]int{{1, s[1]}, s}, intAttr("num_scan_inputs", 1), bodyAttr([]string{"a", "b"}, []string{"r", "o"},
			newNode("Add", "s", []string{"a", "b"}), newNode("Relu", "r", []string{"s"}), newNode("Constant", "flat", nil, intsAttr("value_ints", -1)), newNode("Reshape", "o", []string{"r", "flat"})))
	case "ReduceSum", "ReduceMax":
		d.node(op, []string{x}, [][]int{{1, s[1]}}, intsAttr("axes", 0))
	default:
		d.node(op, []string{x}, [][]int{s})
	}
}

// pair adds a node of x and another value or a constant.
func (d *drawn) pair(op, x string, s []int) {
	y, t := d.any()
	if op == "Mul" || rapid.Bool().Draw(d.T, "constant") {
		t = []int{rapid.SampledFrom([]int{1, s[0]}).Draw(d.T, "rows"), s[1]}
		if op == "Concat" {
			t[0] = s[0]
		}
		y = d.matrix(t[0], t[1])
	}
	in := []string{x, y}
	if rapid.Bool().Draw(d.T, "turned") {
		in = []string{y, x}
	}
	fits := s[1] == t[1] && (s[0] == t[0] || t[0] == 1 || s[0] == 1)
	switch {
	case op == "Concat" && s[0] == t[0] && s[1]+t[1] <= maxSide:
		d.node(op, in, [][]int{{s[0], s[1] + t[1]}}, intAttr("axis", 1))
	case op != "Concat" && fits:
		d.node(op, in, [][]int{wider(s, t)})
	}
}

// evaluated is what the twin makes of the graph at x.
func (d *drawn) evaluated(x []*big.Rat) map[string]rats {
	env := map[string]rats{}
	for _, t := range d.g.Initializer {
		a := fromProto(t)
		r := rats{dims: a.dims}
		for _, v := range a.data {
			r.data = append(r.data, rat(v))
		}
		env[t.GetName()] = r
	}
	for _, name := range d.inputs {
		k := volume(d.shapes[name])
		env[name], x = rats{d.shapes[name], x[:k]}, x[k:]
	}
	for _, n := range d.g.Node {
		at, in := map[string]*onnxpb.AttributeProto{}, []rats{}
		for _, a := range n.Attribute {
			at[a.GetName()] = a
		}
		for _, name := range n.Input {
			in = append(in, env[name])
		}
		for i, out := range twin(n.GetOpType(), at, in) {
			env[n.Output[i]] = out
		}
	}
	return env
}

func drawGraph(t *rapid.T) *drawn {
	d := &drawn{T: t, g: &onnxpb.GraphProto{}, shapes: map[string][]int{}}
	for i := range d.number("inputs", 1, 2) {
		shape := []int{d.number("rows", 1, 3), d.number("columns", 1, 3)}
		name := fmt.Sprintf("x%d", i)
		in := valueInfo(name, onnxpb.TensorProto_FLOAT, shape[1])
		in.GetType().GetTensorType().Shape.Dim[0].Value = &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: int64(shape[0])}
		d.g.Input = append(d.g.Input, in)
		d.values, d.shapes[name], d.inputs = append(d.values, name), shape, append(d.inputs, name)
	}
	for range d.number("nodes", 1, 12) {
		d.step()
	}
	return d
}

func (d *drawn) model(output string) []byte {
	d.g.Output = []*onnxpb.ValueInfoProto{{Name: ptr(output)}}
	data, err := proto.Marshal(&onnxpb.ModelProto{Graph: d.g, OpsetImport: []*onnxpb.OperatorSetIdProto{{Version: ptr(usual.opset)}}})
	require.NoError(d.T, err)
	return data
}

// needs are the inputs that a value depends on, in the graph's order.
func (d *drawn) needs(value string) []string {
	read := map[string]bool{value: true}
	for _, n := range slices.Backward(d.g.Node) {
		if slices.ContainsFunc(n.Output, func(o string) bool { return read[o] }) {
			for _, in := range n.Input {
				read[in] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(d.inputs), func(in string) bool { return !read[in] })
}

func TestRandomGraphsAgainstTheTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawGraph(t)
		output := d.values[len(d.values)-1]
		n, im, err := read(d.model(output), testLimit)
		require.NoError(t, err)
		require.Empty(t, im.Rounded)
		src := rand.New(rand.NewPCG(uint64(d.number("seed", 0, 1000)), 1))
		for range 3 {
			x := map[string][]*big.Rat{}
			var all, needed []*big.Rat
			for _, in := range d.inputs {
				for range volume(d.shapes[in]) {
					x[in] = append(x[in], rat(float64(src.IntN(65)-32)/16))
				}
				all = append(all, x[in]...)
			}
			for _, in := range d.needs(output) {
				needed = append(needed, x[in]...)
			}
			requireExactly(t, n, needed, d.evaluated(all)[output].data)
		}
		// Neither the order of the nodes nor dead ones, names or operator sets change the network.
		d.g.Node = rapid.Permutation(append(d.g.Node, newNode("Relu", "dead", []string{d.inputs[0]}))).Draw(t, "order")
		d.rename()
		m := &onnxpb.ModelProto{}
		require.NoError(t, proto.Unmarshal(d.model(output+"'"), m))
		m.OpsetImport[0].Version = ptr(rapid.Int64Range(d.leastOpset(), 25).Draw(t, "opset"))
		renewed, err := proto.Marshal(m)
		require.NoError(t, err)
		again, _, err := read(renewed, testLimit)
		require.NoError(t, err)
		require.Equal(t, n.Fingerprint(), again.Fingerprint())
	})
}

// leastOpset is 7, from which on operators broadcast by numpy's rule, or 9 where an operator is
// newer or meant something else.
func (d *drawn) leastOpset() int64 {
	old := []string{"Relu", "Abs", "Neg", "Cast", "Clip", "MatMul", "Transpose", "Concat", "Slice", "Split", "Pad", "ReduceSum", "ReduceMax", "TopK", "Add", "Sub", "Mul", "LeakyRelu", "PRelu", "Flatten", "Identity", "Gemm"}
	if slices.ContainsFunc(d.g.Node, func(n *onnxpb.NodeProto) bool { return !slices.Contains(old, n.GetOpType()) }) {
		return 9
	}
	return 7
}

func requireExactly(t require.TestingT, n *network.Network, x, want []*big.Rat) {
	at := make([]*big.Float, len(x))
	for i, v := range x {
		f, _ := v.Float64()
		at[i] = big.NewFloat(f)
	}
	got, _ := n.ForwardExact(at)
	require.Len(t, got, len(want))
	for i, v := range got {
		r, _ := v.Rat(nil)
		require.Zero(t, want[i].Cmp(r), "output %d: %v, expected %v", i, v, want[i])
	}
}

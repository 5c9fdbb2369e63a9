// Building ONNX graphs by hand for the tests, and checking what the reader
// makes of one against the reference.

package onnx

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// chain builds a graph node by node; each node reads the value of the one before as
// its input "x".
type chain struct {
	g     *onnxpb.GraphProto
	shape []int
	value string
}

// newChain declares an input; −1 is a dimension named by a parameter.
func newChain(shape ...int) *chain {
	c := &chain{g: &onnxpb.GraphProto{}, shape: []int{}, value: "v0"}
	dims := []*onnxpb.TensorShapeProto_Dimension{}
	for _, d := range shape {
		dim := &onnxpb.TensorShapeProto_Dimension{Value: &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: int64(d)}}
		if d < 0 {
			d, dim.Value = 1, &onnxpb.TensorShapeProto_Dimension_DimParam{DimParam: "N"}
		}
		c.shape = append(c.shape, d)
		dims = append(dims, dim)
	}
	in := valueInfo(c.value, onnxpb.TensorProto_FLOAT, 1)
	in.GetType().GetTensorType().Shape.Dim = dims
	c.g.Input = append(c.g.Input, in)
	return c
}

// node appends a node; the input "x" is the running value.
func (c *chain) node(op string, inputs []string, attributes ...*onnxpb.AttributeProto) *chain {
	in := append([]string{}, inputs...)
	for i, name := range in {
		if name == "x" {
			in[i] = c.value
		}
	}
	c.value = "v" + string(rune('A'+len(c.g.Node)))
	c.g.Node = append(c.g.Node, newNode(op, c.value, in, attributes...))
	return c
}

// doubles and ints add an initializer.
func (c *chain) doubles(name string, dims []int64, data ...float64) *chain {
	c.g.Initializer = append(c.g.Initializer, &onnxpb.TensorProto{Name: &name, Dims: dims,
		DataType: ptr(int32(onnxpb.TensorProto_DOUBLE)), DoubleData: data})
	return c
}

func (c *chain) ints(name string, data ...int64) *chain {
	c.g.Initializer = append(c.g.Initializer, &onnxpb.TensorProto{Name: &name, Dims: []int64{int64(len(data))},
		DataType: ptr(int32(onnxpb.TensorProto_INT64)), Int64Data: data})
	return c
}

// small adds an initializer of random multiples of 1/8.
func (c *chain) small(src *rand.Rand, name string, dims ...int64) *chain {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	data := make([]float64, n)
	for i := range data {
		data[i] = float64(src.IntN(33)-16) / 8
	}
	return c.doubles(name, dims, data...)
}

func intAttr(name string, v int64) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_INT.Enum(), I: &v}
}

func floatAttr(name string, v float32) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_FLOAT.Enum(), F: &v}
}

func intsAttr(name string, v ...int64) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_INTS.Enum(), Ints: v}
}

func stringAttr(name, v string) *onnxpb.AttributeProto {
	return &onnxpb.AttributeProto{Name: &name, Type: onnxpb.AttributeProto_STRING.Enum(), S: []byte(v)}
}

// model ends the chain at the running value.
func (c *chain) model() *onnxpb.ModelProto {
	c.g.Output = []*onnxpb.ValueInfoProto{{Name: ptr(c.value)}}
	return &onnxpb.ModelProto{IrVersion: ptr(usual.ir), Graph: c.g,
		OpsetImport: []*onnxpb.OperatorSetIdProto{{Version: ptr(usual.opset)}}}
}

func encode(t testing.TB, m *onnxpb.ModelProto) []byte {
	data, err := proto.Marshal(m)
	require.NoError(t, err)
	return data
}

// testLimit keeps a test from building large networks by mistake.
const testLimit = 1 << 22

// read reads all rows of a batch.
func read(data []byte, limit int) (*network.Network, *network.Import, error) {
	return readModel(data, limit, Options{Batch: AllRows})
}

func (c *chain) read(t testing.TB) (*network.Network, *network.Import, error) {
	return read(encode(t, c.model()), testLimit)
}

// referenceTolerance bounds the relative difference of two evaluations in float64 of a
// graph of a few nodes on numbers of a few bits: some hundred roundings of 2⁻⁵³ with
// cancellation of at most a few bits.
const referenceTolerance = 0x1p-40

// check reads the chain and compares it with the reference at random points.
func (c *chain) check(t testing.TB, src *rand.Rand) (*network.Network, *network.Import) {
	n, im, err := c.read(t)
	require.NoError(t, err)
	require.Equal(t, volume(c.shape), n.Inputs())
	compare(t, n, c.g, c.shape, src, 5, referenceTolerance)
	return n, im
}

func compare(t testing.TB, n *network.Network, g *onnxpb.GraphProto, shape []int, src *rand.Rand, times int, tolerance float64) {
	x := make([]float64, n.Inputs())
	for range times {
		for i := range x {
			x[i] = src.Float64()*2 - 1
		}
		want, got := evaluate(g, shape, x), n.Forward(x)
		require.Len(t, got, len(want))
		scale := 1.0
		for _, v := range want {
			scale = math.Max(scale, math.Abs(v))
		}
		for i := range want {
			require.InDelta(t, want[i], got[i], tolerance*scale, "output %d", i)
		}
	}
}

func newSource(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 42)) }

// Each operator against the reference, and the layers that it becomes.

package onnx

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

func TestOperatorsMatchTheReference(t *testing.T) {
	src := newSource(1)
	for name, c := range map[string]*chain{
		"MatMul right":           newChain(1, 3).small(src, "w", 3, 4).node("MatMul", []string{"x", "w"}),
		"MatMul right, vector":   newChain(3).small(src, "w", 3, 4).node("MatMul", []string{"x", "w"}),
		"MatMul right by vector": newChain(2, 3).small(src, "w", 3).node("MatMul", []string{"x", "w"}),
		"MatMul right, stack":    newChain(2, 2, 3).small(src, "w", 3, 2).node("MatMul", []string{"x", "w"}),
		"MatMul left, vector":    newChain(3).small(src, "w", 4, 3).node("MatMul", []string{"w", "x"}),
		"MatMul left, column":    newChain(3, 1).small(src, "w", 4, 3).node("MatMul", []string{"w", "x"}),
		"MatMul left by vector":  newChain(3, 2).small(src, "w", 3).node("MatMul", []string{"w", "x"}),
		"MatMul left, stack":     newChain(2, 3, 2).small(src, "w", 4, 3).node("MatMul", []string{"w", "x"}),
		"MatMul dot":             newChain(3).small(src, "w", 3).node("MatMul", []string{"w", "x"}),
		"Gemm":                   newChain(-1, 3).small(src, "w", 3, 4).small(src, "b", 4).node("Gemm", []string{"x", "w", "b"}),
		"Gemm transB":            newChain(1, 3).small(src, "w", 4, 3).small(src, "b", 1, 4).node("Gemm", []string{"x", "w", "b"}, intAttr("transB", 1)),
		"Gemm transA":            newChain(3, 1).small(src, "w", 3, 4).node("Gemm", []string{"x", "w"}, intAttr("transA", 1)),
		"Gemm transA, wide":      newChain(3, 2).small(src, "w", 3, 4).small(src, "b", 2, 1).node("Gemm", []string{"x", "w", "b"}, intAttr("transA", 1)),
		"Gemm left":              newChain(3, 2).small(src, "w", 4, 3).small(src, "b", 4, 2).node("Gemm", []string{"w", "x", "b"}),
		"Gemm left transA":       newChain(3, 2).small(src, "w", 3, 4).node("Gemm", []string{"w", "x"}, intAttr("transA", 1)),
		"Gemm left transB":       newChain(2, 3).small(src, "w", 4, 3).node("Gemm", []string{"w", "x"}, intAttr("transB", 1)),
		"Gemm alpha beta":        newChain(1, 3).small(src, "w", 3, 4).small(src, "b").node("Gemm", []string{"x", "w", "b"}, floatAttr("alpha", 0.5), floatAttr("beta", -3)),
		"Gemm alpha inexact":     newChain(1, 2).doubles("w", []int64{2, 1}, 1.0/3, 0.1).doubles("b", []int64{1}, 0.7).node("Gemm", []string{"x", "w", "b"}, floatAttr("alpha", 0.1), floatAttr("beta", 0.3)),
		"Add":                    newChain(1, 3).small(src, "b", 3).node("Add", []string{"x", "b"}),
		"Add left":               newChain(1, 3).small(src, "b", 1, 1).node("Add", []string{"b", "x"}),
		"Add enlarges":           newChain(1, 3).small(src, "b", 2, 1).node("Add", []string{"x", "b"}),
		"Sub":                    newChain(1, 3).small(src, "b", 3).node("Sub", []string{"x", "b"}),
		"Sub left":               newChain(2, 3).small(src, "b", 3).node("Sub", []string{"b", "x"}),
		"Relu first":             newChain(1, 3).node("Relu", []string{"x"}),
		"Relu twice":             newChain(1, 3).node("Relu", []string{"x"}).node("Relu", []string{"x"}),
		"LeakyRelu":              newChain(1, 3).node("LeakyRelu", []string{"x"}),
		"LeakyRelu alpha":        newChain(1, 3).node("LeakyRelu", []string{"x"}, floatAttr("alpha", -0.5)),
		"LeakyRelu 0":            newChain(1, 3).node("LeakyRelu", []string{"x"}, floatAttr("alpha", 0)),
		"LeakyRelu 1":            newChain(1, 3).node("LeakyRelu", []string{"x"}, floatAttr("alpha", 1)),
		"Abs":                    newChain(1, 3).small(src, "b", 3).node("Add", []string{"x", "b"}).node("Abs", []string{"x"}),
		"PRelu":                  newChain(1, 4).doubles("s", []int64{4}, 0, 1, -1, 0.1).node("PRelu", []string{"x", "s"}),
		"PRelu of one slope":     newChain(1, 3).doubles("s", []int64{1}, 0.25).node("PRelu", []string{"x", "s"}),
		"PRelu per channel":      newChain(1, 2, 3).doubles("s", []int64{2, 1}, 0.25, 0).node("PRelu", []string{"x", "s"}).node("Relu", []string{"x"}),
		"Flatten":                newChain(-1, 2, 3).node("Flatten", []string{"x"}).small(src, "w", 6, 2).node("MatMul", []string{"x", "w"}),
		"Flatten axis":           newChain(2, 3, 1).node("Flatten", []string{"x"}, intAttr("axis", -1)).small(src, "w", 1, 2).node("MatMul", []string{"x", "w"}),
		"Reshape":                newChain(1, 6).ints("s", -1, 2).node("Reshape", []string{"x", "s"}).small(src, "w", 2, 2).node("MatMul", []string{"x", "w"}),
		"Reshape 0":              newChain(2, 6).ints("s", 0, 3, 2).node("Reshape", []string{"x", "s"}).small(src, "w", 2, 2).node("MatMul", []string{"x", "w"}),
		"Squeeze":                newChain(1, 3, 1).node("Squeeze", []string{"x"}, intsAttr("axes", -1)).small(src, "w", 3, 2).node("MatMul", []string{"x", "w"}),
		"Squeeze all":            newChain(1, 3, 1).node("Squeeze", []string{"x"}).small(src, "w", 3, 2).node("MatMul", []string{"x", "w"}),
		"Squeeze input":          newChain(1, 3, 1).ints("a", 2).node("Squeeze", []string{"x", "a"}).small(src, "w", 3, 2).node("MatMul", []string{"x", "w"}),
		"Unsqueeze":              newChain(3).ints("a", 0, -1).node("Unsqueeze", []string{"x", "a"}).small(src, "w", 1, 2).node("MatMul", []string{"x", "w"}),
		"Identity":               newChain(1, 3).node("Identity", []string{"x"}),
		"Dropout":                newChain(1, 3).node("Dropout", []string{"x"}, floatAttr("ratio", 0.5)).node("Relu", []string{"x"}),
		"Conv 1-D":               newChain(1, 2, 7).small(src, "w", 3, 2, 3).small(src, "b", 3).node("Conv", []string{"x", "w", "b"}, intsAttr("strides", 2), intsAttr("pads", 1, 2)),
		"Conv batch of 2":        newChain(2, 1, 5).small(src, "w", 2, 1, 2).node("Conv", []string{"x", "w"}),
		"Conv 3-D":               newChain(1, 2, 3, 4, 2).small(src, "w", 4, 1, 2, 3, 1).small(src, "b", 4).node("Conv", []string{"x", "w", "b"}, intAttr("group", 2), intsAttr("strides", 1, 2, 1), intsAttr("pads", 1, 0, 0, 0, 2, 1)),
		"Conv 3-D, dilated":      newChain(2, 1, 4, 3, 5).small(src, "w", 1, 1, 2, 2, 3).node("Conv", []string{"x", "w"}, intsAttr("dilations", 2, 1, 2)),
		"AveragePool 3-D":        newChain(1, 2, 3, 2, 4).node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 2, 1, 2), intsAttr("strides", 1, 1, 2), intsAttr("pads", 1, 0, 0, 0, 0, 0)),
		"AveragePool 1-D":        newChain(1, 2, 7).node("AveragePool", []string{"x"}, intsAttr("kernel_shape", 3), intsAttr("pads", 1, 1)),
		"BatchNormalization": newChain(-1, 2, 3).small(src, "s", 2).small(src, "b", 2).small(src, "m", 2).doubles("v", []int64{2}, 0.3, 7).
			node("BatchNormalization", []string{"x", "s", "b", "m", "v"}),
		"BatchNormalization after Gemm": newChain(1, 2).small(src, "w", 2, 3).node("Gemm", []string{"x", "w"}).small(src, "s", 3).small(src, "b", 3).small(src, "m", 3).
			doubles("v", []int64{3}, 0.3, 7, 1).node("BatchNormalization", []string{"x", "s", "b", "m", "v"}, floatAttr("epsilon", 0.25)).node("Relu", []string{"x"}),
	} {
		t.Run(name, func(t *testing.T) { c.check(t, newSource(2)) })
	}
}

func TestConstantNodesAndMovedConstants(t *testing.T) {
	src := newSource(3)
	c := newChain(1, 3).small(src, "w", 12).ints("s", 3, 4)
	c.g.Node = append(c.g.Node,
		newNode("Reshape", "w2", []string{"w", "s"}), newNode("Identity", "w3", []string{"w2"}),
		newNode("Constant", "b", nil, &onnxpb.AttributeProto{Name: ptr("value"), Type: onnxpb.AttributeProto_TENSOR.Enum(),
			T: &onnxpb.TensorProto{Dims: []int64{4}, DataType: ptr(int32(onnxpb.TensorProto_FLOAT)), FloatData: []float32{1, 2, 3, 4}}}))
	c.node("MatMul", []string{"x", "w3"}).node("Add", []string{"x", "b"}).node("Relu", []string{"x"})
	n, im := c.check(t, src)
	require.Len(t, n.Layers(), 1)
	require.Equal(t, "float32 and float64", im.Precision)

	for attr, want := range map[*onnxpb.AttributeProto][]float64{
		floatAttr("value_float", 0.5): {0.5, 0.5, 0.5},
		{Name: ptr("value_floats"), Type: onnxpb.AttributeProto_FLOATS.Enum(), Floats: []float32{1, 2, 3}}: {1, 2, 3},
	} {
		c := newChain(1, 3)
		c.g.Node = append(c.g.Node, newNode("Constant", "b", nil, attr))
		n, _, err := c.node("Add", []string{"x", "b"}).read(t)
		require.NoError(t, err)
		require.Equal(t, want, n.Layers()[0].B)
	}
	d := newChain(1, 4)
	d.g.Node = append(d.g.Node, newNode("Constant", "s", nil, intsAttr("value_ints", 2, 2)))
	_, _, err := d.node("Reshape", []string{"x", "s"}).node("Relu", []string{"x"}).read(t)
	require.NoError(t, err)
}

func TestWindowsMatchTheReference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(rt, name) }
		h, w, kh, kw := draw("h", 1, 6), draw("w", 1, 6), draw("kh", 1, 3), draw("kw", 1, 3)
		group, perGroup, units := draw("group", 1, 2), draw("channels", 1, 2), draw("units", 1, 2)
		attrs := []*onnxpb.AttributeProto{
			intsAttr("strides", int64(draw("sh", 1, 3)), int64(draw("sw", 1, 3))),
		}
		dh, dw := draw("dh", 1, 2), draw("dw", 1, 2)
		attrs = append(attrs, intsAttr("dilations", int64(dh), int64(dw)))
		switch auto := rapid.SampledFrom([]string{"", "SAME_UPPER", "SAME_LOWER"}).Draw(rt, "auto_pad"); auto {
		case "":
			// Less padding than the kernel, so that no window lies in the padding alone, and
			// enough for the kernel to fit.
			pad := func(name string, in, k, d int) int64 { return int64(draw(name, max(0, k*d-in), max(k*d-in, k-1))) }
			ph, pw := pad("ph", h, kh, dh), pad("pw", w, kw, dw)
			attrs = append(attrs, intsAttr("pads", ph, pw, ph, pw))
		default:
			attrs = append(attrs, stringAttr("auto_pad", auto))
		}
		src := newSource(uint64(draw("seed", 0, 1000)))
		c := newChain(1, group*perGroup, h, w).small(src, "w", int64(group*units), int64(perGroup), int64(kh), int64(kw)).small(src, "b", int64(group*units))
		c.node("Conv", []string{"x", "w", "b"}, append(attrs, intAttr("group", int64(group)))...).check(t, src)
		pool := newChain(1, 2, h, w).node("AveragePool", []string{"x"}, append(attrs, intsAttr("kernel_shape", int64(kh), int64(kw)), intAttr("count_include_pad", int64(draw("include", 0, 1))), intAttr("ceil_mode", int64(draw("ceil", 0, 1))))...)
		if _, _, err := pool.read(t); err != nil {
			require.ErrorContains(t, err, "a window lies in the padding alone") // possible with dilations
			return
		}
		pool.check(t, src)
	})
}

// Operator sets before 7 said by attributes how a constant is broadcast.
func TestOldBroadcasting(t *testing.T) {
	n, _, err := newChain(1, 2, 3).doubles("c", []int64{2}, 1, 2).node("Add", []string{"x", "c"}, intAttr("broadcast", 1), intAttr("axis", 1)).read(t)
	require.NoError(t, err)
	require.Equal(t, []float64{1, 1, 1, 2, 2, 2}, n.Layers()[0].B)
}

// outline gives the layers as text: I identity, D diagonal or W any, width, activation.
func outline(n *network.Network) string {
	s := ""
	for _, l := range n.Layers() {
		kind := "W"
		if rows, cols := l.W.Dims(); rows == cols {
			kind = "I"
			for i := range rows {
				for j := range cols {
					if v := l.W.At(i, j); i != j && v != 0 {
						kind = "W"
					} else if i == j && v != 1 && kind == "I" {
						kind = "D"
					}
				}
			}
		}
		s += fmt.Sprintf("%s%d:%v ", kind, l.Out(), l.Act)
	}
	return s
}

func TestLayersAreMergedOnlyWhenExact(t *testing.T) {
	third := 1.0 / 3
	gemm := func() *chain {
		return newChain(1, 2).doubles("w", []int64{2, 3}, 1, third, 3, 4, 5, 6).doubles("b", []int64{3}, 1, 2, 3)
	}
	for name, c := range map[string]struct {
		chain *chain
		want  string
	}{
		"MatMul Add Relu":     {gemm().node("MatMul", []string{"x", "w"}).node("Add", []string{"x", "b"}).node("Relu", []string{"x"}), "W3:relu "},
		"Sub at front":        {gemm().doubles("m", []int64{2}, 1, third).node("Sub", []string{"x", "m"}).node("Gemm", []string{"x", "w", "b"}).node("Relu", []string{"x"}), "I2:none W3:relu "},
		"Sub of zeros":        {gemm().doubles("m", []int64{2}, 0, 0).node("Sub", []string{"x", "m"}).node("MatMul", []string{"x", "w"}), "W3:none "},
		"Add twice, exact":    {gemm().node("Gemm", []string{"x", "w", "b"}).node("Add", []string{"x", "b"}), "W3:none "},
		"Add twice, inexact":  {gemm().doubles("c", []int64{3}, third, 1, 0x1p-60).node("Gemm", []string{"x", "w", "b"}).node("Add", []string{"x", "c"}).node("Relu", []string{"x"}), "W3:none I3:relu "},
		"alpha a power of 2":  {gemm().node("Gemm", []string{"x", "w", "b"}, floatAttr("alpha", 0.25)), "W3:none "},
		"alpha inexact":       {gemm().node("Gemm", []string{"x", "w", "b"}, floatAttr("alpha", 0.1)), "W3:none D3:none "},
		"beta inexact":        {gemm().doubles("c", []int64{3}, third, 0, 0).node("Gemm", []string{"x", "w", "c"}, floatAttr("beta", 0.1)), "W3:none I3:none "},
		"c − x":               {gemm().node("Gemm", []string{"x", "w"}).node("Sub", []string{"b", "x"}).node("Relu", []string{"x"}), "W3:relu "},
		"two products":        {gemm().doubles("v", []int64{3, 1}, 1, 1, 1).node("MatMul", []string{"x", "w"}).node("MatMul", []string{"x", "v"}), "W3:none W1:none "},
		"nothing":             {newChain(1, 2).node("Identity", []string{"x"}), "I2:none "},
		"Relu of the input":   {newChain(1, 2).node("Relu", []string{"x"}), "I2:relu "},
		"no invented neurons": {newChain(1, 2).node("Relu", []string{"x"}).node("Relu", []string{"x"}), "I2:relu I2:relu "},
	} {
		t.Run(name, func(t *testing.T) {
			n, im := c.chain.check(t, newSource(4))
			require.Equal(t, c.want, outline(n))
			require.Empty(t, im.Rounded)
		})
	}
}

func TestGemmBetaIsExactInTwoBiases(t *testing.T) {
	third, beta := 1.0/3, float32(0.1)
	n, _, err := newChain(1, 1).doubles("w", []int64{1, 1}, 1).doubles("c", []int64{1}, third).
		node("Gemm", []string{"x", "w", "c"}, floatAttr("beta", beta)).read(t)
	require.NoError(t, err)
	p := third * float64(beta)
	require.Equal(t, p, n.Layers()[0].B[0])
	require.Equal(t, math.FMA(third, float64(beta), -p), n.Layers()[1].B[0])
}

func TestRoundingIsReported(t *testing.T) {
	norm := func(variance, epsilon float64) *chain {
		return newChain(1, 2, 3).doubles("s", []int64{2}, 3, 3).doubles("b", []int64{2}, 1, 2).doubles("m", []int64{2}, 5, 0).
			doubles("v", []int64{2}, variance, 4-epsilon).node("BatchNormalization", []string{"x", "s", "b", "m", "v"}, floatAttr("epsilon", float32(epsilon)))
	}
	n, im := norm(0.3, 0).check(t, newSource(5))
	require.Equal(t, []network.Rounding{{What: "BatchNormalization: scale/√(var+epsilon)", Entries: 3}}, im.Rounded)
	require.Equal(t, 3, im.RoundedEntries())
	require.Equal(t, "I6:none D6:none ", outline(n)) // the mean first, so that no product is rounded
	_, im = norm(2.25, 0).check(t, newSource(5))     // 3/1.5 = 2
	require.Empty(t, im.Rounded)
	_, im = norm(1.75, 0.5).check(t, newSource(5))
	require.Empty(t, im.Rounded)

	pool := func(k int64) *chain {
		return newChain(1, 1, 6).node("AveragePool", []string{"x"}, intsAttr("kernel_shape", k))
	}
	_, im = pool(4).check(t, newSource(5))
	require.Empty(t, im.Rounded)
	n, im = pool(3).check(t, newSource(5))
	require.Equal(t, []network.Rounding{{What: "AveragePool: 1/(size of the window)", Entries: 12}}, im.Rounded)
	require.Equal(t, 1.0/3, n.Layers()[0].W.At(0, 0))
}

// threeRoundings covers those of a sum, a root and a quotient in float64, 2⁻⁵³ each.
const threeRoundings = 0x1p-51

func TestNormFactorRoundsToNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.Float64Range(-4, 4).Draw(t, "scale")
		variance := rapid.Float64Range(0x1p-20, 100).Draw(t, "variance")
		f, rounded := normFactor(scale, variance, 1e-5)
		want := scale / math.Sqrt(variance+1e-5)
		require.InDelta(t, want, f, math.Abs(want)*threeRoundings)
		require.True(t, rounded || f == want)
	})
	for _, v := range []float64{0, -1, -1e-5} {
		err := attempt(func() { normFactor(1, v, 0) })
		require.ErrorContains(t, err, "expected a positive number")
	}
	err := attempt(func() { normFactor(math.MaxFloat64, 0x1p-1074, 0) })
	require.ErrorContains(t, err, "beyond the range")
}

func TestProductExactness(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b")
		if math.IsInf(a, 0) || math.IsInf(b, 0) {
			return
		}
		if productIsExact(a, b) {
			requireExactProduct(t, a, b)
		}
		if s, e := twoSum(a, b); e == 0 {
			requireExactSum(t, a, b, s)
		}
	})
	require.True(t, productIsExact(0.5, 1.0/3))
	require.False(t, productIsExact(0.1, 1.0/3))
	require.False(t, productIsExact(0x1p-600, 0x1p-600)) // underflows to 0
	require.False(t, productIsExact(0x1p600, 0x1p600))
	require.True(t, productIsExact(0, 0.1))
	_, e := twoSum(math.MaxFloat64, math.MaxFloat64)
	require.NotZero(t, e)
}

// Files for training are refused, and a fixed batch is said.

package onnx

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// readAs reads the chain as one of that opset.
func (c *chain) readAs(t *testing.T, opset int64) error {
	m := c.model()
	m.OpsetImport[0].Version = &opset
	_, _, err := read(encode(t, m), testLimit)
	return err
}

func TestTrainingIsRefused(t *testing.T) {
	src := rand.New(rand.NewPCG(1, 2))
	nodes := map[string]func(...*onnxpb.AttributeProto) *chain{
		"BatchNormalization": func(a ...*onnxpb.AttributeProto) *chain {
			return newChain(-1, 2).small(src, "c", 2).doubles("v", []int64{2}, 1, 2).node("BatchNormalization", []string{"x", "c", "c", "c", "v"}, a...)
		},
		"Dropout": func(a ...*onnxpb.AttributeProto) *chain {
			return newChain(-1, 2).node("Relu", []string{"x"}).node("Dropout", []string{"x"}, a...)
		},
	}
	for op, build := range nodes {
		for _, opset := range []int64{1, 6} {
			require.ErrorContains(t, build().readAs(t, opset), `(`+op+`): attribute "is_test": missing, which means training in opset`)
			require.ErrorContains(t, build(intAttr("is_test", 0)).readAs(t, opset), `(`+op+`): attribute "is_test": 0, which means training, expected 1`)
			require.NoError(t, build(intAttr("is_test", 1)).readAs(t, opset))
		}
		for _, opset := range []int64{7, 9, 13, 14, 17} {
			require.NoError(t, build().readAs(t, opset))
			require.ErrorContains(t, build(intAttr("is_test", 0)).readAs(t, opset), `expected 1`)
		}
		m := build().model()
		m.OpsetImport[0].Domain = ptr("com.example")
		_, _, err := read(encode(t, m), testLimit)
		require.ErrorContains(t, err, "names no version of ONNX's operators")
	}
	five := nodes["BatchNormalization"]()
	five.g.Node[0].Output = append(five.g.Node[0].Output, "mean", "var", "saved_mean", "saved_var")
	require.ErrorContains(t, five.readAs(t, 9), `(BatchNormalization): 5 outputs, which mean training`)
	five.g.Node[0].Output = []string{"vA", "", "", "", ""}
	require.NoError(t, five.readAs(t, 9))
}

func TestPReluOfOldOperatorSets(t *testing.T) {
	c := newChain(1, 2, 2).doubles("s", []int64{2}, 0.25, 0).node("PRelu", []string{"x", "s"})
	require.NoError(t, c.readAs(t, 6))
	// Each channel has its slope; later sets align shapes at the end, by numpy's rule.
	x, channels := []float64{-4, -4, -4, -4}, []float64{-1, -1, 0, 0}
	byHand{newChain(1, 2, 2).doubles("s", []int64{2}, 0.25, 0).node("PRelu", []string{"x", "s"}), 6, x, channels}.check(t)
	byHand{newChain(1, 2, 2).doubles("s", []int64{2, 1}, 0.25, 0).node("PRelu", []string{"x", "s"}), 6, x, channels}.check(t)
	byHand{c, 7, x, []float64{-1, 0, -1, 0}}.check(t)
	c = newChain(1, 2, 3).doubles("s", []int64{3}, 0.25, 0, 1).node("PRelu", []string{"x", "s"})
	require.ErrorContains(t, c.readAs(t, 6), "(PRelu): input 1 (slope): shape [3] in operator set 6, expected one number, or one for each channel of shape [1 2 3]")
}

// A batch of rows that are passed on by other slopes is no product of copies.
func TestCopiesHaveEqualSlopes(t *testing.T) {
	for note, slopes := range map[string][]float64{
		"the network is a product of 2 copies": {0, 0.5, 0, 0.5}, "which treats them differently or together": {0, 0.5, 0, 1},
	} {
		c := newChain(2, 2).doubles("s", []int64{2, 2}, slopes...).node("PRelu", []string{"x", "s"})
		_, im, err := readModel(encode(t, c.model()), testLimit, Options{Batch: 2})
		require.NoError(t, err)
		require.Contains(t, im.Notes[len(im.Notes)-1], note)
	}
}

// These were read as if they were for inference.
func TestTrainingByDefaultBelowOpset7(t *testing.T) {
	for file, want := range map[string]string{
		"bn6_training_by_default.onnx":      `(BatchNormalization): attribute "is_test": missing, which means training in opset 6`,
		"dropout6_training_by_default.onnx": `(Dropout): attribute "is_test": missing, which means training in opset 6`,
	} {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "cases", file))
		if os.IsNotExist(err) {
			t.Skipf("no file shared/cases/%s beside the project", file)
		}
		require.NoError(t, err)
		_, _, err = read(data, testLimit)
		require.ErrorContains(t, err, want)
	}
}

func TestAFixedBatchIsNoted(t *testing.T) {
	src := rand.New(rand.NewPCG(3, 4))
	const product, mixed = "the network is a product of 3 copies", "which treats them differently or together"
	for name, c := range map[string]struct {
		chain *chain
		want  string
	}{
		"dense": {newChain(3, 2).small(src, "w", 2, 4).small(src, "b", 4).node("Gemm", []string{"x", "w", "b"}).node("Relu", []string{"x"}), product},
		"convolution": {newChain(3, 1, 2, 2).small(src, "w", 2, 1, 2, 2).node("Conv", []string{"x", "w"}).node("Relu", []string{"x"}).
			node("Flatten", []string{"x"}).small(src, "v", 2, 3).node("MatMul", []string{"x", "v"}), product},
		"activations alone": {newChain(3, 2).node("Relu", []string{"x"}), product},
		"skip": {newChain(3, 2).small(src, "w", 2, 2).node("MatMul", []string{"x", "w"}).node("Relu", []string{"x"}).
			small(src, "v", 2, 2).node("MatMul", []string{"x", "v"}).node("Add", []string{"x", "vA"}).node("Relu", []string{"x"}), product},
		"skip of rows mixed": {newChain(3, 2).small(src, "w", 3, 3).node("Relu", []string{"x"}).node("MatMul", []string{"w", "x"}).
			node("Add", []string{"x", "vA"}), mixed},
		"skip of rows apart": {newChain(3, 2).small(src, "c", 3, 1).node("Relu", []string{"x"}).node("Add", []string{"x", "c"}).
			node("Relu", []string{"x"}).node("Add", []string{"x", "vA"}), mixed},
		"rows mixed":         {newChain(3, 2).small(src, "w", 3, 3).node("MatMul", []string{"w", "x"}), mixed},
		"rows apart":         {newChain(3, 2).small(src, "c", 3, 1).node("Add", []string{"x", "c"}), mixed},
		"flattened":          {newChain(3, 2).node("Flatten", []string{"x"}, intAttr("axis", 0)).small(src, "w", 6, 6).node("MatMul", []string{"x", "w"}), mixed},
		"a batch of 1":       {newChain(1, 2).node("Relu", []string{"x"}), ""},
		"a batch of no size": {newChain(-1, 2).node("Relu", []string{"x"}), ""},
		"a vector":           {newChain(3).node("Relu", []string{"x"}), ""},
		"a number":           {newChain().node("Relu", []string{"x"}), ""},
	} {
		batch := c.chain.shape
		if c.want == "" {
			_, im := c.chain.check(t, src)
			require.Empty(t, im.Notes, name)
			continue
		}
		n, im, err := readModel(encode(t, c.chain.model()), testLimit, Options{Batch: batch[0]})
		require.NoError(t, err)
		compare(t, n, c.chain.g, batch, src, 5, referenceTolerance)
		requireOneRow(t, c.chain, n, c.want == product)
		require.Len(t, im.Notes, 1, name)
		require.Contains(t, im.Notes[0], c.want, name)
	}
}

// Row 0 of a batch of two inputs is row 0 of both.
func TestABatchOfTwoInputs(t *testing.T) {
	c := newChain(2, 1).doubles("w", []int64{1, 1}, 3)
	c.g.Input = append(c.g.Input, proto.CloneOf(c.g.Input[0]))
	c.g.Input[1].Name = ptr("y")
	m := c.node("MatMul", []string{"x", "w"}).node("Sub", []string{"x", "y"}).node("Relu", []string{"x"}).model()
	n, im, err := readModel(encode(t, m), testLimit, Options{})
	require.NoError(t, err)
	require.Contains(t, im.Notes[1], `Inputs "v0", "y" have a fixed batch of 2, whose rows do not mix`)
	require.Equal(t, []float64{5}, n.Forward([]float64{2, 1}))
	all, _, err := readModel(encode(t, m), testLimit, Options{Batch: 2})
	require.NoError(t, err)
	require.Equal(t, []float64{5, 0}, all.Forward([]float64{2, 1, 1, 7}))
}

// requireOneRow checks what is read by default: one row of a product, or all of it.
func requireOneRow(t *testing.T, c *chain, all *network.Network, product bool) {
	one, im, err := readModel(encode(t, c.model()), testLimit, Options{})
	require.NoError(t, err)
	if !product {
		require.Equal(t, all.Fingerprint(), one.Fingerprint())
		return
	}
	require.Contains(t, im.Notes[0], "whose rows do not mix: the network is that of one row (--batch 3 ")
	times := c.shape[0]
	require.Equal(t, all.Inputs(), times*one.Inputs())
	require.Equal(t, all.Neurons(), times*one.Neurons())
	x := make([]float64, all.Inputs())
	for i := range x {
		x[i] = float64(i%one.Inputs()) - 0.75
	}
	require.Equal(t, all.Forward(x)[:one.Outputs()], one.Forward(x[:one.Inputs()]))
	_, _, err = readModel(encode(t, c.model()), testLimit, Options{Batch: 2})
	require.ErrorContains(t, err, "a batch of 2 is asked for, expected 1 or that of input \"v0\", 3")
}

// A constant that one row reads, and a unit that is of no row, was taken to be that row's alone: in
// the other row that unit read the wrong value, or one value twice.
func TestAConstantReadByAllRowsIsOfNone(t *testing.T) {
	dense := func(rows, cols int, w, b []float64) network.Layer {
		return network.Layer{W: mat.NewDense(rows, cols, w), B: b, Act: network.ReLU}
	}
	n, err := network.New([]network.Layer{
		dense(3, 2, []float64{0, 0, 1, 0, 0, 1}, []float64{2, 0, 0}),          // 2, x0, x1
		dense(3, 3, []float64{1, 0, 0, 0, 1, 0, 1, 0, 1}, []float64{0, 0, 0}), // 2, x0, 2 + x1
	})
	require.NoError(t, err)
	r := rowsOf(n, []int{0, 1})
	require.Equal(t, [][]int{{0, 1}, {shared, 0, 1}, {shared, 0, 1}}, r.of)
	require.True(t, mat.Equal(mat.NewDense(2, 2, []float64{1, 0, 0, 1}), r.layers(0)[1].W))
	require.Nil(t, oneRow(n, 2, []int{0, 1}, true, true), "the rows are treated differently")
}

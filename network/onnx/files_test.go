// Trained networks of other tools, when they are at hand: the hidden widths
// they are known to have, and their outputs against the reference.

package onnx

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// fileTolerance bounds the relative difference of two float64 evaluations of a
// network of at most 7 layers of a fan-in of at most 2400: 7·2400 roundings of 2⁻⁵³,
// and as much again for the cancellation that random signs leave.
const fileTolerance = 0x1p-38

func TestPublicNetworks(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "nets")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no folder %s with public networks", root)
	}
	six := []int{50, 50, 50, 50, 50, 50}
	for name, want := range map[string]struct {
		inputs, outputs int
		hidden          []int
	}{
		"ACASXU_run2a_1_1_batch_2000.onnx": {5, 5, six},
		"ACASXU_run2a_3_3_batch_2000.onnx": {5, 5, six},
		"TestNetwork2.onnx":                {5, 5, six},
		"cartpole.onnx":                    {4, 2, []int{64, 64}},
		"vdp.onnx":                         {3, 3, []int{32, 32}},
		"lindex.onnx":                      {1, 1, []int{128, 128, 128}},
		"tll_2_8_0.onnx":                   {2, 1, []int{128, 64, 32, 16, 8, 4}},
		"bunny_2d_2x50.onnx":               {2, 1, []int{50, 50}},
		"mnist-net_256x2.onnx":             {784, 10, []int{256, 256}},
		"NN_rul_small_window_20.onnx":      {400, 1, []int{1600, 2400, 800, 600, 100}},
		"test_nano.onnx":                   {1, 1, []int{1}},
		"test_tiny.onnx":                   {1, 1, []int{1}},
		"test_small.onnx":                  {1, 1, []int{2, 2}},
		"random/he_10-16-1_s13.onnx":       {10, 1, []int{16}},
		"random/he_2-16-16-16-2_s2.onnx":   {2, 2, []int{16, 16, 16}},
		"random/he_2-64-64-1_s4.onnx":      {2, 1, []int{64, 64}},
		"random/he_3-16-16-2_s5.onnx":      {3, 2, []int{16, 16}},
		"random/he_4-16-16-2_s7.onnx":      {4, 2, []int{16, 16}},
		"random/he_5-10-10-10-2_s9.onnx":   {5, 2, []int{10, 10, 10}},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(root, name))
			if os.IsNotExist(err) {
				t.Skipf("no file %s", name)
			}
			require.NoError(t, err)
			n, im, err := read(data, maxEntries)
			require.NoError(t, err)
			require.Equal(t, want.inputs, n.Inputs())
			require.Equal(t, want.outputs, n.Outputs())
			require.Equal(t, want.hidden, n.Hidden())
			require.Empty(t, im.Rounded)
			require.Equal(t, "float32", im.Precision)
			var m onnxpb.ModelProto
			require.NoError(t, proto.Unmarshal(data, &m))
			compare(t, n, m.Graph, declaredShape(m.Graph), newSource(1), 3, fileTolerance)
		})
	}
}

// declaredShape is the shape of the input that is not an initializer, an unknown batch being 1.
func declaredShape(g *onnxpb.GraphProto) []int {
	constants := map[string]bool{}
	for _, t := range g.Initializer {
		constants[t.GetName()] = true
	}
	shape := []int{}
	for _, in := range g.Input {
		if !constants[in.GetName()] {
			for _, d := range in.GetType().GetTensorType().GetShape().GetDim() {
				shape = append(shape, max(1, int(d.GetDimValue())))
			}
		}
	}
	return shape
}

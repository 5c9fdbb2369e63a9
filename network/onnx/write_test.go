// What is written is read back as the same layers.

package onnx

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

func anyNetwork(entry *rapid.Generator[float64], slopes []float64) *rapid.Generator[*network.Network] {
	return rapid.Custom(func(t *rapid.T) *network.Network {
		width := rapid.IntRange(1, 4).Draw(t, "inputs")
		layers := make([]network.Layer, rapid.IntRange(1, 4).Draw(t, "layers"))
		for i := range layers {
			out := rapid.IntRange(1, 4).Draw(t, "width")
			act := rapid.SampledFrom([]network.Activation{network.None, network.ReLU, network.LeakyReLU, network.Mixed, network.Max}).Draw(t, "activation")
			var pieces []int
			if act == network.Max {
				if pieces = rapid.SliceOfN(rapid.IntRange(2, 4), 1, 3).Draw(t, "pieces"); i == len(layers)-1 {
					pieces = slices.Repeat(pieces[:1], len(pieces))
				}
				out = 0
				for _, k := range pieces {
					out += k
				}
			}
			l := network.Layer{W: mat.NewDense(out, width, rapid.SliceOfN(entry, out*width, out*width).Draw(t, "weights"))}
			l.B = rapid.SliceOfN(entry, out, out).Draw(t, "bias")
			l.Act, l.Pieces = act, pieces
			switch l.Act {
			case network.LeakyReLU:
				l.Slope = rapid.SampledFrom(slopes).Draw(t, "slope")
			case network.Mixed:
				l.Slopes = rapid.SliceOfN(rapid.SampledFrom(append([]float64{0, 1}, slopes...)), out, out).Draw(t, "slopes")
			}
			layers[i], width = l, l.Out()
		}
		n, err := network.New(layers)
		require.NoError(t, err)
		return n
	})
}

func TestWriteRoundTrip(t *testing.T) {
	slopes := map[bool][]float64{true: {float64(float32(0.01)), -0.5, 2}, false: {0.01, -0.5, 1e60}}
	wide := rapid.Map(rapid.Float64Range(-1e300, 1e300), func(v float64) float64 { return v + 0 })
	narrow := rapid.Map(rapid.Float32Range(-1e30, 1e30), func(v float32) float64 { return float64(v) + 0 })
	for name, c := range map[string]struct {
		entry   *rapid.Generator[float64]
		float32 bool
	}{"float64": {wide, false}, "float32": {narrow, true}, "float32 widened": {narrow, false}} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			n := anyNetwork(c.entry, slopes[c.float32]).Draw(t, "network")
			var b bytes.Buffer
			require.NoError(t, Write(&b, n, c.float32))
			back, im, err := Read(&b)
			require.NoError(t, err)
			require.Equal(t, n.Fingerprint(), back.Fingerprint())
			require.Equal(t, map[bool]string{true: "float32", false: "float64"}[c.float32], im.Precision)
			require.Empty(t, im.Rounded)
		}))
	}
}

func TestFloat32AndItsWideningAreTheSameNetwork(t *testing.T) {
	for w, representable := range map[float64]bool{float64(float32(0.1)): true, 0.1: false, 1 + 0x1p-52: false} {
		n, err := network.New([]network.Layer{{W: mat.NewDense(1, 1, []float64{w}), B: []float64{0}, Act: network.ReLU}})
		require.NoError(t, err)
		var narrow, wide bytes.Buffer
		require.NoError(t, Write(&wide, n, false))
		a, _, err := Read(&wide)
		require.NoError(t, err)
		require.Equal(t, n.Fingerprint(), a.Fingerprint())
		if err = Write(&narrow, n, true); !representable {
			require.ErrorContains(t, err, "not a float32")
			continue
		}
		require.NoError(t, err)
		b, _, err := Read(&narrow)
		require.NoError(t, err)
		require.Equal(t, a.Fingerprint(), b.Fingerprint())
	}
}

// A LeakyRelu has its slope in float32: most slopes of float64 were refused, 0.01 among them.
func TestSlopesOfAnySizeAreWritten(t *testing.T) {
	for _, slope := range []float64{0.01, -0.1, 1e60, 5e-324} {
		layer := network.Layer{W: mat.NewDense(2, 1, []float64{1, 2}), B: make([]float64, 2), Act: network.LeakyReLU, Slope: slope}
		n, err := network.New([]network.Layer{layer})
		require.NoError(t, err)
		require.Equal(t, n.Fingerprint(), readBack(t, n).Fingerprint())
	}
}

// ONNX Runtime opened no leaky network in float64: its LeakyRelu and PRelu are of float32 alone, and
// it goes by what they are defined as from operator set 16 on.
func TestLeakyNetworksInFloat64AreOfAnOperatorSetThatRuntimesCompute(t *testing.T) {
	declared := func(act network.Activation, float32Data bool) versions {
		layer := network.Layer{W: mat.NewDense(2, 1, []float64{1, 2}), B: make([]float64, 2), Act: act}
		switch act {
		case network.LeakyReLU:
			layer.Slope = 0.25
		case network.Mixed:
			layer.Slopes = []float64{0.25, 1}
		}
		n, err := network.New([]network.Layer{layer})
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, Write(&b, n, float32Data))
		var model onnxpb.ModelProto
		require.NoError(t, proto.Unmarshal(b.Bytes(), &model))
		return versions{model.GetIrVersion(), model.GetOpsetImport()[0].GetVersion()}
	}
	for _, act := range []network.Activation{network.LeakyReLU, network.Mixed} {
		require.Equal(t, versions{8, 16}, declared(act, false))
		require.Equal(t, versions{7, 13}, declared(act, true))
	}
	require.Equal(t, versions{7, 13}, declared(network.ReLU, false))
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteRefusals(t *testing.T) {
	layer := network.Layer{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}}
	wide := network.Layer{W: mat.NewDense(2, 1, []float64{1, 2}), B: make([]float64, 2), Act: network.Mixed}
	second := layer
	for want, change := range map[string]func(){
		"layer 1: weights: entry 0 is 0.1, which is not a float32": func() { second.W = mat.NewDense(1, 1, []float64{0.1}) },
		"layer 1: bias: entry 0 is 1e+300":                         func() { second.B = []float64{1e300} },
		"layer 1: slope: entry 0 is 0.1, which is not a float32":   func() { second.Act, second.Slope = network.LeakyReLU, 0.1 },
		"layer 1: slopes: entry 1 is 0.1, which is not a float32":  func() { second = wide; second.Slopes = []float64{1, 0.1} },
	} {
		second = layer
		change()
		n, err := network.New([]network.Layer{layer, second})
		require.NoError(t, err)
		require.ErrorContains(t, Write(&bytes.Buffer{}, n, true), want)
	}
	n, err := network.New([]network.Layer{layer})
	require.NoError(t, err)
	require.ErrorIs(t, Write(brokenWriter{}, n, true), errBroken)
}

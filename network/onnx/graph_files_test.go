// Public networks that are no chains, when they are at hand, against the outputs of ONNX Runtime.

package onnx

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// runtimeTolerance bounds the relative difference to an evaluation in float32: a few thousand
// roundings of 2⁻²⁴.
const runtimeTolerance = 1e-4

func TestAgainstONNXRuntime(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "nets", "unread")
	f, err := os.Open(filepath.Join(folder, "onnxruntime.jsonl"))
	if err != nil {
		t.Skipf("no folder %s with public networks", folder)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c struct {
			File            string
			Inputs, Outputs []map[string][]float64
			InputNames      []string `json:"input_names"`
			OutputNames     []string `json:"output_names"`
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		t.Run(c.File, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(folder, c.File))
			require.NoError(t, err)
			for _, output := range c.OutputNames {
				n, im, err := readModel(data, maxEntries, Options{Output: output, Batch: AllRows})
				require.NoError(t, err)
				worst := 0.0
				for k, in := range c.Inputs {
					var x []float64
					for _, name := range c.InputNames {
						if len(c.InputNames) == 1 || strings.Contains(strings.Join(im.Notes, " "), `"`+name+`"`) {
							x = append(x, in[name]...)
						}
					}
					got := beyond(c.File, n.Forward(x))
					want := c.Outputs[k][output]
					require.Len(t, got, len(want))
					scale := 1.0
					for _, v := range want {
						scale = math.Max(scale, math.Abs(v))
					}
					for i := range want {
						require.InDelta(t, want[i], got[i], runtimeTolerance*scale)
						worst = math.Max(worst, math.Abs(want[i]-got[i])/scale)
					}
				}
				t.Logf("%s: %s, agrees to %.1g", output, n.Widths(), worst)
			}
		})
	}
	require.NoError(t, lines.Err())
}

// beyond applies the smooth end that a file has.
func beyond(file string, y []float64) []float64 {
	out := make([]float64, len(y))
	sum := 0.0
	for _, v := range y {
		sum += math.Exp(v)
	}
	for i, v := range y {
		switch out[i] = v; file {
		case "example.onnx":
			out[i] = 1 / (1 + math.Exp(-v))
		case "gemm.onnx":
			out[i] = v - math.Log(sum)
		}
	}
	return out
}

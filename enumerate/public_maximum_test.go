package enumerate_test

// A public network with maxima of sixteen pieces, when it is at hand: counted by classes and proved.

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network/load"
)

func TestLenetIsCountedByClasses(t *testing.T) {
	folder := filepath.Join("..", "..", "shared", "nets", "unread")
	f, err := os.Open(filepath.Join(folder, "onnxruntime.jsonl"))
	if err != nil {
		t.Skipf("no folder %s with public networks", folder)
	}
	defer f.Close()
	n, _, err := load.Read(filepath.Join(folder, "lenet.onnx"), load.Options{})
	require.NoError(t, err)
	var points [][]float64
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c struct {
			File   string
			Inputs []map[string][]float64
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		for _, in := range c.Inputs {
			for _, x := range in {
				if c.File == "lenet.onnx" {
					points = append(points, x)
				}
			}
		}
	}
	require.Len(t, points, 2)
	count := func(x []float64, radius float64) int64 {
		b, err := ball.New(ball.LInf, x, radius)
		require.NoError(t, err)
		return prove(t, n, b, 2, 0).result.Lower.Int64()
	}
	// Inside a region, and where a few meet.
	require.Equal(t, int64(1), count(points[0], 1e-6))
	require.Equal(t, int64(3), count(points[0], 1e-3))
	require.Equal(t, int64(2), count(points[1], 1e-3))
	// On the way from one point to the other, where the first pattern ends.
	pattern := func(x []float64) string { return n.Pattern(x).String() }
	at, beyond := points[0], points[1]
	for range 48 {
		middle := make([]float64, len(at))
		for k := range middle {
			middle[k] = (at[k] + beyond[k]) / 2
		}
		if pattern(middle) == pattern(points[0]) {
			at = middle
		} else {
			beyond = middle
		}
	}
	require.Equal(t, int64(2), count(at, 1e-6))
}

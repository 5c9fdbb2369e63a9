package certificate

// What the checker must accept, and what is known about the counts.

import (
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func unitBalls(n int) []Ball {
	zero, one, lo := make([]float64, n), make([]float64, n), make([]float64, n)
	for k := range one {
		one[k], lo[k] = 0.75, -1.25
	}
	b := []Ball{{Norm: "linf", Center: zero, Radius: 1}, {Norm: "l1", Center: one, Radius: 1.5}, {Norm: "box", Lo: lo, Hi: one}}
	if n == 1 {
		b = append(b, Ball{Norm: "l2", Center: one, Radius: 0.875})
	}
	return b
}

func TestRandomNetworksAreProvedAndAccepted(t *testing.T) {
	acts := [][]string{{"relu"}, {"leaky_relu"}, {"relu", "none", "leaky_relu"}, {"none", "relu"}}
	for seed := range int64(40) {
		r := rand.New(rand.NewSource(seed))
		widths := []int{1 + int(seed%2), 1 + r.Intn(4), 1 + r.Intn(4), 1 + r.Intn(3), 1}
		net := randomNet(r, seed%4 < 2, acts[seed%4], widths...)
		for i, b := range unitBalls(widths[0]) {
			path := tempProof(t, []string{"p", "p.gz"}[seed%2])
			stop := 0.0
			if seed%5 == 4 {
				stop = 0.05
			}
			n := prove(t, net, b, path, seed, seed%3 == 0, stop, 0)
			rep, err := Check(net.text(), path, Options{Workers: 1 + i})
			require.NoError(t, err, "seed %d, ball %v", seed, b)
			require.Equal(t, n, rep.Count)
			require.Equal(t, rep.Open > 0, rep.AtLeast)
			require.Equal(t, "activation", rep.Definition)
			require.Contains(t, rep.String(), rep.Net)
		}
	}
}

func TestTentMaps(t *testing.T) {
	for layers := 1; layers <= 8; layers++ {
		for _, norm := range []string{"l2", "linf", "l1"} {
			path := tempProof(t, "p")
			prove(t, tent(layers), Ball{Norm: norm, Center: []float64{0.5}, Radius: 0.5}, path, 1, false, 0, 0)
			rep, err := Check(tent(layers).text(), path, Options{})
			require.NoError(t, err)
			require.EqualValues(t, 1<<layers, rep.Count)
		}
	}
}

// BenchmarkCheck measures regions a second with one worker.
func BenchmarkCheck(b *testing.B) {
	net := randomNet(rand.New(rand.NewSource(7)), false, []string{"relu"}, 2, 16, 16, 2)
	path := tempProof(b, "p")
	n := prove(b, net, Ball{Norm: "linf", Center: []float64{0, 0}, Radius: 1}, path, 1, false, 0, 0)
	text := net.text()
	b.ReportAllocs()
	for b.Loop() {
		_, err := Check(text, path, Options{Workers: 1})
		require.NoError(b, err)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "regions/s")
	info, err := os.Stat(path)
	require.NoError(b, err)
	b.ReportMetric(float64(info.Size())/float64(n), "bytes/region")
}

var _ = errors.New
var _ = fmt.Sprint
var _ = filepath.Join

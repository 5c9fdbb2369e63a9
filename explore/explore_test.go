package explore

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/plot"
)

const data = "../testdata/"

// readNet returns the model of a canonical text in testdata.
func readNet(t *testing.T, name string) Model {
	t.Helper()
	return Model{Name: name, Open: func(context.Context) (*network.Network, []string, error) {
		f, err := os.Open(data + name)
		if err != nil {
			return nil, nil, err
		}
		defer f.Close()
		n, err := network.ReadCanonical(f)
		return n, nil, err
	}}
}

func readPoints(t *testing.T, name string, inputs int) *plot.Points {
	t.Helper()
	f, err := os.Open(data + name)
	require.NoError(t, err)
	defer f.Close()
	p, err := plot.ReadPoints(f, inputs)
	require.NoError(t, err)
	return p
}

func explorer(t *testing.T, cfg Config) *Explorer {
	t.Helper()
	e, err := New(t.Context(), cfg)
	require.NoError(t, err)
	return e
}

// moons explores the network of two moons with its points.
func moons(t *testing.T) *Explorer {
	return explorer(t, Config{Models: []Model{readNet(t, "two_moons_2-16-16-1.json")}, Points: readPoints(t, "two_moons_points.csv", 2), Version: "test"})
}

// serve serves an explorer until the test ends.
func serve(t *testing.T, e *Explorer) *Server {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Listen(ctx, e, "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan error)
	go func() { done <- s.Serve(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	return s
}

// answer asks, and reads the answer.
func answer[T any](t *testing.T, e *Explorer, question, body string) (v T) {
	t.Helper()
	a, err := e.Answer(t.Context(), question, []byte(body))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(a, &v))
	return v
}

// wide is a model of which no count of a large ball ends soon.
func wide(t *testing.T) Model {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	widths, layers := []int{2, 400, 400, 1}, []network.Layer(nil)
	for i, m := range widths[1:] {
		w := mat.NewDense(m, widths[i], nil)
		w.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, w)
		b := make([]float64, m)
		for k := range b {
			b[k] = rng.NormFloat64()
		}
		layers = append(layers, network.Layer{W: w, B: b, Act: network.ReLU})
	}
	n, err := network.New(layers)
	require.NoError(t, err)
	return Model{Name: "wide", Open: func(context.Context) (*network.Network, []string, error) { return n, nil, nil }}
}

package explore

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
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
func wide(t *testing.T) Model { return drawn(t, "wide", 1, 2, 400, 400, 1) }

// training is a row of random networks, which are as good as checkpoints.
func training(t testing.TB, n int) []Model {
	var all []Model
	for i := range n {
		all = append(all, drawn(t, "epoch-"+strconv.Itoa(i), uint64(i), 2, 10, 10, 2))
	}
	return all
}

// drawn is a random model of the widths, the inputs first.
func drawn(t testing.TB, name string, seed uint64, widths ...int) Model {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 2))
	var layers []network.Layer
	for i, m := range widths[1:] {
		w := mat.NewDense(m, widths[i], nil)
		w.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, w)
		b := make([]float64, m)
		for k := range b {
			b[k] = rng.NormFloat64() / 2
		}
		layers = append(layers, network.Layer{W: w, B: b, Act: network.ReLU})
	}
	n, err := network.New(layers)
	require.NoError(t, err)
	return is(name, n)
}

// is the model of a network.
func is(name string, n *network.Network) Model {
	return Model{Name: name, Open: func(context.Context) (*network.Network, []string, error) { return n, nil, nil }}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return text
}

// Training by GoMLX with its pure-Go backend: GoMLX differentiates the loss, and one step of SGD,
// momentum or Adam is part of the same graph. Parameters are float32, so a
// trained network has short exact numbers. The seed draws the first weights and the order of
// the batches; nothing else is random, and the backend runs its operations one after another.

package experiment

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/backends"
	"github.com/gomlx/gomlx/backends/simplego"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

// Optimizers are the names that Study.Optimizer takes.
var Optimizers = []string{"sgd", "momentum", "adam"}

// The optimisers' constants: momentum as Polyak's heavy ball with the usual 0.9, Adam's as its
// authors recommend them (Kingma, Ba 2015), and learning rates that train the small networks here.
const (
	heavyBall    = 0.9
	beta1, beta2 = 0.9, 0.999
	adamEpsilon  = 1e-8
)

// DefaultRate is the learning rate of an optimiser when none is given.
func DefaultRate(optimizer string) float64 {
	switch optimizer {
	case "sgd":
		return 0.1
	case "momentum":
		return 0.02
	}
	return 0.01
}

// trainer holds the parameters as tensors: for each layer the weights (in × out), then the biases
// (1 × out); then the optimiser's state, so many tensors of the same shapes.
type trainer struct {
	optimizer string
	rate      float64
	widths    []int
	tensors   []*tensors.Tensor
	step      int
	exec      *graph.Exec
	backend   backends.Backend
}

// newTrainer draws He weights, and biases uniform in ±1/√inputs (as PyTorch does): without biases
// all boundaries of the first layer would pass through 0, which is amid the data. widths are
// inputs, hidden …, classes.
func newTrainer(rng *rand.Rand, widths []int, optimizer string, rate float64) (*trainer, error) {
	backend, err := simplego.New("ops_sequential")
	if err != nil {
		return nil, err
	}
	t := &trainer{optimizer: optimizer, rate: rate, widths: widths, backend: backend}
	for range 1 + states(optimizer) {
		for l, out := range widths[1:] {
			in := widths[l]
			w, b := make([]float32, in*out), make([]float32, out)
			if len(t.tensors) < 2*(len(widths)-1) {
				for i := range w {
					w[i] = float32(math.Sqrt(2/float64(in)) * rng.NormFloat64())
				}
				for i := range b {
					b[i] = float32((2*rng.Float64() - 1) / math.Sqrt(float64(in)))
				}
			}
			t.tensors = append(t.tensors, tensors.FromFlatDataAndDimensions(w, in, out), tensors.FromFlatDataAndDimensions(b, 1, out))
		}
	}
	t.exec, err = graph.NewExec(backend, t.graph)
	return t, err
}

// states is the number of state tensors that an optimiser keeps for each parameter.
func states(optimizer string) int {
	switch optimizer {
	case "sgd":
		return 0
	case "momentum":
		return 1
	}
	return 2
}

// graph maps (points, one-hot classes, rate, parameters and state) to the new parameters and state.
func (t *trainer) graph(in []*graph.Node) []*graph.Node {
	x, y, rate, all := in[0], in[1], in[2], in[3:]
	n := 2 * (len(t.widths) - 1)
	params := all[:n]
	for l := 0; l < n; l += 2 {
		x = graph.Add(graph.Dot(x, params[l]), params[l+1])
		if l+2 < n {
			x = graph.Max(x, graph.ZerosLike(x))
		}
	}
	rows := float32(x.Shape().Dimensions[0])
	loss := graph.MulScalar(graph.ReduceAllSum(graph.Mul(y, graph.LogSoftmax(x, -1))), -1/rows)
	var next, first, second []*graph.Node
	for i, g := range graph.Gradient(loss, params...) {
		p := params[i]
		step := g
		switch t.optimizer {
		case "momentum":
			v := graph.Add(graph.MulScalar(all[n+i], float32(heavyBall)), g)
			first, step = append(first, v), v
		case "adam":
			m := graph.Add(graph.MulScalar(all[n+i], float32(beta1)), graph.MulScalar(g, float32(1-beta1)))
			v := graph.Add(graph.MulScalar(all[2*n+i], float32(beta2)), graph.MulScalar(graph.Mul(g, g), float32(1-beta2)))
			first, second = append(first, m), append(second, v)
			step = graph.Div(m, graph.AddScalar(graph.Sqrt(v), float32(adamEpsilon)))
		}
		next = append(next, graph.Sub(p, graph.Mul(rate, step)))
	}
	return append(append(next, first...), second...)
}

// stepRate is the rate of the next step: Adam's with both bias corrections.
func (t *trainer) stepRate() float32 {
	t.step++
	if t.optimizer != "adam" {
		return float32(t.rate)
	}
	s := float64(t.step)
	return float32(t.rate * math.Sqrt(1-math.Pow(beta2, s)) / (1 - math.Pow(beta1, s)))
}

// epoch runs once over the samples in a new order.
func (t *trainer) epoch(ctx context.Context, rng *rand.Rand, s samples, batch int) error {
	order := rng.Perm(len(s.x))
	for start := 0; start < len(order); start += batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.batch(s, order[start:min(start+batch, len(order))]); err != nil {
			return err
		}
	}
	return nil
}

func (t *trainer) batch(s samples, rows []int) error {
	in, classes := t.widths[0], t.widths[len(t.widths)-1]
	x, y := make([]float32, 0, len(rows)*in), make([]float32, len(rows)*classes)
	for i, r := range rows {
		for _, v := range s.x[r] {
			x = append(x, float32(v))
		}
		y[i*classes+s.class[r]] = 1
	}
	args := []any{tensors.FromFlatDataAndDimensions(x, len(rows), in),
		tensors.FromFlatDataAndDimensions(y, len(rows), classes), tensors.FromScalar(t.stepRate())}
	for _, p := range t.tensors {
		args = append(args, p)
	}
	next, err := t.exec.Exec(args...)
	if err != nil {
		return err
	}
	for _, a := range args {
		if err := a.(*tensors.Tensor).FinalizeAll(); err != nil {
			return err
		}
	}
	t.tensors = next
	return nil
}

// network returns the parameters of now as a network, ReLU after all layers but the last.
func (t *trainer) network() (*network.Network, error) {
	var layers []network.Layer
	for l, out := range t.widths[1:] {
		w, err := tensors.CopyFlatData[float32](t.tensors[2*l])
		if err != nil {
			return nil, err
		}
		b, err := tensors.CopyFlatData[float32](t.tensors[2*l+1])
		if err != nil {
			return nil, err
		}
		layer := network.Layer{W: mat.NewDense(out, t.widths[l], nil), B: make([]float64, out)}
		for j := range out {
			for k := range t.widths[l] {
				layer.Dense().Set(j, k, float64(w[k*out+j]))
			}
			layer.B[j] = float64(b[j])
		}
		if l+2 < len(t.widths) {
			layer.Act = network.ReLU
		}
		layers = append(layers, layer)
	}
	n, err := network.New(layers)
	if err != nil {
		return nil, fmt.Errorf("training left the finite numbers after %d steps (%w): expected a smaller learning rate than %g", t.step, err, t.rate)
	}
	return n, nil
}

// close frees what the backend holds.
func (t *trainer) close() {
	t.exec.Finalize()
	t.backend.Finalize()
}

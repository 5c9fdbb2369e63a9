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
	shapes    [][2]int // inputs and outputs of each layer
	gradient  gradient
	tensors   []*tensors.Tensor
	step      int
	exec      *graph.Exec
	backend   backends.Backend
}

// gradient returns the gradient of a loss in the parameters, on a batch of two tables with a row
// for each sample.
type gradient func(x, y *graph.Node, params []*graph.Node) []*graph.Node

// chain returns the shapes of a chain of layers: widths are inputs, hidden …, outputs.
func chain(widths ...int) (shapes [][2]int) {
	for l, out := range widths[1:] {
		shapes = append(shapes, [2]int{widths[l], out})
	}
	return shapes
}

// newTrainer draws He weights, and biases uniform in ±1/√inputs (as PyTorch does): without biases
// all boundaries of the first layer would pass through 0, which is amid the data.
func newTrainer(rng *rand.Rand, shapes [][2]int, f gradient, optimizer string, rate float64) (*trainer, error) {
	backend, err := simplego.New("ops_sequential")
	if err != nil {
		return nil, err
	}
	t := &trainer{optimizer: optimizer, rate: rate, shapes: shapes, gradient: f, backend: backend}
	for range 1 + states(optimizer) {
		for _, s := range shapes {
			in, out := s[0], s[1]
			w, b := make([]float32, in*out), make([]float32, out)
			if len(t.tensors) < 2*len(shapes) {
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
	return t, t.trace()
}

// trace has the gradient compiled, for the first time or because it is another one now.
func (t *trainer) trace() (err error) {
	if t.exec != nil {
		t.exec.Finalize()
	}
	t.exec, err = graph.NewExec(t.backend, t.graph)
	return err
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

func relu(x *graph.Node) *graph.Node { return graph.Max(x, graph.ZerosLike(x)) }

// crossEntropy is the gradient of the loss of points and one-hot classes, ReLU after all layers but
// the last.
func crossEntropy(x, y *graph.Node, params []*graph.Node) []*graph.Node {
	for l := 0; l < len(params); l += 2 {
		if l > 0 {
			x = relu(x)
		}
		x = graph.Add(graph.Dot(x, params[l]), params[l+1])
	}
	rows := float32(x.Shape().Dimensions[0])
	loss := graph.MulScalar(graph.ReduceAllSum(graph.Mul(y, graph.LogSoftmax(x, -1))), -1/rows)
	return graph.Gradient(loss, params...)
}

// graph maps (two tables of a batch, rate, parameters and state) to the new parameters and state.
func (t *trainer) graph(in []*graph.Node) []*graph.Node {
	x, y, rate, all := in[0], in[1], in[2], in[3:]
	n := 2 * len(t.shapes)
	params := all[:n]
	var next, first, second []*graph.Node
	for i, g := range t.gradient(x, y, params) {
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

// epoch runs once over so many samples in a new order, and has the rows of each batch put into its
// two tables: x and y.
func (t *trainer) epoch(ctx context.Context, rng *rand.Rand, samples, batch int, tables func(rows []int) (x, y *tensors.Tensor)) error {
	order := rng.Perm(samples)
	for start := 0; start < len(order); start += batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		x, y := tables(order[start:min(start+batch, len(order))])
		if err := t.descend(x, y); err != nil {
			return err
		}
	}
	return nil
}

// classified returns what makes tables of points and of their one-hot classes.
func classified(s samples, classes int) func(rows []int) (x, y *tensors.Tensor) {
	return func(rows []int) (*tensors.Tensor, *tensors.Tensor) {
		y := make([]float32, len(rows)*classes)
		for i, r := range rows {
			y[i*classes+s.class[r]] = 1
		}
		return tableOf(s.x, rows), tensors.FromFlatDataAndDimensions(y, len(rows), classes)
	}
}

// tableOf returns rows of points.
func tableOf(points [][]float64, rows []int) *tensors.Tensor {
	in := len(points[0])
	x := make([]float32, 0, len(rows)*in)
	for _, r := range rows {
		for _, v := range points[r] {
			x = append(x, float32(v))
		}
	}
	return tensors.FromFlatDataAndDimensions(x, len(rows), in)
}

// descend takes a step on a batch.
func (t *trainer) descend(x, y *tensors.Tensor) error {
	args := []any{x, y, tensors.FromScalar(t.stepRate())}
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
	layers, err := t.layers()
	if err != nil {
		return nil, err
	}
	for l := range layers[:len(layers)-1] {
		layers[l].Act = network.ReLU
	}
	return t.build(layers)
}

// layers returns the parameters of now as affine layers.
func (t *trainer) layers() (layers []network.Layer, err error) {
	for l, s := range t.shapes {
		in, out := s[0], s[1]
		w, err := tensors.CopyFlatData[float32](t.tensors[2*l])
		if err != nil {
			return nil, err
		}
		b, err := tensors.CopyFlatData[float32](t.tensors[2*l+1])
		if err != nil {
			return nil, err
		}
		layer := network.Layer{W: mat.NewDense(out, in, nil), B: make([]float64, out)}
		for j := range out {
			for k := range in {
				layer.Dense().Set(j, k, float64(w[k*out+j]))
			}
			layer.B[j] = float64(b[j])
		}
		layers = append(layers, layer)
	}
	return layers, nil
}

// build makes a network of layers that were trained.
func (t *trainer) build(layers []network.Layer) (*network.Network, error) {
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

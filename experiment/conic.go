package experiment

// Networks whose outputs are constrained while they are trained: the cone layer of Frerix, Nießner
// and Cremers (2020) with rays in integers over powers of two, behind an affine layer or the
// decoder of a variational autoencoder (Kingma and Welling 2014). Plain networks are trained for
// comparison, and projected at test time. What the coefficients are computed of can be normalised
// in each batch, as the authors have it (Ioffe and Szegedy 2015).

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/constrained"
	"github.com/relucell/relucell/network"
)

// varianceFloor is added to a variance before it divides, as PyTorch does.
const varianceFloor = 1e-5

// The last layers: a point of the cone of coefficients max(β, 0) or |β|, or no constraint.
const (
	ConicReLU = "conic relu"
	ConicAbs  = "conic abs"
	Plain     = "plain"
)

// conic is a network to be trained on pictures that it is to give back.
type conic struct {
	*Constrained
	last    string
	cone    *cone.Description
	vectors *mat.Dense // of the cone, in columns
	divide  bool       // in training, from now on
}

// shapes are those of the trained layers: of the autoencoder one to the code, one to its means, one
// to the logarithms of its variances, and two back.
func (c *conic) shapes() [][2]int {
	out := len(c.cone.Rays) + len(c.cone.Lineality)
	if c.last == Plain {
		out = c.cone.Dim
	}
	if c.Model == Projection {
		return chain(c.cone.Dim, out)
	}
	return append([][2]int{{c.cone.Dim, c.Hidden}, {c.Hidden, c.Latent}, {c.Hidden, c.Latent}}, chain(c.Latent, c.Hidden, out)...)
}

// gradient is that of the mean square of a pixel's error, and for the autoencoder, with the noise
// in y, of that plus the divergence from the normal distribution, for each pixel.
func (c *conic) gradient(x, noise *graph.Node, params []*graph.Node) []*graph.Node {
	t := &tape{params: params}
	if c.Model == Projection {
		return t.gradient(meanSquare(c.constrain(t, t.affine(c.normal(x), 0)), x))
	}
	code := relu(t.affine(x, 0))
	mean, spread := t.affine(code, 1), t.affine(code, 2)
	z := graph.Add(mean, graph.Mul(noise, graph.Exp(graph.MulScalar(spread, float32(0.5)))))
	y := c.constrain(t, t.affine(c.normal(relu(t.affine(z, 3))), 4))
	divergence := graph.Sub(graph.Add(graph.Square(mean), graph.Exp(spread)), graph.AddScalar(spread, float32(1)))
	rows := float32(x.Shape().Dimensions[0])
	return t.gradient(graph.Add(meanSquare(y, x), graph.MulScalar(graph.ReduceAllSum(divergence), 1/(rows*float32(c.cone.Dim)))))
}

// normalised says whether the last affine layer's inputs are: before a cone layer only. Their scale
// and shift are left to that layer.
func (c *conic) normalised() bool { return c.BatchNorm && c.last != Plain }

func (c *conic) normal(x *graph.Node) *graph.Node {
	if !c.normalised() {
		return x
	}
	off := graph.Sub(x, graph.ReduceAndKeep(x, graph.ReduceMean, 0))
	variance := graph.ReduceAndKeep(graph.Square(off), graph.ReduceMean, 0)
	return graph.Div(off, graph.Sqrt(graph.AddScalar(variance, float32(varianceFloor))))
}

func meanSquare(y, x *graph.Node) *graph.Node {
	return graph.ReduceAllMean(graph.Square(graph.Sub(y, x)))
}

// constrain makes points of the cone of coefficients, divided by their largest size where that is
// above 1 and the authors' division is on.
func (c *conic) constrain(t *tape, beta *graph.Node) *graph.Node {
	if c.last == Plain {
		return beta
	}
	count := len(c.cone.Rays) + len(c.cone.Lineality)
	mask := make([]float32, count) // which are of rays
	for j := range c.cone.Rays {
		mask[j] = 1
	}
	on, bent := graph.ConstTensor(beta.Graph(), tensors.FromFlatDataAndDimensions(mask, 1, count)), relu(beta)
	if c.last == ConicAbs {
		bent = graph.Abs(beta)
	}
	coefficients := graph.Add(beta, graph.Mul(on, graph.Sub(bent, beta)))
	flat := make([]float32, 0, count*c.cone.Dim)
	for j := range count {
		for _, v := range mat.Col(nil, j, c.vectors) {
			flat = append(flat, float32(v))
		}
	}
	y := t.dot(coefficients, graph.ConstTensor(beta.Graph(), tensors.FromFlatDataAndDimensions(flat, count, c.cone.Dim)))
	if !c.divide {
		return y
	}
	size := graph.ReduceAndKeep(graph.Abs(y), graph.ReduceMax, 1)
	return graph.Div(y, graph.Max(size, graph.OnesLike(size)))
}

// train returns the trained network: the autoencoder without noise.
func (c *conic) train(ctx context.Context, pictures [][]float64) (*network.Network, error) {
	rng := rand.New(rand.NewPCG(c.Seed, streamTraining))
	t, err := newTrainer(rng, c.shapes(), c.gradient, "adam", c.Rate)
	if err != nil {
		return nil, err
	}
	defer t.close()
	tables := func(rows []int) (x, y *tensors.Tensor) {
		noise := make([]float32, len(rows)*max(c.Latent, 1))
		if c.Model == Autoencoder {
			for i := range noise {
				noise[i] = float32(rng.NormFloat64())
			}
		}
		return tableOf(pictures, rows), tensors.FromFlatDataAndDimensions(noise, len(rows), max(c.Latent, 1))
	}
	for epoch := range c.Epochs {
		t.rate = c.Rate * float64(c.Epochs-epoch) / float64(c.Epochs) // ends in small steps
		if c.DivideAfter != nil && *c.DivideAfter == epoch {
			c.divide = true
			if err := t.trace(); err != nil {
				return nil, err
			}
		}
		if err := t.epoch(ctx, rng, len(pictures), c.Batch, tables); err != nil {
			return nil, err
		}
	}
	return c.network(t, rng, pictures)
}

// network returns what was trained.
func (c *conic) network(t *trainer, rng *rand.Rand, pictures [][]float64) (*network.Network, error) {
	layers, err := t.layers()
	if err != nil {
		return nil, err
	}
	if c.Model == Autoencoder {
		layers[0].Act, layers[3].Act = network.ReLU, network.ReLU
	}
	if c.normalised() {
		if err := c.fold(layers, rng, pictures); err != nil {
			return nil, err
		}
	}
	if c.Model == Autoencoder {
		layers = slices.Delete(layers, 2, 3) // without noise the mean is the code
	}
	n, err := t.build(layers)
	if err != nil || c.last == Plain {
		return n, err
	}
	return constrained.Layer(n, c.cone, constrained.Options{ReLU: c.last == ConicReLU, Scale: true})
}

// fold makes the normalisation a part of the last layer, with the means and variances of all
// pictures, in float32.
func (c *conic) fold(layers []network.Layer, rng *rand.Rand, pictures [][]float64) error {
	at, err := c.behind(layers, rng)
	if err != nil {
		return err
	}
	last := &layers[len(layers)-1]
	in, count := last.In(), float64(len(pictures))
	mean, square := make([]float64, in), make([]float64, in)
	for _, x := range pictures {
		for k, v := range at(x) {
			mean[k] += v / count
			square[k] += v * v / count
		}
	}
	for j := range last.Out() {
		bias := last.B[j]
		for k := range in {
			w := last.W.At(j, k) / math.Sqrt(max(square[k]-mean[k]*mean[k], 0)+varianceFloor)
			last.Dense().Set(j, k, float64(float32(w)))
			bias -= w * mean[k]
		}
		last.B[j] = float64(float32(bias))
	}
	return nil
}

// behind returns what computes the last layer's inputs of a picture, in training: with noise.
func (c *conic) behind(layers []network.Layer, rng *rand.Rand) (func(x []float64) []float64, error) {
	if c.Model == Projection {
		return func(x []float64) []float64 { return x }, nil
	}
	means, err := network.New(layers[:2])
	if err != nil {
		return nil, err
	}
	spreads, err := network.New([]network.Layer{layers[0], layers[2]})
	if err != nil {
		return nil, err
	}
	back, err := network.New(layers[3:4])
	if err != nil {
		return nil, err
	}
	mean, spread, out, z := means.NewPass(), spreads.NewPass(), back.NewPass(), make([]float64, c.Latent)
	return func(x []float64) []float64 {
		copy(z, mean.Forward(x))
		for k, v := range spread.Forward(x) {
			z[k] += rng.NormFloat64() * math.Exp(v/2)
		}
		return out.Forward(z)
	}, nil
}

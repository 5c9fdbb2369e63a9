package experiment

// Networks whose outputs are constrained while they are trained: the cone layer of Frerix, Nießner and
// Cremers (2020) with rays in integers over powers of two, behind an affine layer or the decoder of a
// variational autoencoder (Kingma and Welling 2014). Plain networks are trained for comparison, and
// projected at test time.

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/constrained"
	"github.com/relucell/relucell/network"
)

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
}

// shapes are those of the trained layers: of the autoencoder one to the code, one to its means, one to
// the logarithms of its variances, and two back.
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

// gradient is that of the mean square of a pixel's error, and for the autoencoder, with the noise in y,
// of that plus the divergence from the normal distribution, for each pixel.
func (c *conic) gradient(x, noise *graph.Node, params []*graph.Node) []*graph.Node {
	t := &tape{params: params}
	if c.Model == Projection {
		return t.gradient(meanSquare(c.constrain(t, t.affine(x, 0)), x))
	}
	code := relu(t.affine(x, 0))
	mean, spread := t.affine(code, 1), t.affine(code, 2)
	z := graph.Add(mean, graph.Mul(noise, graph.Exp(graph.MulScalar(spread, float32(0.5)))))
	y := c.constrain(t, t.affine(relu(t.affine(z, 3)), 4))
	divergence := graph.Sub(graph.Add(graph.Square(mean), graph.Exp(spread)), graph.AddScalar(spread, float32(1)))
	rows := float32(x.Shape().Dimensions[0])
	return t.gradient(graph.Add(meanSquare(y, x), graph.MulScalar(graph.ReduceAllSum(divergence), 1/(rows*float32(c.cone.Dim)))))
}

func meanSquare(y, x *graph.Node) *graph.Node {
	return graph.ReduceAllMean(graph.Square(graph.Sub(y, x)))
}

// constrain makes points of the cone of coefficients.
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
	return t.dot(coefficients, graph.ConstTensor(beta.Graph(), tensors.FromFlatDataAndDimensions(flat, count, c.cone.Dim)))
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
		if err := t.epoch(ctx, rng, len(pictures), c.Batch, tables); err != nil {
			return nil, err
		}
	}
	return c.network(t)
}

// network returns what was trained.
func (c *conic) network(t *trainer) (*network.Network, error) {
	layers, err := t.layers()
	if err != nil {
		return nil, err
	}
	if c.Model == Autoencoder {
		layers[0].Act, layers[3].Act = network.ReLU, network.ReLU
		layers = slices.Delete(layers, 2, 3) // without noise the mean is the code
	}
	n, err := t.build(layers)
	if err != nil || c.last == Plain {
		return n, err
	}
	return constrained.Layer(n, c.cone, constrained.Options{ReLU: c.last == ConicReLU, Scale: true})
}

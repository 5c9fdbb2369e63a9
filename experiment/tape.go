package experiment

// Gradients of networks with wide layers. GoMLX differentiates a product of matrices by products of
// single numbers, samples × inputs × outputs of them, which is far more than memory holds for
// layers of 784 units. Here products are taken out: each is a leaf to the rest, which GoMLX
// differentiates number by number, and two products of matrices lead through it.

import "github.com/gomlx/gomlx/pkg/core/graph"

// tape keeps the products of a loss, in their order, and the parameters.
type tape struct {
	params []*graph.Node
	dots   []product
}

type product struct{ x, w, y *graph.Node }

// affine is layer l: weights and then biases.
func (t *tape) affine(x *graph.Node, l int) *graph.Node {
	return graph.Add(t.dot(x, t.params[2*l]), t.params[2*l+1])
}

// dot is x·w for matrices.
func (t *tape) dot(x, w *graph.Node) *graph.Node {
	y := graph.Identity(graph.StopGradient(graph.Dot(x, w)))
	t.dots = append(t.dots, product{x, w, y})
	return y
}

// gradient returns the gradient of a loss in the parameters. With v that in a product x·w, that in
// w is xᵀ·v, and that in x is v·wᵀ: so to whatever comes before the product, the loss is as good as
// the sum of the numbers of x times those of v·wᵀ, which are kept fixed.
func (t *tape) gradient(loss *graph.Node) []*graph.Node {
	of := map[*graph.Node]*graph.Node{}
	for i := len(t.dots) - 1; i >= 0; i-- {
		d := t.dots[i]
		v := graph.StopGradient(graph.Gradient(loss, d.y)[0])
		of[d.w] = graph.Dot(graph.Transpose(d.x, 0, 1), v)
		back := graph.StopGradient(graph.Dot(v, graph.Transpose(d.w, 0, 1)))
		loss = graph.Add(loss, graph.ReduceAllSum(graph.Mul(back, d.x)))
	}
	var biases []*graph.Node
	for _, p := range t.params {
		if of[p] == nil {
			biases = append(biases, p)
		}
	}
	for i, g := range graph.Gradient(loss, biases...) {
		of[biases[i]] = g
	}
	out := make([]*graph.Node, len(t.params))
	for i, p := range t.params {
		out[i] = of[p]
	}
	return out
}

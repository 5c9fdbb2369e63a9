// A multilayer perceptron with ReLU, trained by Adam (Kingma, Ba 2015) on
// minibatches: as plain as it can be, in one thread, so that a seed fixes
// every bit of the result.

package main

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

// Adam's constants, as its authors recommend them but for the rate.
const (
	learningRate = 0.01
	beta1, beta2 = 0.9, 0.999
	adamEpsilon  = 1e-8
	batchSize    = 25
)

// dense is a layer with its gradient and Adam's moments. The parameters of
// unit j are weights[j*(in+1) : (j+1)*(in+1)], its bias last.
type dense struct {
	in, out                          int
	weights, gradient, first, second []float64
}

// model is a chain of layers, ReLU after all but the last.
type model struct {
	layers []dense
	step   int
}

// newModel draws He weights and zero biases.
func newModel(rng *rand.Rand, widths []int) *model {
	m := &model{}
	for i, out := range widths[1:] {
		in := widths[i]
		size := out * (in + 1)
		d := dense{in, out, make([]float64, size), make([]float64, size), make([]float64, size), make([]float64, size)}
		for j := range out {
			for c := range in {
				d.weights[j*(in+1)+c] = math.Sqrt(2/float64(in)) * rng.NormFloat64()
			}
		}
		m.layers = append(m.layers, d)
	}
	return m
}

// train runs over the samples so many times, in a new order each time.
func (m *model) train(rng *rand.Rand, samples []sample, epochs int) {
	for range epochs {
		order := rng.Perm(len(samples))
		for start := 0; start < len(order); start += batchSize {
			batch := order[start:min(start+batchSize, len(order))]
			for _, i := range batch {
				m.backward(m.forward(samples[i].x), samples[i].class)
			}
			m.update(len(batch))
		}
	}
}

// forward returns the input and the output of every layer.
func (m *model) forward(x []float64) [][]float64 {
	values := [][]float64{x}
	for l, d := range m.layers {
		out := make([]float64, d.out)
		for j := range out {
			w := d.weights[j*(d.in+1):]
			z := w[d.in]
			for i, v := range values[l] {
				z += w[i] * v
			}
			if l < len(m.layers)-1 {
				z = max(z, 0)
			}
			out[j] = z
		}
		values = append(values, out)
	}
	return values
}

// backward adds the gradient of the logistic loss at one sample.
func (m *model) backward(values [][]float64, class int) {
	delta := lossGradient(values[len(values)-1], class)
	for l := len(m.layers) - 1; l >= 0; l-- {
		d := m.layers[l]
		before := make([]float64, d.in)
		for j, g := range delta {
			w, grad := d.weights[j*(d.in+1):], d.gradient[j*(d.in+1):]
			for i, v := range values[l] {
				grad[i] += g * v
				before[i] += g * w[i]
			}
			grad[d.in] += g
		}
		for i, v := range values[l] {
			if l > 0 && v == 0 {
				before[i] = 0
			}
		}
		delta = before
	}
}

// lossGradient returns the gradient of the logistic loss by the outputs: one
// output is the logit of class 1, several are one logit a class.
func lossGradient(out []float64, class int) []float64 {
	if len(out) == 1 {
		return []float64{1/(1+math.Exp(-out[0])) - float64(class)}
	}
	p := make([]float64, len(out))
	top, total := out[0], 0.0
	for _, v := range out {
		top = max(top, v)
	}
	for i, v := range out {
		p[i] = math.Exp(v - top)
		total += p[i]
	}
	for i := range p {
		p[i] /= total
	}
	p[class]--
	return p
}

// class returns the class that the outputs stand for.
func class(out []float64) int {
	if len(out) == 1 {
		if out[0] > 0 {
			return 1
		}
		return 0
	}
	best := 0
	for i, v := range out {
		if v > out[best] {
			best = i
		}
	}
	return best
}

// update makes one step of Adam with the mean gradient of the batch.
func (m *model) update(batch int) {
	m.step++
	rate := learningRate * math.Sqrt(1-math.Pow(beta2, float64(m.step))) / (1 - math.Pow(beta1, float64(m.step)))
	for _, d := range m.layers {
		for i := range d.weights {
			g := d.gradient[i] / float64(batch)
			d.gradient[i] = 0
			d.first[i] = beta1*d.first[i] + (1-beta1)*g
			d.second[i] = beta2*d.second[i] + (1-beta2)*g*g
			d.weights[i] -= rate * d.first[i] / (math.Sqrt(d.second[i]) + adamEpsilon)
		}
	}
}

// network returns the model with its parameters rounded to float32.
func (m *model) network() (*network.Network, error) {
	var layers []network.Layer
	for i, d := range m.layers {
		l := network.Layer{W: mat.NewDense(d.out, d.in, nil), B: make([]float64, d.out)}
		for j := range d.out {
			w := d.weights[j*(d.in+1):]
			for c := range d.in {
				l.Dense().Set(j, c, float64(float32(w[c])))
			}
			l.B[j] = float64(float32(w[d.in]))
		}
		if i < len(m.layers)-1 {
			l.Act = network.ReLU
		}
		layers = append(layers, l)
	}
	return network.New(layers)
}

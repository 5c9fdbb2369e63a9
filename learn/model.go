package learn

// The function that is learnt.

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

// Model is x ↦ Σ_j A_j·max(W_j·x + B_j, 0) + V·x + C.
type Model struct {
	A []float64
	// W has a row of norm 1 for each neuron.
	W [][]float64
	B []float64
	C float64
	// V is nil for 0. With more neurons than inputs the tensors leave the sides of neurons open,
	// and with V any sides are right: a·max(z, 0) = a·max(−z, 0) + a·z.
	V []float64
}

// Neurons returns their number.
func (m *Model) Neurons() int { return len(m.A) }

// At returns the value at a point.
func (m *Model) At(x []float64) float64 {
	y := m.C
	if m.V != nil {
		y += floats.Dot(m.V, x)
	}
	for j, a := range m.A {
		if z := floats.Dot(m.W[j], x) + m.B[j]; z > 0 {
			y += a * z
		}
	}
	return y
}

// Random draws a model: directions from the sphere, biases from [−1, 1], and output weights of
// sizes from [0.5, 2].
func Random(rng *rand.Rand, inputs, neurons int) *Model {
	m := &Model{}
	for range neurons {
		m.W = append(m.W, direction(rng, inputs))
		m.B = append(m.B, 2*rng.Float64()-1)
		a := 0.5 + 1.5*rng.Float64()
		if rng.IntN(2) == 0 {
			a = -a
		}
		m.A = append(m.A, a)
	}
	return m
}

// direction draws a unit vector.
func direction(rng *rand.Rand, n int) []float64 {
	for {
		v := make([]float64, n)
		for k := range v {
			v[k] = rng.NormFloat64()
		}
		if norm := floats.Norm(v, 2); norm > 0 {
			floats.Scale(1/norm, v)
			return v
		}
	}
}

func (m *Model) clone() *Model {
	c := &Model{A: slices.Clone(m.A), B: slices.Clone(m.B), C: m.C, V: slices.Clone(m.V)}
	for _, w := range m.W {
		c.W = append(c.W, slices.Clone(w))
	}
	return c
}

// turn turns neuron j over; the function stays the same.
func (m *Model) turn(j int) {
	if m.V == nil {
		m.V = make([]float64, len(m.W[j]))
	}
	floats.AddScaled(m.V, m.A[j], m.W[j])
	m.C += m.A[j] * m.B[j]
	floats.Scale(-1, m.W[j])
	m.B[j] = -m.B[j]
}

// Network returns the model as a network of two layers. V is carried by a unit that is no neuron.
func (m *Model) Network() (*network.Network, error) {
	w := mat.NewDense(len(m.A), len(m.W[0]), nil)
	for j, row := range m.W {
		w.SetRow(j, row)
	}
	if m.V != nil {
		n := len(m.A)
		slopes := make([]float64, n+1)
		slopes[n] = 1
		all := mat.NewDense(n+1, len(m.V), nil)
		all.Copy(w)
		all.SetRow(n, m.V)
		return network.New([]network.Layer{{W: all, B: append(slices.Clone(m.B), 0), Act: network.Mixed, Slopes: slopes},
			{W: mat.NewDense(1, n+1, append(slices.Clone(m.A), 1)), B: []float64{m.C}}})
	}
	return network.New([]network.Layer{{W: w, B: slices.Clone(m.B), Act: network.ReLU},
		{W: mat.NewDense(1, len(m.A), slices.Clone(m.A)), B: []float64{m.C}}})
}

// Of returns the model of a network of a ReLU layer and one output, to the last bits: norms go into
// the output weights. It is an error if the network is another, or a neuron is constant.
func Of(n *network.Network) (*Model, error) {
	l := n.Layers()
	if len(l) != 2 || l[0].Act != network.ReLU || l[1].Act != network.None || n.Outputs() != 1 {
		return nil, errors.New("expected a layer of ReLU and one output without activation")
	}
	m := &Model{C: l[1].B[0]}
	for j, b := range l[0].B {
		row := slices.Clone(l[0].W.RawRowView(j))
		norm := floats.Norm(row, 2)
		if norm == 0 || math.IsInf(norm, 0) {
			return nil, fmt.Errorf("neuron %d: weights of norm %g, expected a finite number greater than 0", j, norm)
		}
		floats.Scale(1/norm, row)
		m.A, m.W, m.B = append(m.A, l[1].W.At(0, j)*norm), append(m.W, row), append(m.B, b/norm)
	}
	return m, nil
}

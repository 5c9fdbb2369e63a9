package landscape

// A network with one hidden layer, by its weights, and what it does at the data: exactly.

import (
	"errors"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// Model is f(x) = Σ A_j·σ(W_j·x̃) + Out, in floats taken as reals.
type Model struct {
	W   [][]float64
	A   []float64
	Out float64
}

// finite says that all weights are numbers.
func (m *Model) finite() bool {
	sum := m.Out - m.Out
	for _, w := range append(slices.Clone(m.W), m.A) {
		for _, v := range w {
			sum += v - v
		}
	}
	return sum == 0
}

// Outputs returns f at the data, nothing rounded.
func (d *Data) Outputs(m *Model) []*big.Rat {
	f := make([]*big.Rat, d.N())
	for i := range f {
		f[i] = new(big.Rat).SetFloat64(m.Out)
	}
	for j, w := range m.W {
		v, a := dyadic.Floats(w), new(big.Rat).SetFloat64(m.A[j])
		for i, row := range d.integers {
			if z, exp := dot(row, v); z.Sign() > 0 {
				t := dyadic.Rat(z, exp)
				f[i].Add(f[i], t.Mul(t, a))
			}
		}
	}
	return f
}

// Risk returns Σ (f(x_i) − y_i)², nothing rounded.
func (d *Data) Risk(m *Model) *big.Rat { return d.squares(d.Outputs(m)) }

// squares returns the sum of the squares of f − y.
func (d *Data) squares(f []*big.Rat) *big.Rat {
	sum, y := new(big.Rat), new(big.Rat)
	for i, v := range f {
		y.SetFloat64(d.Y[i])
		y.Sub(v, y)
		sum.Add(sum, y.Mul(y, y))
	}
	return sum
}

// NetworkOf returns the model as a network of the inputs x. One without neurons gets a neuron of
// weights 0.
func (d *Data) NetworkOf(m *Model) (*network.Network, error) {
	inputs, width := d.P, max(len(m.W), 1)
	if d.Bias {
		inputs--
	}
	w, bias, out := mat.NewDense(width, inputs, nil), make([]float64, width), mat.NewDense(1, width, nil)
	for j, v := range m.W {
		w.SetRow(j, v[:inputs])
		if d.Bias {
			bias[j] = v[inputs]
		}
		out.Set(0, j, m.A[j])
	}
	return network.New([]network.Layer{{W: w, B: bias, Act: network.ReLU}, {W: out, B: []float64{m.Out}}})
}

// errShape says what a network is to be like.
var errShape = errors.New("expected a layer of relu units and one output behind it, as many inputs as the data have coordinates, and with --no-bias no biases")

// ModelOf reads a network as a model of the data.
func (d *Data) ModelOf(n *network.Network) (*Model, error) {
	inputs, ls := d.P, n.Layers()
	if d.Bias {
		inputs--
	}
	if len(ls) != 2 || ls[0].Act != network.ReLU || ls[1].Act != network.None || n.Outputs() != 1 || n.Inputs() != inputs {
		return nil, errShape
	}
	m := &Model{Out: ls[1].B[0]}
	for j := range ls[0].Out() {
		w := make([]float64, d.P)
		for k := range inputs {
			w[k] = ls[0].W.At(j, k)
		}
		if d.Bias {
			w[inputs] = ls[0].B[j]
		} else if ls[0].B[j] != 0 {
			return nil, errShape
		}
		m.W, m.A = append(m.W, w), append(m.A, ls[1].W.At(0, j))
	}
	return m, nil
}

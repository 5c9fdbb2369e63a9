// The data: a chain of dense layers whose float64 entries are taken as real
// numbers, so that everything counted about the network is a statement about a
// function on the reals.

package network

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"
)

// Activation is what a layer applies to each of its pre-activations.
type Activation uint8

const (
	// None marks an affine layer, kept as a layer of its own: multiplying
	// affine layers out in floats would change regions.
	None Activation = iota
	// ReLU is max(z, 0).
	ReLU
	// LeakyReLU is z for z > 0 and Slope·z for z < 0.
	LeakyReLU
)

// String returns the name the canonical text uses.
func (a Activation) String() string {
	switch a {
	case None:
		return "none"
	case ReLU:
		return "relu"
	case LeakyReLU:
		return "leaky_relu"
	}
	return fmt.Sprintf("activation(%d)", uint8(a))
}

// Layer is x ↦ act(W·x + B).
type Layer struct {
	// W has one row per unit and one column per input.
	W *mat.Dense
	// B has one entry per unit.
	B []float64
	// Act is applied to each unit.
	Act Activation
	// Slope is the slope of LeakyReLU for z < 0: any finite number but 0 and 1. It is 0 for
	// the other activations.
	Slope float64
}

// Out returns the number of units.
func (l Layer) Out() int { return len(l.B) }

// In returns the number of inputs.
func (l Layer) In() int { _, c := l.W.Dims(); return c }

// Network is a chain of layers. It is immutable: callers must not write to
// what its methods return.
type Network struct {
	layers []Layer
	// The fingerprint, once it is asked for.
	hashed      sync.Once
	fingerprint string
}

// New checks the layers and returns the network. Its errors name the layer
// (0-based), the field and what was expected.
func New(layers []Layer) (*Network, error) {
	if len(layers) == 0 {
		return nil, fmt.Errorf("layers: there are none, expected at least one")
	}
	for i, l := range layers {
		if l.W == nil {
			return nil, fmt.Errorf("layer %d: weights: missing", i)
		}
		rows, cols := l.W.Dims()
		if rows != len(l.B) {
			return nil, fmt.Errorf("layer %d: bias: %d entries, expected %d, one per row of the weights", i, len(l.B), rows)
		}
		if i > 0 && cols != layers[i-1].Out() {
			return nil, fmt.Errorf("layer %d: weights: %d columns, expected %d, the width of the layer before", i, cols, layers[i-1].Out())
		}
		switch l.Act {
		case None, ReLU:
			if l.Slope != 0 {
				return nil, fmt.Errorf("layer %d: slope: given as %g, but only leaky_relu has one", i, l.Slope)
			}
		case LeakyReLU:
			if l.Slope == 0 || l.Slope == 1 || !finite(l.Slope) {
				return nil, fmt.Errorf("layer %d: slope: %g, expected a finite number other than 0 (a relu) and 1 (no activation)", i, l.Slope)
			}
		default:
			return nil, fmt.Errorf("layer %d: activation: unknown value %d", i, l.Act)
		}
		for r := 0; r < rows; r++ {
			for c, w := range l.W.RawRowView(r) {
				if !finite(w) {
					return nil, fmt.Errorf("layer %d: weights: entry (%d,%d) is %g, expected a finite number", i, r, c, w)
				}
			}
			if !finite(l.B[r]) {
				return nil, fmt.Errorf("layer %d: bias: entry %d is %g, expected a finite number", i, r, l.B[r])
			}
		}
	}
	return &Network{layers: append([]Layer(nil), layers...)}, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Layers returns the layers, first to last.
func (n *Network) Layers() []Layer { return n.layers }

// Inputs returns the dimension of the input.
func (n *Network) Inputs() int { return n.layers[0].In() }

// Outputs returns the dimension of the output.
func (n *Network) Outputs() int { return n.layers[len(n.layers)-1].Out() }

// Hidden returns the widths of the layers that have an activation, in order.
func (n *Network) Hidden() []int {
	h := []int{}
	for _, l := range n.layers {
		if l.Act != None {
			h = append(h, l.Out())
		}
	}
	return h
}

// Neurons returns the number of neurons: units with an activation. Neuron
// indices are 0-based and run through the layers in order.
func (n *Network) Neurons() int {
	t := 0
	for _, w := range n.Hidden() {
		t += w
	}
	return t
}

// The data: a chain of layers whose float64 entries are taken as real
// numbers, so that everything counted about the network is a statement about a
// function on the reals.

package network

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
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
	// Mixed is z for z > 0 and Slopes[j]·z for z < 0, in unit j.
	Mixed
	// Abs is |z|. New makes of it the LeakyReLU of slope −1, which it is.
	Abs
	// Max makes each unit the largest of several rows, its pieces.
	Max
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
	case Mixed:
		return "mixed"
	case Abs:
		return "abs"
	case Max:
		return "max"
	}
	return fmt.Sprintf("activation(%d)", uint8(a))
}

// Layer is x ↦ act(W·x + B). A unit with the pre-activation z passes on z where z > 0, and where
// z < 0 a slope times z: 0 in a ReLU, −1 in an absolute value, 1 in a unit without activation. A
// unit of slope 1 carries its value on and is no neuron; every other one is a neuron.
//
// A unit of a Max layer is the largest of its pieces, which are rows. One of a single piece carries
// its value on; every other one is a neuron.
type Layer struct {
	// W has one row per unit, or per piece of a unit, and one column per input: a *mat.Dense, or a
	// *Sparse.
	W Weights
	// B has one entry per row of W.
	B []float64
	// Act is applied to each unit.
	Act Activation
	// Slope is the slope of LeakyReLU for z < 0: any finite number but 0 and 1. It is 0 for
	// the other activations.
	Slope float64
	// Slopes has one slope per unit of a Mixed layer: any finite numbers, 0 for a ReLU and 1 for a
	// unit that carries its value on. It is nil for the other activations.
	Slopes []float64
	// Pieces says how many rows each unit of a Max layer is the largest of, one after the other. It
	// is nil for the other activations.
	Pieces []int
}

// Out returns the number of units.
func (l Layer) Out() int {
	if l.Act == Max {
		return len(l.Pieces)
	}
	return len(l.B)
}

// Rows returns the number of rows of W: one for each unit, or each piece of a maximum.
func (l Layer) Rows() int { return len(l.B) }

// In returns the number of inputs.
func (l Layer) In() int { _, c := l.W.Dims(); return c }

// Below returns the slope of unit j for z < 0. A maximum has none.
func (l Layer) Below(j int) float64 {
	switch l.Act {
	case None:
		return 1
	case Mixed:
		return l.Slopes[j]
	}
	return l.Slope // 0 for a ReLU
}

// IsNeuron says whether unit j is a neuron: whether its slopes for z < 0 and for z > 0 differ, or
// it is the largest of two pieces or more.
func (l Layer) IsNeuron(j int) bool {
	if l.Act == Max {
		return l.Pieces[j] > 1
	}
	return l.Below(j) != 1
}

// Neurons returns the number of units that are neurons.
func (l Layer) Neurons() int {
	k := 0
	for j := range l.Out() {
		if l.IsNeuron(j) {
			k++
		}
	}
	return k
}

// Signs returns the number of signs that the layer has in a pattern: one for each neuron, or for
// each piece of one that is a maximum.
func (l Layer) Signs() int {
	if l.Act != Max {
		return l.Neurons()
	}
	s := 0
	for _, k := range l.Pieces {
		if k > 1 {
			s += k
		}
	}
	return s
}

// Network is a chain of layers. It is immutable: callers must not write to
// what its methods return.
type Network struct {
	layers []Layer
	// The fingerprint, once it is asked for.
	hashed      sync.Once
	fingerprint string
	// The network without maxima, once it is asked for.
	masking sync.Once
	masked  *Network
	// The tournament, and what its layers are of, once it is asked for.
	playing  sync.Once
	played   *Network
	playedOf []int
}

// New checks the layers and returns the network. Its errors name the layer (0-based), the field and
// what was expected. A layer is kept as the one that says the same of all its units: a Mixed layer
// whose slopes are all alike as None, ReLU or LeakyReLU, Abs as LeakyReLU, a Max layer of single
// pieces as None, and a large dense matrix as sparse rows where that is smaller.
func New(layers []Layer) (*Network, error) {
	if len(layers) == 0 {
		return nil, fmt.Errorf("layers: there are none, expected at least one")
	}
	for i, l := range layers {
		switch l.W.(type) {
		case *mat.Dense, *Sparse:
		case nil:
			return nil, fmt.Errorf("layer %d: weights: missing", i)
		default:
			return nil, fmt.Errorf("layer %d: weights: a %T, expected a *mat.Dense or a *network.Sparse", i, l.W)
		}
		rows, cols := l.W.Dims()
		if rows != len(l.B) {
			return nil, fmt.Errorf("layer %d: bias: %d entries, expected %d, one per row of the weights", i, len(l.B), rows)
		}
		if i > 0 && cols != layers[i-1].Out() {
			return nil, fmt.Errorf("layer %d: weights: %d columns, expected %d, the width of the layer before", i, cols, layers[i-1].Out())
		}
		if err := l.checkSlopes(); err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		for r := 0; r < rows; r++ {
			for c, w := range l.Entries(r) {
				if !finite(w) {
					return nil, fmt.Errorf("layer %d: weights: entry (%d,%d) is %g, expected a finite number", i, r, c, w)
				}
			}
			if !finite(l.B[r]) {
				return nil, fmt.Errorf("layer %d: bias: entry %d is %g, expected a finite number", i, r, l.B[r])
			}
		}
	}
	n := &Network{layers: append([]Layer(nil), layers...)}
	for i := range n.layers {
		l := &n.layers[i]
		l.unify()
		if d, ok := l.W.(*mat.Dense); ok && d != nil && isKeptSparse(l.Nonzero(), l.Rows(), l.In()) {
			l.W = l.Sparse()
		}
	}
	return n, nil
}

// checkSlopes checks that the layer has the slopes that its activation needs, and no others.
func (l Layer) checkSlopes() error {
	if l.Act > Max {
		return fmt.Errorf("activation: unknown value %d", l.Act)
	}
	if l.Act != LeakyReLU && l.Slope != 0 {
		return fmt.Errorf("slope: given as %g, but only leaky_relu has one", l.Slope)
	}
	if l.Act != Mixed && l.Slopes != nil {
		return fmt.Errorf("slopes: %d are given, but only mixed has them", len(l.Slopes))
	}
	if err := l.checkPieces(); err != nil {
		return err
	}
	switch l.Act {
	case LeakyReLU:
		if l.Slope == 0 || l.Slope == 1 || !finite(l.Slope) {
			return fmt.Errorf("slope: %g, expected a finite number other than 0 (a relu) and 1 (no activation)", l.Slope)
		}
	case Mixed:
		if len(l.Slopes) != len(l.B) {
			return fmt.Errorf("slopes: %d entries, expected %d, one per row of the weights", len(l.Slopes), len(l.B))
		}
		for j, s := range l.Slopes {
			if !finite(s) {
				return fmt.Errorf("slopes: entry %d is %g, expected a finite number", j, s)
			}
		}
	}
	return nil
}

// unify gives a checked layer whose units are all alike the one activation that says so.
func (l *Layer) unify() {
	if l.Act == Abs {
		l.Act, l.Slope = LeakyReLU, -1
	}
	if l.Act == Max && len(l.Pieces) == len(l.B) {
		l.Act, l.Pieces = None, nil
	}
	if l.Act != Mixed || len(slices.Compact(slices.Clone(l.Slopes))) != 1 {
		return
	}
	switch s := l.Slopes[0]; s {
	case 0:
		l.Act = ReLU
	case 1:
		l.Act = None
	default:
		l.Act, l.Slope = LeakyReLU, s
	}
	l.Slopes = nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Layers returns the layers, first to last.
func (n *Network) Layers() []Layer { return n.layers }

// Inputs returns the dimension of the input.
func (n *Network) Inputs() int { return n.layers[0].In() }

// Outputs returns the dimension of the output.
func (n *Network) Outputs() int { return n.layers[len(n.layers)-1].Out() }

// Hidden returns the numbers of neurons of the layers that have any, in order.
func (n *Network) Hidden() []int {
	h := []int{}
	for _, l := range n.layers {
		if k := l.Neurons(); k > 0 {
			h = append(h, k)
		}
	}
	return h
}

// manyLayers is how many hidden layers of one width are counted, where fewer are listed.
const manyLayers = 10

// Widths returns inputs, neurons and outputs as in "4-16-16-2", or "1-32×100-2" for 100 layers.
func (n *Network) Widths() string {
	words := []string{strconv.Itoa(n.Inputs())}
	for h := n.Hidden(); len(h) > 0; {
		run := 1
		for run < len(h) && h[run] == h[0] {
			run++
		}
		if run >= manyLayers {
			words = append(words, fmt.Sprintf("%d×%d", h[0], run))
		} else {
			words = append(words, slices.Repeat([]string{strconv.Itoa(h[0])}, run)...)
		}
		h = h[run:]
	}
	return strings.Join(append(words, strconv.Itoa(n.Outputs())), "-")
}

// Signs returns the length of a pattern: one sign for each neuron, or for each piece of a maximum.
func (n *Network) Signs() int {
	t := 0
	for _, l := range n.layers {
		t += l.Signs()
	}
	return t
}

// Neurons returns the number of neurons. Neuron indices are 0-based and run through the layers in
// order, and in a layer through the units that are neurons.
func (n *Network) Neurons() int {
	t := 0
	for _, w := range n.Hidden() {
		t += w
	}
	return t
}

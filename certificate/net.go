package certificate

// The checker's own reader of the canonical network text. It decodes the text
// and renders it again: only a text that comes back byte by byte is accepted,
// so that no laxness of a JSON decoder (repeated keys, letter case, spaces) is
// left to reason about.

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
)

// netText mirrors the canonical text.
type netText struct {
	Version int         `json:"relucell-network"`
	Inputs  int         `json:"inputs"`
	Layers  []layerText `json:"layers"`
}

type layerText struct {
	Activation string     `json:"activation"`
	Slope      *string    `json:"slope,omitempty"`
	Slopes     []string   `json:"slopes,omitempty"`
	Weights    [][]string `json:"weights"`
	Bias       []string   `json:"bias"`
}

// form is a vector of integers times a power of two that its owner knows; mostly an affine form
// g·x + h in n variables, as g_1 … g_n and h.
type form []big.Int

// layer is a layer in integers: z = W·a + b for the forms a that enter it.
type layer struct {
	w     []form // one row a unit, times 2^−(scale−in), in being the out of the layer before
	b     form   // one entry a unit, times 2^−scale
	below form   // the slope of each unit where its pre-activation is negative, times 2^−(out−scale)
	id    []int  // the neuron that each unit is, −1 for a unit of slope 1, which is none
	scale uint   // of the pre-activations: they are integers times 2^−scale
	out   uint   // of what leaves the layer
}

// net is a network in integers.
type net struct {
	hash   string
	inputs int
	// layers end with the last one that has a neuron: what follows cuts nothing.
	layers []*layer
	// where holds, for each neuron, its layer and its unit.
	where []struct{ layer, unit int }
}

// readNet reads the canonical text of a network.
func readNet(text []byte) (*net, error) {
	var t netText
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, fmt.Errorf("not a canonical text: %w", err)
	}
	if canonical, err := render(&t); err != nil || !bytes.Equal(canonical, text) {
		return nil, fmt.Errorf("not a canonical text: its bytes differ from the one spelling of what it says")
	}
	if t.Version != 1 {
		return nil, fmt.Errorf("version %d, expected 1", t.Version)
	}
	if t.Inputs < 1 || len(t.Layers) == 0 {
		return nil, fmt.Errorf("%d inputs and %d layers, expected at least one of each", t.Inputs, len(t.Layers))
	}
	n := &net{hash: fmt.Sprintf("sha256:%x", sha256.Sum256(text)), inputs: t.Inputs}
	width, scale, used := t.Inputs, uint(0), 0
	for i := range t.Layers {
		y, slopes, err := readLayer(&t.Layers[i], width, scale)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		n.layers = append(n.layers, y)
		width, scale = len(y.b), y.out
		for u, s := range slopes {
			if s == carrying {
				y.id = append(y.id, -1)
				continue
			}
			used = i + 1
			y.id = append(y.id, len(n.where))
			n.where = append(n.where, struct{ layer, unit int }{i, u})
		}
	}
	n.layers = n.layers[:used]
	return n, nil
}

// readLayer reads a layer that is entered by width forms of scale in, and the text of its units'
// slopes.
func readLayer(t *layerText, width int, in uint) (*layer, []string, error) {
	y := &layer{}
	if len(t.Weights) != len(t.Bias) || len(t.Bias) == 0 {
		return nil, nil, fmt.Errorf("%d rows of weights and %d biases, expected as many of each, and one at least", len(t.Weights), len(t.Bias))
	}
	all := append([]string(nil), t.Bias...)
	for i, row := range t.Weights {
		if len(row) != width {
			return nil, nil, fmt.Errorf("row %d of the weights has %d entries, expected %d", i, len(row), width)
		}
		all = append(all, row...)
	}
	z, scale, ok := integers(all)
	if !ok {
		return nil, nil, fmt.Errorf("weights and bias: expected hexadecimal floats in their one spelling")
	}
	y.b, z = z[:len(t.Bias)], z[len(t.Bias):]
	for u := range y.b {
		y.b[u].Lsh(&y.b[u], in)
		y.w = append(y.w, z[u*width:(u+1)*width])
	}
	y.scale = in + scale
	slopes, err := t.slopes()
	if err != nil {
		return nil, nil, err
	}
	var q uint
	if y.below, q, ok = integers(slopes); !ok {
		return nil, nil, fmt.Errorf("slopes: expected hexadecimal floats in their one spelling")
	}
	y.out = y.scale + q
	return y, slopes, nil
}

// The slopes of a unit that passes its pre-activation on wherever it lies, and of a ReLU.
const carrying, rectifying = "0x1p+0", "0x0p+0"

// slopes returns the slope of each unit where its pre-activation is negative. There is one way to
// say each: units that are all alike are not spelled as mixed.
func (t *layerText) slopes() ([]string, error) {
	all := carrying
	switch {
	case t.Activation == "none" && t.Slope == nil && t.Slopes == nil:
	case t.Activation == "relu" && t.Slope == nil && t.Slopes == nil:
		all = rectifying
	case t.Activation == "leaky_relu" && t.Slope != nil && t.Slopes == nil:
		if all = *t.Slope; all == rectifying || all == carrying {
			return nil, fmt.Errorf("slope: expected a hexadecimal float other than 0 and 1")
		}
	case t.Activation == "mixed" && t.Slope == nil && t.Slopes != nil:
		if len(t.Slopes) != len(t.Bias) {
			return nil, fmt.Errorf("slopes: %d entries, expected %d", len(t.Slopes), len(t.Bias))
		}
		for _, s := range t.Slopes[1:] {
			if s != t.Slopes[0] {
				return t.Slopes, nil
			}
		}
		return nil, fmt.Errorf("slopes: all alike, expected the activation that says so")
	default:
		return nil, fmt.Errorf("activation %q, expected none, relu, leaky_relu with a slope, or mixed with slopes", t.Activation)
	}
	slopes := make([]string, len(t.Bias))
	for u := range slopes {
		slopes[u] = all
	}
	return slopes, nil
}

// integers reads numbers as integers times 2^−scale, with one scale ≥ 0 for all.
func integers(text []string) (z form, scale uint, ok bool) {
	z, exps := make(form, len(text)), make([]int, len(text))
	for i, s := range text {
		if exps[i], ok = number([]byte(s), &z[i]); !ok {
			return nil, 0, false
		}
	}
	return z, z.align(exps, 0), true
}

// align turns z_i·2^e_i into z_i·2^−scale, with the least scale ≥ at least that makes integers of
// all.
func (z form) align(exps []int, least uint) (scale uint) {
	scale = least
	for _, e := range exps {
		if e < 0 {
			scale = max(scale, uint(-e))
		}
	}
	for i, e := range exps {
		z[i].Lsh(&z[i], uint(e+int(scale)))
	}
	return scale
}

// render writes the one spelling of a network.
func render(t *netText) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"relucell-network\":%d,\"inputs\":%d,\"layers\":[\n", t.Version, t.Inputs)
	for i, y := range t.Layers {
		line, err := json.Marshal(y)
		if err != nil {
			return nil, err
		}
		b.Write(line)
		if i < len(t.Layers)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]}\n")
	return b.Bytes(), nil
}

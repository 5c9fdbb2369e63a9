// RNN against the recurrence, index by index as the specification has it.

package onnx

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

func relus(k int) *onnxpb.AttributeProto {
	a := &onnxpb.AttributeProto{Name: ptr("activations"), Type: onnxpb.AttributeProto_STRINGS.Enum()}
	for range k {
		a.Strings = append(a.Strings, []byte("Relu"))
	}
	return a
}

// recurrent is a drawn RNN node.
type recurrent struct {
	steps, batch, inputs, units, layout int
	direction                           string
	*chain
}

// directions says for each direction whether it runs backward.
func (c *recurrent) directions() []bool {
	return map[string][]bool{"forward": {false}, "reverse": {true}, "bidirectional": {false, true}}[c.direction]
}

// tensor returns an initializer, by its indices.
func (c *recurrent) tensor(name string) func(index ...int) float64 {
	for _, t := range c.g.Initializer {
		if t.GetName() != name {
			continue
		}
		return func(index ...int) float64 {
			at := 0
			for i, k := range index {
				at = at*int(t.Dims[i]) + k
			}
			return t.DoubleData[at]
		}
	}
	return func(...int) float64 { return 0 }
}

// row is the recurrence itself, in float64, which holds all that is drawn: the units of a row after
// every step of a direction, and after the last.
func (c *recurrent) row(x []float64, k, row int) (every [][]float64, last []float64) {
	w, r, b, start := c.tensor("W"), c.tensor("R"), c.tensor("B"), c.tensor("H")
	h := make([]float64, c.units)
	for j := range h {
		if c.layout == 1 {
			h[j] = start(row, k, j)
		} else {
			h[j] = start(k, row, j)
		}
	}
	every = make([][]float64, c.steps)
	for i := range c.steps {
		t := i
		if c.directions()[k] {
			t = c.steps - 1 - i
		}
		next := make([]float64, c.units)
		for j := range next {
			z := b(k, j) + b(k, c.units+j)
			for i := range c.inputs {
				at := (t*c.batch+row)*c.inputs + i
				if c.layout == 1 {
					at = (row*c.steps+t)*c.inputs + i
				}
				z += w(k, j, i) * x[at]
			}
			for i := range c.units {
				z += r(k, j, i) * h[i]
			}
			next[j] = max(z, 0)
		}
		h, every[t] = next, next
	}
	return every, h
}

func TestRNNIsTheRecurrence(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(most int, name string) int { return rapid.IntRange(1, most).Draw(rt, name) }
		c := &recurrent{steps: draw(3, "steps"), batch: draw(2, "batch"), inputs: draw(2, "inputs"), units: draw(3, "units"),
			layout: rapid.IntRange(0, 1).Draw(rt, "layout"), direction: rapid.SampledFrom([]string{"forward", "reverse", "bidirectional"}).Draw(rt, "direction")}
		src := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		dirs, units := len(c.directions()), int64(c.units)
		shape, start := []int{c.steps, c.batch, c.inputs}, []int64{int64(dirs), int64(c.batch), units}
		if c.layout == 1 {
			shape, start = []int{c.batch, c.steps, c.inputs}, []int64{int64(c.batch), int64(dirs), units}
		}
		c.chain = newChain(shape...)
		c.small(src, "W", int64(dirs), units, int64(c.inputs)).small(src, "R", int64(dirs), units, units).small(src, "B", int64(dirs), 2*units).small(src, "H", start...)
		in := []string{"x", "W", "R", "B", "", "H"}
		in = in[:rapid.SampledFrom([]int{3, 4, 6}).Draw(rt, "given")]
		kept := map[string]bool{}
		for _, name := range in {
			kept[name] = true
		}
		c.node("RNN", in, relus(dirs), stringAttr("direction", c.direction), intAttr("hidden_size", units), intAttr("layout", int64(c.layout)))
		n := c.g.Node[len(c.g.Node)-1]
		n.Output = append(n.Output, "end")
		atEnd := rapid.Bool().Draw(rt, "the end")
		if atEnd {
			c.value = "end"
		}
		net, _, err := c.read(t)
		require.NoError(rt, err)
		for name := range map[string]bool{"B": true, "H": true} {
			if !kept[name] {
				c.g.Initializer = without(c.g.Initializer, name)
			}
		}
		x := make([]float64, c.steps*c.batch*c.inputs)
		for i := range x {
			x[i] = float64(src.IntN(33)-16) / 8
		}
		requireExactly(rt, net, rationals(x), rationals(c.outputs(x, atEnd)))
	})
}

func without(ts []*onnxpb.TensorProto, name string) (kept []*onnxpb.TensorProto) {
	for _, t := range ts {
		if t.GetName() != name {
			kept = append(kept, t)
		}
	}
	return kept
}

// outputs puts the units in the order of ONNX's outputs Y, or Y_h.
func (c *recurrent) outputs(x []float64, atEnd bool) (out []float64) {
	dirs := len(c.directions())
	times := c.steps
	if atEnd {
		times = 1
	}
	get := func(t, k, row int) []float64 {
		every, last := c.row(x, k, row)
		if atEnd {
			return last
		}
		return every[t]
	}
	if c.layout == 1 {
		for row := range c.batch {
			for t := range times {
				for k := range dirs {
					out = append(out, get(t, k, row)...)
				}
			}
		}
		return out
	}
	for t := range times {
		for k := range dirs {
			for row := range c.batch {
				out = append(out, get(t, k, row)...)
			}
		}
	}
	return out
}

// smallRNN returns an RNN of two units and one input over a batch of one.
func smallRNN(shape []int, attributes ...*onnxpb.AttributeProto) *chain {
	c := newChain(shape...).doubles("W", []int64{1, 2, 1}, 1, -1).doubles("R", []int64{1, 2, 2}, 1, 0, 0, 1).doubles("B", []int64{1, 4}, 0, 0.25, 0, 0.25)
	c.node("RNN", []string{"x", "W", "R", "B"}, attributes...)
	c.g.Node[0].Output = []string{"", "end"}
	c.value = "end"
	return c
}

func TestFreeStepsAreChosen(t *testing.T) {
	stepsOf := func(c *chain, steps int) (int, error) {
		n, _, err := readModel(encode(t, c.model()), testLimit, Options{Steps: steps})
		if err != nil {
			return 0, err
		}
		require.Equal(t, 2*n.Inputs(), n.Neurons())
		return n.Inputs(), nil
	}
	for _, shape := range [][]int{{-1, 1, 1}, {-1, -1, 1}, {5, 1, 1}} {
		k, err := stepsOf(smallRNN(shape, relus(1)), 5)
		require.NoError(t, err)
		require.Equal(t, 5, k)
	}
	k, err := stepsOf(smallRNN([]int{-1, -1, 1}, relus(1), intAttr("layout", 1)), 5)
	require.NoError(t, err)
	require.Equal(t, 5, k)
	_, err = stepsOf(smallRNN([]int{4, 1, 1}, relus(1)), 5)
	require.ErrorContains(t, err, "steps: the RNN runs over 4, expected that number, or a model exported with a free one")
	_, err = stepsOf(newChain(2, 1).node("Relu", []string{"x"}), 2)
	require.ErrorContains(t, err, "the graph has no operator RNN")
}

// Steps are no batch: nothing is said of rows that mix, and none is taken alone.
func TestStepsAreNoBatch(t *testing.T) {
	n, im, err := readModel(encode(t, smallRNN([]int{4, 1, 1}, relus(1)).model()), testLimit, Options{})
	require.NoError(t, err)
	require.Equal(t, 4, n.Inputs())
	require.Empty(t, im.Notes)
}

func TestRNNRefusals(t *testing.T) {
	for want, c := range map[string]*chain{
		"activations\": Tanh, supported is Relu":    smallRNN([]int{3, 1, 1}),
		`direction": "up", expected forward`:        smallRNN([]int{3, 1, 1}, relus(1), stringAttr("direction", "up")),
		"expected one for each of 2 directions":     smallRNN([]int{3, 1, 1}, relus(1), stringAttr("direction", "bidirectional")),
		"hidden_size\": 3, but W is of 2 units":     smallRNN([]int{3, 1, 1}, relus(1), intAttr("hidden_size", 3)),
		"layout\": 2, expected 0 or 1":              smallRNN([]int{3, 1, 1}, relus(1), intAttr("layout", 2)),
		"input 1 (W): shape [1 2 1]":                smallRNN([]int{3, 1, 2}, relus(1)),
		"expected steps, batch and inputs":          smallRNN([]int{3, 1}, relus(1)),
		"attribute \"clip\" is not supported":       smallRNN([]int{3, 1, 1}, relus(1), floatAttr("clip", 1)),
		"input 4 (sequence_lens): expected all of ": lengths(2),
	} {
		_, _, err := c.read(t)
		require.ErrorContains(t, err, want)
	}
	_, _, err := lengths(3).read(t)
	require.NoError(t, err)
}

// lengths is an RNN over 3 steps whose sequences have another length.
func lengths(k int64) *chain {
	c := smallRNN([]int{3, 1, 1}, relus(1)).ints(fmt.Sprint("L", k), k)
	c.g.Node[0].Input = append(c.g.Node[0].Input, fmt.Sprint("L", k))
	return c
}

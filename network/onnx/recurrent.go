// RNN, of ReLU units: a layer for each step, read as what it is when it is unrolled.

package onnx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// recurrence is an RNN of so many steps, rows of a batch, inputs and units.
type recurrence struct {
	steps, batch, inputs, units int
	backward                    []bool // for each direction
	// batchFirst is ONNX's layout 1.
	batchFirst bool
	x          value
	start      *value // the units before the first step; nil is 0
	// For each direction: weights of the inputs and of the units, and both biases.
	w, r, b []float64
}

// rnn unrolls. Its outputs are the units after each step, and those after the last.
func rnn(rd *reader, n *node) []value {
	c := rd.recurrence(n)
	if rd.ran = c.steps; c.steps == 1 {
		rd.im.Note("An RNN is unrolled over 1 step, the size that the input has.")
	} else {
		rd.im.Remark(fmt.Sprintf("An RNN is unrolled over %d steps.", c.steps))
	}
	all := make([][][]ref, len(c.backward)) // direction, step: batch × units
	for k := range all {
		all[k] = c.unroll(rd, k)
	}
	every, last := value{shape: []int{c.steps, len(all), c.batch, c.units}}, value{shape: []int{len(all), c.batch, c.units}}
	if c.batchFirst {
		every.shape, last.shape = []int{c.batch, c.steps, len(all), c.units}, []int{c.batch, len(all), c.units}
	}
	rd.move(size(every.shape) + size(last.shape))
	every.refs, last.refs = make([]ref, size(every.shape)), make([]ref, size(last.shape))
	for k, steps := range all {
		for t, h := range steps {
			for i, r := range h {
				row, j := i/c.units, i%c.units
				at, end := ((t*len(all)+k)*c.batch+row)*c.units+j, (k*c.batch+row)*c.units+j
				if c.batchFirst {
					at, end = ((row*c.steps+t)*len(all)+k)*c.units+j, (row*len(all)+k)*c.units+j
				}
				if every.refs[at] = r; t == c.steps-1 && !c.backward[k] || t == 0 && c.backward[k] {
					last.refs[end] = r
				}
			}
		}
	}
	return []value{every, last}
}

// unroll returns the units of a direction after each step.
func (c *recurrence) unroll(rd *reader, direction int) [][]ref {
	out := make([][]ref, c.steps)
	var h []ref
	if c.start != nil {
		h = make([]ref, c.batch*c.units)
		for i := range h {
			row, j := i/c.units, i%c.units
			at := (direction*c.batch+row)*c.units + j
			if c.batchFirst {
				at = (row*len(c.backward)+direction)*c.units + j
			}
			h[i] = c.start.refs[at]
		}
	}
	for i := range out {
		t := i
		if c.backward[direction] {
			t = c.steps - 1 - i
		}
		c.step(rd, direction, t, h)
		h = rd.refs
		out[t] = h
	}
	return out
}

// step makes the running value the units of step t, which read those of the step before.
func (c *recurrence) step(rd *reader, direction, t int, before []ref) {
	var refs []ref
	for row := range c.batch {
		from := (t*c.batch + row) * c.inputs
		if c.batchFirst {
			from = (row*c.steps + t) * c.inputs
		}
		refs = append(append(refs, c.x.refs[from:from+c.inputs]...), before[min(len(before), row*c.units):min(len(before), (row+1)*c.units)]...)
	}
	rd.work(c.batch, c.units, c.inputs+c.units)
	rd.move(len(refs))
	rd.put(refs)
	w := rd.newWeights(c.batch*c.units, len(refs))
	one := len(refs) / c.batch
	first, second := make([]float64, c.batch*c.units), make([]float64, c.batch*c.units)
	for i := range first {
		row, j := i/c.units, direction*c.units+i%c.units
		for k := range c.inputs {
			w.Set(i, row*one+k, c.w[j*c.inputs+k])
		}
		for k := range one - c.inputs {
			w.Set(i, row*one+c.inputs+k, c.r[j*c.units+k])
		}
		if c.b != nil {
			first[i], second[i] = c.b[direction*c.units+j], c.b[(direction+1)*c.units+j]
		}
	}
	rd.affine(w)
	rd.add(first)
	rd.add(second)
	rd.activate(filled(rd.width, 0))
}

// recurrence reads what the node says.
func (rd *reader) recurrence(n *node) *recurrence {
	c := &recurrence{}
	c.modes(n)
	n.mustRun("X")
	c.x = *n.args[0].run
	if len(c.x.shape) != 3 {
		panic(refusalf("input 0 (X): shape %v, expected steps, batch and inputs", c.x.shape))
	}
	c.steps, c.batch, c.inputs = c.x.shape[0], c.x.shape[1], c.x.shape[2]
	if c.batchFirst {
		c.steps, c.batch = c.batch, c.steps
	}
	c.weights(n)
	if n.has(4) {
		t := n.constant(4, "sequence_lens")
		if t.ints == nil || slices.ContainsFunc(t.ints, func(v int64) bool { return v != int64(c.steps) }) {
			panic(refusalf("input 4 (sequence_lens): expected all of them to be %d, the number of steps", c.steps))
		}
	}
	if n.has(5) {
		start := rd.asValue(5, n)
		want := []int{len(c.backward), c.batch, c.units}
		if c.batchFirst {
			want = []int{c.batch, len(c.backward), c.units}
		}
		if !slices.Equal(start.shape, want) {
			panic(refusalf("input 5 (initial_h): shape %v, expected %v", start.shape, want))
		}
		c.start = &start
	}
	return c
}

// modes reads the attributes.
func (c *recurrence) modes(n *node) {
	switch direction := n.text("direction", "forward"); direction {
	case "forward":
		c.backward = []bool{false}
	case "reverse":
		c.backward = []bool{true}
	case "bidirectional":
		c.backward = []bool{false, true}
	default:
		panic(refusalf("attribute \"direction\": %q, expected forward, reverse or bidirectional", direction))
	}
	layout := n.integer("layout", 0)
	if c.batchFirst = layout == 1; layout != 0 && layout != 1 {
		panic(refusalf("attribute \"layout\": %d, expected 0 or 1", layout))
	}
	activations := []string{"Tanh"} // where none are named
	if a := n.attributes["activations"]; a != nil {
		activations = nil
		if a.GetType() != onnxpb.AttributeProto_STRINGS && a.GetType() != onnxpb.AttributeProto_UNDEFINED {
			panic(refusalf("attribute \"activations\": type %v, expected STRINGS", a.GetType()))
		}
		for _, s := range a.Strings {
			activations = append(activations, string(s))
		}
		if len(activations) != len(c.backward) {
			panic(refusalf("attribute \"activations\": %q, expected one for each of %d directions", activations, len(c.backward)))
		}
	}
	for _, a := range activations {
		if !strings.EqualFold(a, "relu") {
			panic(refusalf("attribute \"activations\": %s, supported is Relu (PyTorch's nonlinearity='relu'); the network is not piecewise linear, or not read", a))
		}
	}
}

// weights reads W, R and B.
func (c *recurrence) weights(n *node) {
	w := n.floats(1, "W")
	if len(w.shape) != 3 || w.shape[0] != len(c.backward) || w.shape[2] != c.inputs {
		panic(refusalf("input 1 (W): shape %v, expected %d directions, the units and %d inputs", w.shape, len(c.backward), c.inputs))
	}
	c.units = w.shape[1]
	if u := n.integer("hidden_size", int64(c.units)); u != int64(c.units) {
		panic(refusalf("attribute \"hidden_size\": %d, but W is of %d units", u, c.units))
	}
	r := n.floats(2, "R")
	if want := []int{len(c.backward), c.units, c.units}; !slices.Equal(r.shape, want) {
		panic(refusalf("input 2 (R): shape %v, expected %v", r.shape, want))
	}
	if c.w, c.r = w.floats, r.floats; !n.has(3) {
		return
	}
	b := n.floats(3, "B")
	if want := []int{len(c.backward), 2 * c.units}; !slices.Equal(b.shape, want) {
		panic(refusalf("input 3 (B): shape %v, expected %v", b.shape, want))
	}
	c.b = b.floats
}

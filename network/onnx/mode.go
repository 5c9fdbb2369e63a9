// What a file says of its use besides the function: whether it is for training, and for how many
// inputs at a time. Both change what a number about the network means.

package onnx

import (
	"errors"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// inferenceOpset is the first version in which BatchNormalization and Dropout mean inference unless
// they say otherwise. Before it they had the attribute is_test, and 0, training, was what its
// absence meant (ONNX's Changelog.md: BatchNormalization-1, -6, -7; Dropout-1, -6, -7).
const inferenceOpset = 7

// inference refuses a node that is for training: a random function, or one of the whole batch.
func (n *node) inference() error {
	test, err := n.integer("is_test", 0)
	switch _, given := n.attrs["is_test"]; {
	case err != nil:
		return err
	case test != 0:
		return nil
	case given:
		return errors.New("attribute \"is_test\": 0, which means training, expected 1 (export the network for inference)")
	case n.opset < inferenceOpset:
		return fmt.Errorf("attribute \"is_test\": missing, which means training in opset %d, expected 1 (export the network for inference, or set is_test to 1)", n.opset)
	}
	return nil
}

// oneOfBatch returns the network of as many rows of a fixed batch as are asked for, where there is
// one input and its rows do not mix: one of them unless want is all. What it does it notes.
func oneOfBatch(rd *reader, n *network.Network, inputs []*onnxpb.ValueInfoProto, want int) (*network.Network, error) {
	name := inputs[0].GetName()
	shape := rd.values[name].shape
	if len(inputs) != 1 || len(shape) < 2 || shape[0] == 1 {
		if want > 1 {
			return nil, fmt.Errorf("a batch of %d is asked for, but the input has none of a fixed size", want)
		}
		return n, nil
	}
	size := shape[0]
	if rd.sideBySide {
		rd.im.Note(fmt.Sprintf("The first dimension of input %q is fixed to %d: all its elements are inputs of the network (whether its rows mix is found out for chains alone).", name, size))
		return n, nil
	}
	apart := copies(n, size)
	switch {
	case want > 1 && want != size:
		return nil, fmt.Errorf("a batch of %d is asked for, expected 1 or that of input %q, %d", want, name, size)
	case want > 1 || want == AllRows || !apart:
		rd.im.Note(batchNote(apart, name, size))
		return n, nil
	}
	rd.im.Note(fmt.Sprintf("Input %q has a fixed batch of %[2]d, whose rows do not mix: the network is that of one row (--batch %[2]d is for the product of all).", name, size))
	return firstCopy(n, size)
}

// firstCopy returns the first of so many copies that n is a product of.
func firstCopy(n *network.Network, times int) (*network.Network, error) {
	layers := slices.Clone(n.Layers())
	for i, l := range layers {
		rows, cols := l.Out()/times, l.In()/times
		layers[i].W, layers[i].B = mat.DenseCopyOf(l.W.Slice(0, rows, 0, cols)), l.B[:rows]
		if l.Slopes != nil {
			layers[i].Slopes = l.Slopes[:rows]
		}
	}
	return network.New(layers)
}

// batchNote says what becomes of a batch of a fixed size.
func batchNote(apart bool, input string, size int) string {
	if apart {
		return fmt.Sprintf("Input %[1]q has a fixed batch of %[2]d: the network is a product of %[2]d copies, one for each row, and a count is that of the product, not of one copy (which an export with a batch of 1 is).", input, size)
	}
	return fmt.Sprintf("The first dimension of input %q is fixed to %d: all its elements are inputs of the network, which treats them differently or together.", input, size)
}

// copies reports whether n is a product of so many equal networks, one after the other: each
// layer a block diagonal of equal blocks, with biases and slopes of equal pieces.
func copies(n *network.Network, times int) bool {
	for _, l := range n.Layers() {
		if l.Out()%times != 0 || l.In()%times != 0 {
			return false
		}
		rows, cols := l.Out()/times, l.In()/times
		for i := range l.Out() {
			first, at := i%rows, i/rows*cols
			if l.B[i] != l.B[first] || l.Below(i) != l.Below(first) || !onlyBlock(l.W, i, at, l.W.RawRowView(first)[:cols]) {
				return false
			}
		}
	}
	return true
}

// onlyBlock reports whether row i of w is the block, at column at, and zeros.
func onlyBlock(w *mat.Dense, i, at int, block []float64) bool {
	row := w.RawRowView(i)
	nonzero := func(v float64) bool { return v != 0 }
	end := at + len(block)
	return slices.Equal(row[at:end], block) && !slices.ContainsFunc(row[:at], nonzero) && !slices.ContainsFunc(row[end:], nonzero)
}

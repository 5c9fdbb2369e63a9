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
func (rd *reader) inference(n *node) error {
	test, err := n.integer("is_test", 0)
	switch _, given := n.attrs["is_test"]; {
	case err != nil:
		return err
	case test != 0:
		return nil
	case given:
		return errors.New("attribute \"is_test\": 0, which means training, expected 1 (export the network for inference)")
	case rd.opset < inferenceOpset:
		return fmt.Errorf("attribute \"is_test\": missing, which means training in opset %d, expected 1 (export the network for inference, or set is_test to 1)", rd.opset)
	}
	return nil
}

// noteBatch says what a fixed batch means, if the one input has it.
func (rd *reader) noteBatch(n *network.Network, inputs []*onnxpb.ValueInfoProto) {
	if shape := rd.values[inputs[0].GetName()].shape; len(inputs) == 1 && len(shape) > 1 && shape[0] > 1 {
		rd.im.Note(batchNote(n, inputs[0].GetName(), shape[0]))
	}
}

// batchNote says what becomes of a batch of a fixed size.
func batchNote(n *network.Network, input string, size int) string {
	if copies(n, size) {
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

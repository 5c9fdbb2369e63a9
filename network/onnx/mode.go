// Whether a file is for training or for use: in training some operators are other functions.

package onnx

// inferenceOpset is the first version in which BatchNormalization and Dropout mean inference unless
// they say otherwise. Before it they had the attribute is_test, and 0, training, was what its
// absence meant (ONNX's Changelog.md: BatchNormalization-1, -6, -7; Dropout-1, -6, -7).
const inferenceOpset = 7

// inference refuses a node that is for training: a random function, or one of the whole batch.
func (n *node) inference() {
	switch _, given := n.attributes["is_test"]; {
	case n.integer("is_test", 0) != 0:
	case given:
		panic(refusalf("attribute \"is_test\": 0, which means training, expected 1 (export the network for inference)"))
	case n.opset < inferenceOpset:
		panic(refusalf("attribute \"is_test\": missing, which means training in opset %d, expected 1 (export the network for inference, or set is_test to 1)", n.opset))
	}
}

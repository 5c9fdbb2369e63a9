// Package arrays reads networks that a file holds as named arrays alone: the weights and biases of
// fully connected layers, with no graph that says what happens between them. Two such formats are
// read.
//
// NumPy's .npz, of float arrays W0, b0, W1, b1, … or W1, b1, W2, b2, …: whether a layer is
// x·W + b or W·x + b is told by the shapes, and where they leave it open the file is refused.
//
// Safetensors, with the keys of a torch.nn.Sequential: 0.weight, 0.bias, 2.weight, …, perhaps all
// behind one prefix. A layer is W·x + b, as torch.nn.Linear is.
//
// Neither says what the activations are: a ReLU is taken to follow each layer but the last, and the
// import notes it. In a Sequential no activation stands between two layers whose numbers follow one
// another. A missing bias is 0. Anything else in the file is refused.
//
//	net, im, err := arrays.ReadNPZ(file)
//	if err != nil { … }
//	fmt.Println(net.Hidden(), im.Notes)
package arrays

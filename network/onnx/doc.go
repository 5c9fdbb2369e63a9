// Package onnx reads and writes networks as ONNX models.
//
// A model must be a chain from one input to one output. What is read:
//
//	Gemm                alpha, beta, transA, transB; the weights as A or as B
//	MatMul              the weights, a matrix or a vector, on either side
//	Add, Sub            of a constant, on either side, broadcast by numpy's rule
//	Relu, LeakyRelu     the neurons
//	Abs, PRelu          and these: PRelu has constant slopes, broadcast by numpy's rule
//	Conv, AveragePool   one or two dimensions, padding, strides, dilations, groups
//	BatchNormalization  at inference
//	Flatten, Reshape, Squeeze, Unsqueeze, Identity, Dropout   at inference
//	Constant            and constants that are only moved around by the above
//
// Tensors are float32 or float64, as raw or as typed data, inside the file. An
// operator outside the list, an attribute that is not understood, or a graph that
// is not a chain is an error that names the node.
//
// The first dimension of the input is the batch, taken as 1, when its size is
// not fixed. Elements are numbered in row-major order. Every affine node becomes a
// dense layer; two of them become one layer only where all its numbers are exact
// (a bias added to a product, say), else each keeps a layer of its own. What cannot
// be exact is rounded once and reported: see network.Import.
//
//	net, im, err := onnx.Read(file)
//	if err != nil { … }
//	fmt.Println(net.Hidden(), im.RoundedEntries())
package onnx

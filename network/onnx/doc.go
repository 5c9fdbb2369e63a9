// Package onnx reads and writes networks as ONNX models.
//
// A model is any graph without cycles of these operators:
//
//	Gemm, MatMul        of a constant, on either side
//	Conv, AveragePool   one or two dimensions, padding, strides, dilations, groups
//	Add, Sub, Sum       of values and constants, broadcast by numpy's rule
//	Mul, Div, Neg       by constants; Scaler of ai.onnx.ml; ReduceSum, ReduceMean, GlobalAveragePool
//	BatchNormalization  at inference
//	Relu, LeakyRelu     the neurons
//	Abs, PRelu          and these: PRelu has constant slopes, broadcast by numpy's rule, before
//	                    operator set 7 one for each channel
//	Clip, HardSigmoid   lo + relu(z − lo) − relu(z − hi); one neuron where a bound is infinite
//	Max, Min            of two: b + relu(a − b); of three and more, one neuron of so many pieces, as
//	                    MaxPool, GlobalMaxPool, ReduceMax and ReduceMin are
//	Transpose, Slice, Gather, Split, Concat, Pad, Expand, Tile, Resize and Upsample by nearest
//	Resize, TopK        linear and cubic: rows; the k largest: maxima of the sums of choices
//	GridSample, RoiAlign, DeformConv  by constant grids, regions, offsets
//	Flatten, Reshape, Squeeze, Unsqueeze, Identity, Dropout, Cast between floating types
//	Constant, Shape     and arithmetic of constants; DequantizeLinear of constants
//
// What moves elements around alone makes no layer. Nodes that the output does not need are as if
// they were not there, and the order of nodes means nothing. A value that is read further on is
// carried there by units of slope 1, which are no neurons. A smooth end (Softmax, Sigmoid, …) is
// left out, and noted: no neuron stands behind it.
//
// Tensors are float16, bfloat16, float32 or float64, as raw or as typed data, inside the file or in
// the model's folder. Any other operator, and an attribute that is not understood, is an error
// that names the node. Of several outputs the first is read, or the one of Options; several inputs
// follow one another.
//
// The first dimension of the input is the batch, taken as 1, when its size is
// not fixed; of a fixed batch whose rows do not mix one row is read. Elements are numbered in
// row-major order. Every affine node becomes a layer, of sparse rows where these are smaller; two
// of them become one layer only where all its numbers are exact (a bias added to a product, say),
// else each keeps a layer of its own. What cannot be exact is rounded once and reported: see
// network.Import.
//
//	net, im, err := onnx.Read(file)
//	if err != nil { … }
//	fmt.Println(net.Hidden(), im.RoundedEntries())
package onnx

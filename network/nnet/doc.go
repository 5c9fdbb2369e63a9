// Package nnet reads Stanford .nnet files, a text format for fully connected
// ReLU networks by Kyle Julian (the controllers of ACAS Xu come in it).
//
//	// comments
//	number of layers, inputs, outputs, largest layer,
//	inputs, width 1, …, outputs,
//	0, (unused)
//	least input 1, …,
//	largest input 1, …,
//	mean of input 1, …, mean of the outputs,
//	range of input 1, …, range of the outputs,
//	one line per row of the weights of layer 1, then one line per bias; and so on
//
// Some writers give the number of layers alone in the first line, and lines between the widths and
// the weights that are not as above: where they are not used they are taken as they come, and
// noted.
//
// The weights act on normalised inputs (x − mean)/range and give outputs that
// times their range plus their mean are the real ones. Read ignores that unless asked,
// and then makes it layers of its own. The clipping of inputs to [least, largest] is never
// modelled: it is not part of the weights, and it is piecewise linear itself.
//
//	net, im, err := nnet.Read(file, false)
//	if err != nil { … }
//	fmt.Println(net.Hidden(), im.Normalisation)
package nnet

// Package network holds feed-forward ReLU networks as exact numbers.
//
// A Network is a chain of layers x ↦ act(W·x + B), their rows dense or sparse. Its float64 entries
// are taken as the real numbers that they are, so the network is a function on the
// reals, and its activation regions are a matter of fact. Affine layers without
// activation stay layers of their own.
//
// The units of a layer may differ (Mixed): a unit passes on z where its pre-activation z is
// positive, and where it is negative a slope of its own times z. The slope 0 is a ReLU, −1 the
// absolute value, 1 a unit that carries its value on. That unit is no neuron: it has no sign in a
// pattern, and splits nothing.
//
// For example |x₁| − x₂ with four neurons, its sign pattern at a point, and the
// affine map on the cell of that pattern:
//
//	n, err := network.New([]network.Layer{
//		{W: mat.NewDense(4, 2, []float64{1, 0, -1, 0, 0, 1, 0, -1}), B: make([]float64, 4), Act: network.ReLU},
//		{W: mat.NewDense(1, 4, []float64{1, 1, -1, 1}), B: make([]float64, 1)},
//	})
//	y := n.Forward([]float64{-3, 1})  // float64 arithmetic
//	p := n.Pattern([]float64{-3, 1})  // exact signs of the pre-activations
//	W, b := n.Affine(p)               // exact: W[0][0] is −1 here
//
// (the package example runs it). What is exact and what is not:
//
//	Forward, Pass            float64, rounded: for display and comparison
//	ForwardExact, Pattern    exact, math/big integers with one power of two a layer
//	Affine                   exact
//
// Through, Along and Inputs put an affine layer in front of a network, exactly: what they return is
// the network on a line or plane, and a network like any other.
//
// A network has one text, the canonical text (WriteCanonical, ReadCanonical),
// whose SHA-256 hash (Fingerprint) names it in a certificate:
//
//	{"relucell-network":1,"inputs":2,"layers":[
//	{"activation":"relu","weights":[["0x1p+0","-0x1.8p-3"],["0x0p+0","0x1p-1"]],"bias":["0x0p+0","0x1p-1"]},
//	{"activation":"leaky_relu","slope":"0x1.47ae147ae147bp-7","weights":[["0x1p+0","0x1p+0"]],"bias":["0x0p+0"]},
//	{"activation":"none","weights":[["0x1p+0"]],"bias":["0x0p+0"]}
//	]}
//
// A layer of units that differ is spelled with a slope for each, in the order of the rows:
//
//	{"activation":"mixed","slopes":["0x0p+0","0x1p+0"],"weights":[["0x1p+0"],["0x1p+0"]],"bias":["0x0p+0","0x0p+0"]}
//
// Units that are all alike are spelled by their one activation, never as mixed. "abs" is read, and
// written as leaky_relu of slope −1, which it is.
//
// Readers of other formats are in network/onnx and network/nnet; network/load
// chooses by a file's ending. What they had to round an Import tells.
package network

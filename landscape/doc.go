// Package landscape answers questions about the training of f(x) = Σ a_j·σ(w_j·x̃), x̃ = (x, 1): a
// network with one hidden layer, squared loss.
//
// For one neuron the values σ(x̃_i·w) at the data are a ReLU network of w, the data network. On an
// activation region of that network, a cell, they are D·X·w with one 0-1 matrix D, so on a product
// of m cells the risk of m neurons is a polynomial, and in v_j = a_j·w_j a quadratic. He, Wang and
// Tao (ICLR 2020) take the surface apart so; Pilanci and Ergen (ICML 2020) make a convex programme
// of it. Here the cells are walked, the quadratics solved in fractions, and bounds proved.
//
// Lemma: patterns of the sets where some x̃_i·w are 0 add nothing. A w there is in the closure of
// a cell, and σ(X·w) = D·X·w for its D too, both sides being continuous.
//
//	data.go       tables, and the data network
//	patterns.go   all cells, with gates
//	model.go      a network by its weights, and its risk in fractions
//	decay.go      the search for the optimum with weight decay, in floats
//	bracket.go    its bracket over all widths, in fractions, and the check of the lower end
//	fit.go        least squares over cells, in integers
//	census.go     the local minima in all cells
//	spurious.go   spurious minima by construction
//	edges.go      the rays of the cells, and the bounds that are held against them
//	width.go      the best network of a width, by exhaustion
//	certify.go    the least risk of a width, with solving.go in fractions
//	widthproof.go its proof, and the check
//	surface.go    all minima over two weights, and picture.go their picture
//
// Floats only propose: what they find becomes a network or a dual point, and is evaluated exactly.
package landscape

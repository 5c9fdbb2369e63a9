// Package ridge writes a network with one layer of neurons in the one way there is to write it:
//
//	f(x) = Σ_k c_k·|n_k·x + h_k| + A·x + b
//
// with different hyperplanes n_k·x + h_k = 0 and no c_k of 0. Two such networks are the same
// function on all of Rⁿ if and only if these sums are equal, so equality is decided, exactly and in
// polynomial time; where they differ there is a point to show for it.
//
//	f, err := ridge.Of(net)
//	g, err := ridge.Of(other)
//	x := f.Minus(g).Witness()   // nil: the same function
//	small, err := f.Network()   // as few neurons as the function needs
//
// A unit with the pre-activation z and the slopes 1 and a is z·(1+a)/2 + |z|·(1−a)/2, so every
// neuron is a multiple of |n·x + h| and an affine rest. Neurons on one hyperplane add up to one, or
// cancel. That the sum is unique is the theorem by which such networks are identified (Petzka,
// Trimmel and Sminchisescu 2020; Awasthi, Tang and Vijayaraghavan 2021): f has a kink across each
// hyperplane, and the size of the kink, 2·c_k·‖n_k‖, is read off f alone. All numbers are
// fractions; those of a network are dyadic, and stay so.
package ridge

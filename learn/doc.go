// Package learn finds a network with one layer of neurons from samples of it at Gaussian points.
//
//	f(x) = Σ_j a_j·max(w_j·x + b_j, 0) + c,  ‖w_j‖ = 1,  x ~ N(0, I)
//
//	data, err := learn.Draw(ctx, teacher.At, 10, 200000, 1)
//	res, err := learn.Learn(ctx, data, learn.Options{Neurons: 10, Seed: 1})
//	net, err := res.Model.Network()
//
// The method is that of Awasthi, Tang and Vijayaraghavan (2021): the Hermite tensors
//
//	T_k = E[f(x)·He_k(x)] = Σ_j a_j·c_k(b_j)·w_j⊗…⊗w_j
//
// of order 2, 3 and 4 give away the w_j by a simultaneous diagonalisation (Harshman 1970), c_3/c_2
// the biases, and T_1 the signs that the others leave open. The tensors are entered here in the
// basis of orthonormal Hermite polynomials, one number β_α for each monomial α of degree at most
// four. Three things make the samples go farther than in the paper, which gives no experiments:
//
//	regression    least squares of f on the polynomials, by conjugate gradients, instead of the means of
//	              f·He_k: its error is that of what is not polynomial in f, not that of all of f
//	moment fit    least squares of the β_α in a, w, b, from where the diagonalisation ends
//	refinement    least squares of the samples, from there; without noise it ends at the last bits
//
// Both fits are by the method of Levenberg and Marquardt: without noise its steps are Newton's at
// the end. What was learnt is a network, and whether it is the teacher is a question about the
// difference of two networks, which package extremum answers exactly.
//
// With more neurons than inputs, up to MostNeurons, the squares w_j⊗w_j take the place of the w_j:
// the matrices of rank one in the span of the tensors are found by the subspace power method
// (Kileel and Pereira 2019). T_1 does not tell all sides of neurons then, so a model has an affine
// part, until the samples are met and sides are found that need none. MethodSGD, a baseline of
// random starts, has no limit, and no such success.
package learn

// Package pairsproof checks bounds in pairs: how large the outputs of a network with one layer of
// neurons can be on a ball, without its regions. Between two nearly equal networks those are
// slivers without number. The format is docs/pairs-proof.md. Nothing is shared with package proof,
// which writes it, nor with package ridge, which chooses the pairs.
//
// # What is proved
//
// All neurons of the network are in one layer, or there are none; a maximum of two is the neuron
// a − b of b + max(a − b, 0). So an output is Σ c_j·|z_j| + r, with z_j and r affine in the inputs:
// a unit with the pre-activation z and the slope a below 0 is z·(1+a)/2 + |z|·(1−a)/2. Where z_j is
// a multiple of z_i, c_j·|z_j| is one of |z_i|, and both are added up, so the sum is one over
// different hyperplanes; a z_j without a slope is a constant, and adds to r. The proof names, for
// each output, pairs of neurons, whose hyperplanes are all different.
//
// # Theorem
//
// On the ball the output is in size at most the sum of sup|r|; of the lesser of sup|c·p + d·q| and
// sup|c·p − d·q| for each pair of hyperplanes with coefficients c and d of opposite signs; and of
// sup|c·p| for each other hyperplane.
//
// For with c > 0 > d, c·|p| + d·|q| = |c·p| − |d·q|, and sizes of two numbers differ by no more
// than the numbers do, nor than one does from the other's negative.
//
// The suprema are those of the box or ball: |f(m)| + Σ|g_k|·w_k for a box with the centre m and the
// half widths w_k, and |f(m)| + r·max|g_k| or r·√Σg_k² for l1 and l2, for f with the gradient g.
// Roots are rounded up; all else is exact.
package pairsproof

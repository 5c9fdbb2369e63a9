// Package safetyproof checks proofs that no point of a query satisfies what is forbidden of a
// network, and witnesses, which are points that do.
//
// Whoever wrote a proof, [Check] reads it and believes nothing: it uses integers and fractions
// alone, the standard library alone, its own reader of the network, of the specification in VNN-LIB
// and of the query. It shares nothing with the writer in package safety but the format,
// docs/safety-proof.md, and implements the theorem below. It stands on six small rooms: canonical
// and fractions read lines and numbers, nettext the network, query the specification, claims the
// lines that refute; and fixed has the integers that bounds are computed in.
//
// # What is proved
//
// A query is a list of boxes and of disjuncts, each a box with forms u_j(x, y), linear in the
// inputs x and the outputs y, with ≤ or <. A point x satisfies a disjunct if it lies in the box and
// u_j(x, N(x)) ≤ 0, or < 0, for all j. N is the network on the reals: a unit passes on z where
// z ≥ 0 and a·z where z ≤ 0.
//
// A proof has a tree for each box. A node is a box of integers L, H, in units of 2^−F, and signs of
// some neurons. The root has L_k = ⌊2^F lo_k⌋ and H_k = ⌈2^F hi_k⌉ and no signs. A split of input k
// has the nodes with [L_k, m] and [m, H_k]; a split of neuron q those with the sign − and the sign
// +. A node stands for the points x of its box, and of the box of the query, with s_q·z_q(x) ≥ 0 at
// each neuron q that has a sign s_q.
//
// # Theorem
//
// Suppose that below each root every path ends, and that on it each disjunct of the box is refuted
// at some node: the node is void, or there are μ_j ≥ 0 and β_q ≥ 0, not all 0, such that f = Σ μ_j
// u_j − Σ β_q s_q z_q is > 0 on the node; or is ≥ 0 on it, with μ_j > 0 for a strict form. Then no
// point satisfies the query.
//
// # Proof
//
// Let x satisfy disjunct d. It lies in the root's box. The halves of a box cover it, and z_q(x) ≤ 0
// or z_q(x) ≥ 0; so x follows a path on whose nodes it is, both branches being right where z_q(x) =
// 0. At the node that refutes d, which is not void as x is on it, u_j(x, N(x)) ≤ 0 and s_q·z_q(x) ≥
// 0. So f(x) ≤ 0, and f(x) < 0 if μ_j > 0 for a strict form. That contradicts the refutation. ∎
//
// # Bounds
//
// For each x on a node there is one ε in [−1, 1]^G such that, in each layer, the value of every
// unit is c + Σ g_i ε_i + e with |e| ≤ r, (c, g, r) its row: one ε for all rows, and the same ε in
// all layers, as columns are only ever added. By induction. Inputs: x_k is in [L_k, H_k], which is
// in c ± g or c ± r. Affine step: with the exact sum, the floors of c' and of the bias are off by
// less than 1 each, those of the G coefficients by less than 1 each, times |ε_i| ≤ 1, and that of r
// by less than 1: G + 3. Where weights were rounded, each is off by less than 2^−S, times a value
// of size m_k at most: less than ⌊M/2^S⌋ + 1, M the sum of these. So l ≤ z ≤ u; other bounds of z,
// by a form or by a sign, cut these. If that leaves nothing, there is no such x: the node is void.
// Activation: on [l, u] the value y is convex in z for a < 1. For any slope λ from a to 1 the
// difference y − λz is convex too, 0 at 0, not negative, and at most its larger value at the ends,
// (λ−a)(−l) and (1−λ)u. For a > 1 it is concave, and −y mirrors this with λ from 1 to a. λ is an
// integer times 2^−F between ⌈2^F a⌉ and 2^F, or between 2^F and ⌊2^F a⌋, and a is taken on its
// unfavourable side. The floors of c and of G coefficients give G + 1, and a slope ⌊2^F a⌋ in place
// of a less than ⌊|l|/2^F⌋ + 1. A new ε places y in the strip.
//
// A form is kept with f ≥ Σ A_k v_k/2^F + C − T at each x on the node. A floored coefficient of a
// value v costs less than |v|/2^F, and all of a layer less than ⌊Σ|v|/2^F⌋ + 1: with M for values
// that enter, and with the sum of max(|l|, |u|) for pre-activations. A floored bias costs less than
// |A|/2^F, all of a layer ⌊Σ|A|/2^F⌋ + 1, and rounded weights |A|/2^F·M/2^S. Conditions are such a
// layer, of inputs and outputs, and their multipliers the first coefficients. In place of a unit's
// value stands a line below it where its coefficient is positive, and one above it where that is
// negative: through 0 with a slope between a and 1, or the chord of the strip. On
// a side with z ≤ 0, A·a·z ≥ A·a'·z holds with a' the ceiling of a for A > 0 and its floor for
// A < 0.
//
// All numbers that are stored are less than 2^61, and Σ|w| of a row is less than 2^62; Σ|A| is less
// than 2^61 before it meets numbers less than 2^62. So sums fit into 128 bits. A number that is not
// has been noticed before it is narrowed to 64 bits; then the node has no bounds, or the form none.
package safetyproof

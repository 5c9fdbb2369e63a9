// Package certificate checks proofs that a network has so many activation
// regions in a ball.
//
// Whoever wrote a proof, [Check] reads it and believes nothing: it uses
// integers alone, the standard library alone, and its own reader of the
// network, so that these few hundred lines are all that a count rests on. They
// share nothing with the writer in package proof but the format
// (docs/certificate.md), and implement the theorem below.
//
// # What is counted
//
// A unit passes on its pre-activation z where z > 0, and a·z where z < 0, with a slope a of its
// own; it is a neuron unless a = 1. So what it passes on is linear in z on each side of z = 0, and
// everywhere if it is no neuron.
//
// B is a ball or a box with an interior. The neurons 0, 1, 2, … are taken in
// network order. Start with the one cell int B. On a cell on which the signs
// of all earlier neurons are fixed, the pre-activation of neuron j is one
// affine form z(x) = g·x + h. If g ≠ 0 the cell is replaced by those of
// {z < 0} and {z > 0} within it that are not empty; if g = 0 the cell stays
// whole and the neuron gets the sign of h, 0 included. The cells left after the
// last neuron are the activation regions. By induction every cell is
//
//	C(s) = {x ∈ int B : s_i·z_i(x) > 0 for every i < j with s_i ≠ 0}
//
// for the signs s_0 … s_{j−1} on its path, z_i being the form of neuron i on
// C(s_0 … s_{i−1}), and it is open, convex and not empty.
//
// # Theorem
//
// A proof is a tree, a node at depth j standing for C(s) with the j signs on
// its path. Suppose that
//
//  1. a node at depth j < neurons either is unexplored, or is labelled 0 and has one child, labelled
//     0, and z_j is identically zero; or z_j is not identically zero and the node has
//     both children, − and +, or one child, labelled −s, and integers λ_self ≥ 1 and λ_i ≥ 1 for
//     some distinct i < j with s_i ≠ 0, such that
//     f = λ_self·s·z_j + Σ λ_i·s_i·z_i ≤ 0 on B;
//  2. every leaf is unexplored or at depth neurons, and has a witness: a point of C(s).
//
// Then, if no leaf is unexplored, the number of regions is the number of
// leaves; and otherwise it is at least that number.
//
// # Proof
//
// Every node has a leaf below it, whose witness lies in the cell of that node too, since
// cells shrink along a path. So no node stands for an empty set.
//
// First let no leaf be unexplored. We show by induction on j that the nodes
// at depth j stand for the cells after j neurons, each once. For j = 0 the root
// stands for int B. Let a node at depth j stand for the cell C, with form z.
// If z is identically zero, the definition and the tree both keep C, with
// sign 0. If z = h ≠ 0, the definition keeps C with the sign of h; the tree has a
// child of that sign and no other, for a child of the other sign would be empty.
// If g ≠ 0 and the tree has both children, both are not empty and the
// definition has both. If it has one, the other is {x ∈ C : s·z(x) > 0},
// and it is empty: at a point x of it f(x) ≥ λ_self·s·z(x) > 0, for every s_i·z_i(x) > 0 and
// no λ is negative; but f(x) ≤ 0, as x ∈ B. So the definition has
// the same one child. The two children are disjoint, so no cell is named twice.
//
// With unexplored leaves, the same induction shows that what the tree does contain are cells of the
// definition, disjoint. A cell that is not empty has at least one child that is not empty (an open
// set is never contained in a hyperplane), so at least one region descends from each unexplored
// leaf, and the regions of disjoint cells are distinct. ∎
//
// λ_self ≥ 1 is needed: with 0 the inequality speaks of the ancestors alone.
// So is s_i ≠ 0: a neuron labelled 0 gives no inequality.
//
// # When f ≤ 0 on B
//
// Let f(x) = g·x + h. Its maximum over B is g·c + h + r·‖g‖_*, with the dual norm ‖g‖_*: Σ|g_k|
// for linf, max|g_k| for l1, (Σg_k²)^½ for l2; and over a box it is
// h + Σ max(g_k·lo_k, g_k·hi_k). For l2, with v = g·c + h, the root is
// avoided: v + r·‖g‖ ≤ 0 if and only if v ≤ 0 and r²·Σg_k² ≤ v².
//
// # How the integers come about
//
// Every number in a network, a ball and a proof is m·2^e with integers m and e. Each layer has
// one scale S such that the coefficients of all its forms, whatever the signs before
// it, are integers times 2^−S, the scales growing from layer to layer; so a
// sum of forms is a sum of integers after shifts to the left, and nothing is
// ever divided or rounded.
package certificate

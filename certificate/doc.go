// Package certificate checks proofs that a network has so many activation
// regions in a ball.
//
// Whoever wrote a proof, [Check] reads it and believes nothing: it uses integers alone, the
// standard library alone, and its own reader of the network, so that these 1,700 lines of code are
// all that a count rests on. They share nothing with the writer in package proof but the format
// (docs/certificate.md), and implement the theorem below.
//
// # What to read
//
// The theorem, clause by clause, is in six files: check.go (the files of a proof), tree.go (its
// lines), forms.go (the place in the tree and the forms there), pieces.go (neurons, and which side
// is decided), signs.go (the signs that they have) and net.go (the layers). They stand on four
// small libraries, each of which says first what it promises, and within which bounds:
//
//   - internal/canonical reads lines, numbers and names in their one spelling, and refuses;
//   - internal/steps reads what the lines of the tree say;
//   - internal/nettext reads the network;
//   - internal/affine has forms in integers, boxes and balls, and tells where a form is positive.
//
// What may be claimed beside a count is apart: reach.go, corners.go and lipschitz.go, on one
// interface, with internal/fractions. So are the checkers of other proofs, which share these
// libraries: safetyproof, that no point does what a query forbids, and pairsproof, how large an
// output can be. Only tests use internal/specimen.
//
// # What is counted
//
// A unit passes on its pre-activation z where z > 0, and a·z where z < 0, with a slope a of its
// own; it is a neuron unless a = 1. So what it passes on is linear in z on each side of z = 0, and
// everywhere if it is no neuron.
//
// B is a ball or a box with an interior. The neurons 0, 1, 2, … are taken in network order. Start
// with the one cell int B. On a cell on which the signs of all earlier neurons are fixed, the
// pre-activation of neuron j is one affine form z(x) = g·x + h. If g ≠ 0 the cell is replaced by
// those of {z < 0} and {z > 0} within it that are not empty; if g = 0 the cell stays whole and the
// neuron gets the sign of h, 0 included. The cells left after the last neuron are the activation
// regions.
//
// # Nodes
//
// A layer here is one with a neuron; the others only compose forms. A proof is a tree. A node of it
// has a layer ℓ, a sign −, + or 0 for every neuron of the layers before ℓ and for some neurons of
// ℓ, and a closed box Q. These neurons are decided. z_i is the form of neuron i under the signs of
// the layers before its own, s_i its sign, and the node stands for
//
//	C = {x ∈ int B : s_i·z_i(x) > 0 for every decided i with s_i ≠ 0}.
//
// At the root ℓ is the first layer, nothing is decided, and Q is the smallest box that holds B.
// When all neurons of ℓ are decided, the next layer takes its place.
//
// "f ≤ 0 is shown" means that sup f ≤ 0 over Q, or that sup f ≤ 0 over B; and Σ is a sum
// Σ λ_i·s_i·z_i over some decided neurons i with s_i ≠ 0, each λ_i an integer ≥ 1. The format gives
// names to those neurons that are split, and to those that a line with < or > decides; any decided
// neuron with s_i ≠ 0 would do.
//
// # Theorem
//
// Suppose that
//
//  1. on entering ℓ, each bound x_k ≤ X of a box line is such that λ·(x_k − X) + Σ ≤ 0 is shown for
//     an integer λ ≥ 1, with Q as it was before that line, and each bound x_k ≥ X such that
//     λ·(X − x_k) + Σ ≤ 0 is; then Q is cut by the bound;
//  2. then every neuron of ℓ is tried once: it gets the sign 0 if z is identically zero; else − if
//     z ≤ 0 is shown; else + if −z ≤ 0 is shown; else it stays open;
//  3. a line that gives an open neuron j of ℓ the sign −s is such that λ·s·z_j + Σ ≤ 0 is shown for
//     an integer λ ≥ 1; and a split of an open neuron j has two subtrees, one with s_j = − and one
//     with s_j = +, both with the signs and the box that the node had;
//  4. every leaf has a point of int B with s_i·z_i > 0 at the neurons i that are split on its path,
//     and is either unexplored or has every neuron decided.
//
// Then, if no leaf is unexplored, the number of regions is the number of leaves; and otherwise it
// is at least that number.
//
// # Proof
//
// Lemma 1: the order of the neurons of a layer does not matter. Their forms depend on the signs of
// earlier layers alone. So from a cell D on which those are fixed the definition makes the sets
// D ∩ {t_j·z_j > 0 for every j of the layer with z_j not identically zero}, t_j = ±1, that are not
// empty, whatever the order. An affine form that vanishes on an open set that is not empty
// vanishes everywhere, so the sign 0 does not depend on the order either.
//
// Lemma 2: C ⊆ B ∩ Q at every node. At the root Q holds B. Take a box line with the bound x_k ≤ X,
// and x ∈ C. Every s_i·z_i(x) is positive there, so Σ ≥ 0 and λ·(x_k − X) ≤ λ·(x_k − X) + Σ; and
// that is ≤ 0, for x is in B and in Q as it was. So x_k ≤ X. The other bound goes the same way.
// Cells only shrink on the way down, so Q holds them too, in later layers as well.
//
// Lemma 3: what a line says is empty, is. If λ·s·z_j + Σ ≤ 0 is shown and x ∈ C, then s·z_j(x) ≤ 0.
// So {x ∈ C : s·z_j(x) > 0} is empty. That is so for a neuron that settles itself, with no Σ.
//
// Lemma 4: the points of int B that are right at the splits of a path are C. By induction along the
// path: at a split both shrink alike. Let neuron j be decided in another way, to the sign t ≠ 0. By
// Lemma 3, t·z_j ≥ 0 on C, the open set of before. If z_j is 0 at a point of C, the affine form z_j
// has a minimum or a maximum in the interior of C, so it is constant, and identically zero. But
// then it had got the sign 0. So t·z_j > 0 on all of C, and C stays what it was. A neuron with the
// sign 0 adds no condition.
//
// Now the point of a leaf lies in C for the leaf and for all nodes above (Lemma 4), so none of
// these is empty. First let no leaf be unexplored. Take a point x of a region, and follow it from
// the root: at a split, on the side of the sign that the region has; x is not on the other side of
// a neuron that is decided in another way, for that side is empty. So x ends in one leaf, which has
// every neuron decided with the signs of the region: by Lemma 1 the cell of the leaf is the region.
// Two leaves have different signs at the split where their paths part, so they are different
// regions; and each is a region, as it is not empty.
//
// With unexplored leaves, the cells of the leaves are still disjoint, open and not empty. Finitely
// many hyperplanes do not cover an open set, so each C holds a point x of a region. The region has
// the signs of the leaf's path, for layer by layer both are those of the z_i at x. So the region
// lies within C, and the regions of different leaves differ. ∎
//
// # Maxima
//
// In a layer of maxima the pieces of a maximum take the place of a neuron's two sides. On a cell on
// which earlier layers are decided, let J be a piece that no earlier one is identical to, and D_J
// the set where z_J > z_i for every piece i that is not identical to J. The cell is replaced by the
// D_J that are not empty, whose J then wins.
//
// A node has pieces that are out and pieces that are aside, and its cell is then C without the
// closures of the classes that are aside, with C as above; where a piece wins below a split, the
// differences z_J − z_i join the z_i. The lemmas hold with these changes:
//
//   - Lemma 3: a piece J is out only if it is no class, or if C ∩ D_J is empty. The first is so
//     where it is identical to an earlier piece. Where z_J − z_i ≤ 0 is shown and not identically
//     zero, that is plain. Otherwise Σ λ_i·(z_J − z_i) + Σ ≤ 0 is shown with some λ_i ≥ 1 of a
//     difference that is not identically zero; on C ∩ D_J all terms are ≥ 0 and that one is
//     positive.
//   - Lemma 4: let J be left alone while no class is aside. C ∩ D_i is empty for all other classes
//     i. Almost every point of C is in some D_i, for it lies on no hyperplane where two pieces that
//     differ are equal; so z_J − z_i ≥ 0 on C, and being not identically zero it is positive there,
//     as before. So C = C ∩ D_J, and J needs no condition. Where classes are aside, J wins as on
//     its side of a split: with its differences as conditions, which the witness is held against.
//   - The regions of a cell are those of its classes, each once: a point of a region is in one D_J,
//     whose J is not out, so it goes to the side where J wins, and to no other. An unexplored cell
//     with classes aside has a point near which none of these is largest, so it holds a region of
//     another class.
//
// The last open piece of a maximum is never tried: were it out as well, C would be empty, and have
// no witness.
//
// A neuron of two slopes has two sides, which are those where 0 and where z is the largest of both.
// So the checker keeps it as the pieces 0 and z, in this order: the lines and the trial of neurons
// are those of pieces then. Where z is identically zero, z is no class, 0 wins, and 0 is passed on,
// as with the sign 0.
//
// # Neurons that are never on
//
// Corollary: if neuron j has the sign + at no node, and no unexplored leaf leaves it undecided,
// then its pre-activation z_j, a continuous function of x, is ≤ 0 on all of B. For take any x of
// int B on none of the finitely many hyperplanes z_i = 0 of the nodes. As in the proof it ends in
// one leaf, and at each neuron decided there, j among them, its pre-activation has the sign of the
// leaf, which for j is − or 0. Such x are dense in B, so z_j ≤ 0 on B. Conversely, where j has the
// sign + at a node, the leaf below has a point, so z_j > 0 somewhere.
//
// λ ≥ 1 is needed: with 0 the inequality speaks of the others alone. So is s_i ≠ 0: a neuron of the
// sign 0 gives no inequality. Step 2 is needed for Lemma 4, which lets a witness be held against
// the splits alone; it is exact, ties included, and nothing is tried again later, so that writer
// and checker agree on what is open.
//
// # When f ≤ 0 on B or on Q
//
// Let f(x) = g·x + h. Its maximum over a box is h + Σ max(g_k·lo_k, g_k·hi_k). Over B it is
// g·c + h + r·‖g‖_*, with the dual norm ‖g‖_*: Σ|g_k| for linf, max|g_k| for l1, (Σg_k²)^½ for l2.
// So for the box and l1 it is attained at a vertex, and one sign is asked, that of f there: for l1
// at c ± r·e_k, k with the largest |g_k|. The l2 ball holds that point too. If f is not positive at
// it, then with v = g·c + h the root is avoided: v + r·‖g‖ ≤ 0 if and only if v ≤ 0 and
// r²·Σg_k² ≤ v². A ball of linf is a box and Q lies in it, so there Q alone is asked.
//
// # How the integers come about
//
// Every number in a network, a ball and a proof is m·2^e with integers m and e. Each layer has one
// scale S such that the coefficients of all its forms, whatever the signs before it, are integers
// times 2^−S, the scales growing from layer to layer; so a sum of forms is a sum of integers after
// shifts to the left, and nothing is ever divided or rounded.
//
// The forms are computed in words of a fixed number, in arithmetic modulo a power of two, which is
// exact for a result that is known to fit. Three bounds say how many words it needs. A layer's
// coefficients are bounded once, by the weights, the biases and the slopes: Σ |w|·max(1, |a|)·bound
// of the unit + |b|. A sum in a line is less than 2^m, m the length of the longest multiplier, that
// of the number of terms, that of the forms, in the layer's scale, and the shifts that bring a
// bound of the box to this scale. And the value of a form at x·2^−e is less than its largest
// coefficient times 2^e + Σ|x_k|. So every number that enters is in a bound, however long the
// multipliers, the bounds and the witnesses are; what needs more words gets more. A sign is first
// asked of the leading bits of all coefficients, whose error is bounded the same way, and of all
// words only where these do not tell.
//
// The forms of a layer are kept from visit to visit. As long as the forms of the layer before are
// the same, only what changes there is added: the forms of units whose sign is another one. That is
// exact, so nothing drifts.
package certificate
